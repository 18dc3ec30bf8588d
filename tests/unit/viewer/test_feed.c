#include "tests/unit/unit.h"

#include <errno.h>

#include "tests/unit/viewer/player.h"
#include "tests/unit/viewer/scene.h"

/* -- what shares a message -------------------------------------------------------------------- */

static void config_comes_before_the_first_media(void **state)
{
    (void)state;
    listens(V10, 300);
    watches(LOW);
    pump();
    sent("");
    media_voice(hub, V10, 0, 600);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, LITTLE);
    pump();
    sent("CvvDKd"); /* a message costs the server more than its bytes */
    media_voice(hub, V10, 600, 900);
    frames(LOW, 400, 800);
    pump();
    sent("vdddd");
}

static void a_message_is_no_longer_than_a_piece_of_the_link(void **state)
{
    (void)state;
    listens(V10, 300);
    watches(LOW);
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 900), 0);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, LITTLE);
    media_voice(hub, V10, 0, 600);
    pump();
    sent("Cvv sD Kd");
    for (size_t i = 0; i < ws.n_sent; i++)
        assert_true(ws.sent[i].len <= link_piece_bytes(&feed.link));
}

static void a_better_link_gets_longer_messages(void **state)
{
    (void)state;
    feed.link.proven_bps = 400000;
    listens(V10, 300);
    watches(LOW);
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 900), 0);
    media_frame(hub, LOW, 0, true, 500);
    media_voice(hub, V10, 0, 600);
    pump();
    sent("CvvsDK");
}

static void voice_goes_before_all_else(void **state)
{
    (void)state;
    listens(V10, 300);
    watches(LOW);
    watches_stills();
    ws.room = 0;
    assert_int_equal(media_still(hub, 0, 1, 1500), 0);
    media_frame(hub, LOW, 0, true, 1500);
    media_voice(hub, V10, 0, 600);
    pump();
    sent("");
    assert_true(ws.wants_writable);
    ws.room = 1000000;
    feed_pump(&feed);
    sent("Cvv s sD K");
}

static void video_goes_with_the_voice_of_its_time(void **state)
{
    (void)state;
    video_runs(LOW);
    voice_runs();
    fake_clock_advance(200);
    frames(LOW, 400, 600);
    pump();
    sent("");
    media_voice(hub, V10, 300, 600);
    pump();
    sent("vdd");
    fake_clock_advance(300);
    frames(LOW, 600, 800);
    pump();
    sent("");
    fake_clock_advance(100); /* the teacher's microphone is off */
    frames(LOW, 800, 1000);
    pump();
    sent("dddd");
}

static void who_wants_no_voice_does_not_wait_for_it(void **state)
{
    (void)state;
    video_runs(LOW);
    frames(LOW, 400, 600);
    pump();
    sent("dd");
}

static void a_new_config_comes_before_its_media(void **state)
{
    (void)state;
    video_runs(LOW);
    voice_runs();
    assert_int_equal(media_video_config(hub, LOW, 9), 0);
    media_frame(hub, LOW, 400, true, LITTLE);
    media_frame(hub, LOW, 600, false, LITTLE);
    media_voice(hub, V10, 300, 600);
    pump();
    look(250);
    sent("vDKd");
}

/* -- the window ------------------------------------------------------------------------------- */

static void only_voice_passes_a_full_window(void **state)
{
    (void)state;
    video_runs(LOW);
    voice_runs();
    ws.queued = 1000000; /* far above any window */
    look(250);
    frames(LOW, 400, 600);
    media_voice(hub, V10, 300, 600);
    pump();
    sent("v");
    assert_true(feed.is_held);
    ws.queued = 0;
    look(400);
    sent("dd");
}

static void no_more_than_a_window_is_under_way(void **state)
{
    (void)state;
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 50000), 0);
    pump();
    sent("s s s s");
    assert_in_range(ws.queued, LINK_WINDOW_FIRST, LINK_WINDOW_FIRST + 1100);
    assert_true(feed.is_held);
    fake_ack(&ws, 2000);
    feed_pump(&feed);
    sent("s s");
}

