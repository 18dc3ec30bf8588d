#include <errno.h>
#include <string.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/whole_impl.h"

typedef void fill_fn(struct db_rows *rows, struct store_row *row);

static void fill_school(struct db_rows *rows, struct store_row *row)
{
    row->place =
        (struct store_place){.school = db_text(rows, 0), .klass = "", .name = db_text(rows, 1)};
}

static void fill_class(struct db_rows *rows, struct store_row *row)
{
    row->place = (struct store_place){.school = db_text(rows, 0),
                                      .klass = db_text(rows, 1),
                                      .name = db_text(rows, 2),
                                      .grade = (int)db_int(rows, 3)};
}

static struct store_person read_person(struct db_rows *rows, int column)
{
    return (struct store_person){.id = db_text(rows, column),
                                 .school = db_text(rows, column + 1),
                                 .code = db_text(rows, column + 2),
                                 .name = db_text(rows, column + 3)};
}

static void fill_person(struct db_rows *rows, struct store_row *row)
{
    row->person = read_person(rows, 0);
}

static void fill_role(struct db_rows *rows, struct store_row *row)
{
    bool is_class = db_int(rows, 4) == STORE_CLASS;
    row->member = (struct store_member){
        .person = {.id = db_text(rows, 0),
                   .school = db_text(rows, 1),
                   .code = db_text(rows, 2),
                   .name = ""},
        .role = (enum store_role)db_int(rows, 3),
        .school = db_text(rows, is_class ? 6 : 5),
        .klass = is_class ? db_text(rows, 5) : "",
    };
}

static void fill_ward(struct db_rows *rows, struct store_row *row)
{
    row->guardian = read_person(rows, 0);
    row->ward = read_person(rows, 4);
}

#define SCHOOLS "SELECT code, name FROM place WHERE kind = 2"
#define CLASSES                                                                                    \
    "SELECT s.code, c.code, c.name, c.grade FROM place c JOIN place s ON s.id = c.parent"          \
    " WHERE c.kind = 3"
#define PEOPLE "SELECT p.id, h.code, p.code, p.name FROM person p JOIN place h ON h.id = p.home"
#define ROLES                                                                                      \
    "SELECT p.id, h.code, p.code, r.role, at.kind, at.code, above.code FROM role r"                \
    " JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"                              \
    " JOIN place at ON at.id = r.place LEFT JOIN place above ON above.id = at.parent"
#define ROLES_ORDER " ORDER BY r.person, r.role, above.code, at.code"
#define WARDS                                                                                      \
    "SELECT p.id, h.code, p.code, p.name, w.id, wh.code, w.code, w.name FROM guardian g"           \
    " JOIN person p ON p.id = g.person JOIN place h ON h.id = p.home"                              \
    " JOIN person w ON w.id = g.pupil JOIN place wh ON wh.id = w.home"
#define WARDS_ORDER " ORDER BY g.person, g.pupil"

struct part {
    enum store_row_kind kind;
    const char *sql;
    fill_fn *fill;
};

static const struct part of_all[] = {
    {STORE_ROW_PLACE,  SCHOOLS " ORDER BY code",           fill_school},
    {STORE_ROW_PLACE,  CLASSES " ORDER BY s.code, c.code", fill_class },
    {STORE_ROW_PERSON, PEOPLE " ORDER BY h.code, p.code",  fill_person},
    {STORE_ROW_ROLE,   ROLES ROLES_ORDER,                  fill_role  },
    {STORE_ROW_WARD,   WARDS WARDS_ORDER,                  fill_ward  },
};

static const struct part of_person[] = {
    {STORE_ROW_PERSON, PEOPLE " WHERE p.id = $1",                fill_person},
    {STORE_ROW_ROLE,   ROLES " WHERE r.person = $1" ROLES_ORDER, fill_role  },
    {STORE_ROW_WARD,   WARDS " WHERE g.person = $1" WARDS_ORDER, fill_ward  },
};

static const struct part of_place[] = {
    {STORE_ROW_PLACE, SCHOOLS " AND id = $1",                  fill_school},
    {STORE_ROW_PLACE, CLASSES " AND c.id = $1",                fill_class },
    {STORE_ROW_ROLE,  ROLES " WHERE r.place = $1" ROLES_ORDER, fill_role  },
};

#define COUNT(parts) (sizeof(parts) / sizeof(*(parts)))

