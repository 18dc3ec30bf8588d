#include "server/upkeep/upkeep.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <uv.h>

#include "server/base/clock.h"
#include "server/base/date.h"
#include "server/base/log.h"
#include "server/store/store.h"
#include "server/store/trace.h"

enum { LOOK_MS = 60 * 60 * 1000, DAY_MS = DATE_DAY_S * 1000 };

struct upkeep {
    struct upkeep_params params;
    uv_timer_t timer;
    int64_t day;  /* since 1970, UTC: the one that was begun last ... */
    bool is_done; /* ... and all of it is done */
    bool is_busy; /* the store has something to tell */
    bool has_cut;
    int left; /* why traces of erased people are left; 0: none are */
    void (*closed)(void *arg);
    void *arg;
};

/* Entries of before this go. */
static int64_t first_day(const struct upkeep *u)
{
    return u->day - u->params.audit_days;
}

static void end(struct upkeep *u, int err)
{
    char before[DATE_TEXT_SIZE];
    err = err ? err : u->left;
    u->is_busy = false;
    u->is_done = !err;
    if (err)
        log_warn(NULL, "upkeep.kept-longer", LOG_ERR(err));
    if (!u->has_cut)
        return;
    date_print(before, (int32_t)first_day(u));
    log_info(NULL, "upkeep.audit-cut", LOG_STR("before", before));
}

static void apply(struct upkeep *u, void (*add)(struct upkeep *u, struct batch *batch),
                  store_applied_fn *applied)
{
    struct batch *batch;
    int err = batch_new(&batch);
    if (!err) {
        add(u, batch);
        err = store_apply(u->params.store, &batch, applied, u);
    }
    if (err)
        end(u, err);
}

/* -- the audit log ----------------------------------------------------------------------------- */

static void add_cut(struct upkeep *u, struct batch *batch)
{
    batch_cut_audit(batch, "server", first_day(u) * DAY_MS);
}

static void on_cut(void *arg, int err, size_t at)
{
    struct upkeep *u = arg;
    (void)at;
    switch (err) {
    case 0:
        u->has_cut = true;
        apply(u, add_cut, on_cut);
        return;
    case -EBADMSG: /* told once a day; nothing covers up what is wrong */
        log_error(NULL, "upkeep.audit-tampered");
        end(u, 0);
        return;
    }
    end(u, err == -ENOENT ? 0 : err);
}

/* -- who was erased ---------------------------------------------------------------------------- */

static void add_erasures(struct upkeep *u, struct batch *batch)
{
    (void)u;
    batch_finish_erasures(batch);
}

static void on_erased(void *arg, int err, size_t at)
{
    struct upkeep *u = arg;
    (void)at;
    u->left = err;
    apply(u, add_cut, on_cut);
}

/* -- day by day -------------------------------------------------------------------------------- */

static void look(struct upkeep *u)
{
    int64_t today = clock_wall_ms() / DAY_MS;
    if (u->is_busy || (u->is_done && u->day == today))
        return;
    u->is_busy = true;
    u->has_cut = false;
    u->left = 0;
    u->day = today;
    apply(u, add_erasures, on_erased);
}

static void on_timer(uv_timer_t *timer)
{
    look(timer->data);
}

int upkeep_new(struct upkeep **out, const struct upkeep_params *params)
{
    struct upkeep *u = calloc(1, sizeof(*u));
    if (!u)
        return -ENOMEM;
    u->params = *params;
    uint32_t every_ms = params->look_ms ? params->look_ms : LOOK_MS;
    uv_timer_init(params->loop, &u->timer);
    u->timer.data = u;
    uv_timer_start(&u->timer, on_timer, every_ms, every_ms);
    uv_unref((uv_handle_t *)&u->timer); /* nothing to stay for */
    look(u);
    *out = u;
    return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct upkeep *u = handle->data;
    void (*closed)(void *arg) = u->closed;
    void *arg = u->arg;
    free(u);
    closed(arg);
}

void upkeep_close(struct upkeep *u, void (*closed)(void *arg), void *arg)
{
    u->closed = closed;
    u->arg = arg;
    store_forget(u->params.store, u);
    uv_close((uv_handle_t *)&u->timer, on_timer_closed);
}
