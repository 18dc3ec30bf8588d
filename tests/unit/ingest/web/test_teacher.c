#include "tests/unit/ingest/web/desk.h"

/* -- greeting --------------------------------------------------------------------------------- */

static void who_says_hello_teaches(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    web_set_rtmp_port(web, 1935);
    comes(ws, LAPTOP);
    has_text(ws, "\"welcome\"");
    has_text(ws, "\"voice\":null");
    has_text(ws, "\"port\":1935");
    has_text(ws, "\"kind\":\"browser\"");
    assert_int_equal(state_of_demo(), SESSION_WAITING);
    begins(ws);
    assert_int_equal(state_of_demo(), SESSION_LIVE);
    looks(ws, 250);
    has_text(ws, "\"state\":\"live\"");
    assert_int_equal(metric_get_named(METRIC_TEACHERS, "teaching"), 1);
}

static void who_says_nothing_is_sent_away(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    assert_true(connects(ws));
    looks(ws, HELLO_MS);
    assert_false(ws->is_closed);
    looks(ws, 500);
    is_dismissed(ws, WS_CLOSE_NO_HELLO, "no hello in time");
    size_t n = ws->n_sent;
    says(ws, LAPTOP); /* too late */
    page_voice_config(&m, 0);
    sends_message(ws);
    teacher_look(ws->user, clock_ms());
    assert_int_equal(ws->n_sent, n);
}

static void wrong_keys_are_refused_and_counted(void **state)
{
    (void)state;
    static const char *const wrong[] = {"wrong-key", "", "math-watch-key", "demo"};
    struct ws *ws = &pages[0];
    for (uint32_t i = 0; i < guard_by_address.burst; i++) {
        char hello[200];
        snprintf(hello, sizeof(hello),
                 "{\"t\":\"hello\",\"v\":1,\"key\":\"%s\",\"device\":\"laptop-1\"}", wrong[i % 4]);
        assert_true(connects(ws));
        says(ws, hello);
        is_dismissed(ws, WS_CLOSE_NOT_ALLOWED, "bad key");
        gone(ws);
        fake_forget(ws);
        fake_init(ws);
    }
    assert_true(connects(ws));
    says(ws, LAPTOP);
    is_dismissed(ws, WS_CLOSE_TOO_MANY, "too many wrong keys");
    fake_clock_advance(guard_by_address.lock_ms);
    comes(&pages[1], LAPTOP);
}

static void a_lesson_has_so_many_pages_and_the_server_too(void **state)
{
    (void)state;
    for (int i = 0; i < TEACHERS_OF_LESSON; i++)
        comes(&pages[i], LOOK);
    struct ws *next = &pages[TEACHERS_OF_LESSON];
    assert_true(connects(next));
    says(next, LOOK);
    is_dismissed(next, WS_CLOSE_TOO_MANY, "too many pages of this lesson");
    assert_false(connects(&pages[MOST]));
    pages[MOST].user = NULL;
    gone(next);
    comes(&pages[MOST], MATH);
}

/* -- who teaches ------------------------------------------------------------------------------ */

static void the_same_device_replaces_itself(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    comes(&pages[1], LAPTOP);
    is_dismissed(&pages[0], WS_CLOSE_TAKEN_OVER, "another device took over");
    has_text(&pages[1], "\"voice\":1040");
    assert_int_equal(state_of_demo(), SESSION_LIVE);
    begins(&pages[1]);
    gone(&pages[0]);
    assert_int_equal(facts("demo").source, SOURCE_PAGE);
    assert_int_equal(state_of_demo(), SESSION_LIVE);
}

