#ifndef AIRCLASS_SERVER_STORE_SQLITE_IMPL_H
#define AIRCLASS_SERVER_STORE_SQLITE_IMPL_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "server/store/db.h"

/* What the files of the SQLite driver share. */
enum { STATEMENTS_MAX = 256 }; /* more kinds of statements than there are */

struct statement {
    const char *sql; /* its address is what is compared */
    sqlite3_stmt *handle;
};

struct db {
    sqlite3 *handle;
    struct statement statements[STATEMENTS_MAX];
    size_t n_statements;
    uint64_t look_until_ms;
    char error[256]; /* what went wrong last: a rollback after it says nothing of it */
};

/* A result of SQLite's as a negative errno, or 0. `sqlite_check` looks up the connection's own. */
int sqlite_errno(sqlite3 *handle, int code);
int sqlite_check(struct db *db, int code);

#endif
