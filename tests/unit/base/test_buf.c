#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/base/buf.h"

static void a_copy_holds_the_bytes_and_one_reference(void **state)
{
    (void)state;
    struct buf *b;
    assert_int_equal(buf_copy(&b, "voice", 5), 0);
    assert_int_equal(b->refs, 1);
    assert_int_equal(b->len, 5);
    assert_memory_equal(b->data, "voice", 5);
    buf_unref(&b);
    assert_null(b);
}

static void headroom_before_the_bytes_may_be_written(void **state)
{
    (void)state;
    struct buf *b;
    assert_int_equal(buf_copy(&b, "abc", 3), 0);
    memset(b->data - BUF_HEADROOM, 0xee, BUF_HEADROOM);
    assert_memory_equal(b->data, "abc", 3);
    assert_int_equal(b->refs, 1);
    assert_int_equal(b->len, 3);
    buf_unref(&b);
}

static void the_bytes_live_until_the_last_reference(void **state)
{
    (void)state;
    struct buf *a;
    assert_int_equal(buf_copy(&a, "x", 1), 0);
    struct buf *b = buf_ref(a);
    buf_unref(&a);
    assert_null(a);
    assert_int_equal(b->refs, 1);
    assert_int_equal(b->data[0], 'x');
    buf_unref(&b);
}

static void an_empty_buffer_is_a_buffer(void **state)
{
    (void)state;
    struct buf *b;
    assert_int_equal(buf_copy(&b, NULL, 0), 0);
    assert_int_equal(b->len, 0);
    buf_unref(&b);
}

static void giving_back_nothing_is_fine(void **state)
{
    (void)state;
    struct buf *b = NULL;
    buf_unref(&b);
    assert_null(b);
}

static void a_giant_is_refused_and_leaves_the_result_alone(void **state)
{
    (void)state;
    struct buf *b = NULL;
    assert_int_equal(buf_new(&b, (size_t)BUF_MAX + 1), -EMSGSIZE);
    assert_int_equal(buf_new(&b, SIZE_MAX), -EMSGSIZE);
    assert_null(b);
    assert_int_equal(buf_new(&b, BUF_MAX), 0);
    buf_unref(&b);
}

static int copy_scene(void)
{
    struct buf *b;
    int err = buf_copy(&b, "abc", 3);
    if (!err)
        buf_unref(&b);
    return err;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(copy_scene), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_holds_the_bytes_and_one_reference),
        cmocka_unit_test(headroom_before_the_bytes_may_be_written),
        cmocka_unit_test(the_bytes_live_until_the_last_reference),
        cmocka_unit_test(an_empty_buffer_is_a_buffer),
        cmocka_unit_test(giving_back_nothing_is_fine),
        cmocka_unit_test(a_giant_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
