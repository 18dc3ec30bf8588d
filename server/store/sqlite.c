#include "server/store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "server/base/clock.h"

enum {
    STATEMENTS_MAX = 64,      /* more kinds of statements than there are */
    BUSY_MS = 5000,           /* for another program: airclassctl, a curious sqlite3 */
    APPLICATION = 0x41495243, /* "AIRC", in the file's first page */
    LOOK_STEPS = 20000,       /* of SQLite's machine between two looks at the clock: about 1 ms */
    COPY_PAGES = 64,          /* 256 KiB: a commit waits for no more than this to be written */
};

struct statement {
    const char *sql; /* its address is what is compared */
    sqlite3_stmt *handle;
};

struct db {
    sqlite3 *handle;
    struct statement statements[STATEMENTS_MAX];
    size_t n_statements;
    uint64_t look_until_ms;
};

/* What the file system said, where it was asked. */
static int system_error(sqlite3 *handle)
{
    int err = sqlite3_system_errno(handle);
    return err > 0 ? -err : -EIO;
}

static int errno_of(sqlite3 *handle, int code)
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

static int check(struct db *db, int code)
{
    return code == SQLITE_OK ? 0 : errno_of(db->handle, sqlite3_extended_errcode(db->handle));
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
        err = check(db, sqlite3_open_v2(path, &db->handle, flags, NULL));
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
    return sqlite3_errmsg(db->handle);
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
    int err = check(
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
        err = check(db, bind(handle, (int)i + 1, &values[i]));
    *rows = (struct db_rows){.db = db, .statement = err ? NULL : handle};
    return err;
}

/* Texts were bound without a copy: they are forgotten, too. */
void db_end(struct db_rows *rows)
{
    if (!rows->statement)
        return;
    sqlite3_reset(rows->statement);
    sqlite3_clear_bindings(rows->statement);
    rows->statement = NULL;
}

int db_next(struct db_rows *rows)
{
    if (!rows->statement)
        return 0;
    int code = sqlite3_step(rows->statement);
    if (code == SQLITE_ROW)
        return 1;
    int err = code == SQLITE_DONE ? 0 : check(rows->db, code);
    db_end(rows);
    return err;
}

const char *db_text(const struct db_rows *rows, int column)
{
    const unsigned char *text = sqlite3_column_text(rows->statement, column);
    return text ? (const char *)text : "";
}

int64_t db_int(const struct db_rows *rows, int column)
{
    return sqlite3_column_int64(rows->statement, column);
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
    return check(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

int db_begin(struct db *db)
{
    int err = db_run(db, "BEGIN IMMEDIATE", DB_NONE);
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

/* -- of the file ------------------------------------------------------------------------------ */

static int ask_number(struct db *db, const char *sql, int64_t *out)
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0)
        *out = db_int(&rows, 0);
    db_end(&rows);
    return err < 0 ? err : 0;
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

int sqlite_mark(struct db *db)
{
    char sql[64];
    snprintf(sql, sizeof(sql), "PRAGMA application_id=%d", APPLICATION);
    return db_script(db, sql);
}

int sqlite_owner(struct db *db, enum sqlite_owner *out)
{
    int64_t id = 0, tables = 0;
    int err = ask_number(db, "PRAGMA application_id", &id);
    if (!err)
        err = ask_number(db, "SELECT COUNT(*) FROM sqlite_master", &tables);
    if (!err)
        *out = id == APPLICATION ? OWNER_US : id || tables ? OWNER_OTHERS : OWNER_NOBODY;
    return err;
}

static int is_time_over(void *arg)
{
    const struct db *db = arg;
    return clock_ms() >= db->look_until_ms;
}

/* SQLite's words as one line; a heading of its own comes first. */
static void say_wrong(char what[SQLITE_WHAT_MAX], const char *words)
{
    static const char heading[] = "*** in database main ***\n";
    size_t len = sizeof(heading) - 1;
    snprintf(what, SQLITE_WHAT_MAX, "%s", strncmp(words, heading, len) == 0 ? words + len : words);
    what[strcspn(what, "\n")] = '\0';
}

/* The first line that is not `right`; no line is right, too. */
static int first_wrong(struct db *db, const char *sql, const char *right,
                       char what[SQLITE_WHAT_MAX])
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0 && strcmp(db_text(&rows, 0), right) != 0) {
        say_wrong(what, db_text(&rows, 0));
        err = -EUCLEAN;
    } else if (err == -EUCLEAN) {
        say_wrong(what, db_error(db));
    }
    db_end(&rows);
    return err < 0 ? err : 0;
}

static int look(struct db *db, bool is_thorough, char what[SQLITE_WHAT_MAX])
{
    if (!is_thorough)
        return first_wrong(db, "PRAGMA quick_check(1)", "ok", what);
    int err = first_wrong(db, "PRAGMA integrity_check(1)", "ok", what);
    if (!err)
        err = first_wrong(
            db,
            "SELECT 'a row of ' || \"table\" || ' refers to one that is not there' FROM pragma_foreign_key_check",
            "", what);
    return err;
}

int sqlite_look(struct db *db, bool is_thorough, uint32_t limit_ms, char what[SQLITE_WHAT_MAX])
{
    what[0] = '\0';
    db->look_until_ms = clock_ms() + limit_ms;
    if (limit_ms)
        sqlite3_progress_handler(db->handle, LOOK_STEPS, is_time_over, db);
    int err = look(db, is_thorough, what);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
    return err;
}

int sqlite_settle(struct db *db)
{
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return check(db, code);
}

/* Copies some pages, and waits until they are written. 1: there are more. */
static int copy_some(sqlite3_backup *backup, int fd)
{
    int code = sqlite3_backup_step(backup, COPY_PAGES);
    if (code != SQLITE_OK && code != SQLITE_DONE)
        return code == SQLITE_NOMEM ? -ENOMEM : code == SQLITE_FULL ? -ENOSPC : -EIO;
    if (fdatasync(fd))
        return -errno;
    return code == SQLITE_OK;
}

static int copy_all(struct db *db, sqlite3 *to, int fd)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", db->handle, "main");
    if (!backup)
        return errno_of(to, sqlite3_extended_errcode(to));
    int more;
    do {
        more = copy_some(backup, fd);
    } while (more > 0);
    int code = sqlite3_backup_finish(backup);
    if (more < 0)
        return more;
    return code == SQLITE_OK ? 0 : errno_of(to, code);
}

/* Without a journal, and never synced by SQLite: who is killed meanwhile has half a file, which has
 * another name than the whole one. */
static int copy_into(struct db *db, const char *to, int fd)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code =
            sqlite3_exec(copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", NULL, NULL, NULL);
    int err = code == SQLITE_OK ? copy_all(db, copy, fd) : errno_of(copy, code);
    sqlite3_close(copy);
    return err;
}

/* The copy says that it has a journal beside it, as the original has: a file that is whole alone
 * can be looked at where nothing may be written, and moved without a thought. */
static int make_whole(const char *path)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(copy, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    int err = errno_of(copy, code);
    sqlite3_close(copy);
    return err;
}

/* One question stays open over all steps: what is copied is one moment, and a commit between two
 * steps does not make the copy begin again, as SQLite's backup does by itself. */
int sqlite_copy(struct db *db, const char *to)
{
    int fd = open(to, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int64_t version;
    int err = db_script(db, "BEGIN");
    if (!err)
        err = ask_number(db, "PRAGMA schema_version", &version);
    if (!err)
        err = copy_into(db, to, fd);
    db_rollback(db);
    if (!err)
        err = make_whole(to);
    if (!err && fsync(fd))
        err = -errno;
    close(fd);
    return err;
}
