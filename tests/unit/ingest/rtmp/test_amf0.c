#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/rtmp/amf0.h"

static int skip_of(const void *data, size_t len, size_t *left)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, data, len);
    struct bytes in = bytes_of(copy, len);
    int err = amf0_skip(&in);
    if (left)
        *left = bytes_left(&in);
    free(copy);
    return err;
}

/* One of each: an object of all leaf types, then arrays, inside each other. */
static const uint8_t everything[] = {
    3,                                                            /* object */
    0, 1, 'n', 0,  0x40, 0x59, 0,    0,    0,   0, 0,   0,        /* n: 100 */
    0, 1, 'b', 1,  1,                                             /* b: true */
    0, 1, 's', 2,  0,    2,    'h',  'i',                         /* s: "hi" */
    0, 1, 'l', 12, 0,    0,    0,    1,    'x',                   /* l: long "x" */
    0, 1, 'm', 15, 0,    0,    0,    1,    '<',                   /* m: XML */
    0, 1, 'd', 11, 0,    0,    0,    0,    0,   0, 0,   0,  0, 0, /* d: date */
    0, 1, 'r', 7,  0,    1,                                       /* r: reference */
    0, 1, '0', 5,  0,    1,    'u',  6,    0,   1, 'v', 13,       /* null, undefined, unsupported */
    0, 1, 'e', 8,  0xff, 0xff, 0xff, 0xff,         /* e: ECMA array with a lie for a count */
    0, 1, 'a', 10, 0,    0,    0,    2,    5,   5, /* a: [null, null] */
    0, 0, 9,                                       /* end of e */
    0, 1, 't', 16, 0,    1,    'C',  0,    0,   9, /* t: typed object */
    0, 0, 9};

static void every_type_is_skipped_whole(void **state)
{
    (void)state;
    size_t left;
    assert_int_equal(skip_of(everything, sizeof(everything), &left), 0);
    assert_int_equal(left, 0);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(everything); len++)
        assert_int_equal(skip_of(everything, len, NULL), -EPROTO);
}

static void unknown_types_are_refused(void **state)
{
    (void)state;
    static const uint8_t types[] = {4 /* movie clip */, 9,  14 /* record set */,
                                    17 /* AMF3 */,      18, 255};
    for (size_t i = 0; i < sizeof(types); i++) {
        uint8_t value[16] = {types[i]};
        assert_int_equal(skip_of(value, sizeof(value), NULL), -EPROTO);
    }
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    uint8_t nest[5 * 64];
    for (unsigned depth = 1; depth <= 64; depth++) {
        for (unsigned i = 0; i < depth; i++)
            memcpy(nest + 5 * i, "\x0a\0\0\0\x01", 5); /* an array of one */
        nest[5 * depth - 1] = 0;                       /* the innermost is empty */
        assert_int_equal(skip_of(nest, 5 * depth, NULL), depth <= AMF0_DEPTH_MAX ? 0 : -EPROTO);
    }
}

static void counts_are_bounded_across_levels(void **state)
{
    (void)state;
    /* An array of 3 arrays, each of `n` nulls. */
    for (unsigned n = 1364; n <= 1366; n++) {
        uint8_t *many = malloc(5 + 3 * (5 + n));
        uint8_t *p = put_bytes(many, "\x0a\0\0\0\x03", 5);
        for (int i = 0; i < 3; i++) {
            p = put_u32(put_u8(p, AMF0_STRICT_ARRAY), n);
            memset(p, AMF0_NULL, n);
            p += n;
        }
        assert_int_equal(skip_of(many, (size_t)(p - many), NULL),
                         3 + 3 * n <= AMF0_VALUES_MAX ? 0 : -EPROTO);
        free(many);
    }
    assert_int_equal(skip_of("\x0a\xff\xff\xff\xff\x05\x05", 7, NULL), -EPROTO);
}

static void long_names_and_texts_are_refused(void **state)
{
    (void)state;
    uint8_t name[400] = {3, 1, 0}; /* a name of 256 letters */
    memset(name + 3, 'a', 256);
    put_bytes(name + 259, "\5\0\0\x09", 4);
    assert_int_equal(skip_of(name, 263, NULL), -EPROTO);

    size_t len = 5 + AMF0_TEXT_MAX + 1;
    uint8_t *text = calloc(1, len);
    put_u32(put_u8(text, AMF0_LONG_STRING), AMF0_TEXT_MAX + 1);
    assert_int_equal(skip_of(text, len, NULL), -EPROTO);
    put_u32(text + 1, AMF0_TEXT_MAX);
    assert_int_equal(skip_of(text, len, NULL), 0);
    free(text);
}

