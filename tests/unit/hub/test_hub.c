#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/hub/hub.h"
#include "tests/unit/hub/media.h"

static struct ladder ladder;
static struct hub *hub;
static uint32_t told_mask;
static unsigned masks_told;
static unsigned keys[WIRE_RENDITIONS_MAX];

static void on_want(void *arg, uint32_t mask)
{
    assert_ptr_equal(arg, &ladder);
    assert_int_not_equal(mask, told_mask);
    told_mask = mask;
    masks_told++;
}

static void on_key(void *arg, uint8_t rendition)
{
    assert_ptr_equal(arg, &ladder);
    keys[rendition]++;
}

static const struct hub_events events = {.on_want = on_want, .on_key = on_key, .arg = &ladder};

static int open_hub(void **state)
{
    (void)state;
    told_mask = masks_told = 0;
    memset(keys, 0, sizeof(keys));
    fake_clock_start();
    media_ladder(&ladder);
    return hub_new(&hub, &ladder, &events);
}

static int close_hub(void **state)
{
    (void)state;
    hub_free(&hub);
    fake_clock_stop();
    return 0;
}

static unsigned calls;

static void on_ready(void *owner)
{
    (void)owner;
    calls++;
}

static void join(uint8_t rendition, uint16_t bundle_ms, struct lane_sub *sub)
{
    *sub = (struct lane_sub){.ready = on_ready};
    struct lane *lane = hub_lane(hub, rendition, bundle_ms);
    assert_non_null(lane);
    assert_int_equal(hub_join(hub, lane, sub), 0);
}

static void lanes_follow_the_ladder(void **state)
{
    (void)state;
    const struct lane *a = hub_lane(hub, V10, 600);
    const struct lane *b = hub_lane(hub, V10, 300);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    assert_null(hub_lane(hub, V10, 200));
    assert_non_null(hub_lane(hub, AAC32, 200));
    assert_ptr_equal(hub_lane(hub, LOW, 300), hub_lane(hub, LOW, 0)); /* pictures do not bundle */
    assert_int_equal(hub_lane(hub, AVIF, 0)->kind, LANE_STILL);
    assert_int_equal(hub_lane(hub, HIGH, 0)->kind, LANE_VIDEO);
}

static void what_is_wanted_follows_the_listeners(void **state)
{
    (void)state;
    struct lane_sub a, b, c;
    join(V10, 300, &a);
    assert_int_equal(told_mask, 1u << V10);
    join(V10, 600, &b); /* the same rendition in another bundle is no change */
    join(HIGH, 0, &c);
    assert_int_equal(told_mask, 1u << V10 | 1u << HIGH);
    hub_leave(hub, &a);
    assert_int_equal(told_mask, 1u << V10 | 1u << HIGH);
    hub_leave(hub, &b);
    assert_int_equal(told_mask, 1u << HIGH);
    assert_int_equal(hub_wanted(hub), told_mask);
    hub_leave(hub, &c);
    hub_leave(hub, &c);
    assert_int_equal(told_mask, 0);
    assert_int_equal(masks_told, 4);
}

