#include "server/lesson/lesson.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/lesson/import.h"
#include "server/lesson/rehearsal.h"
#include "server/lesson/table.h"
#include "server/store/store.h"

enum change_kind { CHANGE_CREATE, CHANGE_REMOVE, CHANGE_ROTATE };

/* The one change under way. */
struct change {
    struct lessons *lessons;
    enum change_kind kind;
    struct entry *entry; /* CREATE: owned; else in the table */
    struct key *key;     /* ROTATE: the new one, taken but not the entry's yet */
    lessons_done_fn *done;
    void *arg;
};

struct lessons {
    struct store *store;
    struct lesson_events events;
    struct table table;
    struct rehearsals rehearsals;
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

static int add_stored(void *arg, const struct store_lesson *row)
{
    struct lesson l = {.is_open = row->is_open};
    snprintf(l.id, sizeof(l.id), "%s", row->id);
    snprintf(l.title, sizeof(l.title), "%s", row->title);
    snprintf(l.stream_key, sizeof(l.stream_key), "%s", row->stream_key);
    snprintf(l.watch_key, sizeof(l.watch_key), "%s", row->watch_key);
    return add(arg, &l);
}

static int read_all(struct lessons *lessons, const char *data_dir, char error[LESSON_ERROR_MAX])
{
    int err = lessons_import(lessons->store, data_dir, error);
    if (!err)
        err = store_each_lesson(lessons->store, add_stored, lessons);
    if (err && !error[0])
        snprintf(error, LESSON_ERROR_MAX, "the stored lessons: %s", err_text(err));
    return err;
}

int lessons_open(struct lessons **out, struct store *store, const char *data_dir,
                 const struct lesson_events *events, char error[LESSON_ERROR_MAX])
{
    error[0] = '\0';
    struct lessons *lessons = calloc(1, sizeof(*lessons));
    if (!lessons)
        return -ENOMEM;
    lessons->store = store;
    if (events)
        lessons->events = *events;
    int err = store ? read_all(lessons, data_dir, error) : 0;
    if (err)
        lessons_free(&lessons);
    else
        *out = lessons;
    return err;
}

void lessons_free(struct lessons **lessons)
{
    struct lessons *ls = *lessons;
    if (!ls)
        return;
    assert(!ls->change);
    table_release(&ls->table);
    rehearsals_release(&ls->rehearsals);
    free(ls);
    *lessons = NULL;
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

static void change_key(struct lessons *lessons, struct entry *e, struct key *key)
{
    const struct lesson_events *events = &lessons->events;
    table_change_key(&lessons->table, e, key);
    log_info(NULL, "lesson.key-changed", LOG_STR("lesson", e->lesson.id));
    if (events->on_key_changed)
        events->on_key_changed(events->arg, &e->lesson);
}

static int replan(struct lessons *lessons, struct entry *e, const struct lesson *lesson)
{
    struct key *key = NULL;
    bool is_same = strcmp(e->lesson.stream_key, lesson->stream_key) == 0;
    int err = is_same ? 0 : key_new(&key, &lessons->table, lesson->stream_key);
    if (err)
        return err;
    memcpy(e->lesson.title, lesson->title, sizeof(e->lesson.title));
    if (key)
        change_key(lessons, e, key);
    return 0;
}

int lessons_plan(struct lessons *lessons, const struct lesson *lesson)
{
    if (lesson_check(lesson))
        return -EINVAL;
    struct entry *e = table_find(&lessons->table, lesson->id);
    if (e && e->lesson.is_planned)
        return replan(lessons, e, lesson);
    struct lesson l = *lesson;
    l.from_config = false;
    l.is_planned = true;
    return add(lessons, &l);
}

void lessons_unplan(struct lessons *lessons, const char *id)
{
    const struct lesson_events *events = &lessons->events;
    struct entry *e = table_find(&lessons->table, id);
    if (!e || !e->lesson.is_planned)
        return;
    table_remove(&lessons->table, e);
    if (events->on_gone)
        events->on_gone(events->arg, &e->lesson);
    entry_free(&e, &lessons->table);
}

const struct lesson *lessons_find(const struct lessons *lessons, const char *id)
{
    const struct entry *e = table_find(&lessons->table, id);
    return e ? &e->lesson : rehearsals_find(&lessons->rehearsals, id);
}

const struct lesson *lessons_find_by_stream_key(const struct lessons *lessons, const char *key)
{
    const struct lesson *l = table_find_by_key(&lessons->table, key);
    return l ? l : rehearsals_find_by_key(&lessons->rehearsals, key);
}

int lessons_rehearse(struct lessons *lessons, const struct lesson *of, const struct lesson **out)
{
    return rehearsals_add(&lessons->rehearsals, of, out);
}

void lessons_end_rehearsal(struct lessons *lessons, const char *id)
{
    rehearsals_remove(&lessons->rehearsals, id);
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

static void put(struct batch *b, const struct lesson *l, const char *stream_key)
{
    batch_put_lesson(b, &(struct store_lesson){.id = l->id,
                                               .title = l->title,
                                               .stream_key = stream_key,
                                               .watch_key = l->watch_key,
                                               .is_open = l->is_open});
}

/* What the store is to do, and to remember as done. */
static void fill(struct batch *b, const struct change *c)
{
    const struct lesson *l = &c->entry->lesson;
    const char *act = "";
    switch (c->kind) {
    case CHANGE_CREATE: act = "lesson.create", put(b, l, l->stream_key); break;
    case CHANGE_ROTATE: act = "lesson.key", put(b, l, key_text(c->key)); break;
    case CHANGE_REMOVE: act = "lesson.remove", batch_drop_lesson(b, l->id); break;
    }
    batch_audit(b, "admin", act, l->id, "");
}

static void create_ends(struct change *c, int err)
{
    struct table *t = &c->lessons->table;
    if (err) {
        entry_free(&c->entry, t);
        return;
    }
    table_insert(t, c->entry);
    log_info(NULL, "lesson.created", LOG_STR("lesson", c->entry->lesson.id));
}

static void remove_ends(struct change *c, int err)
{
    const struct lesson_events *events = &c->lessons->events;
    struct table *t = &c->lessons->table;
    if (err)
        return;
    table_remove(t, c->entry);
    log_info(NULL, "lesson.removed", LOG_STR("lesson", c->entry->lesson.id));
    if (events->on_gone)
        events->on_gone(events->arg, &c->entry->lesson);
    entry_free(&c->entry, t);
}

static void rotate_ends(struct change *c, int err)
{
    if (err)
        key_free(&c->key, &c->lessons->table);
    else
        change_key(c->lessons, c->entry, c->key);
}

static void on_saved(void *arg, int err, size_t at)
{
    struct change *c = arg;
    struct lessons *lessons = c->lessons;
    lessons_done_fn *done = c->done;
    void *done_arg = c->arg;
    (void)at;
    switch (c->kind) {
    case CHANGE_CREATE: create_ends(c, err); break;
    case CHANGE_REMOVE: remove_ends(c, err); break;
    case CHANGE_ROTATE: rotate_ends(c, err); break;
    }
    free(c);
    lessons->change = NULL;
    if (err)
        log_error(NULL, "lesson.not-saved", LOG_ERR(err));
    done(done_arg, err); /* last: it may begin the next change, or free the lessons */
}

/* The caller still owns `entry` and `key` when this fails. */
static int change_start(struct lessons *lessons, const struct change *what)
{
    struct batch *batch;
    struct change *c = calloc(1, sizeof(*c));
    int err = c ? batch_new(&batch) : -ENOMEM;
    if (err) {
        free(c);
        return err;
    }
    *c = *what;
    c->lessons = lessons;
    fill(batch, c);
    err = store_apply(lessons->store, &batch, on_saved, c);
    if (err)
        free(c);
    else
        lessons->change = c;
    return err;
}

static int check_ready(const struct lessons *lessons)
{
    return !lessons->store ? -EROFS : lessons->change ? -EBUSY : 0;
}

static int check_new(struct lesson *out, const struct lessons *lessons, const struct lesson *lesson)
{
    int err = check_ready(lessons);
    if (err)
        return err;
    *out = *lesson;
    out->from_config = out->is_planned = false;
    err = lesson_complete(out);
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
    int err = check_ready(lessons);
    if (err)
        return err;
    struct entry *e = table_find(&lessons->table, id);
    if (!e)
        return -ENOENT;
    if (e->lesson.from_config || e->lesson.is_planned)
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

/* `text`, or one that is made up, as the entry's key to be. */
static int take_key(struct key **out, struct lessons *lessons, const struct entry *e,
                    const char *text)
{
    struct lesson l = e->lesson;
    snprintf(l.stream_key, sizeof(l.stream_key), "%s", text ? text : "");
    int err = lesson_complete(&l);
    if (err)
        return err;
    return lesson_check(&l) ? -EINVAL : key_new(out, &lessons->table, l.stream_key);
}

int lessons_rotate_key(struct lessons *lessons, const char *id, const char *text,
                       lessons_done_fn *done, void *arg)
{
    struct entry *e;
    struct key *key;
    int err = find_changeable(&e, lessons, id);
    if (!err)
        err = take_key(&key, lessons, e, text);
    if (err)
        return err;
    err = change_start(
        lessons,
        &(struct change){.kind = CHANGE_ROTATE, .entry = e, .key = key, .done = done, .arg = arg});
    if (err)
        key_free(&key, &lessons->table);
    return err;
}
