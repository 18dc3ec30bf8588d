#include "tests/unit/unit.h"

#include <errno.h>

#include "server/metrics/metrics.h"
#include "server/viewer/crowd.h"
#include "server/viewer/link.h"
#include "server/viewer/viewer.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/session/classroom.h"
#include "tests/unit/viewer/fake_ws.h"

enum { HELLO_MS = 5000, STALL_MS = 30000, PLAYERS = 4 };

static struct classroom room;
static struct crowd *crowd;
static struct ws players[PLAYERS];

static int open_crowd(void **state)
{
    (void)state;
    classroom_open(&room);
    const struct crowd_params p = {.loop = &room.loop,
                                   .sessions = room.sessions,
                                   .lessons = room.lessons,
                                   .ladder = &room.ladder,
                                   .hello_timeout_ms = HELLO_MS,
                                   .stall_ms = STALL_MS,
                                   .max_viewers = 3};
    for (size_t i = 0; i < PLAYERS; i++)
        fake_init(&players[i]);
    return crowd_new(&crowd, &p);
}

static bool enter(struct ws *ws)
{
    const struct ws_events *e = crowd_protocol(crowd)->events;
    return e->on_open(ws, e->arg);
}

static void gone(struct ws *ws)
{
    struct viewer *v = ws->user;
    ws->user = NULL;
    if (v)
        crowd_protocol(crowd)->events->on_close(v);
}

static void on_crowd_closed(void *arg)
{
    *(bool *)arg = true;
}

static int close_crowd(void **state)
{
    (void)state;
    bool is_closed = false;
    if (room.pub)
        classroom_unpublish(&room, SOURCE_STOPPED);
    for (size_t i = 0; i < PLAYERS; i++) {
        gone(&players[i]);
        fake_forget(&players[i]);
    }
    assert_int_equal(crowd_size(crowd), 0);
    crowd_close(crowd, on_crowd_closed, &is_closed);
    assert_false(is_closed);
    uv_run(&room.loop, UV_RUN_NOWAIT);
    uv_run(&room.loop, UV_RUN_NOWAIT);
    assert_true(is_closed);
    classroom_close(&room);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(metric_get(METRIC_VIEWERS, i), 0);
    return 0;
}

static void says(struct ws *ws, const char *text)
{
    crowd_protocol(crowd)->events->on_text(ws->user, text, strlen(text));
}

#define HELLO "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\",\"h264\",\"avif\"]}"
#define HELLO_MATH                                                                                 \
    "{\"t\":\"hello\",\"v\":1,\"lesson\":\"math\",\"key\":\"math-watch-key\",\"can\":[]}"

static void join(struct ws *ws)
{
    assert_true(enter(ws));
    says(ws, HELLO);
    assert_false(ws->is_closed);
}

/* Looks for `ms`, four times a second; the socket has acknowledged all. */
static void looks(struct ws *ws, uint32_t ms)
{
    for (uint32_t t = 0; t < ms && !ws->is_closed; t += LINK_LOOK_MS) {
        fake_clock_advance(LINK_LOOK_MS);
        fake_ack(ws, UINT32_MAX);
        viewer_look(ws->user, clock_ms());
    }
}

static void reports(struct ws *ws)
{
    says(ws, "{\"t\":\"report\",\"pts\":0,\"buf\":3000}");
}

static const char *last_text(const struct ws *ws)
{
    for (size_t i = ws->n_sent; i > 0; i--) {
        if (ws->sent[i - 1].is_text)
            return (const char *)ws->sent[i - 1].bytes;
    }
    return "";
}

static void has_text(const struct ws *ws, const char *part)
{
    for (size_t i = 0; i < ws->n_sent; i++) {
        if (ws->sent[i].is_text && strstr((const char *)ws->sent[i].bytes, part))
            return;
    }
    fail_msg("nobody said %s; last: %s", part, last_text(ws));
}

static void is_dismissed(const struct ws *ws, enum ws_close_code code, const char *why)
{
    assert_true(ws->is_closed);
    assert_int_equal(ws->close_code, code);
    assert_string_equal(ws->close_why, why);
    assert_non_null(strstr(last_text(ws), "\"bye\""));
}

