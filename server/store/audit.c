#include "server/store/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/cursor.h"

const char audit_root[AUDIT_HASH_MAX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* Each text with its length before it, so that no two entries are written the same way. */
int audit_hash(const struct store_audit *e, const char *before, char out[AUDIT_HASH_MAX])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];
    char *text;
    int n = asprintf(&text, "%s %" PRId64 " %" PRId64 " %zu:%s %zu:%s %zu:%s %zu:%s", before,
                     e->seq, e->at_ms, strlen(e->actor), e->actor, strlen(e->act), e->act,
                     strlen(e->subject), e->subject, strlen(e->detail), e->detail);
    if (n < 0)
        return -ENOMEM;
    SHA256((const unsigned char *)text, (size_t)n, digest);
    free(text);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
    return 0;
}

static int find_last(struct db *db, struct audit_walk *last)
{
    struct db_rows rows;
    *last = (struct audit_walk){0};
    memcpy(last->hash, audit_root, sizeof(last->hash));
    int err =
        db_select(&rows, db, "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0) {
        last->seq = db_int(&rows, 0);
        snprintf(last->hash, sizeof(last->hash), "%s", db_text(&rows, 1));
    }
    return db_end(&rows);
}

int audit_append(struct db *db, const struct change *c)
{
    struct audit_walk last;
    struct store_audit e = c->audit;
    char hash[AUDIT_HASH_MAX];
    int err = find_last(db, &last);
    e.seq = last.seq + 1;
    if (!err)
        err = audit_hash(&e, last.hash, hash);
    if (err)
        return err;
    int n = db_run(db,
                   "INSERT INTO audit (seq, at_ms, actor, act, subject, detail, hash)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   DB_VALUES(DB_INT(e.seq), DB_INT(e.at_ms), DB_TEXT(e.actor), DB_TEXT(e.act),
                             DB_TEXT(e.subject), DB_TEXT(e.detail), DB_TEXT(hash)));
    return n < 0 ? n : 0;
}

int audit_append_person(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX], subject[STORE_ID_MAX + 8];
    int err = person_find(db, id, c->told.whom.school, c->told.whom.code);
    if (err)
        return err;
    struct change entry = {.audit = c->told.entry};
    snprintf(subject, sizeof(subject), "person:%s", id);
    entry.audit.subject = subject;
    return audit_append(db, &entry);
}

/* The texts are borrowed from the row. */
static struct store_audit entry_of(struct db_rows *rows)
{
    return (struct store_audit){.seq = db_int(rows, 0),
                                .at_ms = db_int(rows, 1),
                                .actor = db_text(rows, 2),
                                .act = db_text(rows, 3),
                                .subject = db_text(rows, 4),
                                .detail = db_text(rows, 5),
                                .hash = db_text(rows, 6)};
}

static int step(struct audit_walk *walk, const struct audit_walk *known,
                const struct store_audit *e)
{
    char hash[AUDIT_HASH_MAX];
    int err = audit_hash(e, walk->hash, hash);
    if (err)
        return err;
    if (e->seq != walk->seq + 1 || strcmp(hash, e->hash) != 0)
        return -EUCLEAN;
    if (known && known->seq == e->seq && strcmp(known->hash, hash) != 0)
        return -EUCLEAN;
    walk->seq = e->seq;
    memcpy(walk->hash, hash, sizeof(hash));
    return 0;
}

int audit_walk(struct db *db, const struct audit_walk *known, struct audit_walk *walk)
{
    struct db_rows rows;
    *walk = (struct audit_walk){0};
    memcpy(walk->hash, audit_root, sizeof(walk->hash));
    int err = db_select(&rows, db,
                        "SELECT seq, at_ms, actor, act, subject, detail, hash FROM audit"
                        " ORDER BY seq",
                        DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        struct store_audit e = entry_of(&rows);
        err = rows.err ? rows.err : step(walk, known, &e);
    }
    db_end(&rows);
    return !err && known && walk->seq < known->seq ? -EUCLEAN : err;
}

static void read_entry(struct ask *a, struct db_rows *rows, void *row)
{
    char cursor[STORE_NAME_MAX];
    struct store_audit *e = row;
    *e = entry_of(rows);
    e->actor = ask_keep(a, e->actor);
    e->act = ask_keep(a, e->act);
    e->subject = ask_keep(a, e->subject);
    e->detail = ask_keep(a, e->detail);
    e->hash = ask_keep(a, e->hash);
    seq_cursor_print(cursor, e->seq);
    a->cursor = ask_keep(a, cursor);
}

int ask_audit(struct ask *a, struct db *db)
{
    struct db_rows rows;
    int64_t after;
    int err = seq_cursor_parse(&after, a->q.after);
    if (!err)
        err = db_select(&rows, db,
                        "SELECT seq, at_ms, actor, act, subject, detail, hash FROM audit"
                        " WHERE seq > $1 ORDER BY seq LIMIT $2",
                        DB_VALUES(DB_INT(after), DB_INT(a->q.limit + 1)));
    return err ? err : ask_page(a, &rows, sizeof(struct store_audit), read_entry);
}
