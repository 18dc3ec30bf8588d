#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/ask.h"

/*
 * The whole timetable, read in one go by a reader's thread into memory that outlives the question:
 * 70,000 rows, a district of 100 schools that has all its lessons in it, are some 20 MB.
 */
struct plan {
    struct store_plan all; /* first */
    struct arena arena;
    /* What `all` points to. */
    struct store_grid_row *grid;
    struct store_place *classes;
    struct store_person *staff;
    struct store_closure *closures;
    struct store_days *holidays, *swaps;
    struct store_reason reason; /* the last that was read: those of an import are all the same */
    bool has_no_memory;
};

void store_plan_free(struct store_plan **plan)
{
    struct plan *p = (struct plan *)*plan;
    *plan = NULL;
    if (!p)
        return;
    arena_release(&p->arena);
    free(p->grid);
    free(p->classes);
    free(p->staff);
    free(p->closures);
    free(p->holidays);
    free(p->swaps);
    free(p);
}

static const char *keep(struct plan *p, const char *text)
{
    const char *copy = *text ? arena_text(&p->arena, text) : "";
    p->has_no_memory |= !copy;
    return copy ? copy : "";
}

static struct store_reason keep_reason(struct plan *p, const char *text, const char *salt)
{
    struct store_reason *last = &p->reason;
    if (!last->text || strcmp(last->text, text) != 0 || strcmp(last->salt, salt) != 0)
        *last = (struct store_reason){.text = keep(p, text), .salt = keep(p, salt)};
    return *last;
}

/* Fills a zeroed row. */
typedef void read_fn(struct plan *p, struct db_rows *rows, void *row);

/* All rows of a question that was asked with `err`, into a new array of rows of `size` bytes. */
static int read_all(struct plan *p, struct db_rows *rows, int err, size_t size, read_fn *read,
                    void **out, size_t *n)
{
    char *all = NULL;
    size_t room = 0;
    *n = 0;
    while (!err && (err = db_next(rows)) > 0) {
        err = 0;
        if (*n == room) {
            room = room ? 2 * room : 64;
            char *grown = realloc(all, room * size);
            p->has_no_memory |= !grown;
            all = grown ? grown : all;
        }
        if (p->has_no_memory)
            break;
        memset(all + *n * size, 0, size);
        read(p, rows, all + (*n)++ * size);
    }
    *out = all;
    if (p->has_no_memory)
        db_end(rows);
    return p->has_no_memory ? -ENOMEM : err;
}

/* -- each kind of row -------------------------------------------------------------------------- */

static void read_grid_row(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_grid_row *e = row;
    e->school = keep(p, db_text(rows, 0));
    e->code = keep(p, db_text(rows, 1));
    e->title = keep(p, db_text(rows, 2));
    e->lecturer = keep(p, db_text(rows, 3));
    e->link = keep(p, db_text(rows, 4));
    e->kind = (int)db_int(rows, 5);
    e->place = (int)db_int(rows, 6);
    e->weeks = (int)db_int(rows, 7);
    e->weekday = (int)db_int(rows, 8);
    e->start_min = (int)db_int(rows, 9);
    e->length_min = (int)db_int(rows, 10);
    e->from = (int32_t)db_int(rows, 11);
    e->to = (int32_t)db_int(rows, 12);
    e->published_ms = db_int(rows, 13);
    e->reason = keep_reason(p, db_text(rows, 14), db_text(rows, 15));
}

static int read_grid(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(
        &rows, db,
        "SELECT s.code, e.code, e.title, e.lecturer, e.link, e.kind, e.place,"
        " e.weeks, e.weekday, e.start_min, e.length_min, e.from_day, e.to_day,"
        " e.published_ms, e.reason, e.reason_salt FROM plan_entry e JOIN place s ON s.id = e.school"
        " ORDER BY s.code, e.code",
        DB_NONE);
    err =
        read_all(p, &rows, err, sizeof(struct store_grid_row), read_grid_row, &all, &p->all.n_rows);
    p->grid = all;
    p->all.rows = all;
    return err;
}

