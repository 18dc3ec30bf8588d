#include "server/base/clock.h"
#include "server/door/door.h"
#include "tests/unit/store/scene.h"

/* The door with a real store behind it, and a clock of ours. */
static struct scene scene;
static struct door *door;
static char pupil_id[STORE_ID_MAX], teacher_id[STORE_ID_MAX];

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static const char secret[] = "abcdefghijklmnopqrstuvwxyz";
static const char good[] = "correct horse";
static const char login[] = "wang.li";

static void on_person(void *arg, const struct store_answer *a)
{
    snprintf(arg, STORE_ID_MAX, "%s", a->n ? a->people[0].id : "");
}

static void find(const char *code, char out[STORE_ID_MAX])
{
    const struct store_question q = {.school = "S1", .code = code};
    assert_int_equal(store_find_person(scene.store, &q, on_person, out), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static void open_door(void)
{
    const struct door_params p = {.loop = &scene.loop, .store = scene.store, .secret = secret};
    assert_int_equal(door_open(&door, &p), 0);
}

static void on_door_closed(void *arg)
{
    *(bool *)arg = true;
}

static void close_door(void)
{
    bool is_closed = false;
    door_close(door, on_door_closed, &is_closed);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
}

/* As after kill -9: nothing that is only in memory stays. */
static void start_again(void)
{
    close_door();
    scene_reopen(&scene);
    open_door();
}

static int setup(void **state)
{
    (void)state;
    static const struct store_person li = {.school = "S1", .code = "P1", .name = "李雷"};
    static const struct store_person wang = {.school = "S1", .code = "T1", .name = "王老师"};
    fake_clock_start();
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .name = "一小"});
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "二班"});
    batch_put_person(b, &li);
    batch_put_person(b, &wang);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    find("P1", pupil_id);
    find("T1", teacher_id);
    open_door();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close_door();
    scene_end(&scene);
    fake_clock_stop();
    return 0;
}

/* -- asking and waiting ------------------------------------------------------------------------ */

static struct {
    int times;
    int err;
    int busy; /* times */
    char person[STORE_ID_MAX];
    char secret[PASS_TEXT_SIZE];
    int64_t until_ms;
} said;

static void on_told(void *arg, const struct door_told *told)
{
    (void)arg;
    said.times++;
    said.err = told->err;
    said.busy += told->err == -EAGAIN;
    said.until_ms = told->until_ms;
    snprintf(said.person, sizeof(said.person), "%s", told->person);
    snprintf(said.secret, sizeof(said.secret), "%s", told->secret);
}

static void keep(char *out, size_t size)
{
    assert_true(strlen(said.secret) < size);
    strcpy(out, said.secret);
}

/* What was returned, or else told. */
static int waited(int err)
{
    if (err)
        return err;
    assert_int_equal(said.times, 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(said.times, 1);
    return said.err;
}

static struct door_visit visit(uint8_t host)
{
    return (struct door_visit){
        .from = {.bytes = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = host}}};
}

#define ASK(call) (memset(&said, 0, sizeof(said)), waited(call))

static int sign_in(uint8_t host, const char *password, const char *totp)
{
    struct door_visit v = visit(host);
    return ASK(door_sign_in(door, &v, login, password, totp, on_told, NULL));
}

static int accept_as(const char *invite, const char *as, const char *password)
{
    struct door_visit v = visit(1);
    const struct door_newcomer who = {.secret = invite, .login = as, .password = password};
    return ASK(door_accept(door, &v, &who, on_told, NULL));
}

static int enter(uint8_t host, const char *code, enum pass_device kind)
{
    struct door_visit v = visit(host);
    return ASK(door_enter(door, &v, code, kind, on_told, NULL));
}

/* The teacher has an account; a session of it is in `said.secret`. */
static void make_account(void)
{
    char invite[DOOR_TOKEN_SIZE];
    assert_int_equal(ASK(door_invite(door, "console", teacher_id, on_told, NULL)), 0);
    keep(invite, sizeof(invite));
    assert_int_equal(accept_as(invite, login, good), 0);
}

static bool is_in(const char *token)
{
    struct door_session s;
    return door_find_session(door, token, &s);
}

static char made_code[ENTRY_CODE_TEXT_SIZE];

static void on_codes(void *arg, const struct door_codes *told)
{
    (void)arg;
    assert_int_equal(told->err, 0);
    assert_int_equal(told->n, 1);
    assert_string_equal(told->codes[0].person, pupil_id);
    snprintf(made_code, sizeof(made_code), "%s", told->codes[0].code);
}

