#include "tests/unit/unit.h"

#include <string.h>

#include "server/planner/plan.h"

enum { SCHOOLS = 3, CLASSES = 4, ROWS = 200, CLASSES_MAX = 3 };

static const char *const school_of[SCHOOLS] = {"s1", "s10", "s2"};
static const char *const class_of[CLASSES] = {"a", "b", "ab", ""};
static const char *const lecturer_of[] = {"t1", "t10", ""};

static struct timetable_class klass[ROWS][CLASSES_MAX];
static struct timetable_entry entry[ROWS];

/* Rows of some classes each; what they are about follows from their number alone. */
static size_t make_rows(void)
{
    unsigned seed = 7;
    for (size_t i = 0; i < ROWS; i++) {
        size_t n = 1 + i % CLASSES_MAX;
        for (size_t k = 0; k < n; k++) {
            seed = seed * 1103515245U + 12345U;
            klass[i][k] = (struct timetable_class){school_of[(seed >> 16) % SCHOOLS],
                                                   class_of[(seed >> 20) % (CLASSES - 1)]};
        }
        entry[i] = (struct timetable_entry){
            .classes = klass[i], .n_classes = n, .lecturer = lecturer_of[i % 3]};
    }
    return ROWS;
}

static void assert_picked(const struct picked *picked, const bool wanted[ROWS])
{
    size_t n = 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        if (!wanted[i])
            continue;
        assert_true(n < picked->n);
        assert_int_equal(picked->entry[n++], i);
    }
    assert_int_equal(picked->n, n);
}

static void the_rows_of_a_class_are_found_once_and_in_order(void **state)
{
    (void)state;
    struct row_index index = {.ref = NULL};
    assert_int_equal(row_index_by_class(&index, entry, make_rows()), 0);
    for (size_t s = 0; s < SCHOOLS; s++) {
        for (size_t c = 0; c < CLASSES; c++) {
            const struct timetable_class one = {school_of[s], class_of[c]};
            const struct plan_whose whose = {.klass = &one, .n = 1};
            struct picked picked = {.entry = NULL};
            bool wanted[ROWS];
            for (size_t i = 0; i < ROWS; i++)
                wanted[i] = plan_is_of(&entry[i], &whose);
            assert_int_equal(picked_add(&picked, &index, one.school, one.klass), 0);
            assert_int_equal(picked_add(&picked, &index, one.school, one.klass), 0); /* twice */
            picked_sort(&picked);
            assert_picked(&picked, wanted);
            picked_release(&picked);
        }
    }
    row_index_release(&index);
}

static void a_school_has_the_rows_of_all_its_classes(void **state)
{
    (void)state;
    struct row_index index = {.ref = NULL};
    assert_int_equal(row_index_by_class(&index, entry, make_rows()), 0);
    for (size_t s = 0; s < SCHOOLS; s++) {
        struct picked picked = {.entry = NULL};
        bool wanted[ROWS] = {false};
        for (size_t i = 0; i < ROWS; i++) {
            for (size_t k = 0; k < entry[i].n_classes; k++)
                wanted[i] |= strcmp(klass[i][k].school, school_of[s]) == 0;
        }
        assert_int_equal(picked_add(&picked, &index, school_of[s], NULL), 0);
        picked_sort(&picked);
        assert_picked(&picked, wanted);
        picked_release(&picked);
    }
    row_index_release(&index);
}

static void who_teaches_nothing_has_no_rows(void **state)
{
    (void)state;
    struct row_index index = {.ref = NULL};
    assert_int_equal(row_index_by_lecturer(&index, entry, make_rows()), 0);
    struct picked mine = {.entry = NULL}, nobodys = {.entry = NULL};
    assert_int_equal(picked_add(&mine, &index, "t1", ""), 0);
    assert_int_equal(mine.n, (ROWS + 2) / 3);
    assert_int_equal(picked_add(&nobodys, &index, "", ""), 0);
    assert_int_equal(picked_add(&nobodys, &index, "t2", ""), 0);
    assert_int_equal(nobodys.n, 0);
    picked_release(&mine);
    picked_release(&nobodys);
    row_index_release(&index);
}

static void nothing_is_found_where_there_are_no_rows(void **state)
{
    (void)state;
    struct row_index index = {.ref = NULL};
    struct picked picked = {.entry = NULL};
    assert_int_equal(row_index_by_class(&index, NULL, 0), 0);
    assert_int_equal(picked_add(&picked, &index, "s1", NULL), 0);
    picked_sort(&picked);
    assert_int_equal(picked.n, 0);
    picked_release(&picked);
    row_index_release(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rows_of_a_class_are_found_once_and_in_order),
        cmocka_unit_test(a_school_has_the_rows_of_all_its_classes),
        cmocka_unit_test(who_teaches_nothing_has_no_rows),
        cmocka_unit_test(nothing_is_found_where_there_are_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
