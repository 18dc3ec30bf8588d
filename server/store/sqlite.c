#include "server/store/sqlite_impl.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 5000 }; /* for another program: airclassctl, a curious sqlite3 */

/* What the file system said, where it was asked. */
static int system_error(sqlite3 *handle)
{
    int err = sqlite3_system_errno(handle);
    return err > 0 ? -err : -EIO;
}

int sqlite_errno(sqlite3 *handle, int code)
{
    switch (code) {
    case SQLITE_OK: return 0;
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: return -EEXIST;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return -ENOENT;
    case SQLITE_IOERR_NOMEM: return -ENOMEM;
    }
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG: return -EINVAL;
    case SQLITE_NOMEM: return -ENOMEM;
    case SQLITE_FULL: return -ENOSPC;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return -EUCLEAN;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return -EBUSY;
    case SQLITE_READONLY: return -EROFS;
    case SQLITE_INTERRUPT: return -ETIME;
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR: return system_error(handle);
    }
    return -EIO;
}

int sqlite_check(struct db *db, int code)
{
    if (code == SQLITE_OK)
        return 0;
    snprintf(db->error, sizeof(db->error), "%s", sqlite3_errmsg(db->handle));
    return sqlite_errno(db->handle, sqlite3_extended_errcode(db->handle));
}

/* SQLite would make it readable for all; its journal gets the same mode as the file. */
static int make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

/*
 * FULL: a commit has gone through fsync(). secure_delete: what is erased is overwritten.
 * cell_size_check: a damaged page is told as such. The cache of the writer holds a district's
 * indexes: 16 MiB.
 */
static int configure(struct db *db, enum db_mode mode)
{
    sqlite3_busy_timeout(db->handle, BUSY_MS);
    sqlite3_extended_result_codes(db->handle, 1);
    int err = db_script(db, "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"
                            "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
                            "PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
    if (!err && mode == DB_WRITE)
        err = db_script(db, "PRAGMA journal_mode=WAL; PRAGMA cache_size=-16384");
    return err;
}

int db_open(struct db **out, const char *path, enum db_mode mode)
{
    int flags =
        SQLITE_OPEN_NOMUTEX | (mode == DB_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    struct db *db = calloc(1, sizeof(*db));
    if (!db)
        return -ENOMEM;
    int err = mode == DB_WRITE ? make_private(path) : access(path, R_OK) ? -errno : 0;
    if (!err)
        err = sqlite_check(db, sqlite3_open_v2(path, &db->handle, flags, NULL));
    if (!err)
        err = configure(db, mode);
    if (err) {
        db_close(&db);
        return err;
    }
    *out = db;
    return 0;
}

void db_close(struct db **db)
{
    if (!*db)
        return;
    for (size_t i = 0; i < (*db)->n_statements; i++)
        sqlite3_finalize((*db)->statements[i].handle);
    int code = sqlite3_close((*db)->handle);
    assert(code == SQLITE_OK); /* else rows were not ended */
    (void)code;
    free(*db);
    *db = NULL;
}

const char *db_error(const struct db *db)
{
    return db->error;
}

/* SQLite numbers $7 by its place of first use, PostgreSQL by its name: they must agree. */
static bool is_in_order(sqlite3_stmt *handle)
{
    char name[16];
    int n = sqlite3_bind_parameter_count(handle);
    for (int i = 1; i <= n; i++) {
        snprintf(name, sizeof(name), "$%d", i);
        const char *found = sqlite3_bind_parameter_name(handle, i);
        if (!found || strcmp(found, name) != 0)
            return false;
    }
    return true;
}

static int prepare(struct db *db, const char *sql, sqlite3_stmt **out)
{
    for (size_t i = 0; i < db->n_statements; i++) {
        if (db->statements[i].sql == sql) {
            *out = db->statements[i].handle;
            return 0;
        }
    }
    assert(db->n_statements < STATEMENTS_MAX);
    sqlite3_stmt *handle;
    int err = sqlite_check(
        db, sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL));
    if (err)
        return err;
    assert(is_in_order(handle));
    db->statements[db->n_statements++] = (struct statement){.sql = sql, .handle = handle};
    *out = handle;
    return 0;
}

static int bind(sqlite3_stmt *handle, int at, const struct db_value *v)
{
    return v->text ? sqlite3_bind_text(handle, at, v->text, -1, SQLITE_STATIC)
                   : sqlite3_bind_int64(handle, at, v->number);
}

int db_select(struct db_rows *rows, struct db *db, const char *sql, const struct db_value *values,
              size_t n)
{
    sqlite3_stmt *handle;
    int err = prepare(db, sql, &handle);
    for (size_t i = 0; i < n && !err; i++)
        err = sqlite_check(db, bind(handle, (int)i + 1, &values[i]));
    *rows = (struct db_rows){.db = db, .statement = err ? NULL : handle, .err = err};
    return err;
}

/* Texts were bound without a copy: they are forgotten, too. */
int db_end(struct db_rows *rows)
{
    if (rows->statement) {
        sqlite3_reset(rows->statement);
        sqlite3_clear_bindings(rows->statement);
        rows->statement = NULL;
    }
    return rows->err;
}

int db_next(struct db_rows *rows)
{
    if (!rows->statement || rows->err)
        return db_end(rows);
    int code = sqlite3_step(rows->statement);
    if (code == SQLITE_ROW)
        return 1;
    rows->err = code == SQLITE_DONE ? 0 : sqlite_check(rows->db, code);
    return db_end(rows);
}

const char *db_text(struct db_rows *rows, int column)
{
    const unsigned char *text = sqlite3_column_text(rows->statement, column);
    if (!text && sqlite3_column_type(rows->statement, column) != SQLITE_NULL)
        rows->err = -ENOMEM;
    return text ? (const char *)text : "";
}

int64_t db_int(struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
}

int db_columns(struct db_rows *rows)
{
    return sqlite3_column_count(rows->statement);
}

const char *db_name(struct db_rows *rows, int column)
{
    const char *name = sqlite3_column_name(rows->statement, column);
    if (!name)
        rows->err = -ENOMEM;
    return name ? name : "";
}

bool db_is_number(struct db_rows *rows, int column)
{
    return sqlite3_column_type(rows->statement, column) == SQLITE_INTEGER;
}

int db_run(struct db *db, const char *sql, const struct db_value *values, size_t n)
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, values, n);
    if (!err)
        err = db_next(&rows);
    db_end(&rows);
    return err < 0 ? err : sqlite3_changes(db->handle);
}

