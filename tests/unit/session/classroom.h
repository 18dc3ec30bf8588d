#ifndef AIRCLASS_TESTS_UNIT_SESSION_CLASSROOM_H
#define AIRCLASS_TESTS_UNIT_SESSION_CLASSROOM_H

#include "tests/unit/unit.h"

#include <string.h>

#include <uv.h>

#include "server/base/clock.h"
#include "server/lesson/lesson.h"
#include "server/session/session.h"
#include "tests/unit/hub/media.h"
#include "tests/unit/worker/child.h"

/*
 * Two lessons, their sessions on a real loop with a scripted worker, and a publisher by hand. The
 * clock is the fake one; the loop's timers are real.
 */
enum { LINGER_S = 60, PATIENCE_MS = 15000 };

struct classroom {
    uv_loop_t loop;
    struct child_tmp tmp;
    struct ladder ladder;
    struct lessons *lessons;
    struct sessions *sessions;
    struct publisher *pub;
    unsigned kicks, key_wishes;
    enum kick_why kick_why; /* of the last one */
    uint32_t dts_ms;
    bool is_closed;
};

static inline void classroom_lesson(struct classroom *c, const char *id, const char *key,
                                    const char *watch)
{
    struct lesson l = {.is_open = !watch[0]};
    strcpy(l.id, id);
    strcpy(l.stream_key, key);
    strcpy(l.watch_key, watch);
    assert_int_equal(lessons_add(c->lessons, &l), 0);
}

static inline void classroom_open(struct classroom *c)
{
    char error[LESSON_ERROR_MAX];
    memset(c, 0, sizeof(*c));
    signal(SIGPIPE, SIG_IGN);
    fake_clock_start();
    assert_int_equal(uv_loop_init(&c->loop), 0);
    assert_int_equal(lessons_open(&c->lessons, NULL, NULL, NULL, error), 0);
    classroom_lesson(c, "demo", "demo-stream-key", "");
    classroom_lesson(c, "math", "math-stream-key", "math-watch-key");
    media_ladder(&c->ladder);
    const struct sessions_params p = {.loop = &c->loop,
                                      .lessons = c->lessons,
                                      .ladder = &c->ladder,
                                      .codec_program = child_program(&c->tmp, "good"),
                                      .codec_memory_mb = 300,
                                      .heartbeat_ms = 60000,
                                      .crashes = 5,
                                      .crash_window_s = 60,
                                      .linger_s = LINGER_S};
    assert_int_equal(sessions_new(&c->sessions, &p), 0);
}

static inline void classroom_on_closed(void *arg)
{
    ((struct classroom *)arg)->is_closed = true;
}

static inline void classroom_close(struct classroom *c)
{
    sessions_close(c->sessions, classroom_on_closed, c);
    assert_false(c->is_closed);
    uv_run(&c->loop, UV_RUN_DEFAULT);
    assert_true(c->is_closed);
    lessons_free(&c->lessons);
    child_clean(&c->tmp);
    assert_int_equal(uv_loop_close(&c->loop), 0);
    fake_clock_stop();
}

static inline void classroom_on_alarm(uv_timer_t *timer)
{
    *(bool *)timer->data = true;
}

/* Turns the loop, a tick of 10 real ms at a time, until `is_done(arg)` or PATIENCE_MS are over. */
static inline void classroom_run(struct classroom *c, bool (*is_done)(struct classroom *c))
{
    for (int i = 0; !is_done(c); i++) {
        bool is_over = false;
        uv_timer_t timer;
        assert_true(i < PATIENCE_MS / 10);
        uv_timer_init(&c->loop, &timer);
        timer.data = &is_over;
        uv_timer_start(&timer, classroom_on_alarm, 10, 0);
        while (!is_over)
            uv_run(&c->loop, UV_RUN_ONCE);
        uv_close((uv_handle_t *)&timer, NULL);
        uv_run(&c->loop, UV_RUN_NOWAIT);
    }
}

static inline void classroom_on_kick(void *source, enum kick_why why)
{
    struct classroom *c = source;
    c->kicks++;
    c->kick_why = why;
}

static inline void classroom_on_want_key(void *source)
{
    ((struct classroom *)source)->key_wishes++;
}

static inline enum publish_verdict classroom_publish(struct classroom *c, const char *key,
                                                     struct publisher **pub)
{
    const struct ingest_sink *sink = sessions_sink(c->sessions);
    const struct publish_claim claim = {.key = key,
                                        .peer = "127.0.0.1",
                                        .kick = classroom_on_kick,
                                        .want_key = classroom_on_want_key,
                                        .source = c};
    return sink->open(sink->arg, &claim, pub);
}

static inline void classroom_unpublish(struct classroom *c, enum source_end why)
{
    sessions_sink(c->sessions)->close(c->pub, why);
    c->pub = NULL;
}

static inline void classroom_tag(struct classroom *c, const uint8_t *body, uint32_t len)
{
    const struct media_tag tag = {
        .type = MEDIA_AUDIO, .dts_ms = c->dts_ms, .body = body, .len = len};
    sessions_sink(c->sessions)->tag(c->pub, &tag);
}

static inline void classroom_begin(struct classroom *c, const char *key, uint32_t dts_ms)
{
    static const uint8_t aac[] = {0xaf, 0, 0x12, 0x10};
    assert_int_equal(classroom_publish(c, key, &c->pub), PUBLISH_OK);
    c->dts_ms = dts_ms;
    classroom_tag(c, aac, sizeof(aac));
}

/* Sound of `ms`, in its own time. */
static inline void classroom_teach(struct classroom *c, uint32_t ms)
{
    static const uint8_t sound[] = {0xaf, 1, 1, 2, 3};
    for (uint32_t t = 0; t < ms; t += 60) {
        classroom_tag(c, sound, sizeof(sound));
        c->dts_ms += 60;
        fake_clock_advance(60);
    }
}

#endif
