#include "tests/unit/unit.h"

#include "server/base/clock.h"
#include "server/viewer/feed.h"
#include "server/viewer/viewer.h"
#include "tests/unit/hub/media.h"
#include "tests/unit/viewer/fake_ws.h"

static struct ladder ladder;
static struct hub *hub;
static struct ws ws;
static struct feed feed;
static unsigned keys[WIRE_RENDITIONS_MAX];

static void on_want(void *arg, uint32_t mask)
{
    (void)arg;
    (void)mask;
}

static void on_key(void *arg, uint8_t rendition)
{
    (void)arg;
    keys[rendition]++;
}

static const struct hub_events events = {.on_want = on_want, .on_key = on_key};

static int open_all(void **state)
{
    (void)state;
    fake_clock_start();
    media_ladder(&ladder);
    memset(keys, 0, sizeof(keys));
    assert_int_equal(hub_new(&hub, &ladder, &events), 0);
    media_configs(hub);
    fake_init(&ws);
    feed_init(&feed, &ws, hub);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    feed_release(&feed);
    hub_free(&hub);
    fake_forget(&ws);
    fake_clock_stop();
    return 0;
}

static struct lane *lane(uint8_t rendition, uint16_t bundle_ms)
{
    struct lane *l = hub_lane(hub, rendition, bundle_ms);
    assert_non_null(l);
    return l;
}

static void sent(const char *expected)
{
    char letters[4096];
    fake_letters(&ws, letters, sizeof(letters));
    assert_string_equal(letters, expected);
    fake_forget(&ws);
}

static void pump(void)
{
    while (hub_pump(hub)) {
    }
}

/* Somebody else who listens, so that the lanes are not empty when the feed joins. */
static struct lane_sub others[4];

static void on_other(void *owner)
{
    (void)owner;
}

static void also_listened(size_t i, uint8_t rendition, uint16_t bundle_ms)
{
    others[i] = (struct lane_sub){.ready = on_other};
    assert_int_equal(hub_join(hub, lane(rendition, bundle_ms), &others[i]), 0);
}

/* One look of the viewer after `ms`, all acknowledged meanwhile unless the link is told otherwise.
 */
static void look(uint32_t ms)
{
    fake_clock_advance(ms);
    feed_look(&feed, clock_ms());
}

/* -- order ---------------------------------------------------------------------------------- */

static void config_comes_before_the_first_media(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    feed_set_video(&feed, lane(LOW, 0), false);
    pump();
    sent("");
    media_voice(hub, V10, 0, 600);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 100);
    pump();
    sent("C v v D Kd");
    media_voice(hub, V10, 600, 900);
    media_frame(hub, LOW, 400, false, 100);
    media_frame(hub, LOW, 600, false, 100);
    pump();
    sent("v dd");
}

static void voice_goes_before_all_else(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    feed_set_video(&feed, lane(LOW, 0), false);
    feed_set_still(&feed, lane(AVIF, 0));
    ws.room = 0;
    assert_int_equal(media_still(hub, 0, 1, 900), 0);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 100);
    media_voice(hub, V10, 0, 600);
    pump();
    sent("");
    assert_true(ws.wants_writable);
    ws.room = 1000000;
    feed_pump(&feed);
    sent("C v v s D Kd");
}

static void only_voice_passes_a_full_window(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    feed_set_video(&feed, lane(LOW, 0), false);
    ws.queued = 1000000; /* far above any window */
    feed_look(&feed, clock_ms());
    media_voice(hub, V10, 0, 300);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 500);
    pump();
    sent("C v");
    assert_true(feed.is_held);
    ws.queued = 0;
    look(250);
    sent("D Kd");
}

static void a_calm_link_is_looked_at_every_other_time(void **state)
{
    (void)state;
    feed_look(&feed, clock_ms());
    ws.queued = 5000;
    feed_look(&feed, clock_ms());
    assert_int_equal(feed.link.queued_bytes, 0); /* not asked */
    feed_look(&feed, clock_ms());
    assert_int_equal(feed.link.queued_bytes, 5000);
    ws.queued = 6000; /* calm no more: asked each time */
    feed_look(&feed, clock_ms());
    assert_int_equal(feed.link.queued_bytes, 6000);
}

static void a_new_config_comes_before_its_media(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(LOW, 0), false);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 500);
    pump();
    sent("D Kd");
    assert_int_equal(media_video_config(hub, LOW, 9), 0);
    media_frame(hub, LOW, 400, true, 500);
    media_frame(hub, LOW, 600, false, 500);
    pump();
    look(250);
    sent("D Kd");
}