static struct hub *hub_of_demo(void)
{
    struct session *s;
    assert_int_equal(session_seat(room.sessions, "demo", &s), 0);
    struct hub *hub = session_hub(s);
    session_unseat(s);
    return hub;
}

/* -- greeting ------------------------------------------------------------------------------- */

static void who_says_hello_is_welcomed(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    assert_true(ws->n_sent >= 2);
    has_text(ws, "\"welcome\"");
    has_text(ws, "\"waiting\"");
    has_text(ws, "\"picture\":\"still\"");
    assert_int_equal(metric_get_named(METRIC_VIEWERS, "R2"), 1);
    assert_int_equal(hub_wanted(hub_of_demo()), 1u << V10 | 1u << AVIF);
    gone(ws);
    assert_int_equal(hub_wanted(hub_of_demo()), 0);
}

static struct publisher *begins_muted(void)
{
    struct publisher *pub;
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &pub), PUBLISH_OK);
    sessions_sink(room.sessions)->mute(pub, true, NULL);
    return pub;
}

static void a_muted_teacher_is_told_of_to_who_is_there_and_who_comes(void **state)
{
    (void)state;
    struct ws *ws = &players[0], *late = &players[1];
    join(ws);
    assert_null(strstr(last_text(ws), "muted"));
    struct publisher *pub = begins_muted();
    looks(ws, 500);
    assert_string_equal(last_text(ws), "{\"t\":\"state\",\"state\":\"waiting\",\"muted\":true}");
    size_t sent = ws->n_sent;
    looks(ws, 2000);
    assert_int_equal(ws->n_sent, sent); /* once */
    join(late);
    has_text(late, "\"state\":\"waiting\",\"muted\":true,");
    sessions_sink(room.sessions)->mute(pub, false, NULL);
    looks(ws, 500);
    assert_string_equal(last_text(ws), "{\"t\":\"state\",\"state\":\"waiting\"}");
    sessions_sink(room.sessions)->close(pub, SOURCE_STOPPED);
}

static void who_says_nothing_is_sent_away(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    assert_true(enter(ws));
    looks(ws, HELLO_MS);
    assert_false(ws->is_closed);
    looks(ws, 500);
    is_dismissed(ws, WS_CLOSE_NO_HELLO, "no hello in time");
    says(ws, HELLO); /* too late */
    assert_int_equal(ws->n_sent, 1);
}

static void sent_away(const char *text, enum ws_close_code code, const char *why)
{
    struct ws *ws = &players[0];
    assert_true(enter(ws));
    says(ws, text);
    is_dismissed(ws, code, why);
    gone(ws);
    fake_forget(ws);
    fake_init(ws);
}

static void wrong_greetings_are_told_why(void **state)
{
    (void)state;
    sent_away("{\"t\":\"report\"}", WS_CLOSE_BAD_MESSAGE, "hello first");
    sent_away("{\"t\":\"mode\",\"mode\":\"auto\"}", WS_CLOSE_BAD_MESSAGE, "hello first");
    sent_away("GET / HTTP/1.1", WS_CLOSE_BAD_MESSAGE, "not JSON");
    sent_away("{\"t\":\"hello\",\"v\":1,\"lesson\":\"nope\",\"can\":[]}", WS_CLOSE_NO_LESSON,
              "no such lesson");
    sent_away("{\"t\":\"hello\",\"v\":1,\"lesson\":\"math\",\"can\":[]}", WS_CLOSE_NOT_ALLOWED,
              "not allowed");
    sent_away(
        "{\"t\":\"hello\",\"v\":1,\"lesson\":\"math\",\"key\":\"math-stream-key\",\"can\":[]}",
        WS_CLOSE_NOT_ALLOWED, "not allowed");
    struct ws *ws = &players[0];
    assert_true(enter(ws));
    says(ws, HELLO_MATH);
    assert_false(ws->is_closed);
}

