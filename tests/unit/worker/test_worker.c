#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>

#include <uv.h>

#include "codec/wire/packet.h"
#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/worker/worker.h"
#include "tests/unit/worker/child.h"

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

static void on_unit(void *arg, const struct wire_msg *m)
{
    assert_ptr_equal(arg, &loop);
    assert_true(m->rendition < 2 && n_units[m->rendition] < UNITS_MAX);
    if (m->kind != WIRE_CONFIG)
        units[m->rendition][n_units[m->rendition]++] = m->pts_ms;
}

static void on_batch(void *arg)
{
    (void)arg;
    batches++;
}

static void on_source(void *arg, enum wire_content content, uint16_t width, uint16_t height,
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

static void on_want_key(void *arg)
{
    (void)arg;
    wishes++;
}

static void on_no_picture(void *arg)
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

static void open_worker(const char *behaviour, uint32_t crashes)
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

static void on_closed(void *arg)
{
    assert_ptr_equal(arg, &tmp);
    is_closed = true;
}

/* Closes, and sees that nothing is left. */
static void close_worker(void)
{
    worker_close(worker, on_closed, &tmp);
    assert_false(is_closed); /* from the loop, not from inside */
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
}

static void on_alarm(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Turns the loop until `is_done`; fails after PATIENCE_MS. `each` is called every 5 ms. */
static void run_until(bool (*is_done)(void), void (*each)(void))
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

static void give(uint8_t type, const uint8_t *body, uint32_t len, uint32_t dts_ms)
{
    const struct media_tag tag = {
        .container = container, .type = type, .dts_ms = dts_ms, .body = body, .len = len};
    struct media_info info;
    assert_int_equal(media_inspect(&info, &tag), 0);
    worker_tag(worker, &tag, &info, dts_ms);
}

static uint32_t next_ms;

static void flv_configs(void)
{
    static const uint8_t aac[] = {0xaf, 0, 0x12, 0x10};
    static const uint8_t avc[] = {0x17, 0, 0, 0, 0, 1, 77, 0, 30, 255, 225, 0, 2, 0x67, 77, 0};
    give(MEDIA_AUDIO, aac, sizeof(aac), next_ms);
    give(MEDIA_VIDEO, avc, sizeof(avc), next_ms);
}

static void packet_configs(void)
{
    uint8_t voice[PACKET_VOICE_CONFIG], video[PACKET_VIDEO_CONFIG];
    packet_write_voice_config(voice, 1, 48000);
    packet_write_video_config(video, PACKET_VP8, 640, 360);
    give(MEDIA_AUDIO, voice, sizeof(voice), next_ms);
    give(MEDIA_VIDEO, video, sizeof(video), next_ms);
}

static void configs(void)
{
    next_ms = 1000;
    flv_configs();
}

static void flv_feed(bool has_picture, bool is_key)
{
    static const uint8_t sound[] = {0xaf, 1, 1, 2, 3};
    uint8_t picture[] = {is_key ? 0x17 : 0x27, 1, 0, 0, 0, 0, 0, 0, 1, 0x65};
    give(MEDIA_AUDIO, sound, sizeof(sound), next_ms);
    if (has_picture)
        give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
}

static void packet_feed(bool has_picture, bool is_key)
{
    static const uint8_t sound[] = {PACKET_OPUS, PACKET_KEY, 0x18, 2, 3};
    const uint8_t picture[] = {PACKET_VP8, is_key ? PACKET_KEY : PACKET_DELTA, 0x65};
    give(MEDIA_AUDIO, sound, sizeof(sound), next_ms);
    if (has_picture)
        give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
}

/* The next 20 ms of a source: sound, and a picture every 100 ms, a keyframe every second. */
static void feed(void)
{
    next_ms += TAG_MS;
    bool has_picture = next_ms % 100 == 0, is_key = next_ms % 1000 == 0;
    if (container == MEDIA_FLV)
        flv_feed(has_picture, is_key);
    else
        packet_feed(has_picture, is_key);
}

/* Another source takes over. */
static void change_source(uint8_t to)
{
    worker_source(worker);
    container = to;
    if (to == MEDIA_FLV)
        flv_configs();
    else
        packet_configs();
}

static bool has_100_units(void)
{
    return n_units[0] >= 100;
}

static bool is_ready(void)
{
    return worker_is_running(worker);
}

static bool has_given_up(void)
{
    return no_pictures > 0;
}

static void sound_is_whole(void)
{
    for (size_t i = 0; i < n_units[0]; i++)
        assert_int_equal(units[0][i], 1000 + TAG_MS * (i + 1));
}

static int open_loop(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    container = MEDIA_FLV;
    return uv_loop_init(&loop);
}

static int close_loop(void **state)
{
    (void)state;
    child_clean(&tmp);
    return uv_loop_close(&loop);
}

/* -- cases ---------------------------------------------------------------------------------- */

static void a_worker_is_fed_and_its_units_are_told(void **state)
{
    (void)state;
    open_worker("good", 5);
    assert_false(worker_is_running(worker));
    configs();
    run_until(has_100_units, feed);
    assert_true(worker_is_running(worker));
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 1);
    assert_true(batches > 0);
    sound_is_whole();
    assert_int_equal(units[1][0], 2000); /* its keyframes */
    assert_int_equal(mask_seen, 3);
    close_worker();
}

static bool has_200_units(void)
{
    return n_units[0] >= 200;
}

static bool has_300_units(void)
{
    return n_units[0] >= 300;
}

static void each_source_is_a_stream_of_its_own(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(has_100_units, feed);
    assert_true(streams[MEDIA_FLV] == 1 && streams[MEDIA_PACKETS] == 0);
    change_source(MEDIA_PACKETS);
    run_until(has_200_units, feed);
    assert_true(streams[MEDIA_FLV] == 1 && streams[MEDIA_PACKETS] == 1);
    change_source(MEDIA_FLV);
    run_until(has_300_units, feed);
    assert_true(streams[MEDIA_FLV] == 2 && streams[MEDIA_PACKETS] == 1);
    sound_is_whole();
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 1);
    close_worker();
}

