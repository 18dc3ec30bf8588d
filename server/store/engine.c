#include "server/store/engine.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <uv.h>

enum {
    TOLD_A_TURN = 128, /* jobs: their callbacks may be long */
    GROUP_JOBS = 1024,
};

struct queue {
    struct job *first, **last;
    size_t bytes, bytes_max;
    unsigned asleep; /* threads that wait for `bell`, once each */
    uv_sem_t bell;
};

struct engine;

struct worker {
    struct engine *engine;
    struct db *db;
    uv_thread_t thread;
    bool has_thread;
};

struct engine {
    uv_async_t wake;
    size_t asked; /* on the loop: jobs that are not told yet */
    struct worker writer;
    struct worker readers[ENGINE_READERS];
    void (*closed)(void *arg);
    void *arg;

    uv_mutex_t lock; /* of all below */
    uv_cond_t someone_ended;
    uv_cond_t job_ended; /* that somebody awaits */
    struct queue writes, reads, finished;
    unsigned readers_running;
    bool is_closing;
    bool has_ended; /* the writer, which is the last */
};

static void queue_init(struct queue *q, size_t bytes_max)
{
    q->last = &q->first;
    q->bytes_max = bytes_max;
    uv_sem_init(&q->bell, 0);
}

static void queue_push(struct queue *q, struct job *job)
{
    job->next = NULL;
    *q->last = job;
    q->last = &job->next;
    q->bytes += job->bytes;
}

static void queue_put_back(struct queue *q, struct job *list)
{
    struct job *rest = q->first, **end = &list;
    for (; *end; end = &(*end)->next)
        q->bytes += (*end)->bytes;
    *end = rest;
    if (!rest)
        q->last = end;
    q->first = list;
}

static struct job *queue_next(struct queue *q)
{
    struct job *job = q->first;
    if (!job)
        return NULL;
    q->first = job->next;
    if (!q->first)
        q->last = &q->first;
    q->bytes -= job->bytes;
    return job;
}

/* -- in the threads ---------------------------------------------------------------------------- */

/*
 * A list of jobs, told on the loop, or to the one who waits. The loop is woken without the lock: it
 * would get the core of this thread, and wait for it.
 */
static void finish(struct engine *e, struct job *list, int err)
{
    bool is_to_tell = false;
    uv_mutex_lock(&e->lock);
    while (list) {
        struct job *job = list;
        list = job->next;
        if (err)
            job->err = err;
        if (job->is_awaited) {
            job->is_awaited = false;
            uv_cond_broadcast(&e->job_ended);
        } else {
            queue_push(&e->finished, job);
            is_to_tell = true;
        }
    }
    uv_mutex_unlock(&e->lock);
    if (is_to_tell)
        uv_async_send(&e->wake);
}

/*
 * The next job, when there is one; NULL when there will be none. The lock is held, but for the time
 * that it sleeps. A semaphore, not a condition: who signals one of glibc's waits for threads that
 * it has woken before and that have got no core yet, and that is the loop, for up to 0.3 s.
 */
static struct job *wait_for_job(struct engine *e, struct queue *q)
{
    while (!q->first && !e->is_closing) {
        q->asleep++;
        uv_mutex_unlock(&e->lock);
        uv_sem_wait(&q->bell);
        uv_mutex_lock(&e->lock);
    }
    return queue_next(q);
}

static struct job *next_read(struct engine *e)
{
    uv_mutex_lock(&e->lock);
    struct job *job = wait_for_job(e, &e->reads);
    uv_mutex_unlock(&e->lock);
    return job;
}

static void read_jobs(void *arg)
{
    struct worker *w = arg;
    struct engine *e = w->engine;
    struct job *job;
    while ((job = next_read(e))) {
        job->next = NULL;
        job->err = job->run(job, w->db);
        finish(e, job, 0);
    }
    db_close(&w->db);
    uv_mutex_lock(&e->lock);
    e->readers_running--;
    uv_cond_signal(&e->someone_ended);
    uv_mutex_unlock(&e->lock);
}

/* One of a group: its failure takes back its own changes alone. */
static int run_part(struct job *job, struct db *db)
{
    int err = db_part_begin(db);
    if (err)
        return err;
    err = job->run(job, db);
    if (!err)
        err = db_part_end(db);
    if (err)
        db_part_undo(db);
    return err;
}