/* Binary messages never get here: the protocol has none (server/net). */
static void a_teachers_words_close_a_player(void **state)
{
    (void)state;
    static const char *const words[] = {
        "{\"t\":\"hello\",\"v\":1,\"key\":\"demo-stream-key\",\"device\":\"laptop-1\"}",
        "{\"t\":\"source\",\"content\":\"slides\"}",
        "{\"t\":\"break\",\"minutes\":5}",
        "{\"t\":\"end\"}",
        "{\"t\":\"rotate\"}",
    };
    assert_int_equal(crowd_protocol(crowd)->binary_max, 0);
    assert_null(crowd_protocol(crowd)->events->on_binary);
    for (size_t i = 0; i < 2 * sizeof(words) / sizeof(words[0]); i++) {
        struct ws *ws = &players[0];
        fake_init(ws);
        assert_true(enter(ws));
        if (i % 2)
            says(ws, HELLO);
        says(ws, words[i / 2]);
        assert_int_equal(ws->close_code, WS_CLOSE_BAD_MESSAGE);
        gone(ws);
        fake_forget(ws);
    }
}

static void a_second_hello_is_one_too_many(void **state)
{
    (void)state;
    join(&players[0]);
    says(&players[0], HELLO);
    is_dismissed(&players[0], WS_CLOSE_BAD_MESSAGE, "second hello");
    assert_int_equal(hub_wanted(hub_of_demo()), 0); /* all is given back at once */
}

static void the_crowd_has_a_limit(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        join(&players[i]);
    assert_false(enter(&players[3]));
    assert_int_equal(crowd_size(crowd), 3);
    players[3].user = NULL;
    gone(&players[1]);
    join(&players[3]);
    assert_int_equal(crowd_size(crowd), 3);
}

/* -- what the player wants ------------------------------------------------------------------ */

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

