#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
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

/* The key that this connection showed is void; the new one is what it has shown. */
static void on_rotated(void *arg, int err)
{
    struct rotation *r = arg;
    struct teacher *t = r->teacher;
    free(r);
    if (!t)
        return;
    t->rotation = NULL;
    const struct lesson *lesson = lessons_find(web_shared(t->web)->params.lessons, t->lesson);
    if (!err && lesson)
        memcpy(t->key, lesson->stream_key, sizeof(t->key));
    tell_rotated(t, err ? "failed" : "done", err ? "not saved" : NULL);
}

static int begin_rotation(struct teacher *t)
{
    t->rotation = malloc(sizeof(*t->rotation));
    if (!t->rotation)
        return -ENOMEM;
    t->rotation->teacher = t;
    int err =
        lessons_rotate_key(web_shared(t->web)->params.lessons, t->lesson, on_rotated, t->rotation);
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

void rotate_key(struct teacher *t)
{
    uint64_t now = clock_ms();
    if (t->state == TEACHER_BUSY || t->state == TEACHER_WAITING || is_too_soon(t, now)) {
        tell_rotated(t, "busy", "busy");
        return;
    }
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