static void what_is_still_in_the_parcel_counts(void **state)
{
    (void)state;
    feed.link.proven_bps = 1000000; /* pieces of 7,500 */
    feed.link.window_bytes = 2000;
    video_runs(LOW);
    for (int i = 1; i <= 9; i++)
        media_frame(hub, LOW, 200 + 100 * (uint32_t)i, false, 300);
    pump();
    sent("ddddddd");
    assert_in_range(ws.queued, 2000, 2400);
}

/* -- looks ------------------------------------------------------------------------------------ */

static struct rung_facts told(void)
{
    struct rung_facts facts = {0};
    feed_tell(&feed, clock_ms(), &facts);
    return facts;
}

static void a_calm_link_is_looked_at_every_other_time(void **state)
{
    (void)state;
    look(0);
    ws.queued = 5000;
    look(250);
    assert_int_equal(feed.link.queued_bytes, 0); /* not asked */
    look(250);
    assert_int_equal(feed.link.queued_bytes, 5000);
    ws.queued = 6000; /* calm no more: asked each time */
    look(250);
    assert_int_equal(feed.link.queued_bytes, 6000);
}

static void the_round_trip_is_known_from_the_beginning(void **state)
{
    (void)state;
    ws.rtt_ms = 450;
    ws.min_rtt_ms = 400;
    begin_anew();
    assert_int_equal(told().rtt_ms, 400);
}

static void what_the_link_shows_is_told(void **state)
{
    (void)state;
    feed.link.capacity_bps = 1;
    feed.link.proven_bps = 2;
    feed.link.limit_bps = 3;
    feed.link.queue_ms = 4;
    feed.link.is_stuck = true;
    struct rung_facts facts = told();
    assert_int_equal(facts.capacity_bps, 1);
    assert_int_equal(facts.proven_bps, 2);
    assert_int_equal(facts.limit_bps, 3);
    assert_int_equal(facts.queue_ms, 4);
    assert_true(facts.is_stuck);
    assert_int_equal(facts.now_ms, clock_ms());
}

static void what_waits_for_the_window_is_told_at_the_next_look(void **state)
{
    (void)state;
    ws.queued = 1000000;
    look(0);
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 3000), 0);
    pump();
    assert_false(told().is_held);
    look(250);
    assert_true(told().is_held);
    ws.queued = 0;
    look(250);
    look(250); /* left out: all is calm */
    look(250);
    assert_false(told().is_held);
}

static void what_an_old_rung_left_drains(void **state)
{
    (void)state;
    video_runs(HIGH);
    frames(HIGH, 300, 700);
    pump();
    look(250);
    uint32_t left = ws.queued;
    assert_int_not_equal(left, 0);
    assert_false(told().is_draining);
    feed_mark(&feed);
    assert_true(told().is_draining);
    frames(HIGH, 700, 900); /* what comes later does not matter */
    pump();
    fake_ack(&ws, left - 1);
    look(250);
    assert_true(told().is_draining);
    fake_ack(&ws, 1);
    look(250);
    assert_false(told().is_draining);
}

/* -- the socket ------------------------------------------------------------------------------- */

static void a_socket_that_takes_nothing_is_noticed(void **state)
{
    (void)state;
    listens(V10, 300);
    media_voice(hub, V10, 0, 300);
    ws.room = 0;
    pump();
    uint64_t since = feed.blocked_ms;
    assert_int_equal(since, clock_ms());
    for (int i = 0; i < 8; i++) {
        look(250);
        assert_int_equal(feed.blocked_ms, since);
    }
    ws.room = 1000;
    ws.wants_writable = false;
    feed_pump(&feed);
    assert_int_equal(feed.blocked_ms, 0);
    sent("Cv");
}