static void make_code(void)
{
    const char *persons[] = {pupil_id};
    made_code[0] = '\0';
    assert_int_equal(door_make_codes(door, teacher_id, "S1/7B", persons, 1, on_codes, NULL), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(made_code[0] != '\0');
}

static bool passes(const char *text)
{
    struct door_pass pass;
    return door_check_pass(door, text, &pass);
}

/* -- set up ------------------------------------------------------------------------------------ */

static int set_up(const char *code, const char *as)
{
    struct door_visit v = visit(1);
    const struct door_newcomer who = {
        .secret = code, .name = "赵主任", .login = as, .password = good};
    return ASK(door_set_up(door, &v, &who, on_told, NULL));
}

static void the_first_admin_comes_in_with_the_code_of_the_console(void **state)
{
    (void)state;
    char code[ENTRY_CODE_TEXT_SIZE], other[ENTRY_CODE_TEXT_SIZE];
    assert_true(door_set_up_code(door, code));
    start_again();
    assert_true(door_set_up_code(door, other));
    assert_string_not_equal(code, other);
    assert_int_equal(set_up(code, "Zhao.1"), -EACCES);
    assert_int_equal(set_up("K7QX", "zhao.1"), -EINVAL);
    assert_int_equal(set_up(other, "Zhao.1"), 0);
    assert_true(is_in(said.secret));
    assert_false(door_set_up_code(door, code));
    assert_int_equal(set_up(other, "zhao.2"), -EPERM);
    start_again();
    assert_false(door_set_up_code(door, code));
    const struct answered *a = scene_ask(&scene, store_list_members,
                                         &(struct store_question){.school = ""}, scene_on_members);
    assert_string_equal(a->text, "district_admin at /: /zhao.1 赵主任\n");
}

/* -- accounts ---------------------------------------------------------------------------------- */

static void who_was_invited_sets_a_password_and_comes_in(void **state)
{
    (void)state;
    char invite[DOOR_TOKEN_SIZE], session[DOOR_TOKEN_SIZE];
    assert_int_equal(ASK(door_invite(door, "console", teacher_id, on_told, NULL)), 0);
    keep(invite, sizeof(invite));
    assert_int_equal(accept_as("nonsense", login, good), -EACCES);
    assert_int_equal(accept_as(invite, "x", good), -EINVAL);
    assert_int_equal(accept_as(invite, login, "short"), -EINVAL);
    start_again();
    assert_int_equal(accept_as(invite, login, good), 0);
    assert_string_equal(said.person, teacher_id);
    keep(session, sizeof(session));
    assert_true(is_in(session));
    assert_int_equal(accept_as(invite, login, good), -EACCES);
    start_again();
    assert_true(is_in(session));
    assert_int_equal(sign_in(1, good, ""), 0);
}

static void an_invitation_ends_after_a_week(void **state)
{
    (void)state;
    char invite[DOOR_TOKEN_SIZE];
    assert_int_equal(ASK(door_invite(door, "console", teacher_id, on_told, NULL)), 0);
    keep(invite, sizeof(invite));
    for (int day = 0; day < DOOR_INVITE_DAYS; day++)
        fake_clock_advance(24 * HOUR);
    fake_clock_advance(1);
    assert_int_equal(accept_as(invite, login, good), -EACCES);
}

static void a_login_that_another_has_is_told(void **state)
{
    (void)state;
    char invite[DOOR_TOKEN_SIZE];
    make_account();
    assert_int_equal(ASK(door_invite(door, "console", pupil_id, on_told, NULL)), 0);
    keep(invite, sizeof(invite));
    assert_int_equal(accept_as(invite, "WANG.LI", good), -EEXIST);
    assert_int_equal(accept_as(invite, "li.lei", good), 0);
}

static void a_wrong_password_and_a_wrong_login_are_the_same(void **state)
{
    (void)state;
    struct door_visit v = visit(1);
    make_account();
    assert_int_equal(sign_in(1, "wrong horse", ""), -EACCES);
    assert_int_equal(ASK(door_sign_in(door, &v, "nobody", good, "", on_told, NULL)), -EACCES);
    assert_string_equal(said.secret, "");
    assert_int_equal(sign_in(1, good, ""), 0);
    assert_string_equal(said.person, teacher_id);
}

static void five_wrong_passwords_lock_an_account_for_a_minute(void **state)
{
    (void)state;
    make_account();
    for (uint8_t i = 0; i < 5; i++)
        assert_int_equal(sign_in((uint8_t)(i + 1), "wrong horse", ""), -EACCES);
    struct door_visit v = visit(99);
    assert_int_equal(door_sign_in(door, &v, login, good, "", on_told, NULL), -EBUSY);
    assert_int_equal(v.wait_s, 60);
    fake_clock_advance(MINUTE);
    assert_int_equal(sign_in(99, good, ""), 0);
}

static void guesses_at_the_same_time_count_each(void **state)
{
    (void)state;
    int began = 0;
    make_account();
    memset(&said, 0, sizeof(said));
    for (uint8_t i = 0; i < 20; i++) {
        struct door_visit v = visit((uint8_t)(i + 1));
        began += door_sign_in(door, &v, login, "wrong horse", "", on_told, NULL) == 0;
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(began, 5);
    assert_int_equal(said.times, 5);
}

static void an_address_that_guesses_waits_and_others_do_not(void **state)
{
    (void)state;
    struct door_visit v = visit(7), other = visit(8);
    char name[16];
    make_account();
    for (int i = 0; i < 30; i++) {
        snprintf(name, sizeof(name), "nobody%d", i);
        assert_int_equal(ASK(door_sign_in(door, &v, name, good, "", on_told, NULL)), -EACCES);
    }
    assert_int_equal(door_sign_in(door, &v, login, good, "", on_told, NULL), -EBUSY);
    assert_int_equal(ASK(door_sign_in(door, &other, login, good, "", on_told, NULL)), 0);
}

static void a_full_queue_sends_away_at_once(void **state)
{
    (void)state;
    int began = 0, busy = 0;
    make_account();
    memset(&said, 0, sizeof(said));
    for (int i = 0; i < 100; i++) {
        char name[16];
        struct door_visit v = visit((uint8_t)(i + 1));
        snprintf(name, sizeof(name), "nobody%d", i);
        int err = door_sign_in(door, &v, name, good, "", on_told, NULL);
        began += err == 0;
        busy += err == -EAGAIN;
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(began + busy, 100);
    assert_int_equal(said.times, began);
    assert_in_range(said.busy + busy, 1, 100 - 64);
    assert_int_equal(sign_in(200, good, ""), 0);
}

/* -- sessions ---------------------------------------------------------------------------------- */

static void a_session_ends_when_nobody_uses_it(void **state)
{
    (void)state;
    make_account();
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(DOOR_IDLE_HOURS * HOUR);
        assert_true(is_in(said.secret));
    }
    fake_clock_advance(DOOR_IDLE_HOURS * HOUR + 1);
    assert_false(is_in(said.secret));
}

static void a_session_ends_after_a_month(void **state)
{
    (void)state;
    make_account();
    for (int i = 0; i < DOOR_SESSION_DAYS * 24; i++) {
        fake_clock_advance(HOUR);
        assert_true(is_in(said.secret));
    }
    fake_clock_advance(1);
    assert_false(is_in(said.secret));
}

static void sessions_are_listed_and_ended_one_by_one(void **state)
{
    (void)state;
    struct door_session list[DOOR_SESSIONS_MAX];
    char first[DOOR_TOKEN_SIZE], second[DOOR_TOKEN_SIZE];
    make_account();
    keep(first, sizeof(first));
    assert_int_equal(sign_in(1, good, ""), 0);
    keep(second, sizeof(second));
    assert_int_equal(door_list_sessions(door, teacher_id, list, DOOR_SESSIONS_MAX), 2);
    struct door_session s;
    assert_true(door_find_session(door, first, &s));
    assert_int_equal(door_end_session(door, pupil_id, s.id, on_told, NULL), -ENOENT);
    assert_int_equal(ASK(door_end_session(door, teacher_id, s.id, on_told, NULL)), 0);
    assert_false(is_in(first));
    assert_true(is_in(second));
    start_again();
    assert_false(is_in(first));
    assert_true(is_in(second));
}

static void a_person_has_twenty_sessions_at_most(void **state)
{
    (void)state;
    struct door_session list[DOOR_SESSIONS_MAX];
    char first[DOOR_TOKEN_SIZE];
    make_account();
    keep(first, sizeof(first));
    for (int i = 0; i < DOOR_SESSIONS_MAX; i++) {
        fake_clock_advance(MINUTE);
        assert_int_equal(sign_in(1, good, ""), 0);
    }
    assert_int_equal(door_list_sessions(door, teacher_id, list, DOOR_SESSIONS_MAX),
                     DOOR_SESSIONS_MAX);
    assert_false(is_in(first));
}

static void a_new_password_ends_the_other_sessions(void **state)
{
    (void)state;
    struct door_session s;
    char first[DOOR_TOKEN_SIZE], second[DOOR_TOKEN_SIZE];
    struct door_visit v = visit(1);
    make_account();
    keep(first, sizeof(first));
    sign_in(1, good, "");
    keep(second, sizeof(second));
    assert_true(door_find_session(door, second, &s));
    assert_int_equal(
        ASK(door_put_password(door, &v, &s, "wrong horse", "battery staple", on_told, NULL)),
        -EACCES);
    assert_int_equal(ASK(door_put_password(door, &v, &s, good, "battery staple", on_told, NULL)),
                     0);
    assert_false(is_in(first));
    assert_true(is_in(second));
    assert_int_equal(sign_in(1, good, ""), -EACCES);
    assert_int_equal(sign_in(1, "battery staple", ""), 0);
}

/* -- a second factor --------------------------------------------------------------------------- */

static const char *code_of(const uint8_t key[TOTP_SECRET_SIZE])
{
    static char code[TOTP_CODE_SIZE];
    totp_code(code, key, clock_wall_ms() / 1000 / TOTP_STEP_S);
    return code;
}

static void a_second_factor_is_asked_for_and_its_codes_work_once(void **state)
{
    (void)state;
    uint8_t key[TOTP_SECRET_SIZE];
    char session[DOOR_TOKEN_SIZE];
    make_account();
    keep(session, sizeof(session));
    assert_int_equal(door_confirm_totp(door, session, "000000", on_told, NULL), -EPERM);
    assert_int_equal(door_begin_totp(door, session, key), 0);
    assert_int_equal(sign_in(1, good, ""), 0); /* nothing is asked for yet */
    const char *code = code_of(key);
    assert_int_equal(door_confirm_totp(door, session, "00000", on_told, NULL), -EACCES);
    assert_int_equal(ASK(door_confirm_totp(door, session, code, on_told, NULL)), 0);
    assert_int_equal(sign_in(1, good, ""), -ENOKEY);
    assert_int_equal(sign_in(1, "wrong horse", code), -EACCES);
    assert_int_equal(sign_in(1, good, code), -EACCES); /* it was used */
    fake_clock_advance(TOTP_STEP_S * 1000);
    start_again();
    code = code_of(key);
    assert_int_equal(sign_in(1, good, code), 0);
    assert_int_equal(sign_in(1, good, code), -EACCES);
    struct door_session s;
    assert_true(door_find_session(door, session, &s));
    assert_int_equal(ASK(door_drop_totp(door, &s, on_told, NULL)), 0);
    assert_int_equal(sign_in(1, good, ""), 0);
}

/* -- pupils ------------------------------------------------------------------------------------ */

static void a_pupil_comes_in_with_a_code_and_stays_in(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    struct door_pass p;
    make_code();
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    assert_string_equal(said.person, pupil_id);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    assert_string_equal(p.person, pupil_id);
    assert_false(p.is_guest);
    start_again();
    assert_true(passes(pass));
    pass[5] = pass[5] == 'A' ? 'B' : 'A';
    assert_false(passes(pass));
    assert_false(passes(""));
}

static void a_code_that_was_mistyped_is_no_guess(void **state)
{
    (void)state;
    struct door_visit v = visit(1);
    make_code();
    char wrong[ENTRY_CODE_TEXT_SIZE];
    snprintf(wrong, sizeof(wrong), "%s", made_code);
    wrong[0] = wrong[0] == '2' ? '3' : '2';
    for (int i = 0; i < 100; i++)
        assert_int_equal(door_enter(door, &v, wrong, PASS_PHONE, on_told, NULL), -EBADMSG);
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
}

static void ten_thousand_guesses_at_codes_meet_a_lock(void **state)
{
    (void)state;
    int asked = 0, refused = 0;
    make_code();
    for (int i = 0; i < 10000; i++) {
        struct entry_code guess;
        char text[ENTRY_CODE_TEXT_SIZE];
        struct door_visit v = visit(66);
        assert_int_equal(entry_code_make(&guess), 0);
        entry_code_print(text, &guess);
        memset(&said, 0, sizeof(said));
        int err = door_enter(door, &v, text, PASS_PHONE, on_told, NULL);
        refused += err == -EBUSY;
        if (err == 0) {
            asked++;
            assert_int_equal(waited(0), -EACCES);
        }
        fake_clock_advance(2); /* 500 a second */
    }
    assert_int_equal(asked + refused, 10000);
    assert_int_equal(asked, 30);
    assert_int_equal(enter(67, made_code, PASS_PHONE), 0);
}

static void one_phone_and_one_tv_the_newest_wins(void **state)
{
    (void)state;
    char phone[2][PASS_TEXT_SIZE], tv[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_code();
    enter(1, made_code, PASS_PHONE);
    keep(phone[0], sizeof(phone[0]));
    enter(1, made_code, PASS_TV);
    keep(tv, sizeof(tv));
    assert_true(door_check_pass(door, phone[0], &p));
    door_take_turn(door, &p, &turn);
    assert_int_equal(door_standing(door, &turn), DOOR_STILL_IN);
    uint32_t before = door_changes(door);
    enter(1, made_code, PASS_PHONE);
    keep(phone[1], sizeof(phone[1]));
    assert_true(door_changes(door) != before);
    assert_int_equal(door_standing(door, &turn), DOOR_REPLACED);
    assert_false(passes(phone[0]));
    assert_true(passes(phone[1]));
    assert_true(passes(tv));
}

static void another_connection_of_a_device_replaces_the_older(void **state)
{
    (void)state;
    struct door_pass p;
    struct door_turn first, second;
    make_code();
    enter(1, made_code, PASS_PHONE);
    assert_true(door_check_pass(door, said.secret, &p));
    door_take_turn(door, &p, &first);
    door_take_turn(door, &p, &second);
    assert_int_equal(door_standing(door, &first), DOOR_REPLACED);
    assert_int_equal(door_standing(door, &second), DOOR_STILL_IN);
}

static void a_new_code_puts_the_old_devices_out_at_once(void **state)
{
    (void)state;
    char old[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_code();
    memcpy(old, made_code, sizeof(old));
    enter(1, made_code, PASS_PHONE);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    door_take_turn(door, &p, &turn);
    make_code();
    assert_false(passes(pass));
    assert_int_equal(door_standing(door, &turn), DOOR_RESET);
    assert_int_equal(enter(1, old, PASS_PHONE), -EACCES);
    assert_int_equal(enter(1, made_code, PASS_PHONE), 0);
    start_again();
    assert_false(passes(pass));
    assert_true(passes(said.secret));
}

static void a_pass_ends_with_the_school_year(void **state)
{
    (void)state;
    make_code();
    enter(1, made_code, PASS_PHONE);
    for (int day = 0; day < DOOR_PASS_DAYS; day++) {
        assert_true(passes(said.secret));
        fake_clock_advance(24 * HOUR);
    }
    assert_false(passes(said.secret));
}

/* -- guests ------------------------------------------------------------------------------------ */

static int make_guest(int64_t until_ms)
{
    const struct store_guest g = {
        .school = "S1", .klass = "7B", .name = "督学", .until_ms = until_ms};
    return ASK(door_make_guest(door, teacher_id, &g, on_told, NULL));
}

static int enter_guest(const char *code)
{
    struct door_visit v = visit(1);
    return ASK(door_enter_guest(door, &v, code, on_told, NULL));
}

static void a_day_pass_lets_in_three_devices_until_it_ends(void **state)
{
    (void)state;
    char code[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    assert_int_equal(make_guest(clock_wall_ms() + 2 * HOUR), 0);
    keep(code, sizeof(code));
    assert_int_equal(enter(1, code, PASS_PHONE), -EACCES); /* it is no pupil's */
    for (int i = 0; i < DOOR_GUEST_DEVICES; i++)
        assert_int_equal(enter_guest(code), 0);
    keep(pass, sizeof(pass));
    assert_int_equal(enter_guest(code), -EPERM);
    start_again();
    assert_true(door_check_pass(door, pass, &p));
    assert_true(p.is_guest);
    assert_string_equal(p.school, "S1");
    assert_string_equal(p.klass, "7B");
    fake_clock_advance(2 * HOUR);
    assert_false(passes(pass));
}

static void a_day_pass_can_be_withdrawn(void **state)
{
    (void)state;
    char id[STORE_ID_MAX], code[ENTRY_CODE_TEXT_SIZE], pass[PASS_TEXT_SIZE];
    struct door_pass p;
    struct door_turn turn;
    make_guest(clock_wall_ms() + 2 * HOUR);
    snprintf(id, sizeof(id), "%s", said.person);
    keep(code, sizeof(code));
    enter_guest(code);
    keep(pass, sizeof(pass));
    assert_true(door_check_pass(door, pass, &p));
    door_take_turn(door, &p, &turn);
    assert_int_equal(door_standing(door, &turn), DOOR_STILL_IN);
    const struct store_guest g = {.id = id, .school = "S1", .klass = "7B"};
    assert_int_equal(ASK(door_drop_guest(door, teacher_id, &g, on_told, NULL)), 0);
    assert_false(passes(pass));
    assert_int_equal(door_standing(door, &turn), DOOR_RESET);
    assert_int_equal(ASK(door_drop_guest(door, teacher_id, &g, on_told, NULL)), -ENOENT);
}

static void day_passes_have_limits(void **state)
{
    (void)state;
    assert_int_equal(make_guest(clock_wall_ms()), -EINVAL);
    assert_int_equal(make_guest(clock_wall_ms() + (DOOR_GUEST_DAYS * 24 + 1) * (int64_t)HOUR),
                     -EINVAL);
    for (int i = 0; i < DOOR_GUESTS_MAX; i++)
        assert_int_equal(make_guest(clock_wall_ms() + HOUR), 0);
    assert_int_equal(make_guest(clock_wall_ms() + HOUR), -ENOSPC);
}

/* -- texts, and what is told to whom ----------------------------------------------------------- */

static void passwords_that_are_guessed_first_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "short",      "123456789", "1234567890",
                                      "aaaaaaaaaa", "qwertyuiop", "密码密码",  "wang.li.01"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_non_null(door_check_password(bad[i], "wang.li.01"));
    assert_null(door_check_password("correct horse", "wang"));
    assert_null(door_check_password("天对地雨对风大陆对长空", "wang"));
    assert_non_null(door_check_login("ab"));
    assert_non_null(door_check_login("wang li"));
    assert_non_null(door_check_login("王老师老师"));
    assert_null(door_check_login("Wang.Li-7@s1"));
}

static void the_audit_log_holds_ids_and_nothing_that_opens(void **state)
{
    (void)state;
    char pass[PASS_TEXT_SIZE];
    make_account();
    sign_in(1, good, "");
    make_code();
    enter(1, made_code, PASS_PHONE);
    keep(pass, sizeof(pass));
    make_guest(clock_wall_ms() + HOUR);
    const struct answered *a =
        scene_ask(&scene, store_list_audit, &(struct store_question){0}, scene_on_audit);
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "1 console door.invite %s \n2 %s door.accept %s \n3 %s door.sign_in %s \n"
             "4 %s codes.make S1/7B 1 codes\n5 %s guest.make S1/7B %s\n",
             teacher_id, teacher_id, teacher_id, teacher_id, teacher_id, teacher_id, teacher_id,
             said.person);
    assert_string_equal(a->text, expected);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_admin_comes_in_with_the_code_of_the_console),
        TEST(who_was_invited_sets_a_password_and_comes_in),
        TEST(an_invitation_ends_after_a_week),
        TEST(a_login_that_another_has_is_told),
        TEST(a_wrong_password_and_a_wrong_login_are_the_same),
        TEST(five_wrong_passwords_lock_an_account_for_a_minute),
        TEST(guesses_at_the_same_time_count_each),
        TEST(an_address_that_guesses_waits_and_others_do_not),
        TEST(a_full_queue_sends_away_at_once),
        TEST(a_session_ends_when_nobody_uses_it),
        TEST(a_session_ends_after_a_month),
        TEST(sessions_are_listed_and_ended_one_by_one),
        TEST(a_person_has_twenty_sessions_at_most),
        TEST(a_new_password_ends_the_other_sessions),
        TEST(a_second_factor_is_asked_for_and_its_codes_work_once),
        TEST(a_pupil_comes_in_with_a_code_and_stays_in),
        TEST(a_code_that_was_mistyped_is_no_guess),
        TEST(ten_thousand_guesses_at_codes_meet_a_lock),
        TEST(one_phone_and_one_tv_the_newest_wins),
        TEST(another_connection_of_a_device_replaces_the_older),
        TEST(a_new_code_puts_the_old_devices_out_at_once),
        TEST(a_pass_ends_with_the_school_year),
        TEST(a_day_pass_lets_in_three_devices_until_it_ends),
        TEST(a_day_pass_can_be_withdrawn),
        TEST(day_passes_have_limits),
        TEST(passwords_that_are_guessed_first_are_refused),
        TEST(the_audit_log_holds_ids_and_nothing_that_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
