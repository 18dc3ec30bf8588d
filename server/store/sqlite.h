#ifndef AIRCLASS_SERVER_STORE_SQLITE_H
#define AIRCLASS_SERVER_STORE_SQLITE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/db.h"

/*
 * What only a database in one file can be asked; private to this folder. Everything blocks.
 */

/* Whose file it is, as its first page says; sqlite_mark() makes an empty one ours. */
enum sqlite_owner { OWNER_NOBODY, OWNER_US, OWNER_OTHERS };
int sqlite_owner(struct db *db, enum sqlite_owner *out);
int sqlite_mark(struct db *db);

/*
 * Looks at every page, or as many as `limit_ms` allow (0: all), and at the indexes and references
 * too when `is_thorough`. 0; -EUCLEAN with what is wrong in `what`; -ETIME: none found in time.
 */
enum { SQLITE_WHAT_MAX = 256 };
int sqlite_look(struct db *db, bool is_thorough, uint32_t limit_ms, char what[SQLITE_WHAT_MAX]);

/*
 * Copies the database as it is at this moment into the new file `to`, a little at a time, and has
 * it written before it goes on, so that the disk's queue stays short for those who commit
 * meanwhile. 0 when the copy is on the disk; else `to` may be there, half-written.
 */
int sqlite_copy(struct db *db, const char *to);

/* 1: the file `copy` is what sqlite_copy() would make now, byte by byte; 0: it is not, or not
 * there; or an error. Nobody else may write meanwhile. */
int sqlite_is_copied(struct db *db, const char *copy);

/* Brings everything from the journal into the file. -EBUSY: somebody reads. */
int sqlite_settle(struct db *db);

/* Writes the whole database anew, so that none of its pages holds what was dropped, and brings it
 * all into the file. -EBUSY: somebody reads an older state. */
int sqlite_scrub(struct db *db);

/* Makes of a closed database a file that needs no journal beside it: one that can be looked at
 * where nothing may be written, and moved without a thought. */
int sqlite_make_whole(const char *path);

#endif
