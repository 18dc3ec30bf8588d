#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

#include "codec/demux.h"
#include "codec/wire/packet.h"
#include "server/base/bytes.h"

/* Streams of messages from memory. */
enum { TAPE_MAX = 64, STREAM_ENDS = -1 };

struct tape {
    struct {
        uint8_t data[64];
        int len; /* STREAM_ENDS: what follows is another */
        uint32_t pts_ms;
    } said[TAPE_MAX];
    size_t n, at;
    uint32_t used; /* of said[at] */
};

static struct tape tape;
static struct demux *demux;
static AVPacket *packet;
static enum demux_track track;

static int tape_media(void *arg, struct wire_msg *m)
{
    struct tape *t = arg;
    if (t->at == t->n)
        return -EPIPE;
    if (t->said[t->at].len == STREAM_ENDS)
        return -ENODATA;
    *m = (struct wire_msg){.pts_ms = t->said[t->at].pts_ms,
                           .len = (uint32_t)t->said[t->at].len - t->used,
                           .payload = t->said[t->at].data + t->used};
    return 0;
}

static void tape_used(void *arg, size_t n)
{
    struct tape *t = arg;
    t->used += (uint32_t)n;
    assert_true((int)t->used <= t->said[t->at].len);
    if ((int)t->used < t->said[t->at].len)
        return;
    t->at++;
    t->used = 0;
}

static const struct demux_input input = {tape_media, tape_used, &tape};

static void say(uint32_t pts_ms, const void *data, size_t len)
{
    assert_true(tape.n < TAPE_MAX && len <= sizeof(tape.said[0].data));
    memcpy(tape.said[tape.n].data, data, len);
    tape.said[tape.n].len = (int)len;
    tape.said[tape.n++].pts_ms = pts_ms;
}

static void say_end(void)
{
    tape.said[tape.n++].len = STREAM_ENDS;
}

static int next(void)
{
    av_packet_unref(packet);
    return demux_next(demux, packet, &track);
}

static int on_each(void **state)
{
    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    memset(&tape, 0, sizeof(tape));
    packet = av_packet_alloc();
    return demux_new(&demux, &input);
}

static int after_each(void **state)
{
    (void)state;
    av_packet_free(&packet);
    demux_free(&demux);
    return 0;
}

/* -- FLV ------------------------------------------------------------------------------------ */

static const uint8_t file_header[13] = "FLV\1\5\0\0\0\11";

static void say_tag(uint8_t type, uint32_t ms, const void *body, uint32_t len)
{
    uint8_t tag[64];
    uint8_t *p = put_u24(put_u24(put_u8(tag, type), len), ms & 0xffffff);
    p = put_u24(put_u8(p, (uint8_t)(ms >> 24)), 0);
    p = put_bytes(p, body, len);
    p = put_u32(p, len + 11);
    say(ms, tag, (size_t)(p - tag));
}

static void only_flv_is_opened_as_flv(void **state)
{
    (void)state;
    say(0, "#EXTM3U\nhttp://127.0.0.1/", 25);
    assert_int_equal(demux_begin(demux, WIRE_FLV), AVERROR_INVALIDDATA);
}

static void an_flv_stream_that_ends_in_its_header_is_over(void **state)
{
    (void)state;
    say(0, file_header, 2);
    assert_int_equal(demux_begin(demux, WIRE_FLV), -EPIPE);
    memset(&tape, 0, sizeof(tape));
    say(0, file_header, 2);
    say_end();
    assert_int_equal(demux_begin(demux, WIRE_FLV), -ENODATA);
}

static void tags_wait_for_their_configuration(void **state)
{
    (void)state;
    say(0, file_header, 6); /* messages need not end where tags do */
    say(0, file_header + 6, 7);
    say_tag(8, 0, "\xaf\x01zz", 4);        /* AAC before its configuration */
    say_tag(8, 10, "\xaf\x00\x11\x90", 4); /* 48 kHz stereo */
    say_tag(8, 0x1000020, "\xaf\x01yy", 4);
    assert_int_equal(demux_begin(demux, WIRE_FLV), 0);
    assert_int_equal(next(), 0);
    assert_int_equal(track, DEMUX_VOICE);
    assert_int_equal(packet->dts, 0x1000020);
    assert_memory_equal(packet->data, "yy", 2);
    struct demux_config c = demux_config(demux, DEMUX_VOICE);
    assert_int_equal(c.version, 1);
    assert_int_equal(c.codec, AV_CODEC_ID_AAC);
    assert_memory_equal(c.data, "\x11\x90", 2);
    assert_int_equal(demux_config(demux, DEMUX_VIDEO).version, 0);
    assert_int_equal(next(), -EPIPE);
}

static void a_foreign_codec_is_named(void **state)
{
    (void)state;
    say(0, file_header, 13);
    say_tag(9, 0, "\x12zzzz", 5);
    assert_int_equal(demux_begin(demux, WIRE_FLV), 0);
    assert_int_equal(next(), -ENOTSUP);
    assert_string_equal(demux_unsupported(demux), "pictures in flv1");
}

/* -- packets -------------------------------------------------------------------------------- */

