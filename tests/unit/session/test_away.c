#include "tests/unit/unit.h"

#include <stdbool.h>

#include "server/session/away.h"

static struct away away;

static int nobody(void **state)
{
    (void)state;
    away = (struct away){0};
    return 0;
}

static void breaks(int n, uint64_t at_ms)
{
    for (int i = 0; i < n; i++)
        away_broke(&away, at_ms);
}

static void is_away(size_t n, uint64_t at_ms)
{
    assert_int_equal(away_count(&away, at_ms), n);
}

static void who_breaks_off_is_away_for_half_a_minute(void **state)
{
    (void)state;
    is_away(0, 5000);
    breaks(2, 5000);
    breaks(1, 20000);
    is_away(3, 20000);
    is_away(3, 34999);
    is_away(1, 35000);
    is_away(1, 49999);
    is_away(0, 50000);
}

static void who_comes_back_makes_up_for_the_one_that_is_away_longest(void **state)
{
    (void)state;
    breaks(1, 5000);
    breaks(1, 20000);
    away_back(&away, 21000);
    is_away(1, 21000);
    is_away(1, 49000); /* the one that broke off at 20 s */
    is_away(0, 50000);
}

static void who_is_back_before_the_break_was_noticed_is_never_away(void **state)
{
    (void)state;
    away_back(&away, 5000);
    breaks(1, 5000 + (AWAY_EARLY_S - 1) * 1000);
    is_away(0, 5000 + (AWAY_EARLY_S - 1) * 1000);
    away_back(&away, 100000);
    breaks(1, 100000 + AWAY_EARLY_S * 1000); /* too long ago: another one */
    is_away(1, 100000 + AWAY_EARLY_S * 1000);
}

static void a_long_quiet_time_leaves_nothing(void **state)
{
    (void)state;
    breaks(70000, 1000);
    is_away(70000, 2000);
    is_away(0, 1000ull << 40);
    breaks(1, (1000ull << 40) + 500);
    is_away(1, (1000ull << 40) + 900);
}

/* Against a list of all that happened. */
static void it_agrees_with_one_who_remembers_everything(void **state)
{
    (void)state;
    enum { MOST = 20000 };
    static uint64_t broken[MOST], early[MOST];
    size_t n_broken = 0, n_early = 0, at_broken = 0, at_early = 0;
    uint32_t seed = 7;
    uint64_t now = 0;
    for (int i = 0; i < MOST; i++) {
        seed = seed * 1664525 + 1013904223;
        now += (seed >> 8) % 3000;
        while (at_broken < n_broken && now / 1000 - broken[at_broken] >= AWAY_BACK_S)
            at_broken++;
        while (at_early < n_early && now / 1000 - early[at_early] >= AWAY_EARLY_S)
            at_early++;
        bool is_break = seed >> 31;
        if (is_break) {
            away_broke(&away, now);
            if (at_early < n_early)
                at_early++;
            else
                broken[n_broken++] = now / 1000;
        } else {
            away_back(&away, now);
            if (at_broken < n_broken)
                at_broken++;
            else
                early[n_early++] = now / 1000;
        }
        is_away(n_broken - at_broken, now);
    }
}

#define CASE(test) cmocka_unit_test_setup(test, nobody)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(who_breaks_off_is_away_for_half_a_minute),
        CASE(who_comes_back_makes_up_for_the_one_that_is_away_longest),
        CASE(who_is_back_before_the_break_was_noticed_is_never_away),
        CASE(a_long_quiet_time_leaves_nothing),
        CASE(it_agrees_with_one_who_remembers_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
