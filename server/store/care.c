#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/store/audit.h"
#include "server/store/care_impl.h"
#include "server/store/erased.h"
#include "server/store/schema.h"
#include "server/store/sqlite.h"

int care_say(char said[CARE_TEXT_MAX], int err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(said, CARE_TEXT_MAX, format, args);
    va_end(args);
    return err;
}

int care_say_error(char said[CARE_TEXT_MAX], int err, const char *path)
{
    return said[0] ? err : care_say(said, err, "%s: %s", path, err_text(err));
}

/* -- looking ----------------------------------------------------------------------------------- */

int care_look_at_owner(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    enum sqlite_owner owner = OWNER_NOBODY;
    int version = 0;
    int latest = schema_latest(schema_migrations);
    int err = sqlite_owner(db, &owner);
    if (!err && owner != OWNER_US)
        return care_say(said, -EINVAL, "%s: is no database of airclass", path);
    if (!err)
        err = schema_version(db, &version);
    if (!err && version > latest)
        return care_say(said, -EPROTONOSUPPORT,
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
        care_say(said, err, "%s: entry %" PRId64 " of the audit log has been tampered with", path,
                 walk.seq + 1);
    return err;
}

static int look_at(struct db *db, const char *path, char said[CARE_TEXT_MAX])
{
    char what[SQLITE_WHAT_MAX];
    int err = care_look_at_owner(db, path, said);
    if (err)
        return err;
    err = sqlite_look(db, true, 0, what);
    if (err == -EUCLEAN)
        return care_say(said, err, "%s: is damaged: %s", path, what);
    return err ? err : look_at_audit(db, path, said);
}

int care_look_at_file(const char *path, char said[CARE_TEXT_MAX])
{
    struct db *db;
    int err = db_open(&db, path, DB_READ);
    if (!err) {
        err = look_at(db, path, said);
        db_close(&db);
    }
    if (err == -EUCLEAN && !said[0])
        care_say(said, err, "%s: is damaged", path);
    return err ? care_say_error(said, err, path) : 0;
}

int care_check(const char *data_dir, char said[CARE_TEXT_MAX])
{
    struct files files;
    said[0] = '\0';
    int err = files_name(&files, data_dir);
    if (!err)
        err = care_look_at_file(files.db, said);
    if (err)
        return care_say_error(said, err, data_dir);
    return care_say(said, 0, "%s: whole", files.db);
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
        err = care_look_at_file(part, said);
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

int care_copy_file(const char *from, const char *to, bool has_list, char said[CARE_TEXT_MAX])
{
    struct db *db;
    int err = db_open(&db, from, DB_READ);
    if (err)
        return care_say_error(said, err, from);
    err = care_look_at_owner(db, from, said);
    if (!err)
        err = copy_as(db, to, said);
    if (!err && has_list)
        err = keep_list(to, db, said);
    db_close(&db);
    return err ? care_say_error(said, err, to) : 0;
}

int care_backup(const char *data_dir, const char *file, char said[CARE_TEXT_MAX])
{
    struct files files;
    struct stat st;
    said[0] = '\0';
    if (lstat(file, &st) == 0)
        return care_say(said, -EEXIST, "%s: is there already; a backup overwrites nothing", file);
    int err = files_name(&files, data_dir);
    if (!err)
        err = care_copy_file(files.db, file, true, said);
    if (err)
        return care_say_error(said, err, data_dir);
    if (stat(file, &st))
        return care_say_error(said, -errno, file);
    return care_say(said, 0, "%s: %" PRId64 " bytes, whole", file, (int64_t)st.st_size);
}
