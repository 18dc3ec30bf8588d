#ifndef AIRCLASS_SERVER_PLANNER_ACTS_H
#define AIRCLASS_SERVER_PLANNER_ACTS_H

#include "server/planner/planner.h"

/* What kinds of changes there are; private to this folder. */
struct planner_act {
    enum store_grids grids; /* whose rows it changes */
    /* In a thread: what speaks against it, and what is to be written (`batch`, which is there). 0,
     * or the change's error. */
    int (*make)(struct planner_change *change, const struct plan *plan, int64_t now_ms);
    /* Whether it concerns who is in a lesson of this row; asked of the plan before it and of that
     * after it. */
    bool (*concerns)(const struct planner_change *change, const struct plan *plan,
                     const struct timetable_entry *entry);
};

/* ---- what they have in common ---- */

/* Allowed, or allowed by who says why: 0; -EACCES. */
int act_may(struct planner_change *c);
/* In the words that were needed, or none. */
struct store_reason act_reason_of(const struct planner_change *c);
/* Who did it, and what was allowed against the rules. */
void act_write_audit(struct planner_change *c, const char *act, const char *subject);

/* Who is in a lesson of the change's school. */
bool act_concerns_school(const struct planner_change *c, const struct plan *plan,
                         const struct timetable_entry *e);
/* Who has a row of the change's school. */
bool act_concerns_grid(const struct planner_change *c, const struct plan *plan,
                       const struct timetable_entry *e);

/* ---- act_rows.c, act_days.c ---- */

extern const struct planner_act act_put_row, act_drop_row, act_put_rows, act_put_list, act_publish,
    act_put_year, act_close, act_open, act_put_rules;

#endif