static void only_the_ladders_renditions_are_taken(void **state)
{
    (void)state;
    assert_int_equal(media_give(hub, SPECS, WIRE_CONFIG, 0, "x", 1), -EPROTO);
    assert_int_equal(media_give(hub, 31, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
    assert_int_equal(media_give(hub, 32, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
    assert_int_equal(media_give(hub, 255, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
}

static void configs_are_kept_and_media_is_not_while_nobody_listens(void **state)
{
    (void)state;
    struct lane_sub sub;
    media_configs(hub);
    media_voice(hub, V10, 0, 3000);
    media_frame(hub, HIGH, 0, true, 100);
    const struct lane *lane = hub_lane(hub, V10, 300);
    assert_non_null(lane->config);
    assert_int_equal(ring_head(lane->ring), 0);
    join(V10, 300, &sub);
    media_voice(hub, V10, 3000, 6000);
    assert_int_equal(ring_head(lane->ring), 10);
    hub_leave(hub, &sub);
}

static void a_lane_nobody_listened_to_begins_empty(void **state)
{
    (void)state;
    struct lane_sub sub;
    media_configs(hub);
    join(V10, 300, &sub);
    media_voice(hub, V10, 0, 3300); /* half a bundle stays in the packer of 600 ms */
    hub_leave(hub, &sub);
    join(V10, 600, &sub);
    const struct lane *long_lane = hub_lane(hub, V10, 600);
    const struct lane *short_lane = hub_lane(hub, V10, 300);
    assert_int_equal(ring_tail(long_lane->ring), ring_head(long_lane->ring));
    assert_int_equal(ring_tail(short_lane->ring), ring_head(short_lane->ring));
    media_voice(hub, V10, 60000, 60600);
    struct ring_entry e;
    assert_int_equal(ring_get(long_lane->ring, ring_tail(long_lane->ring), &e), 0);
    assert_int_equal(e.pts_ms, 60000);
    assert_int_equal(e.duration_ms, 600);
    hub_leave(hub, &sub);
}

static void keyframe_requests_are_one_in_four_seconds(void **state)
{
    (void)state;
    struct lane_sub sub, low;
    media_configs(hub);
    join(HIGH, 0, &sub);
    join(LOW, 0, &low);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    const struct lane *lane = hub_lane(hub, HIGH, 0);
    for (int i = 0; i < 1000; i++)
        hub_want_key(hub, lane);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 1);
    hub_want_key(hub, hub_lane(hub, LOW, 0)); /* each rendition for itself */
    assert_int_equal(keys[LOW], 1);
    fake_clock_advance(HUB_KEY_INTERVAL_MS - 1);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 1);
    fake_clock_advance(1);
    hub_tick(hub);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 2); /* the one that was put off */
    assert_int_equal(keys[LOW], 1);
    fake_clock_advance(60000);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 2);
    hub_leave(hub, &sub);
    hub_leave(hub, &low);
}

static void a_fresh_encoder_is_given_time_for_its_first_keyframe(void **state)
{
    (void)state;
    struct lane_sub sub, other;
    join(HIGH, 0, &sub);
    hub_want_key(hub, sub.lane);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 0);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    hub_tick(hub); /* it did not come */
    assert_int_equal(keys[HIGH], 1);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    join(HIGH, 0, &other); /* its encoder runs */
    hub_want_key(hub, other.lane);
    assert_int_equal(keys[HIGH], 2);
    hub_leave(hub, &sub);
    hub_leave(hub, &other);
}

static void a_still_is_asked_for_at_once(void **state)
{
    (void)state;
    struct lane_sub sub;
    join(AVIF, 0, &sub);
    hub_want_key(hub, sub.lane);
    assert_int_equal(keys[AVIF], 1);
    hub_leave(hub, &sub);
}

static void a_keyframe_that_came_by_itself_settles_a_request(void **state)
{
    (void)state;
    struct lane_sub sub;
    media_configs(hub);
    join(HIGH, 0, &sub);
    hub_want_key(hub, sub.lane);
    media_frame(hub, HIGH, 0, true, 100);
    fake_clock_advance(2 * HUB_KEY_INTERVAL_MS);
    hub_tick(hub);
    assert_int_equal(keys[HIGH], 0);
    hub_leave(hub, &sub);
}

static void a_turn_tells_a_bounded_number(void **state)
{
    (void)state;
    static struct lane_sub subs[HUB_PUMP_BUDGET + 100];
    enum { N = sizeof(subs) / sizeof(subs[0]) };
    media_configs(hub);
    for (size_t i = 0; i < N; i++)
        join(V10, 300, &subs[i]);
    assert_false(hub_pump(hub));
    media_voice(hub, V10, 0, 300);
    calls = 0;
    assert_true(hub_pump(hub));
    assert_int_equal(calls, HUB_PUMP_BUDGET);
    assert_false(hub_pump(hub));
    assert_int_equal(calls, N);
    assert_false(hub_pump(hub));
    assert_int_equal(calls, N);
    for (size_t i = 0; i < N; i++)
        hub_leave(hub, &subs[i]);
}

static void a_flush_lets_out_what_waits(void **state)
{
    (void)state;
    struct lane_sub sub, still_sub;
    media_configs(hub);
    join(V10, 300, &sub);
    join(AVIF, 0, &still_sub);
    assert_int_equal(media_still(hub, 0, 1, 100), 0);
    media_voice(hub, V10, 0, 120);
    const struct lane *lane = hub_lane(hub, V10, 300);
    assert_int_equal(ring_head(lane->ring), 0);
    hub_flush(hub);
    hub_flush(hub);
    assert_int_equal(ring_head(lane->ring), 1);
    hub_clear(hub);
    assert_int_equal(ring_tail(lane->ring), 1);
    assert_non_null(lane->config);
    assert_null(hub_lane(hub, AVIF, 0)->still);
    hub_leave(hub, &sub);
    hub_leave(hub, &still_sub);
}

static void freeing_takes_the_listeners_off(void **state)
{
    (void)state;
    struct lane_sub sub;
    join(V10, 300, &sub);
    masks_told = 0;
    hub_free(&hub);
    assert_null(sub.lane);
    assert_int_equal(masks_told, 0);
}

static int scene(void)
{
    struct hub *h;
    struct lane_sub sub = {.ready = on_ready};
    int err = hub_new(&h, &ladder, &events);
    if (err)
        return err;
    told_mask = 0;
    err = hub_join(h, hub_lane(h, V10, 300), &sub);
    if (err)
        assert_null(sub.lane);
    if (!err)
        err = media_voice_config(h, V10);
    hub_free(&h);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    media_ladder(&ladder);
    assert_true(oom_levels(scene) >= 8);
}

#define WITH_HUB(test) cmocka_unit_test_setup_teardown(test, open_hub, close_hub)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HUB(lanes_follow_the_ladder),
        WITH_HUB(what_is_wanted_follows_the_listeners),
        WITH_HUB(only_the_ladders_renditions_are_taken),
        WITH_HUB(configs_are_kept_and_media_is_not_while_nobody_listens),
        WITH_HUB(a_lane_nobody_listened_to_begins_empty),
        WITH_HUB(keyframe_requests_are_one_in_four_seconds),
        WITH_HUB(a_fresh_encoder_is_given_time_for_its_first_keyframe),
        WITH_HUB(a_still_is_asked_for_at_once),
        WITH_HUB(a_keyframe_that_came_by_itself_settles_a_request),
        WITH_HUB(a_turn_tells_a_bounded_number),
        WITH_HUB(a_flush_lets_out_what_waits),
        WITH_HUB(freeing_takes_the_listeners_off),
        cmocka_unit_test(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
