#ifndef AIRCLASS_TESTS_UNIT_WORKER_SOURCE_H
#define AIRCLASS_TESTS_UNIT_WORKER_SOURCE_H

#include "tests/unit/unit.h"

#include <errno.h>

#include <uv.h>

#include "codec/wire/packet.h"
#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/worker/worker.h"
#include "tests/unit/worker/child.h"

/* A worker whose process is this program again (child.h), and a source that feeds it. */

enum { PATIENCE_MS = 20000, TAG_MS = 20, UNITS_MAX = 4000 };

static const struct rendition_spec specs[] = {
    {.name = "v10",        .codec = CODEC_OPUS,  .bitrate_bps = 10000, .frame_ms = 60},
    { .name = "low", .codec = CODEC_H264, .bitrate_bps = 40000,         .width = 640,  .height = 360},
};

static uv_loop_t loop;
static struct child_tmp tmp;
static struct worker *worker;
static uint32_t units[2][UNITS_MAX];
static size_t n_units[2];
static unsigned batches, no_pictures;
static uint32_t mask_seen, key_seen, hint_seen;
static unsigned streams[2]; /* that have begun, by container */
static unsigned wishes;     /* for keyframes */
static bool is_closed;

static inline void on_unit(void *arg, const struct wire_msg *m)
{
    assert_ptr_equal(arg, &loop);
    assert_true(m->rendition < 2 && n_units[m->rendition] < UNITS_MAX);
    if (m->kind != WIRE_CONFIG)
        units[m->rendition][n_units[m->rendition]++] = m->pts_ms;
}

static inline void on_batch(void *arg)
{
    (void)arg;
    batches++;
}

static inline void on_source(void *arg, enum wire_content content, uint16_t width, uint16_t height,
                             uint16_t fps_x100)
{
    (void)arg;
    (void)fps_x100;
    assert_int_equal(content, WIRE_CONTENT_CAMERA);
    if (height)
        key_seen = height;
    else if (width & CHILD_HINT)
        hint_seen = width & ~CHILD_HINT;
    else if (width & CHILD_BEGINS)
        streams[width & 1]++;
    else
        mask_seen = width;
}

static inline void on_want_key(void *arg)
{
    (void)arg;
    wishes++;
}

static inline void on_no_picture(void *arg)
{
    (void)arg;
    no_pictures++;
}

static const struct worker_events events = {.on_unit = on_unit,
                                            .on_batch = on_batch,
                                            .on_source = on_source,
                                            .on_want_key = on_want_key,
                                            .on_no_picture = on_no_picture,
                                            .arg = &loop};

static inline void open_worker(const char *behaviour, uint32_t crashes)
{
    memset(n_units, 0, sizeof(n_units));
    batches = no_pictures = mask_seen = key_seen = hint_seen = 0;
    memset(streams, 0, sizeof(streams));
    wishes = 0;
    is_closed = false;
    const struct worker_params p = {.loop = &loop,
                                    .program = behaviour[0] == '/' ? behaviour
                                                                   : child_program(&tmp, behaviour),
                                    .memory_mb = 300,
                                    .heartbeat_ms = 600,
                                    .crashes = crashes,
                                    .crash_window_s = 60,
                                    .specs = specs,
                                    .n_specs = 2};
    assert_int_equal(worker_new(&worker, &p, &events), 0);
    worker_want(worker, 3);
}

static inline void on_closed(void *arg)
{
    assert_ptr_equal(arg, &tmp);
    is_closed = true;
}

/* Closes, and sees that nothing is left. */
static inline void close_worker(void)
{
    worker_close(worker, on_closed, &tmp);
    assert_false(is_closed); /* from the loop, not from inside */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
}

