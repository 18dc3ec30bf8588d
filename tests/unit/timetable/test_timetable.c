#include "tests/unit/timetable/grid.h"

#include <string.h>

enum { ROOM = 8, EIGHT = 8 * 60, NINE = 9 * 60 };

static const struct timetable_filter everybody = {.school = NULL};
static struct timetable_lesson lesson[ROOM];

static size_t lessons_on(const struct timetable *t, const char *date)
{
    return timetable_day(t, day_of(date), &everybody, lesson, ROOM);
}

static void a_row_is_on_its_weekday_between_its_dates(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, EIGHT); /* Thursdays */
    struct timetable t = a_term(&row, 1);
    assert_int_equal(lessons_on(&t, "2024-02-22"), 0);
    assert_int_equal(lessons_on(&t, "2024-02-28"), 0);
    assert_int_equal(lessons_on(&t, "2024-02-29"), 1); /* a leap day like any other */
    assert_int_equal(lessons_on(&t, "2024-06-27"), 1);
    assert_int_equal(lessons_on(&t, "2024-07-04"), 0);
}

static void times_are_those_of_the_district(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, 7 * 60);
    struct timetable t = a_term(&row, 1);
    assert_int_equal(lessons_on(&t, "2024-02-29"), 1);
    /* 7:00 in China is 23:00 UTC of the day before. */
    assert_true(lesson[0].start_s == (int64_t)day_of("2024-02-28") * DATE_DAY_S + 23 * 3600);
    assert_true(lesson[0].end_s == lesson[0].start_s + 40 * 60);
    t.utc_offset_min = -(3 * 60 + 30);
    assert_int_equal(lessons_on(&t, "2024-02-29"), 1);
    assert_true(lesson[0].start_s == (int64_t)day_of("2024-02-29") * DATE_DAY_S + 10 * 3600 + 1800);
}

static void lessons_come_in_their_order(void **state)
{
    (void)state;
    const struct timetable_entry rows[] = {a_row("b", 1, NINE), a_row("c", 1, EIGHT),
                                           a_row("a", 1, NINE)};
    struct timetable t = a_term(rows, 3);
    assert_int_equal(lessons_on(&t, "2024-03-04"), 3);
    assert_string_equal(lesson[0].entry->id, "c");
    assert_string_equal(lesson[1].entry->id, "a");
    assert_string_equal(lesson[2].entry->id, "b");
    assert_int_equal(timetable_day(&t, day_of("2024-03-04"), &everybody, lesson, 1), 3);
    assert_int_equal(timetable_day(&t, day_of("2024-03-04"), &everybody, NULL, 0), 3);
}

static void odd_and_even_weeks_take_turns_from_the_first_on(void **state)
{
    (void)state;
    struct timetable_entry rows[] = {a_row("odd", 1, EIGHT), a_row("even", 1, NINE)};
    rows[0].weeks = TIMETABLE_ODD_WEEKS;
    rows[1].weeks = TIMETABLE_EVEN_WEEKS;
    rows[0].from = rows[1].from = day_of("2024-02-01");
    struct timetable t = a_term(rows, 2);
    assert_int_equal(lessons_on(&t, "2024-02-19"), 0); /* before week 1 */
    assert_int_equal(lessons_on(&t, "2024-02-26"), 1);
    assert_string_equal(lesson[0].entry->id, "odd");
    assert_int_equal(lessons_on(&t, "2024-03-04"), 1);
    assert_string_equal(lesson[0].entry->id, "even");
    assert_int_equal(lessons_on(&t, "2024-03-11"), 1);
    assert_string_equal(lesson[0].entry->id, "odd");
}

