#ifndef AIRCLASS_SERVER_STORE_SCHEMA_H
#define AIRCLASS_SERVER_STORE_SCHEMA_H

#include "server/store/db.h"

/*
 * The tables, and how a database of an older version comes to have them: numbered steps, each in
 * schema/NNNN-name.sql and in one transaction. A step that was in a release is never changed.
 * Private to this folder. Blocks.
 */
struct migration {
    const char *name; /* "0001-lessons": the first is version 1, and so on */
    const char *sql;
};

/* Ends with a row whose name is NULL. */
extern const struct migration schema_migrations[];

/* The version that a list leads to. */
int schema_latest(const struct migration *list);

/* How many steps the database has taken; 0: none yet. */
int schema_version(struct db *db, int *out);

/* Takes the steps that are missing. On failure those before the failing one stand. */
int schema_migrate(struct db *db, const struct migration *list);

#endif
