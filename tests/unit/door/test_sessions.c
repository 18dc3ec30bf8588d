#include "server/door/door_impl.h"
#include "tests/unit/door/visit.h"

static void a_session_ends_when_nobody_uses_it(void **state)
{
    (void)state;
    make_account();
    for (int i = 0; i < 3; i++) {
        fake_clock_advance(DOOR_IDLE_HOURS * HOUR);
        assert_true(is_in(said.secret));
    }
    struct door_session s;
    uint32_t seen = 0;
    assert_true(door_find_session(door, said.secret, &s));
    fake_clock_advance(DOOR_IDLE_HOURS * HOUR + 1);
    assert_false(is_in(said.secret));
    door_keep(door);
    assert_false(door_has_ended(door, s.id, &seen)); /* it ran out */
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
    uint32_t seen = 0, late = 0;
    assert_false(door_has_ended(door, s.id, &seen));
    assert_int_equal(ASK(door_end_session(door, teacher_id, s.id, on_told, NULL)), 0);
    assert_false(door_has_ended(door, "another", &late));
    assert_false(door_has_ended(door, s.id, &late)); /* it was told what there was */
    assert_true(door_has_ended(door, s.id, &seen));
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

static int change_password(uint8_t host, const struct door_session *s, const char *old,
                           const char *fresh, uint32_t *wait_s)
{
    struct door_visit v = visit(host);
    int err = ASK(door_put_password(door, &v, s, old, fresh, on_told, NULL));
    *wait_s = v.wait_s;
    return err;
}

/* Nor those from the same address: a school behind one router. */
static void what_strangers_guess_keeps_nobody_from_a_new_password(void **state)
{
    (void)state;
    struct door_session s;
    struct door_visit v = visit(1);
    uint32_t wait_s;
    make_account();
    assert_true(door_find_session(door, said.secret, &s));
    for (uint8_t i = 0; i < 5; i++)
        assert_int_equal(sign_in((uint8_t)(i + 10), "wrong horse", ""), -EACCES);
    for (int i = 0; i < 30; i++) {
        char name[16];
        snprintf(name, sizeof(name), "nobody%d", i);
        assert_int_equal(ASK(door_sign_in(door, &v, name, good, "", on_told, NULL)), -EACCES);
    }
    assert_int_equal(door_sign_in(door, &v, login, good, "", on_told, NULL), -EBUSY);
    assert_int_equal(change_password(1, &s, good, "battery staple", &wait_s), 0);
}

static void guesses_at_ones_own_password_make_that_session_wait_and_nobody_else(void **state)
{
    (void)state;
    struct door_session s, other;
    uint32_t wait_s;
    make_account();
    assert_true(door_find_session(door, said.secret, &s));
    assert_int_equal(sign_in(1, good, ""), 0);
    assert_true(door_find_session(door, said.secret, &other));
    for (int i = 0; i < 5; i++)
        assert_int_equal(change_password(1, &s, "wrong horse", "battery staple", &wait_s), -EACCES);
    assert_int_equal(change_password(1, &s, good, "battery staple", &wait_s), -EBUSY);
    assert_int_equal(wait_s, 60);
    assert_int_equal(sign_in(1, good, ""), 0);
    assert_int_equal(change_password(1, &other, good, "battery staple", &wait_s), 0);
}

/* The old password was right when it was looked at, and the new one was there before the session.
 */
static void who_signs_in_with_the_old_password_meanwhile_is_not_left_in(void **state)
{
    (void)state;
    struct door_session s, list[DOOR_SESSIONS_MAX];
    struct door_visit v = visit(1);
    make_account();
    assert_true(door_find_session(door, said.secret, &s));
    assert_int_equal(door_put_password(door, &v, &s, good, "battery staple", on_told, NULL), 0);
    for (uint8_t i = 0; i < 4;
         i++) { /* the hasher looks at some of them before it, at some behind */
        struct door_visit other = visit((uint8_t)(i + 2));
        assert_int_equal(door_sign_in(door, &other, login, good, "", on_told, NULL), 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(door_list_sessions(door, teacher_id, list, DOOR_SESSIONS_MAX), 1);
    assert_string_equal(list[0].id, s.id);
    start_again();
    assert_int_equal(door_list_sessions(door, teacher_id, list, DOOR_SESSIONS_MAX), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_ends_when_nobody_uses_it),
        TEST(a_session_ends_after_a_month),
        TEST(sessions_are_listed_and_ended_one_by_one),
        TEST(a_person_has_twenty_sessions_at_most),
        TEST(a_new_password_ends_the_other_sessions),
        TEST(what_strangers_guess_keeps_nobody_from_a_new_password),
        TEST(guesses_at_ones_own_password_make_that_session_wait_and_nobody_else),
        TEST(who_signs_in_with_the_old_password_meanwhile_is_not_left_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
