#include "tests/unit/door/visit.h"

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

static void keep_secrets(void *arg, const struct door_codes *told)
{
    char(*secrets)[DOOR_TOKEN_SIZE] = arg;
    assert_int_equal(told->err, 0);
    assert_int_equal(told->n, 2);
    assert_int_equal(told->until_ms, clock_wall_ms() + (int64_t)DOOR_INVITE_DAYS * 24 * HOUR);
    for (size_t i = 0; i < told->n; i++)
        snprintf(secrets[i], DOOR_TOKEN_SIZE, "%s", told->codes[i].code);
}

static void many_are_invited_at_once(void **state)
{
    (void)state;
    char old[DOOR_TOKEN_SIZE], secrets[2][DOOR_TOKEN_SIZE];
    const char *persons[] = {teacher_id, pupil_id};
    assert_int_equal(ASK(door_invite(door, "console", teacher_id, on_told, NULL)), 0);
    keep(old, sizeof(old));
    const struct door_order order = {
        .actor = "console", .subject = "S1/7B", .persons = persons, .n = 2};
    assert_int_equal(door_invite_many(door, &order, keep_secrets, secrets), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(accept_as(old, login, good), -EACCES);
    assert_int_equal(accept_as(secrets[0], login, good), 0);
    assert_string_equal(said.person, teacher_id);
    assert_int_equal(accept_as(secrets[1], "wang.er", good), 0);
    assert_string_equal(said.person, pupil_id);
    assert_int_equal(accept_as(secrets[1], "wang.er", good), -EACCES);
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

/* -- texts ------------------------------------------------------------------------------------- */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_admin_comes_in_with_the_code_of_the_console),
        TEST(who_was_invited_sets_a_password_and_comes_in),
        TEST(an_invitation_ends_after_a_week),
        TEST(many_are_invited_at_once),
        TEST(a_login_that_another_has_is_told),
        TEST(a_wrong_password_and_a_wrong_login_are_the_same),
        TEST(five_wrong_passwords_lock_an_account_for_a_minute),
        TEST(guesses_at_the_same_time_count_each),
        TEST(an_address_that_guesses_waits_and_others_do_not),
        TEST(a_full_queue_sends_away_at_once),
        TEST(a_second_factor_is_asked_for_and_its_codes_work_once),
        TEST(passwords_that_are_guessed_first_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
