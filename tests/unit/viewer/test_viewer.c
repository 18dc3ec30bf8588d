#include "tests/unit/viewer/room.h"

#define HELLO_MATH                                                                                 \
    "{\"t\":\"hello\",\"v\":1,\"lesson\":\"math\",\"key\":\"math-watch-key\",\"can\":[]}"

static void is_dismissed(const struct ws *ws, enum ws_close_code code, const char *why)
{
    assert_true(ws->is_closed);
    assert_int_equal(ws->close_code, code);
    assert_string_equal(ws->close_why, why);
    assert_non_null(strstr(last_text(ws), "\"bye\""));
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
        "{\"t\":\"rotate\",\"key\":\"a-key-of-26-letters-or-more\"}",
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
