#include "tests/unit/unit.h"

#include "server/base/clock.h"

static void the_real_clock_never_goes_back(void **state)
{
    (void)state;
    uint64_t before = clock_us();
    for (int i = 0; i < 10000; i++) {
        uint64_t now = clock_us();
        assert_true(now >= before);
        before = now;
    }
}

static void milliseconds_and_microseconds_are_one_clock(void **state)
{
    (void)state;
    uint64_t us = 1234567;
    clock_fake(&us);
    assert_int_equal(clock_us(), 1234567);
    assert_int_equal(clock_ms(), 1234);
    us += 500;
    assert_int_equal(clock_ms(), 1235);
    clock_fake(NULL);
}

static void a_fake_clock_stands_still_until_told(void **state)
{
    (void)state;
    fake_clock_start();
    assert_int_equal(clock_ms(), 1000);
    assert_int_equal(clock_ms(), 1000);
    fake_clock_advance(40000);
    assert_int_equal(clock_ms(), 41000);
    fake_clock_stop();
    assert_int_not_equal(clock_us(), 41000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_clock_never_goes_back),
        cmocka_unit_test(milliseconds_and_microseconds_are_one_clock),
        cmocka_unit_test(a_fake_clock_stands_still_until_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