static void properties_are_found_by_name(void **state)
{
    (void)state;
    struct bytes in = bytes_of(everything, sizeof(everything));
    struct amf0_text text;
    assert_int_equal(amf0_find_text(&in, "s", &text), 0);
    assert_true(amf0_text_is(text, "hi"));
    assert_int_equal(amf0_find_text(&in, "l", &text), 0);
    assert_true(amf0_text_is(text, "x"));
    assert_int_equal(amf0_find_text(&in, "n", &text), -ENOENT); /* no text */
    assert_int_equal(amf0_find_text(&in, "a", &text), -ENOENT); /* of an inner object */
    assert_int_equal(amf0_find_text(&in, "zz", &text), -ENOENT);
    in.end -= 3;
    assert_int_equal(amf0_find_text(&in, "zz", &text), -EPROTO);
    in = bytes_of("\5", 1);
    assert_int_equal(amf0_find_text(&in, "s", &text), -EPROTO);
}

static void a_failed_read_takes_nothing(void **state)
{
    (void)state;
    struct bytes in = bytes_of("\2\0\5abc", 6);
    struct amf0_text text;
    double number;
    assert_int_equal(amf0_read_text(&in, &text), -EPROTO);
    assert_int_equal(amf0_read_number(&in, &number), -EPROTO);
    assert_int_equal(bytes_left(&in), 6);
    assert_false(in.bad);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    uint8_t room[128];
    struct amf0_writer w = {.p = room, .end = room + sizeof(room)};
    amf0_put_text(&w, "onStatus");
    amf0_put_number(&w, -1.5);
    amf0_begin_object(&w);
    amf0_put_name(&w, "code");
    amf0_put_text(&w, "Start");
    amf0_end_object(&w);
    amf0_put_null(&w);
    amf0_put_undefined(&w);
    assert_false(w.is_full);

    struct bytes in = bytes_of(room, (size_t)(w.p - room));
    struct amf0_text text;
    double number = 0;
    assert_int_equal(amf0_read_text(&in, &text), 0);
    assert_true(amf0_text_is(text, "onStatus"));
    assert_int_equal(amf0_read_number(&in, &number), 0);
    assert_true(number == -1.5);
    assert_int_equal(amf0_find_text(&in, "code", &text), 0);
    assert_true(amf0_text_is(text, "Start"));
    for (int i = 0; i < 3; i++)
        assert_int_equal(amf0_skip(&in), 0);
    assert_int_equal(bytes_left(&in), 0);
}

static void a_full_writer_writes_nothing_more(void **state)
{
    (void)state;
    for (size_t room = 0; room < 24; room++) {
        uint8_t *p = malloc(room ? room : 1);
        struct amf0_writer w = {.p = p, .end = p + room};
        amf0_put_number(&w, 1);
        amf0_put_text(&w, "0123456789a"); /* 9 + 14 bytes */
        assert_int_equal(w.is_full, room < 23);
        assert_true(w.p <= w.end);
        free(p);
    }
}

static void texts_are_copied_only_if_they_fit_and_end_where_they_say(void **state)
{
    (void)state;
    char out[4] = "zzz";
    assert_int_equal(amf0_text_copy(out, sizeof(out), (struct amf0_text){"abc", 3}), 0);
    assert_string_equal(out, "abc");
    assert_int_equal(amf0_text_copy(out, sizeof(out), (struct amf0_text){"abcd", 4}), -EMSGSIZE);
    assert_int_equal(amf0_text_copy(out, sizeof(out), (struct amf0_text){"a\0b", 3}), -EPROTO);
    assert_int_equal(amf0_text_copy(out, sizeof(out), (struct amf0_text){NULL, 0}), 0);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_skipped_whole),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(unknown_types_are_refused),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(counts_are_bounded_across_levels),
        cmocka_unit_test(long_names_and_texts_are_refused),
        cmocka_unit_test(properties_are_found_by_name),
        cmocka_unit_test(a_failed_read_takes_nothing),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(a_full_writer_writes_nothing_more),
        cmocka_unit_test(texts_are_copied_only_if_they_fit_and_end_where_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