static void another_device_takes_over_when_asked_to(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    comes(&pages[1], PHONE);
    has_text(&pages[1], "\"busy\"");
    assert_false(pages[0].is_closed);
    fake_forget(&pages[1]);
    says(&pages[1], TAKE);
    is_dismissed(&pages[0], WS_CLOSE_TAKEN_OVER, "another device took over");
    has_text(&pages[1], "\"welcome\"");
    assert_null(text_with(&pages[1], "\"busy\""));
    begins(&pages[1]);
    assert_int_equal(metric_get_named(METRIC_TEACHERS, "teaching"), 1);
}

static void an_encoder_makes_a_silent_page_busy(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    fake_clock_advance(10000);
    assert_int_equal(classroom_publish(&room, "demo-stream-key", &room.pub), PUBLISH_OK);
    begins(&pages[0]); /* it has not heard of it */
    looks(&pages[0], 250);
    has_text(&pages[0], "\"busy\"");
    assert_false(pages[0].is_closed);
    has_text(&pages[0], "\"kind\":\"rtmp\"");
    says(&pages[0], HELLO_OF("laptop-1", ",\"take\":true"));
    assert_int_equal(room.kicks, 1);
    begins(&pages[0]);
    assert_int_equal(facts("demo").source, SOURCE_PAGE);
    classroom_unpublish(&room, SOURCE_REFUSED);
}

static void one_who_looks_on_may_begin(void **state)
{
    (void)state;
    comes(&pages[0], HELLO_OF("laptop-1", ",\"media\":false"));
    assert_int_equal(facts("demo").source, SOURCE_NONE);
    says(&pages[0], LAPTOP);
    begins(&pages[0]);
    says(&pages[0], LAPTOP); /* once more changes nothing */
    page_voice(&m, 1060, 1);
    sends_message(&pages[0]);
    assert_false(pages[0].is_closed);
    says(&pages[0], HELLO_OF("laptop-1", ",\"media\":false"));
    assert_int_equal(facts("demo").source, SOURCE_NONE);
    assert_int_equal(state_of_demo(), SESSION_LIVE); /* for a moment yet */
}

static void the_end_is_deliberate(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    comes(&pages[1], LOOK);
    says(&pages[1], "{\"t\":\"end\"}"); /* it is not the one who teaches */
    has_text(&pages[1], "\"busy\"");
    assert_int_equal(state_of_demo(), SESSION_LIVE);
    says(&pages[0], "{\"t\":\"end\"}");
    assert_int_equal(state_of_demo(), SESSION_ENDED);
    has_text(&pages[0], "\"state\":\"ended\"");
    fake_forget(&pages[0]);
    says(&pages[0], LAPTOP); /* and begins anew, as soon as the codec process has ended */
    for (int i = 0; !text_with(&pages[0], "\"welcome\""); i++) {
        assert_true(i < PATIENCE_MS);
        uv_run(&room.loop, UV_RUN_ONCE);
    }
    begins(&pages[0]);
    assert_int_equal(state_of_demo(), SESSION_LIVE);
}

static void one_who_looks_on_may_end_an_encoders_lesson(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 0);
    comes(&pages[0], LOOK);
    says(&pages[0], "{\"t\":\"end\"}");
    assert_int_equal(room.kicks, 1);
    assert_int_equal(state_of_demo(), SESSION_ENDED);
    classroom_unpublish(&room, SOURCE_REFUSED);
}

static void a_page_waits_while_the_session_cannot_take_it(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    says(&pages[0], "{\"t\":\"end\"}");
    comes(&pages[1], PHONE);
    assert_null(text_with(&pages[1], "\"welcome\"")); /* the old codec process ends */
    fake_clock_advance(TEACHER_PATIENCE_MS + 1);
    teacher_look(pages[1].user, clock_ms());
    is_dismissed(&pages[1], WS_CLOSE_GOING_AWAY, "not now");
}

static void a_lesson_that_is_removed_sends_its_pages_away(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    sessions_void(room.sessions, "demo");
    is_dismissed(&pages[0], WS_CLOSE_NO_LESSON, "lesson removed");
}

/* -- another key ------------------------------------------------------------------------------ */

