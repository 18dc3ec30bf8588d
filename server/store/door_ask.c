#include <errno.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/door.h"

/* What there is one of, by `code` of the question. */
static int ask_by_code(struct ask *a, struct db *db, size_t size, ask_read_fn *read,
                       const char *sql)
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, DB_VALUES(DB_TEXT(a->q.code)));
    return err ? err : ask_one(a, &rows, size, read);
}

/* -- accounts ---------------------------------------------------------------------------------- */

static void read_account(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_account *x = row;
    x->person = ask_text(a, rows, 0);
    x->login = ask_text(a, rows, 1);
    x->password = ask_text(a, rows, 2);
    x->totp = ask_text(a, rows, 3);
    x->seen_ms = db_int(rows, 4);
    a->cursor = x->person;
}

#define ACCOUNT                                                                                    \
    "SELECT a.person, a.login, a.password, a.totp,"                                                \
    " COALESCE((SELECT MAX(s.seen_ms) FROM session s WHERE s.person = a.person), 0)"               \
    " FROM account a"

static int ask_account(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_account), read_account,
                       ACCOUNT " WHERE a.login = $1");
}

static int ask_account_of(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_account), read_account,
                       ACCOUNT " WHERE a.person = $1");
}

static void read_invitation(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_invitation *i = row;
    i->person = ask_text(a, rows, 0);
    i->hash = ask_text(a, rows, 1);
    i->until_ms = db_int(rows, 2);
    a->cursor = i->person;
}

static int ask_invitation(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_invitation), read_invitation,
                       "SELECT person, hash, until_ms FROM invitation WHERE hash = $1");
}

static int ask_invitation_of(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_invitation), read_invitation,
                       "SELECT person, hash, until_ms FROM invitation WHERE person = $1");
}

static int ask_admins(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        ACCOUNT " JOIN role r ON r.person = a.person WHERE r.role = $1 LIMIT 1",
                        DB_VALUES(DB_INT(STORE_DISTRICT_ADMIN)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_account), read_account);
}

/* -- sessions ---------------------------------------------------------------------------------- */

static void read_session(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_session *s = row;
    s->id = ask_text(a, rows, 0);
    s->hash = ask_text(a, rows, 1);
    s->person = ask_text(a, rows, 2);
    s->made_ms = db_int(rows, 3);
    s->seen_ms = db_int(rows, 4);
    a->cursor = s->id;
}

static int ask_sessions(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        "SELECT id, hash, person, made_ms, seen_ms FROM session WHERE id > $1"
                        " ORDER BY id LIMIT $2",
                        DB_VALUES(DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_session), read_session);
}

/* -- entry codes and devices ------------------------------------------------------------------- */

/* The devices of the two kinds as columns: `e` is the entry. */
#define DEVICES                                                                                    \
    "COALESCE(p.device, 0), COALESCE(p.made_ms, 0), COALESCE(p.seen_ms, 0),"                       \
    " COALESCE(t.device, 0), COALESCE(t.made_ms, 0), COALESCE(t.seen_ms, 0)"
#define JOIN_DEVICES                                                                               \
    " LEFT JOIN device p ON p.person = e.person AND p.kind = 1"                                    \
    " LEFT JOIN device t ON t.person = e.person AND t.kind = 2"

static void read_entry(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_entry *e = row;
    e->person = ask_text(a, rows, 0);
    e->hash = ask_text(a, rows, 1);
    e->version = db_int(rows, 2);
    for (int i = 0; i < STORE_DEVICES_MAX; i++)
        e->devices[i] = (struct store_device){.device = db_int(rows, 3 + 3 * i),
                                              .made_ms = db_int(rows, 4 + 3 * i),
                                              .seen_ms = db_int(rows, 5 + 3 * i)};
    e->school = ask_text(a, rows, 9);
    e->code = ask_text(a, rows, 10);
    e->name = ask_text(a, rows, 11);
    a->cursor = e->person;
}

static int ask_entry(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        "SELECT e.person, e.hash, e.version, " DEVICES ", h.code, '', ''"
                        " FROM entry e JOIN person o ON o.id = e.person"
                        " JOIN place h ON h.id = o.home" JOIN_DEVICES " WHERE " ENTRY_OPENS
                        " AND e.hash = $2",
                        DB_VALUES(DB_INT(STORE_STUDENT), DB_TEXT(a->q.code)));
    return err ? err : ask_one(a, &rows, sizeof(struct store_entry), read_entry);
}

static int ask_every_entry(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err =
        db_select(&rows, db,
                  "SELECT e.person, e.hash, e.version, " DEVICES ", '', '', ''"
                  " FROM entry e" JOIN_DEVICES " WHERE e.person > $1 ORDER BY e.person LIMIT $2",
                  DB_VALUES(DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_entry), read_entry);
}

