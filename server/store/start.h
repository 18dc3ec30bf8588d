#ifndef AIRCLASS_SERVER_STORE_START_H
#define AIRCLASS_SERVER_STORE_START_H

#include "server/store/db.h"
#include "server/store/files.h"
#include "server/store/schema.h"

/*
 * From a folder to a database that is whole, ours, and of the version that this program works with;
 * private to this folder. Blocks.
 *
 * `files` is named and locked. The errors and `error` (STORE_ERROR_MAX) are those of store_open().
 */
int start_database(struct db **out, const struct files *files, const struct migration *steps,
                   char *error);

#endif
