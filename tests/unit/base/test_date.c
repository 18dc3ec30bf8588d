#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "server/base/date.h"

static int32_t day(const char *text)
{
    int32_t date;
    assert_int_equal(date_read(&date, text), 0);
    return date;
}

static void days_are_counted_from_1970(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2000-03-01"), 11017);
    assert_int_equal(day("2026-11-22"), 20779);
    assert_int_equal(day("2199-12-31"), DATE_MAX);
}

static void every_day_is_the_one_after_the_day_before(void **state)
{
    (void)state;
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t want = 0;
    int weekday = 4; /* a Thursday */
    for (int y = 1970; y < 2200; y++) {
        int is_leap = y % 400 == 0 || (y % 4 == 0 && y % 100 != 0);
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= length[m - 1] + (m == 2 && is_leap); d++, want++) {
                int32_t date;
                int year, month, of_month;
                assert_int_equal(date_make(&date, y, m, d), 0);
                assert_int_equal(date, want);
                date_split(date, &year, &month, &of_month);
                assert_true(year == y && month == m && of_month == d);
                assert_int_equal(date_weekday(date), weekday);
                weekday = weekday % 7 + 1;
            }
        }
    }
    assert_int_equal(want, DATE_MAX + 1);
}

static void the_29th_of_february_is_one_of_leap_years(void **state)
{
    (void)state;
    int32_t date;
    assert_int_equal(date_make(&date, 2024, 2, 29), 0);
    assert_int_equal(date_make(&date, 2000, 2, 29), 0);
    assert_int_equal(date_make(&date, 2023, 2, 29), -EINVAL);
    assert_int_equal(date_make(&date, 2100, 2, 29), -EINVAL);
    assert_int_equal(date_make(&date, 2024, 4, 31), -EINVAL);
    assert_int_equal(date_make(&date, 2024, 0, 1), -EINVAL);
    assert_int_equal(date_make(&date, 2024, 13, 1), -EINVAL);
    assert_int_equal(date_make(&date, 2024, 1, 0), -EINVAL);
    assert_int_equal(date_make(&date, 1969, 12, 31), -EINVAL);
    assert_int_equal(date_make(&date, 2200, 1, 1), -EINVAL);
}

static void dates_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const char *const good[] = {"2024-02-29", "2024-2-29",     "2024/2/29",
                                       "2024.02.29", "2024年2月29日", "20240229"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        char text[DATE_TEXT_SIZE];
        date_print(text, day(good[i]));
        assert_string_equal(text, "2024-02-29");
    }
    static const char *const bad[] = {
        "",        "2023-02-29", "24-2-29",     "2024-2",      "2024-02-290", "2024-02/29",
        "2024022", "202402290",  "2024年2月29", " 2024-02-29", "29.2.2024",   "2024--2-29"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        int32_t date;
        assert_int_equal(date_read(&date, bad[i]), -EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(every_day_is_the_one_after_the_day_before),
        cmocka_unit_test(the_29th_of_february_is_one_of_leap_years),
        cmocka_unit_test(dates_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
