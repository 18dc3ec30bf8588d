#include "tests/unit/unit.h"

#include "server/base/bytes.h"

static void numbers_are_read_big_endian(void **state)
{
    (void)state;
    static const uint8_t raw[] = {1, 2, 3, 4, 5, 6, 0xff, 0xfe, 0xfd, 0xfc};
    struct bytes b = bytes_of(raw, sizeof(raw));
    assert_int_equal(bytes_u8(&b), 1);
    assert_int_equal(bytes_u16(&b), 0x0203);
    assert_int_equal(bytes_u24(&b), 0x040506);
    assert_int_equal(bytes_u32(&b), 0xfffefdfc);
    assert_int_equal(bytes_left(&b), 0);
    assert_false(b.bad);
}

static void what_is_put_is_read_back(void **state)
{
    (void)state;
    uint8_t raw[13];
    uint8_t *p = put_u8(raw, 0x12);
    p = put_u16(p, 0x3456);
    p = put_u24(p, 0x789abc);
    p = put_u32(p, 0xdef01234);
    p = put_bytes(p, "end", 3);
    assert_ptr_equal(p, raw + sizeof(raw));

    struct bytes b = bytes_of(raw, sizeof(raw));
    assert_int_equal(bytes_u8(&b), 0x12);
    assert_int_equal(bytes_u16(&b), 0x3456);
    assert_int_equal(bytes_u24(&b), 0x789abc);
    assert_int_equal(bytes_u32(&b), 0xdef01234);
    assert_memory_equal(bytes_take(&b, 3), "end", 3);
    assert_false(b.bad);
}

static void a_read_past_the_end_gives_nothing_and_sticks(void **state)
{
    (void)state;
    static const uint8_t raw[] = {0xaa, 0xbb, 0xcc};
    struct bytes b = bytes_of(raw, sizeof(raw));
    assert_int_equal(bytes_u32(&b), 0);
    assert_true(b.bad);
    assert_int_equal(bytes_u8(&b), 0); /* though three bytes are left */
    assert_null(bytes_take(&b, 1));
    assert_true(b.bad);
}

static void a_huge_length_does_not_wrap(void **state)
{
    (void)state;
    static const uint8_t raw[] = {1, 2};
    struct bytes b = bytes_of(raw, sizeof(raw));
    assert_null(bytes_take(&b, SIZE_MAX));
    assert_true(b.bad);
}

static void taking_nothing_from_nothing_is_fine(void **state)
{
    (void)state;
    struct bytes b = bytes_of(NULL, 0);
    assert_int_equal(bytes_left(&b), 0);
    bytes_take(&b, 0);
    assert_false(b.bad);
    assert_int_equal(bytes_u8(&b), 0);
    assert_true(b.bad);
}

static void putting_nothing_moves_nothing(void **state)
{
    (void)state;
    uint8_t raw[1] = {7};
    assert_ptr_equal(put_bytes(raw, NULL, 0), raw);
    assert_int_equal(raw[0], 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_big_endian),
        cmocka_unit_test(what_is_put_is_read_back),
        cmocka_unit_test(a_read_past_the_end_gives_nothing_and_sticks),
        cmocka_unit_test(a_huge_length_does_not_wrap),
        cmocka_unit_test(taking_nothing_from_nothing_is_fine),
        cmocka_unit_test(putting_nothing_moves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