/* -- video ---------------------------------------------------------------------------------- */

static void withdrawn_video_says_so(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    feed_set_video(&feed, lane(LOW, 0), false);
    media_voice(hub, V10, 0, 300);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 500);
    pump();
    sent("C v D Kd");
    feed_set_video(&feed, NULL, false);
    feed_pump(&feed);
    sent("g");
    assert_false(hub_wanted(hub) & 1u << LOW);
    feed_set_video(&feed, NULL, true);
    feed_pump(&feed);
    sent(""); /* once */
    feed_set_video(&feed, lane(LOW, 0), false);
    media_frame(hub, LOW, 400, true, 500);
    media_frame(hub, LOW, 600, false, 500);
    pump();
    sent("D Kd");
}

static void a_slow_reader_starts_again_at_the_newest_keyframe(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(HIGH, 0), false);
    media_frame(hub, HIGH, 0, true, 500);
    media_frame(hub, HIGH, 200, false, 500);
    pump();
    sent("D Kd");
    ws.room = 0;
    for (uint32_t t = 300; t < 4300; t += 100) {
        media_frame(hub, HIGH, t, t == 3500, 500);
        pump();
    }
    ws.room = 1000000;
    feed_pump(&feed);
    char letters[256];
    fake_letters(&ws, letters, sizeof(letters));
    assert_memory_equal(letters, "Kdd", 3);
    struct bytes b = bytes_of(ws.sent[0].bytes, ws.sent[0].len);
    bytes_u32(&b);
    assert_int_equal(bytes_u32(&b), 3500);
}

static void a_late_reader_without_a_keyframe_asks_for_one(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(HIGH, 0), false);
    media_frame(hub, HIGH, 0, true, 500);
    media_frame(hub, HIGH, 200, false, 500);
    pump();
    sent("D Kd");
    ws.room = 0;
    for (uint32_t t = 300; t < 4300; t += 100)
        media_frame(hub, HIGH, t, false, 500);
    pump();
    assert_int_equal(keys[HIGH], 0);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    ws.room = 1000000;
    feed_pump(&feed);
    sent("");
    assert_int_equal(keys[HIGH], 1);
    media_frame(hub, HIGH, 4300, true, 500);
    media_frame(hub, HIGH, 4500, false, 500);
    pump();
    sent("D Kd");
}

static void video_held_back_by_the_link_is_noticed(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(HIGH, 0), false);
    media_frame(hub, HIGH, 0, true, 500);
    media_frame(hub, HIGH, 200, false, 500);
    pump();
    look(250);
    assert_int_equal(feed_picture_lag_ms(&feed, clock_ms()), 0);
    ws.queued = 1000000;
    look(250);
    for (uint32_t t = 300; t < 1800; t += 100)
        media_frame(hub, HIGH, t, false, 500);
    pump();
    for (int i = 0; i < 5; i++)
        look(250);
    assert_int_equal(feed_picture_lag_ms(&feed, clock_ms()), 1000);
    ws.queued = 0;
    look(250);
    look(250);
    assert_int_equal(feed_picture_lag_ms(&feed, clock_ms()), 0);

    ws.queued = 1000000; /* too late for it all: a keyframe is needed, and none comes */
    look(250);
    for (uint32_t t = 1800; t < 4800; t += 100)
        media_frame(hub, HIGH, t, false, 500);
    pump();
    look(250);
    ws.queued = 0;
    for (int i = 0; i < 20; i++)
        look(250);
    assert_true(feed.video.needs_start);
    assert_int_equal(feed_picture_lag_ms(&feed, clock_ms()), 0);
}

static void who_joins_gets_no_stale_keyframe(void **state)
{
    (void)state;
    also_listened(0, HIGH, 0);
    for (uint32_t t = 0; t < 5000; t += 100)
        media_frame(hub, HIGH, t, t == 0, 500);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    feed_set_video(&feed, lane(HIGH, 0), false);
    feed_pump(&feed);
    sent("");
    assert_int_equal(keys[HIGH], 1);
    hub_leave(hub, &others[0]);
}

static void video_changes_its_rung_at_a_keyframe(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(LOW, 0), false);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 500);
    pump();
    sent("D Kd");
    feed_set_video(&feed, lane(HIGH, 0), false);
    for (uint32_t t = 400; t < 1200; t += 200) { /* the old one goes on */
        media_frame(hub, LOW, t, false, 500);
        pump();
    }
    sent("dd dd");
    media_frame(hub, HIGH, 1200, true, 500);
    media_frame(hub, HIGH, 1400, false, 500);
    pump();
    sent("D Kd");
    assert_false(hub_wanted(hub) & 1u << LOW);
    media_frame(hub, HIGH, 1500, false, 500);
    media_frame(hub, HIGH, 1700, false, 500);
    pump();
    sent("dd");
}