static struct session_facts facts(void)
{
    struct session_facts f;
    assert_true(sessions_facts(room.sessions, "demo", &f));
    return f;
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

/* -- time ----------------------------------------------------------------------------------- */

static void a_silent_player_is_given_up(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    looks(ws, 60000); /* a page in the background is let speak once a minute */
    reports(ws);
    looks(ws, VIEWER_SILENT_MS);
    assert_false(ws->is_closed);
    looks(ws, 500);
    is_dismissed(ws, WS_CLOSE_TOO_SLOW, "silent");
}

static void a_player_that_takes_nothing_is_given_up(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    ws->room = 0;
    for (int i = 0; i < STALL_MS / 2000; i++) {
        looks(ws, 2000);
        reports(ws);
    }
    assert_false(ws->is_closed);
    looks(ws, 1000);
    assert_true(ws->is_closed);
    assert_int_equal(ws->close_code, WS_CLOSE_TOO_SLOW);
    assert_string_equal(ws->close_why, "takes nothing");
}

static void the_state_of_the_lesson_is_told(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    fake_forget(ws);
    classroom_begin(&room, "demo-stream-key", 0);
    classroom_teach(&room, 300);
    looks(ws, 250);
    has_text(ws, "\"live\"");
    classroom_unpublish(&room, SOURCE_LOST);
    ws->room = 0; /* not now */
    looks(ws, 250);
    ws->room = 100000;
    looks(ws, 250);
    has_text(ws, "\"reconnecting\"");
    fake_forget(ws);
    looks(ws, 1000);
    assert_null(strstr(last_text(ws), "\"state\"")); /* once */
}

/* Voice up to `ms` and a picture: what a lesson that goes on brings. */
static void goes_on(uint32_t from_ms, uint32_t to_ms, uint32_t still)
{
    struct hub *hub = hub_of_demo();
    media_voice(hub, V10, from_ms, to_ms);
    assert_int_equal(media_still(hub, to_ms, still, 900), 0);
    while (hub_pump(hub)) {
    }
}

static size_t media_bytes(const struct ws *ws)
{
    size_t bytes = 0;
    for (size_t i = 0; i < ws->n_sent; i++)
        bytes += ws->sent[i].is_text ? 0 : ws->sent[i].len;
    return bytes;
}

static struct ws *one_who_listens(void)
{
    struct ws *ws = &players[0];
    classroom_begin(&room, "demo-stream-key", 0);
    join(ws);
    media_configs(hub_of_demo());
    goes_on(0, 600, 1);
    assert_true(media_bytes(ws) > 900);
    return ws;
}

static void in_a_break_nothing_but_control_is_sent(void **state)
{
    (void)state;
    struct ws *ws = one_who_listens();
    sessions_break(room.sessions, "demo", 60000);
    fake_forget(ws);
    looks(ws, LINK_LOOK_MS);
    assert_string_equal(last_text(ws), "{\"t\":\"break\",\"ms\":59750,\"kind\":\"eyes\"}");
    assert_int_equal(facts().break_ms, 59750);
    assert_int_equal(hub_wanted(hub_of_demo()), 0);
    goes_on(600, 1200, 2);
    says(ws, "{\"t\":\"mode\",\"mode\":\"save\"}");
    looks(ws, 20000);
    assert_string_equal(last_text(ws), "{\"t\":\"break\",\"ms\":39750,\"kind\":\"eyes\"}");
    looks(ws, 39500);
    assert_int_equal(media_bytes(ws), 0);
    looks(ws, LINK_LOOK_MS);
    has_text(ws, "{\"t\":\"break\",\"ms\":0,\"kind\":\"eyes\"}");
    assert_int_equal(hub_wanted(hub_of_demo()), 1u << V10);
    goes_on(61000, 61600, 3);
    assert_true(media_bytes(ws) > 0);
}

static void a_break_is_over_when_the_teacher_or_the_lesson_says_so(void **state)
{
    (void)state;
    struct ws *ws = one_who_listens();
    sessions_break(room.sessions, "demo", 60000);
    looks(ws, 500);
    fake_forget(ws);
    sessions_break(room.sessions, "demo", 0);
    looks(ws, 250);
    has_text(ws, "{\"t\":\"break\",\"ms\":0,\"kind\":\"eyes\"}");
    goes_on(600, 1200, 2);
    assert_true(media_bytes(ws) > 900); /* goes on where it was: nothing was missed */
    sessions_break(room.sessions, "demo", 60000);
    looks(ws, 250);
    fake_forget(ws);
    classroom_unpublish(&room, SOURCE_STOPPED);
    assert_true(sessions_end(room.sessions, "demo", ""));
    looks(ws, 250);
    has_text(ws, "\"state\":\"ended\"");
    has_text(ws, "{\"t\":\"break\",\"ms\":0,\"kind\":\"eyes\"}");
    sessions_break(room.sessions, "demo", 60000); /* nothing is on: no break */
    assert_int_equal(facts().break_ms, 0);
}

static void who_comes_during_a_break_is_told(void **state)
{
    (void)state;
    struct ws *late = &players[1];
    one_who_listens();
    sessions_break(room.sessions, "demo", 60000);
    join(late);
    assert_string_equal(last_text(late), "{\"t\":\"break\",\"ms\":60000,\"kind\":\"eyes\"}");
    assert_int_equal(media_bytes(late), 0);
    looks(late, 60000);
    has_text(late, "\"why\":\"start\"");
}

static void what_was_lost_on_the_way_is_told_in_portions(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    ws->resent_bytes = VIEWER_RESENT_BYTES - 1;
    looks(ws, 2 * LINK_MEASURE_CALM_MS);
    assert_null(strstr(last_text(ws), "\"resent\""));
    ws->resent_bytes = VIEWER_RESENT_BYTES + 5;
    looks(ws, 2 * LINK_MEASURE_CALM_MS);
    has_text(ws, "\"resent\",\"bytes\":6005");
    fake_forget(ws);
    ws->resent_bytes += VIEWER_RESENT_BYTES;
    looks(ws, 2 * LINK_MEASURE_CALM_MS);
    has_text(ws, "\"resent\",\"bytes\":6000");
}

static void a_change_of_the_timetable_is_told_once_to_whom_it_concerns(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    fake_forget(ws);
    sessions_plan_changed(room.sessions, "another");
    looks(ws, 1000);
    assert_null(strstr(last_text(ws), "timetable"));
    sessions_plan_changed(room.sessions, "demo");
    ws->room = 0; /* not now */
    looks(ws, 250);
    ws->room = 100000;
    looks(ws, 250);
    has_text(ws, "{\"t\":\"timetable\"}");
    fake_forget(ws);
    looks(ws, 1000);
    assert_null(strstr(last_text(ws), "timetable"));
}

static void a_removed_lesson_sends_its_viewers_away(void **state)
{
    (void)state;
    struct ws *ws = &players[0];
    join(ws);
    sessions_void(room.sessions, "demo");
    looks(ws, 250);
    is_dismissed(ws, WS_CLOSE_NO_LESSON, "lesson removed");
}

static bool all_looked_at(struct classroom *c)
{
    (void)c;
    return players[0].is_closed && players[1].is_closed && players[2].is_closed;
}

static void the_crowd_looks_at_everybody(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        assert_true(enter(&players[i]));
    fake_clock_advance(HELLO_MS + 1);
    classroom_run(&room, all_looked_at);
}

static int scene(void)
{
    struct ws *ws = &players[0];
    fake_init(ws);
    if (!enter(ws))
        return -ENOMEM;
    says(ws, HELLO);
    int err = ws->is_closed ? -ENOMEM : 0;
    /* Where lanes could not be had, the next look takes them. */
    if (!err)
        looks(ws, 500);
    if (!err && hub_wanted(hub_of_demo()) != (1u << V10 | 1u << AVIF))
        err = -ENOMEM;
    gone(ws);
    fake_forget(ws);
    return err;
}

static void failing_allocations_end_one_viewer_and_nothing_else(void **state)
{
    (void)state;
    struct ws *other = &players[1];
    assert_true(enter(other));
    says(other, HELLO_MATH);
    assert_true(oom_levels(scene) >= 8);
    assert_false(other->is_closed);
    assert_int_equal(crowd_size(crowd), 1);
}

static int crowd_scene(void)
{
    struct crowd *c;
    bool is_closed = false;
    int err = crowd_new(&c, crowd_params_of(crowd));
    if (err)
        return err;
    crowd_close(c, on_crowd_closed, &is_closed);
    uv_run(&room.loop, UV_RUN_NOWAIT);
    uv_run(&room.loop, UV_RUN_NOWAIT);
    assert_true(is_closed);
    return 0;
}

static void a_crowd_without_memory_is_none(void **state)
{
    (void)state;
    assert_true(oom_levels(crowd_scene) >= 2);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_crowd, close_crowd)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(who_says_hello_is_welcomed),
        CASE(a_muted_teacher_is_told_of_to_who_is_there_and_who_comes),
        CASE(who_says_nothing_is_sent_away),
        CASE(wrong_greetings_are_told_why),
        CASE(a_teachers_words_close_a_player),
        CASE(a_second_hello_is_one_too_many),
        CASE(the_crowd_has_a_limit),
        CASE(modes_act_at_once),
        CASE(behind_a_white_page_no_picture_is_sent_to_who_draws),
        CASE(behind_a_white_page_who_does_not_draw_has_the_picture),
        CASE(a_hidden_page_gets_voice_alone),
        CASE(media_follows_the_rung),
        CASE(who_teaches_can_know_what_players_receive),
        CASE(who_broke_off_is_on_the_way_back),
        CASE(a_player_without_opus_gets_aac),
        CASE(talking_much_does_not_widen_the_window),
        CASE(a_silent_player_is_given_up),
        CASE(a_player_that_takes_nothing_is_given_up),
        CASE(the_state_of_the_lesson_is_told),
        CASE(a_change_of_the_timetable_is_told_once_to_whom_it_concerns),
        CASE(in_a_break_nothing_but_control_is_sent),
        CASE(a_break_is_over_when_the_teacher_or_the_lesson_says_so),
        CASE(who_comes_during_a_break_is_told),
        CASE(what_was_lost_on_the_way_is_told_in_portions),
        CASE(a_removed_lesson_sends_its_viewers_away),
        CASE(the_crowd_looks_at_everybody),
        CASE(failing_allocations_end_one_viewer_and_nothing_else),
        CASE(a_crowd_without_memory_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
