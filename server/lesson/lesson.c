#include "server/lesson/lesson.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/base/token.h"
#include "server/lesson/store.h"
#include "server/lesson/table.h"

enum change_kind { CHANGE_CREATE, CHANGE_REMOVE, CHANGE_ROTATE };

/* The one change under way. While the thread runs, it alone touches `rows`, `n_rows` and `err`. */
struct change {
    uv_work_t work;
    struct lessons *lessons;
    enum change_kind kind;
    struct entry *entry; /* CREATE: owned; else in the table */
    struct key *key;     /* ROTATE: the new one, taken but not the entry's yet */
    struct lesson *rows; /* what the file is to hold */
    size_t n_rows;
    int err;
    lessons_done_fn *done;
    void *arg;
};

struct lessons {
    uv_loop_t *loop;
    struct lesson_events events;
    struct store store;
    struct table table;
    struct change *change; /* NULL: none under way */
};

static bool id_is_taken(const struct lessons *lessons, const char *id)
{
    const struct change *c = lessons->change;
    return table_find(&lessons->table, id) ||
           (c && c->kind == CHANGE_CREATE && strcmp(c->entry->lesson.id, id) == 0);
}

/* An entry, with room for it in the table. */
static int prepare(struct entry **out, struct lessons *lessons, const struct lesson *lesson)
{
    if (id_is_taken(lessons, lesson->id))
        return -EEXIST;
    int err = table_reserve(&lessons->table);
    return err ? err : entry_new(out, &lessons->table, lesson);
}

static int add(struct lessons *lessons, const struct lesson *lesson)
{
    struct entry *e;
    int err = prepare(&e, lessons, lesson);
    if (!err)
        table_insert(&lessons->table, e);
    return err;
}

static int add_stored(void *arg, const struct lesson *lesson)
{
    return add(arg, lesson);
}

int lessons_open(struct lessons **out, struct uv_loop_s *loop, const char *data_dir,
                 const struct lesson_events *events, char error[LESSON_ERROR_MAX])
{
    error[0] = '\0';
    struct lessons *lessons = calloc(1, sizeof(*lessons));
    if (!lessons)
        return -ENOMEM;
    lessons->loop = loop;
    lessons->store.dir = -1;
    if (events)
        lessons->events = *events;
    int err = store_init(&lessons->store, data_dir);
    if (!err)
        err = store_read(&lessons->store, add_stored, lessons, error);
    if (err) {
        if (!error[0])
            snprintf(error, LESSON_ERROR_MAX, "%s: %s", data_dir, err_text(err));
        lessons_free(&lessons);
        return err;
    }
    *out = lessons;
    return 0;
}

void lessons_free(struct lessons **lessons)
{
    struct lessons *ls = *lessons;
    if (!ls)
        return;
    assert(!ls->change);
    table_release(&ls->table);
    store_release(&ls->store);
    free(ls);
    *lessons = NULL;
}

bool lessons_is_busy(const struct lessons *lessons)
{
    return lessons->change != NULL;
}

int lessons_add(struct lessons *lessons, const struct lesson *lesson)
{
    if (lesson_check(lesson))
        return -EINVAL;
    struct lesson l = *lesson;
    l.from_config = true;
    if (!l.title[0])
        memcpy(l.title, l.id, sizeof(l.id));
    return add(lessons, &l);
}

const struct lesson *lessons_find(const struct lessons *lessons, const char *id)
{
    const struct entry *e = table_find(&lessons->table, id);
    return e ? &e->lesson : NULL;
}

const struct lesson *lessons_find_by_stream_key(const struct lessons *lessons, const char *key)
{
    return table_find_by_key(&lessons->table, key);
}

size_t lessons_count(const struct lessons *lessons)
{
    return lessons->table.n;
}

const struct lesson *lessons_at(const struct lessons *lessons, size_t index)
{
    assert(index < lessons->table.n);
    return &lessons->table.entries[index]->lesson;
}

size_t lessons_after(const struct lessons *lessons, const char *id)
{
    return table_index(&lessons->table, id, true);
}

/* The file as it will be: the stored lessons, with the change made. */
static void write_rows(struct change *c)
{
    const struct table *t = &c->lessons->table;
    for (size_t i = 0; i < t->n; i++) {
        const struct entry *e = t->entries[i];
        if (e->lesson.from_config || (c->kind == CHANGE_REMOVE && e == c->entry))
            continue;
        struct lesson *row = &c->rows[c->n_rows++];
        *row = e->lesson;
        if (c->kind == CHANGE_ROTATE && e == c->entry)
            snprintf(row->stream_key, sizeof(row->stream_key), "%s", key_text(c->key));
    }
    if (c->kind == CHANGE_CREATE)
        c->rows[c->n_rows++] = c->entry->lesson;
}

static void change_free(struct change **change)
{
    free((*change)->rows);
    free(*change);
    *change = NULL;
}

