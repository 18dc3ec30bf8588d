#include "server/store/trace.h"

#include <errno.h>
#include <string.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/traces.h"

#define NEWEST " LIMIT 1000" /* STORE_PAGE_MAX */

/* What opens a door (hashes, sealed secrets) is not shown to anybody. */
const struct trace traces[] = {
    {"person",     "person",
     "SELECT p.id AS id, h.code AS school, h.name AS school_name, p.code AS code, p.name AS name"
     " FROM person p JOIN place h ON h.id = p.home WHERE p.id = $1"                             },
    {"roles",      "role",
     "SELECT r.role AS role, above.code AS above, at.code AS place, at.name AS place_name"
     " FROM role r JOIN place at ON at.id = r.place LEFT JOIN place above ON above.id = at.parent"
     " WHERE r.person = $1 ORDER BY r.role, above.code, at.code" NEWEST                         },
    {"guardians",  "guardian",
     "SELECT h.code AS school, p.code AS code, p.name AS name FROM guardian g"
     " JOIN person p ON p.id = g.person JOIN place h ON h.id = p.home"
     " WHERE g.pupil = $1 ORDER BY h.code, p.code" NEWEST                                       },
    {"wards",      "guardian",
     "SELECT h.code AS school, p.code AS code, p.name AS name FROM guardian g"
     " JOIN person p ON p.id = g.pupil JOIN place h ON h.id = p.home"
     " WHERE g.person = $1 ORDER BY h.code, p.code" NEWEST                                      },
    {"account",    "account",
     "SELECT login, CASE totp WHEN '' THEN 0 ELSE 1 END AS has_totp FROM account"
     " WHERE person = $1"                                                                       },
    {"invitation", "invitation",   "SELECT until_ms FROM invitation WHERE person = $1"          },
    {"sessions",   "session",
     "SELECT made_ms, seen_ms FROM session WHERE person = $1 ORDER BY seen_ms DESC" NEWEST      },
    {"entry_code", "entry",        "SELECT version AS codes_made FROM entry WHERE person = $1"  },
    {"devices",    "device",
     "SELECT kind, made_ms, seen_ms FROM device WHERE person = $1 ORDER BY kind" NEWEST         },
    {"timetable",  "plan_entry",
     "SELECT s.code AS school, e.code AS code, e.title AS title FROM plan_entry e"
     " JOIN place s ON s.id = e.school WHERE e.lecturer = $1 ORDER BY s.code, e.code" NEWEST    },
    {"minutes",    "plan_minutes",
     "SELECT day, group_s, voice_s FROM plan_minutes WHERE person = $1 ORDER BY day DESC" NEWEST},
    {"lessons",    "visit",
     "SELECT v.day AS day, l.title AS title, v.first_s AS first_s, v.last_s AS last_s,"
     " v.group_s AS group_s, v.voice_s AS voice_s FROM visit v"
     " LEFT JOIN visit_lesson l ON l.day = v.day AND l.lesson = v.lesson"
     " WHERE v.person = $1 ORDER BY v.day DESC, v.first_s" NEWEST                               },
    {"calendar",   "plan_feed",    "SELECT made_ms FROM plan_feed WHERE person = $1"            },
    {"audit",      "audit",
     "SELECT at_ms, actor, act, subject, detail FROM audit WHERE actor = $1"
     " OR subject = $1 OR subject = 'person:' || $1"
     " ORDER BY seq DESC" NEWEST                                                                },
    {NULL,         NULL,           NULL                                                         },
};

/* -- showing ----------------------------------------------------------------------------------- */

/* The facts so far, in the arena; a larger place is taken when they do not fit. */
struct facts {
    struct store_fact *fact;
    size_t n, room;
};

static struct store_fact *add_fact(struct ask *a, struct facts *f)
{
    if (f->n == f->room) {
        size_t room = f->room ? 2 * f->room : 64;
        struct store_fact *grown = arena_take(&a->arena, room * sizeof(*grown));
        if (!grown)
            return NULL;
        if (f->n)
            memcpy(grown, f->fact, f->n * sizeof(*grown));
        f->fact = grown;
        f->room = room;
    }
    return &f->fact[f->n++];
}

static bool is_role(const struct store_fact *fact)
{
    return !fact->text && strcmp(fact->name, "role") == 0;
}

static int add_row(struct ask *a, struct facts *f, struct db_rows *rows, const char *kind,
                   size_t row)
{
    int columns = db_columns(rows);
    for (int i = 0; i < columns; i++) {
        struct store_fact *fact = add_fact(a, f);
        if (!fact)
            return -ENOMEM;
        *fact = (struct store_fact){.kind = kind, .row = row};
        fact->name = ask_keep(a, db_name(rows, i));
        if (db_is_number(rows, i))
            fact->number = db_int(rows, i);
        else
            fact->text = ask_text(a, rows, i);
        if (is_role(fact))
            fact->text = store_role_name((enum store_role)fact->number);
    }
    return a->has_no_memory || rows->err ? -ENOMEM : 0;
}

static int add_trace(struct ask *a, struct facts *f, struct db *db, const struct trace *t,
                     const char *id)
{
    struct db_rows rows;
    size_t row = 0;
    int err = db_select(&rows, db, t->sql, DB_VALUES(DB_TEXT(id)));
    while (!err && (err = db_next(&rows)) > 0)
        err = add_row(a, f, &rows, t->kind, row++);
    db_end(&rows);
    return err;
}

int ask_facts(struct ask *a, struct db *db)
{
    char id[STORE_ID_MAX];
    struct facts facts = {0};
    int err = person_find(db, id, a->q.school, a->q.code);
    for (const struct trace *t = traces; t->kind && !err; t++)
        err = add_trace(a, &facts, db, t, id);
    a->answer.n = facts.n;
    a->answer.facts = facts.fact;
    return err;
}

int store_list_facts(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg)
{
    return store_ask(store, ask_facts, q, answer, arg);
}
