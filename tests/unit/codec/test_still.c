#include "tests/unit/unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/still.h"
#include "tests/unit/codec/drawn.h"
#include "tests/unit/codec/worker.h"

/* A rendition of stills by itself, shown drawn pictures as a source would send them, five a second;
 * what it sends is read from the other end of the link. */

enum { STEP_MS = 200, SECOND = 1000 / STEP_MS, SENT_MAX = 64 };

static struct drawn picture;
static struct still still;
static struct scaler *scaler;
static struct worker server; /* the other end of the link */
static int pair[2];
static struct link *l;
static AVFrame *frame;
static uint32_t now_ms;

static struct {
    uint8_t *data;
    size_t len;
    uint32_t pts_ms;
} sent[SENT_MAX];
static size_t n_sent;

static int on_each(void **state)
{
    (void)state;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) || link_new(&l, pair[0]) || scaler_new(&scaler))
        return -1;
    server = (struct worker){.fd = pair[1]};
    still = (struct still){.spec = &R_SPECS[R_AVIF], .outlet = {.link = l}};
    still_want(&still, true);
    frame = av_frame_alloc();
    frame->format = AV_PIX_FMT_YUV420P;
    frame->width = DRAWN_W;
    frame->height = DRAWN_H;
    if (av_frame_get_buffer(frame, 0))
        return -1;
    memset(frame->data[1], 128, (size_t)frame->linesize[1] * DRAWN_H / 2);
    memset(frame->data[2], 128, (size_t)frame->linesize[2] * DRAWN_H / 2);
    now_ms = 1000;
    drawn_page(&picture, 1);
    return 0;
}

static int after_each(void **state)
{
    (void)state;
    still_release(&still);
    scaler_free(&scaler);
    link_free(&l);
    av_frame_free(&frame);
    close(pair[0]);
    close(pair[1]);
    free(server.in);
    for (size_t i = 0; i < n_sent; i++)
        free(sent[i].data);
    n_sent = 0;
    return 0;
}

static void take_sent(void)
{
    struct wire_msg m;
    while (worker_next(&server, &m, 0)) {
        assert_int_equal(m.kind, WIRE_STILL);
        assert_true(n_sent < SENT_MAX);
        sent[n_sent].data = malloc(m.len);
        memcpy(sent[n_sent].data, m.payload, m.len);
        sent[n_sent].len = m.len;
        sent[n_sent++].pts_ms = m.pts_ms;
    }
}

static void show(enum wire_content content, int looks)
{
    struct thumb thumb;
    drawn_thumb(&picture, &thumb);
    for (int y = 0; y < DRAWN_H; y++)
        memcpy(frame->data[0] + (ptrdiff_t)y * frame->linesize[0], picture.luma + y * DRAWN_W,
               DRAWN_W);
    for (int i = 0; i < looks; i++, now_ms += STEP_MS) {
        scaler_begin(scaler, frame);
        still_frame(&still, scaler, (struct size){960, 540}, &thumb, content, now_ms);
        take_sent();
    }
}

static void show_page(uint32_t seed, int looks)
{
    drawn_page(&picture, seed);
    show(WIRE_CONTENT_SLIDES, looks);
}

static bool is_same(size_t a, size_t b)
{
    assert_true(a < n_sent && b < n_sent);
    return sent[a].len == sent[b].len && memcmp(sent[a].data, sent[b].data, sent[a].len) == 0;
}

static void each_page_is_one_still_of_its_size(void **state)
{
    (void)state;
    show_page(1, SECOND);
    show_page(2, 5 * SECOND);
    assert_int_equal(n_sent, 2);
    assert_false(is_same(0, 1));
    assert_int_equal(sent[0].data[0] << 8 | sent[0].data[1], 960);
    assert_int_equal(sent[0].data[2] << 8 | sent[0].data[3], 540);
    assert_memory_equal(sent[0].data + 8, "ftypavif", 8);
}

static void a_page_turned_back_to_is_sent_as_it_was(void **state)
{
    (void)state;
    show_page(1, 2 * SECOND);
    show_page(2, 2 * SECOND);
    drawn_page(&picture, 1);
    drawn_noise(&picture, 11); /* another coding of the same */
    show(WIRE_CONTENT_SLIDES, 2 * SECOND);
    assert_int_equal(n_sent, 3);
    assert_true(is_same(0, 2));
    assert_true(sent[2].pts_ms > sent[1].pts_ms);
}

static void a_pupil_who_comes_back_gets_the_same_still(void **state)
{
    (void)state;
    show_page(1, SECOND);
    still_want(&still, false);
    show_page(1, SECOND);
    assert_int_equal(n_sent, 1);
    still_want(&still, true);
    drawn_noise(&picture, 11);
    show(WIRE_CONTENT_SLIDES, 1);
    assert_int_equal(n_sent, 2);
    assert_true(is_same(0, 1));
}

static void the_present_still_is_there_on_demand(void **state)
{
    (void)state;
    still_key(&still); /* there is none */
    show_page(1, 1);
    show_page(2, SECOND);
    still_key(&still);
    take_sent();
    assert_int_equal(n_sent, 3);
    assert_true(is_same(1, 2));
    assert_int_equal(sent[2].pts_ms, sent[1].pts_ms);
}

static void drawing_costs_no_more_than_its_rate(void **state)
{
    (void)state;
    show_page(1, 1);
    size_t bytes = 0;
    for (int stroke = 0; stroke < 60; stroke++) { /* one a second */
        drawn_box(&picture, 40 + stroke * 67 % 1100, 60 + stroke * 53 % 600, 60, 40, 120);
        show(WIRE_CONTENT_SLIDES, SECOND);
    }
    for (size_t i = 1; i < n_sent; i++)
        bytes += sent[i].len;
    assert_true(n_sent > 2);
    assert_true(bytes * 8 <= 60 * R_SPECS[R_AVIF].maxrate_bps + 8 * sent[n_sent - 1].len);
}

static void slides_sent_as_a_camera_s_are_sharpened(void **state)
{
    (void)state;
    show(WIRE_CONTENT_CAMERA, SECOND);
    assert_int_equal(n_sent, 1);
    show(WIRE_CONTENT_SLIDES, SECOND);
    assert_int_equal(n_sent, 2);
    show(WIRE_CONTENT_CAMERA, SECOND); /* but not blurred again */
    assert_int_equal(n_sent, 2);
    assert_false(is_same(0, 1));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, on_each, after_each)
    const struct CMUnitTest tests[] = {
        CASE(each_page_is_one_still_of_its_size),
        CASE(a_page_turned_back_to_is_sent_as_it_was),
        CASE(a_pupil_who_comes_back_gets_the_same_still),
        CASE(the_present_still_is_there_on_demand),
        CASE(drawing_costs_no_more_than_its_rate),
        CASE(slides_sent_as_a_camera_s_are_sharpened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
