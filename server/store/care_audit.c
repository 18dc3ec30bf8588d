#include <errno.h>
#include <inttypes.h>

#include "server/base/date.h"
#include "server/base/log.h"
#include "server/store/audit.h"
#include "server/store/care_impl.h"
#include "server/store/sqlite.h"

static int prune(struct db *db, int32_t date, struct audit_walk *cut)
{
    struct audit_walk walk;
    int err = audit_walk(db, NULL, &walk); /* nothing covers up what is wrong */
    if (!err)
        err = db_begin(db);
    if (err)
        return err;
    err = audit_prune(db, "airclassctl", (int64_t)date * DATE_DAY_S * 1000, cut);
    if (!err)
        err = db_commit(db);
    else
        db_rollback(db);
    return err ? err : sqlite_scrub(db);
}

static int prune_locked(const struct files *files, int32_t date, char said[CARE_TEXT_MAX])
{
    struct audit_walk cut;
    struct db *db;
    int err = care_open(&db, files, DB_WRITE, said);
    if (err)
        return err;
    err = prune(db, date, &cut);
    db_close(&db);
    if (!err)
        snprintf(said, CARE_TEXT_MAX, "cut off up to entry %" PRId64 ":%s", cut.seq, cut.hash);
    return err;
}

static const char *text_of(int err)
{
    switch (err) {
    case -EBUSY: return "the data folder is in use; stop the server first";
    case -ENOENT: return "no entry of the audit log is that old";
    case -EUCLEAN: return "the audit log has been tampered with: see 'audit verify'";
    }
    return err_text(err);
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
    if (!err) {
        err = prune_locked(&files, before, said);
        files_unlock(&files);
    } else if (err != -EBUSY) {
        snprintf(said, CARE_TEXT_MAX, "%.900s: %s", data_dir, err_text(err));
    }
    if (err && !said[0])
        snprintf(said, CARE_TEXT_MAX, "%s", text_of(err));
    return err;
}