#define SAY(pts_ms, ...)                                                                           \
    say((pts_ms), (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define VP8_CONFIG  PACKET_VP8, PACKET_CONFIG, 2, 128, 1, 104
#define OPUS_CONFIG PACKET_OPUS, PACKET_CONFIG, 2, 0, 0, 0xbb, 0x80

static void packets_wait_for_the_configuration_of_their_codec(void **state)
{
    (void)state;
    SAY(10, PACKET_VP8, PACKET_KEY, 1);
    SAY(20, VP8_CONFIG);
    SAY(30, PACKET_VP9, PACKET_KEY, 2);
    SAY(40, PACKET_OPUS, PACKET_KEY, 3);
    SAY(50, PACKET_VP8, PACKET_DELTA, 4, 5);
    SAY(60, OPUS_CONFIG);
    SAY(70, PACKET_OPUS, PACKET_KEY, 6);
    assert_int_equal(demux_begin(demux, WIRE_PACKETS), 0);
    assert_int_equal(next(), 0);
    assert_int_equal(track, DEMUX_VIDEO);
    assert_true(packet->pts == 50 && packet->dts == 50 && packet->size == 2);
    assert_memory_equal(packet->data, "\4\5", 2);
    assert_false(packet->flags & AV_PKT_FLAG_KEY);
    struct demux_config c = demux_config(demux, DEMUX_VIDEO);
    assert_true(c.codec == AV_CODEC_ID_VP8 && c.len == 0);
    assert_true(c.size.width == 640 && c.size.height == 360);
    assert_int_equal(next(), 0);
    assert_int_equal(track, DEMUX_VOICE);
    assert_true(packet->flags & AV_PKT_FLAG_KEY);
    assert_int_equal(demux_config(demux, DEMUX_VOICE).channels, 2);
    assert_int_equal(next(), -EPIPE);
}

static void only_another_configuration_is_news(void **state)
{
    (void)state;
    const unsigned versions[] = {1, 1, 2, 3, 4};
    SAY(0, VP8_CONFIG);
    SAY(0, PACKET_VP8, PACKET_KEY, 1);
    SAY(0, VP8_CONFIG); /* again */
    SAY(0, PACKET_VP8, PACKET_KEY, 1);
    SAY(0, PACKET_VP8, PACKET_CONFIG, 1, 128, 1, 104); /* another size */
    SAY(0, PACKET_VP8, PACKET_KEY, 1);
    SAY(0, PACKET_AV1, PACKET_CONFIG, 1, 128, 1, 104); /* another codec */
    SAY(0, PACKET_AV1, PACKET_KEY, 1);
    SAY(0, PACKET_AV1, PACKET_CONFIG, 1, 128, 1, 104, 0x81); /* with a description */
    SAY(0, PACKET_AV1, PACKET_KEY, 1);
    assert_int_equal(demux_begin(demux, WIRE_PACKETS), 0);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(next(), 0);
        assert_int_equal(demux_config(demux, DEMUX_VIDEO).version, versions[i]);
    }
}

static void what_is_no_packet_is_passed_over(void **state)
{
    (void)state;
    SAY(0, VP8_CONFIG);
    SAY(1, PACKET_VP8);
    SAY(2, 99, PACKET_KEY, 1);
    SAY(3, PACKET_VP8, PACKET_CONFIG, 0, 0, 0, 0);
    SAY(4, PACKET_VP8, PACKET_KEY);
    SAY(5, PACKET_VP8, PACKET_KEY, 1);
    assert_int_equal(demux_begin(demux, WIRE_PACKETS), 0);
    assert_int_equal(next(), 0);
    assert_int_equal(packet->pts, 5);
    assert_int_equal(demux_config(demux, DEMUX_VIDEO).version, 1);
}

static void a_stream_begins_without_the_last_ones_configuration(void **state)
{
    (void)state;
    SAY(0, VP8_CONFIG);
    SAY(1, PACKET_VP8, PACKET_KEY, 1);
    say_end();
    assert_int_equal(demux_begin(demux, WIRE_PACKETS), 0);
    assert_int_equal(next(), 0);
    assert_int_equal(next(), -ENODATA);
    tape.at++;
    SAY(2, PACKET_VP8, PACKET_KEY, 1);
    SAY(3, VP8_CONFIG);
    SAY(4, PACKET_VP8, PACKET_KEY, 1);
    assert_int_equal(demux_begin(demux, WIRE_PACKETS), 0);
    assert_int_equal(next(), 0);
    assert_int_equal(packet->pts, 4);
    assert_int_equal(demux_config(demux, DEMUX_VIDEO).version, 2); /* the decoder starts afresh */
}

/* -- memory --------------------------------------------------------------------------------- */

static int scene(void)
{
    struct demux *d = NULL;
    tape.at = tape.used = 0;
    int err = demux_new(&d, &input);
    if (!err)
        err = demux_begin(d, WIRE_FLV);
    demux_free(&d);
    return err;
}

static void without_memory_nothing_opens_and_nothing_leaks(void **state)
{
    (void)state;
    say(0, file_header, 13);
    assert_true(oom_levels(scene) >= 2);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, on_each, after_each)
    const struct CMUnitTest tests[] = {
        CASE(only_flv_is_opened_as_flv),
        CASE(an_flv_stream_that_ends_in_its_header_is_over),
        CASE(tags_wait_for_their_configuration),
        CASE(a_foreign_codec_is_named),
        CASE(packets_wait_for_the_configuration_of_their_codec),
        CASE(only_another_configuration_is_news),
        CASE(what_is_no_packet_is_passed_over),
        CASE(a_stream_begins_without_the_last_ones_configuration),
        CASE(without_memory_nothing_opens_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
