#include "server/ingest/web/web.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/base/clock.h"
#include "server/ingest/web/teacher.h"
#include "server/metrics/metrics.h"

enum {
    TEXT_MAX = 1024, /* docs/protocol.md */
    TEXTS_PER_S = 20,
    /* Ten times what a camera of 720p takes. */
    BYTES_PER_S = 2 << 20,
};

struct web {
    struct web_shared shared;
    struct ws_events events;
    struct ws_protocol protocol;
    uv_timer_t timer;
    struct teacher *first;
    uint32_t n;
    struct {
        char id[LESSON_ID_MAX];
        uint64_t due_ms;
    } ending[LESSON_REHEARSALS_MAX]; /* rehearsals */
    size_t n_ending;
    void (*closed)(void *arg);
    void *closed_arg;
};

struct web_shared *web_shared(struct web *web)
{
    return &web->shared;
}

size_t web_count(const struct web *web, const char *lesson)
{
    size_t n = 0;
    for (const struct teacher *t = web->first; t; t = t->next)
        n += t->state != TEACHER_GONE && strcmp(t->lesson, lesson) == 0;
    return n;
}

struct teacher *web_rehearsal_of(const struct web *web, const char *lesson, const char *device)
{
    for (struct teacher *t = web->first; t; t = t->next) {
        if (t->rehearsal[0] && strcmp(t->lesson, lesson) == 0 && strcmp(t->device, device) == 0)
            return t;
    }
    return NULL;
}

/* -- rehearsals ------------------------------------------------------------------------------- */

void web_end_rehearsal(struct web *web, const char *id)
{
    assert(web->n_ending < LESSON_REHEARSALS_MAX); /* there are no more of them */
    size_t i = web->n_ending++;
    memcpy(web->ending[i].id, id, strlen(id) + 1);
    web->ending[i].due_ms = clock_ms() + REHEARSAL_LINGER_MS;
}

static void end_rehearsals(struct web *web, uint64_t now_ms)
{
    while (web->n_ending > 0 && now_ms >= web->ending[0].due_ms) {
        sessions_void(web->shared.params.sessions, web->ending[0].id);
        lessons_end_rehearsal(web->shared.params.lessons, web->ending[0].id);
        metric_add(METRIC_REHEARSALS, 0, -1);
        web->n_ending--;
        memmove(web->ending, web->ending + 1, web->n_ending * sizeof(web->ending[0]));
    }
}

/* -- connections ------------------------------------------------------------------------------ */

static bool on_open(struct ws *ws, void *arg)
{
    struct web *web = arg;
    struct teacher *t;
    if (web->n >= web->shared.params.max_teachers || teacher_new(&t, web, ws) != 0)
        return false;
    t->next = web->first;
    web->first = t;
    web->n++;
    return true;
}

static void on_text(void *user, const char *text, size_t len)
{
    teacher_text(user, text, len);
}

static void on_binary(void *user, const uint8_t *data, size_t len)
{
    teacher_binary(user, data, len);
}

static void on_close(void *user)
{
    struct teacher *t = user;
    struct web *web = t->web;
    struct teacher **at = &web->first;
    while (*at != t)
        at = &(*at)->next;
    *at = t->next;
    web->n--;
    teacher_free(&t);
}

static void on_tick(uv_timer_t *timer)
{
    struct web *web = timer->data;
    uint64_t now = clock_ms();
    for (struct teacher *t = web->first; t; t = t->next)
        teacher_look(t, now);
    end_rehearsals(web, now);
}

/* -- life ------------------------------------------------------------------------------------- */

int web_new(struct web **out, const struct web_params *p)
{
    struct web *web = calloc(1, sizeof(*web));
    if (!web)
        return -ENOMEM;
    int err = guard_new(&web->shared.guesses, &guard_by_address, GUESSES_ADDRESSES);
    if (err) {
        free(web);
        return err;
    }
    web->shared.params = *p;
    web->events = (struct ws_events){.on_open = on_open,
                                     .on_text = on_text,
                                     .on_binary = on_binary,
                                     .on_close = on_close,
                                     .arg = web};
    web->protocol = (struct ws_protocol){.name = "airclass.teach.v1",
                                         .events = &web->events,
                                         .text_max = TEXT_MAX,
                                         .texts_per_s = TEXTS_PER_S,
                                         .binary_max = UPLINK_MESSAGE_MAX,
                                         .binary_bytes_per_s = BYTES_PER_S,
                                         .needs_private = true};
    uv_timer_init(p->loop, &web->timer);
    web->timer.data = web;
    uv_timer_start(&web->timer, on_tick, TEACHER_LOOK_MS, TEACHER_LOOK_MS);
    *out = web;
    return 0;
}

const struct ws_protocol *web_protocol(const struct web *web)
{
    return &web->protocol;
}

void web_set_rtmp_port(struct web *web, uint16_t port)
{
    web->shared.rtmp_port = port;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct web *web = handle->data;
    void (*closed)(void *arg) = web->closed;
    void *arg = web->closed_arg;
    guard_free(&web->shared.guesses);
    free(web);
    closed(arg);
}

void web_close(struct web *web, void (*closed)(void *arg), void *arg)
{
    assert(!web->first);
    end_rehearsals(web, UINT64_MAX);
    web->closed = closed;
    web->closed_arg = arg;
    uv_close((uv_handle_t *)&web->timer, on_timer_closed);
}
