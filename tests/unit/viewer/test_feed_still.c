#include "tests/unit/unit.h"

#include "tests/unit/viewer/player.h"
#include "tests/unit/viewer/scene.h"

static struct player player;

static int open_with_player(void **state)
{
    player_init(&player);
    return open_scene(state);
}

/* What was sent reaches the player, and is acknowledged. */
static void all_arrives(void)
{
    player_read(&player, &ws);
    fake_forget(&ws);
    fake_ack(&ws, UINT32_MAX);
}

/* A picture of its own for each `mark`. */
static void draws(uint8_t mark, size_t len)
{
    assert_int_equal(media_still(hub, 0, mark, len), 0);
    pump();
}

static void arrives(uint8_t mark)
{
    draws(mark, 900);
    all_arrives();
}

static void only_the_newest_is_finished(void **state)
{
    (void)state;
    watches_stills();
    draws(1, 9000);
    sent("s s s s"); /* a window full */
    draws(2, 2000);
    fake_ack(&ws, UINT32_MAX);
    feed_pump(&feed);
    all_arrives();
    assert_int_equal(player.stills, 1);
    assert_int_equal(player.still.shown, still_id(lane(AVIF, 0)->still));
    draws(2, 2000); /* the same again */
    feed_pump(&feed);
    sent("");
}

static void what_was_left_unfinished_begins_again(void **state)
{
    (void)state;
    watches_stills();
    draws(1, 9000);
    all_arrives();
    draws(2, 2000);
    all_arrives();
    draws(1, 9000);
    for (int i = 0; i < 4; i++) {
        all_arrives();
        feed_pump(&feed);
    }
    assert_int_equal(player.stills, 2);
    assert_int_equal(player.names, 0);
}

static void what_was_left_for_the_one_that_is_shown_is_not_finished(void **state)
{
    (void)state;
    watches_stills();
    draws(1, 900);
    sent("s");
    draws(2, 9000);
    sent("s s s s"); /* a window full */
    draws(1, 900);
    fake_ack(&ws, UINT32_MAX);
    feed_pump(&feed);
    sent("");
    draws(2, 9000);
    for (int i = 0; i < 4; i++) {
        all_arrives();
        feed_pump(&feed);
    }
    assert_int_equal(feed.n_stills, 2);
}

static void of_one_that_the_player_has_the_name_will_do(void **state)
{
    (void)state;
    watches_stills();
    draws(1, 900);
    draws(2, 900);
    sent("s s");
    draws(1, 900);
    sent("n");
    draws(2, 900);
    sent("n");
}

static void the_last_eight_are_kept(void **state)
{
    (void)state;
    watches_stills();
    for (int i = 0; i < FEED_STILLS_KEPT; i++)
        arrives((uint8_t)i);
    arrives(0);
    assert_int_equal(player.names, 1);
    arrives(8); /* one too many: the first leaves, though it was shown since */
    arrives(1);
    assert_int_equal(player.names, 2);
    arrives(0);
    assert_int_equal(player.stills, FEED_STILLS_KEPT + 2);
}

static void voice_goes_between_the_pieces(void **state)
{
    (void)state;
    voice_runs();
    watches_stills();
    draws(1, 9000);
    sent("s s s s");
    media_voice(hub, V10, 300, 600);
    pump();
    sent("v"); /* the window is full, but voice passes */
    fake_ack(&ws, 2000);
    media_voice(hub, V10, 600, 900);
    pump();
    sent("v s s");
}

static void pieces_are_as_long_as_the_link_has_proven(void **state)
{
    (void)state;
    watches_stills();
    feed.link.proven_bps = 3000 * 8 * 1000 / LINK_PIECE_MS;
    draws(1, 4000);
    sent("s s");
    fake_ack(&ws, UINT32_MAX);
    feed.link.proven_bps = 0;
    draws(2, 2100);
    sent("s s s");
}

static void who_needs_one_asks_once(void **state)
{
    (void)state;
    watches_stills();
    assert_int_equal(keys[AVIF], 1);
    watches_stills();
    assert_int_equal(keys[AVIF], 1);
    assert_int_equal(feed_set_still(&feed, NULL), 0);
    assert_int_equal(hub_wanted(hub), 0);
}

static void who_looks_away_is_sent_no_more_of_it(void **state)
{
    (void)state;
    watches_stills();
    draws(1, 9000);
    sent("s s s s");
    assert_int_equal(feed_set_still(&feed, NULL), 0);
    fake_ack(&ws, UINT32_MAX);
    feed_pump(&feed);
    sent("");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_with_player, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(only_the_newest_is_finished),
        CASE(what_was_left_unfinished_begins_again),
        CASE(what_was_left_for_the_one_that_is_shown_is_not_finished),
        CASE(of_one_that_the_player_has_the_name_will_do),
        CASE(the_last_eight_are_kept),
        CASE(voice_goes_between_the_pieces),
        CASE(pieces_are_as_long_as_the_link_has_proven),
        CASE(who_needs_one_asks_once),
        CASE(who_looks_away_is_sent_no_more_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
