#include "server/store/care.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/store/audit.h"
#include "server/store/erase.h"
#include "server/store/files.h"
#include "server/store/schema.h"
#include "server/store/sqlite.h"

__attribute__((format(printf, 3, 4))) static int say(char said[CARE_TEXT_MAX], int err,
                                                     const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(said, CARE_TEXT_MAX, format, args);
    va_end(args);
    return err;
}

static int say_error(char said[CARE_TEXT_MAX], int err, const char *path)
{
    return said[0] ? err : say(said, err, "%s: %s", path, err_text(err));
}

/* -- looking ----------------------------------------------------------------------------------- */

/* Ours, and of a version that this program knows. */
static int look_at_owner(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    enum sqlite_owner owner = OWNER_NOBODY;
    int version = 0;
    int latest = schema_latest(schema_migrations);
    int err = sqlite_owner(db, &owner);
    if (!err && owner != OWNER_US)
        return say(said, -EINVAL, "%s: is no database of airclass", path);
    if (!err)
        err = schema_version(db, &version);
    if (!err && version > latest)
        return say(said, -EPROTONOSUPPORT,
                   "%s: was written by a newer airclass (schema %d, this one knows %d)", path,
                   version, latest);
    return err;
}

static int look_at_audit(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    struct audit_walk walk;
    int err = db_has_table(db, "audit"); /* not in the first versions */
    if (err <= 0)
        return err;
    err = audit_walk(db, NULL, &walk);
    if (err == -EUCLEAN)
        say(said, err, "%s: entry %" PRId64 " of the audit log has been tampered with", path,
            walk.seq + 1);
    return err;
}

static int look_at(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    char what[SQLITE_WHAT_MAX];
    int err = look_at_owner(db, path, said);
    if (err)
        return err;
    err = sqlite_look(db, true, 0, what);
    if (err == -EUCLEAN)
        return say(said, err, "%s: is damaged: %s", path, what);
    return err ? err : look_at_audit(db, path, said);
}

/* Opens what must be there, looks at it, and closes it. */
static int look_at_file(const char *path, char said[CARE_TEXT_MAX])
{
    struct db *db;
    int err = db_open(&db, path, DB_READ);
    if (!err) {
        err = look_at(db, path, said);
        db_close(&db);
    }
    if (err == -EUCLEAN && !said[0])
        say(said, err, "%s: is damaged", path);
    return err ? say_error(said, err, path) : 0;
}

int care_check(const char *data_dir, char said[CARE_TEXT_MAX])
{
    struct files files;
    said[0] = '\0';
    int err = files_name(&files, data_dir);
    if (!err)
        err = look_at_file(files.db, said);
    if (err)
        return say_error(said, err, data_dir);
    return say(said, 0, "%s: whole", files.db);
}

/* "17:9f86d0..." */
static int parse_walk(struct audit_walk *out, const char *text)
{
    char *end;
    errno = 0;
    out->seq = strtoll(text, &end, 10);
    if (errno || end == text || *end != ':' || out->seq < 0 ||
        strlen(end + 1) != AUDIT_HASH_MAX - 1)
        return -EINVAL;
    memcpy(out->hash, end + 1, AUDIT_HASH_MAX);
    return 0;
}

static int verify(struct db *db, const struct audit_walk *known, char said[CARE_TEXT_MAX])
{
    struct audit_walk walk;
    int err = audit_walk(db, known, &walk);
    if (err == -EUCLEAN)
        say(said, err, "entry %" PRId64 " of the audit log has been tampered with, or is missing",
            walk.seq + 1);
    if (err == -ERANGE && known)
        say(said, err,
            "entry %" PRId64 " was cut off by 'audit prune'; what is left is right, up to"
            " %" PRId64 ":%s",
            known->seq, walk.seq, walk.hash);
    return err ? err : say(said, 0, "%" PRId64 ":%s", walk.seq, walk.hash);
}

int care_verify(const char *data_dir, const char *known, char said[CARE_TEXT_MAX])
{
    struct files files;
    struct audit_walk walk;
    struct db *db;
    said[0] = '\0';
    if (known && parse_walk(&walk, known))
        return say(said, -EINVAL, "'%.100s' is not what an earlier 'audit verify' said", known);
    int err = files_name(&files, data_dir);
    if (!err)
        err = db_open(&db, files.db, DB_READ);
    if (err)
        return say_error(said, err, files.db);
    err = look_at_owner(db, files.db, said);
    if (!err)
        err = verify(db, known ? &walk : NULL, said);
    db_close(&db);
    return err ? say_error(said, err, files.db) : 0;
}

