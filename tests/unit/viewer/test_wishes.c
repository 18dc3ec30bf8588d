#include "tests/unit/viewer/room.h"

/* The scene: a still has shown that the link carries video, and eight seconds are over. */
static void climb(struct ws *ws)
{
    struct hub *hub = hub_of_demo();
    assert_int_equal(media_still(hub, 0, 1, 60000), 0);
    while (hub_pump(hub)) {
    }
    looks(ws, 8000);
    has_text(ws, "\"picture\":\"video\",\"why\":\"good\"");
}

static void join_and_climb(struct ws *ws)
{
    join(ws);
    climb(ws);
}

static void modes_act_at_once(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join_and_climb(ws);
    has_text(ws, "\"R6\"");
    fake_forget(ws);
    says(ws, "{\"t\":\"mode\",\"mode\":\"voice\"}");
    has_text(ws, "\"picture\":\"none\",\"why\":\"choice\"");
    assert_int_equal(hub_wanted(hub_of_demo()) & (1u << AVIF | 1u << LOW | 1u << HIGH), 0);
    fake_forget(ws);
    says(ws, "{\"t\":\"mode\",\"mode\":\"save\"}");
    has_text(ws, "\"picture\":\"still\",\"why\":\"choice\"");
    fake_forget(ws);
    says(ws, "{\"t\":\"mode\",\"mode\":\"auto\"}");
    has_text(ws, "\"R6\"");
    assert_true(hub_wanted(hub_of_demo()) & 1u << HIGH);
}

static void draws(const struct pen *p)
{
    assert_int_equal(ink_batch(hub_ink(hub_of_demo()), 0, p->bytes, p->len), 0);
}

static void behind_a_white_page_no_picture_is_sent_to_who_draws(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    struct pen p = pen_new();
    assert_true(enter(ws));
    says(
        ws,
        "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\",\"h264\",\"avif\",\"ink\"]}");
    climb(ws);
    pen_page(&p, 1);
    draws(&p);
    fake_forget(ws);
    looks(ws, 500);
    has_text(ws, "\"rung\":\"R6\""); /* and its better voice */
    has_text(ws, "\"picture\":\"board\"");
    assert_int_equal(hub_wanted(hub_of_demo()), 1u << V24);
    p = pen_new();
    pen_picture(&p);
    draws(&p);
    fake_forget(ws);
    looks(ws, 500);
    has_text(ws, "\"picture\":\"video\"");
    assert_true(hub_wanted(hub_of_demo()) & 1u << HIGH);
}

static void behind_a_white_page_who_does_not_draw_has_the_picture(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    struct pen p = pen_new();
    join_and_climb(ws);
    pen_page(&p, 1);
    draws(&p);
    fake_forget(ws);
    looks(ws, 500);
    assert_true(hub_wanted(hub_of_demo()) & 1u << HIGH);
    assert_string_equal(last_text(ws), "");
}

static void a_hidden_page_gets_voice_alone(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join_and_climb(ws);
    fake_forget(ws);
    says(ws, "{\"t\":\"report\",\"hidden\":true}");
    has_text(ws, "\"picture\":\"none\",\"why\":\"hidden\"");
    fake_forget(ws);
    says(ws, "{\"t\":\"report\",\"hidden\":true}"); /* nothing new */
    assert_int_equal(ws->n_sent, 0);
    says(ws, "{\"t\":\"report\",\"hidden\":false}");
    has_text(ws, "\"picture\":\"video\"");
    says(ws, "{\"t\":\"report\",\"video\":false}");
    has_text(ws, "\"picture\":\"still\"");
}

static void media_follows_the_rung(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    fake_forget(ws);
    struct hub *hub = hub_of_demo();
    media_configs(hub);
    media_voice(hub, V10, 0, 600);
    assert_int_equal(media_still(hub, 0, 1, 900), 0);
    while (hub_pump(hub)) {
    }
    char letters[64];
    fake_letters(ws, letters, sizeof(letters));
    assert_string_equal(letters, "Cvv s");
}

static void who_teaches_can_know_what_players_receive(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    assert_int_equal(facts().of_rung[RUNG_STILL], 1);
    assert_int_equal(facts().voice_only, 0);
    says(ws, "{\"t\":\"mode\",\"mode\":\"voice\"}");
    assert_int_equal(facts().of_rung[RUNG_STILL], 0);
    assert_int_equal(facts().of_rung[RUNG_1], 1);
    assert_int_equal(facts().voice_only, 1);
    join(&players[1]);
    gone(ws);
    assert_int_equal(facts().of_rung[RUNG_1], 0);
    assert_int_equal(facts().voice_only, 0);
    assert_int_equal(facts().viewers, 1);
}

#define HELLO_AGAIN "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\"],\"pts\":5000}"

static void who_broke_off_is_on_the_way_back(void **state)
{
    (void)state;
    join(&players[1]); /* keeps the session */
    join(&players[0]);
    players[0].said_bye = true;
    gone(&players[0]);
    assert_int_equal(facts().away, 0);
    fake_init(&players[0]);
    join(&players[0]);
    gone(&players[0]);
    assert_int_equal(facts().away, 1);
    assert_true(enter(&players[0]));
    says(&players[0], HELLO_AGAIN);
    assert_int_equal(facts().away, 0);
    players[0].room = 0; /* nothing gets through to it any more */
    for (int i = 0; i <= STALL_MS / 2000; i++) {
        looks(&players[0], 2000);
        if (!players[0].is_closed)
            reports(&players[0]);
    }
    assert_int_equal(players[0].close_code, WS_CLOSE_TOO_SLOW);
    assert_int_equal(facts().away, 1);
    gone(&players[0]);
    assert_int_equal(facts().away, 1);
    says(&players[1], HELLO); /* sent away for good */
    assert_true(players[1].is_closed);
    gone(&players[1]);
}

static void a_player_without_opus_gets_aac(void **state)
{
    (void)state;
    assert_true(enter(&players[0]));
    says(&players[0], "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"aac\"]}");
    assert_int_equal(hub_wanted(hub_of_demo()), 1u << AAC32);
    assert_true(enter(&players[1]));
    says(&players[1], "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[]}"); /* nothing */
    assert_false(players[1].is_closed);
    looks(&players[1], 2000);
}

/* A player may send 20 messages a second; the belief about its link must not depend on it. */
static void talking_much_does_not_widen_the_window(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    size_t n = ws->n_sent;
    uint32_t queued = ws->queued = 20000;
    enum { TIMES = 200, ANSWERS = 2 * TIMES };
    for (int i = 0; i < TIMES; i++) {
        says(ws,
             i % 2 ? "{\"t\":\"mode\",\"mode\":\"auto\"}" : "{\"t\":\"mode\",\"mode\":\"voice\"}");
    }
    assert_true(ws->n_sent <= n + ANSWERS);
    assert_true(ws->queued >= queued);
    assert_false(ws->is_closed);
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(modes_act_at_once),
        CASE(behind_a_white_page_no_picture_is_sent_to_who_draws),
        CASE(behind_a_white_page_who_does_not_draw_has_the_picture),
        CASE(a_hidden_page_gets_voice_alone),
        CASE(media_follows_the_rung),
        CASE(who_teaches_can_know_what_players_receive),
        CASE(who_broke_off_is_on_the_way_back),
        CASE(a_player_without_opus_gets_aac),
        CASE(talking_much_does_not_widen_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
