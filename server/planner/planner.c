#include "server/planner/planner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/planner/impl.h"

enum {
    CHANGES_MAX = 64,    /* that wait for their turn */
    LESSONS_A_TURN = 64, /* of today's: 1 ms */
    TICK_MS = 20 * 1000, /* how often is looked whether it is another day */
};

int64_t planner_now_ms(const struct planner *planner)
{
    return planner->params.now_ms();
}

const struct plan *planner_plan(const struct planner *planner)
{
    return planner->plan;
}

uint32_t planner_changes(const struct planner *planner)
{
    return planner->changes;
}

/* ---- whose turn it is ---- */

static void close_handles(struct planner *p);

static void on_turn(uv_timer_t *timer)
{
    struct planner *p = timer->data;
    if (p->step == SETTLING) {
        if (planner_settle(p, LESSONS_A_TURN)) /* after 0 ms it would go on in this turn */
            uv_timer_start(timer, on_turn, 1, 0);
        else
            planner_end_settling(p);
        return;
    }
    if (p->step != IDLE)
        return;
    if (p->is_wanted && !p->closed) /* a change may name who has just come */
        planner_begin_refresh(p);
    else if (p->is_day_over && !p->closed)
        planner_begin_building(p);
    else if (p->first)
        planner_begin_change(p);
    else if (p->closed)
        close_handles(p);
}

void planner_turn_soon(struct planner *p)
{
    uv_timer_start(&p->turn, on_turn, 0, 0);
}

static int enqueue(struct planner *p, struct planner_change *c, const struct planner_act *act)
{
    if (p->closed)
        return -ESHUTDOWN;
    if (p->n_waiting == CHANGES_MAX)
        return -EAGAIN;
    c->act = act;
    c->verdict = (struct plan_verdict){.n = 0};
    c->field = NULL;
    c->fault.code = NULL;
    c->batch = NULL;
    c->ids = NULL;
    c->list = NULL;
    c->list_rows = NULL;
    c->next = NULL;
    *p->last = c;
    p->last = &c->next;
    p->n_waiting++;
    planner_turn_soon(p);
    return 0;
}

void planner_refresh(struct planner *planner, bool may_be_less)
{
    planner->is_all_wanted |= may_be_less;
    planner->is_wanted = true;
    planner_turn_soon(planner);
}

#define ACT(name, act)                                                                             \
    int name(struct planner *planner, struct planner_change *change)                               \
    {                                                                                              \
        return enqueue(planner, change, &(act));                                                   \
    }

ACT(planner_put_row, act_put_row)
ACT(planner_drop_row, act_drop_row)
ACT(planner_put_rows, act_put_rows)
ACT(planner_put_list, act_put_list)
ACT(planner_publish, act_publish)
ACT(planner_put_year, act_put_year)
ACT(planner_close_school, act_close)
ACT(planner_open_school, act_open)
ACT(planner_put_rules, act_put_rules)

/* ---- start and end ---- */

static int read_first(struct planner *p)
{
    struct store_plan *stored = NULL;
    int err = store_read_plan_now(p->params.store, &stored);
    if (!err)
        err = plan_new(&p->plan, stored, &(struct plan_base){.plan = NULL}, &p->has_bad_rules);
    if (!err && p->has_bad_rules)
        log_error(NULL, "planner.bad-rules");
    if (!err)
        err = planned_prepare(&p->settling, &p->planned, p->plan, p->started_ms, NULL, NULL);
    return err;
}

static void planner_destroy(struct planner *p)
{
    plan_free(&p->plan);
    planned_release(&p->planned);
    free(p);
}

static void on_tick(uv_timer_t *timer)
{
    struct planner *p = timer->data;
    p->is_all_wanted |= p->is_stale;
    p->is_wanted |= p->is_stale;
    p->is_stale = false;
    p->is_day_over = planner_is_another_day(p);
    planner_turn_soon(p);
}

int planner_new(struct planner **out, const struct planner_params *params,
                char error[PLANNER_ERROR_MAX])
{
    struct planner *p = calloc(1, sizeof(*p));
    int err = p ? 0 : -ENOMEM;
    if (!err) {
        p->params = *params;
        p->last = &p->first;
        if (!p->params.now_ms)
            p->params.now_ms = clock_wall_ms;
        err = planned_init(&p->planned, params->secret);
    }
    if (!err)
        p->started_ms = planner_now_ms(p);
    if (!err)
        err = read_first(p);
    if (err) {
        snprintf(error, PLANNER_ERROR_MAX, "the timetable: %s", err_text(err));
        if (p)
            planner_destroy(p);
        return err;
    }
    p->params.secret = NULL;
    p->work.data = p->tick.data = p->turn.data = p;
    uv_timer_init(params->loop, &p->tick);
    uv_timer_init(params->loop, &p->turn);
    uv_timer_start(&p->tick, on_tick, TICK_MS, TICK_MS);
    uv_unref((uv_handle_t *)&p->tick); /* nothing to stay for */
    planner_begin_settling(p);
    planner_settle(p, SIZE_MAX);
    planned_step_release(&p->settling);
    p->step = IDLE;
    *out = p;
    return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct planner *p = handle->data;
    if (--p->open_handles > 0)
        return;
    planner_closed_fn *closed = p->closed;
    void *arg = p->closed_arg;
    planner_destroy(p);
    closed(arg);
}

static void close_handles(struct planner *p)
{
    store_forget(p->params.store, p); /* what ends by itself is all that may be under way */
    p->open_handles = 2;
    uv_close((uv_handle_t *)&p->tick, on_handle_closed);
    uv_close((uv_handle_t *)&p->turn, on_handle_closed);
}

void planner_close(struct planner *planner, planner_closed_fn *closed, void *arg)
{
    planner->closed = closed;
    planner->closed_arg = arg;
    planner_turn_soon(planner);
}