static void save(uv_work_t *work)
{
    struct change *c = work->data;
    c->err = store_write(&c->lessons->store, c->rows, c->n_rows);
}

static void create_ends(struct change *c)
{
    struct table *t = &c->lessons->table;
    if (c->err) {
        entry_free(&c->entry, t);
        return;
    }
    table_insert(t, c->entry);
    log_info(NULL, "lesson.created", LOG_STR("lesson", c->entry->lesson.id));
}

static void remove_ends(struct change *c)
{
    const struct lesson_events *events = &c->lessons->events;
    struct table *t = &c->lessons->table;
    if (c->err)
        return;
    table_remove(t, c->entry);
    log_info(NULL, "lesson.removed", LOG_STR("lesson", c->entry->lesson.id));
    if (events->on_gone)
        events->on_gone(events->arg, &c->entry->lesson);
    entry_free(&c->entry, t);
}

static void rotate_ends(struct change *c)
{
    const struct lesson_events *events = &c->lessons->events;
    struct table *t = &c->lessons->table;
    if (c->err) {
        key_free(&c->key, t);
        return;
    }
    table_change_key(t, c->entry, c->key);
    log_info(NULL, "lesson.key-changed", LOG_STR("lesson", c->entry->lesson.id));
    if (events->on_key_changed)
        events->on_key_changed(events->arg, &c->entry->lesson);
}

static void on_saved(uv_work_t *work, int status)
{
    struct change *c = work->data;
    struct lessons *lessons = c->lessons;
    lessons_done_fn *done = c->done;
    void *arg = c->arg;
    int err = status ? status : c->err;
    c->err = err;
    switch (c->kind) {
    case CHANGE_CREATE: create_ends(c); break;
    case CHANGE_REMOVE: remove_ends(c); break;
    case CHANGE_ROTATE: rotate_ends(c); break;
    }
    change_free(&lessons->change);
    if (err)
        log_error(NULL, "lesson.not-saved", LOG_STR("file", lessons->store.path), LOG_ERR(err));
    done(arg, err); /* last: it may begin the next change, or free the lessons */
}

/* The caller still owns `entry` and `key` when this fails. */
static int change_start(struct lessons *lessons, const struct change *what)
{
    struct change *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    *c = *what;
    c->lessons = lessons;
    c->work.data = c;
    c->rows = calloc(lessons->table.n_stored + 1, sizeof(*c->rows));
    if (!c->rows) {
        free(c);
        return -ENOMEM;
    }
    write_rows(c);
    int err = uv_queue_work(lessons->loop, &c->work, save, on_saved);
    if (err)
        change_free(&c);
    else
        lessons->change = c;
    return err;
}

static int check_new(struct lesson *out, const struct lessons *lessons, const struct lesson *lesson)
{
    if (lessons->change)
        return -EBUSY;
    *out = *lesson;
    out->from_config = false;
    int err = lesson_complete(out);
    if (err)
        return err;
    if (lesson_check(out))
        return -EINVAL;
    return lessons->table.n_stored < LESSONS_MAX ? 0 : -ENOSPC;
}

int lessons_create(struct lessons *lessons, const struct lesson *lesson, lessons_done_fn *done,
                   void *arg)
{
    struct lesson l;
    struct entry *e;
    int err = check_new(&l, lessons, lesson);
    if (!err)
        err = prepare(&e, lessons, &l);
    if (err)
        return err;
    err = change_start(
        lessons, &(struct change){.kind = CHANGE_CREATE, .entry = e, .done = done, .arg = arg});
    if (err)
        entry_free(&e, &lessons->table);
    return err;
}

/* The entry, if the API may change it now. */
static int find_changeable(struct entry **out, const struct lessons *lessons, const char *id)
{
    if (lessons->change)
        return -EBUSY;
    struct entry *e = table_find(&lessons->table, id);
    if (!e)
        return -ENOENT;
    if (e->lesson.from_config)
        return -EPERM;
    *out = e;
    return 0;
}

int lessons_remove(struct lessons *lessons, const char *id, lessons_done_fn *done, void *arg)
{
    struct entry *e;
    int err = find_changeable(&e, lessons, id);
    if (err)
        return err;
    return change_start(
        lessons, &(struct change){.kind = CHANGE_REMOVE, .entry = e, .done = done, .arg = arg});
}

int lessons_rotate_key(struct lessons *lessons, const char *id, lessons_done_fn *done, void *arg)
{
    char text[TOKEN_LEN + 1];
    struct entry *e;
    struct key *key;
    int err = find_changeable(&e, lessons, id);
    if (!err)
        err = token_make(text);
    if (!err)
        err = key_new(&key, &lessons->table, text);
    if (err)
        return err;
    err = change_start(
        lessons,
        &(struct change){.kind = CHANGE_ROTATE, .entry = e, .key = key, .done = done, .arg = arg});
    if (err)
        key_free(&key, &lessons->table);
    return err;
}
