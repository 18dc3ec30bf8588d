#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/wire/packet.h"
#include "server/ingest/media.h"

/* The tag in a heap block of its own size, so that a read past its end shows. */
static int inspect(struct media_info *info, uint8_t container, uint8_t type, const void *body,
                   uint32_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, body, len);
    const struct media_tag tag = {.container = container, .type = type, .body = copy, .len = len};
    int err = media_inspect(info, &tag);
    free(copy);
    return err;
}

#define PACKET(info, type, ...)                                                                    \
    inspect((info), MEDIA_PACKETS, (type), (const uint8_t[]){__VA_ARGS__},                         \
            sizeof((const uint8_t[]){__VA_ARGS__}))

#define AVCC 1, 0x42, 0xc0, 0x1e, 0xff, 0xe1, 0, 4, 0x67, 0x42, 0xc0, 0x1e, 1, 0, 2, 0x68, 0xce

static void each_container_is_looked_into_in_its_own_way(void **state)
{
    (void)state;
    static const uint8_t aac[] = {0xaf, 1, 0x21};
    struct media_info info;
    assert_int_equal(inspect(&info, MEDIA_FLV, MEDIA_AUDIO, aac, sizeof(aac)), 0);
    assert_int_equal(inspect(&info, MEDIA_PACKETS, MEDIA_AUDIO, aac, sizeof(aac)), -EPROTO);
    assert_int_equal(inspect(&info, 2, MEDIA_AUDIO, aac, sizeof(aac)), -EPROTO);
}

static void browsers_sound_is_told_apart(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(PACKET(&info, MEDIA_AUDIO, PACKET_OPUS, PACKET_CONFIG, 1, 0, 0, 0xbb, 0x80),
                     0);
    assert_true(info.is_config && !info.is_key && !info.is_empty && !info.unsupported);
    assert_int_equal(PACKET(&info, MEDIA_AUDIO, PACKET_OPUS, PACKET_KEY, 0x18, 1, 2), 0);
    assert_true(!info.is_config && !info.is_key && !info.is_empty);
    /* 3 frames of 60 ms can't be */
    assert_int_equal(PACKET(&info, MEDIA_AUDIO, PACKET_OPUS, PACKET_KEY, 0x1b, 3, 2), -EPROTO);
}

static void browsers_pictures_are_told_apart(void **state)
{
    (void)state;
    struct media_info info;
    for (uint8_t codec = PACKET_VP8; codec <= PACKET_AV1; codec++) {
        assert_int_equal(PACKET(&info, MEDIA_VIDEO, codec, PACKET_CONFIG, 2, 128, 1, 104), 0);
        assert_true(info.is_config && info.is_key);
        assert_int_equal(PACKET(&info, MEDIA_VIDEO, codec, PACKET_KEY, 1), 0);
        assert_true(!info.is_config && info.is_key);
        assert_int_equal(PACKET(&info, MEDIA_VIDEO, codec, PACKET_DELTA, 1), 0);
        assert_true(!info.is_config && !info.is_key && !info.is_empty);
    }
}

static void an_avcc_record_must_be_whole(void **state)
{
    (void)state;
    static const uint8_t whole[] = {PACKET_H264, PACKET_CONFIG, 2, 128, 1, 104, AVCC};
    struct media_info info;
    assert_int_equal(inspect(&info, MEDIA_PACKETS, MEDIA_VIDEO, whole, sizeof(whole)), 0);
    for (uint32_t len = 0; len < sizeof(whole); len++)
        assert_int_equal(inspect(&info, MEDIA_PACKETS, MEDIA_VIDEO, whole, len), -EPROTO);
}

static void a_packet_of_the_other_sort_is_refused(void **state)
{
    (void)state;
    struct media_info info;
    assert_int_equal(PACKET(&info, MEDIA_VIDEO, PACKET_OPUS, PACKET_KEY, 0x18, 1, 2), -EPROTO);
    assert_int_equal(PACKET(&info, MEDIA_AUDIO, PACKET_VP8, PACKET_KEY, 1), -EPROTO);
    assert_int_equal(PACKET(&info, MEDIA_SCRIPT, PACKET_VP8, PACKET_KEY, 1), -EPROTO);
    static uint8_t huge[MEDIA_BODY_MAX + 1] = {PACKET_VP8, PACKET_KEY};
    assert_int_equal(inspect(&info, MEDIA_PACKETS, MEDIA_VIDEO, huge, sizeof(huge)), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_container_is_looked_into_in_its_own_way),
        cmocka_unit_test(browsers_sound_is_told_apart),
        cmocka_unit_test(browsers_pictures_are_told_apart),
        cmocka_unit_test(an_avcc_record_must_be_whole),
        cmocka_unit_test(a_packet_of_the_other_sort_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