static bool has_wish(void)
{
    return wishes > 0;
}

static void the_process_may_ask_for_a_keyframe(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(has_100_units, feed);
    assert_int_equal(wishes, 0);
    worker_key(worker, 1); /* this child then asks for one itself */
    run_until(has_wish, NULL);
    assert_int_equal(wishes, 1);
    close_worker();
}

static bool has_mask_2(void)
{
    return mask_seen == 2 && key_seen == 2;
}

static void wishes_reach_it(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(is_ready, NULL);
    worker_want(worker, 2);
    worker_key(worker, 1);
    run_until(has_mask_2, NULL);
    close_worker();
}

static int64_t reason_before;

static bool sees_slides(void)
{
    return hint_seen == WIRE_CONTENT_SLIDES;
}

static bool sees_for_itself(void)
{
    return hint_seen == WIRE_CONTENT_UNKNOWN;
}

static bool has_crashed(void)
{
    return metric_get_named(METRIC_WORKER_RESTARTS, "signal") > reason_before;
}

static void a_hint_outlives_the_process_but_not_the_source(void **state)
{
    (void)state;
    reason_before = metric_get_named(METRIC_WORKER_RESTARTS, "signal");
    open_worker("crash", 1000000);
    worker_hint(worker, WIRE_CONTENT_SLIDES); /* before there is one */
    configs();
    run_until(has_crashed, feed);
    hint_seen = WIRE_CONTENT_CAMERA;
    run_until(sees_slides, feed);
    worker_source(worker);
    run_until(sees_for_itself, NULL);
    close_worker();
}

static bool has_sound(void)
{
    return n_units[0] >= 5;
}

static void a_hint_before_the_first_packet_is_kept(void **state)
{
    (void)state;
    open_worker("good", 5);
    worker_hint(worker, WIRE_CONTENT_SLIDES);
    container = MEDIA_PACKETS; /* not what a worker takes for granted */
    packet_configs();
    run_until(has_sound, feed);
    assert_int_equal(hint_seen, WIRE_CONTENT_SLIDES);
    close_worker();
}

static bool has_survived_crashes(void)
{
    return n_units[0] >= 300;
}

static void crash_and_compare(void)
{
    int64_t before = metric_get_named(METRIC_WORKER_RESTARTS, "signal");
    open_worker("crash", 1000000);
    next_ms = 1000;
    change_source(container);
    run_until(has_survived_crashes, feed);
    assert_true(metric_get_named(METRIC_WORKER_RESTARTS, "signal") >= before + 2);
    sound_is_whole();
    for (size_t i = 1; i < n_units[1]; i++)
        assert_true(units[1][i] > units[1][i - 1]);
    close_worker();
}

static void after_a_crash_nothing_is_missing_or_twice(void **state)
{
    (void)state;
    crash_and_compare();
    container = MEDIA_PACKETS;
    crash_and_compare();
}

static void a_worker_that_ends_each_time_gets_no_pictures_any_more(void **state)
{
    (void)state;
    int64_t before = metric_get_named(METRIC_WORKER_RESTARTS, "exit");
    open_worker("exit", 5);
    configs();
    run_until(has_given_up, feed);
    assert_int_equal(metric_get_named(METRIC_WORKER_RESTARTS, "exit"), before + 5);
    assert_int_equal(no_pictures, 1);
    close_worker();
}

static const char *expected_reason;