static void a_weak_link_stops_the_old_video_at_once(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(HIGH, 0), false);
    media_frame(hub, HIGH, 0, true, 500);
    media_frame(hub, HIGH, 200, false, 500);
    pump();
    sent("D Kd");
    feed_set_video(&feed, lane(LOW, 0), true);
    feed_pump(&feed);
    sent("g");
    assert_false(hub_wanted(hub) & 1u << HIGH);
    media_frame(hub, LOW, 400, true, 500);
    media_frame(hub, LOW, 600, false, 500);
    pump();
    sent("D Kd");
}

static void going_back_before_the_change_costs_nothing(void **state)
{
    (void)state;
    feed_set_video(&feed, lane(LOW, 0), false);
    media_frame(hub, LOW, 0, true, 500);
    media_frame(hub, LOW, 200, false, 500);
    pump();
    sent("D Kd");
    feed_set_video(&feed, lane(HIGH, 0), false);
    feed_set_video(&feed, lane(LOW, 0), false);
    assert_int_equal(hub_wanted(hub), 1u << LOW);
    media_frame(hub, LOW, 300, false, 500);
    media_frame(hub, LOW, 500, false, 500);
    pump();
    sent("dd");
}

/* -- voice ---------------------------------------------------------------------------------- */

/* Reads the bundles sent: they follow on from `from_ms`, and no overlap is longer than `most_ms`.
 * Returns where they end. */
static uint32_t follows_on(uint32_t from_ms, uint32_t most_ms)
{
    for (size_t i = 0; i < ws.n_sent; i++) {
        struct bytes b = bytes_of(ws.sent[i].bytes, ws.sent[i].len);
        if (bytes_u8(&b) != (UNIT_VOICE << 4 | UNIT_BUNDLE))
            continue;
        uint32_t len = bytes_u24(&b);
        uint32_t pts = bytes_u32(&b);
        uint32_t packets = len / 5;
        uint32_t first = 0;
        for (uint32_t n = 0; n < packets; n++) {
            assert_int_equal(bytes_u8(&b), 4);
            uint32_t at = bytes_u32(&b); /* each packet says when it is */
            if (n == 0)
                first = at;
            if (n == 1)
                first = at - first; /* the length of a packet */
        }
        if (pts > from_ms)
            fail_msg("a hole from %u to %u", from_ms, pts);
        if (from_ms - pts > most_ms)
            fail_msg("voice from %u again at %u", pts, from_ms);
        uint32_t end = pts + packets * first;
        assert_true(end > from_ms); /* nothing that was sent whole before */
        from_ms = end;
    }
    return from_ms;
}

static void voice_begins_a_little_back(void **state)
{
    (void)state;
    also_listened(0, V10, 300);
    media_voice(hub, V10, 0, 9000);
    feed_set_voice(&feed, lane(V10, 300));
    feed_pump(&feed);
    assert_int_equal(follows_on(8400, 0), 9000);
    sent("C v v");
    hub_leave(hub, &others[0]);
}

static void voice_does_not_begin_before_a_hole(void **state)
{
    (void)state;
    also_listened(0, V10, 300);
    media_voice(hub, V10, 0, 3000);
    media_voice(hub, V10, 20000, 20300);
    feed_set_voice(&feed, lane(V10, 300));
    feed_pump(&feed);
    assert_int_equal(follows_on(20000, 0), 20300);
    sent("C v");
    hub_leave(hub, &others[0]);
}

static void voice_resumes_where_the_player_has_it(void **state)
{
    (void)state;
    also_listened(0, V10, 300);
    media_voice(hub, V10, 0, 9000);
    feed_resume(&feed, 4000);
    feed_set_voice(&feed, lane(V10, 300));
    feed_pump(&feed);
    assert_int_equal(follows_on(4000, 300), 9000);
    hub_leave(hub, &others[0]);
}

static void a_resumption_beyond_the_ring_begins_at_its_oldest(void **state)
{
    (void)state;
    also_listened(0, V10, 300);
    media_voice(hub, V10, 3000, 9000);
    feed_resume(&feed, 1500);
    feed_set_voice(&feed, lane(V10, 300));
    feed_pump(&feed);
    assert_int_equal(follows_on(3000, 0), 9000);
    hub_leave(hub, &others[0]);
}