/* `id`: of what; NULL: of all. */
static int read_part(struct db *db, const struct part *part, const char *id, store_row_fn *each,
                     void *arg)
{
    const struct db_value value = DB_TEXT(id);
    struct db_rows rows;
    int err = db_select(&rows, db, part->sql, &value, id ? 1 : 0);
    while (!err && (err = db_next(&rows)) > 0) {
        struct store_row row = {.kind = part->kind};
        part->fill(&rows, &row);
        err = rows.err ? rows.err : each(arg, &row);
    }
    int end = db_end(&rows);
    return err ? err : end;
}

static int read_parts(struct db *db, const struct part *parts, size_t n, const char *id,
                      store_row_fn *each, void *arg)
{
    int err = 0;
    for (size_t i = 0; i < n && !err; i++)
        err = read_part(db, &parts[i], id, each, arg);
    return err;
}

int whole_read(struct db *db, store_row_fn *row, void *arg, int64_t *revision)
{
    int err = db_look(db);
    if (err)
        return err;
    err = revision_find(db, revision);
    if (!err)
        err = read_parts(db, of_all, COUNT(of_all), NULL, row, arg);
    db_rollback(db);
    return err;
}

/* -- one of all -------------------------------------------------------------------------------- */

struct page {
    struct ask *ask;
    struct store_row *rows;
    size_t room;
};

static struct store_row *page_push(struct page *page)
{
    struct store_answer *answer = &page->ask->answer;
    if (answer->n == page->room) {
        size_t room = page->room ? 2 * page->room : 16;
        struct store_row *rows = arena_take(&page->ask->arena, room * sizeof(*rows));
        if (!rows)
            return NULL;
        if (answer->n > 0)
            memcpy(rows, page->rows, answer->n * sizeof(*rows));
        page->rows = rows;
        page->room = room;
    }
    return &page->rows[answer->n++];
}

static struct store_person keep_person(struct ask *a, const struct store_person *p)
{
    return (struct store_person){.id = ask_keep(a, p->id),
                                 .school = ask_keep(a, p->school),
                                 .code = ask_keep(a, p->code),
                                 .name = ask_keep(a, p->name)};
}

static int keep_row(void *arg, const struct store_row *row)
{
    struct page *page = arg;
    struct ask *a = page->ask;
    struct store_row *kept = page_push(page);
    if (!kept)
        return -ENOMEM;
    *kept = *row;
    switch (row->kind) {
    case STORE_ROW_PLACE:
        kept->place.school = ask_keep(a, row->place.school);
        kept->place.klass = ask_keep(a, row->place.klass);
        kept->place.name = ask_keep(a, row->place.name);
        break;
    case STORE_ROW_PERSON: kept->person = keep_person(a, &row->person); break;
    case STORE_ROW_ROLE:
        kept->member.person = keep_person(a, &row->member.person);
        kept->member.school = ask_keep(a, row->member.school);
        kept->member.klass = ask_keep(a, row->member.klass);
        break;
    case STORE_ROW_WARD:
        kept->guardian = keep_person(a, &row->guardian);
        kept->ward = keep_person(a, &row->ward);
        break;
    }
    return a->has_no_memory ? -ENOMEM : 0;
}

static int find_rows(struct page *page, struct db *db, const struct store_question *q)
{
    char id[STORE_ID_MAX];
    int err = *q->code ? person_find(db, id, q->school, q->code)
                       : place_find(db, id, q->school, q->klass);
    if (err)
        return err == -ENOENT ? 0 : err;
    return *q->code ? read_parts(db, of_person, COUNT(of_person), id, keep_row, page)
                    : read_parts(db, of_place, COUNT(of_place), id, keep_row, page);
}

int ask_about(struct ask *a, struct db *db)
{
    struct page page = {.ask = a};
    int err = db_look(db);
    if (err)
        return err;
    err = revision_find(db, &a->answer.revision);
    if (!err)
        err = find_rows(&page, db, &a->q);
    db_rollback(db);
    a->answer.rows = page.rows;
    return err;
}

int store_read_about(struct store *store, const struct store_about *about, store_answer_fn *answer,
                     void *arg)
{
    const struct store_question q = {
        .school = about->school, .klass = about->klass, .code = about->code};
    return store_ask(store, ask_about, &q, answer, arg);
}
