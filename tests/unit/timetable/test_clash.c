#include "tests/unit/timetable/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EIGHT = 8 * 60 };

static const struct timetable_class class_c2[] = {
    {"s1", "c2"}
};

static enum timetable_clash clash_of(const struct timetable_entry *a,
                                     const struct timetable_entry *b)
{
    int32_t date;
    struct timetable t = a_term(NULL, 0);
    return timetable_clash(&t, a, b, &date);
}

static void a_teacher_is_in_one_lesson_at_a_time(void **state)
{
    (void)state;
    struct timetable_entry a = a_row("a", 1, EIGHT);
    struct timetable_entry b = a_row("b", 1, EIGHT + 39);
    b.classes = class_c2;
    struct timetable t = a_term(NULL, 0);
    int32_t date = 0;
    assert_int_equal(timetable_clash(&t, &a, &b, &date), TIMETABLE_TEACHER_CLASH);
    assert_int_equal(date, day_of("2024-02-26"));
    b.start_min = EIGHT + 40;
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
    b.start_min = EIGHT - 40;
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
    b = a_row("b", 2, EIGHT);
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
}

static void a_class_is_in_one_lesson_at_a_time(void **state)
{
    (void)state;
    struct timetable_entry a = a_row("a", 1, EIGHT);
    struct timetable_entry b = a_row("b", 1, EIGHT);
    b.lecturer = "t2";
    assert_int_equal(clash_of(&a, &b), TIMETABLE_CLASS_CLASH);
    b.classes = class_c2;
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
    a.lecturer = b.lecturer = ""; /* nobody of ours, twice */
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
}

static void odd_weeks_do_not_meet_even_ones(void **state)
{
    (void)state;
    struct timetable_entry a = a_row("a", 1, EIGHT);
    struct timetable_entry b = a_row("b", 1, EIGHT);
    struct timetable t = a_term(NULL, 0);
    int32_t date = 0;
    a.weeks = TIMETABLE_ODD_WEEKS;
    b.weeks = TIMETABLE_EVEN_WEEKS;
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
    a.weeks = TIMETABLE_EVERY_WEEK;
    assert_int_equal(timetable_clash(&t, &a, &b, &date), TIMETABLE_TEACHER_CLASH);
    assert_int_equal(date, day_of("2024-03-04"));
    a.from = b.from = day_of("2024-01-01"); /* weeks are odd and even from the first on */
    assert_int_equal(timetable_clash(&t, &a, &b, &date), TIMETABLE_TEACHER_CLASH);
    assert_int_equal(date, day_of("2024-03-04"));
    a.to = day_of("2024-03-03");
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
}

static void dates_must_meet(void **state)
{
    (void)state;
    struct timetable_entry a = a_row("a", 1, EIGHT);
    struct timetable_entry b = a_row("b", 1, EIGHT);
    a.to = day_of("2024-03-10");
    b.from = day_of("2024-03-05"); /* both are there on Tuesday to Sunday only */
    assert_int_equal(clash_of(&a, &b), TIMETABLE_NO_CLASH);
    b.from = day_of("2024-03-04");
    assert_int_equal(clash_of(&a, &b), TIMETABLE_TEACHER_CLASH);
    b.from = b.to = day_of("2024-03-04"); /* a single lesson beside a weekly one */
    b.weeks = TIMETABLE_ODD_WEEKS;        /* it is in an even one, and does not care */
    assert_int_equal(clash_of(&a, &b), TIMETABLE_TEACHER_CLASH);
}

/* Sunday 2024-05-12 is worked for Monday 2024-05-06, on which nobody is there. */
static void swapped_days_and_holidays_move_what_meets(void **state)
{
    (void)state;
    struct timetable_days holiday = {day_of("2024-05-06"), day_of("2024-05-06")};
    struct timetable_swap swap = {day_of("2024-05-12"), day_of("2024-05-06")};
    struct timetable_entry rows[] = {a_row("weekly", 1, EIGHT), a_row("single", 7, EIGHT)};
    struct timetable t = a_term(rows, 2);
    rows[1].from = rows[1].to = swap.date;
    t.holiday = &holiday;
    t.n_holidays = 1;
    int32_t date = 0;
    assert_int_equal(timetable_clash(&t, &rows[0], &rows[1], &date), TIMETABLE_NO_CLASH);
    t.swap = &swap;
    t.n_swaps = 1;
    assert_int_equal(timetable_clash(&t, &rows[0], &rows[1], &date), TIMETABLE_TEACHER_CLASH);
    assert_int_equal(date, swap.date);
    /* On the holiday there is room for it, ... */
    rows[1].from = rows[1].to = holiday.from;
    rows[1].weekday = 1;
    assert_int_equal(timetable_clash(&t, &rows[0], &rows[1], &date), TIMETABLE_NO_CLASH);
    /* ... and rows whose only common week is the one that is moved meet on the other day. */
    rows[1] = a_row("short", 1, EIGHT);
    rows[1].from = day_of("2024-05-05");
    rows[1].to = swap.date;
    assert_int_equal(timetable_clash(&t, &rows[0], &rows[1], &date), TIMETABLE_TEACHER_CLASH);
    assert_int_equal(date, swap.date);
    rows[0].weeks = TIMETABLE_EVEN_WEEKS; /* the week of 6 May is the eleventh */
    assert_int_equal(timetable_clash(&t, &rows[0], &rows[1], &date), TIMETABLE_NO_CLASH);
}

