#include "server/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/base/clock.h"
#include "server/store/sqlite_impl.h"

enum {
    APPLICATION = 0x41495243, /* "AIRC", in the file's first page */
    LOOK_STEPS = 20000,       /* of SQLite's machine between two looks at the clock: about 1 ms */
    COPY_PAGES = 64,          /* 256 KiB: a commit waits for no more than this to be written */
};

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

/* "unable to get the page. error code=7": no memory, or no disk, says nothing about the file. */
static int error_in(struct db *db, const char *line)
{
    static const char mark[] = "error code=";
    const char *code = strstr(line, mark);
    return code ? sqlite_errno(db->handle, (int)strtol(code + sizeof(mark) - 1, NULL, 10))
                : -EUCLEAN;
}

/* The first line that is not `right`; no line is right, too. */
static int first_wrong(struct db *db, const char *sql, const char *right,
                       char what[SQLITE_WHAT_MAX])
{
    struct db_rows rows;
    int err = db_select(&rows, db, sql, DB_NONE);
    if (!err)
        err = db_next(&rows);
    const char *line = err > 0 ? db_text(&rows, 0) : right;
    if (rows.err == 0 && strcmp(line, right) != 0) {
        say_wrong(what, line);
        err = error_in(db, line);
    } else if (rows.err) {
        err = rows.err;
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
    return sqlite_check(db, code);
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
        return sqlite_errno(to, sqlite3_extended_errcode(to));
    int more;
    do {
        more = copy_some(backup, fd);
    } while (more > 0);
    int code = sqlite3_backup_finish(backup);
    if (more < 0)
        return more;
    return code == SQLITE_OK ? 0 : sqlite_errno(to, code);
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
    int err = code == SQLITE_OK ? copy_all(db, copy, fd) : sqlite_errno(copy, code);
    sqlite3_close(copy);
    return err;
}

/* secure_delete overwrites what is dropped where it stands. Of 300 of 20,000 people one was found
 * all the same, where a page had been split when they came. */
int sqlite_scrub(struct db *db)
{
    int err = db_script(db, "VACUUM");
    return err ? err : sqlite_settle(db);
}

int sqlite_make_whole(const char *path)
{
    sqlite3 *copy = NULL;
    int code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(copy, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    int err = sqlite_errno(copy, code);
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
        err = sqlite_make_whole(to);
    if (!err && fsync(fd))
        err = -errno;
    close(fd);
    return err;
}

/* -- the copy that is there already ------------------------------------------------------------ */

/* From where both are: 1, 0, or an error. */
static int are_same(FILE *one, FILE *other)
{
    static char a[64 << 10], b[sizeof(a)];
    size_t n;
    do {
        n = fread(a, 1, sizeof(a), one);
        if (fread(b, 1, sizeof(b), other) != n || memcmp(a, b, n) != 0)
            return ferror(one) || ferror(other) ? -EIO : 0;
    } while (n == sizeof(a));
    return ferror(one) || ferror(other) ? -EIO : 1;
}

/* The first 100 bytes are SQLite's: they count what was written, and say how the journal is kept.
 */
static int compare(const char *path, const char *other)
{
    enum { HEADER = 100 };
    FILE *a = fopen(path, "re"), *b = fopen(other, "re");
    int err = a && b ? 0 : -errno;
    if (!err && (fseek(a, HEADER, SEEK_SET) || fseek(b, HEADER, SEEK_SET)))
        err = -errno;
    int is_same = err ? err : are_same(a, b);
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return is_same == -ENOENT ? 0 : is_same;
}

int sqlite_is_copied(struct db *db, const char *copy)
{
    if (access(copy, F_OK))
        return 0;
    int err = sqlite_settle(db);
    return err ? err : compare(sqlite3_db_filename(db->handle, "main"), copy);
}
