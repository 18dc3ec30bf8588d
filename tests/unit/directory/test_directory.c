#include "tests/unit/store/scene.h"

#include "server/directory/directory.h"

static struct scene scene;
static struct directory *d;

static const struct store_person zhao = {.school = "", .code = "D1", .name = "赵主任"};
static const struct store_person wang = {.school = "S1", .code = "T1", .name = "王老师"};
static const struct store_person li = {.school = "S1", .code = "1", .name = "李雷"};
static const struct store_person han = {.school = "S1", .code = "2", .name = "韩梅梅"};
static const struct store_person lis_mother = {.school = "S1", .code = "G1", .name = "李妈妈"};

static void put_role(struct batch *b, const struct store_person *p, enum store_role role,
                     const char *school, const char *klass)
{
    struct store_member m = {.person = *p, .role = role, .school = school, .klass = klass};
    batch_put_role(b, &m);
}

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .name = "第一小学"});
    batch_put_place(b, &(struct store_place){.school = "S2", .name = "第二小学"});
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "七2班"});
    const struct store_person *const all[] = {&zhao, &wang, &li, &han, &lis_mother};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        batch_put_person(b, all[i]);
    put_role(b, &zhao, STORE_DISTRICT_ADMIN, "", "");
    put_role(b, &wang, STORE_HOMEROOM, "S1", "7B");
    put_role(b, &wang, STORE_LECTURER, "S1", "");
    put_role(b, &wang, STORE_LECTURER, "S2", "");
    put_role(b, &li, STORE_STUDENT, "S1", "7B");
    put_role(b, &han, STORE_STUDENT, "S1", "7B");
    batch_put_guardian(b, &lis_mother, &li);
    batch_put_guardian(b, &lis_mother, &han);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(directory_open(&d, scene.store), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_close(&scene);
    directory_free(&d);
    directory_free(&d);
    scene_end(&scene);
    return 0;
}

static bool holds(const struct directory_person *p, enum store_role role, const char *school,
                  const char *klass)
{
    for (size_t i = 0; i < p->n_roles; i++) {
        const struct directory_role *r = &p->roles[i];
        if (r->role == role && strcmp(r->school, school) == 0 && strcmp(r->klass, klass) == 0)
            return true;
    }
    return false;
}

static void everybody_is_found_by_code_and_by_id(void **state)
{
    (void)state;
    const struct directory_person *teacher = directory_find_code(d, "S1", "T1");
    assert_non_null(teacher);
    assert_string_equal(teacher->school, "S1");
    assert_string_equal(teacher->code, "T1");
    assert_ptr_equal(directory_find(d, teacher->id), teacher);
    assert_string_equal(directory_find_code(d, "", "D1")->school, "");
    assert_null(directory_find_code(d, "S2", "T1"));
    assert_null(directory_find_code(d, "S1T", "1"));
    assert_null(directory_find_code(d, "S1", ""));
    assert_null(directory_find(d, ""));
    assert_null(directory_find(d, "T1"));
}

static void each_has_their_own_roles_and_wards(void **state)
{
    (void)state;
    const struct directory_person *teacher = directory_find_code(d, "S1", "T1");
    const struct directory_person *mother = directory_find_code(d, "S1", "G1");
    assert_int_equal(teacher->n_roles, 3);
    assert_true(holds(teacher, STORE_HOMEROOM, "S1", "7B"));
    assert_true(holds(teacher, STORE_LECTURER, "S1", ""));
    assert_true(holds(teacher, STORE_LECTURER, "S2", ""));
    assert_int_equal(teacher->n_wards, 0);
    assert_true(holds(directory_find_code(d, "", "D1"), STORE_DISTRICT_ADMIN, "", ""));
    assert_true(holds(directory_find_code(d, "S1", "1"), STORE_STUDENT, "S1", "7B"));
    assert_int_equal(mother->n_roles, 0);
    assert_int_equal(mother->n_wards, 2);
    assert_non_null(directory_find(d, mother->wards[0]));
    assert_string_equal(directory_find(d, mother->wards[1])->school, "S1");
}

