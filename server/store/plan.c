#include "server/store/plan.h"

#include <errno.h>
#include <stdlib.h>

#include "server/store/ask.h"
#include "server/store/batch.h"

static int none_is_fine(int n)
{
    return n < 0 ? n : 0;
}

/* -- rows of the grid -------------------------------------------------------------------------- */

static int write_entry(struct db *db, const char *school, const struct store_grid_row *e)
{
    int n =
        db_run(db,
               "INSERT INTO plan_entry (school, code, title, lecturer, link, kind, place, weeks,"
               " weekday, start_min, length_min, from_day, to_day, published_ms, reason,"
               " reason_salt)"
               " VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
               " $15, $16)"
               " ON CONFLICT (school, code) DO UPDATE SET title = excluded.title,"
               " lecturer = excluded.lecturer, link = excluded.link, kind = excluded.kind,"
               " place = excluded.place, weeks = excluded.weeks, weekday = excluded.weekday,"
               " start_min = excluded.start_min, length_min = excluded.length_min,"
               " from_day = excluded.from_day, to_day = excluded.to_day,"
               " published_ms = excluded.published_ms, reason = excluded.reason,"
               " reason_salt = excluded.reason_salt",
               DB_VALUES(DB_TEXT(school), DB_TEXT(e->code), DB_TEXT(e->title), DB_TEXT(e->lecturer),
                         DB_TEXT(e->link), DB_INT(e->kind), DB_INT(e->place), DB_INT(e->weeks),
                         DB_INT(e->weekday), DB_INT(e->start_min), DB_INT(e->length_min),
                         DB_INT(e->from), DB_INT(e->to), DB_INT(e->published_ms),
                         DB_TEXT(e->reason.text), DB_TEXT(e->reason.salt)));
    return none_is_fine(n);
}

static int write_class(struct db *db, const char *school, const char *code,
                       const struct store_place *klass)
{
    char id[STORE_ID_MAX];
    int err = place_find(db, id, klass->school, klass->klass);
    if (err)
        return err;
    return none_is_fine(db_run(db,
                               "INSERT INTO plan_class (school, code, class) VALUES ($1, $2, $3)"
                               " ON CONFLICT DO NOTHING",
                               DB_VALUES(DB_TEXT(school), DB_TEXT(code), DB_TEXT(id))));
}

int grid_row_put(struct db *db, const struct change *c)
{
    const struct store_grid_row *e = &c->grid_row;
    char school[STORE_ID_MAX];
    int err = place_find(db, school, e->school, "");
    if (!err)
        err = write_entry(db, school, e);
    if (!err)
        err = none_is_fine(db_run(db, "DELETE FROM plan_class WHERE school = $1 AND code = $2",
                                  DB_VALUES(DB_TEXT(school), DB_TEXT(e->code))));
    for (size_t i = 0; i < e->n_classes && !err; i++)
        err = write_class(db, school, e->code, &e->classes[i]);
    return err;
}

int grid_row_drop(struct db *db, const struct change *c)
{
    char school[STORE_ID_MAX];
    int err = place_find(db, school, c->grid_row.school, "");
    if (err)
        return err;
    return one_or_more(db_run(db, "DELETE FROM plan_entry WHERE school = $1 AND code = $2",
                              DB_VALUES(DB_TEXT(school), DB_TEXT(c->grid_row.code))));
}

static int give_reason(struct db *db, const char *school, const struct store_reason *r)
{
    return none_is_fine(db_run(db,
                               "UPDATE plan_entry SET reason = $1, reason_salt = $2"
                               " WHERE school = $3 AND published_ms = 0 AND reason = ''",
                               DB_VALUES(DB_TEXT(r->text), DB_TEXT(r->salt), DB_TEXT(school))));
}

int grid_publish(struct db *db, const struct change *c)
{
    char school[STORE_ID_MAX];
    int err = place_find(db, school, c->grid_row.school, "");
    if (!err && *c->grid_row.reason.text)
        err = give_reason(db, school, &c->grid_row.reason);
    if (err)
        return err;
    return none_is_fine(
        db_run(db, "UPDATE plan_entry SET published_ms = $1 WHERE school = $2 AND published_ms = 0",
               DB_VALUES(DB_INT(c->grid_row.published_ms), DB_TEXT(school))));
}

/* -- the year, closed days, the rules ---------------------------------------------------------- */

static int write_days(struct db *db, const char *sql, const struct store_days *days, size_t n)
{
    int err = 0;
    for (size_t i = 0; i < n && !err; i++)
        err = none_is_fine(db_run(db, sql, DB_VALUES(DB_INT(days[i].from), DB_INT(days[i].to))));
    return err;
}

int year_put(struct db *db, const struct change *c)
{
    const struct store_year *y = &c->year;
    int n = db_run(db, "UPDATE plan_year SET first_monday = $1, utc_offset_min = $2 WHERE id = 1",
                   DB_VALUES(DB_INT(y->first_monday), DB_INT(y->utc_offset_min)));
    if (n >= 0)
        n = db_run(db, "DELETE FROM plan_holiday", DB_NONE);
    if (n >= 0)
        n = db_run(db, "DELETE FROM plan_swap", DB_NONE);
    int err = none_is_fine(n);
    if (!err)
        err = write_days(db, "INSERT INTO plan_holiday (from_day, to_day) VALUES ($1, $2)",
                         y->holidays, y->n_holidays);
    if (!err)
        err = write_days(db, "INSERT INTO plan_swap (day, as_day) VALUES ($1, $2)", y->swaps,
                         y->n_swaps);
    return err;
}

