#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/json/fields.h"

static json_t *o;

static int read_all(void **state)
{
    (void)state;
    json_error_t error;
    static const char text[] =
        "{\"text\":\"abc\",\"nul\":\"a\\u0000b\",\"n\":7.9,\"most\":4294967295,"
        "\"more\":4294967296,\"less\":-1,\"yes\":true,\"no\":false}";
    o = json_loads(text, JSON_ALLOW_NUL, &error);
    assert_non_null(o);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    json_decref(o);
    return 0;
}

static void texts_fit_or_are_refused(void **state)
{
    (void)state;
    char out[4] = "x";
    assert_true(field_text(o, "text", out, sizeof(out)));
    assert_string_equal(out, "abc");
    assert_true(field_text(o, "none", out, sizeof(out)));
    assert_string_equal(out, "");
    assert_false(field_text(o, "text", out, 3));
    assert_false(field_text(o, "nul", out, sizeof(out)));
    assert_false(field_text(o, "n", out, sizeof(out)));
}

static void numbers_are_in_range_or_refused(void **state)
{
    (void)state;
    uint32_t n;
    bool is_there;
    assert_true(field_u32(o, "n", &n, &is_there));
    assert_true(is_there);
    assert_int_equal(n, 7);
    assert_true(field_u32(o, "most", &n, &is_there));
    assert_int_equal(n, UINT32_MAX);
    assert_true(field_u32(o, "none", &n, &is_there));
    assert_false(is_there);
    assert_int_equal(n, 0);
    assert_false(field_u32(o, "more", &n, &is_there));
    assert_false(field_u32(o, "less", &n, &is_there));
    assert_false(field_u32(o, "text", &n, &is_there));
}

static void truths_are_truths_or_refused(void **state)
{
    (void)state;
    bool b;
    assert_true(field_bool(o, "yes", false, &b));
    assert_true(b);
    assert_true(field_bool(o, "no", true, &b));
    assert_false(b);
    assert_true(field_bool(o, "none", true, &b));
    assert_true(b);
    assert_false(field_bool(o, "n", false, &b));
}

static void a_message_fits_or_is_refused(void **state)
{
    (void)state;
    char out[7];
    assert_int_equal(message_write(out, 7, json_pack("{s:i}", "a", 1)), 7);
    assert_memory_equal(out, "{\"a\":1}", 7);
    assert_int_equal(message_write(out, 6, json_pack("{s:i}", "a", 1)), -EMSGSIZE);
    assert_int_equal(message_write(out, 7, NULL), -ENOMEM);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, read_all, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(texts_fit_or_are_refused),
        CASE(numbers_are_in_range_or_refused),
        CASE(truths_are_truths_or_refused),
        CASE(a_message_fits_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