static void a_long_queue_takes_several_turns(void **state)
{
    (void)state;
    watches_stills();
    feed.link.window_bytes = 100000;
    assert_int_equal(media_still(hub, 0, 1, 50000), 0);
    pump();
    assert_int_equal(ws.n_sent, 32);
    assert_true(ws.wants_writable);
    feed_pump(&feed);
    assert_int_equal(ws.n_sent, 50);
}

static void nothing_is_lost_when_the_socket_fills_up(void **state)
{
    (void)state;
    listens(V10, 300);
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 2500), 0);
    ws.room = 1; /* one message */
    media_voice(hub, V10, 0, 300);
    pump();
    sent("Cv");
    ws.room = 1;
    feed_pump(&feed);
    sent("s");
    ws.room = 1;
    media_voice(hub, V10, 300, 600);
    pump();
    sent("v");
    ws.room = 10000;
    feed_pump(&feed);
    sent("s s");
}

static void a_closing_socket_gets_nothing(void **state)
{
    (void)state;
    listens(V10, 300);
    ws_close(&ws, WS_CLOSE_GOING_AWAY, "test");
    media_voice(hub, V10, 0, 3000);
    pump();
    look(250);
    sent("");
}

/* -- whatever comes --------------------------------------------------------------------------- */

enum { TICK_MS = 20, TICKS = 300000 };

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 10) % sides;
}

/* The encoders: each frame holds its own time and that of the one it builds on. */
struct encoders {
    uint32_t now_ms, frame_ms[SPECS];
};

static uint32_t stall_ms; /* so long does the socket take nothing */

static void encode_frame(struct encoders *e, uint8_t rendition)
{
    uint8_t frame[6000] = {0};
    bool is_key = keys[rendition] > 0 || dice(40) == 0 || e->frame_ms[rendition] == 0;
    size_t len = dice(8) == 0 ? sizeof(frame) - dice(3000) : 8 + dice(600);
    put_u32(put_u32(frame, e->now_ms), is_key ? e->now_ms : e->frame_ms[rendition]);
    assert_int_equal(
        media_give(hub, rendition, is_key ? WIRE_KEYFRAME : WIRE_DELTA, e->now_ms, frame, len), 0);
    e->frame_ms[rendition] = e->now_ms;
    if (is_key)
        keys[rendition] = 0;
}

static void encode(struct encoders *e)
{
    e->now_ms += TICK_MS;
    fake_clock_advance(TICK_MS);
    if (e->now_ms % 60 == 0)
        media_voice(hub, V10, e->now_ms, e->now_ms + 1);
    media_voice(hub, V24, e->now_ms, e->now_ms + 1);
    if (e->now_ms % 200 == 0)
        encode_frame(e, LOW);
    if (e->now_ms % 100 == 0)
        encode_frame(e, HIGH);
    uint32_t which = dice(1200);
    if (which < 12) /* some more pictures than a player keeps */
        assert_int_equal(media_still(hub, e->now_ms, (uint8_t)which, 1 + 700 * which), 0);
}

/* A rung, the link or an encoder changes. */
static void change(void)
{
    static const uint8_t voices[] = {V10, V10, V24};
    static const uint16_t bundles[] = {600, 300, 200};
    uint32_t i = dice(3);
    uint8_t video = dice(2) ? LOW : HIGH;
    switch (dice(16)) {
    case 0: listens(voices[i], bundles[i]); break;
    case 1: assert_int_equal(feed_set_video(&feed, NULL, dice(2)), 0); break;
    case 2: assert_int_equal(feed_set_video(&feed, lane(video, 0), true), 0); break;
    case 3: assert_int_equal(feed_set_still(&feed, NULL), 0); break;
    case 4: media_video_config(hub, video, (uint8_t)dice(3)); break;
    case 5: feed.link.proven_bps = dice(1200000); break;
    case 6: feed.link.window_bytes = LINK_WINDOW_LEAST + dice(30000); break;
    case 7: stall_ms = dice(4) ? dice(3000) : dice(30000); break;
    case 8:
    case 9: fake_ack(&ws, UINT32_MAX); break;
    case 10:
    case 11: watches_stills(); break;
    default: watches(video);
    }
}

