#ifndef AIRCLASS_TESTS_UNIT_STORE_DOOR_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_DOOR_CONTRACT_H

#include "server/store/door.h"
#include "tests/unit/store/contract.h"

/* What door.h promises, whatever database is behind it. */

/* -- helpers ----------------------------------------------------------------------------------- */

static void on_id(void *arg, const struct store_answer *a)
{
    snprintf(arg, STORE_ID_MAX, "%s", a->n ? a->people[0].id : "");
}

static const char *id_of(const char *school, const char *code)
{
    static char ids[4][STORE_ID_MAX];
    static int next;
    char *id = ids[next++ % 4];
    const struct store_question q = {.school = school, .code = code};
    assert_int_equal(store_find_person(scene.store, &q, on_id, id), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    return id;
}

static void scene_on_accounts(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_account *a = &answer->accounts[i];
        answered_say(arg, "%s %s '%s' %" PRId64 "\n", a->login, a->password, a->totp, a->seen_ms);
    }
}

static void scene_on_invitations(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++)
        answered_say(arg, "%s %" PRId64 "\n", answer->invitations[i].hash,
                     answer->invitations[i].until_ms);
}

static void say_entry(void *arg, const struct store_entry *e)
{
    answered_say(arg, "%s/%s '%s' '%s' %" PRId64 ":", e->school, e->code, e->name, e->hash,
                 e->version);
    for (int k = 0; k < STORE_DEVICES_MAX; k++)
        answered_say(arg, " %" PRId64 " %" PRId64 "-%" PRId64, e->devices[k].device,
                     e->devices[k].made_ms, e->devices[k].seen_ms);
    answered_say(arg, "\n");
}

static void scene_on_entries(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++)
        say_entry(arg, &answer->entries[i]);
}

static int each_entry(void *arg, const struct store_entry *e)
{
    say_entry(arg, e);
    return 0;
}

static int each_session(void *arg, const struct store_session *s)
{
    answered_say(arg, "%s %s %" PRId64 "-%" PRId64 "\n", s->id, s->hash, s->made_ms, s->seen_ms);
    return 0;
}

static void say_guest(void *arg, const struct store_guest *g)
{
    answered_say(arg, "%s %s/%s %s %s %" PRId64 " %" PRId64 "\n", g->id, g->school, g->klass,
                 g->name, g->hash, g->until_ms, g->used);
}

static void scene_on_guests(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++)
        say_guest(arg, &answer->guests[i]);
}

static int each_guest(void *arg, const struct store_guest *g)
{
    say_guest(arg, g);
    return 0;
}

static void scene_on_cards(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_card *c = &answer->cards[i];
        answered_say(arg, "%s/%s %s of '%s': '%s' %d\n", c->person.school, c->person.code,
                     c->person.name, c->school_name, c->login, c->has_totp);
    }
}

static void scene_on_callings(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_calling *c = &answer->callings[i];
        const char *role = store_role_name(c->role); /* a guest has none */
        answered_say(arg, "%s %s at %s '%s' / %s '%s'\n", c->person.code, role ? role : "-",
                     c->school, c->school_name, c->klass, c->klass_name);
    }
}

static struct answered door_said;

static const struct answered *fresh(void)
{
    memset(&door_said, 0, offsetof(struct answered, text) + 1);
    door_said.len = 0;
    return &door_said;
}