static void an_absurd_resumption_begins_near_live(void **state)
{
    (void)state;
    static const uint32_t absurd[] = {0, 100, 60000, UINT32_MAX};
    also_listened(0, V10, 300);
    media_voice(hub, V10, 15000, 30000);
    for (size_t i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
        feed_release(&feed);
        feed_init(&feed, &ws, hub);
        feed_resume(&feed, absurd[i]);
        feed_set_voice(&feed, lane(V10, 300));
        feed_pump(&feed);
        assert_int_equal(follows_on(29400, 0), 30000);
        sent("C v v");
    }
    hub_leave(hub, &others[0]);
}

/* Media of both lanes, tick by tick, with the change at `change_ms`. */
static void voice_changes_from(uint8_t from, uint16_t from_bundle, uint8_t to, uint16_t to_bundle,
                               uint32_t change_ms)
{
    feed_set_voice(&feed, lane(from, from_bundle));
    bool both = from == to;
    uint32_t new_from = UINT32_MAX;
    for (uint32_t t = 0; t < 12000; t += 20) {
        fake_clock_advance(20);
        if (t == change_ms) {
            assert_int_equal(feed_set_voice(&feed, lane(to, to_bundle)), 0);
            new_from = t + 100; /* the encoder starts */
        }
        if (t % media_packet_ms(from) == 0 && hub_wanted(hub) & 1u << from)
            media_voice(hub, from, t, t + 1);
        if (!both && t >= new_from && (t - new_from) % media_packet_ms(to) == 0)
            media_voice(hub, to, t, t + 1);
        pump();
    }
    uint32_t end = follows_on(0, to_bundle);
    assert_true(end > 12000 - 700);
    assert_true(feed.voice.subs[feed.voice.at].lane == lane(to, to_bundle));
    assert_null(feed.voice.subs[1 - feed.voice.at].lane);
    if (!both)
        assert_int_equal(hub_wanted(hub), 1u << to);
    fake_forget(&ws);
    feed_release(&feed);
    feed_init(&feed, &ws, hub);
}

static void a_change_of_voice_leaves_no_hole(void **state)
{
    (void)state;
    for (uint32_t at = 3000; at < 3700; at += 20) {
        voice_changes_from(V10, 300, V24, 200, at);
        voice_changes_from(V24, 200, V10, 600, at);
        voice_changes_from(V24, 200, V10, 300, at);
        voice_changes_from(V10, 300, V10, 600, at);
        voice_changes_from(V10, 600, V10, 300, at);
    }
}

static void voice_that_is_not_there_is_changed_to_after_a_while(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    media_voice(hub, V10, 0, 300);
    pump();
    feed_set_voice(&feed, lane(V24, 200));
    for (int i = 0; i < 20; i++)
        look(250);
    assert_int_equal(hub_wanted(hub), 1u << V24);
    fake_forget(&ws);
    media_voice(hub, V24, 5000, 5200);
    pump();
    sent("C v");
}

static void voice_too_old_is_left_out(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    media_voice(hub, V10, 0, 300);
    pump();
    sent("C v");
    ws.room = 0;
    media_voice(hub, V10, 300, 7800);
    pump();
    assert_in_range(feed_voice_lag_ms(&feed), 7000, 7500);
    media_voice(hub, V10, 7800, 15000);
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    assert_int_equal(follows_on(14400, 0), 15000);
    sent("v v");
}

static void voice_that_waited_less_arrives_whole(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    media_voice(hub, V10, 0, 300);
    pump();
    ws.room = 0;
    media_voice(hub, V10, 300, 7500);
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    assert_int_equal(follows_on(0, 0), 7500);
}

/* -- stills --------------------------------------------------------------------------------- */

static uint32_t piece_of(size_t i, uint32_t *offset)
{
    struct bytes b = bytes_of(ws.sent[i].bytes, ws.sent[i].len);
    assert_int_equal(bytes_u8(&b), UNIT_STILL << 4 | UNIT_PIECE);
    bytes_take(&b, 8);
    uint32_t id = bytes_u32(&b);
    bytes_u24(&b);
    *offset = bytes_u24(&b);
    return id;
}

