#ifndef AIRCLASS_SERVER_STORE_TRACES_H
#define AIRCLASS_SERVER_STORE_TRACES_H

/*
 * The tables that hold something about a person; private to this folder. Erasing needs no row: each
 * such column refers to person (id) with ON DELETE CASCADE or SET NULL, which a test sees to.
 */
struct trace {
    const char *kind;  /* what it is called when it is shown */
    const char *table; /* where it is kept */
    const char *sql;   /* $1: the person's id; columns are named for showing */
};

/* Ends with a row of NULLs. */
extern const struct trace traces[];

#endif
