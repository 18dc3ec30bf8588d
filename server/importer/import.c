#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/thread.h"
#include "server/importer/impl.h"
#include "server/importer/record.h"

static const struct message no_memory = {"no_memory", "服务器内存不足，请稍后再试",
                                         "the server is short of memory: try again"};
static const struct message changed = {"changed", "在此期间人员或班级有改动，请重新导入",
                                       "people or places have changed in between: import again"};
static const struct message guarded = {
    "guarded", "名单要删除的人还有其他身份（管理员、巡课等），请先在人员页处理",
    "somebody to be removed is more than lists say (an administrator, a patrol): see to it first"};
static const struct message last_admin = {
    "last_admin", "名单会让区县没有管理员：请先设好另一位，再导入",
    "the district would be left without an administrator: make another one first"};
static const struct message not_saved = {"not_saved", "未能写入，没有任何改动",
                                         "it could not be written; nothing has changed"};

void import_drop_files(struct import *i)
{
    for (size_t k = 0; k < i->n_files; k++) {
        free(i->files[k].bytes);
        i->files[k].bytes = NULL;
    }
    i->bytes = 0;
}

static void fail(struct import *i, const struct message *why)
{
    i->state = IMPORT_FAILED;
    i->error = why;
}

/* What a thread, or the disk, had to do is done. True: nobody wants it any more, it is gone. */
static bool come_back(struct import *i)
{
    i->is_busy = false;
    i->touched_ms = clock_ms();
    if (!i->is_dropped && !i->im->is_closing)
        return false;
    import_discard(i);
    return true;
}

/* -- reading: what there is, then the files ---------------------------------------------------- */

/* Lists cannot say all of what this person is: in another school, or beyond what lists say. */
static int guard(struct import *i, const struct store_row *row, bool is_listed)
{
    const struct store_member *m = &row->member;
    if (row->kind != STORE_ROW_ROLE)
        return 0;
    if (is_listed && (!*i->school || strcmp(m->school, i->school) == 0))
        return 0;
    struct guarded *g = malloc(sizeof(*g));
    if (!g)
        return -ENOMEM;
    snprintf(g->home, sizeof(g->home), "%s", m->person.school);
    snprintf(g->code, sizeof(g->code), "%s", m->person.code);
    g->next = i->guarded;
    i->guarded = g;
    return 0;
}

static int on_row(void *arg, const struct store_row *row)
{
    struct import *i = arg;
    struct roster_record record;
    bool is_listed = record_of(row, &record);
    int err = guard(i, row, is_listed);
    return err || !is_listed ? err : roster_know(i->roster, &record);
}

static bool is_guarded(const struct import *i, const struct roster_record *r)
{
    for (const struct guarded *g = i->guarded; g; g = g->next) {
        if (strcmp(g->home, r->home) == 0 && strcmp(g->code, r->person) == 0)
            return true;
    }
    return false;
}

static void judge_in_thread(uv_work_t *work)
{
    struct import *i = work->data;
    thread_step_back();
    for (size_t k = 0; k < i->n_files && !i->err; k++) {
        const struct file *f = &i->files[k];
        const struct table_file file = {.bytes = f->bytes, .len = f->len, .sheet = f->sheet};
        i->err = roster_read(i->roster, &file);
    }
    if (!i->err)
        i->err = roster_finish(i->roster, &i->plan);
    for (size_t k = 0; !i->err && k < i->plan->n_lines && !i->is_guarded; k++) {
        const struct roster_line *line = &i->plan->line[k];
        i->is_guarded = line->fate == ROSTER_REMOVED && line->record->kind == ROSTER_PERSON &&
                        is_guarded(i, line->record);
    }
    import_drop_files(i);
}

static void on_judged(uv_work_t *work, int status)
{
    struct import *i = work->data;
    (void)status;
    if (come_back(i))
        return;
    if (i->err)
        fail(i, &no_memory);
    else
        i->state = IMPORT_READY;
    if (i->is_guarded)
        i->error = &guarded;
}

static void on_known(void *arg, int err, int64_t revision)
{
    struct import *i = arg;
    i->revision = revision;
    if (!err && !i->is_dropped && !i->im->is_closing) {
        uv_queue_work(i->im->loop, &i->work, judge_in_thread, on_judged);
        return;
    }
    if (!come_back(i))
        fail(i, err == -ENOMEM ? &no_memory : &not_saved);
}

void import_read(struct import *i)
{
    if (i->state != IMPORT_GATHERING)
        return;
    const struct roster_options options = {.school = *i->school ? i->school : NULL,
                                           .may_remove = i->may_remove};
    i->state = IMPORT_READING;
    int err = roster_new(&i->roster, &options);
    if (!err)
        err = store_read_whole(i->im->store, on_row, on_known, i);
    if (err)
        fail(i, &no_memory);
    else
        i->is_busy = true;
}

