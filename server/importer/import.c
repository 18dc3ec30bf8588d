#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/thread.h"
#include "server/importer/impl.h"
#include "server/importer/record.h"
#include "server/importer/wrong.h"

void import_drop_files(struct import *i)
{
    for (size_t k = 0; k < i->n_files; k++) {
        free(i->files[k].bytes);
        i->files[k].bytes = NULL;
    }
    i->bytes = 0;
}

static void fail(struct import *i, enum import_wrong why)
{
    i->state = IMPORT_FAILED;
    i->error = import_message(why);
}

/* What a thread, or the disk, had to do is done. True: nobody wants it any more, it is gone. */
static bool come_back(struct import *i)
{
    i->busy--;
    i->touched_ms = clock_ms();
    if (!i->is_dropped && !i->im->is_closing)
        return false;
    if (!i->busy)
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
    bool is_elsewhere = *i->school && strcmp(m->school, i->school) != 0;
    if (is_listed && !is_elsewhere)
        return 0;
    struct guarded *g = malloc(sizeof(*g));
    if (!g)
        return -ENOMEM;
    snprintf(g->home, sizeof(g->home), "%s", m->person.school);
    snprintf(g->code, sizeof(g->code), "%s", m->person.code);
    g->next = i->guarded;
    i->guarded = g;
    return roster_keep(i->roster, g->home, g->code,
                       (is_listed ? 0 : ROSTER_IN_OFFICE) | (is_elsewhere ? ROSTER_ELSEWHERE : 0));
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
    size_t n = 0;
    thread_step_back();
    for (size_t k = 0; k < i->n_files && !i->err; k++) {
        const struct file *f = &i->files[k];
        if (!f->bytes)
            continue;
        const struct table_file file = {.bytes = f->bytes, .len = f->len, .sheet = f->sheet};
        i->file_of[n++] = k;
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
        fail(i, IMPORT_NO_MEMORY);
    else
        i->state = IMPORT_READY;
    if (i->is_guarded)
        i->error = import_message(IMPORT_GUARDED);
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
        fail(i, err == -ENOMEM ? IMPORT_NO_MEMORY : IMPORT_NOT_SAVED);
}

void import_read(struct import *i)
{
    if (i->state != IMPORT_GATHERING || i->busy)
        return;
    struct roster_options options = {.school = *i->school ? i->school : NULL,
                                     .may_remove = i->may_remove};
    memcpy(options.key, i->im->key, sizeof(options.key));
    i->state = IMPORT_READING;
    int err = roster_new(&i->roster, &options);
    if (!err)
        err = store_read_whole(i->im->store, on_row, on_known, i);
    if (err)
        fail(i, IMPORT_NO_MEMORY);
    else
        i->busy++;
}

/* -- applying ---------------------------------------------------------------------------------- */

static void on_in_force(struct directory_wait *wait, int err)
{
    struct import *i = (struct import *)((char *)wait - offsetof(struct import, wait));
    (void)err;
    i->state = IMPORT_DONE;
    come_back(i);
}

static enum import_wrong reason_of(int err)
{
    switch (err) {
    case -ECANCELED: return IMPORT_CHANGED;
    case -EOWNERDEAD: return IMPORT_LAST_ADMIN;
    }
    return IMPORT_NOT_SAVED;
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
        fail(i, i->err == -ENOMEM ? IMPORT_NO_MEMORY : IMPORT_NOT_SAVED);
}

int import_apply(struct import *i, const char *actor)
{
    if (!import_is_applicable(i))
        return -EINVAL;
    snprintf(i->actor, sizeof(i->actor), "%s", actor);
    i->state = IMPORT_APPLYING;
    i->busy++;
    uv_queue_work(i->im->loop, &i->work, gather_in_thread, on_gathered);
    return 0;
}

/* -- files ------------------------------------------------------------------------------------- */

/* A file whose sheets a thread looks for. */
struct adding {
    uv_work_t work;
    struct import *import;
    size_t file;
    import_added_fn *done;
    void *arg;
    int err;
};

static int find_sheets(struct file *f)
{
    const struct table_file file = {.bytes = f->bytes, .len = f->len, .sheet = f->sheet};
    const struct xlsx_sheet *sheets;
    struct table *table;
    int err = table_new(&table, &file);
    if (err)
        return err;
    size_t n = table_sheets(table, &sheets);
    f->sheets = n ? malloc(n * sizeof(*sheets)) : NULL;
    if (f->sheets) {
        memcpy(f->sheets, sheets, n * sizeof(*sheets));
        f->n_sheets = n;
    }
    /* What can't be read as a workbook at all has none, and is told with its rows. */
    err = n && !f->sheets ? -ENOMEM : n && !table_sheet(table) ? -ENOENT : 0;
    table_free(&table);
    return err;
}

static void find_in_thread(uv_work_t *work)
{
    struct adding *a = work->data;
    thread_step_back();
    a->err = find_sheets(&a->import->files[a->file]);
}

static void on_found(uv_work_t *work, int status)
{
    struct adding *a = work->data;
    struct file *file = &a->import->files[a->file];
    (void)status;
    if (a->err) { /* its place stays, so that the others keep their numbers */
        a->import->bytes -= file->len;
        free(file->bytes);
        file->bytes = NULL;
    }
    a->done(a->arg, a->import, a->file, a->err);
    come_back(a->import);
    free(a);
}

int import_add(struct import *i, const struct import_file *file, import_added_fn *done, void *arg)
{
    bool is_late = i->state != IMPORT_GATHERING;
    bool is_large = i->n_files == ROSTER_FILES_MAX || file->len > IMPORT_BYTES_MAX - i->bytes;
    struct adding *a = is_late || is_large ? NULL : calloc(1, sizeof(*a));
    if (!a) {
        free(file->bytes);
        return is_late ? -EALREADY : is_large ? -E2BIG : -ENOMEM;
    }
    struct file *kept = &i->files[i->n_files];
    *a = (struct adding){
        .work.data = a, .import = i, .file = i->n_files++, .done = done, .arg = arg};
    snprintf(kept->name, sizeof(kept->name), "%s", file->name);
    snprintf(kept->sheet, sizeof(kept->sheet), "%s", file->sheet);
    kept->bytes = file->bytes;
    kept->len = file->len;
    i->bytes += file->len;
    i->busy++;
    uv_queue_work(i->im->loop, &a->work, find_in_thread, on_found);
    return 0;
}

int import_choose(struct import *i, size_t file, const char *sheet)
{
    bool is_one = strcmp(sheet, TABLE_ALL) == 0;
    if (i->state != IMPORT_GATHERING || i->busy)
        return -EALREADY;
    if (file >= i->n_files || !i->files[file].bytes)
        return -ENODEV;
    struct file *f = &i->files[file];
    for (size_t k = 0; k < f->n_sheets && !is_one; k++)
        is_one = strcmp(f->sheets[k].name, sheet) == 0;
    if (!is_one)
        return -ENOENT;
    snprintf(f->sheet, sizeof(f->sheet), "%s", sheet);
    return 0;
}

size_t import_sheets(const struct import *i, size_t file, const struct xlsx_sheet **out)
{
    *out = file < i->n_files ? i->files[file].sheets : NULL;
    return *out ? i->files[file].n_sheets : 0;
}

/* -- what is there ----------------------------------------------------------------------------- */

int import_drop(struct import *i)
{
    if (i->state == IMPORT_APPLYING)
        return -EBUSY;
    i->is_dropped = true;
    if (!i->busy)
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

const char *import_file(const struct import *i, uint32_t list)
{
    bool is_there = i->plan && list < i->plan->n_lists;
    return is_there ? i->files[i->file_of[i->plan->list[list].file]].name : "";
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
