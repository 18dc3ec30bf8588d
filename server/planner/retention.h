#ifndef AIRCLASS_SERVER_PLANNER_RETENTION_H
#define AIRCLASS_SERVER_PLANNER_RETENTION_H

#include "server/planner/plan.h"
#include "server/store/store.h"

/*
 * What the rules keep no longer (retention-days): private to this folder. Adds to `batch` the end
 * of the minutes of pupils that are too old on `today`, of each class by the rules for its school
 * and grade, and of who is in no class by the longest of those; and by that the end of rows and
 * closures that are over. True: the plan has such.
 */
bool retention_end(struct batch *batch, const struct plan *plan, int32_t today);

#endif
