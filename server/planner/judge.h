#ifndef AIRCLASS_SERVER_PLANNER_JUDGE_H
#define AIRCLASS_SERVER_PLANNER_JUDGE_H

#include "server/planner/plan.h"

/* What the judging of one row, of many, and of days has in common; private to this folder. */

/* How far ahead a row is looked at: a school year. */
enum { JUDGE_AHEAD_DAYS = 370 };

/* Each finding once; the worst counts, however many there are. */
void verdict_add(struct plan_verdict *v, const struct plan_finding *f);
void verdict_add_reasons(struct plan_verdict *v, const struct policy_answer *a,
                         const struct timetable_entry *row, const struct timetable_class *klass,
                         int32_t date);

void plan_limits_of(const struct plan *plan, const struct timetable_class *klass,
                    enum policy_kind kind, struct policy_limits *out);

/* Whose rule it is: the row's days among the class's other rows, which are those that `plan` has in
 * its index. -ENOMEM. */
int plan_judge_class(const struct plan *plan, const struct timetable_entry *row,
                     const struct timetable_class *klass, bool is_published, int64_t now_ms,
                     struct plan_verdict *v);

#endif
