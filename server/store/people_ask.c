#include <string.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/cursor.h"

/* Places, people and what they are: the questions. The changes are in people.c. */

/* Read before the rows: what is newer than the number is told by batch_expect(), at worst for
 * nothing. */
static int see_place(struct ask *a, struct db *db, char place[STORE_ID_MAX], const char *klass)
{
    int err = revision_find(db, &a->answer.revision);
    return err ? err : place_find(db, place, a->q.school, klass);
}

static int see_person(struct ask *a, struct db *db, char person[STORE_ID_MAX])
{
    int err = revision_find(db, &a->answer.revision);
    return err ? err : person_find(db, person, a->q.school, a->q.code);
}

static void read_place(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_place *p = row;
    const char *code = ask_text(a, rows, 0);
    bool is_class = *a->q.school;
    p->school = is_class ? a->q.school : code;
    p->klass = is_class ? code : "";
    p->name = ask_text(a, rows, 1);
    p->grade = (int)db_int(rows, 2);
    a->cursor = code;
}

enum { PATTERN_SIZE = 2 * STORE_NAME_MAX + 2 };

/* What has `text` in it, for LIKE; none of its characters mean anything more. */
static void print_pattern(char out[PATTERN_SIZE], const char *text)
{
    *out++ = '%';
    for (; *text; text++) {
        if (strchr("%_!", *text))
            *out++ = '!';
        *out++ = *text;
    }
    memcpy(out, "%", 2);
}

#define IS_MEANT                                                                                   \
    " AND (LOWER(p.code) LIKE LOWER($3) ESCAPE '!' OR LOWER(p.name) LIKE LOWER($3) ESCAPE '!')"

int ask_places(struct ask *a, struct db *db)
{
    char parent[STORE_ID_MAX], pattern[PATTERN_SIZE];
    struct db_rows rows;
    print_pattern(pattern, a->q.find);
    int err = see_place(a, db, parent, "");
    if (!err)
        err = db_select(&rows, db,
                        "SELECT p.code, p.name, p.grade FROM place p WHERE p.parent = $1"
                        " AND p.code > $2" IS_MEANT " ORDER BY p.code LIMIT $4",
                        DB_VALUES(DB_TEXT(parent), DB_TEXT(a->q.after), DB_TEXT(pattern),
                                  DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_place), read_place);
}

static void read_this_place(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_place *p = row;
    p->school = a->q.school;
    p->klass = a->q.klass;
    p->name = ask_text(a, rows, 0);
    p->grade = (int)db_int(rows, 1);
}

int ask_place(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct db_rows rows;
    int err = see_place(a, db, id, a->q.klass);
    if (!err)
        err = db_select(&rows, db, "SELECT name, grade FROM place WHERE id = $1",
                        DB_VALUES(DB_TEXT(id)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_place), read_this_place);
}

#define PERSON "SELECT p.id, h.code, p.code, p.name FROM person p JOIN place h ON h.id = p.home"

/* Columns 0 to 3: id, the home's code, code, name. */
static void read_person(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_person *p = row;
    p->id = ask_text(a, rows, 0);
    p->school = ask_text(a, rows, 1);
    p->code = ask_text(a, rows, 2);
    p->name = ask_text(a, rows, 3);
    a->cursor = p->code;
}

int ask_people(struct ask *a, struct db *db)
{
    char home[STORE_ID_MAX], pattern[PATTERN_SIZE];
    struct db_rows rows;
    print_pattern(pattern, a->q.find);
    int err = see_place(a, db, home, "");
    if (!err)
        err = db_select(&rows, db,
                        PERSON " WHERE p.home = $1 AND p.code > $2" IS_MEANT
                               " AND ($4 = 0 OR EXISTS (SELECT 1 FROM role r WHERE r.person = p.id"
                               " AND r.role <> $5 AND r.role <> $6))"
                               " ORDER BY p.code LIMIT $7",
                        DB_VALUES(DB_TEXT(home), DB_TEXT(a->q.after), DB_TEXT(pattern),
                                  DB_INT(a->q.is_staff), DB_INT(STORE_STUDENT),
                                  DB_INT(STORE_GUARDIAN), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_person), read_person);
}

int ask_person(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct db_rows rows;
    int err = see_person(a, db, id);
    if (!err)
        err = db_select(&rows, db, PERSON " WHERE p.id = $1", DB_VALUES(DB_TEXT(id)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_person), read_person);
}

static void read_member(struct ask *a, struct db_rows *rows, void *row)
{
    char cursor[STORE_NAME_MAX];
    struct store_member *m = row;
    read_person(a, rows, &m->person);
    m->role = (enum store_role)db_int(rows, 4);
    m->school = a->q.school;
    m->klass = a->q.klass;
    member_cursor_print(cursor, m);
    a->cursor = ask_keep(a, cursor);
}

int ask_members(struct ask *a, struct db *db)
{
    char place[STORE_ID_MAX];
    struct member_cursor after;
    struct db_rows rows;
    int err = member_cursor_parse(&after, a->q.after);
    if (!err)
        err = see_place(a, db, place, a->q.klass);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT p.id, h.code, p.code, p.name, r.role FROM role r"
                        " JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"
                        " WHERE r.place = $1 AND (r.role, p.code, p.id) > ($2, $3, $4)"
                        " ORDER BY r.role, p.code, p.id LIMIT $5",
                        DB_VALUES(DB_TEXT(place), DB_INT(after.role), DB_TEXT(after.code),
                                  DB_TEXT(after.id), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_member), read_member);
}

static void read_role(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_member *m = row;
    bool is_class = db_int(rows, 5) == STORE_CLASS;
    read_person(a, rows, &m->person);
    m->role = (enum store_role)db_int(rows, 4);
    m->school = ask_text(a, rows, is_class ? 7 : 6);
    m->klass = is_class ? ask_text(a, rows, 6) : "";
}

int ask_roles(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct db_rows rows;
    int err = see_person(a, db, id);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT p.id, h.code, p.code, p.name, r.role, at.kind, at.code, above.code"
                        " FROM role r JOIN person p ON p.id = r.person"
                        " JOIN place h ON h.id = p.home JOIN place at ON at.id = r.place"
                        " LEFT JOIN place above ON above.id = at.parent"
                        " WHERE r.person = $1 ORDER BY r.role, above.code, at.code LIMIT $2",
                        DB_VALUES(DB_TEXT(id), DB_INT(a->q.limit)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_member), read_role);
}

int ask_wards(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct db_rows rows;
    int err = see_person(a, db, id);
    if (!err)
        err = db_select(&rows, db,
                        PERSON " JOIN guardian g ON g.pupil = p.id WHERE g.person = $1"
                               " ORDER BY h.code, p.code LIMIT $2",
                        DB_VALUES(DB_TEXT(id), DB_INT(a->q.limit)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_person), read_person);
}
