#include "server/planner/planner.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/base/thread.h"
#include "server/lesson/lesson.h"
#include "server/planner/acts.h"
#include "server/planner/planned.h"
#include "server/planner/retention.h"

enum {
    CHANGES_MAX = 64,    /* that wait for their turn */
    LESSONS_A_TURN = 64, /* of today's: 1 ms */
    TICK_MS = 20 * 1000, /* how often is looked whether it is another day */
};

/*
 * One thing after the other: IDLE -> JUDGING (in a thread) -> WRITING (the store) -> READING (the
 * store) -> BUILDING (in a thread) -> SETTLING (today's lessons, some a turn) -> IDLE. A refresh
 * begins with READING, another day with BUILDING.
 */
enum step { IDLE, JUDGING, WRITING, READING, BUILDING, SETTLING };

struct planner {
    struct planner_params params;
    struct plan *plan, *before; /* before: while today's lessons are settled */
    struct planned planned;
    struct planned_step settling;
    int32_t today; /* whose lessons there are */
    uint32_t changes;
    enum step step;
    struct planner_change *change; /* the one under way; NULL: a refresh */
    struct planner_change *first, **last;
    size_t n_waiting;
    bool is_wanted;     /* people and places, to be read again when there is time ... */
    bool is_all_wanted; /* ... and all rows */
    bool is_stale;      /* it could not be: at the next tick */
    bool is_day_over;
    uv_work_t work;
    uv_timer_t tick; /* another day, what is stale */
    uv_timer_t turn; /* the next change begins: not from within the call that asks for it */
    /* What the thread gets and gives. */
    struct store_plan *stored; /* NULL: the plan stays as it is */
    enum store_grids grids;    /* what is read of the rows */
    struct plan *built;
    bool has_bad_rules;
    int err;
    int64_t started_ms;
    planner_closed_fn *closed;
    void *closed_arg;
    int open_handles;
};

int64_t planner_now_ms(const struct planner *planner)
{
    return planner->params.now_ms();
}

const struct plan *planner_plan(const struct planner *planner)
{
    return planner->plan;
}

static void turn_soon(struct planner *p);
static void turn_next(struct planner *p);

/* ---- today's lessons ---- */

static void on_ended(void *arg, int err, size_t at)
{
    (void)arg;
    (void)at;
    if (err) /* another day will come */
        log_warn(NULL, "planner.kept-longer", LOG_ERR(err));
}

/* Rows are gone on the disk, and still here. */
static void on_rows_ended(void *arg, int err, size_t at)
{
    on_ended(arg, err, at);
    if (!err)
        planner_refresh(arg, true);
}

/* What was kept long enough goes when a day begins. */
static void end_kept(struct planner *p, int32_t today)
{
    struct batch *batch;
    int err = batch_new(&batch);
    if (!err) {
        bool ends_rows = retention_end(batch, p->plan, today);
        err = store_apply(p->params.store, &batch, ends_rows ? on_rows_ended : on_ended, p);
    }
    if (err)
        on_ended(NULL, err, 0);
}

/* Whether the day of which there are lessons is over. */
static bool is_another_day(const struct planner *p)
{
    return p->today != plan_date(p->plan, planner_now_ms(p));
}

/* What was prepared is in force from now on; lessons come and go in turns. */
static void begin_settling(struct planner *p)
{
    p->step = SETTLING;
    planned_begin(&p->planned, &p->settling);
    int32_t today = plan_date(p->plan, p->started_ms);
    if (p->today != today)
        end_kept(p, p->today = today);
}

/* False: all of today's lessons are as they should be. */
static bool settle(struct planner *p, size_t max)
{
    const struct planned_events events = {p->params.on_changed, p->params.arg};
    return planned_go_on(&p->planned, &p->settling, max, p->params.lessons, &events);
}

static void on_tick(uv_timer_t *timer)
{
    struct planner *p = timer->data;
    p->is_all_wanted |= p->is_stale;
    p->is_wanted |= p->is_stale;
    p->is_stale = false;
    p->is_day_over = is_another_day(p);
    turn_soon(p);
}

