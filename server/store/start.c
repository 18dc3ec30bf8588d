#include "server/store/start.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/store/erase.h"
#include "server/store/sqlite.h"
#include "server/store/store.h"

/* A file of 200 MB is looked at as a whole in this time; of a larger one the part that fits. */
enum { LOOK_MS = 1000 };

struct start {
    struct db *db;
    const struct files *files;
    const struct migration *steps;
    char *error;
};

/* Says what is wrong, unless that was said already, and returns `err`. */
__attribute__((format(printf, 3, 4))) static int complain(struct start *s, int err,
                                                          const char *format, ...)
{
    if (s->error[0])
        return err;
    int n = snprintf(s->error, STORE_ERROR_MAX, "%.300s: ", s->files->db);
    va_list args;
    va_start(args, format);
    vsnprintf(s->error + n, STORE_ERROR_MAX - (size_t)n, format, args);
    va_end(args);
    return err;
}

static int damaged(struct start *s, const char *what)
{
    return complain(s, -EUCLEAN, "is damaged (%s); restore a backup: airclassctl restore FILE",
                    what);
}

/* Ours, or made ours. */
static int claim(struct start *s)
{
    enum sqlite_owner owner;
    int err = sqlite_owner(s->db, &owner);
    if (err)
        return err;
    switch (owner) {
    case OWNER_US: return 0;
    case OWNER_NOBODY: return sqlite_mark(s->db);
    case OWNER_OTHERS: break;
    }
    return complain(s, -EINVAL, "is a database of another program");
}

static int look(struct start *s)
{
    char what[SQLITE_WHAT_MAX];
    int err = sqlite_look(s->db, false, LOOK_MS, what);
    if (err == -EUCLEAN)
        return damaged(s, what);
    return err == -ETIME ? 0 : err;
}

/* What is not even begun leaves the disk to others. */
static int want_room(struct start *s)
{
    enum { MB = 1000 * 1000 };
    struct stat db;
    struct statvfs disk;
    if (stat(s->files->db, &db) || statvfs(s->files->dir, &disk))
        return -errno;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize, size = (uint64_t)db.st_size;
    if (size <= room)
        return 0;
    return complain(s, -ENOSPC,
                    "could not be copied before the upgrade: that takes %" PRIu64
                    " MB, and %" PRIu64 " MB are free",
                    size / MB + 1, room / MB);
}

/* The copy has its name only when it is whole. */
static int copy_to(struct start *s, const char *path)
{
    char part[PATH_MAX];
    int err = files_beside(part, path, ".part");
    if (err)
        return err;
    if (unlink(part) && errno != ENOENT)
        return -errno;
    err = want_room(s);
    if (!err)
        err = sqlite_copy(s->db, part);
    if (!err && rename(part, path))
        err = -errno;
    if (err) {
        unlink(part);
        return complain(s, err, "could not be copied before the upgrade: %s", err_text(err));
    }
    return files_sync_dir(s->files->dir);
}

/* A start after an upgrade that went wrong finds its copy there: a disk that was full then is not
 * written to again and again. */
static int copy_before(struct start *s, int version)
{
    char path[PATH_MAX], ending[32];
    snprintf(ending, sizeof(ending), ".before-%d", version + 1);
    int err = files_beside(path, s->files->db, ending);
    if (err)
        return err;
    return sqlite_is_copied(s->db, path) > 0 ? 0 : copy_to(s, path);
}

static int upgrade(struct start *s)
{
    int version;
    int latest = schema_latest(s->steps);
    int err = schema_version(s->db, &version);
    if (err)
        return err;
    if (version > latest)
        return complain(
            s, -EPROTONOSUPPORT,
            "was written by a newer airclass (schema %d, this one knows %d); use that one", version,
            latest);
    if (version == latest)
        return 0;
    if (version > 0)
        err = copy_before(s, version);
    if (!err)
        err = schema_migrate(s->db, s->steps);
    if (err)
        return complain(s, err, "could not be upgraded from schema %d to %d: %s", version, latest,
                        db_error(s->db));
    log_info(NULL, "store.upgraded", LOG_NUM("from", version), LOG_NUM("to", latest));
    return 0;
}

/* What an erasure had no time for, or no room. It may have neither now: that keeps nobody out. */
static void finish_erasures(struct start *s)
{
    int err = erase_traces(s->db, s->files);
    if (err)
        log_warn(NULL, "store.traces-left", LOG_STR("why", err_text(err)));
}

static int prepare(struct start *s)
{
    int err = claim(s);
    if (!err)
        err = look(s);
    if (!err)
        err = upgrade(s);
    if (!err)
        finish_erasures(s);
    if (!err)
        err = files_sync_dir(s->files->dir);
    return err;
}

int start_database(struct db **out, const struct files *files, const struct migration *steps,
                   char *error)
{
    struct start s = {.files = files, .steps = steps, .error = error};
    error[0] = '\0';
    int err = db_open(&s.db, files->db, DB_WRITE);
    if (!err)
        err = prepare(&s);
    if (err) {
        if (err == -EUCLEAN)
            damaged(&s, s.db ? db_error(s.db) : "it is no database");
        complain(&s, err, "%s", err_text(err));
        db_close(&s.db);
        return err;
    }
    *out = s.db;
    return 0;
}
