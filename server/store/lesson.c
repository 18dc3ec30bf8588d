#include <errno.h>

#include "server/store/ask.h"
#include "server/store/batch.h"

int lesson_put(struct db *db, const struct change *c)
{
    const struct store_lesson *l = &c->lesson;
    int n = db_run(db,
                   "INSERT INTO lesson (id, title, stream_key, watch_key, is_open)"
                   " VALUES ($1, $2, $3, $4, $5)"
                   " ON CONFLICT (id) DO UPDATE SET title = excluded.title,"
                   " stream_key = excluded.stream_key, watch_key = excluded.watch_key,"
                   " is_open = excluded.is_open",
                   DB_VALUES(DB_TEXT(l->id), DB_TEXT(l->title), DB_TEXT(l->stream_key),
                             DB_TEXT(l->watch_key), DB_INT(l->is_open)));
    return n < 0 ? n : 0;
}

int lesson_drop(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM lesson WHERE id = $1", DB_VALUES(DB_TEXT(c->lesson.id)));
    return n < 0 ? n : n == 0 ? -ENOENT : 0;
}

static void read_lesson(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_lesson *l = row;
    l->id = ask_text(a, rows, 0);
    l->title = ask_text(a, rows, 1);
    l->stream_key = ask_text(a, rows, 2);
    l->watch_key = ask_text(a, rows, 3);
    l->is_open = db_int(rows, 4) != 0;
    a->cursor = l->id;
}

int ask_lessons(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        "SELECT id, title, stream_key, watch_key, is_open FROM lesson"
                        " WHERE id > $1 ORDER BY id LIMIT $2",
                        DB_VALUES(DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_lesson), read_lesson);
}

struct each {
    store_lesson_fn *lesson;
    void *arg;
};

static int each_of_page(void *arg, const struct store_answer *a)
{
    const struct each *each = arg;
    int err = 0;
    for (size_t i = 0; i < a->n && !err; i++)
        err = each->lesson(each->arg, &a->lessons[i]);
    return err;
}

int store_each_lesson(struct store *store, store_lesson_fn *each, void *arg)
{
    struct each e = {each, arg};
    return store_read_all(store, ask_lessons, each_of_page, &e);
}
