#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <opus/opus.h>

#include "codec/wire/packet.h"

/* The packet in a heap block of its own size, so that a read past its end shows. */
static int parse(struct packet *p, const void *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, bytes, len);
    int err = packet_parse(p, copy, len);
    if (!err && p->len > 0)
        assert_in_range(p->data - copy, PACKET_HEAD, len - p->len);
    free(copy);
    return err;
}

#define PARSE(p, ...)                                                                              \
    parse((p), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct packet p;
    uint8_t voice[PACKET_VOICE_CONFIG], video[PACKET_VIDEO_CONFIG + 3] = {0},
                                                                    media[PACKET_HEAD + 4];
    packet_write_voice_config(voice, 2, 44100);
    assert_int_equal(parse(&p, voice, sizeof(voice)), 0);
    assert_true(p.codec == PACKET_OPUS && p.kind == PACKET_CONFIG);
    assert_true(p.channels == 2 && p.rate == 44100 && p.len == 0);

    packet_write_video_config(video, PACKET_AV1, 1280, 721);
    assert_int_equal(parse(&p, video, sizeof(video)), 0);
    assert_true(p.codec == PACKET_AV1 && p.kind == PACKET_CONFIG && p.len == 3);
    assert_true(p.width == 1280 && p.height == 721);

    packet_write_head(media, PACKET_VP9, PACKET_DELTA);
    assert_int_equal(parse(&p, media, sizeof(media)), 0);
    assert_true(p.codec == PACKET_VP9 && p.kind == PACKET_DELTA && p.len == 4);
}

static void a_description_goes_where_the_codec_has_one(void **state)
{
    (void)state;
    static uint8_t long_one[PACKET_VIDEO_CONFIG + PACKET_DESCRIPTION_MAX + 1];
    struct packet p;
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_CONFIG, 2, 128, 1, 104), 0);
    assert_int_equal(p.len, 0);
    assert_int_equal(PARSE(&p, PACKET_H264, PACKET_CONFIG, 2, 128, 1, 104), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_H264, PACKET_CONFIG, 2, 128, 1, 104, 1), 0);
    packet_write_video_config(long_one, PACKET_H264, 640, 360);
    assert_int_equal(parse(&p, long_one, sizeof(long_one)), -EPROTO);
    assert_int_equal(parse(&p, long_one, sizeof(long_one) - 1), 0);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static uint8_t long_one[PACKET_HEAD + PACKET_VOICE_MAX + 1] = {PACKET_OPUS, PACKET_KEY};
    struct packet p;
    assert_int_equal(parse(&p, "", 0), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS), -EPROTO);
    assert_int_equal(PARSE(&p, 0, PACKET_KEY, 1), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_AV1 + 1, PACKET_KEY, 1), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_DELTA + 1, 1), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_KEY), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_DELTA, 1), -EPROTO);
    assert_int_equal(parse(&p, long_one, sizeof(long_one)), -EPROTO);
    assert_int_equal(parse(&p, long_one, sizeof(long_one) - 1), 0);

    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_CONFIG, 0, 0, 0, 0xbb, 0x80), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_CONFIG, 3, 0, 0, 0xbb, 0x80), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_CONFIG, 1, 0, 0, 0, 0), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_CONFIG, 1, 0, 0, 0xbb), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_OPUS, PACKET_CONFIG, 1, 0, 0, 0xbb, 0x80, 0), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_CONFIG, 0, 0, 1, 104), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_CONFIG, 2, 128, 0, 0), -EPROTO);
    assert_int_equal(PARSE(&p, PACKET_VP8, PACKET_CONFIG, 2, 128, 1), -EPROTO);
}

/* For every first two bytes there are, what libopus says. */
static void an_opus_packet_tells_how_long_it_is(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 1 << 16; i++) {
        const uint8_t packet[] = {(uint8_t)(i >> 8), (uint8_t)i, 0};
        int expected = opus_packet_get_nb_samples(packet, sizeof(packet), 48000);
        assert_int_equal(packet_opus_samples(packet, sizeof(packet)), expected < 0 ? 0 : expected);
    }
    assert_int_equal(packet_opus_samples("", 0), 0);
    assert_int_equal(packet_opus_samples("\x03", 1), 0); /* the number of frames is missing */
    assert_int_equal(packet_opus_samples("\x00", 1), 480);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_description_goes_where_the_codec_has_one),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(an_opus_packet_tells_how_long_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
