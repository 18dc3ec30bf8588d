#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libavutil/error.h>
#include <libavutil/log.h>

#include "codec/demux.h"
#include "codec/gop.h"
#include "codec/pictures.h"
#include "codec/pipeline.h"
#include "codec/voice.h"
#include "server/base/bytes.h"
#include "tests/unit/codec/worker.h"

/* FLV from memory, a few bytes at a time. */
struct tape {
    const uint8_t *data;
    size_t len, at;
};

static int tape_read(void *arg, uint8_t *buf, int room)
{
    struct tape *t = arg;
    size_t n = t->len - t->at;
    if (n > (size_t)room)
        n = (size_t)room;
    if (n > 7)
        n = 7;
    memcpy(buf, t->data + t->at, n);
    t->at += n;
    return n ? (int)n : -EPIPE;
}

static const uint8_t file_header[13] = "FLV\1\5\0\0\0\11";

static size_t tag_put(uint8_t *out, uint8_t type, uint32_t ms, const void *body, uint32_t len)
{
    uint8_t *p = put_u24(put_u24(put_u8(out, type), len), ms & 0xffffff);
    p = put_u24(put_u8(p, (uint8_t)(ms >> 24)), 0);
    p = put_bytes(p, body, len);
    p = put_u32(p, len + 11);
    return (size_t)(p - out);
}

static int quiet(void **state)
{
    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    return 0;
}

static void only_flv_is_opened(void **state)
{
    (void)state;
    struct demux *d = NULL;
    struct tape t = {(const uint8_t *)"#EXTM3U\nhttp://127.0.0.1/", 25, 0};
    assert_int_equal(demux_open(&d, tape_read, &t), AVERROR_INVALIDDATA);
    assert_null(d);
    t = (struct tape){file_header, 2, 0};
    assert_int_equal(demux_open(&d, tape_read, &t), -EPIPE);
    assert_null(d);
}

static void packets_wait_for_their_configuration(void **state)
{
    (void)state;
    uint8_t tape[256];
    memcpy(tape, file_header, 13);
    size_t len = 13;
    len += tag_put(tape + len, 8, 0, "\xaf\x01zz", 4);        /* AAC before its configuration */
    len += tag_put(tape + len, 8, 10, "\xaf\x00\x11\x90", 4); /* 48 kHz stereo */
    len += tag_put(tape + len, 8, 0x1000020, "\xaf\x01yy", 4);
    struct tape t = {tape, len, 0};
    struct demux *d = NULL;
    AVPacket *p = av_packet_alloc();
    enum demux_track track;
    assert_int_equal(demux_open(&d, tape_read, &t), 0);
    assert_int_equal(demux_next(d, p, &track), 0);
    assert_int_equal(track, DEMUX_VOICE);
    assert_int_equal(p->dts, 0x1000020);
    assert_memory_equal(p->data, "yy", 2);
    struct demux_config c = demux_config(d, DEMUX_VOICE);
    assert_int_equal(c.version, 1);
    assert_memory_equal(c.data, "\x11\x90", 2);
    assert_int_equal(demux_config(d, DEMUX_VIDEO).version, 0);
    av_packet_unref(p);
    assert_int_equal(demux_next(d, p, &track), -EPIPE);
    av_packet_free(&p);
    demux_free(&d);
}

static void a_foreign_codec_is_named(void **state)
{
    (void)state;
    uint8_t tape[64];
    memcpy(tape, file_header, 13);
    struct tape t = {tape, 13 + tag_put(tape + 13, 9, 0, "\x12zzzz", 5), 0};
    struct demux *d = NULL;
    AVPacket *p = av_packet_alloc();
    enum demux_track track;
    assert_int_equal(demux_open(&d, tape_read, &t), 0);
    assert_int_equal(demux_next(d, p, &track), -ENOTSUP);
    assert_string_equal(demux_unsupported(d), "pictures in flv1");
    av_packet_free(&p);
    demux_free(&d);
}

static AVPacket *packet_of(int size, bool is_key)
{
    AVPacket *p = av_packet_alloc();
    assert_int_equal(av_new_packet(p, size), 0);
    p->flags = is_key ? AV_PKT_FLAG_KEY : 0;
    return p;
}

static void push(struct gop *g, int size, bool is_key)
{
    AVPacket *p = packet_of(size, is_key);
    gop_push(g, p);
    av_packet_free(&p);
}

static void packets_are_kept_from_the_last_keyframe_on(void **state)
{
    (void)state;
    struct gop g = {0};
    gop_break(&g);
    push(&g, 10, false);
    assert_int_equal(g.n, 0);
    push(&g, 100, true);
    push(&g, 10, false);
    assert_int_equal(g.n, 2);
    push(&g, 100, true);
    assert_int_equal(g.n, 1);
    for (int i = 0; i < GOP_PACKETS; i++)
        push(&g, 10, false);
    assert_true(g.is_broken); /* too long to be of use */
    assert_int_equal(g.n, 0);
    push(&g, GOP_BYTES + 1, true);
    assert_true(g.is_broken);
    push(&g, 100, true);
    assert_false(g.is_broken);
    gop_clear(&g);
}

static int open_all(void)
{
    static uint8_t tape[64];
    memcpy(tape, file_header, 13);
    struct tape t = {tape, 13, 0};
    struct demux *d = NULL;
    struct voice *v = NULL;
    struct pictures *p = NULL;
    int err = demux_open(&d, tape_read, &t);
    if (!err)
        err = voice_new(&v, NULL, R_SPECS, R_COUNT);
    if (!err)
        err = pictures_new(&p, NULL, R_SPECS, R_COUNT);
    pictures_free(&p);
    voice_free(&v);
    demux_free(&d);
    return err;
}

static void without_memory_nothing_opens_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(oom_levels(open_all) >= 5);
}

/* What the pipeline says to a first message. */
static int first_message(uint8_t type, const void *payload, uint32_t len)
{
    int pair[2];
    struct link *l = NULL;
    struct pipeline *p = NULL;
    uint8_t header[WIRE_HEADER];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    wire_write_header(header, &(struct wire_msg){.type = type, .len = len});
    assert_int_equal(write(pair[1], header, sizeof(header)), sizeof(header));
    if (len)
        assert_int_equal(write(pair[1], payload, len), len);
    shutdown(pair[1], SHUT_WR);
    assert_int_equal(link_new(&l, pair[0]), 0);
    assert_int_equal(pipeline_new(&p, l), 0);
    int err = pipeline_run(p);
    pipeline_free(&p);
    link_free(&l);
    close(pair[0]);
    close(pair[1]);
    return err;
}

static void the_set_up_comes_first_and_must_make_sense(void **state)
{
    (void)state;
    uint8_t payload[SETUP_MAX];
    size_t len = setup_write(payload, R_SPECS, R_COUNT);
    assert_int_equal(first_message(WIRE_SETUP, payload, (uint32_t)len), 0);
    assert_int_equal(first_message(WIRE_SETUP, payload, (uint32_t)len - 1), -EPROTO);
    assert_int_equal(first_message(WIRE_PING, NULL, 0), -EPROTO);
    assert_int_equal(first_message(77, NULL, 0), -EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_flv_is_opened),
        cmocka_unit_test(packets_wait_for_their_configuration),
        cmocka_unit_test(a_foreign_codec_is_named),
        cmocka_unit_test(packets_are_kept_from_the_last_keyframe_on),
        cmocka_unit_test(without_memory_nothing_opens_and_nothing_leaks),
        cmocka_unit_test(the_set_up_comes_first_and_must_make_sense),
    };
    return cmocka_run_group_tests(tests, quiet, NULL);
}