static void only_the_newest_still_is_finished(void **state)
{
    (void)state;
    uint32_t at;
    feed_set_still(&feed, lane(AVIF, 0));
    feed.link.window_bytes = 1500; /* thin */
    assert_int_equal(media_still(hub, 0, 1, 5000), 0);
    pump();
    assert_in_range(ws.n_sent, 2, 4);
    uint32_t first = piece_of(0, &at);
    assert_true(ws.sent[0].len <= 8 + 11 + 500);
    fake_forget(&ws);
    assert_int_equal(media_still(hub, 900, 2, 2000), 0);
    ws.queued = 0;
    feed.link.window_bytes = 100000;
    pump();
    sent("s");                                            /* one wide piece */
    assert_int_equal(media_still(hub, 1800, 2, 2000), 0); /* the same again */
    pump();
    feed_pump(&feed);
    sent("");
    assert_int_not_equal(feed.still_done, first);
}

static void a_still_yields_to_voice_between_its_pieces(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    feed_set_still(&feed, lane(AVIF, 0));
    feed.link.window_bytes = 1500;
    assert_int_equal(media_still(hub, 0, 1, 5000), 0);
    media_voice(hub, V10, 0, 300);
    pump();
    char letters[256];
    fake_letters(&ws, letters, sizeof(letters));
    assert_memory_equal(letters, "C v s", 5);
    fake_forget(&ws);
    media_voice(hub, V10, 300, 600);
    pump();
    sent("v"); /* the window is full, but voice passes */
    for (int i = 0; i < 40 && feed.still_done == 0; i++) {
        fake_ack(&ws, UINT32_MAX);
        look(250);
    }
    assert_int_not_equal(feed.still_done, 0);
}

static void who_needs_a_still_asks_once(void **state)
{
    (void)state;
    feed_set_still(&feed, lane(AVIF, 0));
    assert_int_equal(keys[AVIF], 1);
    feed_set_still(&feed, lane(AVIF, 0));
    assert_int_equal(keys[AVIF], 1);
    feed_set_still(&feed, NULL);
    assert_int_equal(hub_wanted(hub), 0);
}

/* -- the socket ----------------------------------------------------------------------------- */

static void a_socket_that_takes_nothing_is_noticed(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
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
    sent("C v");
}

static void a_long_queue_takes_several_turns(void **state)
{
    (void)state;
    also_listened(0, V24, 200);
    feed_resume(&feed, 1);
    media_voice(hub, V24, 0, 7900);
    feed_set_voice(&feed, lane(V24, 200));
    ws.wants_writable = false;
    feed_pump(&feed);
    assert_true(ws.n_sent < 40);
    assert_true(ws.wants_writable);
    feed_pump(&feed);
    assert_int_equal(follows_on(0, 1), 7800);
    hub_leave(hub, &others[0]);
}

static void a_closing_socket_gets_nothing(void **state)
{
    (void)state;
    feed_set_voice(&feed, lane(V10, 300));
    ws_close(&ws, WS_CLOSE_GOING_AWAY, "test");
    media_voice(hub, V10, 0, 3000);
    pump();
    look(250);
    sent("");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_all, close_all)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(config_comes_before_the_first_media),
        CASE(voice_goes_before_all_else),
        CASE(only_voice_passes_a_full_window),
        CASE(a_calm_link_is_looked_at_every_other_time),
        CASE(a_new_config_comes_before_its_media),
        CASE(withdrawn_video_says_so),
        CASE(a_slow_reader_starts_again_at_the_newest_keyframe),
        CASE(a_late_reader_without_a_keyframe_asks_for_one),
        CASE(video_held_back_by_the_link_is_noticed),
        CASE(who_joins_gets_no_stale_keyframe),
        CASE(video_changes_its_rung_at_a_keyframe),
        CASE(a_weak_link_stops_the_old_video_at_once),
        CASE(going_back_before_the_change_costs_nothing),
        CASE(voice_begins_a_little_back),
        CASE(voice_does_not_begin_before_a_hole),
        CASE(voice_resumes_where_the_player_has_it),
        CASE(a_resumption_beyond_the_ring_begins_at_its_oldest),
        CASE(an_absurd_resumption_begins_near_live),
        CASE(a_change_of_voice_leaves_no_hole),
        CASE(voice_that_is_not_there_is_changed_to_after_a_while),
        CASE(voice_too_old_is_left_out),
        CASE(voice_that_waited_less_arrives_whole),
        CASE(only_the_newest_still_is_finished),
        CASE(a_still_yields_to_voice_between_its_pieces),
        CASE(who_needs_a_still_asks_once),
        CASE(a_socket_that_takes_nothing_is_noticed),
        CASE(a_long_queue_takes_several_turns),
        CASE(a_closing_socket_gets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