/* -- copying ----------------------------------------------------------------------------------- */

static int sync_parent(const char *path)
{
    char copy[PATH_MAX];
    int err = files_beside(copy, path, "");
    return err ? err : files_sync_dir(dirname(copy));
}

/* A whole and looked-at copy of the open database, under the name `path`. */
static int copy_as(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    char part[PATH_MAX];
    int err = files_beside(part, path, ".part");
    if (err)
        return err;
    if (unlink(part) && errno != ENOENT)
        return -errno;
    err = sqlite_copy(db, part);
    if (!err)
        err = look_at_file(part, said);
    if (!err && rename(part, path))
        err = -errno;
    if (err) {
        unlink(part);
        return err;
    }
    return sync_parent(path);
}

/* The copy is made, and stays, whatever becomes of the list. */
static int keep_list(const char *beside, struct db *db, char said[CARE_TEXT_MAX])
{
    char list[PATH_MAX];
    size_t wrong_line = 0;
    int err = erased_beside(list, beside);
    if (!err)
        err = erased_keep(list, NULL, db, &wrong_line);
    if (err) {
        int n = snprintf(said, CARE_TEXT_MAX, "%.300s: is made; but ", beside);
        erased_explain(said + n, CARE_TEXT_MAX - (size_t)n, list, wrong_line, err);
    }
    return err;
}

static int copy_file(const char *from, const char *to, bool has_list, char said[CARE_TEXT_MAX])
{
    struct db *db;
    int err = db_open(&db, from, DB_READ);
    if (err)
        return say_error(said, err, from);
    err = look_at_owner(db, from, said);
    if (!err)
        err = copy_as(db, to, said);
    if (!err && has_list)
        err = keep_list(to, db, said);
    db_close(&db);
    return err ? say_error(said, err, to) : 0;
}

int care_backup(const char *data_dir, const char *file, char said[CARE_TEXT_MAX])
{
    struct files files;
    struct stat st;
    said[0] = '\0';
    if (lstat(file, &st) == 0)
        return say(said, -EEXIST, "%s: is there already; a backup overwrites nothing", file);
    int err = files_name(&files, data_dir);
    if (!err)
        err = copy_file(files.db, file, true, said);
    if (err)
        return say_error(said, err, data_dir);
    if (stat(file, &st))
        return say_error(said, -errno, file);
    return say(said, 0, "%s: %" PRId64 " bytes, whole", file, (int64_t)st.st_size);
}

/* -- restoring --------------------------------------------------------------------------------- */

/* All of the old database in its one file, if it is sound enough for that. */
static int settle(const char *path)
{
    struct db *db;
    int err = db_open(&db, path, DB_WRITE);
    if (err)
        return err;
    err = sqlite_settle(db);
    db_close(&db);
    return err;
}

static int replace_link(const char *from, const char *to)
{
    if (unlink(to) && errno != ENOENT)
        return -errno;
    return link(from, to) && errno != ENOENT ? -errno : 0;
}

/* Keeps the old database under another name, and what is in its journal. A damaged one can't take
 * its journal in: that is moved aside as well, since the new database must not find it. */
static int keep_old(const struct files *files)
{
    static const char *const journals[] = {"-wal", "-shm"};
    char from[PATH_MAX], kept[PATH_MAX], to[PATH_MAX];
    if (access(files->db, F_OK))
        return 0;
    settle(files->db);
    int err = files_beside(kept, files->db, ".before-restore");
    if (!err)
        err = replace_link(files->db, kept);
    for (int i = 0; i < 2 && !err; i++) {
        err = files_beside(from, files->db, journals[i]);
        if (!err)
            err = files_beside(to, kept, journals[i]);
        if (!err && unlink(to) && errno != ENOENT)
            err = -errno;
        if (!err && rename(from, to) && errno != ENOENT)
            err = -errno;
    }
    return err;
}

