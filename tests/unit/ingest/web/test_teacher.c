#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "server/ingest/web/teacher.h"
#include "server/metrics/metrics.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/ingest/web/page.h"
#include "tests/unit/session/classroom.h"
#include "tests/unit/viewer/fake_ws.h"

enum { HELLO_MS = 5000, PAGES = 18, MOST = 17 };

static struct classroom room;
static struct web *web;
static struct ws pages[PAGES];
static struct page_message m;
static struct session *seat; /* of a pupil in demo */

static int open_web(void **state)
{
    (void)state;
    classroom_open(&room);
    for (size_t i = 0; i < PAGES; i++)
        fake_init(&pages[i]);
    m.len = 0;
    const struct web_params p = {.loop = &room.loop,
                                 .sessions = room.sessions,
                                 .lessons = room.lessons,
                                 .ladder = &room.ladder,
                                 .hello_timeout_ms = HELLO_MS,
                                 .max_teachers = MOST};
    assert_int_equal(session_seat(room.sessions, "demo", &seat), 0);
    return web_new(&web, &p);
}

static bool connects(struct ws *ws)
{
    const struct ws_events *e = web_protocol(web)->events;
    return e->on_open(ws, e->arg);
}

static void gone(struct ws *ws)
{
    struct teacher *t = ws->user;
    ws->user = NULL;
    if (t)
        web_protocol(web)->events->on_close(t);
}

static void on_web_closed(void *arg)
{
    *(bool *)arg = true;
}

static int close_web(void **state)
{
    (void)state;
    bool is_closed = false;
    for (size_t i = 0; i < PAGES; i++) {
        gone(&pages[i]);
        fake_forget(&pages[i]);
    }
    web_close(web, on_web_closed, &is_closed);
    assert_false(is_closed);
    while (!is_closed)
        uv_run(&room.loop, UV_RUN_NOWAIT);
    session_unseat(seat);
    classroom_close(&room);
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(metric_get(METRIC_TEACHERS, i), 0);
    assert_int_equal(metric_get(METRIC_REHEARSALS, 0), 0);
    return 0;
}

/* -- what a page does ------------------------------------------------------------------------- */

static void says(struct ws *ws, const char *text)
{
    web_protocol(web)->events->on_text(ws->user, text, strlen(text));
}

/* And forgets it. */
static void sends_message(struct ws *ws)
{
    web_protocol(web)->events->on_binary(ws->user, m.bytes, m.len);
    m.len = 0;
}

#define HELLO_OF(device, more)                                                                     \
    "{\"t\":\"hello\",\"v\":1,\"key\":\"demo-stream-key\",\"device\":\"" device "\"" more "}"
#define LAPTOP   HELLO_OF("laptop-1", "")
#define PHONE    HELLO_OF("phone-22", "")
#define TAKE     HELLO_OF("phone-22", ",\"take\":true")
#define LOOK     HELLO_OF("tablet-3", ",\"media\":false")
#define REHEARSE HELLO_OF("laptop-1", ",\"rehearse\":true")
#define MATH     "{\"t\":\"hello\",\"v\":1,\"key\":\"math-stream-key\",\"device\":\"laptop-1\"}"

static const char *text_with(const struct ws *ws, const char *part)
{
    for (size_t i = ws->n_sent; i > 0; i--) {
        if (ws->sent[i - 1].is_text && strstr((const char *)ws->sent[i - 1].bytes, part))
            return (const char *)ws->sent[i - 1].bytes;
    }
    return NULL;
}

static void has_text(const struct ws *ws, const char *part)
{
    if (!text_with(ws, part))
        fail_msg("nobody said %s", part);
}

static void comes(struct ws *ws, const char *hello)
{
    assert_true(connects(ws));
    says(ws, hello);
    assert_false(ws->is_closed);
}

static void is_dismissed(const struct ws *ws, enum ws_close_code code, const char *why)
{
    assert_true(ws->is_closed);
    assert_string_equal(ws->close_why, why);
    assert_int_equal(ws->close_code, code);
    has_text(ws, "\"bye\"");
}

static void looks(struct ws *ws, uint32_t ms)
{
    for (uint32_t t = 0; t < ms && !ws->is_closed; t += TEACHER_LOOK_MS) {
        fake_clock_advance(TEACHER_LOOK_MS);
        fake_ack(ws, UINT32_MAX);
        teacher_look(ws->user, clock_ms());
    }
}

