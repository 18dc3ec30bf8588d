#include <stdlib.h>

#include "server/base/log.h"
#include "server/base/thread.h"
#include "server/planner/impl.h"

/* The end of what is under way. Its asker may ask for more. */
static void finish(struct planner *p, int err)
{
    struct planner_change *c = p->change;
    p->change = NULL;
    p->step = IDLE;
    planner_turn_soon(p);
    if (!c)
        return;
    char *ids = c->ids;
    struct timetable_list *list = c->list;
    batch_free(&c->batch);
    c->ids = NULL;
    c->done(c, err);
    free(ids);
    timetable_list_free(&list);
}

/* The change is on the disk, but can't be seen yet. */
static void fail_reading(struct planner *p, int err)
{
    p->is_stale = true;
    log_error(NULL, "planner.not-read", LOG_ERR(err));
    finish(p, 0);
}

/* While both plans are there. */
static bool concerns(void *arg, const struct timetable_entry *entry)
{
    const struct planner *p = arg;
    const struct planner_change *c = p->change;
    return c && (c->act->concerns(c, p->plan, entry) || c->act->concerns(c, p->built, entry));
}

/* Of what was read, and of the plan before as far as it was not. */
static int build_plan(struct planner *p)
{
    const struct plan_base base = {.plan = p->grids == STORE_GRID_ALL ? NULL : p->plan,
                                   .school =
                                       p->grids == STORE_GRID_SCHOOL ? p->change->school : NULL};
    int err = plan_new(&p->built, p->stored, &base, &p->has_bad_rules);
    p->stored = NULL;
    return err;
}

/* On another day nothing was read, and there is no change. */
static void build(uv_work_t *work)
{
    struct planner *p = work->data;
    thread_step_back();
    p->err = p->stored ? build_plan(p) : 0;
    if (!p->err)
        p->err = planned_prepare(&p->settling, &p->planned, p->built ? p->built : p->plan,
                                 p->started_ms, concerns, p);
}

void planner_end_settling(struct planner *p)
{
    struct plan *before = p->before;
    p->before = NULL;
    p->changes++; /* not before: who watches a lesson that goes is told so, and not that they may
                     not */
    planned_step_release(&p->settling);
    finish(p, 0);
    plan_free(&before); /* the verdict of the change pointed into it */
}

static void on_built(uv_work_t *work, int status)
{
    struct planner *p = work->data;
    (void)status;
    if (p->err) {
        plan_free(&p->built);
        fail_reading(p, p->err);
        return;
    }
    if (p->built) {
        if (p->has_bad_rules)
            log_error(NULL, "planner.bad-rules");
        p->before = p->plan;
        p->plan = p->built;
        p->built = NULL;
    }
    planner_begin_settling(p);
    planner_turn_soon(p);
}

void planner_begin_building(struct planner *p)
{
    p->step = BUILDING;
    p->is_day_over = false;
    p->started_ms = planner_now_ms(p);
    uv_queue_work(p->params.loop, &p->work, build, on_built);
}

static void on_read(void *arg, const struct store_answer *answer)
{
    struct planner *p = arg;
    if (answer->err) {
        fail_reading(p, answer->err);
        return;
    }
    p->stored = *answer->plan;
    *answer->plan = NULL;
    planner_begin_building(p);
}

static void begin_reading(struct planner *p, enum store_grids grids)
{
    p->step = READING;
    p->grids = grids;
    const char *school = p->change ? p->change->school : NULL;
    int err = store_read_plan(p->params.store, grids, school, on_read, p);
    if (err)
        fail_reading(p, err);
}

static void on_written(void *arg, int err, size_t at)
{
    struct planner *p = arg;
    (void)at;
    if (err)
        finish(p, err);
    else
        begin_reading(p, p->change->act->grids);
}

void planner_begin_refresh(struct planner *p)
{
    enum store_grids grids = p->is_all_wanted ? STORE_GRID_ALL : STORE_GRID_NONE;
    p->is_wanted = p->is_all_wanted = false;
    begin_reading(p, grids);
}

static void judge(uv_work_t *work)
{
    struct planner *p = work->data;
    thread_step_back();
    p->err = p->change->act->make(p->change, p->plan, p->started_ms);
}

static void on_judged(uv_work_t *work, int status)
{
    struct planner *p = work->data;
    (void)status;
    if (p->err || p->change->is_dry) {
        finish(p, p->err);
        return;
    }
    p->step = WRITING;
    int err = store_apply(p->params.store, &p->change->batch, on_written, p);
    if (err)
        finish(p, err);
}

void planner_begin_change(struct planner *p)
{
    struct planner_change *c = p->first;
    p->first = c->next;
    if (!p->first)
        p->last = &p->first;
    p->n_waiting--;
    p->change = c;
    int err = batch_new(&c->batch);
    if (err) {
        finish(p, err);
        return;
    }
    p->step = JUDGING;
    p->started_ms = planner_now_ms(p);
    uv_queue_work(p->params.loop, &p->work, judge, on_judged);
}
