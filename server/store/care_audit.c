#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/date.h"
#include "server/base/log.h"
#include "server/store/audit.h"
#include "server/store/care_impl.h"
#include "server/store/sqlite.h"

/* -- verifying --------------------------------------------------------------------------------- */

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
        care_say(said, err,
                 "entry %" PRId64 " of the audit log has been tampered with, or is missing",
                 walk.seq + 1);
    if (err == -ERANGE && known)
        care_say(said, err,
                 "entry %" PRId64 " was cut off by 'audit prune'; what is left is right, up to"
                 " %" PRId64 ":%s",
                 known->seq, walk.seq, walk.hash);
    return err ? err : care_say(said, 0, "%" PRId64 ":%s", walk.seq, walk.hash);
}

int care_verify(const char *data_dir, const char *known, char said[CARE_TEXT_MAX])
{
    struct files files;
    struct audit_walk walk;
    struct db *db;
    said[0] = '\0';
    if (known && parse_walk(&walk, known))
        return care_say(said, -EINVAL, "'%.100s' is not what an earlier 'audit verify' said",
                        known);
    int err = files_name(&files, data_dir);
    if (!err)
        err = db_open(&db, files.db, DB_READ);
    if (err)
        return care_say_error(said, err, files.db);
    err = care_look_at_owner(db, files.db, said);
    if (!err)
        err = verify(db, known ? &walk : NULL, said);
    db_close(&db);
    return err ? care_say_error(said, err, files.db) : 0;
}

/* -- cutting off ------------------------------------------------------------------------------- */

static int cut(struct db *db, int32_t date, struct audit_walk *end)
{
    struct audit_walk walk;
    int err = audit_walk(db, NULL, &walk); /* nothing covers up what is wrong */
    if (!err)
        err = db_begin(db);
    if (err)
        return err;
    err = audit_prune(db, "airclassctl", (int64_t)date * DATE_DAY_S * 1000, INT64_MAX, end);
    if (!err)
        return db_commit(db);
    db_rollback(db);
    return err;
}

static const char *text_of(int err)
{
    switch (err) {
    case -EBUSY: return "somebody else has the database open, and nothing was cut off";
    case -EUCLEAN: return "the audit log has been tampered with: see 'audit verify'";
    }
    return err_text(err);
}

/* Of what was cut off, now or before: a cut that could not be cleaned up is, when it is asked for
 * again. */
static int scrub(struct db *db, char said[CARE_TEXT_MAX])
{
    int err = sqlite_scrub(db);
    if (!err)
        return 0;
    size_t len = strlen(said);
    snprintf(said + len, CARE_TEXT_MAX - len, "; but bytes of it are left in the files: %s",
             err == -EBUSY
                 ? "somebody reads the database (a backup?); when they are done, prune again"
                 : err_text(err));
    return err == -EBUSY ? -EINPROGRESS : err;
}

static int prune(struct db *db, int32_t date, char said[CARE_TEXT_MAX])
{
    struct audit_walk end;
    int err = cut(db, date, &end);
    if (err == -ENOENT)
        snprintf(said, CARE_TEXT_MAX, "no entry of the audit log is that old any more");
    else if (err)
        snprintf(said, CARE_TEXT_MAX, "%s", text_of(err));
    else
        snprintf(said, CARE_TEXT_MAX, "cut off up to entry %" PRId64 ":%s", end.seq, end.hash);
    return err && err != -ENOENT ? err : scrub(db, said);
}

static int prune_in(const struct files *files, int32_t date, char said[CARE_TEXT_MAX])
{
    struct db *db;
    int err = care_open(&db, files, DB_WRITE, said);
    if (err)
        return err;
    err = prune(db, date, said);
    db_close(&db);
    return err;
}

int care_prune(const char *data_dir, const char *date, char said[CARE_TEXT_MAX])
{
    struct files files;
    int32_t before;
    said[0] = '\0';
    if (date_read(&before, date)) {
        snprintf(said, CARE_TEXT_MAX, "'%.100s' is no day, as 2025-09-01 is one", date);
        return -EINVAL;
    }
    int err = files_name(&files, data_dir);
    if (!err)
        err = files_lock(&files);
    if (err) {
        snprintf(said, CARE_TEXT_MAX, "%.900s: %s", data_dir,
                 err == -EBUSY ? "is in use; stop the server first" : err_text(err));
        return err;
    }
    err = prune_in(&files, before, said);
    files_unlock(&files);
    return err;
}