static void whatever_comes_a_player_can_put_it_together(void **state)
{
    (void)state;
    struct player player;
    player_init(&player);
    struct encoders e = {.now_ms = 0};
    stall_ms = 0;
    for (uint32_t i = 0; i < TICKS; i++) {
        encode(&e);
        if (dice(30) == 0)
            change();
        if (dice(3) == 0)
            fake_ack(&ws, dice(3000));
        stall_ms -= stall_ms < TICK_MS ? stall_ms : TICK_MS;
        ws.room = stall_ms > 0 ? 0 : dice(20000);
        ws.rtt_ms = dice(2) ? 20 : 500; /* pieces of either size */
        pump();
        if (i % (LINK_LOOK_MS / TICK_MS) == 0) {
            hub_tick(hub);
            feed_look(&feed, clock_ms());
        }
        player_read(&player, &ws);
        fake_forget(&ws);
    }
    /* Measured: 17,000 frames, 1,000 of them keys, 500 parts, 700 gaps, 17,000 bundles with 60
     * holes (after stalls of more than 8 s), 500 stills and 900 names. */
    assert_true(player.keys > 300 && player.deltas > 5000 && player.parts > 300);
    assert_true(player.gaps > 200 && player.bundles > 5000 && player.holes > 0);
    assert_true(player.stills > 100 && player.names > 100);
}

/* -- memory ----------------------------------------------------------------------------------- */

/* Places in all lanes, with one video to follow the other. */
static int take_lanes(struct feed *f, struct hub *h)
{
    int err = feed_set_voice(f, hub_lane(h, V10, 300));
    if (!err)
        err = feed_set_video(f, hub_lane(h, LOW, 0), false);
    if (!err)
        err = feed_set_video(f, hub_lane(h, HIGH, 0), false);
    if (!err)
        err = feed_set_still(f, hub_lane(h, AVIF, 0));
    return err;
}

static int scene(void)
{
    struct hub *h;
    struct parcel p;
    struct feed f;
    int err = hub_new(&h, &ladder, &events);
    if (err)
        return err;
    err = parcel_init(&p);
    if (!err) {
        feed_init(&f, &ws, h, &p);
        err = take_lanes(&f, h);
        feed_pump(&f);
        feed_release(&f);
        parcel_release(&p);
        assert_int_equal(hub_wanted(h), 0);
    }
    hub_free(&h);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(scene) >= 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(config_comes_before_the_first_media),
        IN_SCENE(a_message_is_no_longer_than_a_piece_of_the_link),
        IN_SCENE(a_better_link_gets_longer_messages),
        IN_SCENE(voice_goes_before_all_else),
        IN_SCENE(video_goes_with_the_voice_of_its_time),
        IN_SCENE(who_wants_no_voice_does_not_wait_for_it),
        IN_SCENE(a_new_config_comes_before_its_media),
        IN_SCENE(only_voice_passes_a_full_window),
        IN_SCENE(no_more_than_a_window_is_under_way),
        IN_SCENE(what_is_still_in_the_parcel_counts),
        IN_SCENE(a_calm_link_is_looked_at_every_other_time),
        IN_SCENE(the_round_trip_is_known_from_the_beginning),
        IN_SCENE(what_the_link_shows_is_told),
        IN_SCENE(what_waits_for_the_window_is_told_at_the_next_look),
        IN_SCENE(what_an_old_rung_left_drains),
        IN_SCENE(a_socket_that_takes_nothing_is_noticed),
        IN_SCENE(a_long_queue_takes_several_turns),
        IN_SCENE(nothing_is_lost_when_the_socket_fills_up),
        IN_SCENE(a_closing_socket_gets_nothing),
        IN_SCENE(whatever_comes_a_player_can_put_it_together),
        IN_SCENE(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