static bool has_ended_so(void)
{
    return metric_get_named(METRIC_WORKER_RESTARTS, expected_reason) >= reason_before + 2;
}

static void ends_as(const char *behaviour, const char *reason)
{
    expected_reason = reason;
    reason_before = metric_get_named(METRIC_WORKER_RESTARTS, reason);
    open_worker(behaviour, 1000000);
    configs();
    run_until(has_ended_so, feed);
    assert_int_equal(n_units[0], 0);
    close_worker();
}

static void nonsense_ends_it(void **state)
{
    (void)state;
    ends_as("garbage", "protocol");
    ends_as("unknown", "protocol");
    ends_as("alien", "protocol");
    ends_as("giant", "protocol");
}

static void what_it_says_of_its_end_is_told(void **state)
{
    (void)state;
    ends_as("fail", "fail");
}

static void one_that_hangs_is_killed(void **state)
{
    (void)state;
    uint64_t since = clock_ms();
    ends_as("hang", "hang");
    assert_in_range(clock_ms() - since, 2 * 600, 8000);
}

static unsigned fed;

static void feed_much(void)
{
    static uint8_t picture[100 << 10] = {0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65};
    feed();
    next_ms += 100;
    give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
    fed++;
}

static bool is_fed_much(void)
{
    return fed >= 400;
}

static void what_waits_for_one_that_never_reads_is_bounded(void **state)
{
    (void)state;
    fed = 0;
    open_worker("deaf", 5);
    configs();
    run_until(is_ready, NULL);
    size_t before = mallinfo2().uordblks;
    run_until(is_fed_much, feed_much); /* 40 MB */
    size_t after = mallinfo2().uordblks;
    assert_true(after < before + (6 << 20));
    close_worker();
}

static bool has_failed_to_start(void)
{
    return metric_get(METRIC_WORKER_SPAWN_FAILURES, 0) >= 4;
}

static void a_program_that_is_not_there_is_tried_again(void **state)
{
    (void)state;
    open_worker("/nonexistent/airclass-codec", 5);
    configs();
    run_until(has_failed_to_start, feed);
    assert_false(worker_is_running(worker));
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
    close_worker();
}

static void closing_is_safe_at_any_moment(void **state)
{
    (void)state;
    open_worker("good", 5);
    close_worker(); /* never fed */
    open_worker("good", 5);
    configs();
    close_worker(); /* about to start */
    for (int turns = 1; turns < 12; turns++) {
        open_worker(turns % 2 ? "good" : "exit", 5);
        configs();
        for (int i = 0; i < turns; i++)
            uv_run(&loop, UV_RUN_ONCE);
        close_worker();
    }
    open_worker("/nonexistent/airclass-codec", 5);
    configs();
    uv_run(&loop, UV_RUN_ONCE);
    close_worker();
}

static void another_source_is_not_mixed_with_the_old(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    feed();
    feed();
    worker_source(worker);
    configs();
    next_ms = 5000;
    run_until(has_100_units, feed);
    assert_int_equal(units[0][0], 5020);
    close_worker();
}

static bool is_running(void)
{
    return worker_is_running(worker);
}

static void a_tick_that_is_due_when_it_closes_starts_no_other_process(void **state)
{
    enum { LONGER_THAN_A_TICK_MS = 400 };
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(is_running, NULL);
    uv_sleep(LONGER_THAN_A_TICK_MS); /* the loop stands still, and has a tick to make up for */
    worker_close(worker, on_closed, &tmp);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
}

static int new_scene(void)
{
    const struct worker_params p = {.loop = &loop, .program = "none", .specs = specs, .n_specs = 2};
    struct worker *w;
    int err = worker_new(&w, &p, &events);
    if (err)
        return err;
    is_closed = false;
    worker_close(w, on_closed, &tmp);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(new_scene), 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_loop, close_loop)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(a_worker_is_fed_and_its_units_are_told),
        CASE(wishes_reach_it),
        CASE(each_source_is_a_stream_of_its_own),
        CASE(the_process_may_ask_for_a_keyframe),
        CASE(a_hint_outlives_the_process_but_not_the_source),
        CASE(a_hint_before_the_first_packet_is_kept),
        CASE(after_a_crash_nothing_is_missing_or_twice),
        CASE(a_worker_that_ends_each_time_gets_no_pictures_any_more),
        CASE(nonsense_ends_it),
        CASE(what_it_says_of_its_end_is_told),
        CASE(one_that_hangs_is_killed),
        CASE(what_waits_for_one_that_never_reads_is_bounded),
        CASE(a_program_that_is_not_there_is_tried_again),
        CASE(closing_is_safe_at_any_moment),
        CASE(a_tick_that_is_due_when_it_closes_starts_no_other_process),
        CASE(another_source_is_not_mixed_with_the_old),
        CASE(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
