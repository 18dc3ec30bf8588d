#include "server/store/feed.h"

#include <errno.h>

#include "server/base/clock.h"
#include "server/store/ask.h"
#include "server/store/batch.h"

/* -- changes ----------------------------------------------------------------------------------- */

void batch_put_feed(struct batch *batch, const char *person, const char *hash)
{
    struct change c = {
        .feed = {.person = batch_word(batch, person, STORE_ID_MAX),
                 .hash = batch_word(batch, hash, STORE_NAME_MAX),
                 .at_ms = clock_wall_ms()}
    };
    batch_add(batch, feed_address_put, &c);
}

void batch_drop_feed(struct batch *batch, const char *person)
{
    struct change c = {.feed.person = batch_word(batch, person, STORE_ID_MAX)};
    batch_add(batch, feed_address_drop, &c);
}

static struct change of_class(struct batch *b, const char *school, const char *klass)
{
    return (struct change){
        .feed = {.school = batch_word(b, school, STORE_CODE_MAX),
                 .klass = batch_word(b, klass, STORE_CODE_MAX)}
    };
}

void batch_put_class_feed(struct batch *batch, const char *school, const char *klass,
                          const char *hash)
{
    struct change c = of_class(batch, school, klass);
    c.feed.hash = batch_word(batch, hash, STORE_NAME_MAX);
    c.feed.at_ms = clock_wall_ms();
    batch_add(batch, class_feed_put, &c);
}

void batch_drop_class_feed(struct batch *batch, const char *school, const char *klass)
{
    struct change c = of_class(batch, school, klass);
    batch_add(batch, class_feed_drop, &c);
}

int feed_address_put(struct db *db, const struct change *c)
{
    return one_or_more(
        db_run(db,
               "INSERT INTO plan_feed (person, hash, made_ms)"
               " SELECT id, $1, $2 FROM person WHERE id = $3"
               " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash,"
               " made_ms = excluded.made_ms",
               DB_VALUES(DB_TEXT(c->feed.hash), DB_INT(c->feed.at_ms), DB_TEXT(c->feed.person))));
}

int feed_address_drop(struct db *db, const struct change *c)
{
    return one_or_more(
        db_run(db, "DELETE FROM plan_feed WHERE person = $1", DB_VALUES(DB_TEXT(c->feed.person))));
}

int class_feed_put(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX];
    int err = place_find(db, place, c->feed.school, c->feed.klass);
    if (err)
        return err;
    return one_or_more(
        db_run(db,
               "INSERT INTO plan_class_feed (class, hash, made_ms) VALUES ($1, $2, $3)"
               " ON CONFLICT (class) DO UPDATE SET hash = excluded.hash,"
               " made_ms = excluded.made_ms",
               DB_VALUES(DB_TEXT(place), DB_TEXT(c->feed.hash), DB_INT(c->feed.at_ms))));
}

int class_feed_drop(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX];
    int err = place_find(db, place, c->feed.school, c->feed.klass);
    if (err)
        return err;
    return one_or_more(
        db_run(db, "DELETE FROM plan_class_feed WHERE class = $1", DB_VALUES(DB_TEXT(place))));
}

/* -- questions --------------------------------------------------------------------------------- */

static void read_feed(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_feed *f = row;
    f->person = ask_text(a, rows, 0);
    f->school = ask_text(a, rows, 1);
    f->klass = ask_text(a, rows, 2);
    f->name = ask_text(a, rows, 3);
    f->made_ms = db_int(rows, 4);
    a->cursor = f->person;
}

#define OF_CLASSES                                                                                 \
    "SELECT '', s.code, c.code, c.name, f.made_ms FROM plan_class_feed f"                          \
    " JOIN place c ON c.id = f.class JOIN place s ON s.id = c.parent"

static int ask_feed(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        "SELECT person, '', '', '', made_ms FROM plan_feed WHERE hash = $1"
                        " UNION ALL " OF_CLASSES " WHERE f.hash = $1",
                        DB_VALUES(DB_TEXT(a->q.after)));
    return err ? err : ask_one(a, &rows, sizeof(struct store_feed), read_feed);
}

static int ask_class_feed(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db, OF_CLASSES " WHERE s.code = $1 AND c.code = $2",
                        DB_VALUES(DB_TEXT(a->q.school), DB_TEXT(a->q.klass)));
    return err ? err : ask_one(a, &rows, sizeof(struct store_feed), read_feed);
}

int store_find_feed(struct store *store, const struct store_question *q, store_answer_fn *answer,
                    void *arg)
{
    return store_ask(store, ask_feed, q, answer, arg);
}

int store_find_class_feed(struct store *store, const struct store_question *q,
                          store_answer_fn *answer, void *arg)
{
    return store_ask(store, ask_class_feed, q, answer, arg);
}
