#include "server/store/deeds.h"

#include "server/store/ask.h"
#include "server/store/audit.h"
#include "server/store/cursor.h"

/* What is found newest first, by an index of migration 0012 each. */
#define FIND                                                                                       \
    "SELECT seq, at_ms, actor, act, subject, detail, hash FROM audit"                              \
    " WHERE at_ms >= $1 AND (at_ms, seq) < ($2, $3)"
#define NEWEST " ORDER BY at_ms DESC, seq DESC"

/* The names are looked up for the entries of the page alone. */
#define NAMED(found, limit)                                                                        \
    "SELECT e.seq, e.at_ms, e.actor, e.act, e.subject, e.detail, e.hash,"                          \
    " a.id, ah.code, a.code, a.name, s.id, sh.code, s.code, s.name"                                \
    " FROM (" found NEWEST " LIMIT " limit ") e"                                                   \
    " LEFT JOIN person a ON a.id = e.actor LEFT JOIN place ah ON ah.id = a.home"                   \
    " LEFT JOIN person s ON s.id = CASE SUBSTR(e.subject, 1, 7) WHEN 'person:'"                    \
    " THEN SUBSTR(e.subject, 8) ELSE e.subject END LEFT JOIN place sh ON sh.id = s.home"           \
    " ORDER BY e.at_ms DESC, e.seq DESC"

/* Three lists side by side, each in its order: one condition with OR would be sorted as a whole,
 * and an administrator of years has half the log. */
#define OF_ACT  FIND " AND ($4 = '' OR act = $4)"
#define TO_THEM OF_ACT " AND actor <> $5"

static const char all[] = NAMED(FIND, "$4");
static const char of_act[] = NAMED(FIND " AND act = $4", "$5");
static const char of_person[] =
    NAMED(OF_ACT " AND actor = $5 UNION ALL " TO_THEM " AND subject = $5"
                 " UNION ALL " TO_THEM " AND subject = 'person:' || $5",
          "$6");

static struct store_person person_in(struct ask *a, struct db_rows *rows, int column)
{
    return (struct store_person){.id = ask_text(a, rows, column),
                                 .school = ask_text(a, rows, column + 1),
                                 .code = ask_text(a, rows, column + 2),
                                 .name = ask_text(a, rows, column + 3)};
}

static void read_deed(struct ask *a, struct db_rows *rows, void *row)
{
    char cursor[STORE_NAME_MAX];
    struct store_deed *d = row;
    audit_read(&d->entry, a, rows);
    d->actor = person_in(a, rows, 7);
    d->subject = person_in(a, rows, 11);
    moment_cursor_print(cursor, &(struct moment_cursor){d->entry.at_ms, d->entry.seq});
    a->cursor = ask_keep(a, cursor);
}

int ask_deeds(struct ask *a, struct db *db)
{
    struct moment_cursor to;
    struct db_rows rows;
    const struct store_question *q = &a->q;
    int err = moment_cursor_parse(&to, q->after);
    if (err)
        return err;
    if (q->to_ms && q->to_ms <= to.at_ms)
        to = (struct moment_cursor){.at_ms = q->to_ms};
    const struct db_value from = DB_INT(q->from_ms), at = DB_INT(to.at_ms), seq = DB_INT(to.seq),
                          act = DB_TEXT(q->act), limit = DB_INT(q->limit + 1);
    if (*q->person)
        err = db_select(&rows, db, of_person,
                        DB_VALUES(from, at, seq, act, DB_TEXT(q->person), limit));
    else if (*q->act)
        err = db_select(&rows, db, of_act, DB_VALUES(from, at, seq, act, limit));
    else
        err = db_select(&rows, db, all, DB_VALUES(from, at, seq, limit));
    return err ? err : ask_page(a, &rows, sizeof(struct store_deed), read_deed);
}

int store_list_deeds(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg)
{
    return store_ask(store, ask_deeds, q, answer, arg);
}