/* Configs, and a keyframe at 1,000 of its clock. */
static void begins(struct ws *ws)
{
    page_voice_config(&m, 1000);
    page_video_config(&m, 1000);
    page_voice(&m, 1000, 3);
    page_frame(&m, KEY, 1000, 100);
    sends_message(ws);
    assert_false(ws->is_closed);
}

static enum session_state state_of_demo(void)
{
    return session_state(seat);
}

static struct session_facts facts(const char *lesson)
{
    struct session_facts f;
    sessions_facts(room.sessions, lesson, &f);
    return f;
}

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

/* -- every message in every state ------------------------------------------------------------- */

enum role { GREETING, LOOKING, BUSY, TEACHING, ENDED, REHEARSING, ROLES };

static void put_config(void)
{
    page_voice_config(&m, 2000);
}
static void put_voice(void)
{
    page_voice(&m, 2000, 1);
}
static void put_video_config(void)
{
    page_video_config(&m, 2000);
}
static void put_key(void)
{
    page_frame(&m, KEY, 2000, 10);
}
static void put_delta(void)
{
    page_frame(&m, DELTA, 2000, 10);
}
static void put_part(void)
{
    page_part(&m, KEY, 2000, 100, 0, 10);
}
static void put_ink(void)
{
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    page_unit(&m, INK, DELTA, 2000, p.bytes, p.len);
}
static void put_bad_ink(void)
{
    page_unit(&m, INK, DELTA, 2000, "\0\0", 2);
}
static void put_probe(void)
{
    page_unit(&m, PROBE, 0, 2000, "abc", 3);
}
static void put_still(void)
{
    page_unit(&m, STILL, PIECE, 2000, "abc", 3);
}
static void put_gap(void)
{
    page_unit(&m, VIDEO, GAP, 2000, "", 0);
}
static void put_nothing(void)
{
}
static void put_garbage(void)
{
    memset(m.bytes, 0xee, 100);
    m.len = 100;
}

/* What becomes of the connection: 0: it stays. In the order of enum role. */
static const struct {
    const char *text;
    void (*put)(void); /* or a binary message */
    int close[ROLES];
} matrix[] = {
    {.text = LAPTOP,                                                     .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = LOOK,                                                       .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = TAKE,                                                       .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = REHEARSE,                                                   .close = {0, 0, 0, 0, 0, 0}                  },
    {.text = MATH,                                                       .close = {0, 4000, 4000, 4000, 4000, 4000}   },
    {.text = "{\"t\":\"source\",\"content\":\"slides\"}",                .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"break\",\"minutes\":5}",                          .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"break\",\"minutes\":21}",                         .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"end\"}",                                          .close = {4000, 0, 0, 0, 0, 0}               },
    {.text = "{\"t\":\"rotate\"}",                                       .close = {4000, 0, 0, 0, 0, 0}               },
 /* a pupil's words */
    {.text = "{\"t\":\"report\",\"pts\":0}",                             .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"mode\",\"mode\":\"auto\"}",                       .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[]}",
     .close = {4000, 4000, 4000, 4000, 4000, 4000}                                                                    },
 /* the server's own words */
    {.text = "{\"t\":\"welcome\"}",                                      .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.text = "nonsense",                                                 .close = {4000, 4000, 4000, 4000, 4000, 4000}},
    {.put = put_config,                                                  .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_voice,                                                   .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_video_config,                                            .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_key,                                                     .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_delta,                                                   .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_part,                                                    .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_ink,                                                     .close = {4000, 4000, 0, 0, 4000, 0}         },
    {.put = put_probe,                                                   .close = {4000, 0, 0, 0, 0, 0}               },
 /* what nobody sends */
    {.put = put_bad_ink,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_still,                                                   .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_gap,                                                     .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_nothing,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
    {.put = put_garbage,                                                 .close = {4000, 4000, 0, 4000, 4000, 4000}   },
};

