#include "server/importer/importer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>
#include <utlist.h>

#include "server/base/clock.h"
#include "server/base/thread.h"
#include "server/importer/impl.h"

static void free_all(struct import *i)
{
    import_drop_files(i);
    for (size_t k = 0; k < i->n_files; k++)
        free(i->files[k].sheets);
    roster_free(&i->roster);
    batch_free(&i->batch);
    for (struct guarded *next; i->guarded; i->guarded = next) {
        next = i->guarded->next;
        free(i->guarded);
    }
    free(i);
}

static void free_in_thread(uv_work_t *work)
{
    thread_step_back();
    free_all(work->data);
}

static void on_freed(uv_work_t *work, int status)
{
    (void)status;
    free(work);
}

/* A plan of 50,000 pupils is some 200,000 pieces of memory: no turn of the loop takes so long. */
void import_discard(struct import *i)
{
    struct importer *im = i->im;
    DL_DELETE(im->imports, i);
    im->n--;
    uv_work_t *work = malloc(sizeof(*work));
    if (!work) {
        free_all(i);
        return;
    }
    work->data = i;
    uv_queue_work(im->loop, work, free_in_thread, on_freed);
}

static struct import *find_of(struct importer *im, const char *owner)
{
    struct import *i;
    DL_FOREACH(im->imports, i)
    {
        if (!i->is_dropped && strcmp(i->owner, owner) == 0)
            return i;
    }
    return NULL;
}

int importer_begin(struct importer *im, const struct import_who *who, struct import **out)
{
    struct import *before = find_of(im, who->owner);
    int err = before ? import_drop(before) : 0;
    if (!err && im->is_closing)
        err = -ESHUTDOWN;
    if (!err && im->n >= IMPORTS_MAX)
        err = -EAGAIN;
    struct import *i = err ? NULL : calloc(1, sizeof(*i));
    if (!i)
        return err ? err : -ENOMEM;
    err = token_make(i->id);
    if (err) {
        free(i);
        return err;
    }
    i->im = im;
    i->work.data = i;
    snprintf(i->owner, sizeof(i->owner), "%s", who->owner);
    snprintf(i->school, sizeof(i->school), "%s", who->school);
    i->may_remove = who->may_remove;
    i->touched_ms = clock_ms();
    DL_APPEND(im->imports, i);
    im->n++;
    *out = i;
    return 0;
}

struct import *importer_find(struct importer *im, const char *id, const char *owner)
{
    struct import *i = find_of(im, owner);
    if (!i || strcmp(i->id, id) != 0)
        return NULL;
    i->touched_ms = clock_ms();
    return i;
}

static void on_sweep(uv_timer_t *timer)
{
    importer_forget_idle(timer->data);
}

void importer_forget_idle(struct importer *im)
{
    struct import *i, *next;
    DL_FOREACH_SAFE(im->imports, i, next)
    {
        if (!i->busy && clock_ms() - i->touched_ms >= IMPORT_IDLE_MS)
            import_discard(i);
    }
}

int importer_new(struct importer **out, struct uv_loop_s *loop, struct store *store,
                 struct directory *directory, const char *secret)
{
    enum { SWEEP_MS = 60 * 1000 };
    struct importer *im = calloc(1, sizeof(*im));
    if (!im)
        return -ENOMEM;
    im->loop = loop;
    im->store = store;
    im->directory = directory;
    crypto_generichash(im->key, sizeof(im->key), (const uint8_t *)secret, strlen(secret), NULL, 0);
    im->sweep.data = im;
    uv_timer_init(loop, &im->sweep);
    uv_timer_start(&im->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    uv_unref((uv_handle_t *)&im->sweep);
    *out = im;
    return 0;
}

void importer_close(struct importer *im)
{
    struct import *i, *next;
    if (!im || im->is_closing)
        return;
    im->is_closing = true;
    uv_close((uv_handle_t *)&im->sweep, NULL);
    DL_FOREACH_SAFE(im->imports, i, next)
    {
        if (!i->busy)
            import_discard(i);
    }
}

void importer_free(struct importer **im)
{
    free(*im);
    *im = NULL;
}