const struct timetable_lesson *planner_lesson(const struct planner *planner, const char *id)
{
    const struct planned_lesson *l = planned_find(&planner->planned, id);
    return l ? &l->what : NULL;
}

bool planner_lesson_id(const struct planner *planner, const struct timetable_lesson *lesson,
                       char out[STORE_ID_MAX])
{
    static_assert((int)LESSON_ID_MAX <= (int)STORE_ID_MAX, "an id of a lesson fits");
    planned_id(&planner->planned, out, lesson);
    return planned_find(&planner->planned, out) && lessons_find(planner->params.lessons, out);
}

bool planner_addresses(const struct planner *planner, const char *id, const char *school,
                       const char *klass)
{
    const struct planned_lesson *l = planned_find(&planner->planned, id);
    for (size_t i = 0; l && i < l->what.entry->n_classes; i++) {
        const struct timetable_class *c = &l->what.entry->classes[i];
        if (strcmp(c->school, school) == 0 && strcmp(c->klass, klass) == 0)
            return true;
    }
    return false;
}

bool planner_is_lecturer(const struct planner *planner, const char *id, const char *person)
{
    const struct planned_lesson *l = planned_find(&planner->planned, id);
    return l && person[0] && strcmp(l->lecturer, person) == 0;
}

uint32_t planner_changes(const struct planner *planner)
{
    return planner->changes;
}

/* ---- a change, step by step ---- */

/* The end of what is under way. Its asker may ask for more. */
static void finish(struct planner *p, int err)
{
    struct planner_change *c = p->change;
    p->change = NULL;
    p->step = IDLE;
    turn_soon(p);
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
    return p->change && p->change->act->concerns(p->change, p->plan, entry);
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

static void end_settling(struct planner *p)
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
    begin_settling(p);
    turn_soon(p);
}

static void begin_building(struct planner *p)
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
    begin_building(p);
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

static void begin_refresh(struct planner *p)
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

/* ---- whose turn it is ---- */

static void begin_change(struct planner *p)
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

static void close_handles(struct planner *p);

static void on_turn(uv_timer_t *timer)
{
    struct planner *p = timer->data;
    if (p->step == SETTLING) {
        if (settle(p, LESSONS_A_TURN))
            turn_next(p);
        else
            end_settling(p);
        return;
    }
    if (p->step != IDLE)
        return;
    if (p->is_wanted && !p->closed) /* a change may name who has just come */
        begin_refresh(p);
    else if (p->is_day_over && !p->closed)
        begin_building(p);
    else if (p->first)
        begin_change(p);
    else if (p->closed)
        close_handles(p);
}

static void turn_soon(struct planner *p)
{
    uv_timer_start(&p->turn, on_turn, 0, 0);
}

/* A timer of 0 ms that a timer starts would run in the same turn of the loop. */
static void turn_next(struct planner *p)
{
    uv_timer_start(&p->turn, on_turn, 1, 0);
}

static int enqueue(struct planner *p, struct planner_change *c, const struct planner_act *act)
{
    if (p->closed)
        return -ESHUTDOWN;
    if (p->n_waiting == CHANGES_MAX)
        return -EAGAIN;
    c->act = act;
    c->verdict = (struct plan_verdict){.n = 0};
    c->error[0] = '\0';
    c->batch = NULL;
    c->ids = NULL;
    c->list = NULL;
    c->list_rows = NULL;
    c->next = NULL;
    *p->last = c;
    p->last = &c->next;
    p->n_waiting++;
    turn_soon(p);
    return 0;
}

void planner_refresh(struct planner *planner, bool may_be_less)
{
    planner->is_all_wanted |= may_be_less;
    planner->is_wanted = true;
    turn_soon(planner);
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
    begin_settling(p);
    settle(p, SIZE_MAX);
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
    turn_soon(planner);
}
