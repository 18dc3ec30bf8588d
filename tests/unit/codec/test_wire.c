#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"
#include "tests/unit/codec/worker.h"

static void a_message_comes_back_as_it_went(void **state)
{
    (void)state;
    uint8_t bytes[WIRE_HEADER + 3] = {0};
    wire_write_header(
        bytes,
        &(struct wire_msg){
            .type = WIRE_UNIT, .rendition = 7, .kind = WIRE_DELTA, .pts_ms = 0xfedcba98, .len = 3});
    memcpy(bytes + WIRE_HEADER, "abc", 3);
    struct wire_msg m;
    size_t used;
    assert_int_equal(wire_parse(&m, bytes, sizeof(bytes), &used), 0);
    assert_int_equal(used, sizeof(bytes));
    assert_int_equal(m.type, WIRE_UNIT);
    assert_int_equal(m.rendition, 7);
    assert_int_equal(m.kind, WIRE_DELTA);
    assert_int_equal(m.pts_ms, 0xfedcba98);
    assert_memory_equal(m.payload, "abc", 3);
}

static void what_is_not_whole_says_how_much_it_needs(void **state)
{
    (void)state;
    uint8_t bytes[WIRE_HEADER];
    wire_write_header(bytes, &(struct wire_msg){.type = WIRE_MEDIA, .len = 1000});
    struct wire_msg m = {.type = 99};
    size_t used;
    for (size_t n = 0; n < WIRE_HEADER; n++) {
        assert_int_equal(wire_parse(&m, bytes, n, &used), -EAGAIN);
        assert_int_equal(used, WIRE_HEADER);
    }
    assert_int_equal(wire_parse(&m, bytes, WIRE_HEADER, &used), -EAGAIN);
    assert_int_equal(used, WIRE_HEADER + 1000);
    assert_int_equal(m.type, 99); /* untouched */
}

static void a_giant_is_refused_by_its_header(void **state)
{
    (void)state;
    uint8_t bytes[WIRE_HEADER];
    struct wire_msg m;
    size_t used;
    wire_write_header(bytes, &(struct wire_msg){.len = WIRE_PAYLOAD_MAX + 1});
    assert_int_equal(wire_parse(&m, bytes, WIRE_HEADER, &used), -EMSGSIZE);
    wire_write_header(bytes, &(struct wire_msg){.len = WIRE_PAYLOAD_MAX});
    assert_int_equal(wire_parse(&m, bytes, WIRE_HEADER, &used), -EAGAIN);
}

static void a_set_up_comes_back_as_it_went(void **state)
{
    (void)state;
    uint8_t bytes[SETUP_MAX];
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    memset(specs, 0, sizeof(specs));
    size_t n = 0, len = setup_write(bytes, R_SPECS, R_COUNT);
    assert_int_equal(len, 1 + R_COUNT * SPEC_SIZE);
    assert_int_equal(setup_parse(specs, &n, bytes, len), 0);
    assert_int_equal(n, R_COUNT);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(specs[i].name, R_SPECS[i].name);
        uint8_t again[SETUP_MAX], once[SETUP_MAX];
        size_t a = setup_write(again, &specs[i], 1), b = setup_write(once, &R_SPECS[i], 1);
        assert_int_equal(a, b);
        assert_memory_equal(again, once, a);
    }
}

static void a_set_up_of_the_wrong_size_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[SETUP_MAX + 1] = {0};
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    size_t n, len = setup_write(bytes, R_SPECS, R_COUNT);
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(setup_parse(specs, &n, bytes, cut), -EPROTO);
    assert_int_equal(setup_parse(specs, &n, bytes, len + 1), -EPROTO);
    bytes[0] = WIRE_RENDITIONS_MAX + 1;
    assert_int_equal(setup_parse(specs, &n, bytes, sizeof(bytes)), -EPROTO);
}

static void numbers_that_no_encoder_takes_are_named(void **state)
{
    (void)state;
    struct rendition_spec s = R_SPECS[R_OPUS10];
    assert_null(spec_check(&s));
    s.frame_ms = 25;
    assert_string_equal(spec_check(&s), "frame");
    s = R_SPECS[R_OPUS10];
    s.bitrate_bps = 5999;
    assert_string_equal(spec_check(&s), "bitrate");
    s = R_SPECS[R_C360P5];
    s.width = 641;
    assert_string_equal(spec_check(&s), "width");
    s = R_SPECS[R_C360P5];
    s.fps = 0;
    assert_string_equal(spec_check(&s), "fps");
    s = R_SPECS[R_C360P5];
    s.bitrate_bps = 0;
    assert_string_equal(spec_check(&s), "bitrate");
    s = R_SPECS[R_AVIF];
    s.quality = 64;
    assert_string_equal(spec_check(&s), "quality");
    s = R_SPECS[R_AVIF];
    s.maxrate_bps = 0; /* the usual */
    assert_null(spec_check(&s));
    s.maxrate_bps = 999;
    assert_string_equal(spec_check(&s), "maxrate");
    s = R_SPECS[R_WEBP];
    s.quality = 64;
    assert_null(spec_check(&s));
    memset(s.name, 'x', sizeof(s.name));
    assert_string_equal(spec_check(&s), "name");
    s = R_SPECS[R_WEBP];
    s.codec = 200;
    assert_string_equal(spec_check(&s), "codec");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_comes_back_as_it_went),
        cmocka_unit_test(what_is_not_whole_says_how_much_it_needs),
        cmocka_unit_test(a_giant_is_refused_by_its_header),
        cmocka_unit_test(a_set_up_comes_back_as_it_went),
        cmocka_unit_test(a_set_up_of_the_wrong_size_is_refused),
        cmocka_unit_test(numbers_that_no_encoder_takes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
