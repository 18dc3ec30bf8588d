#include "tests/unit/unit.h"

#include "server/app/files.h"

static struct files fitted(uint64_t limit, uint32_t connections, uint32_t encoders, bool has_enough)
{
    struct files f = {.limit = limit, .connections = connections, .encoders = encoders};
    assert_int_equal(files_fit(&f), has_enough);
    return f;
}

static void all_get_what_they_ask_where_there_is_enough(void **state)
{
    (void)state;
    struct files f = fitted(65536, 20000, 200, true);
    assert_int_equal(f.connections, 20000);
    assert_int_equal(f.encoders, 200);
    fitted(files_needed(&f), 20000, 200, true);
    fitted(files_needed(&f) - 1, 20000, 200, false);
    fitted(UINT64_MAX, UINT32_MAX, UINT32_MAX, true);
}

static void what_is_shared_is_not_more_than_there_is(void **state)
{
    (void)state;
    for (uint64_t limit = 80; limit < 29000; limit += 37) {
        struct files f = fitted(limit, 20000, 3000, false);
        assert_true(files_needed(&f) <= limit);
        assert_true(files_needed(&f) + 3 > limit); /* and little of it is left over */
        assert_true(f.encoders >= 1);
        assert_true(f.connections >= 2 * f.encoders);
    }
}

static void few_encoders_keep_their_places(void **state)
{
    (void)state;
    struct files f = fitted(1024, 20000, 10, false);
    assert_int_equal(f.encoders, 10);
    assert_true(f.connections > 900);
    f = fitted(1024, 100, 1000, false);
    assert_int_equal(f.connections, 100);
    assert_true(f.encoders > 280);
}

static void next_to_nothing_is_still_something(void **state)
{
    (void)state;
    struct files f = fitted(3, 20000, 200, false);
    assert_int_equal(f.encoders, 1);
    assert_true(f.connections > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_get_what_they_ask_where_there_is_enough),
        cmocka_unit_test(what_is_shared_is_not_more_than_there_is),
        cmocka_unit_test(few_encoders_keep_their_places),
        cmocka_unit_test(next_to_nothing_is_still_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