#define EACH(noun)                                                                                 \
    (fresh(), assert_int_equal(store_each_##noun(scene.store, each_##noun, &door_said), 0),        \
     door_said.text)

static int apply(struct batch *b)
{
    return scene_apply(&scene, b, NULL);
}

static int put_account(const struct store_person *whose, const char *login, const char *password)
{
    struct batch *b = scene_batch();
    batch_put_account(b, whose, login, password);
    return apply(b);
}

static int put_entry(const char *person, const char *hash)
{
    struct batch *b = scene_batch();
    batch_put_entry(b, person, "S1", hash);
    return apply(b);
}

static int put_device(const char *person, const char *hash, int kind, int64_t device)
{
    struct batch *b = scene_batch();
    const struct store_device d = {.device = device, .made_ms = 5, .seen_ms = 6};
    batch_put_device(b, person, hash, kind, &d);
    return apply(b);
}

static int put_session(const char *id, const char *hash, const char *person, int64_t ms)
{
    struct batch *b = scene_batch();
    const struct store_session s = {
        .id = id, .hash = hash, .person = person, .made_ms = ms, .seen_ms = ms + 1};
    batch_put_session(b, &s);
    return apply(b);
}

static int put_guest(const char *id, const char *klass, const char *hash, int64_t until_ms)
{
    struct batch *b = scene_batch();
    const struct store_guest g = {.id = id,
                                  .school = "S1",
                                  .klass = klass,
                                  .name = "督学",
                                  .hash = hash,
                                  .until_ms = until_ms};
    batch_put_guest(b, &g);
    return apply(b);
}

/* -- accounts ---------------------------------------------------------------------------------- */

static void an_account_is_made_for_an_id_or_a_code(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(store_has_admin(scene.store), 0);
    assert_int_equal(put_account(&wang, "wang", "$1"), 0);
    assert_int_equal(store_has_admin(scene.store), 0);
    assert_int_equal(put_account(&(struct store_person){.id = id_of("", "D1")}, "zhao", "$2"), 0);
    assert_int_equal(store_has_admin(scene.store), 1);
    start_again();
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $1 '' 0\n");
    assert_answer(ASK(find_account_of, accounts, .code = id_of("", "D1")), "zhao $2 '' 0\n");
    assert_int_equal(ASK(find_account, accounts, .code = "li")->err, -ENOENT);
}

static void a_login_is_one_persons(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(put_account(&wang, "wang", "$1"), 0);
    assert_int_equal(put_account(&zhao, "wang", "$2"), -EEXIST);
    assert_int_equal(put_account(&(struct store_person){.id = "nobody"}, "x", "$3"), -ENOENT);
    assert_int_equal(put_account(&(struct store_person){.school = "S1", .code = "0"}, "x", "$"),
                     -ENOENT);
    assert_int_equal(put_account(&wang, "", "$3"), -EINVAL);
    assert_int_equal(put_account(&wang, "wang.new", "$4"), 0);
    assert_int_equal(put_account(&zhao, "wang", "$5"), 0);
}

static int put_password(const char *person, const char *before, const char *password)
{
    struct batch *b = scene_batch();
    batch_put_password(b, person, before, password);
    return apply(b);
}

static void a_password_is_changed_by_who_knew_it(void **state)
{
    (void)state;
    make_district();
    put_account(&wang, "wang", "$1");
    const char *id = id_of("S1", "T1");
    assert_int_equal(put_password(id, "$0", "$2"), -ENOENT);
    assert_int_equal(put_password(id, "$1", "$2"), 0);
    assert_int_equal(put_password(id, "$1", "$3"), -ENOENT);
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $2 '' 0\n");
}

static int use_totp(const char *person, int64_t step)
{
    struct batch *b = scene_batch();
    batch_use_totp(b, person, step);
    return apply(b);
}

static void a_code_of_the_second_factor_works_once(void **state)
{
    (void)state;
    make_district();
    put_account(&wang, "wang", "$1");
    const char *id = id_of("S1", "T1");
    struct batch *b = scene_batch();
    batch_put_totp(b, id, "sealed");
    assert_int_equal(apply(b), 0);
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $1 'sealed' 0\n");
    assert_int_equal(use_totp(id, 7), 0);
    assert_int_equal(use_totp(id, 7), -ECANCELED);
    assert_int_equal(use_totp(id, 6), -ECANCELED);
    assert_int_equal(use_totp(id, 8), 0);
    /* Who is invited anew has lost the phone as well as the password, for all we know. */
    assert_int_equal(put_account(&wang, "wang", "$2"), 0);
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $2 '' 0\n");
    assert_int_equal(use_totp(id, 8), -ECANCELED);
}

static void an_invitation_is_used_once(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "T1");
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_put_invitation(
            b, &(struct store_invitation){.person = id, .hash = i ? "h1" : "h0", .until_ms = 9});
        assert_int_equal(apply(b), 0);
    }
    assert_int_equal(ASK(find_invitation, invitations, .code = "h0")->err, -ENOENT);
    assert_answer(ASK(find_invitation, invitations, .code = "h1"), "h1 9\n");
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_use_invitation(b, "h1");
        batch_put_account(b, &wang, "wang", i ? "$2" : "$1");
        assert_int_equal(apply(b), i ? -ENOENT : 0);
    }
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $1 '' 0\n");
}