/* Runs jobs of the list, and cuts off into `rest` those for which there is no time. */
static int run_jobs(struct job *group, struct db *db, struct job **rest)
{
    uint64_t end_ns = uv_hrtime() + ENGINE_GROUP_MS * UINT64_C(1000000);
    bool is_alone = !group->next;
    for (struct job *job = group; job; job = job->next) {
        job->err = is_alone ? job->run(job, db) : run_part(job, db);
        /* A full disk or lack of memory may have ended the transaction, with what was in it. */
        if (!db_is_in_transaction(db) || (is_alone && job->err))
            return job->err ? job->err : -EIO;
        if (job->next && uv_hrtime() >= end_ns) {
            *rest = job->next;
            job->next = NULL;
        }
    }
    return 0;
}

/* 0: each job has its own error; else nothing of any of them is kept. */
static int run_group(struct job *group, struct db *db, struct job **rest)
{
    if (group->is_bare)
        return group->err = group->run(group, db);
    int err = db_begin(db);
    if (err)
        return err;
    err = run_jobs(group, db, rest);
    if (!err)
        return db_commit(db);
    db_rollback(db);
    return err;
}

/* All that waits, within bounds, as a list. */
static struct job *take_group(struct engine *e)
{
    uv_mutex_lock(&e->lock);
    struct job *first = wait_for_job(e, &e->writes);
    struct job *last = first;
    size_t bytes = first ? first->bytes : 0;
    for (int n = 1; first && !first->is_bare && n < GROUP_JOBS; n++) {
        if (!e->writes.first || e->writes.first->is_bare ||
            bytes + e->writes.first->bytes > ENGINE_ALONE)
            break;
        bytes += e->writes.first->bytes;
        last->next = queue_next(&e->writes);
        last = last->next;
    }
    if (last)
        last->next = NULL;
    uv_mutex_unlock(&e->lock);
    return first;
}

static void put_back(struct engine *e, struct job *rest)
{
    if (!rest)
        return;
    uv_mutex_lock(&e->lock);
    queue_put_back(&e->writes, rest);
    uv_mutex_unlock(&e->lock);
}

static void write_jobs(void *arg)
{
    struct worker *w = arg;
    struct engine *e = w->engine;
    struct job *group;
    while ((group = take_group(e))) {
        struct job *rest = NULL;
        int err = run_group(group, w->db, &rest);
        put_back(e, rest);
        finish(e, group, err);
    }
    uv_mutex_lock(&e->lock);
    while (e->readers_running > 0)
        uv_cond_wait(&e->someone_ended, &e->lock);
    uv_mutex_unlock(&e->lock);
    /* The last connection: brings the journal into the file, and removes it. */
    db_close(&w->db);
    uv_mutex_lock(&e->lock);
    e->has_ended = true;
    uv_async_send(&e->wake);
    uv_mutex_unlock(&e->lock);
}

/* -- on the loop ------------------------------------------------------------------------------- */

static void destroy(struct engine *e)
{
    db_close(&e->writer.db);
    for (int i = 0; i < ENGINE_READERS; i++)
        db_close(&e->readers[i].db);
    uv_sem_destroy(&e->writes.bell);
    uv_sem_destroy(&e->reads.bell);
    uv_sem_destroy(&e->finished.bell);
    uv_cond_destroy(&e->someone_ended);
    uv_cond_destroy(&e->job_ended);
    uv_mutex_destroy(&e->lock);
    free(e);
}

static void join(struct worker *w)
{
    if (w->has_thread)
        uv_thread_join(&w->thread);
    w->has_thread = false;
}

static void join_all(struct engine *e)
{
    join(&e->writer);
    for (int i = 0; i < ENGINE_READERS; i++)
        join(&e->readers[i]);
}

static void on_closed(uv_handle_t *handle)
{
    struct engine *e = handle->data;
    void (*closed)(void *arg) = e->closed;
    void *arg = e->arg;
    destroy(e);
    if (closed)
        closed(arg); /* last: the engine is gone */
}

/* Some of what has finished, as a list. Sets whether there is more, and whether all has ended. */
static struct job *take_finished(struct engine *e, bool *has_ended)
{
    struct job *first = NULL, **last = &first;
    uv_mutex_lock(&e->lock);
    for (int n = 0; n < TOLD_A_TURN && (*last = queue_next(&e->finished)); n++)
        last = &(*last)->next;
    *last = NULL;
    if (e->finished.first)
        uv_async_send(&e->wake);
    *has_ended = e->has_ended && !e->finished.first;
    uv_mutex_unlock(&e->lock);
    return first;
}

/* The threads are at their very end, so that waiting for them takes no time. */
static void on_wake(uv_async_t *wake)
{
    struct engine *e = wake->data;
    bool has_ended;
    struct job *list = take_finished(e, &has_ended);
    while (list) {
        struct job *job = list;
        list = job->next;
        if (--e->asked == 0 && !e->closed)
            uv_unref((uv_handle_t *)wake);
        job->done(job);
    }
    if (has_ended && !uv_is_closing((uv_handle_t *)wake)) {
        join_all(e);
        uv_close((uv_handle_t *)wake, on_closed);
    }
}

