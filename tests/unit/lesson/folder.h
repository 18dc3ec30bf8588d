#ifndef AIRCLASS_TESTS_UNIT_LESSON_FOLDER_H
#define AIRCLASS_TESTS_UNIT_LESSON_FOLDER_H

#include <sys/resource.h>

#include "server/lesson/lesson.h"
#include "tests/unit/store/scene.h"
#include "tests/unit/unit.h"

/* A data folder with a store in it, a lessons.json of an earlier version, and what is done to them
 * and the lessons. */
struct folder {
    struct scene scene;
    char file[PATH_MAX];  /* lessons.json */
    char aside[PATH_MAX]; /* what it is called when it has been taken into the store */
};

static inline void folder_make(struct folder *f)
{
    scene_start(&f->scene);
    snprintf(f->file, sizeof(f->file), "%s/lessons.json", f->scene.dir);
    snprintf(f->aside, sizeof(f->aside), "%s/lessons.json.imported", f->scene.dir);
}

static inline void folder_remove(struct folder *f)
{
    scene_end(&f->scene);
}

static inline int folder_open(struct folder *f, struct lessons **out,
                              const struct lesson_events *events, char error[LESSON_ERROR_MAX])
{
    return lessons_open(out, f->scene.store, f->scene.dir, events, error);
}

static inline void folder_write(const struct folder *f, const void *text, size_t len)
{
    FILE *file = fopen(f->file, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* The file's text; its length is returned. */
static inline size_t folder_read(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t len = fread(out, 1, size - 1, file);
    assert_true(feof(file));
    out[len] = '\0';
    fclose(file);
    return len;
}

/* A change that waits for its end. */
struct waiter {
    int told; /* how often */
    int err;
};

static inline void waiter_done(void *arg, int err)
{
    struct waiter *w = arg;
    w->told++;
    w->err = err;
}

/* What a change that was begun with `err` came to. */
static inline int waiter_end(struct waiter *w, uv_loop_t *loop, int err)
{
    assert_int_equal(w->told, 0);
    if (err)
        return err;
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(w->told, 1);
    return w->err;
}

static inline int create_now(struct lessons *ls, uv_loop_t *loop, const struct lesson *l)
{
    struct waiter w = {0};
    return waiter_end(&w, loop, lessons_create(ls, l, waiter_done, &w));
}

static inline int remove_now(struct lessons *ls, uv_loop_t *loop, const char *id)
{
    struct waiter w = {0};
    return waiter_end(&w, loop, lessons_remove(ls, id, waiter_done, &w));
}

static inline int rotate_to(struct lessons *ls, uv_loop_t *loop, const char *id, const char *key)
{
    struct waiter w = {0};
    return waiter_end(&w, loop, lessons_rotate_key(ls, id, key, waiter_done, &w));
}

static inline int rotate_now(struct lessons *ls, uv_loop_t *loop, const char *id)
{
    return rotate_to(ls, loop, id, NULL);
}

#endif
