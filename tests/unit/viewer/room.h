#ifndef AIRCLASS_TESTS_UNIT_VIEWER_ROOM_H
#define AIRCLASS_TESTS_UNIT_VIEWER_ROOM_H

#include "tests/unit/unit.h"

#include <errno.h>

#include "server/metrics/metrics.h"
#include "server/viewer/crowd.h"
#include "server/viewer/link.h"
#include "server/viewer/viewer.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/session/classroom.h"
#include "tests/unit/viewer/fake_ws.h"

/* A crowd of viewers on sockets that are none, in a classroom with a teacher. */

enum { HELLO_MS = 5000, STALL_MS = 30000, PLAYERS = 4 };

static struct classroom room;
static struct crowd *crowd;
static struct ws players[PLAYERS];

static inline int open_crowd(void **state)
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

static inline bool enter(struct ws *ws)
{
    const struct ws_events *e = crowd_protocol(crowd)->events;
    return e->on_open(ws, e->arg);
}

static inline void gone(struct ws *ws)
{
    struct viewer *v = ws->user;
    ws->user = NULL;
    if (v)
        crowd_protocol(crowd)->events->on_close(v);
}

static inline void on_crowd_closed(void *arg)
{
    *(bool *)arg = true;
}

static inline int close_crowd(void **state)
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

static inline void says(struct ws *ws, const char *text)
{
    crowd_protocol(crowd)->events->on_text(ws->user, text, strlen(text));
}

#define HELLO "{\"t\":\"hello\",\"v\":1,\"lesson\":\"demo\",\"can\":[\"opus\",\"h264\",\"avif\"]}"

static inline void join(struct ws *ws)
{
    assert_true(enter(ws));
    says(ws, HELLO);
    assert_false(ws->is_closed);
}

/* Looks for `ms`, four times a second; the socket has acknowledged all. */
static inline void looks(struct ws *ws, uint32_t ms)
{
    for (uint32_t t = 0; t < ms && !ws->is_closed; t += LINK_LOOK_MS) {
        fake_clock_advance(LINK_LOOK_MS);
        fake_ack(ws, UINT32_MAX);
        viewer_look(ws->user, clock_ms());
    }
}

static inline void reports(struct ws *ws)
{
    says(ws, "{\"t\":\"report\",\"pts\":0,\"buf\":3000}");
}

static inline const char *last_text(const struct ws *ws)
{
    for (size_t i = ws->n_sent; i > 0; i--) {
        if (ws->sent[i - 1].is_text)
            return (const char *)ws->sent[i - 1].bytes;
    }
    return "";
}

static inline void has_text(const struct ws *ws, const char *part)
{
    for (size_t i = 0; i < ws->n_sent; i++) {
        if (ws->sent[i].is_text && strstr((const char *)ws->sent[i].bytes, part))
            return;
    }
    fail_msg("nobody said %s; last: %s", part, last_text(ws));
}

static inline struct hub *hub_of_demo(void)
{
    struct session *s;
    assert_int_equal(session_seat(room.sessions, "demo", &s), 0);
    struct hub *hub = session_hub(s);
    session_unseat(s);
    return hub;
}

static inline struct session_facts facts(void)
{
    struct session_facts f;
    assert_true(sessions_facts(room.sessions, "demo", &f));
    return f;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_crowd, close_crowd)

#endif