/* Who was erased since the backup does not come back with it. What can't be read any more can't say
 * who that was, nor whether there was anybody. */
static int erase_again_from(const struct files *files, const char *fresh, bool *is_known)
{
    struct db *old, *db;
    if (access(files->db, F_OK) || db_open(&old, files->db, DB_READ))
        return 0;
    int err = db_open(&db, fresh, DB_WRITE);
    if (!err) {
        err = erase_again(db, old);
        *is_known |= !err;
        db_close(&db);
    }
    db_close(&old);
    return err == -EUCLEAN ? 0 : err;
}

/* What is known of who was erased since the backup. */
struct since {
    const char *given; /* a list; NULL: none */
    struct erased list;
    bool is_known; /* by something */
    size_t n;      /* who came back by the backup, and went again */
};

static int read_list(struct since *since, const char *path, char said[CARE_TEXT_MAX])
{
    int err = erased_read(&since->list, path);
    if (err)
        erased_explain(said, CARE_TEXT_MAX, path, since->list.wrong_line, err);
    since->is_known |= !err;
    return err;
}

/* Beside the database and the backup there may be one, or none. */
static int read_lists(struct since *since, const struct files *files, const char *file,
                      char said[CARE_TEXT_MAX])
{
    const char *const neighbours[] = {files->db, file};
    char path[PATH_MAX];
    int err = since->given ? read_list(since, since->given, said) : 0;
    for (int i = 0; i < 2 && !err; i++) {
        err = erased_beside(path, neighbours[i]);
        if (!err && access(path, F_OK) == 0)
            err = read_list(since, path, said);
    }
    return err;
}

/* And has the list in the data folder know all of it from now on. */
static int erase_by_lists(struct since *since, const struct files *files, const char *fresh)
{
    char path[PATH_MAX];
    size_t wrong_line;
    struct db *db;
    int err = db_open(&db, fresh, DB_WRITE);
    if (err)
        return err;
    err = erase_listed(db, &since->list, &since->n);
    if (!err)
        err = erased_beside(path, files->db);
    if (!err)
        err = erased_keep(path, &since->list, db, &wrong_line);
    db_close(&db);
    return err;
}

static int put_in_place(const struct files *files, const char *file, struct since *since,
                        char said[CARE_TEXT_MAX])
{
    char fresh[PATH_MAX];
    int missing = read_lists(since, files, file, said);
    if (missing)
        return missing;
    int err = files_beside(fresh, files->db, ".restored");
    if (!err)
        err = copy_file(file, fresh, false, said);
    if (!err)
        err = files_give(fresh, files->dir);
    if (!err)
        err = erase_again_from(files, fresh, &since->is_known);
    if (!err)
        err = erase_by_lists(since, files, fresh);
    if (!err)
        err = keep_old(files);
    if (!err && rename(fresh, files->db))
        err = -errno;
    return err ? err : files_sync_dir(files->dir);
}

static int say_restored(const struct files *files, const char *file, const struct since *since,
                        char said[CARE_TEXT_MAX])
{
    int n = snprintf(said, CARE_TEXT_MAX, "%.300s: restored from %.300s", files->db, file);
    if (since->n > 0)
        snprintf(said + n, CARE_TEXT_MAX - (size_t)n, "; %zu who were erased since are not in it",
                 since->n);
    else if (!since->is_known)
        snprintf(said + n, CARE_TEXT_MAX - (size_t)n,
                 "; nothing here knows whether somebody was erased since the backup: see"
                 " docs/operations.md");
    return 0;
}

int care_restore(const char *data_dir, const char *file, const char *erased,
                 char said[CARE_TEXT_MAX])
{
    struct since since = {.given = erased};
    struct files files;
    said[0] = '\0';
    int err = look_at_file(file, said);
    if (err)
        return err;
    err = files_name(&files, data_dir);
    if (!err && mkdir(data_dir, 0700) && errno != EEXIST)
        err = -errno;
    if (!err)
        err = files_lock(&files);
    if (err == -EBUSY)
        return say(said, err, "%s: is in use; stop the server first", data_dir);
    if (!err)
        err = put_in_place(&files, file, &since, said);
    files_unlock(&files);
    erased_release(&since.list);
    return err ? say_error(said, err, data_dir) : say_restored(&files, file, &since, said);
}
