#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/flv.h"

/* The tag in a heap block of its own size, so that a read past its end shows. */
static int inspect(struct media_info *info, uint8_t type, const void *body, uint32_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, body, len);
    int err = flv_inspect(info, &(struct media_tag){.type = type, .body = copy, .len = len});
    free(copy);
    return err;
}

#define INSPECT(info, type, ...)                                                                   \
    inspect((info), (type), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

#define AVCC 1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e, 1, 0, 2, 0x68, 0xce

static void h264_tags_are_told_apart(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 0, 0, 0, 0, AVCC), 0);
    assert_true(info.is_config && info.is_key && !info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65), 0);
    assert_true(info.is_key && !info.is_config && !info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x27, 1, 0xff, 0xff, 0xd8, 0, 0, 0, 1, 0x41), 0);
    assert_true(!info.is_key && !info.is_config && !info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 2, 0, 0, 0), 0);
    assert_true(info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x57, 0), 0);
    assert_true(info.is_empty);
    assert_null(info.unsupported);
}

static void aac_tags_are_told_apart(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf, 0, 0x12, 0x10), 0);
    assert_true(info.is_config && !info.is_key);
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf, 1, 0x21), 0);
    assert_true(!info.is_config && !info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf, 1), 0);
    assert_true(info.is_empty);
}

static void a_tag_without_a_body_is_empty_not_wrong(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(inspect(&info, MEDIA_AUDIO, "", 0), 0);
    assert_true(info.is_empty);
    assert_int_equal(INSPECT(&info, MEDIA_SCRIPT, 2, 0), 0);
    assert_true(info.is_empty);
}

static void broken_tags_are_refused(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf), -EPROTO);             /* no packet type */
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf, 2, 0), -EPROTO);       /* no such */
    assert_int_equal(INSPECT(&info, MEDIA_AUDIO, 0xaf, 0, 0x12), -EPROTO);    /* config of 1 byte */
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17), -EPROTO);             /* no packet type */
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 1, 0, 0), -EPROTO);    /* half a header */
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 9, 0, 0, 0), -EPROTO); /* no such */
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x07, 1, 0, 0, 0, 1), -EPROTO);
    assert_int_equal(INSPECT(&info, 7, 0x17, 1, 0, 0, 0, 1), -EPROTO);

    static uint8_t big[8000] = {0xaf, 1};
    assert_int_equal(inspect(&info, MEDIA_AUDIO, big, sizeof(big)), -EPROTO);
}

static void a_decoder_configuration_must_be_whole(void **state)
{
    (void)state;
    static const uint8_t whole[] = {0x17, 0, 0, 0, 0, AVCC};
    struct media_info info;
    for (uint32_t len = 1; len < sizeof(whole); len++) {
        int err = inspect(&info, MEDIA_VIDEO, whole, len);
        assert_int_equal(err, -EPROTO);
    }
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x1e, 0xfe, 0xe1,
                             0, 1, 0x67, 0),
                     -EPROTO); /* NAL lengths of 3 bytes */
    assert_int_equal(
        INSPECT(&info, MEDIA_VIDEO, 0x17, 0, 0, 0, 0, 1, 0x42, 0xc0, 0x1e, 0xff, 0xe0, 0),
        -EPROTO); /* no parameter set */
}

static void codecs_that_we_cannot_take_are_named(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        uint8_t body[6];
        const char *name;
    } cases[] = {
        {MEDIA_VIDEO, {0x12, 0},                     "Sorenson H.263"        },
        {MEDIA_VIDEO, {0x14, 0},                     "VP6"                   },
        {MEDIA_VIDEO, {0x15, 0},                     "VP6"                   },
        {MEDIA_VIDEO, {0x1c, 0},                     "HEVC"                  },
        {MEDIA_VIDEO, {0x18, 0},                     "an unknown video codec"},
        {MEDIA_VIDEO, {0x90, 'h', 'v', 'c', '1', 0}, "HEVC"                  },
        {MEDIA_VIDEO, {0x91, 'a', 'v', '0', '1', 0}, "AV1"                   },
        {MEDIA_VIDEO, {0xa1, 'v', 'p', '0', '9', 0}, "VP9"                   },
        {MEDIA_VIDEO, {0x91, 'x', 'x', 'x', 'x', 0}, "an enhanced RTMP codec"},
        {MEDIA_AUDIO, {0x2f, 0},                     "MP3"                   },
        {MEDIA_AUDIO, {0xbe, 0},                     "Speex"                 },
        {MEDIA_AUDIO, {0x5e, 0},                     "Nellymoser"            },
        {MEDIA_AUDIO, {0xcf, 0},                     "an unknown audio codec"},
        {MEDIA_AUDIO, {0x91, 'O', 'p', 'u', 's', 0}, "Opus"                  },
        {MEDIA_AUDIO, {0x91, 'm', 'p', '4', 'a', 0}, "AAC as enhanced RTMP"  },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct media_info info;
        assert_int_equal(inspect(&info, cases[i].type, cases[i].body, 6), 0);
        assert_non_null(info.unsupported);
        assert_string_equal(info.unsupported, cases[i].name);
    }
    struct media_info info; /* too short for its FourCC: still no codec of ours */
    assert_int_equal(INSPECT(&info, MEDIA_VIDEO, 0x90, 'h'), 0);
    assert_non_null(info.unsupported);
}

static void headers_are_written_as_the_format_says(void **state)
{
    (void)state;
    uint8_t file[FLV_FILE_HEADER];
    flv_write_file_header(file);
    assert_memory_equal(file, "FLV\x01\x05\0\0\0\x09\0\0\0\0", FLV_FILE_HEADER);

    const struct media_tag tag = {.type = MEDIA_VIDEO, .len = 0x010203};
    uint8_t header[FLV_TAG_HEADER];
    flv_write_tag_header(header, &tag, 0xa1b2c3d4);
    assert_memory_equal(header, "\x09\x01\x02\x03\xb2\xc3\xd4\xa1\0\0\0", FLV_TAG_HEADER);
    uint8_t trailer[FLV_TAG_TRAILER];
    flv_write_tag_trailer(trailer, &tag);
    assert_memory_equal(trailer, "\0\x01\x02\x0e", FLV_TAG_TRAILER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h264_tags_are_told_apart),
        cmocka_unit_test(aac_tags_are_told_apart),
        cmocka_unit_test(a_tag_without_a_body_is_empty_not_wrong),
        cmocka_unit_test(broken_tags_are_refused),
        cmocka_unit_test(a_decoder_configuration_must_be_whole),
        cmocka_unit_test(codecs_that_we_cannot_take_are_named),
        cmocka_unit_test(headers_are_written_as_the_format_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