static void holidays_are_free_and_swapped_days_are_worked(void **state)
{
    (void)state;
    /* May 2024: holidays from the 1st to the 5th, Sunday 28 April worked for Thursday the 2nd. */
    struct timetable_entry rows[] = {a_row("thursday", 4, EIGHT), a_row("sunday", 7, EIGHT)};
    const struct timetable_days may[] = {
        {day_of("2024-05-01"), day_of("2024-05-05")}
    };
    const struct timetable_swap swap[] = {
        {day_of("2024-04-28"), day_of("2024-05-02")}
    };
    struct timetable t = a_term(rows, 2);
    t.holiday = may;
    t.n_holidays = 1;
    t.swap = swap;
    t.n_swaps = 1;
    assert_int_equal(lessons_on(&t, "2024-05-02"), 0);
    assert_int_equal(lessons_on(&t, "2024-05-09"), 1);
    assert_int_equal(lessons_on(&t, "2024-04-28"), 1);
    assert_string_equal(lesson[0].entry->id, "thursday");
    assert_int_equal(lesson[0].date, day_of("2024-04-28"));
}

static void a_single_lesson_stays_on_its_date(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("exam", 4, EIGHT);
    const struct timetable_days may[] = {
        {day_of("2024-05-01"), day_of("2024-05-05")}
    };
    const struct timetable_swap swap[] = {
        {day_of("2024-04-28"), day_of("2024-05-02")}
    };
    row.from = row.to = day_of("2024-05-02");
    row.weeks = TIMETABLE_ODD_WEEKS; /* which does not count for it: that week is the tenth */
    struct timetable t = a_term(&row, 1);
    t.holiday = may;
    t.n_holidays = 1;
    t.swap = swap;
    t.n_swaps = 1;
    assert_int_equal(lessons_on(&t, "2024-05-02"), 1);
    assert_int_equal(lessons_on(&t, "2024-04-28"), 0);
    assert_int_equal(lessons_on(&t, "2024-05-09"), 0);
}

static void one_action_puts_a_school_online(void **state)
{
    (void)state;
    static const struct timetable_class other[] = {
        {"s2", "c1"}
    };
    struct timetable_entry rows[] = {a_row("a", 1, EIGHT), a_row("b", 1, NINE),
                                     a_row("c", 1, NINE + 60)};
    const struct timetable_closure snow[] = {
        {"s1", {day_of("2024-03-04"), day_of("2024-03-05")}},
    };
    rows[0].place = rows[1].place = TIMETABLE_AT_SCHOOL;
    rows[1].classes = other;
    struct timetable t = a_term(rows, 3);
    assert_int_equal(lessons_on(&t, "2024-03-04"), 3);
    assert_false(lesson[0].is_online);
    assert_true(lesson[2].is_online);
    t.closure = snow;
    t.n_closures = 1;
    assert_int_equal(lessons_on(&t, "2024-03-04"), 3);
    assert_true(lesson[0].is_online);
    assert_false(lesson[1].is_online);
    assert_true(lesson[2].is_online);
    assert_int_equal(lessons_on(&t, "2024-03-11"), 3);
    assert_false(lesson[0].is_online);
}

static void each_sees_their_own(void **state)
{
    (void)state;
    static const struct timetable_class both[] = {
        {"s1", "c1"},
        {"s2", "c9"}
    };
    struct timetable_entry rows[] = {a_row("a", 1, EIGHT), a_row("b", 1, NINE)};
    rows[1].classes = both;
    rows[1].n_classes = 2;
    rows[1].lecturer = "t2";
    rows[0].place = TIMETABLE_AT_SCHOOL;
    struct timetable t = a_term(rows, 2);
    static const struct {
        struct timetable_filter filter;
        size_t n;
    } wants[] = {
        {{"s1", "c1", NULL, false}, 2},
        {{"s1", NULL, NULL, false}, 2},
        {{"s2", "c9", NULL, false}, 1},
        {{"s2", "c1", NULL, false}, 0},
        {{NULL, NULL, "t2", false}, 1},
        {{"s1", "c1", "t1", false}, 1},
        {{NULL, NULL, "t3", false}, 0},
        {{"s1", "c1", NULL, true},  1},
        {{NULL, NULL, "t1", true},  0}
    };
    for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++)
        assert_int_equal(timetable_day(&t, day_of("2024-03-04"), &wants[i].filter, lesson, ROOM),
                         wants[i].n);
}

