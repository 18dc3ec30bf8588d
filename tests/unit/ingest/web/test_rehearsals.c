#include "tests/unit/ingest/web/desk.h"

/* The id of the private session, out of the welcome. */
static const char *rehearsal_of(const struct ws *ws)
{
    static char id[LESSON_ID_MAX];
    const char *text = text_with(ws, "\"rehearsal\":{\"id\":\"");
    assert_non_null(text);
    text = strstr(text, "\"rehearsal\":{\"id\":\"") + strlen("\"rehearsal\":{\"id\":\"");
    snprintf(id, sizeof(id), "%.*s", TOKEN_LEN, text);
    return id;
}

static void a_rehearsal_does_not_touch_the_lesson(void **state)
{
    (void)state;
    size_t n = lessons_count(room.lessons);
    comes(&pages[0], REHEARSE);
    begins(&pages[0]);
    const char *id = rehearsal_of(&pages[0]);
    assert_int_equal(facts(id).state, SESSION_LIVE);
    assert_int_equal(facts("demo").state, SESSION_WAITING);
    assert_int_equal(facts("demo").source, SOURCE_NONE);
    assert_int_equal(lessons_count(room.lessons), n);
    assert_non_null(lessons_find(room.lessons, id));
    comes(&pages[1], PHONE); /* meanwhile the lesson is taught */
    assert_null(text_with(&pages[1], "\"busy\""));
    begins(&pages[1]);
    assert_false(pages[0].is_closed);
    assert_int_equal(metric_get(METRIC_REHEARSALS, 0), 1);
}

static bool is_over(struct classroom *c)
{
    return metric_get(METRIC_REHEARSALS, 0) == 0 && lessons_count(c->lessons) == 2;
}

static void a_rehearsal_ends_with_its_connection(void **state)
{
    (void)state;
    comes(&pages[0], REHEARSE);
    begins(&pages[0]);
    const char *id = rehearsal_of(&pages[0]);
    struct session *pupil;
    assert_int_equal(session_seat(room.sessions, id, &pupil), 0);
    gone(&pages[0]);
    assert_false(session_is_void(pupil)); /* what was sent last is to be heard */
    fake_clock_advance(REHEARSAL_LINGER_MS);
    classroom_run(&room, is_over);
    assert_true(session_is_void(pupil));
    session_unseat(pupil);
    assert_null(lessons_find(room.lessons, id));
}

static void a_rehearsal_on_another_connection_replaces_the_old_one(void **state)
{
    (void)state;
    comes(&pages[0], REHEARSE);
    begins(&pages[0]);
    comes(&pages[1], REHEARSE);
    is_dismissed(&pages[0], WS_CLOSE_TAKEN_OVER, "another connection rehearses");
    begins(&pages[1]);
    says(&pages[1], REHEARSE); /* the same one */
    assert_false(pages[1].is_closed);
    fake_clock_advance(REHEARSAL_LINGER_MS);
    while (metric_get(METRIC_REHEARSALS, 0) > 1)
        uv_run(&room.loop, UV_RUN_ONCE);
    assert_int_equal(facts(rehearsal_of(&pages[1])).source, SOURCE_PAGE);
}

static void the_end_is_taken_on_a_new_connection(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    comes(&pages[1], HELLO_OF("laptop-1", ",\"media\":false")); /* the old one is dead */
    says(&pages[1], "{\"t\":\"end\"}");
    is_dismissed(&pages[0], WS_CLOSE_TAKEN_OVER, "another device took over");
    assert_int_equal(state_of_demo(), SESSION_ENDED);
}

static void from_the_rehearsal_to_the_lesson_it_is_one_hello(void **state)
{
    (void)state;
    comes(&pages[0], REHEARSE);
    begins(&pages[0]);
    fake_forget(&pages[0]);
    says(&pages[0], LAPTOP);
    has_text(&pages[0], "\"welcome\"");
    assert_null(text_with(&pages[0], "\"rehearsal\""));
    begins(&pages[0]);
    assert_int_equal(state_of_demo(), SESSION_LIVE);
    fake_clock_advance(REHEARSAL_LINGER_MS);
    classroom_run(&room, is_over);
}

static void rehearsals_are_bounded(void **state)
{
    (void)state;
    for (int i = 0; i < LESSON_REHEARSALS_OF_ONE; i++) {
        char hello[200];
        snprintf(hello, sizeof(hello), HELLO_OF("device-%d", ",\"rehearse\":true"), i);
        comes(&pages[i], hello);
    }
    struct ws *next = &pages[LESSON_REHEARSALS_OF_ONE];
    assert_true(connects(next));
    says(next, REHEARSE);
    is_dismissed(next, WS_CLOSE_TOO_MANY, "too many rehearsals");
    for (uint32_t t = 0; t < REHEARSAL_MS; t += 1000) {
        fake_clock_advance(1000);
        fake_ack(&pages[0], UINT32_MAX);
        fake_forget(&pages[0]);
        teacher_look(pages[0].user, clock_ms());
    }
    assert_false(pages[0].is_closed);
    looks(&pages[0], 1000);
    is_dismissed(&pages[0], WS_CLOSE_NO_LESSON, "rehearsal over");
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(a_rehearsal_does_not_touch_the_lesson),
        CASE(a_rehearsal_ends_with_its_connection),
        CASE(a_rehearsal_on_another_connection_replaces_the_old_one),
        CASE(the_end_is_taken_on_a_new_connection),
        CASE(from_the_rehearsal_to_the_lesson_it_is_one_hello),
        CASE(rehearsals_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