static void places_are_known(void **state)
{
    (void)state;
    assert_true(directory_has_place(d, "", ""));
    assert_true(directory_has_place(d, "S1", ""));
    assert_true(directory_has_place(d, "S1", "7B"));
    assert_false(directory_has_place(d, "S2", "7B"));
    assert_false(directory_has_place(d, "", "7B"));
    assert_false(directory_has_place(d, "S3", ""));
}

static struct waiting {
    struct directory_wait wait;
    int times, err;
    const struct directory_person *seen;
} waiting[3];

static void on_fresh(struct directory_wait *wait, int err)
{
    struct waiting *w = (struct waiting *)wait;
    w->times++;
    w->err = err;
    w->seen = directory_find_code(d, "S2", "9");
}

static void a_change_is_in_force_when_it_is_told(void **state)
{
    (void)state;
    memset(waiting, 0, sizeof(waiting));
    for (size_t i = 0; i < 3; i++) {
        waiting[i].wait = (struct directory_wait){.done = on_fresh, .is_all = true};
        if (i == 1) { /* while the first reading is under way */
            struct batch *b = scene_batch();
            struct store_person lin = {.school = "S2", .code = "9", .name = "林"};
            batch_put_person(b, &lin);
            batch_drop_person(b, "S1", "2");
            assert_int_equal(store_apply_now(scene.store, &b, NULL), 0);
        }
        directory_refresh(d, &waiting[i].wait);
        assert_int_equal(waiting[i].times, 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(waiting[i].times, 1);
        assert_int_equal(waiting[i].err, 0);
    }
    assert_non_null(waiting[1].seen);
    assert_non_null(waiting[2].seen);
    assert_null(directory_find_code(d, "S1", "2"));
    assert_int_equal(directory_find_code(d, "S1", "G1")->n_wards, 1);
}

static void who_waits_is_told_before_the_store_closes(void **state)
{
    (void)state;
    memset(waiting, 0, sizeof(waiting));
    waiting[0].wait = (struct directory_wait){.done = on_fresh, .is_all = true};
    directory_refresh(d, &waiting[0].wait);
    scene_close(&scene);
    assert_int_equal(waiting[0].times, 1);
    directory_free(&d);
    scene_open(&scene);
    assert_int_equal(directory_open(&d, scene.store), 0);
}

/* -- one change -------------------------------------------------------------------------------- */

/* A change on its way, as the API's. */
struct step {
    struct directory_wait wait;
    bool is_known;
    int err;
};

static void on_step_known(struct directory_wait *wait, int err)
{
    assert_int_equal(err, 0);
    ((struct step *)wait)->is_known = true;
}

static void on_step_applied(void *arg, int err, size_t at)
{
    struct step *s = arg;
    (void)at;
    s->err = err;
    if (err) /* refused: nothing has changed */
        s->is_known = true;
    else
        directory_refresh(d, &s->wait);
}

static void begin_step(struct step *s, struct batch *b)
{
    *s = (struct step){.wait.done = on_step_known};
    s->wait.is_all = !batch_about(b, &s->wait.about);
    assert_int_equal(store_apply(scene.store, &b, on_step_applied, s), 0);
}

static void take_step(struct batch *b)
{
    struct step s;
    begin_step(&s, b);
    assert_false(s.wait.is_all);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(s.is_known);
    assert_int_equal(s.err, 0);
}

static enum directory_news last_news;

static void on_news(void *arg, enum directory_news news)
{
    (void)arg;
    last_news = news;
}

static void one_change_is_patched_in(void **state)
{
    (void)state;
    const struct store_person lin = {.school = "S2", .code = "9", .name = "林"};
    directory_watch(d, on_news, NULL);
    last_news = DIRECTORY_ALL;
    struct batch *b = scene_batch();
    batch_put_person(b, &lin);
    take_step(b);
    assert_non_null(directory_find_code(d, "S2", "9"));
    assert_int_equal(last_news, DIRECTORY_PUPIL);
    b = scene_batch();
    put_role(b, &lin, STORE_LECTURER, "S2", "");
    take_step(b);
    assert_true(holds(directory_find_code(d, "S2", "9"), STORE_LECTURER, "S2", ""));
    assert_int_equal(last_news, DIRECTORY_CAME);
    b = scene_batch();
    batch_drop_person(b, "S2", "9");
    take_step(b);
    assert_null(directory_find_code(d, "S2", "9"));
    assert_int_equal(last_news, DIRECTORY_ALL); /* the timetable has lost a lecturer */
    b = scene_batch();
    batch_drop_person(b, "S1", "2");
    take_step(b);
    assert_int_equal(last_news, DIRECTORY_PUPIL);
}

static void who_was_nothing_any_more_may_have_been_a_lecturer(void **state)
{
    (void)state;
    static const enum store_role roles[] = {STORE_HOMEROOM, STORE_LECTURER, STORE_LECTURER};
    static const char *const places[][2] = {
        {"S1", "7B"},
        {"S1", ""  },
        {"S2", ""  }
    };
    directory_watch(d, on_news, NULL);
    for (size_t i = 0; i < 3; i++) {
        struct batch *b = scene_batch();
        batch_drop_role(b, &(struct store_member){.person = wang,
                                                  .role = roles[i],
                                                  .school = places[i][0],
                                                  .klass = places[i][1]});
        take_step(b);
        assert_int_equal(last_news, DIRECTORY_CAME);
    }
    struct batch *b = scene_batch();
    batch_drop_person(b, "S1", "T1");
    take_step(b);
    assert_int_equal(last_news, DIRECTORY_ALL);
}

static void who_is_gone_is_nobodys_ward(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    batch_drop_person(b, "S1", "1");
    take_step(b);
    const struct directory_person *mother = directory_find_code(d, "S1", "G1");
    assert_int_equal(mother->n_wards, 1);
    assert_string_equal(directory_find(d, mother->wards[0])->code, "2");
    b = scene_batch(); /* another one, with the same code */
    batch_put_person(b, &li);
    take_step(b);
    assert_int_equal(directory_find_code(d, "S1", "G1")->n_wards, 1);
    assert_int_equal(directory_find_code(d, "S1", "1")->n_roles, 0);
}

static void the_roles_of_a_place_go_with_it(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    batch_drop_place(b, "S1", "7B");
    take_step(b);
    assert_false(directory_has_place(d, "S1", "7B"));
    assert_int_equal(directory_find_code(d, "S1", "1")->n_roles, 0);
    const struct directory_person *teacher = directory_find_code(d, "S1", "T1");
    assert_int_equal(teacher->n_roles, 2);
    assert_true(holds(teacher, STORE_LECTURER, "S2", ""));
    b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "7B"});
    take_step(b);
    assert_true(directory_has_place(d, "S1", "7B"));
    assert_int_equal(directory_find_code(d, "S1", "1")->n_roles, 0);
}