static void same_again(struct batch *b)
{
    batch_put_person(b, &(struct store_person){.school = "S1", .code = "T1", .name = "王某"});
    put_role(b, wang, STORE_LECTURER, "S1", "");
    batch_put_guardian(b, &wang, &han);
    put_role(b, han, STORE_STUDENT, "S1", "7B");
}

static void less_than_before(struct batch *b)
{
    batch_drop_role(b, &(struct store_member){
                           .person = wang, .role = STORE_LECTURER, .school = "S1", .klass = ""});
}

static void another_role(struct batch *b)
{
    put_role(b, wang, STORE_SCHOOL_ADMIN, "S1", "");
}

static void another_ward(struct batch *b)
{
    batch_put_guardian(b, &wang, &li);
}

static void ward_in_another_class(struct batch *b)
{
    put_role(b, han, STORE_STUDENT, "S2", "1");
}

static int invite(const char *person)
{
    struct batch *b = scene_batch();
    batch_put_invitation(b,
                         &(struct store_invitation){.person = person, .hash = "i1", .until_ms = 9});
    return apply(b);
}

static bool is_invited(void)
{
    return ASK(find_invitation, invitations, .code = "i1")->err == 0;
}

/* Wang is a homeroom teacher and a lecturer, and looks after Han. */
static void who_becomes_more_is_invited_anew(void **state)
{
    (void)state;
    static const struct {
        void (*change)(struct batch *b);
        bool stays;
    } cases[] = {
        {same_again,            true },
        {less_than_before,      true },
        {another_role,          false},
        {another_ward,          false},
        {ward_in_another_class, false},
    };
    make_district();
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &han);
    batch_put_place(b, &(struct store_place){.school = "S2", .klass = "1", .name = "一班"});
    assert_int_equal(apply(b), 0);
    const char *id = id_of("S1", "T1");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_int_equal(invite(id), 0);
        b = scene_batch();
        cases[i].change(b);
        assert_int_equal(apply(b), 0);
        if (is_invited() != cases[i].stays)
            fail_msg("case %zu", i);
    }
}

static void an_invitation_and_a_new_role_are_of_one_moment(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(invite(id_of("S1", "T1")), 0);
    struct batch *b = scene_batch();
    another_role(b);
    batch_expect(b, -1);
    assert_int_equal(apply(b), -ECANCELED);
    assert_true(is_invited());
}