static void what_no_row_can_be_is_told(void **state)
{
    (void)state;
    struct timetable_entry e = a_row("a", 1, EIGHT);
    assert_null(timetable_entry_check(&e));
    e.id = "";
    assert_string_equal(timetable_entry_check(&e), "id");
    e = a_row("a", 1, EIGHT);
    e.title = "";
    assert_string_equal(timetable_entry_check(&e), "title");
    e = a_row("a", 1, EIGHT);
    e.n_classes = 0;
    assert_string_equal(timetable_entry_check(&e), "classes");
    e = a_row("a", 8, EIGHT);
    assert_string_equal(timetable_entry_check(&e), "weekday");
    e = a_row("a", 1, EIGHT);
    e.from = e.to; /* a Friday */
    assert_string_equal(timetable_entry_check(&e), "weekday");
    e = a_row("a", 1, 24 * 60 - 39);
    assert_string_equal(timetable_entry_check(&e), "time");
    e.start_min--;
    assert_null(timetable_entry_check(&e));
    e.length_min = 0;
    assert_string_equal(timetable_entry_check(&e), "time");
    e = a_row("a", 1, EIGHT);
    e.to = e.from - 1;
    assert_string_equal(timetable_entry_check(&e), "dates");
    e.to = DATE_MAX + 1;
    assert_string_equal(timetable_entry_check(&e), "dates");
}

static void a_link_is_a_web_address(void **state)
{
    (void)state;
    struct timetable_entry e = a_row("a", 1, EIGHT);
    e.place = TIMETABLE_ELSEWHERE;
    assert_string_equal(timetable_entry_check(&e), "link");
    static const char *const bad[] = {"javascript:alert(1)", "https://", "http://a b",
                                      "https://a\r\nX:1",    "ftp://a",  "https://a\"onclick="};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        e.link = bad[i];
        assert_string_equal(timetable_entry_check(&e), "link");
    }
    e.link = "https://tv.example/频道/1?a=b";
    assert_null(timetable_entry_check(&e));
}

static void the_rules_are_asked_about_a_lesson_among_the_others(void **state)
{
    (void)state;
    struct timetable_entry rows[] = {a_row("a", 1, EIGHT), a_row("b", 1, NINE),
                                     a_row("c", 1, NINE + 50), a_row("d", 1, 15 * 60),
                                     a_row("e", 1, 16 * 60)};
    rows[2].place = TIMETABLE_AT_SCHOOL;
    rows[3].kind = POLICY_QA;
    rows[4].place = TIMETABLE_ELSEWHERE;
    struct timetable t = a_term(rows, 5);
    assert_int_equal(lessons_on(&t, "2024-03-04"), 5);
    struct policy_lesson q = timetable_question(lesson, 5, 1, lesson[1].start_s - 86400);
    assert_int_equal(q.start_min, NINE);
    assert_int_equal(q.length_min, 40);
    assert_int_equal(q.break_before_min, 20);
    assert_int_equal(q.lead_min, 24 * 60);
    assert_int_equal(q.planned_group_min, 80); /* a, and e on TV */
    q = timetable_question(lesson, 5, 0, lesson[0].start_s + 1);
    assert_true(q.break_before_min == POLICY_NO_LIMIT);
    assert_int_equal(q.lead_min, 0);
    q = timetable_question(lesson, 5, 2, 0);
    assert_int_equal(q.break_before_min, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_on_its_weekday_between_its_dates),
        cmocka_unit_test(times_are_those_of_the_district),
        cmocka_unit_test(lessons_come_in_their_order),
        cmocka_unit_test(odd_and_even_weeks_take_turns_from_the_first_on),
        cmocka_unit_test(holidays_are_free_and_swapped_days_are_worked),
        cmocka_unit_test(a_single_lesson_stays_on_its_date),
        cmocka_unit_test(one_action_puts_a_school_online),
        cmocka_unit_test(each_sees_their_own),
        cmocka_unit_test(what_no_row_can_be_is_told),
        cmocka_unit_test(a_link_is_a_web_address),
        cmocka_unit_test(the_rules_are_asked_about_a_lesson_among_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
