#ifndef AIRCLASS_SERVER_APP_PLAN_H
#define AIRCLASS_SERVER_APP_PLAN_H

#include "server/access/access.h"

/* What server/access asks of the timetable. */
struct planner;

/* `planner` points to where the planner is, or NULL while there is none; it outlives `out`. */
void plan_bind(struct access_plan *out, struct planner *const *planner);

#endif