static void read_entry_by_code(struct ask *a, struct db_rows *rows, void *row)
{
    read_entry(a, rows, row);
    a->cursor = ((struct store_entry *)row)->code;
}

static int ask_entries(struct ask *a, struct db *db)
{
    char place[STORE_ID_MAX];
    struct db_rows rows;
    int err = place_find(db, place, a->q.school, a->q.klass);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT o.id, CASE WHEN e.school = at.parent THEN e.hash ELSE '' END,"
                        " COALESCE(e.version, 0), " DEVICES
                        ", h.code, o.code, o.name FROM role r JOIN person o ON o.id = r.person"
                        " JOIN place h ON h.id = o.home"
                        " JOIN place at ON at.id = r.place"
                        " LEFT JOIN entry e ON e.person = o.id" JOIN_DEVICES
                        " WHERE r.place = $1 AND r.role = $2 AND o.code > $3"
                        " ORDER BY o.code LIMIT $4",
                        DB_VALUES(DB_TEXT(place), DB_INT(STORE_STUDENT), DB_TEXT(a->q.after),
                                  DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_entry), read_entry_by_code);
}

/* -- day passes -------------------------------------------------------------------------------- */

#define GUEST                                                                                      \
    "SELECT g.id, s.code, c.code, g.name, g.hash, g.until_ms, g.used FROM guest g"                 \
    " JOIN place c ON c.id = g.place JOIN place s ON s.id = c.parent"

static void read_guest(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_guest *g = row;
    g->id = ask_text(a, rows, 0);
    g->school = ask_text(a, rows, 1);
    g->klass = ask_text(a, rows, 2);
    g->name = ask_text(a, rows, 3);
    g->hash = ask_text(a, rows, 4);
    g->until_ms = db_int(rows, 5);
    g->used = db_int(rows, 6);
    a->cursor = g->id;
}

static int ask_guest(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_guest), read_guest, GUEST " WHERE g.hash = $1");
}

static int ask_guests(struct ask *a, struct db *db)
{
    char place[STORE_ID_MAX];
    struct db_rows rows;
    int err = place_find(db, place, a->q.school, a->q.klass);
    if (!err)
        err = db_select(&rows, db, GUEST " WHERE g.place = $1 AND g.id > $2 ORDER BY g.id LIMIT $3",
                        DB_VALUES(DB_TEXT(place), DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_guest), read_guest);
}

static int ask_every_guest(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db, GUEST " WHERE g.id > $1 ORDER BY g.id LIMIT $2",
                        DB_VALUES(DB_TEXT(a->q.after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_guest), read_guest);
}

/* -- names ------------------------------------------------------------------------------------- */

/* Columns 0 to 3: id, the home's code, code and name. */
static struct store_person read_person(struct ask *a, struct db_rows *rows)
{
    return (struct store_person){.id = ask_text(a, rows, 0),
                                 .school = ask_text(a, rows, 1),
                                 .code = ask_text(a, rows, 2),
                                 .name = ask_text(a, rows, 3)};
}

static void read_card(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_card *c = row;
    c->person = read_person(a, rows);
    c->school_name = ask_text(a, rows, 4);
    c->login = ask_text(a, rows, 5);
    c->has_totp = db_int(rows, 6) != 0;
    a->cursor = c->person.id;
}

static int ask_card(struct ask *a, struct db *db)
{
    return ask_by_code(a, db, sizeof(struct store_card), read_card,
                       "SELECT p.id, h.code, p.code, p.name, h.name, COALESCE(x.login, ''),"
                       " CASE WHEN COALESCE(x.totp, '') = '' THEN 0 ELSE 1 END"
                       " FROM person p JOIN place h ON h.id = p.home"
                       " LEFT JOIN account x ON x.person = p.id WHERE p.id = $1");
}

/* A person; then role, the place's kind, code and name, and of the one above. */
static void read_calling(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_calling *c = row;
    bool is_class = db_int(rows, 5) == STORE_CLASS;
    c->person = read_person(a, rows);
    c->role = (enum store_role)db_int(rows, 4);
    c->school = ask_text(a, rows, is_class ? 8 : 6);
    c->school_name = ask_text(a, rows, is_class ? 9 : 7);
    c->klass = is_class ? ask_text(a, rows, 6) : "";
    c->klass_name = is_class ? ask_text(a, rows, 7) : "";
    a->cursor = c->person.id;
}

#define CALLING                                                                                    \
    "SELECT p.id, h.code, p.code, p.name, r.role, at.kind, at.code, at.name, above.code,"          \
    " above.name FROM role r JOIN person p ON p.id = r.person JOIN place h ON h.id = p.home"       \
    " JOIN place at ON at.id = r.place LEFT JOIN place above ON above.id = at.parent"