int db_script(struct db *db, const char *sql)
{
    return sqlite_check(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

int db_begin(struct db *db)
{
    int err = db_run(db, "BEGIN IMMEDIATE", DB_NONE);
    return err < 0 ? err : 0;
}

int db_look(struct db *db)
{
    int err = db_run(db, "BEGIN", DB_NONE);
    return err < 0 ? err : 0;
}

/* A file that was deleted under us takes everything, and keeps nothing. */
static bool is_gone(struct db *db)
{
    int has_moved = 0;
    sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    return has_moved;
}

int db_commit(struct db *db)
{
    int err = is_gone(db) ? -ESTALE : db_run(db, "COMMIT", DB_NONE);
    if (err < 0)
        db_rollback(db);
    return err < 0 ? err : 0;
}

void db_rollback(struct db *db)
{
    if (db_is_in_transaction(db))
        db_run(db, "ROLLBACK", DB_NONE);
}

int db_part_begin(struct db *db)
{
    int err = db_run(db, "SAVEPOINT part", DB_NONE);
    return err < 0 ? err : 0;
}

int db_part_end(struct db *db)
{
    int err = db_run(db, "RELEASE part", DB_NONE);
    return err < 0 ? err : 0;
}

void db_part_undo(struct db *db)
{
    if (!db_is_in_transaction(db))
        return;
    db_run(db, "ROLLBACK TO part", DB_NONE);
    db_run(db, "RELEASE part", DB_NONE);
}

bool db_is_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

int db_has_table(struct db *db, const char *name)
{
    struct db_rows rows;
    int err = db_select(&rows, db, "SELECT 1 FROM sqlite_master WHERE type='table' AND name=$1",
                        DB_VALUES(DB_TEXT(name)));
    if (!err)
        err = db_next(&rows);
    db_end(&rows);
    return err;
}
