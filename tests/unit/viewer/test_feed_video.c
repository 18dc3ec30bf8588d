#include "tests/unit/unit.h"

#include "server/viewer/viewer.h"
#include "tests/unit/viewer/scene.h"

/* The head of a part, and how many bytes of the frame it carries. */
struct part {
    uint8_t kind;
    uint32_t pts_ms, total, offset, len;
};

static struct part part(size_t message)
{
    struct fake_unit u = first_unit(message);
    assert_int_equal(u.track << 4 | u.kind, UNIT_VIDEO << 4 | UNIT_PART);
    struct part p = {.kind = bytes_u8(&u.payload),
                     .pts_ms = u.pts_ms,
                     .total = bytes_u24(&u.payload),
                     .offset = bytes_u24(&u.payload)};
    p.len = (uint32_t)bytes_left(&u.payload);
    return p;
}

static void acked(void)
{
    fake_ack(&ws, UINT32_MAX);
    feed_pump(&feed);
}

/* -- beginning and ending --------------------------------------------------------------------- */

static void withdrawn_video_says_so(void **state)
{
    (void)state;
    video_runs(LOW);
    assert_int_equal(feed_set_video(&feed, NULL, false), 0);
    feed_pump(&feed);
    sent("g");
    assert_int_equal(hub_wanted(hub), 0);
    assert_int_equal(feed_set_video(&feed, NULL, true), 0);
    feed_pump(&feed);
    sent(""); /* once */
    watches(LOW);
    media_frame(hub, LOW, 400, true, LITTLE);
    pump();
    sent("DK");
}

static void who_joins_gets_no_stale_keyframe(void **state)
{
    (void)state;
    others_listen(HIGH, 0);
    media_frame(hub, HIGH, 0, true, LITTLE);
    frames(HIGH, 100, 5000);
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    watches(HIGH);
    feed_pump(&feed);
    sent("");
    assert_int_equal(keys[HIGH], 1);
}

static void who_joins_begins_at_a_fresh_keyframe(void **state)
{
    (void)state;
    others_listen(HIGH, 0);
    media_frame(hub, HIGH, 0, true, LITTLE);
    frames(HIGH, 100, 300);
    watches(HIGH);
    feed_pump(&feed);
    sent("DKdd");
    assert_int_equal(keys[HIGH], 0);
}

/* -- change of rung --------------------------------------------------------------------------- */

static void video_changes_its_rung_at_a_keyframe(void **state)
{
    (void)state;
    video_runs(LOW);
    watches(HIGH);
    frames(LOW, 400, 800); /* the old one goes on */
    pump();
    sent("dddd");
    media_frame(hub, HIGH, 1200, true, LITTLE);
    pump();
    sent("DK");
    assert_int_equal(hub_wanted(hub), 1u << HIGH);
    frames(HIGH, 1300, 1500);
    pump();
    sent("dd");
}

static void a_weak_link_stops_the_old_video_at_once(void **state)
{
    (void)state;
    video_runs(HIGH);
    assert_int_equal(feed_set_video(&feed, lane(LOW, 0), true), 0);
    feed_pump(&feed);
    sent("g");
    assert_int_equal(hub_wanted(hub), 1u << LOW);
    media_frame(hub, LOW, 400, true, LITTLE);
    pump();
    sent("DK");
}

static void going_back_before_the_change_costs_nothing(void **state)
{
    (void)state;
    video_runs(LOW);
    watches(HIGH);
    watches(LOW);
    assert_int_equal(hub_wanted(hub), 1u << LOW);
    frames(LOW, 400, 600);
    pump();
    sent("dd");
}

/* -- a viewer who falls behind ---------------------------------------------------------------- */

/* The scene: the socket takes nothing while 4.4 s of frames come. */
static void falls_behind(uint32_t key_ms)
{
    video_runs(HIGH);
    ws.room = 0;
    for (uint32_t t = 300; t < 4700; t += 100) {
        media_frame(hub, HIGH, t, t == key_ms, LITTLE);
        pump();
    }
    fake_clock_advance(HUB_KEY_INTERVAL_MS);
    ws.room = 1000000;
    feed_pump(&feed);
}