/* -- applying ---------------------------------------------------------------------------------- */

static void on_in_force(struct directory_wait *wait, int err)
{
    struct import *i = (struct import *)((char *)wait - offsetof(struct import, wait));
    (void)err;
    i->state = IMPORT_DONE;
    come_back(i);
}

static const struct message *reason_of(int err)
{
    switch (err) {
    case -ECANCELED: return &changed;
    case -EOWNERDEAD: return &last_admin;
    }
    return &not_saved;
}

static void on_applied(void *arg, int err, size_t at)
{
    struct import *i = arg;
    (void)at;
    log_info(NULL, "import.applied", LOG_STR("result", err ? err_text(err) : "ok"),
             LOG_NUM("new", i->plan->count[ROSTER_NEW]),
             LOG_NUM("changed", i->plan->count[ROSTER_CHANGED]),
             LOG_NUM("removed", i->plan->count[ROSTER_REMOVED]));
    if (!err) {
        i->wait.done = on_in_force;
        i->wait.is_all = true;
        directory_refresh(i->im->directory, &i->wait);
    } else if (!come_back(i)) {
        fail(i, reason_of(err));
    }
}

static int put_change(void *arg, const struct roster_line *line)
{
    record_change(arg, line);
    return 0;
}

static void gather_in_thread(uv_work_t *work)
{
    struct import *i = work->data;
    char subject[STORE_CODE_MAX + 16], detail[160];
    thread_step_back();
    i->err = batch_new(&i->batch);
    if (i->err)
        return;
    batch_expect(i->batch, i->revision);
    roster_each_change(i->plan, put_change, i->batch);
    snprintf(subject, sizeof(subject), "%s%s", *i->school ? "school:" : "district", i->school);
    snprintf(detail, sizeof(detail), "%zu new, %zu changed, %zu removed",
             i->plan->count[ROSTER_NEW], i->plan->count[ROSTER_CHANGED],
             i->plan->count[ROSTER_REMOVED]);
    batch_audit(i->batch, i->actor, "roster.import", subject, detail);
}

static void on_gathered(uv_work_t *work, int status)
{
    struct import *i = work->data;
    (void)status;
    if (!i->err && !i->im->is_closing)
        i->err = store_apply(i->im->store, &i->batch, on_applied, i);
    else if (!i->err)
        i->err = -ESHUTDOWN;
    if (i->err && !come_back(i))
        fail(i, i->err == -ENOMEM ? &no_memory : &not_saved);
}

int import_apply(struct import *i, const char *actor)
{
    if (!import_is_applicable(i))
        return -EINVAL;
    snprintf(i->actor, sizeof(i->actor), "%s", actor);
    i->state = IMPORT_APPLYING;
    i->is_busy = true;
    uv_queue_work(i->im->loop, &i->work, gather_in_thread, on_gathered);
    return 0;
}

/* -- what is there ----------------------------------------------------------------------------- */

int import_add(struct import *i, const char *name, const char *sheet, char *bytes, size_t len)
{
    int err = i->state != IMPORT_GATHERING                                          ? -EALREADY
              : i->n_files == ROSTER_FILES_MAX || len > IMPORT_BYTES_MAX - i->bytes ? -E2BIG
                                                                                    : 0;
    if (err) {
        free(bytes);
        return err;
    }
    struct file *file = &i->files[i->n_files++];
    snprintf(file->name, sizeof(file->name), "%s", name);
    snprintf(file->sheet, sizeof(file->sheet), "%s", sheet);
    file->bytes = bytes;
    file->len = len;
    i->bytes += len;
    return 0;
}

int import_drop(struct import *i)
{
    if (i->state == IMPORT_APPLYING)
        return -EBUSY;
    i->is_dropped = true;
    if (!i->is_busy)
        import_discard(i);
    return 0;
}

const char *import_id(const struct import *i)
{
    return i->id;
}

enum import_state import_state(const struct import *i)
{
    return i->state;
}

const struct message *import_error(const struct import *i)
{
    return i->error;
}

const char *import_file(const struct import *i, size_t file)
{
    return file < i->n_files ? i->files[file].name : "";
}

const char *import_school(const struct import *i)
{
    return i->school;
}

const struct roster_plan *import_plan(const struct import *i)
{
    return i->state >= IMPORT_READY ? i->plan : NULL;
}

bool import_is_applicable(const struct import *i)
{
    return i->state == IMPORT_READY && i->plan->is_applicable && !i->is_guarded;
}