static void sessions_are_seen_listed_and_ended(void **state)
{
    (void)state;
    make_district();
    put_account(&wang, "wang", "$1");
    const char *id = id_of("S1", "T1");
    assert_int_equal(put_session("a", "ha", id, 100), 0);
    assert_int_equal(put_session("b", "hb", id, 200), 0);
    assert_int_equal(put_session("c", "hc", id, 300), 0);
    assert_int_equal(put_session("d", "ha", id, 300), -EEXIST);
    assert_int_equal(put_session("d", "hd", "nobody", 300), -ENOENT);
    struct batch *b = scene_batch();
    batch_see_session(b, "b", 250);
    assert_int_equal(apply(b), 0);
    start_again();
    assert_string_equal(EACH(session), "a ha 100-101\nb hb 200-250\nc hc 300-301\n");
    assert_answer(ASK(find_account, accounts, .code = "wang"), "wang $1 '' 301\n");
    b = scene_batch();
    batch_drop_session(b, "a");
    batch_drop_sessions(b, id, "b");
    assert_int_equal(apply(b), 0);
    assert_string_equal(EACH(session), "b hb 200-250\n");
    b = scene_batch();
    batch_end_sessions(b, 200, 250);
    assert_int_equal(apply(b), 0);
    assert_string_equal(EACH(session), "b hb 200-250\n");
    b = scene_batch();
    batch_end_sessions(b, 200, 251);
    assert_int_equal(apply(b), 0);
    assert_string_equal(EACH(session), "");
}

static void invitations_and_devices_end_unseen(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "2026001");
    put_entry(id, "h1");
    put_device(id, "h1", 1, 77); /* in 5 */
    struct batch *b = scene_batch();
    batch_put_invitation(b, &(struct store_invitation){.person = id, .hash = "i1", .until_ms = 9});
    batch_end_invitations(b, 9);
    batch_end_devices(b, 5);
    assert_int_equal(apply(b), 0);
    assert_answer(ASK(find_invitation, invitations, .code = "i1"), "i1 9\n");
    assert_string_equal(EACH(entry), "/ '' 'h1' 1: 77 5-6 0 0-0\n");
    b = scene_batch();
    batch_end_invitations(b, 10);
    batch_end_devices(b, 6);
    assert_int_equal(apply(b), 0);
    assert_int_equal(ASK(find_invitation, invitations, .code = "i1")->err, -ENOENT);
    assert_string_equal(EACH(entry), "/ '' 'h1' 1: 0 0-0 0 0-0\n");
}

/* -- entry codes ------------------------------------------------------------------------------- */

static void a_new_code_counts_up_and_ends_the_devices(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "2026001");
    assert_int_equal(put_device(id, "h1", 1, 77), -ENOENT);
    assert_int_equal(put_entry(id, "h1"), 0);
    assert_int_equal(put_device(id, "h1", 1, 77), 0);
    assert_int_equal(put_device(id, "h1", 2, 78), 0);
    assert_int_equal(put_device(id, "h1", 1, -79), 0); /* the newest phone wins */
    assert_answer(ASK(find_entry, entries, .code = "h1"), "S1/ '' 'h1' 1: -79 5-6 78 5-6\n");
    struct batch *b = scene_batch();
    batch_see_device(b, id, -79, 60);
    batch_see_device(b, id, 77, 61); /* gone */
    batch_drop_device(b, id, 77);
    assert_int_equal(apply(b), 0);
    start_again();
    assert_string_equal(EACH(entry), "/ '' 'h1' 1: -79 5-60 78 5-6\n");
    assert_int_equal(put_entry(id, "h2"), 0);
    assert_int_equal(ASK(find_entry, entries, .code = "h1")->err, -ENOENT);
    assert_int_equal(put_device(id, "h1", 1, 80), -ENOENT);
    assert_string_equal(EACH(entry), "/ '' 'h2' 2: 0 0-0 0 0-0\n");
    assert_int_equal(put_device(id, "h2", 3, 80), -EINVAL);
    assert_int_equal(put_entry("nobody", "h3"), -ENOENT);
    assert_int_equal(put_entry(id_of("S1", "2026002"), "h2"), -EEXIST);
}

static void move(const char *from, const char *from_class, const char *to, const char *to_class)
{
    struct batch *b = scene_batch();
    struct store_member m = member(li, STORE_STUDENT, from, from_class);
    batch_drop_role(b, &m);
    put_role(b, li, STORE_STUDENT, to, to_class);
    assert_int_equal(apply(b), 0);
}

static bool opens(const char *hash)
{
    return ASK(find_entry, entries, .code = hash)->err == 0;
}