static void who_falls_behind_goes_on_at_the_newest_keyframe(void **state)
{
    (void)state;
    falls_behind(4300);
    assert_int_equal(first_unit(0).pts_ms, 4300);
    sent("Kddd");
}

static void who_falls_behind_without_a_keyframe_asks_for_one(void **state)
{
    (void)state;
    falls_behind(UINT32_MAX);
    sent("");
    assert_int_equal(keys[HIGH], 1);
    media_frame(hub, HIGH, 4700, true, LITTLE);
    pump();
    sent("DK");
}

static uint32_t picture_lag_ms(void)
{
    struct rung_facts facts = {0};
    feed_tell(&feed, clock_ms(), &facts);
    return facts.picture_lag_ms;
}

static void link_is_full(void)
{
    ws.queued = 1000000;
    link_sent(&feed.link, 1000000);
    look(250);
}

/* It carries a little. */
static void looks_while_full(int n)
{
    for (int i = 0; i < n; i++) {
        fake_ack(&ws, 1000);
        look(250);
    }
}

static void video_held_back_by_the_link_is_noticed(void **state)
{
    (void)state;
    video_runs(HIGH);
    look(250);
    assert_int_equal(picture_lag_ms(), 0);
    link_is_full();
    frames(HIGH, 300, 1800);
    pump();
    looks_while_full(5);
    assert_int_equal(picture_lag_ms(), 1000);
    ws.queued = 0;
    look(250);
    look(250);
    assert_int_equal(picture_lag_ms(), 0);
}

static void a_stall_is_not_the_videos_doing(void **state)
{
    (void)state;
    video_runs(HIGH);
    link_is_full();
    frames(HIGH, 300, 1800);
    pump();
    for (int i = 0; i < 20; i++) { /* nothing at all is acknowledged */
        look(250);
        assert_in_range(picture_lag_ms(), 0, 2 * LINK_LOOK_MS + LINK_STUCK_MS);
    }
}

static void a_keyframe_that_does_not_come_is_not_the_links_doing(void **state)
{
    (void)state;
    falls_behind(UINT32_MAX);
    assert_true(feed.video.needs_start);
    link_is_full();
    looks_while_full(10);
    assert_int_equal(picture_lag_ms(), 0);
}

/* -- parts ------------------------------------------------------------------------------------ */

static void a_long_frame_comes_in_parts(void **state)
{
    (void)state;
    watches(LOW);
    media_frame(hub, LOW, 40, true, 2500);
    pump();
    assert_int_equal(ws.n_sent, 4);
    for (uint32_t i = 0; i < 3; i++) {
        struct part p = part(1 + i);
        assert_int_equal(p.kind, UNIT_KEY);
        assert_int_equal(p.pts_ms, 40);
        assert_int_equal(p.total, 2500);
        assert_int_equal(p.offset, 1000 * i);
        assert_int_equal(p.len, i < 2 ? 1000 : 500);
    }
    sent("D p p p");
    media_frame(hub, LOW, 240, false, 2500);
    pump();
    assert_int_equal(part(0).kind, UNIT_DELTA);
    fake_forget(&ws);
    frames(LOW, 440, 500);
    pump();
    acked();
    sent("pd");
}

static void a_frame_of_up_to_two_pieces_stays_whole(void **state)
{
    (void)state;
    watches(LOW);
    media_frame(hub, LOW, 0, true, 2 * LINK_PIECE_LEAST - UNIT_HEADER);
    pump();
    sent("D K");
    media_frame(hub, LOW, 200, false, 2 * LINK_PIECE_LEAST - UNIT_HEADER + 1);
    pump();
    sent("p p");
}

static void voice_goes_between_the_parts(void **state)
{
    (void)state;
    voice_runs();
    watches(LOW);
    media_frame(hub, LOW, 0, true, 9000);
    media_voice(hub, V10, 300, 600);
    pump();
    media_voice(hub, V10, 600, 900);
    pump();
    sent("vD p p p p v"); /* the window is full, but voice passes */
    acked();
    media_voice(hub, V10, 900, 1200);
    pump();
    sent("p p p p v");
    assert_int_equal(feed.part_offset, 8000);
    acked();
    sent("p");
    assert_int_equal(feed.part_offset, 0);
}

