#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/plan_impl.h"

void store_plan_free(struct store_plan **plan)
{
    struct plan *p = (struct plan *)*plan;
    *plan = NULL;
    if (!p)
        return;
    for (size_t i = 0; i < p->all.n_grids; i++)
        store_grid_free(&p->all.grids[i]);
    free(p->all.grids);
    arena_release(&p->arena);
    free(p->classes);
    free(p->schools);
    free(p->staff);
    free(p->closures);
    free(p->holidays);
    free(p->swaps);
    free(p);
}

const char *plan_keep(struct plan *p, struct arena *arena, const char *text)
{
    const char *copy = *text ? arena_text(arena, text) : "";
    p->has_no_memory |= !copy;
    return copy ? copy : "";
}

bool plan_grow(struct plan *p, void **items, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return true;
    size_t more = *room ? 2 * *room : 64;
    void *grown = realloc(*items, more * size);
    p->has_no_memory |= !grown;
    if (!grown)
        return false;
    *items = grown;
    *room = more;
    return true;
}

static const char *keep(struct plan *p, const char *text)
{
    return plan_keep(p, &p->arena, text);
}

/* Fills a zeroed row. */
typedef void read_fn(struct plan *p, struct db_rows *rows, void *row);

/* All rows of a question that was asked with `err`, into a new array of rows of `size` bytes. */
static int read_all(struct plan *p, struct db_rows *rows, int err, size_t size, read_fn *read,
                    void **out, size_t *n)
{
    void *all = NULL;
    size_t room = 0;
    *n = 0;
    while (!err && (err = db_next(rows)) > 0) {
        err = 0;
        if (!plan_grow(p, &all, *n, &room, size))
            break;
        char *row = (char *)all + (*n)++ * size;
        read(p, rows, memset(row, 0, size));
        if (p->has_no_memory)
            break;
    }
    *out = all;
    if (p->has_no_memory)
        db_end(rows);
    return p->has_no_memory ? -ENOMEM : err;
}

/* -- each kind of row -------------------------------------------------------------------------- */

static void read_class(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_place *c = row;
    c->school = keep(p, db_text(rows, 0));
    c->klass = keep(p, db_text(rows, 1));
    c->name = keep(p, db_text(rows, 2));
    c->grade = (int)db_int(rows, 3);
}

static int read_classes(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db,
                        "SELECT s.code, c.code, c.name, c.grade FROM place c"
                        " JOIN place s ON s.id = c.parent WHERE c.kind = $1"
                        " ORDER BY s.code, c.code",
                        DB_VALUES(DB_INT(STORE_CLASS)));
    err = read_all(p, &rows, err, sizeof(struct store_place), read_class, &all, &p->all.n_classes);
    p->classes = all;
    p->all.classes = all;
    return err;
}

static void read_member(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_staff *s = row;
    s->person.id = keep(p, db_text(rows, 0));
    s->person.school = keep(p, db_text(rows, 1));
    s->person.code = keep(p, db_text(rows, 2));
    s->person.name = keep(p, db_text(rows, 3));
    s->has_account = db_int(rows, 4) != 0;
}

static void read_school(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_place *s = row;
    s->school = keep(p, db_text(rows, 0));
    s->klass = "";
    s->name = keep(p, db_text(rows, 1));
}

static int read_schools(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db, "SELECT code, name FROM place WHERE kind = $1 ORDER BY code",
                        DB_VALUES(DB_INT(STORE_SCHOOL)));
    err = read_all(p, &rows, err, sizeof(struct store_place), read_school, &all, &p->all.n_schools);
    p->schools = all;
    p->all.schools = all;
    return err;
}

static int read_staff(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    /* As a join it would look at everybody: 390 instead of 20 ms with 50,000 pupils. */
    int err = db_select(&rows, db,
                        "SELECT p.id, h.code, p.code, p.name, a.person IS NOT NULL FROM person p"
                        " LEFT JOIN account a ON a.person = p.id"
                        " JOIN place h ON h.id = p.home WHERE p.id IN"
                        " (SELECT person FROM role WHERE role <> $1 AND role <> $2) ORDER BY p.id",
                        DB_VALUES(DB_INT(STORE_STUDENT), DB_INT(STORE_GUARDIAN)));
    err = read_all(p, &rows, err, sizeof(struct store_staff), read_member, &all, &p->all.n_staff);
    p->staff = all;
    p->all.staff = all;
    return err;
}