/* How many of those who sleep are to be woken, up to `n`. The lock is held; ring() without it. */
static unsigned wake(struct queue *q, unsigned n)
{
    if (n > q->asleep)
        n = q->asleep;
    q->asleep -= n;
    return n;
}

static void ring(struct queue *q, unsigned times)
{
    while (times-- > 0)
        uv_sem_post(&q->bell);
}

static int push(struct engine *e, struct queue *q, struct job *job)
{
    int err = 0;
    uv_mutex_lock(&e->lock);
    if (e->is_closing)
        err = -ESHUTDOWN;
    else if (q->first && q->bytes + job->bytes > q->bytes_max)
        err = -EAGAIN;
    else
        queue_push(q, job);
    unsigned woken = err ? 0 : wake(q, 1);
    uv_mutex_unlock(&e->lock);
    ring(q, woken);
    return err;
}

/* While something is asked for, it keeps the loop running. */
static int ask(struct engine *e, struct queue *q, struct job *job)
{
    job->is_awaited = false;
    int err = push(e, q, job);
    if (!err && e->asked++ == 0)
        uv_ref((uv_handle_t *)&e->wake);
    return err;
}

int engine_write(struct engine *engine, struct job *job)
{
    return ask(engine, &engine->writes, job);
}

int engine_read(struct engine *engine, struct job *job)
{
    return ask(engine, &engine->reads, job);
}

static int ask_now(struct engine *e, struct queue *q, struct job *job)
{
    job->is_awaited = true;
    int err = push(e, q, job);
    if (err)
        return err;
    uv_mutex_lock(&e->lock);
    while (job->is_awaited)
        uv_cond_wait(&e->job_ended, &e->lock);
    uv_mutex_unlock(&e->lock);
    return job->err;
}

int engine_write_now(struct engine *engine, struct job *job)
{
    return ask_now(engine, &engine->writes, job);
}

int engine_read_now(struct engine *engine, struct job *job)
{
    return ask_now(engine, &engine->reads, job);
}

static int start(struct worker *w, struct engine *e, void (*run)(void *arg))
{
    w->engine = e;
    int err = uv_thread_create(&w->thread, run, w);
    w->has_thread = !err;
    return err;
}

static void say_end(struct engine *e)
{
    uv_mutex_lock(&e->lock);
    e->is_closing = true;
    unsigned writers = wake(&e->writes, 1), readers = wake(&e->reads, ENGINE_READERS);
    uv_mutex_unlock(&e->lock);
    ring(&e->writes, writers);
    ring(&e->reads, readers);
}

static int start_threads(struct engine *e)
{
    int err = 0;
    for (int i = 0; i < ENGINE_READERS && !err; i++) {
        err = start(&e->readers[i], e, read_jobs);
        e->readers_running += !err;
    }
    return err ? err : start(&e->writer, e, write_jobs);
}

int engine_start(struct engine **out, const struct engine_params *p)
{
    struct engine *e = calloc(1, sizeof(*e));
    if (!e) {
        struct engine_params gone = *p;
        db_close(&gone.writer);
        for (int i = 0; i < ENGINE_READERS; i++)
            db_close(&gone.readers[i]);
        return -ENOMEM;
    }
    e->writer.db = p->writer;
    for (int i = 0; i < ENGINE_READERS; i++)
        e->readers[i].db = p->readers[i];
    uv_mutex_init(&e->lock);
    uv_cond_init(&e->someone_ended);
    uv_cond_init(&e->job_ended);
    queue_init(&e->writes, ENGINE_WRITES_MAX);
    queue_init(&e->reads, ENGINE_READS_MAX);
    queue_init(&e->finished, 0);
    int err = uv_async_init(p->loop, &e->wake, on_wake);
    if (err) {
        destroy(e);
        return err;
    }
    e->wake.data = e;
    uv_unref((uv_handle_t *)&e->wake);
    err = start_threads(e);
    if (err) {
        say_end(e);
        join_all(e);
        uv_close((uv_handle_t *)&e->wake, on_closed);
        return err;
    }
    *out = e;
    return 0;
}

void engine_close(struct engine *engine, void (*closed)(void *arg), void *arg)
{
    assert(!engine->closed);
    engine->closed = closed;
    engine->arg = arg;
    uv_ref((uv_handle_t *)&engine->wake);
    say_end(engine);
}
