#ifndef AIRCLASS_SERVER_PLANNER_ACTS_H
#define AIRCLASS_SERVER_PLANNER_ACTS_H

#include "server/planner/planner.h"

/* What kinds of changes there are: a row each; private to this folder. */
struct planner_act {
    enum store_grids grids; /* whose rows it changes */
    /* In a thread: what speaks against it, and what is to be written (`batch`, which is there). 0,
     * or the change's error. */
    int (*make)(struct planner_change *change, const struct plan *plan, int64_t now_ms);
    /* Whether it concerns who is in a lesson of this row. */
    bool (*concerns)(const struct planner_change *change, const struct plan *before,
                     const struct timetable_entry *entry);
};

extern const struct planner_act act_put_row, act_drop_row, act_put_rows, act_put_list, act_publish,
    act_put_year, act_close, act_open, act_put_rules;

#endif
