#include "server/store/visit.h"

#include <errno.h>
#include <stdlib.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/cursor.h"

/* -- changes ----------------------------------------------------------------------------------- */

void batch_add_visit(struct batch *batch, const struct store_visit *visit)
{
    struct change c = {.visit = *visit};
    c.visit.person = batch_word(batch, visit->person, STORE_ID_MAX);
    c.visit.lesson = batch_word(batch, visit->lesson, STORE_ID_MAX);
    c.visit.title = NULL;
    batch_add(batch, visit_add, &c);
}

void batch_put_visit_title(struct batch *batch, int32_t day, const char *lesson, const char *title)
{
    struct change c = {
        .visit = {.day = day,
                  .lesson = batch_word(batch, lesson, STORE_ID_MAX),
                  .title = batch_text(batch, title, STORE_NAME_MAX)}
    };
    batch_add(batch, visit_title_put, &c);
}

int visit_add(struct db *db, const struct change *c)
{
    const struct store_visit *v = &c->visit;
    int n =
        db_run(db,
               "INSERT INTO visit (day, person, lesson, first_s, last_s, group_s, voice_s)"
               " SELECT $1, id, $2, $3, $4, $5, $6 FROM person WHERE id = $7"
               " ON CONFLICT (day, person, lesson) DO UPDATE SET"
               " first_s = CASE WHEN excluded.first_s < visit.first_s"
               " THEN excluded.first_s ELSE visit.first_s END,"
               " last_s = CASE WHEN excluded.last_s > visit.last_s"
               " THEN excluded.last_s ELSE visit.last_s END,"
               " group_s = visit.group_s + excluded.group_s,"
               " voice_s = visit.voice_s + excluded.voice_s",
               DB_VALUES(DB_INT(v->day), DB_TEXT(v->lesson), DB_INT(v->first_s), DB_INT(v->last_s),
                         DB_INT(v->group_s), DB_INT(v->voice_s), DB_TEXT(v->person)));
    return n < 0 ? n : 0;
}

int visit_title_put(struct db *db, const struct change *c)
{
    const struct store_visit *v = &c->visit;
    int n = db_run(db,
                   "INSERT INTO visit_lesson (day, lesson, title) VALUES ($1, $2, $3)"
                   " ON CONFLICT (day, lesson) DO UPDATE SET title = excluded.title",
                   DB_VALUES(DB_INT(v->day), DB_TEXT(v->lesson), DB_TEXT(v->title)));
    return n < 0 ? n : 0;
}

/* -- questions --------------------------------------------------------------------------------- */

static void read_pupil(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_roll *r = row;
    char next[STORE_NAME_MAX];
    r->person.id = ask_text(a, rows, 0);
    r->person.school = ask_text(a, rows, 1);
    r->person.code = ask_text(a, rows, 2);
    r->person.name = ask_text(a, rows, 3);
    member_cursor_print(next, &(struct store_member){.person = r->person, .role = STORE_STUDENT});
    a->cursor = ask_keep(a, next);
}

static int ask_pupils(struct ask *a, struct db *db)
{
    char place[STORE_ID_MAX];
    struct member_cursor after;
    struct db_rows rows;
    int err = member_cursor_parse(&after, a->q.after);
    if (!err)
        err = place_find(db, place, a->q.school, a->q.klass);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT p.id, h.code, p.code, p.name FROM role r"
                        " JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"
                        " WHERE r.place = $1 AND r.role = $2 AND (p.code, p.id) > ($3, $4)"
                        " ORDER BY p.code, p.id LIMIT $5",
                        DB_VALUES(DB_TEXT(place), DB_INT(STORE_STUDENT), DB_TEXT(after.code),
                                  DB_TEXT(after.id), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_roll), read_pupil);
}

static void read_visit(struct ask *a, struct db_rows *rows, struct store_visit *v)
{
    v->lesson = ask_text(a, rows, 0);
    v->title = ask_text(a, rows, 1);
    v->first_s = (uint32_t)db_int(rows, 2);
    v->last_s = (uint32_t)db_int(rows, 3);
    v->group_s = (uint32_t)db_int(rows, 4);
    v->voice_s = (uint32_t)db_int(rows, 5);
}

static int ask_visits(struct ask *a, struct db *db, long day, struct store_roll *of)
{
    struct store_visit some[STORE_VISITS_MAX];
    struct db_rows rows;
    size_t n = 0;
    int err = db_select(&rows, db,
                        "SELECT v.lesson, COALESCE(l.title, ''), v.first_s, v.last_s, v.group_s,"
                        " v.voice_s FROM visit v"
                        " LEFT JOIN visit_lesson l ON l.day = v.day AND l.lesson = v.lesson"
                        " WHERE v.day = $1 AND v.person = $2 ORDER BY v.first_s, v.lesson LIMIT $3",
                        DB_VALUES(DB_INT(day), DB_TEXT(of->person.id), DB_INT(STORE_VISITS_MAX)));
    while (!err && (err = db_next(&rows)) > 0) {
        some[n] = (struct store_visit){.person = of->person.id, .day = (int32_t)day};
        read_visit(a, &rows, &some[n++]);
        err = a->has_no_memory || rows.err ? -ENOMEM : 0;
    }
    db_end(&rows);
    struct store_visit *kept = err || !n ? NULL : arena_take(&a->arena, n * sizeof(*kept));
    if (!err && n && !kept)
        err = -ENOMEM;
    for (size_t i = 0; kept && i < n; i++)
        kept[i] = some[i];
    of->visits = kept;
    of->n_visits = kept ? n : 0;
    return err;
}

static int ask_roll(struct ask *a, struct db *db)
{
    char *end;
    long day = strtol(a->q.code, &end, 10);
    if (*end || !*a->q.code)
        return -EINVAL;
    int err = ask_pupils(a, db);
    for (size_t i = 0; i < a->answer.n && !err; i++)
        err = ask_visits(a, db, day, (struct store_roll *)&a->answer.roll[i]);
    return err;
}

int store_list_roll(struct store *store, const struct store_question *q, store_answer_fn *answer,
                    void *arg)
{
    return store_ask(store, ask_roll, q, answer, arg);
}
