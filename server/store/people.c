#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/base/token.h"
#include "server/store/batch.h"

enum { ID_LEN = 16 }; /* 80 random bits: two of a million people never meet */

/* As the first migration names it. */
static const char district[] = "district";

int store_make_id(char out[TOKEN_LEN + 1])
{
    int err = token_make(out);
    out[ID_LEN] = '\0';
    return err;
}

int one_or_more(int n)
{
    return n < 0 ? n : n == 0 ? -ENOENT : 0;
}

int find_id(struct db *db, char out[STORE_ID_MAX], const char *sql, const struct db_value *values,
            size_t n)
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, values, n);
    if (!err)
        err = db_next(&rows);
    if (err > 0)
        snprintf(out, STORE_ID_MAX, "%s", db_text(&rows, 0));
    if (err > 0)
        return db_end(&rows);
    return err ? err : -ENOENT;
}

static int find_below(struct db *db, char out[STORE_ID_MAX], const char *parent, const char *code)
{
    return find_id(db, out, "SELECT id FROM place WHERE parent = $1 AND code = $2",
                   DB_VALUES(DB_TEXT(parent), DB_TEXT(code)));
}

int place_find(struct db *db, char out[STORE_ID_MAX], const char *school, const char *klass)
{
    char above[STORE_ID_MAX];
    snprintf(out, STORE_ID_MAX, "%s", district);
    int err = *school ? find_below(db, out, district, school) : 0;
    if (err || !*klass)
        return err;
    memcpy(above, out, sizeof(above));
    return find_below(db, out, above, klass);
}

int person_find(struct db *db, char out[STORE_ID_MAX], const char *school, const char *code)
{
    char home[STORE_ID_MAX];
    int err = place_find(db, home, school, "");
    if (err)
        return err;
    return find_id(db, out, "SELECT id FROM person WHERE home = $1 AND code = $2",
                   DB_VALUES(DB_TEXT(home), DB_TEXT(code)));
}

int revision_find(struct db *db, int64_t *out)
{
    struct db_rows rows;
    int err = db_select(&rows, db, "SELECT people FROM revision WHERE id = 1", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0)
        *out = db_int(&rows, 0);
    db_end(&rows);
    return err > 0 ? 0 : err ? err : -EUCLEAN;
}

int admin_is_there(struct db *db)
{
    char id[STORE_ID_MAX];
    int err = find_id(db, id, "SELECT person FROM role WHERE place = $1 AND role = $2 LIMIT 1",
                      DB_VALUES(DB_TEXT(district), DB_INT(STORE_DISTRICT_ADMIN)));
    return err == -ENOENT ? 0 : err ? err : 1;
}

/* -- changes ----------------------------------------------------------------------------------- */

int revision_raise(struct db *db)
{
    int n = db_run(db, "UPDATE revision SET people = people + 1 WHERE id = 1", DB_NONE);
    return n < 0 ? n : 0;
}

int revision_expect(struct db *db, const struct change *c)
{
    int64_t revision;
    int err = revision_find(db, &revision);
    return err ? err : revision == c->revision ? 0 : -ECANCELED;
}

static int none_yet(int err)
{
    return err == -ENOENT ? 0 : err ? err : -EEXIST;
}

int place_expect_none(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX];
    return none_yet(place_find(db, id, c->place.school, c->place.klass));
}

int person_expect_none(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX];
    return none_yet(person_find(db, id, c->person.school, c->person.code));
}

static int name_district(struct db *db, const char *name)
{
    int n = db_run(db, "UPDATE place SET name = $1 WHERE id = $2",
                   DB_VALUES(DB_TEXT(name), DB_TEXT(district)));
    return one_or_more(n);
}

int place_put(struct db *db, const struct change *c)
{
    const struct store_place *p = &c->place;
    bool is_class = *p->klass;
    char parent[STORE_ID_MAX], id[TOKEN_LEN + 1];
    if (!*p->school)
        return name_district(db, p->name);
    int err = place_find(db, parent, is_class ? p->school : "", "");
    if (!err)
        err = store_make_id(id);
    if (err)
        return err;
    int n = db_run(
        db,
        "INSERT INTO place (id, parent, kind, code, name, grade)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (parent, code) DO UPDATE"
        " SET name = excluded.name, grade = excluded.grade"
        " WHERE place.name <> excluded.name OR place.grade <> excluded.grade",
        DB_VALUES(DB_TEXT(id), DB_TEXT(parent), DB_INT(is_class ? STORE_CLASS : STORE_SCHOOL),
                  DB_TEXT(is_class ? p->klass : p->school), DB_TEXT(p->name), DB_INT(p->grade)));
    return n < 0 ? n : 0;
}

