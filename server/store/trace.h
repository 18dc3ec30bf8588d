#ifndef AIRCLASS_SERVER_STORE_TRACE_H
#define AIRCLASS_SERVER_STORE_TRACE_H

#include "server/store/store.h"

/*
 * What is kept about one person: shown as a whole, and erased without a trace. Part of store.h.
 * Each kind of it is a row in trace.c, and a test finds the tables that have none.
 */

/* One value. Those of a row follow each other, and so do the rows of a kind. */
struct store_fact {
    const char *kind; /* "devices" */
    size_t row;       /* from 0, the newest first */
    const char *name; /* "seen_ms" */
    const char *text; /* NULL: a number */
    int64_t number;
};

/* Everything that is kept about the person `code` of `school` but hashes, at most STORE_PAGE_MAX
 * rows of a kind, without a next page: `facts`. -ENOENT. */
int store_list_facts(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg);

/*
 * Drops the person with all that is kept about them, and adds an entry to the audit log that names
 * their id alone. The batch is told as made when no file of the data folder holds a byte of it any
 * more: journal, free pages and the copies that upgrades and restores have left there too. That
 * rewrites the whole database, and takes the time for it (docs/operations.md).
 *
 * store_apply() may then say -EINPROGRESS as well: they are dropped, but traces are left, since
 * somebody reads an older state (a backup) or the disk is full. They go with the next such batch,
 * with batch_finish_erasures() or at the next start.
 */
void batch_erase_person(struct batch *batch, const char *actor, const char *school,
                        const char *code);

/* Removes the traces that are left, if there are any; told in the same way. */
void batch_finish_erasures(struct batch *batch);

#endif
