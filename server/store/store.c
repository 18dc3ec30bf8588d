#include "server/store/store.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/store/ask.h"
#include "server/store/batch.h"
#include "server/store/engine.h"
#include "server/store/erase.h"
#include "server/store/files.h"
#include "server/store/start.h"
#include "server/store/whole_impl.h"

/* What somebody waits for: in the store's list from the asking to the telling. */
struct request {
    struct job job; /* first: the engine's callbacks get this */
    struct request *next, **place;
    void *arg;
    bool is_forgotten;
};

struct apply {
    struct request request;
    struct store *store;
    struct batch *batch;
    size_t at;
    store_applied_fn *applied;
};

struct question {
    struct request request;
    struct ask ask;
    store_answer_fn *answer;
};

struct reading {
    struct request request;
    store_row_fn *row;
    store_read_fn *done;
    int64_t revision;
};

struct store {
    struct engine *engine;
    struct files files;
    struct request *requests;
    bool is_failing; /* the last change that was asked for could not be written */
    store_closed_fn *closed;
    void *arg;
};

/* -- open and close ---------------------------------------------------------------------------- */

static int open_connections(struct engine_params *p, const struct files *files, char *error)
{
    int err = start_database(&p->writer, files, schema_migrations, error);
    for (int i = 0; i < ENGINE_READERS && !err; i++)
        err = db_open(&p->readers[i], files->db, DB_READ);
    if (!err)
        return 0;
    for (int i = 0; i < ENGINE_READERS; i++)
        db_close(&p->readers[i]);
    db_close(&p->writer);
    return err;
}

static int open_files(struct store *store, struct uv_loop_s *loop, const char *data_dir,
                      char *error)
{
    struct engine_params p = {.loop = loop};
    int err = files_name(&store->files, data_dir);
    if (!err)
        err = files_lock(&store->files);
    if (err == -EBUSY)
        snprintf(error, STORE_ERROR_MAX, "%.300s is in use by another airclass", data_dir);
    if (!err)
        err = open_connections(&p, &store->files, error);
    return err ? err : engine_start(&store->engine, &p);
}

int store_open(struct store **out, struct uv_loop_s *loop, const char *data_dir,
               char error[STORE_ERROR_MAX])
{
    error[0] = '\0';
    struct store *store = calloc(1, sizeof(*store));
    if (!store)
        return -ENOMEM;
    int err = open_files(store, loop, data_dir, error);
    if (err) {
        if (!error[0])
            snprintf(error, STORE_ERROR_MAX, "%.300s: %s", data_dir, err_text(err));
        files_unlock(&store->files);
        free(store);
        return err;
    }
    *out = store;
    return 0;
}

static void on_engine_closed(void *arg)
{
    struct store *store = arg;
    store_closed_fn *closed = store->closed;
    void *closed_arg = store->arg;
    assert(!store->requests);
    files_unlock(&store->files);
    free(store);
    closed(closed_arg);
}

void store_close(struct store *store, store_closed_fn *closed, void *arg)
{
    store->closed = closed;
    store->arg = arg;
    engine_close(store->engine, on_engine_closed, store);
}

/* -- who waits --------------------------------------------------------------------------------- */

/* A thread may have it by now: nothing that its job reads is touched here. */
static void enlist(struct request *r, struct store *store)
{
    r->place = &store->requests;
    r->next = store->requests;
    if (r->next)
        r->next->place = &r->next;
    store->requests = r;
}

static void strike(struct request *r)
{
    *r->place = r->next;
    if (r->next)
        r->next->place = r->place;
}

void store_forget(struct store *store, const void *arg)
{
    for (struct request *r = store->requests; r; r = r->next)
        r->is_forgotten |= r->arg == arg;
}

/* -- changes ----------------------------------------------------------------------------------- */

static int run_batch(struct job *job, struct db *db)
{
    struct apply *a = (struct apply *)job;
    return batch_run(a->batch, db, &a->at);
}