/* -- any changes ------------------------------------------------------------------------------- */

enum { SCHOOLS = 3, CLASSES = 3, PEOPLE = 6, AT_ONCE = 8, ROUNDS = 150 };

static uint32_t seed;

static unsigned pick(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *const school_codes[SCHOOLS] = {"S1", "S2", "S3"};
static const char *const class_codes[CLASSES] = {"7A", "7B", "7C"};
static const char *const people_codes[PEOPLE] = {"T1", "1", "2", "G1", "5", "6"};

static struct batch *any_change(void)
{
    static const enum store_role roles[] = {STORE_STUDENT, STORE_LECTURER, STORE_HOMEROOM,
                                            STORE_PATROL_COUNTY};
    struct batch *b = scene_batch();
    const char *school = school_codes[pick(SCHOOLS)], *klass = class_codes[pick(CLASSES)];
    const struct store_place place = {school, pick(2) ? klass : "", "名", 0};
    const struct store_person who = {NULL, school, people_codes[pick(PEOPLE)], "名"};
    const struct store_person other = {NULL, school_codes[pick(SCHOOLS)],
                                       people_codes[pick(PEOPLE)], "名"};
    struct store_member m = {.person = who, .role = roles[pick(4)]};
    enum store_place_kind kind = store_role_place(m.role);
    m.school = kind == STORE_DISTRICT ? "" : school_codes[pick(SCHOOLS)];
    m.klass = kind == STORE_CLASS ? klass : "";
    switch (pick(10)) {
    case 0:
    case 1: batch_put_place(b, &place); break;
    case 2: batch_drop_place(b, place.school, place.klass); break;
    case 3:
    case 4: batch_put_person(b, &who); break;
    case 5: batch_drop_person(b, who.school, who.code); break;
    case 6: batch_drop_role(b, &m); break;
    case 7: batch_put_guardian(b, &who, &other); break;
    default: batch_put_role(b, &m); break;
    }
    return b;
}

static void same_person(const struct directory_person *a, const struct directory_person *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a)
        return;
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->school, b->school);
    assert_string_equal(a->code, b->code);
    assert_int_equal(a->n_roles, b->n_roles);
    for (size_t i = 0; i < a->n_roles; i++)
        assert_true(holds(b, a->roles[i].role, a->roles[i].school, a->roles[i].klass));
    assert_int_equal(a->n_wards, b->n_wards);
    for (size_t i = 0; i < a->n_wards; i++) { /* by the order of their ids, both */
        bool is_there = false;
        for (size_t k = 0; k < b->n_wards; k++)
            is_there |= strcmp(a->wards[i], b->wards[k]) == 0;
        assert_true(is_there);
    }
}

