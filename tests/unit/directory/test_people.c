#include "tests/unit/unit.h"

#include <stdio.h>

#include "server/directory/people.h"

static struct people *crowd(size_t n, int *err)
{
    struct people *p = NULL;
    struct store_row school = {
        .kind = STORE_ROW_PLACE, .place = {.school = "S", .klass = ""}
    };
    *err = people_new(&p);
    if (!*err)
        *err = people_add(p, &school);
    char id[32], code[32];
    for (size_t i = 0; i < n && !*err; i++) {
        snprintf(id, sizeof(id), "i%06zu", i);
        snprintf(code, sizeof(code), "%zu", i);
        struct store_row row = {
            .kind = STORE_ROW_PERSON, .person = {.id = id, .school = "S", .code = code}
        };
        *err = people_add(p, &row);
    }
    for (size_t i = 0; i < n && !*err; i++) {
        snprintf(id, sizeof(id), "i%06zu", i);
        struct store_row row = {
            .kind = STORE_ROW_ROLE,
            .member = {.person = {.id = id}, .role = STORE_LECTURER, .school = "S", .klass = ""}
        };
        if (i % 3 == 0)
            *err = people_add(p, &row);
    }
    if (!*err)
        *err = people_seal(p);
    return p;
}

static void a_crowd_is_told_apart(void **state)
{
    (void)state;
    enum { N = 20000 };
    int err;
    struct people *p = crowd(N, &err);
    assert_int_equal(err, 0);
    for (size_t i = 0; i < N; i++) {
        char code[32];
        snprintf(code, sizeof(code), "%zu", i);
        const struct directory_person *person = people_find_code(p, "S", code);
        assert_non_null(person);
        assert_int_equal(person->n_roles, i % 3 == 0);
        assert_ptr_equal(people_find(p, person->id), person);
    }
    people_free(&p);
}

static int build(void)
{
    int err;
    struct people *p = crowd(100, &err);
    const struct store_about about = {.school = "S", .code = "3"};
    const struct store_row row = {
        .kind = STORE_ROW_PERSON, .person = {.id = "new", .school = "S", .code = "3"}
    };
    if (!err)
        people_forget(p, &about);
    if (!err)
        err = people_add(p, &row);
    if (!err)
        err = people_seal(p);
    people_free(&p);
    return err;
}

static void without_memory_nothing_leaks(void **state)
{
    (void)state;
    assert_true(oom_levels(build) > 5);
}

/* Somebody comes and goes, again and again. */
static void many_changes_wear_it_out(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    int err, n = 0;
    struct people *p = crowd(10, &err);
    const struct store_about about = {.school = "S", .code = "x"};
    for (; n < MANY && !people_is_worn(p); n++) {
        char id[32];
        snprintf(id, sizeof(id), "n%06d", n);
        const struct store_row row = {
            .kind = STORE_ROW_PERSON, .person = {.id = id, .school = "S", .code = "x"}
        };
        people_forget(p, &about);
        assert_int_equal(people_add(p, &row), 0);
        assert_int_equal(people_seal(p), 0);
        assert_string_equal(people_find_code(p, "S", "x")->id, id);
    }
    assert_in_range(n, 1000, MANY / 2);
    people_free(&p);
}

static void an_empty_one_knows_the_district_alone(void **state)
{
    (void)state;
    struct people *p;
    assert_int_equal(people_new(&p), 0);
    assert_int_equal(people_seal(p), 0);
    assert_null(people_find(p, "x"));
    assert_null(people_find_code(p, "", ""));
    assert_true(people_has_place(p, "", ""));
    people_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowd_is_told_apart),
        cmocka_unit_test(without_memory_nothing_leaks),
        cmocka_unit_test(many_changes_wear_it_out),
        cmocka_unit_test(an_empty_one_knows_the_district_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