static void read_closure(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_closure *c = row;
    c->school = keep(p, db_text(rows, 0));
    c->days = (struct store_days){(int32_t)db_int(rows, 1), (int32_t)db_int(rows, 2)};
}

static int read_closures(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db,
                        "SELECT s.code, c.from_day, c.to_day FROM plan_closure c"
                        " JOIN place s ON s.id = c.school ORDER BY s.code, c.from_day, c.to_day",
                        DB_NONE);
    err = read_all(p, &rows, err, sizeof(struct store_closure), read_closure, &all,
                   &p->all.n_closures);
    p->closures = all;
    p->all.closures = all;
    return err;
}

static void read_days(struct plan *p, struct db_rows *rows, void *row)
{
    (void)p;
    *(struct store_days *)row =
        (struct store_days){(int32_t)db_int(rows, 0), (int32_t)db_int(rows, 1)};
}

static int read_holidays(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db, "SELECT from_day, to_day FROM plan_holiday ORDER BY from_day",
                        DB_NONE);
    err = read_all(p, &rows, err, sizeof(struct store_days), read_days, &all,
                   &p->all.year.n_holidays);
    p->holidays = all;
    p->all.year.holidays = all;
    return err;
}

static int read_swaps(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db, "SELECT day, as_day FROM plan_swap ORDER BY day", DB_NONE);
    err = read_all(p, &rows, err, sizeof(struct store_days), read_days, &all, &p->all.year.n_swaps);
    p->swaps = all;
    p->all.year.swaps = all;
    return err;
}

/* The one row of each of these; none, where there may be none, leaves what it was. */
static int read_year(struct plan *p, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        "SELECT first_monday, utc_offset_min FROM plan_year WHERE id = 1", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err <= 0)
        return err ? err : -EUCLEAN;
    p->all.year.first_monday = (int32_t)db_int(&rows, 0);
    p->all.year.utc_offset_min = (int)db_int(&rows, 1);
    return db_end(&rows);
}

static int read_policy(struct plan *p, struct db *db)
{
    struct db_rows rows;
    p->all.policy = "";
    int err = db_select(&rows, db, "SELECT text FROM plan_policy WHERE id = 1", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err <= 0)
        return err;
    p->all.policy = keep(p, db_text(&rows, 0));
    err = db_end(&rows);
    return p->has_no_memory ? -ENOMEM : err;
}

/* -- all of it --------------------------------------------------------------------------------- */

static int read_rest(struct plan *p, struct db *db)
{
    static int (*const parts[])(struct plan *, struct db *) = {
        read_schools,  read_classes, read_staff, read_closures,
        read_holidays, read_swaps,   read_year,  read_policy,
    };
    int err = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++)
        err = parts[i](p, db);
    return err;
}

/* -ENOMEM. */
static struct plan *begin_plan(struct ask *a)
{
    struct plan *p = calloc(1, sizeof(*p));
    a->plan = (struct store_plan *)p;
    a->answer.plan = &a->plan;
    return p;
}

static int ask_plan(struct ask *a, struct db *db)
{
    struct plan *p = begin_plan(a);
    int err = p ? plan_read_rows(p, db, NULL) : -ENOMEM;
    return err ? err : read_rest(p, db);
}

static int ask_plan_of_school(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct plan *p = begin_plan(a);
    int err = p ? place_find(db, id, a->q.school, "") : -ENOMEM;
    if (!err)
        err = plan_read_rows(p, db, id);
    return err && err != -ENOENT ? err : read_rest(p, db); /* a school that is gone has no rows */
}

static int ask_plan_without_grid(struct ask *a, struct db *db)
{
    struct plan *p = begin_plan(a);
    return p ? read_rest(p, db) : -ENOMEM;
}

int store_read_plan(struct store *store, enum store_grids grids, const char *school,
                    store_answer_fn *answer, void *arg)
{
    static ask_fn *const asks[] = {[STORE_GRID_ALL] = ask_plan,
                                   [STORE_GRID_SCHOOL] = ask_plan_of_school,
                                   [STORE_GRID_NONE] = ask_plan_without_grid};
    const struct store_question q = {.school = school, .limit = 1};
    return store_ask(store, asks[grids], &q, answer, arg);
}

static int take_plan(void *arg, const struct store_answer *answer)
{
    *(struct store_plan **)arg = *answer->plan;
    *answer->plan = NULL;
    return 0;
}

int store_read_plan_now(struct store *store, struct store_plan **out)
{
    return store_read_all(store, ask_plan, take_plan, out);
}
