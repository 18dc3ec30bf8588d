#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/avcc.h"

static void lengths_replace_start_codes_of_either_size(void **state)
{
    (void)state;
    const uint8_t in[] = {0, 0, 0, 1, 0x65, 1, 2, 0, 0, 1, 0x65, 3};
    const uint8_t expected[] = {0, 0, 0, 3, 0x65, 1, 2, 0, 0, 0, 2, 0x65, 3};
    uint8_t out[64];
    assert_int_equal(avcc_from_annexb(out, in, sizeof(in)), sizeof(expected));
    assert_memory_equal(out, expected, sizeof(expected));
}

static void only_pictures_are_kept(void **state)
{
    (void)state;
    const uint8_t in[] = {0, 0,    0, 1, 9, 0x10, 0, 0, 1, 0x67, 1, 2, 3,    0, 0,
                          1, 0x68, 4, 0, 0, 1,    6, 5, 9, 0,    0, 1, 0x41, 7};
    const uint8_t expected[] = {0, 0, 0, 2, 0x41, 7};
    uint8_t out[64];
    assert_int_equal(avcc_from_annexb(out, in, sizeof(in)), sizeof(expected));
    assert_memory_equal(out, expected, sizeof(expected));
}

static void nothing_is_made_of_nothing(void **state)
{
    (void)state;
    const uint8_t noise[] = {1, 2, 3, 4, 0, 0}, empty[] = {0, 0, 1, 0, 0, 1, 0, 0, 0};
    uint8_t out[64];
    assert_int_equal(avcc_from_annexb(out, noise, sizeof(noise)), 0);
    assert_int_equal(avcc_from_annexb(out, empty, sizeof(empty)), 0);
    assert_int_equal(avcc_from_annexb(out, noise, 0), 0);
}

static void the_bound_holds_for_the_worst(void **state)
{
    (void)state;
    enum { UNITS = 1000 };
    uint8_t *in = malloc(UNITS * 4);
    for (int i = 0; i < UNITS; i++)
        memcpy(in + (ptrdiff_t)i * 4, (const uint8_t[]){0, 0, 1, 0x41}, 4);
    uint8_t *out = malloc(avcc_bound(UNITS * 4));
    assert_int_equal(avcc_from_annexb(out, in, UNITS * 4), UNITS * 5);
    assert_true(avcc_bound(UNITS * 4) >= UNITS * 5);
    free(in);
    free(out);
}

static void a_config_holds_both_parameter_sets(void **state)
{
    (void)state;
    const uint8_t in[] = {0, 0, 0, 1, 0x67, 0x4d, 0x40, 0x1e, 0x99, 0, 0, 0, 1, 0x68, 0xee, 0x3c};
    const uint8_t expected[] = {1,    0x4d, 0x40, 0x1e, 0xff, 0xe1, 0,    5,    0x67, 0x4d,
                                0x40, 0x1e, 0x99, 1,    0,    3,    0x68, 0xee, 0x3c};
    uint8_t out[64];
    assert_int_equal(avcc_config(out, sizeof(out), in, sizeof(in)), sizeof(expected));
    assert_memory_equal(out, expected, sizeof(expected));
}

static void a_config_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    const uint8_t no_pps[] = {0, 0, 1, 0x67, 0x4d, 0x40, 0x1e};
    const uint8_t short_sps[] = {0, 0, 1, 0x67, 0x4d, 0, 0, 1, 0x68, 0xee};
    const uint8_t fine[] = {0, 0, 1, 0x67, 0x4d, 0x40, 0x1e, 0, 0, 1, 0x68, 0xee};
    uint8_t out[64];
    assert_int_equal(avcc_config(out, sizeof(out), no_pps, sizeof(no_pps)), -EINVAL);
    assert_int_equal(avcc_config(out, sizeof(out), short_sps, sizeof(short_sps)), -EINVAL);
    assert_int_equal(avcc_config(out, 8, fine, sizeof(fine)), -ENOSPC);
    assert_int_equal(avcc_config(out, 17, fine, sizeof(fine)), 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_replace_start_codes_of_either_size),
        cmocka_unit_test(only_pictures_are_kept),
        cmocka_unit_test(nothing_is_made_of_nothing),
        cmocka_unit_test(the_bound_holds_for_the_worst),
        cmocka_unit_test(a_config_holds_both_parameter_sets),
        cmocka_unit_test(a_config_that_is_not_whole_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