/* 0: nothing is in it but roles. */
static int is_empty(struct db *db, const char *place)
{
    char id[STORE_ID_MAX];
    int err = find_id(db, id, "SELECT id FROM place WHERE parent = $1 LIMIT 1",
                      DB_VALUES(DB_TEXT(place)));
    if (err == -ENOENT)
        err = find_id(db, id, "SELECT id FROM person WHERE home = $1 LIMIT 1",
                      DB_VALUES(DB_TEXT(place)));
    return err == -ENOENT ? 0 : err ? err : -ENOTEMPTY;
}

int place_drop(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX];
    int err = place_find(db, id, c->place.school, c->place.klass);
    if (!err)
        err = is_empty(db, id);
    if (err)
        return err;
    int n = db_run(db, "DELETE FROM role WHERE place = $1", DB_VALUES(DB_TEXT(id)));
    if (n >= 0)
        n = db_run(db, "DELETE FROM place WHERE id = $1", DB_VALUES(DB_TEXT(id)));
    return n < 0 ? n : 0;
}

int person_put(struct db *db, const struct change *c)
{
    const struct store_person *p = &c->person;
    char home[STORE_ID_MAX], id[TOKEN_LEN + 1];
    int err = place_find(db, home, p->school, "");
    if (!err)
        err = store_make_id(id);
    if (err)
        return err;
    int n = db_run(db,
                   "INSERT INTO person (id, home, code, name) VALUES ($1, $2, $3, $4)"
                   " ON CONFLICT (home, code) DO UPDATE SET name = excluded.name"
                   " WHERE person.name <> excluded.name",
                   DB_VALUES(DB_TEXT(id), DB_TEXT(home), DB_TEXT(p->code), DB_TEXT(p->name)));
    return n < 0 ? n : 0;
}

int person_drop(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX];
    int err = person_find(db, id, c->person.school, c->person.code);
    if (err)
        return err;
    return one_or_more(db_run(db, "DELETE FROM person WHERE id = $1", DB_VALUES(DB_TEXT(id))));
}

static int find_member(struct db *db, char place[STORE_ID_MAX], char person[STORE_ID_MAX],
                       const struct store_member *m)
{
    int err = place_find(db, place, m->school, m->klass);
    return err ? err : person_find(db, person, m->person.school, m->person.code);
}

/* Whoever made an invitation could give what that person was then: who is more now, or whose ward
 * is elsewhere, wants another one. `n`: as many rows of what they are have come. */
static int void_invitations(struct db *db, const char *person, int n)
{
    if (n > 0)
        n = db_run(db,
                   "DELETE FROM invitation WHERE person IN"
                   " (SELECT $1 UNION ALL SELECT person FROM guardian WHERE pupil = $1)",
                   DB_VALUES(DB_TEXT(person)));
    return n < 0 ? n : 0;
}

int role_put(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX], person[STORE_ID_MAX];
    int err = find_member(db, place, person, &c->member);
    if (err)
        return err;
    int n = db_run(db,
                   "INSERT INTO role (place, role, person) VALUES ($1, $2, $3)"
                   " ON CONFLICT DO NOTHING",
                   DB_VALUES(DB_TEXT(place), DB_INT(c->member.role), DB_TEXT(person)));
    return void_invitations(db, person, n);
}

int role_drop(struct db *db, const struct change *c)
{
    char place[STORE_ID_MAX], person[STORE_ID_MAX];
    int err = find_member(db, place, person, &c->member);
    if (err)
        return err;
    int n = db_run(db, "DELETE FROM role WHERE place = $1 AND role = $2 AND person = $3",
                   DB_VALUES(DB_TEXT(place), DB_INT(c->member.role), DB_TEXT(person)));
    return one_or_more(n);
}

static int find_pair(struct db *db, char person[STORE_ID_MAX], char pupil[STORE_ID_MAX],
                     const struct change *c)
{
    int err = person_find(db, person, c->person.school, c->person.code);
    return err ? err : person_find(db, pupil, c->pupil.school, c->pupil.code);
}

int guardian_put(struct db *db, const struct change *c)
{
    char person[STORE_ID_MAX], pupil[STORE_ID_MAX];
    int err = find_pair(db, person, pupil, c);
    if (err)
        return err;
    int n =
        db_run(db, "INSERT INTO guardian (person, pupil) VALUES ($1, $2) ON CONFLICT DO NOTHING",
               DB_VALUES(DB_TEXT(person), DB_TEXT(pupil)));
    return void_invitations(db, person, n);
}

int guardian_drop(struct db *db, const struct change *c)
{
    char person[STORE_ID_MAX], pupil[STORE_ID_MAX];
    int err = find_pair(db, person, pupil, c);
    if (err)
        return err;
    int n = db_run(db, "DELETE FROM guardian WHERE person = $1 AND pupil = $2",
                   DB_VALUES(DB_TEXT(person), DB_TEXT(pupil)));
    return one_or_more(n);
}
