#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/base/token.h"
#include "server/ingest/web/teacher.h"
#include "server/metrics/metrics.h"

/* A new key on its way to the disk; outlives the teacher who asked for it. */
struct rotation {
    struct teacher *teacher; /* NULL: gone */
};

static void tell_rotated(struct teacher *t, const char *result, const char *why)
{
    metric_add_named(METRIC_TEACH_ROTATIONS, result, 1);
    t->telling.rotated_why = why;
    t->telling.due |= DUE_ROTATED;
    tell_look(t, clock_ms());
}

/* The key that this connection showed is void; `next` is what it has shown. */
static void on_rotated(void *arg, int err)
{
    struct rotation *r = arg;
    struct teacher *t = r->teacher;
    free(r);
    if (!t)
        return;
    t->rotation = NULL;
    if (!err)
        memcpy(t->key, t->next_key, sizeof(t->key));
    tell_rotated(t, err ? "failed" : "done", err ? "not saved" : NULL);
}

static int begin_rotation(struct teacher *t)
{
    t->rotation = malloc(sizeof(*t->rotation));
    if (!t->rotation)
        return -ENOMEM;
    t->rotation->teacher = t;
    int err = lessons_rotate_key(web_shared(t->web)->params.lessons, t->lesson, t->next_key,
                                 on_rotated, t->rotation);
    if (err) {
        free(t->rotation);
        t->rotation = NULL;
    }
    return err;
}

static bool is_too_soon(const struct teacher *t, uint64_t now_ms)
{
    enum { ANY_LESSON_MS = 1000 };
    uint64_t any_ms = web_shared(t->web)->rotated_ms;
    return t->rotation || (t->rotated_ms && now_ms - t->rotated_ms < TEACHER_ROTATE_MS) ||
           (any_ms && now_ms - any_ms < ANY_LESSON_MS);
}

static bool is_done(const struct teacher *t, const char *key)
{
    const struct lesson *lesson = lessons_find(web_shared(t->web)->params.lessons, t->lesson);
    return lesson && token_equal(lesson->stream_key, key);
}

void rotate_key(struct teacher *t, const char *key)
{
    uint64_t now = clock_ms();
    if (is_done(t, key)) {
        snprintf(t->key, sizeof(t->key), "%s", key);
        tell_rotated(t, "done", NULL);
        return;
    }
    if (t->state == TEACHER_BUSY || t->state == TEACHER_WAITING || is_too_soon(t, now)) {
        tell_rotated(t, "busy", "busy");
        return;
    }
    snprintf(t->next_key, sizeof(t->next_key), "%s", key);
    t->rotated_ms = web_shared(t->web)->rotated_ms = now;
    switch (begin_rotation(t)) {
    case 0: break;
    case -EPERM: tell_rotated(t, "config", "config"); break;
    case -EBUSY:
    case -EAGAIN: tell_rotated(t, "busy", "busy"); break;
    default: tell_rotated(t, "failed", "failed"); break;
    }
}

void rotate_forget(struct teacher *t)
{
    if (t->rotation)
        t->rotation->teacher = NULL;
}
