#include "tests/unit/unit.h"

#include "server/worker/crashes.h"

static void the_limit_counts_what_lies_in_the_window(void **state)
{
    (void)state;
    struct crashes c;
    crashes_init(&c, 5, 60);
    for (uint64_t i = 0; i < 4; i++)
        assert_false(crashes_add(&c, 1000 + i * 1000));
    assert_false(crashes_add(&c, 1000 + 60001)); /* the first is out */
    assert_true(crashes_add(&c, 1000 + 60002));
    crashes_init(&c, 5, 60);
    for (uint64_t i = 0; i < 1000; i++) /* one in 20 s: for ever if need be */
        assert_false(crashes_add(&c, i * 20000));
}

static void the_first_crash_is_repaired_at_once(void **state)
{
    (void)state;
    struct crashes c;
    crashes_init(&c, 5, 60);
    for (uint64_t now = 20000; now < 2000000; now += 10001) {
        crashes_add(&c, now);
        assert_int_equal(crashes_delay_ms(&c, now), 0);
    }
}

/* A worker that dies at its start, each time: the wait grows and stays at its most. */
static void a_streak_is_slowed_down_more_and_more(void **state)
{
    (void)state;
    struct crashes c;
    uint64_t now = 5000;
    uint32_t last = 0;
    crashes_init(&c, 5, 60);
    for (int i = 0; i < 200; i++) {
        crashes_add(&c, now);
        uint32_t delay = crashes_delay_ms(&c, now);
        assert_true(delay >= last);
        assert_true(i < 12 || delay == 5000);
        last = delay;
        now += delay + 100;
    }
    now += 10000; /* it lived */
    crashes_add(&c, now);
    assert_int_equal(crashes_delay_ms(&c, now), 0);
}

static void a_limit_beyond_what_is_kept_still_works(void **state)
{
    (void)state;
    struct crashes c;
    crashes_init(&c, 1000000, 60);
    bool is_over = false;
    for (int i = 0; i < CRASHES_KEPT; i++)
        is_over = crashes_add(&c, 1000);
    assert_true(is_over);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_counts_what_lies_in_the_window),
        cmocka_unit_test(the_first_crash_is_repaired_at_once),
        cmocka_unit_test(a_streak_is_slowed_down_more_and_more),
        cmocka_unit_test(a_limit_beyond_what_is_kept_still_works),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
