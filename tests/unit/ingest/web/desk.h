#ifndef AIRCLASS_TESTS_UNIT_INGEST_WEB_DESK_H
#define AIRCLASS_TESTS_UNIT_INGEST_WEB_DESK_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "server/ingest/web/teacher.h"
#include "server/metrics/metrics.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/ingest/web/page.h"
#include "tests/unit/session/classroom.h"
#include "tests/unit/viewer/fake_ws.h"

/* Teachers' pages on sockets that are none (fake_ws.h), and what they say. */

enum { HELLO_MS = 5000, PAGES = 18, MOST = 17 };

static struct classroom room;
static struct web *web;
static struct ws pages[PAGES];
static struct page_message m;
static struct session *seat; /* of a pupil in demo */

static inline int open_web(void **state)
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

static inline bool connects(struct ws *ws)
{
    const struct ws_events *e = web_protocol(web)->events;
    return e->on_open(ws, e->arg);
}

static inline void gone(struct ws *ws)
{
    struct teacher *t = ws->user;
    ws->user = NULL;
    if (t)
        web_protocol(web)->events->on_close(t);
}

static inline void on_web_closed(void *arg)
{
    *(bool *)arg = true;
}

static inline int close_web(void **state)
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

static inline void says(struct ws *ws, const char *text)
{
    web_protocol(web)->events->on_text(ws->user, text, strlen(text));
}

/* And forgets it. */
static inline void sends_message(struct ws *ws)
{
    web_protocol(web)->events->on_binary(ws->user, m.bytes, m.len);
    m.len = 0;
}

#define HELLO_OF(device, more)                                                                     \
    "{\"t\":\"hello\",\"v\":1,\"key\":\"demo-stream-key\",\"device\":\"" device "\"" more "}"
#define ROTATE   "{\"t\":\"rotate\",\"key\":\"a-key-of-26-letters-or-more\"}"
#define LAPTOP   HELLO_OF("laptop-1", "")
#define PHONE    HELLO_OF("phone-22", "")
#define TAKE     HELLO_OF("phone-22", ",\"take\":true")
#define LOOK     HELLO_OF("tablet-3", ",\"media\":false")
#define REHEARSE HELLO_OF("laptop-1", ",\"rehearse\":true")
#define MATH     "{\"t\":\"hello\",\"v\":1,\"key\":\"math-stream-key\",\"device\":\"laptop-1\"}"

static inline const char *text_with(const struct ws *ws, const char *part)
{
    for (size_t i = ws->n_sent; i > 0; i--) {
        if (ws->sent[i - 1].is_text && strstr((const char *)ws->sent[i - 1].bytes, part))
            return (const char *)ws->sent[i - 1].bytes;
    }
    return NULL;
}

static inline void has_text(const struct ws *ws, const char *part)
{
    if (!text_with(ws, part))
        fail_msg("nobody said %s", part);
}

static inline void comes(struct ws *ws, const char *hello)
{
    assert_true(connects(ws));
    says(ws, hello);
    assert_false(ws->is_closed);
}

static inline void is_dismissed(const struct ws *ws, enum ws_close_code code, const char *why)
{
    assert_true(ws->is_closed);
    assert_string_equal(ws->close_why, why);
    assert_int_equal(ws->close_code, code);
    has_text(ws, "\"bye\"");
}

static inline void looks(struct ws *ws, uint32_t ms)
{
    for (uint32_t t = 0; t < ms && !ws->is_closed; t += TEACHER_LOOK_MS) {
        fake_clock_advance(TEACHER_LOOK_MS);
        fake_ack(ws, UINT32_MAX);
        teacher_look(ws->user, clock_ms());
    }
}

/* Configs, and a keyframe at 1,000 of its clock. */
static inline void begins(struct ws *ws)
{
    page_voice_config(&m, 1000);
    page_video_config(&m, 1000);
    page_voice(&m, 1000, 3);
    page_frame(&m, KEY, 1000, 100);
    sends_message(ws);
    assert_false(ws->is_closed);
}

static inline enum session_state state_of_demo(void)
{
    return session_state(seat);
}

static inline struct session_facts facts(const char *lesson)
{
    struct session_facts f;
    sessions_facts(room.sessions, lesson, &f);
    return f;
}

static inline void put_ink(void)
{
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    page_unit(&m, INK, DELTA, 2000, p.bytes, p.len);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_web, close_web)

#endif
