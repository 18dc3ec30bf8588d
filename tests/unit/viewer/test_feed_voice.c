#include "tests/unit/unit.h"

#include "server/viewer/viewer.h"
#include "tests/unit/viewer/player.h"
#include "tests/unit/viewer/scene.h"

/* The voice sent follows on from `from_ms` without a hole, and no more than `again_ms` of it comes
 * again; returns where it ends. */
static uint32_t follows_on(uint32_t from_ms, uint32_t again_ms)
{
    struct player player;
    player_init(&player);
    player.has_voice = true;
    player.voice_ms = from_ms;
    player_read(&player, &ws);
    assert_int_equal(player.holes, 0);
    assert_in_range(player.again_ms, 0, again_ms);
    return player.voice_ms;
}

/* -- where it begins -------------------------------------------------------------------------- */

/* The scene: voice of 9 s is there when the player comes. */
static void voice_is_there(uint32_t from_ms, uint32_t to_ms)
{
    others_listen(V10, 300);
    media_voice(hub, V10, from_ms, to_ms);
}

static void comes(void)
{
    listens(V10, 300);
    feed_pump(&feed);
}

static void voice_begins_a_little_back(void **state)
{
    (void)state;
    voice_is_there(0, 9000);
    comes();
    assert_int_equal(follows_on(8100, 0), 9000); /* 600 ms and four round trips of 20 */
    sent("Cvvv");
}

static void a_long_path_begins_further_back(void **state)
{
    (void)state;
    voice_is_there(0, 9000);
    ws.min_rtt_ms = 300;
    begin_anew();
    comes();
    assert_int_equal(follows_on(9000 - VIEWER_BURST_MS - 4 * 300, 0), 9000);
    ws.min_rtt_ms = 2000;
    begin_anew();
    comes();
    assert_int_equal(follows_on(9000 - VIEWER_BURST_MOST_MS, 0), 9000);
}

static void voice_does_not_begin_before_a_hole(void **state)
{
    (void)state;
    voice_is_there(0, 3000);
    media_voice(hub, V10, 20000, 20300);
    comes();
    assert_int_equal(follows_on(20000, 0), 20300);
    sent("Cv");
}

static void voice_resumes_where_the_player_has_it(void **state)
{
    (void)state;
    voice_is_there(0, 9000);
    feed_resume(&feed, 4000);
    comes();
    assert_int_equal(follows_on(4000, 300), 9000);
}

static void a_resumption_beyond_the_ring_begins_at_its_oldest(void **state)
{
    (void)state;
    voice_is_there(3000, 9000);
    feed_resume(&feed, 1500);
    comes();
    assert_int_equal(follows_on(3000, 0), 9000);
}

static void an_absurd_resumption_begins_near_live(void **state)
{
    (void)state;
    static const uint32_t absurd[] = {0, 100, 60000, UINT32_MAX};
    voice_is_there(15000, 30000);
    for (size_t i = 0; i < sizeof(absurd) / sizeof(absurd[0]); i++) {
        begin_anew();
        feed_resume(&feed, absurd[i]);
        comes();
        assert_int_equal(follows_on(28200, 0), 30000);
        sent("Cvvvvvv");
    }
}

/* -- changes ---------------------------------------------------------------------------------- */

/* Media of both lanes, tick by tick, with the change at `change_ms`. */
static void voice_changes_from(uint8_t from, uint16_t from_bundle, uint8_t to, uint16_t to_bundle,
                               uint32_t change_ms)
{
    begin_anew();
    listens(from, from_bundle);
    bool is_same = from == to;
    uint32_t new_from = UINT32_MAX;
    for (uint32_t t = 0; t < 12000; t += 20) {
        fake_clock_advance(20);
        if (t == change_ms) {
            listens(to, to_bundle);
            new_from = t + 100; /* the encoder starts */
        }
        if (t % media_packet_ms(from) == 0 && hub_wanted(hub) & 1u << from)
            media_voice(hub, from, t, t + 1);
        if (!is_same && t >= new_from && (t - new_from) % media_packet_ms(to) == 0)
            media_voice(hub, to, t, t + 1);
        pump();
    }
    assert_in_range(follows_on(0, to_bundle), 12000 - 700, 12000 + 60);
    assert_ptr_equal(track_lane(&feed.voice), lane(to, to_bundle));
    assert_null(track_next(&feed.voice));
    assert_int_equal(hub_wanted(hub), 1u << to);
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
    voice_runs();
    listens(V24, 200);
    for (int i = 0; i < 20; i++)
        look(250);
    assert_int_equal(hub_wanted(hub), 1u << V24);
    media_voice(hub, V24, 5000, 5200);
    pump();
    sent("Cv");
}

/* -- what waits ------------------------------------------------------------------------------- */

static void voice_too_old_is_left_out(void **state)
{
    (void)state;
    voice_runs();
    ws.room = 0;
    media_voice(hub, V10, 300, 7800);
    pump();
    struct rung_facts facts = {0};
    feed_tell(&feed, clock_ms(), &facts);
    assert_int_equal(facts.voice_lag_ms, 7500 - 300);
    media_voice(hub, V10, 7800, 15000);
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    assert_int_equal(first_unit(0).pts_ms, 13200);
    sent("vvvvvv");
}

static void voice_that_waited_less_arrives_whole(void **state)
{
    (void)state;
    listens(V10, 300);
    ws.room = 0;
    media_voice(hub, V10, 0, 7500);
    pump();
    ws.room = 1000000;
    feed_pump(&feed);
    assert_int_equal(follows_on(0, 0), 7500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCENE(voice_begins_a_little_back),
        IN_SCENE(a_long_path_begins_further_back),
        IN_SCENE(voice_does_not_begin_before_a_hole),
        IN_SCENE(voice_resumes_where_the_player_has_it),
        IN_SCENE(a_resumption_beyond_the_ring_begins_at_its_oldest),
        IN_SCENE(an_absurd_resumption_begins_near_live),
        IN_SCENE(a_change_of_voice_leaves_no_hole),
        IN_SCENE(voice_that_is_not_there_is_changed_to_after_a_while),
        IN_SCENE(voice_too_old_is_left_out),
        IN_SCENE(voice_that_waited_less_arrives_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
