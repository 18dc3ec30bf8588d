#include "server/store/erase.h"
#include "server/base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/store/batch.h"
#include "server/store/sqlite.h"
#include "server/store/trace.h"

/* -- the change -------------------------------------------------------------------------------- */

void batch_erase_person(struct batch *b, const char *actor, const char *school, const char *code)
{
    struct change c = {
        .erasure = {.whose = {.school = batch_text(b, school, STORE_CODE_MAX),
                              .code = batch_word(b, code, STORE_CODE_MAX)},
                    .actor = batch_word(b, actor, STORE_NAME_MAX),
                    .at_ms = clock_wall_ms()}
    };
    batch_add(b, person_erase, &c);
    batch_concern(b, c.erasure.whose.school, "", c.erasure.whose.code);
    b->is_erasing = true;
}

void batch_finish_erasures(struct batch *b)
{
    b->is_erasing = true;
}

static int drop_person(struct db *db, const char *id)
{
    int n = db_run(db, "DELETE FROM person WHERE id = $1", DB_VALUES(DB_TEXT(id)));
    return n < 0 ? n : 0;
}

static int remember(struct db *db, const char *id, int64_t at_ms)
{
    int n = db_run(db,
                   "INSERT INTO erasure (person, at_ms, is_done) VALUES ($1, $2, 0)"
                   " ON CONFLICT (person) DO UPDATE SET is_done = 0",
                   DB_VALUES(DB_TEXT(id), DB_INT(at_ms)));
    return n < 0 ? n : 0;
}

int person_erase(struct db *db, const struct change *c)
{
    char id[STORE_ID_MAX], subject[STORE_ID_MAX + 8];
    struct change entry = {
        .audit = {.at_ms = c->erasure.at_ms,
                  .actor = c->erasure.actor,
                  .act = "person.erase",
                  .subject = subject,
                  .detail = ""}
    };
    int err = person_find(db, id, c->erasure.whose.school, c->erasure.whose.code);
    if (err)
        return err;
    snprintf(subject, sizeof(subject), "person:%s", id);
    err = audit_append(db, &entry);
    if (!err)
        err = remember(db, id, c->erasure.at_ms);
    return err ? err : drop_person(db, id);
}

/* -- by another database ------------------------------------------------------------------------
 */

/* Drops everybody who was erased from `from`. */
static int drop_erased(struct db *db, struct db *from, bool is_remembered)
{
    struct db_rows rows;
    int err = db_select(&rows, from, "SELECT person, at_ms FROM erasure", DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        const char *id = db_text(&rows, 0);
        err = rows.err ? rows.err : drop_person(db, id);
        if (!err && is_remembered)
            err = remember(db, id, db_int(&rows, 1));
    }
    db_end(&rows);
    return err;
}

/* 1 when both are there, which they are not in the first versions. */
static int has_people_and_erasures(struct db *db, struct db *from)
{
    int has = db_has_table(db, "person");
    return has <= 0 ? has : db_has_table(from, "erasure");
}

int erase_again(struct db *db, struct db *from)
{
    int err = has_people_and_erasures(db, from);
    if (err <= 0)
        return err;
    int is_remembered = db_has_table(db, "erasure");
    err = is_remembered < 0 ? is_remembered : drop_erased(db, from, is_remembered);
    return err ? err : sqlite_scrub(db);
}

/* -- by the list --------------------------------------------------------------------------------
 */

struct found {
    char (*ids)[STORE_ID_MAX];
    size_t n, room;
};

static int keep_found(struct found *f, const char *id)
{
    if (f->n == f->room) {
        size_t room = f->room ? 2 * f->room : 16;
        char(*ids)[STORE_ID_MAX] = realloc(f->ids, room * sizeof(*ids));
        if (!ids)
            return -ENOMEM;
        f->ids = ids;
        f->room = room;
    }
    snprintf(f->ids[f->n++], STORE_ID_MAX, "%s", id);
    return 0;
}

static int find_listed(struct db *db, struct erased *list, struct found *f)
{
    struct db_rows rows;
    int err = db_select(&rows, db, "SELECT id FROM person", DB_NONE);
    while (!err && (err = db_next(&rows)) > 0) {
        const char *id = db_text(&rows, 0);
        err = rows.err ? rows.err : erased_find(list, id) ? keep_found(f, id) : 0;
    }
    db_end(&rows);
    return err;
}

static int drop_found(struct db *db, struct erased *list, const struct found *f)
{
    int has = db_has_table(db, "erasure"), err = has < 0 ? has : db_begin(db);
    if (err)
        return err;
    for (size_t i = 0; i < f->n && !err; i++) {
        err = drop_person(db, f->ids[i]);
        if (!err && has)
            err = remember(db, f->ids[i], erased_find(list, f->ids[i])->at_ms);
    }
    if (!err)
        return db_commit(db);
    db_rollback(db);
    return err;
}

