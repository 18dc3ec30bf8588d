#include "tests/unit/unit.h"

#include <stdio.h>

#include "server/ingest/web/guesses.h"

static struct guesses g;

static int nobody(void **state)
{
    (void)state;
    g = (struct guesses){0};
    return 0;
}

/* How many wrong keys are looked at, at once. */
static unsigned tries(const char *address, uint64_t now_ms)
{
    unsigned n = 0;
    for (; guesses_may(&g, address, now_ms) && n < 1000; n++)
        guesses_wrong(&g, address, now_ms);
    return n;
}

static void an_address_has_a_few_and_then_one_now_and_then(void **state)
{
    (void)state;
    assert_int_equal(tries("192.0.2.1", 1000), GUESSES_MOST);
    assert_int_equal(tries("192.0.2.1", 1000 + GUESSES_EVERY_MS - 1), 0);
    assert_int_equal(tries("192.0.2.1", 1000 + GUESSES_EVERY_MS), 1);
    assert_int_equal(tries("192.0.2.1", 1000 + 4 * GUESSES_EVERY_MS), 3);
    assert_int_equal(tries("192.0.2.1", 10000000), GUESSES_MOST);
}

static void addresses_are_told_apart(void **state)
{
    (void)state;
    tries("192.0.2.1", 1000);
    assert_int_equal(tries("192.0.2.2", 1000), GUESSES_MOST);
    assert_int_equal(tries("2001:db8::1", 1000), GUESSES_MOST);
    assert_int_equal(tries("2001:db8:0:0:ffff::2", 1000), 0); /* the same home */
    assert_int_equal(tries("2001:db8:0:1::1", 1000), GUESSES_MOST);
    assert_int_equal(tries("c000:0201::", 1000), GUESSES_MOST); /* no 192.0.2.1 */
    assert_int_equal(tries("nowhere", 1000), GUESSES_MOST);
}

static void a_right_key_costs_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        assert_true(guesses_may(&g, "192.0.2.1", 1000));
}

static void the_one_with_the_least_makes_room(void **state)
{
    (void)state;
    char address[32];
    tries("192.0.2.1", 1000);
    for (unsigned i = 0; i < 2 * GUESSES_ADDRESSES; i++) {
        snprintf(address, sizeof(address), "198.51.%u.%u", i / 256, i % 256);
        assert_true(guesses_may(&g, address, 1000));
        guesses_wrong(&g, address, 1000);
    }
    assert_false(guesses_may(&g, "192.0.2.1", 1000));
}

#define CASE(test) cmocka_unit_test_setup(test, nobody)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_address_has_a_few_and_then_one_now_and_then),
        CASE(addresses_are_told_apart),
        CASE(a_right_key_costs_nothing),
        CASE(the_one_with_the_least_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