/* Whoever gave it to them has no say in the next one. */
static void a_code_opens_while_its_pupil_is_in_that_school(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "8B", .name = "八2班"});
    batch_put_place(b, &(struct store_place){.school = "S2", .klass = "1", .name = "一班"});
    assert_int_equal(apply(b), 0);
    const char *id = id_of("S1", "2026001");
    put_entry(id, "h1");
    assert_int_equal(put_device(id, "h1", 1, 77), 0);
    move("S1", "7B", "S1", "8B");
    assert_true(opens("h1"));
    move("S1", "8B", "S2", "1");
    start_again();
    assert_false(opens("h1"));
    assert_int_equal(put_device(id, "h1", 2, 78), -ENOENT);
    assert_answer(ASK(list_entries, entries, .school = "S2", .klass = "1"),
                  "S1/2026001 '李雷' '' 1: 77 5-6 0 0-0\n");
    put_entry(id, "h2"); /* of the school before: who made it did not know yet */
    assert_false(opens("h2"));
    b = scene_batch();
    batch_put_entry(b, id, "S2", "h3");
    assert_int_equal(apply(b), 0);
    assert_true(opens("h3"));
    assert_string_equal(EACH(entry), "/ '' 'h3' 3: 0 0-0 0 0-0\n");
}

static void a_class_lists_its_pupils_with_and_without_codes(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "2026002");
    put_entry(id, "h1");
    put_device(id, "h1", 2, 78);
    assert_answer(ASK(list_entries, entries, .school = "S1", .klass = "7B"),
                  "S1/2026001 '李雷' '' 0: 0 0-0 0 0-0\n"
                  "S1/2026002 '韩梅梅' 'h1' 1: 0 0-0 78 5-6\n");
    const struct answered *a =
        ASK(list_entries, entries, .school = "S1", .klass = "7B", .limit = 1);
    assert_string_equal(a->next, "2026001");
    assert_int_equal(
        ASK(list_entries, entries, .school = "S1", .klass = "7B", .after = "2026001")->n, 1);
    assert_int_equal(ASK(list_entries, entries, .school = "S1", .klass = "9Z")->err, -ENOENT);
}

static void day_passes_are_counted_and_end(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(put_guest("g1", "7B", "h1", 100), 0);
    assert_int_equal(put_guest("g2", "7B", "h2", 200), 0);
    assert_int_equal(put_guest("g3", "9Z", "h3", 200), -ENOENT);
    assert_int_equal(put_guest("g3", "7B", "h2", 200), -EEXIST);
    for (int i = 0; i < 3; i++) {
        struct batch *b = scene_batch();
        batch_use_guest(b, "g1", 2);
        assert_int_equal(apply(b), i < 2 ? 0 : -ENOENT);
    }
    start_again();
    assert_string_equal(EACH(guest), "g1 S1/7B 督学 h1 100 2\ng2 S1/7B 督学 h2 200 0\n");
    assert_answer(ASK(find_guest, guests, .code = "h2"), "g2 S1/7B 督学 h2 200 0\n");
    assert_answer(ASK(find_day_pass, callings, .code = "g1"),
                  " - at S1 '第一小学' / 7B '七年级2班'\n");
    assert_int_equal(ASK(find_day_pass, callings, .code = "g9")->err, -ENOENT);
    struct batch *b = scene_batch();
    batch_end_guests(b, 200);
    assert_int_equal(apply(b), 0);
    assert_answer(ASK(list_guests, guests, .school = "S1", .klass = "7B"),
                  "g2 S1/7B 督学 h2 200 0\n");
    for (int i = 0; i < 2; i++) {
        b = scene_batch();
        batch_drop_guest(b, "S1", "7B", "g2");
        assert_int_equal(apply(b), i ? -ENOENT : 0);
    }
    assert_int_equal(put_guest("g4", "7B", "h4", 200), 0);
    b = scene_batch();
    batch_drop_place(b, "S1", "7B");
    assert_int_equal(apply(b), 0);
    assert_string_equal(EACH(guest), "");
}