int closure_put(struct db *db, const struct change *c)
{
    char school[STORE_ID_MAX];
    int err = place_find(db, school, c->closure.school, "");
    if (err)
        return err;
    return none_is_fine(db_run(
        db,
        "INSERT INTO plan_closure (school, from_day, to_day)"
        " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        DB_VALUES(DB_TEXT(school), DB_INT(c->closure.days.from), DB_INT(c->closure.days.to))));
}

int closure_drop(struct db *db, const struct change *c)
{
    char school[STORE_ID_MAX];
    int err = place_find(db, school, c->closure.school, "");
    if (err)
        return err;
    return one_or_more(db_run(
        db, "DELETE FROM plan_closure WHERE school = $1 AND from_day = $2 AND to_day = $3",
        DB_VALUES(DB_TEXT(school), DB_INT(c->closure.days.from), DB_INT(c->closure.days.to))));
}

int grid_expire(struct db *db, const struct change *c)
{
    int64_t day = c->closure.days.to;
    int err = none_is_fine(
        db_run(db, "DELETE FROM plan_entry WHERE to_day < $1", DB_VALUES(DB_INT(day))));
    return err ? err
               : none_is_fine(db_run(db, "DELETE FROM plan_closure WHERE to_day < $1",
                                     DB_VALUES(DB_INT(day))));
}

int policy_put(struct db *db, const struct change *c)
{
    int n = db_run(db, "DELETE FROM plan_policy", DB_NONE);
    if (n >= 0 && *c->text)
        n = db_run(db, "INSERT INTO plan_policy (id, text) VALUES (1, $1)",
                   DB_VALUES(DB_TEXT(c->text)));
    return none_is_fine(n);
}

/* -- pupils' days ------------------------------------------------------------------------------ */

int minutes_put(struct db *db, const struct change *c)
{
    const struct store_minutes *m = &c->minutes;
    return none_is_fine(
        db_run(db,
               "INSERT INTO plan_minutes (day, person, until_s, group_s, voice_s)"
               " SELECT $1, id, $2, $3, $4 FROM person WHERE id = $5"
               " ON CONFLICT (day, person) DO UPDATE SET until_s = excluded.until_s,"
               " group_s = excluded.group_s, voice_s = excluded.voice_s",
               DB_VALUES(DB_INT(m->day), DB_INT(m->until_s), DB_INT(m->group_s), DB_INT(m->voice_s),
                         DB_TEXT(m->person))));
}

/* Each with the same values. */
static int drop_each(struct db *db, const char *const *sql, const struct db_value *values, size_t n)
{
    int err = 0;
    for (; *sql && !err; sql++)
        err = none_is_fine(db_run(db, *sql, values, n));
    return err;
}

int minutes_drop(struct db *db, const struct change *c)
{
    static const char *const sql[] = {"DELETE FROM plan_minutes WHERE day < $1",
                                      "DELETE FROM visit WHERE day < $1",
                                      "DELETE FROM visit_lesson WHERE day < $1", NULL};
    return drop_each(db, sql, DB_VALUES(DB_INT(c->minutes.day)));
}

int class_minutes_drop(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX];
    int err = place_find(db, place, c->class_minutes.school, c->class_minutes.klass);
    if (err)
        return err == -ENOENT ? 0 : err;
    static const char *const sql[] = {
        "DELETE FROM plan_minutes WHERE day < $1"
        " AND person IN (SELECT person FROM role WHERE place = $2 AND role = $3)",
        "DELETE FROM visit WHERE day < $1"
        " AND person IN (SELECT person FROM role WHERE place = $2 AND role = $3)",
        NULL};
    return drop_each(
        db, sql, DB_VALUES(DB_INT(c->class_minutes.day), DB_TEXT(place), DB_INT(STORE_STUDENT)));
}

/* -- questions --------------------------------------------------------------------------------- */

static void read_minutes(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_minutes *m = row;
    m->person = ask_text(a, rows, 0);
    m->day = (int32_t)db_int(rows, 1);
    m->until_s = (uint32_t)db_int(rows, 2);
    m->group_s = (uint32_t)db_int(rows, 3);
    m->voice_s = (uint32_t)db_int(rows, 4);
    a->cursor = m->person;
}

static int ask_minutes(struct ask *a, struct db *db)
{
    struct db_rows rows;
    char *end;
    long day = strtol(a->q.code, &end, 10);
    if (*end || !*a->q.code)
        return -EINVAL;
    int err = db_select(&rows, db,
                        "SELECT person, day, until_s, group_s, voice_s FROM plan_minutes"
                        " WHERE day = $1 AND person > $2 ORDER BY person LIMIT $3",
                        DB_VALUES(DB_INT(day), DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_minutes), read_minutes);
}

int store_list_minutes(struct store *store, const struct store_question *q, store_answer_fn *answer,
                       void *arg)
{
    return store_ask(store, ask_minutes, q, answer, arg);
}