#define OLD_KEY "the-key-of-before"
#define NEW_KEY "a-key-of-26-letters-or-more"
#define WITH(key, next)                                                                            \
    "{\"t\":\"hello\",\"v\":1,\"device\":\"laptop-1\",\"media\":false,\"key\":\"" key              \
    "\",\"next\":\"" next "\"}"

static void plan_with(const char *key)
{
    struct lesson l = {.id = "planned", .title = "planned", .is_open = true};
    snprintf(l.stream_key, sizeof(l.stream_key), "%s", key);
    assert_int_equal(lessons_plan(room.lessons, &l), 0);
}

static void who_can_not_know_which_key_it_is_shows_both(void **state)
{
    (void)state;
    plan_with(OLD_KEY);
    comes(&pages[0], WITH(OLD_KEY, NEW_KEY));
    comes(&pages[1], WITH(OLD_KEY, ""));
    plan_with(NEW_KEY);
    looks(&pages[0], 1000);
    assert_false(pages[0].is_closed);
    looks(&pages[1], 1000);
    is_dismissed(&pages[1], WS_CLOSE_NOT_ALLOWED, "key changed");
    comes(&pages[2], WITH(OLD_KEY, NEW_KEY));
    has_text(&pages[2], "\"welcome\"");
    says(&pages[2], ROTATE); /* the answer to the first one was lost */
    has_text(&pages[2], "\"rotated\",\"key\":\"" NEW_KEY "\"");
    looks(&pages[2], 1000);
    assert_false(pages[2].is_closed);
    assert_true(connects(&pages[3]));
    says(&pages[3], WITH(OLD_KEY, "another-key-of-26-letters-or-more"));
    is_dismissed(&pages[3], WS_CLOSE_NOT_ALLOWED, "bad key");
    lessons_unplan(room.lessons, "planned");
}

/* -- without memory --------------------------------------------------------------------------- */

static int scene(void)
{
    struct ws *ws = &pages[0];
    fake_init(ws);
    m.len = 0;
    if (!connects(ws))
        return -ENOMEM;
    says(ws, REHEARSE);
    bool is_welcome = text_with(ws, "\"welcome\"") != NULL;
    if (is_welcome) {
        page_video_config(&m, 0);
        page_frame(&m, KEY, 0, 1000);
        sends_message(ws);
    }
    int err = ws->is_closed || !is_welcome ? -ENOMEM : 0;
    gone(ws);
    fake_forget(ws);
    fake_clock_advance(REHEARSAL_LINGER_MS);
    fake_ack(&pages[1], UINT32_MAX);
    while (metric_get(METRIC_REHEARSALS, 0) > 0)
        uv_run(&room.loop, UV_RUN_ONCE);
    return err;
}

static void failing_allocations_end_one_connection_and_nothing_else(void **state)
{
    (void)state;
    comes(&pages[1], PHONE);
    begins(&pages[1]);
    assert_true(oom_levels(scene) >= 5);
    assert_false(pages[1].is_closed);
    assert_int_equal(facts("demo").source, SOURCE_PAGE);
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(who_says_hello_teaches),
        CASE(who_says_nothing_is_sent_away),
        CASE(wrong_keys_are_refused_and_counted),
        CASE(a_lesson_has_so_many_pages_and_the_server_too),
        CASE(the_same_device_replaces_itself),
        CASE(another_device_takes_over_when_asked_to),
        CASE(an_encoder_makes_a_silent_page_busy),
        CASE(one_who_looks_on_may_begin),
        CASE(the_end_is_deliberate),
        CASE(one_who_looks_on_may_end_an_encoders_lesson),
        CASE(a_page_waits_while_the_session_cannot_take_it),
        CASE(a_lesson_that_is_removed_sends_its_pages_away),
        CASE(who_can_not_know_which_key_it_is_shows_both),
        CASE(failing_allocations_end_one_connection_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