static void parts_grow_with_what_the_link_proves(void **state)
{
    (void)state;
    watches(LOW);
    media_frame(hub, LOW, 0, true, 9000);
    pump();
    sent("D p p p p");
    feed.link.proven_bps = 2000000; /* the whole frame would be a piece now */
    acked();
    assert_int_equal(part(0).offset, 4000);
    assert_int_equal(part(0).len, 5000);
    sent("p");
}

/* The scene: of a frame with 9,000 bytes 4,000 have been sent. */
static void a_frame_is_under_way(uint8_t rendition)
{
    watches(rendition);
    media_frame(hub, rendition, 0, true, 9000);
    pump();
    sent("D p p p p");
    ws.queued = 0;
}

static void a_frame_that_has_begun_is_finished(void **state)
{
    (void)state;
    a_frame_is_under_way(HIGH);
    ws.room = 0;
    frames(HIGH, 100, VIEWER_VIDEO_LAG_MS + 1000); /* so late that it would be left out */
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    assert_int_equal(part(0).offset, 4000);
    sent("p p p p");
}

static void a_gap_makes_an_unfinished_frame_void(void **state)
{
    (void)state;
    a_frame_is_under_way(HIGH);
    assert_int_equal(feed_set_video(&feed, lane(LOW, 0), true), 0);
    media_frame(hub, LOW, 100, true, 2500);
    pump();
    assert_int_equal(part(1).offset, 0);
    sent("gD p p p");
}

static void another_rung_makes_an_unfinished_frame_void(void **state)
{
    (void)state;
    a_frame_is_under_way(HIGH);
    watches(LOW);
    media_frame(hub, LOW, 100, true, LITTLE);
    pump();
    sent("DK");
}

static void another_config_makes_an_unfinished_frame_void(void **state)
{
    (void)state;
    a_frame_is_under_way(HIGH);
    assert_int_equal(media_video_config(hub, HIGH, 9), 0);
    feed_pump(&feed);
    sent("");
    media_frame(hub, HIGH, 100, true, LITTLE);
    pump();
    sent("DK");
}

static void a_frame_gone_from_the_ring_is_given_up(void **state)
{
    (void)state;
    a_frame_is_under_way(HIGH);
    ws.room = 0;
    for (uint32_t t = 100; t < 30000; t += 100) /* more than a ring */
        media_frame(hub, HIGH, t, t % 4000 == 0, LITTLE);
    media_frame(hub, HIGH, 30000, true, LITTLE);
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    look(250);
    assert_int_equal(feed.part_offset, 0);
    sent("DK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(withdrawn_video_says_so),
        IN_SCENE(who_joins_gets_no_stale_keyframe),
        IN_SCENE(who_joins_begins_at_a_fresh_keyframe),
        IN_SCENE(video_changes_its_rung_at_a_keyframe),
        IN_SCENE(a_weak_link_stops_the_old_video_at_once),
        IN_SCENE(going_back_before_the_change_costs_nothing),
        IN_SCENE(who_falls_behind_goes_on_at_the_newest_keyframe),
        IN_SCENE(who_falls_behind_without_a_keyframe_asks_for_one),
        IN_SCENE(video_held_back_by_the_link_is_noticed),
        IN_SCENE(a_stall_is_not_the_videos_doing),
        IN_SCENE(a_keyframe_that_does_not_come_is_not_the_links_doing),
        IN_SCENE(a_long_frame_comes_in_parts),
        IN_SCENE(a_frame_of_up_to_two_pieces_stays_whole),
        IN_SCENE(voice_goes_between_the_parts),
        IN_SCENE(parts_grow_with_what_the_link_proves),
        IN_SCENE(a_frame_that_has_begun_is_finished),
        IN_SCENE(a_gap_makes_an_unfinished_frame_void),
        IN_SCENE(another_rung_makes_an_unfinished_frame_void),
        IN_SCENE(another_config_makes_an_unfinished_frame_void),
        IN_SCENE(a_frame_gone_from_the_ring_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