/* The page is in the role; in BUSY another one teaches. */
static void play(struct ws *ws, enum role role)
{
    switch (role) {
    case GREETING: assert_true(connects(ws)); break;
    case LOOKING: comes(ws, LOOK); break;
    case BUSY:
        comes(&pages[1], PHONE);
        begins(&pages[1]);
        comes(ws, LAPTOP);
        has_text(ws, "\"busy\"");
        break;
    case TEACHING:
        comes(ws, LAPTOP);
        begins(ws);
        break;
    case ENDED:
        comes(ws, LAPTOP);
        begins(ws);
        says(ws, "{\"t\":\"end\"}");
        break;
    case REHEARSING:
        comes(ws, REHEARSE);
        begins(ws);
        break;
    case ROLES: break;
    }
}

static void try(struct ws *ws, size_t row, enum role role)
{
    play(ws, role);
    if (matrix[row].text)
        says(ws, matrix[row].text);
    if (matrix[row].put) {
        matrix[row].put();
        sends_message(ws);
    }
    int code = ws->is_closed ? ws->close_code : 0;
    if (code != matrix[row].close[role])
        fail_msg("row %zu as %d: %d, %s", row, (int)role, code, ws->close_why);
}

static void every_message_is_taken_or_refused_by_what_the_page_is(void **state)
{
    for (size_t row = 0; row < sizeof(matrix) / sizeof(matrix[0]); row++) {
        for (enum role role = GREETING; role < ROLES; role++) {
            try(&pages[0], row, role);
            close_web(state);
            open_web(state);
        }
    }
}

static void media_of_one_who_is_busy_reaches_nobody(void **state)
{
    (void)state;
    play(&pages[0], BUSY);
    uint64_t before = facts("demo").source_bytes;
    begins(&pages[0]);
    assert_int_equal(facts("demo").source_bytes, before);
    looks(&pages[0], 250);
    has_text(&pages[0], "\"voice\":null,\"video\":null");
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

/* -- what is told ----------------------------------------------------------------------------- */

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
    says(ws, "{\"t\":\"rotate\"}");
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
    says(ws, "{\"t\":\"rotate\"}");
    has_text(ws, "\"rotated\",\"why\":\"failed\""); /* nothing is kept here */
    fake_clock_advance(TEACHER_ROTATE_MS - 1);
    says(ws, "{\"t\":\"rotate\"}");
    has_text(ws, "\"rotated\",\"why\":\"busy\"");
    fake_forget(ws);
    fake_clock_advance(1);
    says(ws, "{\"t\":\"rotate\"}");
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

/* -- rehearsal -------------------------------------------------------------------------------- */

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

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_web, close_web)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(who_says_hello_teaches),
        CASE(who_says_nothing_is_sent_away),
        CASE(wrong_keys_are_refused_and_counted),
        CASE(a_lesson_has_so_many_pages_and_the_server_too),
        CASE(every_message_is_taken_or_refused_by_what_the_page_is),
        CASE(media_of_one_who_is_busy_reaches_nobody),
        CASE(the_same_device_replaces_itself),
        CASE(another_device_takes_over_when_asked_to),
        CASE(an_encoder_makes_a_silent_page_busy),
        CASE(one_who_looks_on_may_begin),
        CASE(the_end_is_deliberate),
        CASE(one_who_looks_on_may_end_an_encoders_lesson),
        CASE(a_page_waits_while_the_session_cannot_take_it),
        CASE(a_lesson_that_is_removed_sends_its_pages_away),
        CASE(what_is_taken_is_acknowledged),
        CASE(a_keyframe_is_asked_for_at_most_once_a_second),
        CASE(the_status_comes_every_two_seconds_and_on_changes),
        CASE(whoever_may_teach_may_begin_and_end_a_break),
        CASE(what_a_full_socket_did_not_take_is_said_later),
        CASE(one_who_takes_nothing_is_given_up),
        CASE(a_new_key_is_not_to_be_had_every_moment),
        CASE(who_is_loaded_anew_gets_the_board),
        CASE(a_rehearsal_does_not_touch_the_lesson),
        CASE(a_rehearsal_ends_with_its_connection),
        CASE(a_rehearsal_on_another_connection_replaces_the_old_one),
        CASE(the_end_is_taken_on_a_new_connection),
        CASE(from_the_rehearsal_to_the_lesson_it_is_one_hello),
        CASE(rehearsals_are_bounded),
        CASE(failing_allocations_end_one_connection_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
