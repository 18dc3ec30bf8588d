#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "server/entry/guard.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

/* Guesses as fast as allowed from `now_ms` on; the time of the last one. */
static uint64_t guess(struct guard_state *s, const struct guard_rule *rule, uint64_t now_ms, int n)
{
    while (n-- > 0) {
        now_ms += guard_state_wait_ms(s, now_ms);
        guard_state_fail(s, rule, now_ms);
    }
    return now_ms;
}

static void a_class_may_mistype_behind_one_router(void **state)
{
    (void)state;
    struct guard_state s = {0};
    uint64_t now = guess(&s, &guard_by_address, 5 * DAY, 29);
    assert_int_equal(guard_state_wait_ms(&s, now), 0);
    guard_state_fail(&s, &guard_by_address, now);
    assert_int_equal(guard_state_wait_ms(&s, now), MINUTE);
    assert_int_equal(guard_state_wait_ms(&s, now + MINUTE), 0);
}

static void each_lock_is_twice_as_long_up_to_a_quarter_of_an_hour(void **state)
{
    (void)state;
    struct guard_state s = {0};
    static const uint32_t minutes[] = {1, 2, 4, 8, 15, 15};
    uint64_t now = 0;
    for (size_t i = 0; i < sizeof(minutes) / sizeof(minutes[0]); i++) {
        now = guess(&s, &guard_by_address, now, i == 0 ? 30 : 15);
        assert_int_equal(guard_state_wait_ms(&s, now), minutes[i] * MINUTE);
    }
}

static void ten_thousand_guesses_take_a_week(void **state)
{
    (void)state;
    struct guard_state s = {0};
    uint64_t took = guess(&s, &guard_by_address, 0, 10000);
    assert_in_range(took / DAY, 6, 7);
    s = (struct guard_state){0};
    took = guess(&s, &guard_by_account, 0, 10000);
    assert_in_range(took / DAY, 34, 35);
}

static void slow_mistakes_are_forgiven(void **state)
{
    (void)state;
    struct guard_state s = {0};
    uint64_t now = DAY;
    for (int i = 0; i < 1000; i++) {
        guard_state_fail(&s, &guard_by_address, now);
        assert_int_equal(guard_state_wait_ms(&s, now), 0);
        now += 2 * SECOND;
    }
}

static void an_hour_of_quiet_forgets_the_locks(void **state)
{
    (void)state;
    struct guard_state s = {0};
    uint64_t now = guess(&s, &guard_by_account, DAY, 5 + 3 + 3);
    assert_int_equal(guard_state_wait_ms(&s, now), 4 * MINUTE);
    now += 4 * MINUTE + HOUR;
    now = guess(&s, &guard_by_account, now, 5);
    assert_int_equal(guard_state_wait_ms(&s, now), MINUTE);
}

static void a_clock_that_stands_still_or_goes_back_forgives_nothing(void **state)
{
    (void)state;
    struct guard_state s = {0};
    guess(&s, &guard_by_account, DAY, 4);
    guard_state_fail(&s, &guard_by_account, DAY - MINUTE);
    assert_true(guard_state_wait_ms(&s, DAY - MINUTE) >= MINUTE);
}

static void one_is_locked_and_nobody_else(void **state)
{
    (void)state;
    struct guard *g;
    assert_int_equal(guard_new(&g, &guard_by_account, 1024), 0);
    for (int i = 0; i < 5; i++)
        guard_fail(g, "mallory", 7, DAY);
    assert_int_equal(guard_wait_ms(g, "mallory", 7, DAY), MINUTE);
    assert_int_equal(guard_wait_ms(g, "alice", 5, DAY), 0);
    guard_forget(g, "alice", 5);
    guard_forget(g, "mallory", 7);
    assert_int_equal(guard_wait_ms(g, "mallory", 7, DAY), 0);
    guard_free(&g);
}

/* Ten thousand strangers, once each, through a table of 256: who is locked stays locked. */
static void a_full_table_forgets_the_harmless_first(void **state)
{
    (void)state;
    struct guard *g;
    assert_int_equal(guard_new(&g, &guard_by_account, 256), 0);
    for (int i = 0; i < 5; i++)
        guard_fail(g, "mallory", 7, DAY);
    for (int i = 0; i < 10000; i++)
        guard_fail(g, &i, sizeof(i), DAY + 1);
    assert_int_equal(guard_wait_ms(g, "mallory", 7, DAY + 1), MINUTE - 1);
    guard_free(&g);
}

/* The same in a table full of locked ones: it never grows, and still takes the newest. */
static void a_table_full_of_locks_takes_another(void **state)
{
    (void)state;
    struct guard *g;
    assert_int_equal(guard_new(&g, &guard_by_account, 1), 0);
    for (int who = 0; who < 100; who++) {
        for (int i = 0; i < 5; i++)
            guard_fail(g, &who, sizeof(who), DAY + (uint64_t)who);
        assert_int_equal(guard_wait_ms(g, &who, sizeof(who), DAY + (uint64_t)who), MINUTE);
    }
    int first = 0;
    assert_int_equal(guard_wait_ms(g, &first, sizeof(first), DAY), 0);
    guard_free(&g);
}

static int make_a_guard(void)
{
    struct guard *g = NULL;
    int err = guard_new(&g, &guard_by_address, 64);
    guard_free(&g);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(make_a_guard), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_may_mistype_behind_one_router),
        cmocka_unit_test(each_lock_is_twice_as_long_up_to_a_quarter_of_an_hour),
        cmocka_unit_test(ten_thousand_guesses_take_a_week),
        cmocka_unit_test(slow_mistakes_are_forgiven),
        cmocka_unit_test(an_hour_of_quiet_forgets_the_locks),
        cmocka_unit_test(a_clock_that_stands_still_or_goes_back_forgives_nothing),
        cmocka_unit_test(one_is_locked_and_nobody_else),
        cmocka_unit_test(a_full_table_forgets_the_harmless_first),
        cmocka_unit_test(a_table_full_of_locks_takes_another),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
