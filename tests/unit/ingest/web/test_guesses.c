#include "tests/unit/unit.h"

#include "server/ingest/web/guesses.h"

#define MADE_UP "maths-teaches-here"
#define OURS    "abcdefghijkmnpqrstuvwxyz23" /* as token_make() makes them */

static struct guard *g;

static int nobody(void **state)
{
    (void)state;
    return guard_new(&g, &guard_by_address, GUESSES_ADDRESSES);
}

static int forget(void **state)
{
    (void)state;
    guard_free(&g);
    return 0;
}

/* How many wrong keys are looked at, at once. */
static unsigned tries(const char *address, uint64_t now_ms)
{
    unsigned n = 0;
    for (; guesses_may(g, address, MADE_UP, now_ms) && n < 1000; n++)
        guesses_wrong(g, address, now_ms);
    return n;
}

static void a_whole_school_may_be_wrong_at_once_and_then_waits(void **state)
{
    (void)state;
    assert_int_equal(tries("192.0.2.1", 1000), guard_by_address.burst);
    assert_int_equal(tries("192.0.2.1", 1000 + guard_by_address.lock_ms - 1), 0);
    assert_true(tries("192.0.2.1", 1000 + guard_by_address.lock_ms) > 0);
}

static void addresses_are_told_apart(void **state)
{
    (void)state;
    const unsigned most = guard_by_address.burst;
    tries("192.0.2.1", 1000);
    assert_int_equal(tries("192.0.2.2", 1000), most);
    assert_int_equal(tries("::ffff:192.0.2.1", 1000), 0);
    assert_int_equal(tries("2001:db8::1", 1000), most);
    assert_int_equal(tries("2001:db8:0:0:ffff::2", 1000), 0); /* the same home */
    assert_int_equal(tries("2001:db8:0:1::1", 1000), most);
    assert_int_equal(tries("c000:0201::", 1000), most); /* no 192.0.2.1 */
    assert_int_equal(tries("nowhere", 1000), most);
}

static void a_key_that_nobody_can_guess_is_looked_at_in_any_case(void **state)
{
    (void)state;
    tries("192.0.2.1", 1000);
    assert_false(guesses_may(g, "192.0.2.1", MADE_UP, 1000));
    assert_true(guesses_may(g, "192.0.2.1", OURS, 1000));
}

static void a_right_key_costs_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(guesses_may(g, "192.0.2.1", MADE_UP, 1000));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, nobody, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_whole_school_may_be_wrong_at_once_and_then_waits),
        CASE(addresses_are_told_apart),
        CASE(a_key_that_nobody_can_guess_is_looked_at_in_any_case),
        CASE(a_right_key_costs_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