/* What must not be undone is on the disk first. */
static int run_erasure(struct job *job, struct db *db)
{
    struct apply *a = (struct apply *)job;
    int err = db_begin(db);
    if (err)
        return err;
    err = run_batch(job, db);
    if (!err)
        err = db_commit(db);
    else
        db_rollback(db);
    if (err)
        return err;
    err = erase_traces(db, &a->store->files);
    if (err)
        log_warn(NULL, "store.traces-left", LOG_STR("why", err_text(err)));
    return err ? -EINPROGRESS : 0;
}

static void apply_free(struct apply *a)
{
    batch_free(&a->batch);
    free(a);
}

/* A refusal is the asker's affair; a failure is the operator's. */
static const char *result_name(int err)
{
    switch (err) {
    case 0:
    case -EINPROGRESS: return "ok";
    case -EEXIST:
    case -ENOENT:
    case -ENOTEMPTY:
    case -ECANCELED:
    case -EOWNERDEAD:
    case -EBADMSG:
    case -EINVAL: return "refused";
    }
    return "failed";
}

/* Told when it begins and when it is over, not for each change. */
static void tell_health(struct store *store, int err)
{
    bool fails = strcmp(result_name(err), "failed") == 0;
    if (fails && !store->is_failing)
        log_error(NULL, "store.failing", LOG_STR("why", err_text(err)));
    if (!err && store->is_failing)
        log_info(NULL, "store.works-again");
    store->is_failing = fails || (err && store->is_failing);
}

static void on_applied(struct job *job)
{
    struct apply *a = (struct apply *)job;
    metric_add_named(METRIC_STORE_CHANGES, result_name(job->err), 1);
    tell_health(a->store, job->err);
    strike(&a->request);
    if (!a->request.is_forgotten)
        a->applied(a->request.arg, job->err, job->err ? a->at : SIZE_MAX);
    apply_free(a);
}

/* Takes the batch; NULL with `*err`. */
static struct apply *apply_new(struct store *store, struct batch **batch, int *err)
{
    struct apply *a = calloc(1, sizeof(*a));
    *err = !a ? -ENOMEM : (*batch)->err;
    if (*err) {
        free(a);
        batch_free(batch);
        return NULL;
    }
    a->batch = *batch;
    a->at = SIZE_MAX;
    a->store = store;
    a->request.job = (struct job){.run = a->batch->is_erasing ? run_erasure : run_batch,
                                  .done = on_applied,
                                  .bytes = batch_bytes(*batch),
                                  .is_bare = a->batch->is_erasing};
    *batch = NULL;
    return a;
}

int store_apply(struct store *store, struct batch **batch, store_applied_fn *applied, void *arg)
{
    int err;
    struct apply *a = apply_new(store, batch, &err);
    if (!a)
        return err;
    a->applied = applied;
    a->request.arg = arg;
    err = engine_write(store->engine, &a->request.job);
    if (err)
        apply_free(a);
    else
        enlist(&a->request, store);
    return err;
}

int store_apply_now(struct store *store, struct batch **batch, size_t *at)
{
    int err;
    struct apply *a = apply_new(store, batch, &err);
    if (at)
        *at = SIZE_MAX;
    if (!a)
        return err;
    err = engine_write_now(store->engine, &a->request.job);
    if (at && err)
        *at = a->at;
    apply_free(a);
    return err;
}

/* -- questions --------------------------------------------------------------------------------- */

static int run_question(struct job *job, struct db *db)
{
    struct question *q = (struct question *)job;
    return q->ask.run(&q->ask, db);
}

static void question_free(struct question *q)
{
    ask_release(&q->ask);
    free(q);
}

static void on_answered(struct job *job)
{
    struct question *q = (struct question *)job;
    struct store_answer answer = q->ask.answer;
    answer.err = job->err;
    if (answer.err) {
        answer.n = 0;
        answer.next = NULL;
    }
    strike(&q->request);
    if (!q->request.is_forgotten)
        q->answer(q->request.arg, &answer);
    question_free(q);
}

