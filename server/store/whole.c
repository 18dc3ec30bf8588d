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

static void fill_person(struct db_rows *rows, struct store_row *row)
{
    row->person = (struct store_person){.id = db_text(rows, 0),
                                        .school = db_text(rows, 1),
                                        .code = db_text(rows, 2),
                                        .name = db_text(rows, 3)};
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
    row->guardian = db_text(rows, 0);
    row->ward = db_text(rows, 1);
}

static const struct part {
    enum store_row_kind kind;
    const char *sql;
    fill_fn *fill;
} parts[] = {
    {STORE_ROW_PLACE,  "SELECT code, name FROM place WHERE kind = 2 ORDER BY code", fill_school},
    {STORE_ROW_PLACE,
     "SELECT s.code, c.code, c.name, c.grade FROM place c JOIN place s ON s.id = c.parent"
     " WHERE c.kind = 3 ORDER BY s.code, c.code",                                   fill_class },
    {STORE_ROW_PERSON,
     "SELECT p.id, h.code, p.code, p.name FROM person p JOIN place h ON h.id = p.home"
     " ORDER BY h.code, p.code",                                                    fill_person},
    {STORE_ROW_ROLE,
     "SELECT p.id, h.code, p.code, r.role, at.kind, at.code, above.code FROM role r"
     " JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"
     " JOIN place at ON at.id = r.place LEFT JOIN place above ON above.id = at.parent"
     " ORDER BY r.person, r.role, above.code, at.code",                             fill_role  },
    {STORE_ROW_WARD,   "SELECT person, pupil FROM guardian ORDER BY person, pupil", fill_ward  },
};

static int read_part(struct db *db, const struct part *part, store_row_fn *each, void *arg)
{
    struct db_rows rows;
    int err = db_select(&rows, db, part->sql, DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        struct store_row row = {.kind = part->kind};
        part->fill(&rows, &row);
        err = rows.err ? rows.err : each(arg, &row);
    }
    int end = db_end(&rows);
    return err ? err : end;
}

int whole_read(struct db *db, store_row_fn *row, void *arg, int64_t *revision)
{
    int err = db_look(db);
    if (err)
        return err;
    err = revision_find(db, revision);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !err; i++)
        err = read_part(db, &parts[i], row, arg);
    db_rollback(db);
    return err;
}