static void who_is_dropped_takes_every_key_along(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "2026001");
    put_account(&li, "li", "$1");
    put_session("a", "ha", id, 100);
    put_entry(id, "h1");
    put_device(id, "h1", 1, 77);
    struct batch *b = scene_batch();
    batch_put_invitation(b, &(struct store_invitation){.person = id, .hash = "i1", .until_ms = 9});
    batch_drop_person(b, "S1", "2026001");
    assert_int_equal(apply(b), 0);
    assert_int_equal(ASK(find_account, accounts, .code = "li")->err, -ENOENT);
    assert_int_equal(ASK(find_invitation, invitations, .code = "i1")->err, -ENOENT);
    assert_string_equal(EACH(session), "");
    assert_string_equal(EACH(entry), "");
}

/* -- names ------------------------------------------------------------------------------------- */

static void a_person_is_shown_with_names_of_places(void **state)
{
    (void)state;
    make_district();
    put_account(&wang, "wang", "$1");
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &han);
    put_role(b, wang, STORE_PATROL_COUNTY, "", "");
    assert_int_equal(apply(b), 0);
    const char *id = id_of("S1", "T1");
    assert_answer(ASK(find_card, cards, .code = id), "S1/T1 王老师 of '第一小学': 'wang' 0\n");
    assert_answer(ASK(find_card, cards, .code = id_of("", "D1")), "/D1 赵主任 of '高新区': '' 0\n");
    assert_int_equal(ASK(find_card, cards, .code = "nobody")->err, -ENOENT);
    assert_answer(ASK(list_callings, callings, .code = id),
                  "T1 homeroom at S1 '第一小学' / 7B '七年级2班'\n"
                  "T1 lecturer at S1 '第一小学' /  ''\n"
                  "T1 patrol_county at  '高新区' /  ''\n");
    assert_answer(ASK(list_ward_classes, callings, .code = id),
                  "2026002 student at S1 '第一小学' / 7B '七年级2班'\n");
}

static void scene_on_guardians(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_guardian *g = &answer->guardians[i];
        assert_string_equal(g->person.id, id_of(g->person.school, g->person.code));
        answered_say(arg, "%s/%s %s of %s %s %d\n", g->person.school, g->person.code,
                     g->person.name, g->ward, g->ward_name, g->has_account);
    }
}

static void a_class_lists_who_looks_after_its_pupils(void **state)
{
    (void)state;
    make_district();
    put_account(&wang, "wang", "$1");
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &han);
    assert_int_equal(apply(b), 0);
    assert_answer(ASK(list_guardians, guardians, .school = "S1", .klass = "7B"),
                  "S1/T1 王老师 of 2026002 韩梅梅 1\n");
    assert_int_equal(ASK(list_guardians, guardians, .school = "S1", .klass = "none")->err, -ENOENT);
}

static inline int door_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(an_account_is_made_for_an_id_or_a_code),
        CONTRACT(a_login_is_one_persons),
        CONTRACT(a_password_is_changed_by_who_knew_it),
        CONTRACT(a_code_of_the_second_factor_works_once),
        CONTRACT(an_invitation_is_used_once),
        CONTRACT(who_becomes_more_is_invited_anew),
        CONTRACT(an_invitation_and_a_new_role_are_of_one_moment),
        CONTRACT(sessions_are_seen_listed_and_ended),
        CONTRACT(invitations_and_devices_end_unseen),
        CONTRACT(a_new_code_counts_up_and_ends_the_devices),
        CONTRACT(a_code_opens_while_its_pupil_is_in_that_school),
        CONTRACT(a_class_lists_its_pupils_with_and_without_codes),
        CONTRACT(day_passes_are_counted_and_end),
        CONTRACT(who_is_dropped_takes_every_key_along),
        CONTRACT(a_person_is_shown_with_names_of_places),
        CONTRACT(a_class_lists_who_looks_after_its_pupils),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