struct told {
    char text[512];
};

static void tell(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                 enum timetable_clash clash, int32_t date)
{
    struct told *t = arg;
    size_t n = strlen(t->text);
    assert_true(date >= day_of("2024-02-26"));
    snprintf(t->text + n, sizeof(t->text) - n, "%s-%s %s\n", a->id, b->id,
             clash == TIMETABLE_TEACHER_CLASH ? "teacher" : "class");
}

static void each_pair_of_a_grid_is_told_once(void **state)
{
    (void)state;
    static const struct timetable_class two[] = {
        {"s1", "c1"},
        {"s1", "c2"}
    };
    struct timetable_entry rows[] = {a_row("a", 1, EIGHT), a_row("b", 1, EIGHT + 20),
                                     a_row("c", 1, EIGHT + 30), a_row("d", 2, EIGHT),
                                     a_row("e", 2, EIGHT + 40)};
    rows[0].classes = rows[1].classes = two;
    rows[0].n_classes = rows[1].n_classes = 2;
    rows[2].lecturer = "t2";
    struct timetable t = a_term(rows, 5);
    struct told told = {""};
    assert_int_equal(timetable_find_clashes(&t, 100, tell, &told), 3);
    assert_string_equal(told.text, "a-b teacher\na-c class\nb-c class\n");
    told.text[0] = '\0';
    assert_int_equal(timetable_find_clashes(&t, 2, tell, &told), 2);
    rows[1].lecturer = "t3"; /* two classes in common: still one pair */
    told.text[0] = '\0';
    assert_int_equal(timetable_find_clashes(&t, 100, tell, &told), 3);
    assert_string_equal(told.text, "a-b class\na-c class\nb-c class\n");
    t.n_entries = 0;
    assert_int_equal(timetable_find_clashes(&t, 100, tell, &told), 0);
}

/* Weekly rows, some of them for one day only, in May 2024 with its holidays. */
static void make_rows(struct timetable_entry *rows, int n)
{
    static const struct timetable_class classes[] = {
        {"s1", "c1"},
        {"s1", "c2"},
        {"s2", "c1"},
        {"s2", "c2"}
    };
    static const char *const teachers[] = {"t1", "t2", "t3", ""};
    for (int i = 0; i < n; i++) {
        rows[i] = a_row("x", rand() % 2 + 1, EIGHT + rand() % 12 * 20);
        rows[i].lecturer = teachers[rand() % 4];
        rows[i].classes = &classes[rand() % 3];
        rows[i].n_classes = (size_t)(rand() % 2 + 1);
        rows[i].weeks = (enum timetable_weeks)(rand() % 3);
        if (rand() % 4 == 0) {
            rows[i].from = rows[i].to = day_of("2024-05-05") + rand() % 9;
            rows[i].weekday = (uint8_t)date_weekday(rows[i].from);
        }
    }
}

/* Any grid: what the search tells is what comparing each with each tells. */
static void the_search_finds_what_comparing_all_finds(void **state)
{
    (void)state;
    enum { ROWS = 60 };
    struct timetable_days holiday = {day_of("2024-05-05"), day_of("2024-05-06")};
    struct timetable_swap swap = {day_of("2024-05-12"), day_of("2024-05-06")};
    struct timetable_entry rows[ROWS];
    struct timetable t = a_term(rows, ROWS);
    t.holiday = &holiday;
    t.swap = &swap;
    t.n_holidays = t.n_swaps = 1;
    srand(7);
    for (int round = 0; round < 50; round++) {
        int pairs = 0;
        int32_t date;
        make_rows(rows, ROWS);
        for (int i = 0; i < ROWS; i++) {
            for (int k = 0; k < i; k++)
                pairs += timetable_clash(&t, &rows[i], &rows[k], &date) != TIMETABLE_NO_CLASH;
        }
        assert_true(pairs > 0);
        struct told told = {""};
        assert_int_equal(timetable_find_clashes(&t, 100000, tell, &told), pairs);
    }
}

static int find(void)
{
    struct timetable_entry row = a_row("a", 1, EIGHT);
    struct timetable t = a_term(&row, 1);
    return timetable_find_clashes(&t, 1, tell, NULL);
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(find), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_teacher_is_in_one_lesson_at_a_time),
        cmocka_unit_test(a_class_is_in_one_lesson_at_a_time),
        cmocka_unit_test(odd_weeks_do_not_meet_even_ones),
        cmocka_unit_test(dates_must_meet),
        cmocka_unit_test(swapped_days_and_holidays_move_what_meets),
        cmocka_unit_test(each_pair_of_a_grid_is_told_once),
        cmocka_unit_test(the_search_finds_what_comparing_all_finds),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
