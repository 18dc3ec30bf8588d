#include "server/door/hasher.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <uv.h>

#include "server/base/thread.h"

enum { MEMORY = 19 << 20, PASSES = 2, THREADS_MAX = 2 };

struct slot {
    uv_work_t work;
    struct hash_job *job; /* NULL: free */
};

struct lane {
    struct hash_job *first, **last;
    size_t n; /* with those that are under way */
};

struct hasher {
    uv_loop_t *loop;
    struct slot slots[THREADS_MAX];
    int n_slots;
    struct lane known, strange;
    char nobodys[STORE_SECRET_MAX];
    uv_check_t check; /* tells the end from the loop */
    bool is_closing;
    void (*closed)(void *arg);
    void *arg;
};

static_assert((int)crypto_pwhash_STRBYTES <= (int)STORE_SECRET_MAX, "a hash fits");

int hasher_new(struct hasher **out, struct uv_loop_s *loop)
{
    char password[16];
    struct hasher *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->loop = loop;
    h->known.last = &h->known.first;
    h->strange.last = &h->strange.first;
    h->n_slots = uv_available_parallelism() > 2 ? THREADS_MAX : 1;
    int err = sodium_init() < 0 ? -EIO : 0;
    randombytes_buf(password, sizeof(password));
    if (!err && crypto_pwhash_str_alg(h->nobodys, password, sizeof(password), PASSES, MEMORY,
                                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        err = -ENOMEM;
    if (err) {
        free(h);
        return err;
    }
    uv_check_init(loop, &h->check);
    h->check.data = h;
    *out = h;
    return 0;
}

static void run(uv_work_t *work)
{
    struct hash_job *job = ((struct slot *)work->data)->job;
    size_t len = strlen(job->password);
    thread_step_back();
    bool is_nobody = strcmp(job->hash, HASHER_NOBODY) == 0;
    const char *right = is_nobody ? job->hasher->nobodys : job->hash;
    if (job->hash[0])
        job->is_right = crypto_pwhash_str_verify(right, job->password, len) == 0 && !is_nobody;
    else
        job->is_right = crypto_pwhash_str_alg(job->hash, job->password, len, PASSES, MEMORY,
                                              crypto_pwhash_ALG_ARGON2ID13) == 0;
    sodium_memzero(job->password, sizeof(job->password));
}

static struct lane *lane_of(struct hasher *h, const struct hash_job *job)
{
    return job->is_known ? &h->known : &h->strange;
}

static void start_some(struct hasher *h);

static void on_check_closed(uv_handle_t *handle)
{
    struct hasher *h = handle->data;
    void (*closed)(void *arg) = h->closed;
    void *arg = h->arg;
    free(h);
    closed(arg);
}

static void end_if_idle(struct hasher *h)
{
    if (h->is_closing && h->known.n + h->strange.n == 0 && !uv_is_closing((uv_handle_t *)&h->check))
        uv_close((uv_handle_t *)&h->check, on_check_closed);
}

static void on_done(uv_work_t *work, int status)
{
    struct slot *slot = work->data;
    struct hash_job *job = slot->job;
    struct hasher *h = job->hasher;
    (void)status; /* nobody cancels */
    slot->job = NULL;
    lane_of(h, job)->n--;
    start_some(h);
    job->done(job);
    end_if_idle(h);
}

static struct hash_job *take_first(struct lane *l)
{
    struct hash_job *job = l->first;
    if (!job)
        return NULL;
    l->first = job->next;
    if (!l->first)
        l->last = &l->first;
    return job;
}

static void start_some(struct hasher *h)
{
    for (int i = 0; i < h->n_slots; i++) {
        struct slot *slot = &h->slots[i];
        if (slot->job)
            continue;
        slot->job = take_first(h->known.first ? &h->known : &h->strange);
        if (!slot->job)
            return;
        slot->work.data = slot;
        uv_queue_work(h->loop, &slot->work, run, on_done);
    }
}

static size_t count_from(const struct hasher *h, const struct address *from)
{
    size_t n = 0;
    for (const struct hash_job *job = h->strange.first; job; job = job->next)
        n += memcmp(&job->from, from, sizeof(*from)) == 0;
    return n;
}

int hasher_ask(struct hasher *h, struct hash_job *job)
{
    struct lane *l = lane_of(h, job);
    if (h->is_closing || l->n >= HASHER_MAX ||
        (!job->is_known && count_from(h, &job->from) >= HASHER_OF_ONE))
        return -EAGAIN;
    job->hasher = h;
    job->next = NULL;
    *l->last = job;
    l->last = &job->next;
    l->n++;
    start_some(h);
    return 0;
}

void hasher_close(struct hasher *h, void (*closed)(void *arg), void *arg)
{
    h->is_closing = true;
    h->closed = closed;
    h->arg = arg;
    end_if_idle(h);
}
