#ifndef AIRCLASS_SERVER_PLANNER_IMPL_H
#define AIRCLASS_SERVER_PLANNER_IMPL_H

#include <uv.h>

#include "server/planner/acts.h"
#include "server/planner/planned.h"
#include "server/planner/planner.h"

/* The planner itself; private to this folder. */

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

/* ---- planner.c: whose turn it is ---- */

/* Looks what is to be done next, from the loop. */
void planner_turn_soon(struct planner *p);

/* ---- change.c: what is under way, step by step ---- */

void planner_begin_change(struct planner *p); /* the first of those that wait */
void planner_begin_refresh(struct planner *p);
void planner_begin_building(struct planner *p); /* for another day */
void planner_end_settling(struct planner *p);

/* ---- today.c: today's lessons ---- */

/* Whether the day of which there are lessons is over. */
bool planner_is_another_day(const struct planner *p);
/* What was prepared is in force from now on; lessons come and go in turns. */
void planner_begin_settling(struct planner *p);
/* False: all of today's lessons are as they should be. */
bool planner_settle(struct planner *p, size_t max);

#endif
