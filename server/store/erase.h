#ifndef AIRCLASS_SERVER_STORE_ERASE_H
#define AIRCLASS_SERVER_STORE_ERASE_H

#include "server/store/db.h"
#include "server/store/erased.h"
#include "server/store/files.h"

/*
 * Dropped rows leave bytes behind: in the journal, in pages that were split before, and in the
 * copies that upgrades and restores keep beside the database. Private to this folder. Blocks.
 */

/* Removes all of that for who was erased and is not done yet; outside of any transaction, in the
 * only connection that writes; then brings airclass.erased up to date, and if that fails logs what
 * is to be done. -EBUSY: somebody reads an older state; -ENOSPC, ... */
int erase_traces(struct db *db, const struct files *files);

/* Drops from `db` whoever was erased from `from`, and remembers them: a state from before has come
 * back. */
int erase_again(struct db *db, struct db *from);

/* The same for whoever is in the list; how many there were. */
int erase_listed(struct db *db, struct erased *list, size_t *n);

#endif