static inline void on_alarm(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Turns the loop until `is_done`; fails after PATIENCE_MS. `each` is called every 5 ms. */
static inline void run_until(bool (*is_done)(void), void (*each)(void))
{
    bool is_late = false, is_tick = false;
    uv_timer_t alarm, tick;
    uv_timer_init(&loop, &alarm);
    uv_timer_init(&loop, &tick);
    alarm.data = &is_late;
    tick.data = &is_tick;
    uv_timer_start(&alarm, on_alarm, PATIENCE_MS, 0);
    uv_timer_start(&tick, on_alarm, 5, 5);
    while (!is_done() && !is_late) {
        uv_run(&loop, UV_RUN_ONCE);
        if (is_tick && each)
            each();
        is_tick = false;
    }
    uv_close((uv_handle_t *)&alarm, NULL);
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_false(is_late);
}

static uint8_t container; /* what the source speaks */

static inline void give(uint8_t type, const uint8_t *body, uint32_t len, uint32_t dts_ms)
{
    const struct media_tag tag = {
        .container = container, .type = type, .dts_ms = dts_ms, .body = body, .len = len};
    struct media_info info;
    assert_int_equal(media_inspect(&info, &tag), 0);
    worker_tag(worker, &tag, &info, dts_ms);
}

static uint32_t next_ms;

static inline void flv_configs(void)
{
    static const uint8_t aac[] = {0xaf, 0, 0x12, 0x10};
    static const uint8_t avc[] = {0x17, 0, 0, 0, 0, 1, 77, 0, 30, 255, 225, 0, 2, 0x67, 77, 0};
    give(MEDIA_AUDIO, aac, sizeof(aac), next_ms);
    give(MEDIA_VIDEO, avc, sizeof(avc), next_ms);
}

static inline void packet_configs(void)
{
    uint8_t voice[PACKET_VOICE_CONFIG], video[PACKET_VIDEO_CONFIG];
    packet_write_voice_config(voice, 1, 48000);
    packet_write_video_config(video, PACKET_VP8, 640, 360);
    give(MEDIA_AUDIO, voice, sizeof(voice), next_ms);
    give(MEDIA_VIDEO, video, sizeof(video), next_ms);
}

static inline void configs(void)
{
    next_ms = 1000;
    flv_configs();
}

static inline void flv_feed(bool has_picture, bool is_key)
{
    static const uint8_t sound[] = {0xaf, 1, 1, 2, 3};
    uint8_t picture[] = {is_key ? 0x17 : 0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x65};
    give(MEDIA_AUDIO, sound, sizeof(sound), next_ms);
    if (has_picture)
        give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
}

static inline void packet_feed(bool has_picture, bool is_key)
{
    static const uint8_t sound[] = {PACKET_OPUS, PACKET_KEY, 0x18, 2, 3};
    const uint8_t picture[] = {PACKET_VP8, is_key ? PACKET_KEY : PACKET_DELTA, 0x65};
    give(MEDIA_AUDIO, sound, sizeof(sound), next_ms);
    if (has_picture)
        give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
}

/* The next 20 ms of a source: sound, and a picture every 100 ms, a keyframe every second. */
static inline void feed(void)
{
    next_ms += TAG_MS;
    bool has_picture = next_ms % 100 == 0, is_key = next_ms % 1000 == 0;
    if (container == MEDIA_FLV)
        flv_feed(has_picture, is_key);
    else
        packet_feed(has_picture, is_key);
}

/* Another source takes over. */
static inline void change_source(uint8_t to)
{
    worker_source(worker);
    container = to;
    if (to == MEDIA_FLV)
        flv_configs();
    else
        packet_configs();
}

static inline bool is_ready(void)
{
    return worker_is_running(worker);
}

static inline void sound_is_whole(void)
{
    for (size_t i = 0; i < n_units[0]; i++)
        assert_int_equal(units[0][i], 1000 + TAG_MS * (i + 1));
}

static inline int open_loop(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    container = MEDIA_FLV;
    return uv_loop_init(&loop);
}

static inline int close_loop(void **state)
{
    (void)state;
    child_clean(&tmp);
    return uv_loop_close(&loop);
}

static int64_t reason_before;

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_loop, close_loop)

#endif