static int ask_callings(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        CALLING " WHERE r.person = $1 ORDER BY r.role, above.code, at.code"
                                " LIMIT $2",
                        DB_VALUES(DB_TEXT(a->q.code), DB_INT(a->q.limit)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_calling), read_calling);
}

static int ask_ward_classes(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int err = db_select(&rows, db,
                        CALLING " JOIN guardian g ON g.pupil = p.id"
                                " WHERE g.person = $1 AND r.role = $2"
                                " ORDER BY h.code, p.code LIMIT $3",
                        DB_VALUES(DB_TEXT(a->q.code), DB_INT(STORE_STUDENT), DB_INT(a->q.limit)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_calling), read_calling);
}

static void read_guardian(struct ask *a, struct db_rows *rows, void *row)
{
    struct store_guardian *g = row;
    g->person = read_person(a, rows);
    g->ward = ask_text(a, rows, 4);
    g->ward_name = ask_text(a, rows, 5);
    g->has_account = db_int(rows, 6) != 0;
    a->cursor = ask_text(a, rows, 7);
}

static int ask_guardians(struct ask *a, struct db *db)
{
    char place[STORE_ID_MAX];
    struct db_rows rows;
    int err = place_find(db, place, a->q.school, a->q.klass);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT p.id, h.code, p.code, p.name, w.code, w.name,"
                        " CASE WHEN x.person IS NULL THEN 0 ELSE 1 END, w.code || ' ' || p.id"
                        " FROM role r"
                        " JOIN person w ON w.id = r.person JOIN guardian g ON g.pupil = w.id"
                        " JOIN person p ON p.id = g.person JOIN place h ON h.id = p.home"
                        " LEFT JOIN account x ON x.person = p.id"
                        " WHERE r.place = $1 AND r.role = $2 AND w.code || ' ' || p.id > $3"
                        " ORDER BY w.code, p.id LIMIT $4",
                        DB_VALUES(DB_TEXT(place), DB_INT(STORE_STUDENT), DB_TEXT(a->q.after),
                                  DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_guardian), read_guardian);
}

static int ask_day_pass(struct ask *a, struct db *db)
{
    return ask_by_code(
        a, db, sizeof(struct store_calling), read_calling,
        "SELECT g.id, s.code, '', g.name, 0, at.kind, at.code, at.name, s.code, s.name"
        " FROM guest g JOIN place at ON at.id = g.place"
        " JOIN place s ON s.id = at.parent WHERE g.id = $1");
}

/* -- what is asked ----------------------------------------------------------------------------- */

#define QUESTION(name, run)                                                                        \
    int name(struct store *store, const struct store_question *q, store_answer_fn *answer,         \
             void *arg)                                                                            \
    {                                                                                              \
        return store_ask(store, run, q, answer, arg);                                              \
    }

QUESTION(store_find_account, ask_account)
QUESTION(store_find_account_of, ask_account_of)
QUESTION(store_find_invitation, ask_invitation)
QUESTION(store_find_invitation_of, ask_invitation_of)
QUESTION(store_find_entry, ask_entry)
QUESTION(store_find_guest, ask_guest)
QUESTION(store_list_entries, ask_entries)
QUESTION(store_list_guests, ask_guests)
QUESTION(store_find_card, ask_card)
QUESTION(store_list_callings, ask_callings)
QUESTION(store_list_ward_classes, ask_ward_classes)
QUESTION(store_list_guardians, ask_guardians)
QUESTION(store_find_day_pass, ask_day_pass)

#define EACH(noun, rows, run)                                                                      \
    struct each_##noun {                                                                           \
        store_##noun##_fn *each;                                                                   \
        void *arg;                                                                                 \
    };                                                                                             \
    static int page_of_##rows(void *arg, const struct store_answer *a)                             \
    {                                                                                              \
        const struct each_##noun *e = arg;                                                         \
        int err = 0;                                                                               \
        for (size_t i = 0; i < a->n && !err; i++)                                                  \
            err = e->each(e->arg, &a->rows[i]);                                                    \
        return err;                                                                                \
    }                                                                                              \
    int store_each_##noun(struct store *store, store_##noun##_fn *each, void *arg)                 \
    {                                                                                              \
        struct each_##noun e = {each, arg};                                                        \
        return store_read_all(store, run, page_of_##rows, &e);                                     \
    }

EACH(session, sessions, ask_sessions)
EACH(entry, entries, ask_every_entry)
EACH(guest, guests, ask_every_guest)

static int has_any(void *arg, const struct store_answer *a)
{
    (void)arg;
    return a->n > 0;
}

int store_has_admin(struct store *store)
{
    return store_read_all(store, ask_admins, has_any, NULL);
}
