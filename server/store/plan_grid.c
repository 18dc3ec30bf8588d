#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/plan_impl.h"

/* The rows of a school in memory of their own, which may outlive the rest of the plan. */
struct grid {
    struct store_grid all; /* first */
    struct arena arena;
    struct store_grid_row *rows;
    size_t room;
    struct store_reason reason; /* the last that was read: those of an import are all the same */
};

void store_grid_free(struct store_grid **grid)
{
    struct grid *g = (struct grid *)*grid;
    *grid = NULL;
    if (!g)
        return;
    arena_release(&g->arena);
    free(g->rows);
    free(g);
}

/* The grid of that school, which is the last one, or a new one; NULL: no memory. */
static struct grid *grid_of(struct plan *p, const char *school)
{
    struct grid *last = p->all.n_grids ? (struct grid *)p->all.grids[p->all.n_grids - 1] : NULL;
    if (last && strcmp(last->all.school, school) == 0)
        return last;
    void *grids = p->all.grids;
    if (!plan_grow(p, &grids, p->all.n_grids, &p->grid_room, sizeof(struct store_grid *)))
        return NULL;
    p->all.grids = grids;
    struct grid *g = calloc(1, sizeof(*g));
    p->has_no_memory |= !g;
    if (!g)
        return NULL;
    p->all.grids[p->all.n_grids++] = &g->all;
    g->all.school = plan_keep(p, &g->arena, school);
    return g;
}

static struct store_reason keep_reason(struct plan *p, struct grid *g, const char *text,
                                       const char *salt)
{
    struct store_reason *last = &g->reason;
    if (!last->text || strcmp(last->text, text) != 0 || strcmp(last->salt, salt) != 0)
        *last = (struct store_reason){.text = plan_keep(p, &g->arena, text),
                                      .salt = plan_keep(p, &g->arena, salt)};
    return *last;
}

static void read_grid_row(struct plan *p, struct db_rows *rows)
{
    struct grid *g = grid_of(p, db_text(rows, 0));
    void *items = g ? g->rows : NULL;
    if (!g || !plan_grow(p, &items, g->all.n_rows, &g->room, sizeof(struct store_grid_row)))
        return;
    g->all.rows = g->rows = items;
    g->rows[g->all.n_rows++] =
        (struct store_grid_row){.school = g->all.school,
                                .code = plan_keep(p, &g->arena, db_text(rows, 1)),
                                .title = plan_keep(p, &g->arena, db_text(rows, 2)),
                                .lecturer = plan_keep(p, &g->arena, db_text(rows, 3)),
                                .link = plan_keep(p, &g->arena, db_text(rows, 4)),
                                .kind = (int)db_int(rows, 5),
                                .place = (int)db_int(rows, 6),
                                .weeks = (int)db_int(rows, 7),
                                .weekday = (int)db_int(rows, 8),
                                .start_min = (int)db_int(rows, 9),
                                .length_min = (int)db_int(rows, 10),
                                .from = (int32_t)db_int(rows, 11),
                                .to = (int32_t)db_int(rows, 12),
                                .published_ms = db_int(rows, 13),
                                .reason = keep_reason(p, g, db_text(rows, 14), db_text(rows, 15))};
}

#define GRID                                                                                       \
    "SELECT s.code, e.code, e.title, e.lecturer, e.link, e.kind, e.place, e.weeks, e.weekday,"     \
    " e.start_min, e.length_min, e.from_day, e.to_day, e.published_ms, e.reason, e.reason_salt"    \
    " FROM plan_entry e"                                                                           \
    " JOIN place s ON s.id = e.school"

/* `school`: an id; NULL: of all. */
static int read_grids(struct plan *p, struct db *db, const char *school)
{
    struct db_rows rows;
    int err = school ? db_select(&rows, db, GRID " WHERE e.school = $1 ORDER BY e.code",
                                 DB_VALUES(DB_TEXT(school)))
                     : db_select(&rows, db, GRID " ORDER BY s.code, e.code", DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        read_grid_row(p, &rows);
        err = p->has_no_memory ? -ENOMEM : rows.err;
        if (err)
            db_end(&rows);
    }
    return err;
}

/* Both are walked along once, in the order of schools and codes: where the rows are. */
struct walk {
    struct plan *p;
    size_t grid, row;
    struct store_place some[STORE_ENTRY_CLASSES_MAX]; /* of the row */
    size_t n;
};

static struct grid *walk_grid(const struct walk *w)
{
    return w->grid < w->p->all.n_grids ? (struct grid *)w->p->all.grids[w->grid] : NULL;
}

/* Gives the row the classes that were gathered for it, and goes on to the next one. */
static void walk_on(struct walk *w)
{
    struct grid *g = walk_grid(w);
    size_t size = w->n * sizeof(*w->some);
    struct store_place *own = w->n > 0 ? arena_take(&g->arena, size) : NULL;
    w->p->has_no_memory |= w->n > 0 && !own;
    if (own) {
        memcpy(own, w->some, size);
        g->rows[w->row].classes = own;
        g->rows[w->row].n_classes = w->n;
    }
    w->n = 0;
    if (++w->row < g->all.n_rows)
        return;
    w->row = 0;
    w->grid++;
}

static bool is_at(const struct walk *w, const char *school, const char *code)
{
    const struct grid *g = walk_grid(w);
    return strcmp(g->all.school, school) == 0 && strcmp(g->rows[w->row].code, code) == 0;
}

static void read_grid_class(struct walk *w, struct db_rows *rows)
{
    const char *school = db_text(rows, 0), *code = db_text(rows, 1);
    while (walk_grid(w) && !is_at(w, school, code))
        walk_on(w);
    struct grid *g = walk_grid(w);
    if (g && w->n < STORE_ENTRY_CLASSES_MAX)
        w->some[w->n++] =
            (struct store_place){.school = plan_keep(w->p, &g->arena, db_text(rows, 2)),
                                 .klass = plan_keep(w->p, &g->arena, db_text(rows, 3)),
                                 .name = ""};
}

#define GRID_CLASSES                                                                               \
    "SELECT s.code, x.code, cs.code, c.code FROM plan_class x JOIN place s ON s.id = x.school"     \
    " JOIN place c ON c.id = x.class JOIN place cs ON cs.id = c.parent"

static int read_grid_classes(struct plan *p, struct db *db, const char *school)
{
    struct walk w = {.p = p};
    struct db_rows rows;
    int err = school
                  ? db_select(&rows, db,
                              GRID_CLASSES " WHERE x.school = $1 ORDER BY x.code, cs.code, c.code",
                              DB_VALUES(DB_TEXT(school)))
                  : db_select(&rows, db, GRID_CLASSES " ORDER BY s.code, x.code, cs.code, c.code",
                              DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        read_grid_class(&w, &rows);
        err = p->has_no_memory ? -ENOMEM : rows.err;
        if (err)
            db_end(&rows);
    }
    if (!err && walk_grid(&w))
        walk_on(&w);
    return err ? err : p->has_no_memory ? -ENOMEM : 0;
}

int plan_read_rows(struct plan *p, struct db *db, const char *school)
{
    int err = read_grids(p, db, school);
    return err ? err : read_grid_classes(p, db, school);
}