static bool is_of(const struct store_grid_row *e, const char *school, const char *code)
{
    return strcmp(e->school, school) == 0 && strcmp(e->code, code) == 0;
}

/* Gives the entry `at` the `n` classes that were gathered for it. */
static void give_classes(struct plan *p, size_t at, const struct store_place *some, size_t n)
{
    struct store_place *own = n > 0 ? arena_take(&p->arena, n * sizeof(*own)) : NULL;
    p->has_no_memory |= n > 0 && !own;
    if (!own)
        return;
    memcpy(own, some, n * sizeof(*own));
    p->grid[at].classes = own;
    p->grid[at].n_classes = n;
}

/* In the order of the entries, so that both are walked along once. */
static int read_grid_classes(struct plan *p, struct db *db)
{
    struct store_place some[STORE_ENTRY_CLASSES_MAX];
    struct db_rows rows;
    size_t at = 0, n = 0;
    int err = db_select(&rows, db,
                        "SELECT s.code, x.code, cs.code, c.code FROM plan_class x"
                        " JOIN place s ON s.id = x.school JOIN place c ON c.id = x.class"
                        " JOIN place cs ON cs.id = c.parent"
                        " ORDER BY s.code, x.code, cs.code, c.code",
                        DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        const char *school = db_text(&rows, 0), *code = db_text(&rows, 1);
        err = 0;
        if (at < p->all.n_rows && !is_of(&p->grid[at], school, code)) {
            give_classes(p, at, some, n);
            n = 0;
        }
        while (at < p->all.n_rows && !is_of(&p->grid[at], school, code))
            at++;
        if (at < p->all.n_rows && n < STORE_ENTRY_CLASSES_MAX)
            some[n++] = (struct store_place){.school = keep(p, db_text(&rows, 2)),
                                             .klass = keep(p, db_text(&rows, 3)),
                                             .name = ""};
        if (rows.err || p->has_no_memory) {
            db_end(&rows);
            return -ENOMEM;
        }
    }
    if (!err && at < p->all.n_rows)
        give_classes(p, at, some, n);
    return err ? err : p->has_no_memory ? -ENOMEM : 0;
}

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

static void read_person(struct plan *p, struct db_rows *rows, void *row)
{
    struct store_person *s = row;
    s->id = keep(p, db_text(rows, 0));
    s->school = keep(p, db_text(rows, 1));
    s->code = keep(p, db_text(rows, 2));
    s->name = keep(p, db_text(rows, 3));
}

static int read_staff(struct plan *p, struct db *db)
{
    struct db_rows rows;
    void *all;
    int err = db_select(&rows, db,
                        "SELECT DISTINCT p.id, h.code, p.code, p.name FROM role r"
                        " JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"
                        " WHERE r.role <> $1 AND r.role <> $2 ORDER BY p.id",
                        DB_VALUES(DB_INT(STORE_STUDENT), DB_INT(STORE_GUARDIAN)));
    err = read_all(p, &rows, err, sizeof(struct store_person), read_person, &all, &p->all.n_staff);
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

static int ask_plan(struct ask *a, struct db *db)
{
    static int (*const parts[])(struct plan *, struct db *) = {
        read_grid,     read_grid_classes, read_classes, read_staff,  read_closures,
        read_holidays, read_swaps,        read_year,    read_policy,
    };
    struct plan *p = calloc(1, sizeof(*p));
    int err = p ? 0 : -ENOMEM;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++)
        err = parts[i](p, db);
    a->plan = (struct store_plan *)p;
    a->answer.plan = &a->plan;
    return err;
}

int store_read_plan(struct store *store, store_answer_fn *answer, void *arg)
{
    return store_ask(store, ask_plan, &(struct store_question){.limit = 1}, answer, arg);
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
