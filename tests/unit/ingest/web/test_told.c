#include "tests/unit/ingest/web/desk.h"

static void what_is_taken_is_acknowledged(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LAPTOP);
    fake_clock_advance(TEACHER_ACK_MS);
    begins(ws);
    char ack[100];
    snprintf(ack, sizeof(ack), "\"voice\":1040,\"video\":1000,\"bytes\":%d",
             14 + 13 + 8 + 12 + 8 + 100);
    has_text(ws, ack);
    fake_forget(ws);
    page_part(&m, DELTA, 1100, 50, 0, 40); /* no whole frame yet */
    page_voice(&m, 1060, 1);
    sends_message(ws);
    assert_int_equal(ws->n_sent, 0); /* not so soon */
    looks(ws, TEACHER_ACK_MS);
    has_text(ws, "\"voice\":1060,\"video\":1000");
    fake_forget(ws);
    looks(ws, 1000);
    assert_null(text_with(ws, "\"ack\"")); /* nothing came */
}

static void a_keyframe_is_asked_for_at_most_once_a_second(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LAPTOP);
    page_video_config(&m, 0);
    page_frame(&m, DELTA, 0, 10);
    sends_message(ws);
    looks(ws, 250);
    has_text(ws, "{\"t\":\"key\"}");
    fake_forget(ws);
    page_frame(&m, DELTA, 0, 10);
    sends_message(ws);
    looks(ws, 500);
    assert_null(text_with(ws, "\"key\""));
    looks(ws, 500);
    has_text(ws, "{\"t\":\"key\"}");
}

static void the_status_comes_every_two_seconds_and_on_changes(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LOOK);
    has_text(ws, "\"status\"");
    has_text(ws, "\"pupils\":1");
    fake_forget(ws);
    looks(ws, TEACHER_STATUS_MS - TEACHER_LOOK_MS);
    assert_int_equal(ws->n_sent, 0);
    looks(ws, TEACHER_LOOK_MS);
    has_text(ws, "\"status\"");
    fake_forget(ws);
    classroom_begin(&room, "demo-stream-key", 0);
    looks(ws, TEACHER_LOOK_MS);
    has_text(ws, "\"kind\":\"rtmp\"");
    has_text(ws, "\"state\":\"live\"");
    classroom_unpublish(&room, SOURCE_STOPPED);
}

static void whoever_may_teach_may_begin_and_end_a_break(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LOOK);
    says(ws, "{\"t\":\"break\",\"minutes\":5}"); /* nobody teaches */
    assert_int_equal(facts("demo").break_ms, 0);
    classroom_begin(&room, "demo-stream-key", 0); /* an encoder */
    fake_forget(ws);
    says(ws, "{\"t\":\"break\",\"minutes\":5}");
    assert_int_equal(facts("demo").break_ms, 300000);
    has_text(ws, "\"break\":300000");
    assert_int_equal(facts("math").break_ms, 0);
    fake_forget(ws);
    says(ws, "{\"t\":\"break\",\"minutes\":0}");
    has_text(ws, "\"status\""); /* at once */
    assert_null(text_with(ws, "\"break\""));
    classroom_unpublish(&room, SOURCE_STOPPED);
}

static void what_a_full_socket_did_not_take_is_said_later(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LAPTOP);
    fake_forget(ws);
    ws->room = 0;
    says(ws, ROTATE);
    looks(ws, 1000);
    assert_int_equal(ws->n_sent, 0);
    ws->room = 100000;
    looks(ws, 250);
    has_text(ws, "\"rotated\",\"why\":\"failed\"");
    fake_forget(ws);
    looks(ws, 1000);
    assert_null(text_with(ws, "\"rotated\""));
}

static void one_who_takes_nothing_is_given_up(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LOOK);
    for (uint32_t t = 0; t < TEACHER_STALL_MS; t += 1000) {
        fake_clock_advance(1000);
        ws->queued = 1;
        teacher_look(ws->user, clock_ms());
    }
    assert_false(ws->is_closed);
    fake_clock_advance(1000);
    ws->queued = 1;
    teacher_look(ws->user, clock_ms());
    is_dismissed(ws, WS_CLOSE_TOO_SLOW, "takes nothing");
}

static void a_new_key_is_not_to_be_had_every_moment(void **state)
{
    (void)state;
    struct ws *ws = &pages[0];
    comes(ws, LAPTOP);
    says(ws, ROTATE);
    has_text(ws, "\"rotated\",\"why\":\"failed\""); /* nothing is kept here */
    fake_clock_advance(TEACHER_ROTATE_MS - 1);
    says(ws, ROTATE);
    has_text(ws, "\"rotated\",\"why\":\"busy\"");
    fake_forget(ws);
    fake_clock_advance(1);
    says(ws, ROTATE);
    has_text(ws, "\"rotated\",\"why\":\"failed\"");
}

static void who_is_loaded_anew_gets_the_board(void **state)
{
    (void)state;
    comes(&pages[0], LAPTOP);
    begins(&pages[0]);
    put_ink();
    sends_message(&pages[0]);
    comes(&pages[1], LAPTOP);
    for (size_t i = 0; i < pages[1].n_sent; i++) {
        if (!pages[1].sent[i].is_text) {
            assert_int_equal(pages[1].sent[i].bytes[0], INK << 4 | KEY);
            return;
        }
    }
    fail_msg("no board");
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(what_is_taken_is_acknowledged),
        CASE(a_keyframe_is_asked_for_at_most_once_a_second),
        CASE(the_status_comes_every_two_seconds_and_on_changes),
        CASE(whoever_may_teach_may_begin_and_end_a_break),
        CASE(what_a_full_socket_did_not_take_is_said_later),
        CASE(one_who_takes_nothing_is_given_up),
        CASE(a_new_key_is_not_to_be_had_every_moment),
        CASE(who_is_loaded_anew_gets_the_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
