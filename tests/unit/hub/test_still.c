#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/still.h"
#include "server/hub/unit.h"

static uint8_t *file_of(size_t len)
{
    uint8_t *file = malloc(len);
    assert_non_null(file);
    for (size_t i = 0; i < len; i++)
        file[i] = (uint8_t)(i * 7 + i / 251);
    return file;
}

/* Puts the pieces together as a player does, and compares. */
static void reassembles(size_t len, enum still_cut cut, uint32_t piece_max)
{
    uint8_t *file = file_of(len);
    uint8_t *got = malloc(len);
    struct still *s;
    assert_int_equal(still_new(&s, UNIT_WEBP, 777, file, len), 0);
    uint32_t at = 0;
    for (uint32_t i = 0; i < still_pieces(s, cut); i++) {
        struct buf *m;
        assert_int_equal(still_piece(s, cut, i, &m), 0);
        struct bytes b = bytes_of(m->data, m->len);
        assert_int_equal(bytes_u8(&b), UNIT_STILL << 4 | UNIT_PIECE);
        assert_int_equal(bytes_u24(&b), m->len - UNIT_HEADER);
        assert_int_equal(bytes_u32(&b), 777);
        assert_int_equal(bytes_u8(&b), UNIT_WEBP);
        assert_int_equal(bytes_u32(&b), still_id(s));
        assert_int_equal(bytes_u24(&b), len);
        assert_int_equal(bytes_u24(&b), at);
        size_t n = bytes_left(&b);
        assert_true(n > 0 && n <= piece_max && at + n <= len);
        memcpy(got + at, bytes_take(&b, n), n);
        at += (uint32_t)n;
    }
    assert_int_equal(at, len);
    assert_memory_equal(file, got, len);
    still_unref(&s);
    assert_null(s);
    free(file);
    free(got);
}

static void the_pieces_make_the_file(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 499, 500, 501, 1000, 7999, 8000, 8001, 54321, STILL_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        reassembles(sizes[i], STILL_THIN, STILL_THIN_BYTES);
        reassembles(sizes[i], STILL_WIDE, STILL_WIDE_BYTES);
    }
}

static void viewers_share_each_piece(void **state)
{
    (void)state;
    struct still *s;
    struct buf *a, *b, *wide;
    uint8_t *file = file_of(1200);
    assert_int_equal(still_new(&s, UNIT_AVIF, 0, file, 1200), 0);
    free(file);
    struct still *other = still_ref(s);
    assert_int_equal(still_piece(s, STILL_THIN, 2, &a), 0);
    assert_int_equal(still_piece(other, STILL_THIN, 2, &b), 0);
    assert_ptr_equal(a, b);
    assert_int_equal(still_piece(s, STILL_WIDE, 0, &wide), 0);
    assert_int_equal(wide->len, UNIT_HEADER + UNIT_PIECE_HEADER + 1200);
    still_unref(&s);
    assert_int_equal(still_piece(other, STILL_THIN, 0, &a), 0); /* lives until the last one */
    still_unref(&other);
}

static void the_same_picture_has_the_same_id(void **state)
{
    (void)state;
    struct still *a, *b, *c;
    assert_int_equal(still_new(&a, UNIT_AVIF, 1, "picture", 7), 0);
    assert_int_equal(still_new(&b, UNIT_AVIF, 2, "picture", 7), 0);
    assert_int_equal(still_new(&c, UNIT_AVIF, 2, "Picture", 7), 0);
    assert_int_equal(still_id(a), still_id(b));
    assert_int_not_equal(still_id(a), still_id(c));
    assert_int_not_equal(still_id(a), 0);
    still_unref(&a);
    still_unref(&b);
    still_unref(&c);
}

static void nothing_and_too_much_are_refused(void **state)
{
    (void)state;
    struct still *s = NULL;
    uint8_t *file = file_of(STILL_MAX + 1);
    assert_int_equal(still_new(&s, UNIT_AVIF, 0, file, 0), -EMSGSIZE);
    assert_int_equal(still_new(&s, UNIT_AVIF, 0, file, STILL_MAX + 1), -EMSGSIZE);
    assert_null(s);
    still_unref(&s);
    free(file);
}

static int still_scene(void)
{
    static const uint8_t file[1100] = {1, 2, 3};
    struct still *s;
    struct buf *m;
    int err = still_new(&s, UNIT_AVIF, 0, file, sizeof(file));
    if (err)
        return err;
    for (uint32_t i = 0; i < 3 && !err; i++)
        err = still_piece(s, STILL_THIN, i, &m);
    if (!err)
        err = still_piece(s, STILL_WIDE, 0, &m);
    still_unref(&s);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(still_scene) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pieces_make_the_file),
        cmocka_unit_test(viewers_share_each_piece),
        cmocka_unit_test(the_same_picture_has_the_same_id),
        cmocka_unit_test(nothing_and_too_much_are_refused),
        cmocka_unit_test(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
