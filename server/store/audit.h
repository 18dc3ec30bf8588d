#ifndef AIRCLASS_SERVER_STORE_AUDIT_H
#define AIRCLASS_SERVER_STORE_AUDIT_H

#include "server/store/db.h"
#include "server/store/store.h"

/*
 * The chain of the audit log: each entry holds SHA-256 of itself and of the hash before it, so that
 * none can be changed, left out or put in without changing all that follow; private to this folder.
 */
enum { AUDIT_HASH_MAX = 65 }; /* 64 hex digits and a NUL */

/* What the first entry has before it. */
extern const char audit_root[AUDIT_HASH_MAX];

/* The hash that `entry` should have behind `before`. -EIO: the library failed. */
int audit_hash(const struct store_audit *entry, const char *before, char out[AUDIT_HASH_MAX]);

/* The entry in the first seven columns (seq, at_ms, actor, act, subject, detail, hash) of the row,
 * whose texts are kept as long as the answer. */
struct ask;
void audit_read(struct store_audit *e, struct ask *a, struct db_rows *rows);

/* How far a walk along the chain has come. */
struct audit_walk {
    int64_t seq; /* the last entry that is right; 0: none */
    char hash[AUDIT_HASH_MAX];
};

/*
 * Walks along the whole log, which must hold the entry `known` (NULL: none is). -EUCLEAN: the entry
 * behind `walk->seq` is not what it was, or is missing. -ERANGE: all is right, but `known` was cut
 * off.
 */
int audit_walk(struct db *db, const struct audit_walk *known, struct audit_walk *walk);

/*
 * Cuts the old end off, up to the first entry from `before_ms` on, but no more than `most` entries;
 * within a transaction. Of the last that goes the number and the hash stay, as the anchor from
 * which the walk begins; and `actor` did it, says an entry at the other end, without which an
 * anchor is worth nothing: who cuts in another way is found out. `cut` is what the walk now begins
 * with. -ENOENT: nothing is that old; -EUCLEAN: what would go is not what it was.
 */
enum { AUDIT_PIECE = 200 }; /* 13 ms of a million entries, with all their indexes; 1000: 93 ms */
int audit_prune(struct db *db, const char *actor, int64_t before_ms, int64_t most,
                struct audit_walk *cut);

#endif
