#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/care_impl.h"
#include "server/store/erase.h"
#include "server/store/sqlite.h"

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
        err = care_copy_file(file, fresh, false, said);
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
    int err = care_look_at_file(file, said);
    if (err)
        return err;
    err = files_name(&files, data_dir);
    if (!err && mkdir(data_dir, 0700) && errno != EEXIST)
        err = -errno;
    if (!err)
        err = files_lock(&files);
    if (err == -EBUSY)
        return care_say(said, err, "%s: is in use; stop the server first", data_dir);
    if (!err)
        err = put_in_place(&files, file, &since, said);
    files_unlock(&files);
    erased_release(&since.list);
    return err ? care_say_error(said, err, data_dir) : say_restored(&files, file, &since, said);
}