int erase_listed(struct db *db, struct erased *list, size_t *n)
{
    struct found f = {.n = 0};
    int err = db_has_table(db, "person");
    if (err > 0)
        err = find_listed(db, list, &f);
    if (!err && f.n > 0)
        err = drop_found(db, list, &f);
    if (!err && f.n > 0)
        err = sqlite_scrub(db);
    *n = f.n;
    free(f.ids);
    return err;
}

/* -- copies beside the database ---------------------------------------------------------------- */

static int erase_in_copy(const char *path, struct db *from)
{
    struct db *copy;
    int err = db_open(&copy, path, DB_WRITE);
    if (err)
        return err;
    err = erase_again(copy, from);
    db_close(&copy);
    return err ? err : sqlite_make_whole(path);
}

/* Whom it holds can't be known any more. */
static int remove_copy(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char each[PATH_MAX];
    int err = 0;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings) && !err; i++) {
        err = files_beside(each, path, endings[i]);
        if (!err && unlink(each) && errno != ENOENT)
            err = -errno;
    }
    if (!err)
        log_warn(NULL, "store.copy-removed", LOG_STR("file", path));
    return err;
}

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), n = strlen(ending);
    return len >= n && strcmp(name + len - n, ending) == 0;
}

static bool starts_with(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

/* What upgrades and restores leave, whole or cut short. Journals go with their database. */
static bool is_copy(const char *name)
{
    return (starts_with(name, "airclass.db.before-") ||
            starts_with(name, "airclass.db.restored")) &&
           !ends_with(name, "-wal") && !ends_with(name, "-shm") && !ends_with(name, "-journal");
}

static int clean_copy(const char *path, struct db *from)
{
    int err = ends_with(path, ".part") ? -EUCLEAN : erase_in_copy(path, from);
    switch (err) {
    case -EUCLEAN:
    case -EINVAL:
    case -ENOENT: return remove_copy(path);
    }
    return err;
}

static int clean_copies(const struct files *files, struct db *from)
{
    char path[PATH_MAX];
    int err = 0;
    DIR *dir = opendir(files->dir);
    if (!dir)
        return -errno;
    for (struct dirent *e; !err && (e = readdir(dir));) {
        if (!is_copy(e->d_name))
            continue;
        int n = snprintf(path, sizeof(path), "%s/%s", files->dir, e->d_name);
        err = n < (int)sizeof(path) ? clean_copy(path, from) : -ENAMETOOLONG;
    }
    closedir(dir);
    return err ? err : files_sync_dir(files->dir);
}

/* -- all of it --------------------------------------------------------------------------------- */

static int count_undone(struct db *db)
{
    struct db_rows rows;
    int n = 0;
    int err = db_select(&rows, db, "SELECT COUNT(*) FROM erasure WHERE is_done = 0", DB_NONE);
    if (!err)
        err = db_next(&rows);
    if (err > 0)
        n = (int)db_int(&rows, 0);
    db_end(&rows);
    return err < 0 ? err : n;
}

static int mark_done(struct db *db)
{
    int err = db_begin(db);
    if (err)
        return err;
    int n = db_run(db, "UPDATE erasure SET is_done = 1 WHERE is_done = 0", DB_NONE);
    if (n >= 0)
        return db_commit(db);
    db_rollback(db);
    return n;
}

static int clean(struct db *db, const struct files *files)
{
    int n = count_undone(db);
    if (n <= 0)
        return n;
    int err = clean_copies(files, db);
    if (!err)
        err = sqlite_scrub(db);
    return err ? err : mark_done(db);
}

/* Of earlier versions, too, which had no list. The table stays as it is: a list that is damaged, or
 * has no room, is tried again with the next erasure and at the next start. */
static void keep_list(struct db *db, const struct files *files)
{
    char list[PATH_MAX], why[2 * STORE_ERROR_MAX];
    size_t wrong_line = 0;
    int err = erased_beside(list, files->db);
    if (!err)
        err = erased_keep(list, NULL, db, &wrong_line);
    if (!err)
        return;
    erased_explain(why, sizeof(why), list, wrong_line, err);
    log_error(NULL, "store.erased-list", LOG_STR("why", why));
}

int erase_traces(struct db *db, const struct files *files)
{
    int has = db_has_table(db, "erasure");
    if (has <= 0)
        return has;
    int err = clean(db, files);
    keep_list(db, files);
    return err;
}
