#include "server/store/audit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "server/base/clock.h"
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

static const char act_anchor[] = "audit.anchor", act_prune[] = "audit.prune";

enum { ANCHOR_TEXT_MAX = AUDIT_HASH_MAX + 24 };

static void print_walk(char out[ANCHOR_TEXT_MAX], const struct audit_walk *walk)
{
    snprintf(out, ANCHOR_TEXT_MAX, "%" PRId64 ":%s", walk->seq, walk->hash);
}

struct walking {
    struct audit_walk *walk;
    const struct audit_walk *known;
    struct audit_walk anchor; /* `seq` 0: the log has its first entry */
    bool is_told;             /* an entry says that the rest was cut off there */
};

/* What is left of an entry proves nothing but what its hash does. */
static bool is_anchor(const struct walking *w, const struct store_audit *e)
{
    return w->walk->seq == 0 && e->seq > 0 && strcmp(e->act, act_anchor) == 0 && !*e->actor &&
           !*e->subject && !*e->detail && strlen(e->hash) == AUDIT_HASH_MAX - 1;
}

static void see_prune(struct walking *w, const struct store_audit *e)
{
    char anchor[ANCHOR_TEXT_MAX];
    print_walk(anchor, &w->anchor);
    w->is_told |= strcmp(e->act, act_prune) == 0 && strcmp(e->detail, anchor) == 0;
}

static int step(struct walking *w, const struct store_audit *e)
{
    char hash[AUDIT_HASH_MAX];
    bool anchors = is_anchor(w, e);
    int err = anchors ? 0 : audit_hash(e, w->walk->hash, hash);
    if (err)
        return err;
    if (anchors)
        memcpy(hash, e->hash, sizeof(hash));
    else if (e->seq != w->walk->seq + 1 || strcmp(hash, e->hash) != 0)
        return -EUCLEAN;
    if (w->known && w->known->seq == e->seq && strcmp(w->known->hash, hash) != 0)
        return -EUCLEAN;
    w->walk->seq = e->seq;
    memcpy(w->walk->hash, hash, sizeof(hash));
    if (anchors)
        w->anchor = *w->walk;
    else
        see_prune(w, e);
    return 0;
}

static int judge(const struct walking *w)
{
    if (w->anchor.seq && !w->is_told) {
        w->walk->seq = w->anchor.seq - 1;
        return -EUCLEAN;
    }
    if (w->known && w->walk->seq < w->known->seq)
        return -EUCLEAN;
    return w->known && w->known->seq < w->anchor.seq ? -ERANGE : 0;
}

int audit_walk(struct db *db, const struct audit_walk *known, struct audit_walk *walk)
{
    struct db_rows rows;
    struct walking w = {.walk = walk, .known = known};
    *walk = (struct audit_walk){0};
    memcpy(walk->hash, audit_root, sizeof(walk->hash));
    int err = db_select(&rows, db,
                        "SELECT seq, at_ms, actor, act, subject, detail, hash FROM audit"
                        " ORDER BY seq",
                        DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        struct store_audit e = entry_of(&rows);
        err = rows.err ? rows.err : step(&w, &e);
    }
    db_end(&rows);
    return err ? err : judge(&w);
}

/* -- its old end ------------------------------------------------------------------------------- */

/* A cut before this one is told of by the newest entry that tells of any. */
static int check_anchor(struct db *db, const struct audit_walk *anchor)
{
    char expected[ANCHOR_TEXT_MAX];
    struct db_rows rows;
    if (!anchor->seq)
        return 0;
    print_walk(expected, anchor);
    int err =
        db_select(&rows, db, "SELECT detail FROM audit WHERE act = $1 ORDER BY seq DESC LIMIT 1",
                  DB_VALUES(DB_TEXT(act_prune)));
    if (!err)
        err = db_next(&rows);
    bool is_told = err > 0 && strcmp(db_text(&rows, 0), expected) == 0;
    db_end(&rows);
    return err < 0 ? err : is_told ? 0 : -EUCLEAN;
}

/* Walks along the old end, at most `most` entries, up to the first that stays: clocks are put
 * right, numbers are not. */
static int walk_old(struct db *db, int64_t before_ms, int64_t most, struct audit_walk *cut)
{
    struct db_rows rows;
    struct walking w = {.walk = cut};
    *cut = (struct audit_walk){0};
    memcpy(cut->hash, audit_root, sizeof(cut->hash));
    int err = db_select(&rows, db,
                        "SELECT seq, at_ms, actor, act, subject, detail, hash FROM audit"
                        " ORDER BY seq LIMIT $1",
                        DB_VALUES(DB_INT(most)));
    while (!err && (err = db_next(&rows)) > 0) {
        struct store_audit e = entry_of(&rows);
        if (!rows.err && !is_anchor(&w, &e) && e.at_ms >= before_ms) {
            err = 0;
            break;
        }
        err = rows.err ? rows.err : step(&w, &e);
    }
    db_end(&rows);
    if (!err)
        err = check_anchor(db, &w.anchor);
    return err ? err : cut->seq == w.anchor.seq ? -ENOENT : 0;
}

int audit_prune(struct db *db, const char *actor, int64_t before_ms, int64_t most,
                struct audit_walk *cut)
{
    char anchor[ANCHOR_TEXT_MAX];
    int err = walk_old(db, before_ms, most, cut);
    if (err)
        return err;
    int n = db_run(db,
                   "UPDATE audit SET actor = '', act = $1, subject = '', detail = ''"
                   " WHERE seq = $2",
                   DB_VALUES(DB_TEXT(act_anchor), DB_INT(cut->seq)));
    if (n >= 0)
        n = db_run(db, "DELETE FROM audit WHERE seq < $1", DB_VALUES(DB_INT(cut->seq)));
    if (n < 0)
        return n;
    print_walk(anchor, cut);
    const struct change entry = {
        .audit = {.at_ms = clock_wall_ms(),
                  .actor = actor,
                  .act = act_prune,
                  .subject = "audit",
                  .detail = anchor}
    };
    return audit_append(db, &entry);
}

int audit_cut(struct db *db, const struct change *c)
{
    struct audit_walk cut;
    int err = audit_prune(db, c->cut.actor, c->cut.before_ms, AUDIT_PIECE, &cut);
    return err == -EUCLEAN ? -EBADMSG : err; /* the log is wrong, not the disk */
}

/* -- questions --------------------------------------------------------------------------------- */

void audit_read(struct store_audit *e, struct ask *a, struct db_rows *rows)
{
    *e = entry_of(rows);
    e->actor = ask_keep(a, e->actor);
    e->act = ask_keep(a, e->act);
    e->subject = ask_keep(a, e->subject);
    e->detail = ask_keep(a, e->detail);
    e->hash = ask_keep(a, e->hash);
}

static void read_entry(struct ask *a, struct db_rows *rows, void *row)
{
    char cursor[STORE_NAME_MAX];
    struct store_audit *e = row;
    audit_read(e, a, rows);
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
