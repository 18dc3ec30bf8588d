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

/* The piece says what it is; returns its bytes. */
static const uint8_t *read_piece(const struct still *s, const uint8_t *piece, uint32_t offset,
                                 uint32_t len)
{
    struct bytes b = bytes_of(piece, UNIT_HEADER + UNIT_PIECE_HEADER + len);
    assert_int_equal(bytes_u8(&b), UNIT_STILL << 4 | UNIT_PIECE);
    assert_int_equal(bytes_u24(&b), UNIT_PIECE_HEADER + len);
    assert_int_equal(bytes_u32(&b), 777);
    assert_int_equal(bytes_u8(&b), UNIT_WEBP);
    assert_int_equal(bytes_u32(&b), still_id(s));
    assert_int_equal(bytes_u24(&b), still_len(s));
    assert_int_equal(bytes_u24(&b), offset);
    assert_int_equal(bytes_left(&b), len);
    return b.p;
}

/* Cuts into pieces of `most` bytes, puts them together as a player does, and compares. */
static void reassembles(size_t len, uint32_t most)
{
    uint8_t *file = file_of(len);
    uint8_t *got = file_of(len);
    uint8_t *piece = malloc(UNIT_HEADER + UNIT_PIECE_HEADER + most);
    struct still *s;
    assert_non_null(piece);
    memset(got, 0, len);
    assert_int_equal(still_new(&s, UNIT_WEBP, 777, file, len), 0);
    assert_int_equal(still_len(s), len);
    for (uint32_t at = 0, n; at < len; at += n) {
        n = most < len - at ? most : (uint32_t)len - at;
        const uint8_t *end = still_write_piece(s, at, n, piece);
        assert_ptr_equal(end, piece + UNIT_HEADER + UNIT_PIECE_HEADER + n);
        memcpy(got + at, read_piece(s, piece, at, n), n);
    }
    assert_memory_equal(file, got, len);
    still_unref(&s);
    assert_null(s);
    free(piece);
    free(file);
    free(got);
}

static void the_pieces_make_the_file(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 999, 1000, 1001, 54321, STILL_MAX};
    static const uint32_t cuts[] = {1000, 2345, 8000, STILL_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t j = 0; j < sizeof(cuts) / sizeof(cuts[0]); j++)
            reassembles(sizes[i], cuts[j]);
    }
}

static void a_piece_without_bytes_names_the_picture(void **state)
{
    (void)state;
    struct still *s;
    uint8_t piece[UNIT_HEADER + UNIT_PIECE_HEADER];
    assert_int_equal(still_new(&s, UNIT_WEBP, 777, "picture", 7), 0);
    assert_ptr_equal(still_write_piece(s, 7, 0, piece), piece + sizeof(piece));
    read_piece(s, piece, 7, 0);
    still_unref(&s);
}

static void a_picture_lives_until_the_last_viewer_has_it(void **state)
{
    (void)state;
    struct still *s;
    uint8_t piece[UNIT_HEADER + UNIT_PIECE_HEADER + 7];
    assert_int_equal(still_new(&s, UNIT_WEBP, 777, "picture", 7), 0);
    struct still *other = still_ref(s);
    still_unref(&s);
    assert_null(s);
    still_write_piece(other, 0, 7, piece);
    assert_memory_equal(read_piece(other, piece, 0, 7), "picture", 7);
    still_unref(&other);
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

static int scene(void)
{
    struct still *s;
    int err = still_new(&s, UNIT_AVIF, 0, "picture", 7);
    if (!err)
        still_unref(&s);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(scene) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pieces_make_the_file),
        cmocka_unit_test(a_piece_without_bytes_names_the_picture),
        cmocka_unit_test(a_picture_lives_until_the_last_viewer_has_it),
        cmocka_unit_test(the_same_picture_has_the_same_id),
        cmocka_unit_test(nothing_and_too_much_are_refused),
        cmocka_unit_test(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