static int question_new(struct question **out, ask_fn *run, const struct store_question *what)
{
    struct question *q = calloc(1, sizeof(*q));
    if (!q)
        return -ENOMEM;
    int err = ask_init(&q->ask, run, what);
    if (err) {
        question_free(q);
        return err;
    }
    q->request.job = (struct job){
        .run = run_question, .done = on_answered, .bytes = sizeof(*q) + q->ask.arena.bytes};
    *out = q;
    return 0;
}

int store_ask(struct store *store, ask_fn *run, const struct store_question *what,
              store_answer_fn *answer, void *arg)
{
    struct question *q;
    int err = question_new(&q, run, what);
    if (err)
        return err;
    q->answer = answer;
    q->request.arg = arg;
    err = engine_read(store->engine, &q->request.job);
    if (err)
        question_free(q);
    else
        enlist(&q->request, store);
    return err;
}

#define QUESTION(name, run)                                                                        \
    int name(struct store *store, const struct store_question *q, store_answer_fn *answer,         \
             void *arg)                                                                            \
    {                                                                                              \
        return store_ask(store, run, q, answer, arg);                                              \
    }

QUESTION(store_list_places, ask_places)
QUESTION(store_find_place, ask_place)
QUESTION(store_list_people, ask_people)
QUESTION(store_find_person, ask_person)
QUESTION(store_list_members, ask_members)
QUESTION(store_list_roles, ask_roles)
QUESTION(store_list_wards, ask_wards)
QUESTION(store_list_audit, ask_audit)

/* Sets where the next page begins; "" when there is none. */
static int read_page(struct store *store, ask_fn *run, char after[STORE_NAME_MAX],
                     store_page_fn *page, void *arg)
{
    struct question *q;
    int err = question_new(&q, run, &(struct store_question){.after = after});
    if (err)
        return err;
    err = engine_read_now(store->engine, &q->request.job);
    const struct store_answer *a = &q->ask.answer;
    if (!err)
        err = page(arg, a);
    snprintf(after, STORE_NAME_MAX, "%s", a->next ? a->next : "");
    question_free(q);
    return err;
}

int store_read_all(struct store *store, ask_fn *run, store_page_fn *page, void *arg)
{
    char after[STORE_NAME_MAX] = "";
    int err;
    do {
        err = read_page(store, run, after, page, arg);
    } while (!err && after[0]);
    return err;
}

/* -- everything -------------------------------------------------------------------------------- */

static int run_reading(struct job *job, struct db *db)
{
    struct reading *r = (struct reading *)job;
    return whole_read(db, r->row, r->request.arg, &r->revision);
}

static void on_read(struct job *job)
{
    struct reading *r = (struct reading *)job;
    strike(&r->request);
    if (!r->request.is_forgotten)
        r->done(r->request.arg, job->err, r->revision);
    free(r);
}

/* Without bytes of its own it is never too much. */
static struct reading *reading_new(store_row_fn *row, store_read_fn *done, void *arg)
{
    struct reading *r = calloc(1, sizeof(*r));
    if (!r)
        return NULL;
    r->row = row;
    r->done = done;
    r->request.arg = arg;
    r->request.job = (struct job){.run = run_reading, .done = on_read};
    return r;
}

int store_read_whole(struct store *store, store_row_fn *row, store_read_fn *done, void *arg)
{
    struct reading *r = reading_new(row, done, arg);
    int err = r ? engine_read(store->engine, &r->request.job) : -ENOMEM;
    if (err)
        free(r);
    else
        enlist(&r->request, store);
    return err;
}

int store_read_whole_now(struct store *store, store_row_fn *row, void *arg, int64_t *revision)
{
    struct reading *r = reading_new(row, NULL, arg);
    int err = r ? engine_read_now(store->engine, &r->request.job) : -ENOMEM;
    if (!err)
        *revision = r->revision;
    free(r);
    return err;
}
