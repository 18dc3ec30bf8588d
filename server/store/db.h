#ifndef AIRCLASS_SERVER_STORE_DB_H
#define AIRCLASS_SERVER_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One connection to the database; private to this folder. sqlite.c is behind it; another database
 * would be another file behind the same header. Everything blocks; one thread at a time.
 *
 * SQL is written so that SQLite 3.40 and PostgreSQL 15 both run it unchanged: parameters are $1,
 * $2, ... in the order of their first use (the driver refuses others), yes and no are SMALLINT 1
 * and 0, times BIGINT milliseconds, ids TEXT made by us. No AUTOINCREMENT, no JSON, no LIKE, no
 * string_agg, no IFNULL. The text of a statement is a literal: its address is its name.
 *
 * Errors: -EEXIST a key is taken; -ENOENT a row that is referred to is missing; -ESTALE the file is
 * gone from its folder; -EINVAL a value that the schema forbids; -ENOSPC the disk is full; -EUCLEAN
 * the file is damaged; -EBUSY another program holds it; -ENOMEM, -EIO and other errors of the
 * system.
 */
struct db;

enum db_mode { DB_WRITE, DB_READ };

struct db_value {
    const char *text; /* NULL: `number` counts */
    int64_t number;
};

#define DB_TEXT(s) ((struct db_value){.text = (s)})
#define DB_INT(n)  ((struct db_value){.number = (int64_t)(n)})
/* The last two arguments of db_run() and db_select(). */
#define DB_NONE NULL, 0
#define DB_VALUES(...)                                                                             \
    (const struct db_value[]){__VA_ARGS__},                                                        \
        sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)

/* DB_WRITE makes the file if there is none, readable by its owner only; DB_READ wants it there. */
int db_open(struct db **out, const char *path, enum db_mode mode);
void db_close(struct db **db);

/* What went wrong last, in the database's own words; for the log and for people. */
const char *db_error(const struct db *db);

/* Runs one statement: how many rows it changed, or a negative errno. */
int db_run(struct db *db, const char *sql, const struct db_value *values, size_t n);

/* Several statements without parameters, which need not be a literal: a migration. */
int db_script(struct db *db, const char *sql);

/* A question and its rows. Ask db_next() until it says 0 or less, or end it early. */
struct db_rows {
    struct db *db;
    void *statement;
    int err; /* what reading a column met */
};
int db_select(struct db_rows *rows, struct db *db, const char *sql, const struct db_value *values,
              size_t n);
/* 1: there is a row; 0: no more; else a negative errno. At 0 and below the rows have ended. */
int db_next(struct db_rows *rows);
/* -ENOMEM when a text of the last row could not be read, else 0. */
int db_end(struct db_rows *rows);
/* Of the row, column 0 first. The text lives until the next db_next() or db_end(); NULL becomes "",
 * and so does one for which there is no memory, which these two tell. */
const char *db_text(struct db_rows *rows, int column);
int64_t db_int(struct db_rows *rows, int column);

/* How many columns there are, what the question calls each, and whether it holds a number. */
int db_columns(struct db_rows *rows);
const char *db_name(struct db_rows *rows, int column);
bool db_is_number(struct db_rows *rows, int column);

/* 1: there is such a table; 0: there is none; else a negative errno. */
int db_has_table(struct db *db, const char *name);

/* A transaction. db_commit() returns when it is on the disk; when it fails nothing is. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
/* A transaction that only reads, and sees one moment all along; ends with db_rollback(). */
int db_look(struct db *db);

/* A part of a transaction that may be taken back alone. */
int db_part_begin(struct db *db);
int db_part_end(struct db *db);
void db_part_undo(struct db *db);

/* False when an error has ended the transaction by itself: nothing of it is kept. */
bool db_is_in_transaction(const struct db *db);

#endif
