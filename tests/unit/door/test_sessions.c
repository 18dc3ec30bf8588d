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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_ends_when_nobody_uses_it),       TEST(a_session_ends_after_a_month),
        TEST(sessions_are_listed_and_ended_one_by_one), TEST(a_person_has_twenty_sessions_at_most),
        TEST(a_new_password_ends_the_other_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