static void same_as_fresh(void)
{
    struct directory *fresh;
    assert_int_equal(directory_open(&fresh, scene.store), 0);
    for (size_t i = 0; i < SCHOOLS; i++) {
        for (size_t k = 0; k < PEOPLE; k++) {
            const struct directory_person *who =
                directory_find_code(fresh, school_codes[i], people_codes[k]);
            same_person(directory_find_code(d, school_codes[i], people_codes[k]), who);
            assert_true(!who || directory_find(d, who->id));
        }
        assert_int_equal(directory_has_place(d, school_codes[i], ""),
                         directory_has_place(fresh, school_codes[i], ""));
        for (size_t k = 0; k < CLASSES; k++)
            assert_int_equal(directory_has_place(d, school_codes[i], class_codes[k]),
                             directory_has_place(fresh, school_codes[i], class_codes[k]));
    }
    directory_free(&fresh);
}

static void whatever_changes_it_is_as_if_read_anew(void **state)
{
    (void)state;
    static struct step steps[AT_ONCE];
    for (seed = 1; seed < 4; seed++) {
        uint32_t next = seed;
        for (int round = 0; round < ROUNDS; round++) {
            unsigned n = 1 + pick(AT_ONCE);
            for (unsigned i = 0; i < n; i++) {
                begin_step(&steps[i], any_change());
                if (pick(3) == 0) /* some are told before the others are asked for */
                    uv_run(&scene.loop, UV_RUN_ONCE);
            }
            if (pick(20) == 0) {
                static struct step all;
                all = (struct step){
                    .wait = {.done = on_step_known, .is_all = true}
                };
                directory_refresh(d, &all.wait);
            }
            uv_run(&scene.loop, UV_RUN_DEFAULT);
            for (unsigned i = 0; i < n; i++)
                assert_true(steps[i].is_known);
            same_as_fresh();
        }
        seed = next;
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everybody_is_found_by_code_and_by_id),
        TEST(each_has_their_own_roles_and_wards),
        TEST(places_are_known),
        TEST(a_change_is_in_force_when_it_is_told),
        TEST(who_waits_is_told_before_the_store_closes),
        TEST(one_change_is_patched_in),
        TEST(who_was_nothing_any_more_may_have_been_a_lecturer),
        TEST(who_is_gone_is_nobodys_ward),
        TEST(the_roles_of_a_place_go_with_it),
        TEST(whatever_changes_it_is_as_if_read_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
