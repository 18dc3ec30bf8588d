#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libavutil/log.h>

#include "codec/gop.h"
#include "codec/pictures.h"
#include "codec/pipeline.h"
#include "codec/voice.h"
#include "server/base/bytes.h"
#include "tests/unit/codec/worker.h"

static int quiet(void **state)
{
    (void)state;
    av_log_set_level(AV_LOG_QUIET);
    return 0;
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
    struct voice *v = NULL;
    struct pictures *p = NULL;
    int err = voice_new(&v, NULL, R_SPECS, R_COUNT);
    if (!err)
        err = pictures_new(&p, NULL, R_SPECS, R_COUNT);
    pictures_free(&p);
    voice_free(&v);
    return err;
}

static void without_memory_nothing_opens_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(oom_levels(open_all) >= 4);
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
        cmocka_unit_test(packets_are_kept_from_the_last_keyframe_on),
        cmocka_unit_test(without_memory_nothing_opens_and_nothing_leaks),
        cmocka_unit_test(the_set_up_comes_first_and_must_make_sense),
    };
    return cmocka_run_group_tests(tests, quiet, NULL);
}
