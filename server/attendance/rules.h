#ifndef AIRCLASS_SERVER_ATTENDANCE_RULES_H
#define AIRCLASS_SERVER_ATTENDANCE_RULES_H

#include "server/directory/directory.h"
#include "server/planner/plan.h"

/*
 * What the rules say of a pupil's minutes: of those classes of theirs that the lesson is for, and
 * of all their classes if it is for none or `lesson` is NULL (a lecture, then). Of several the
 * strictest. Nobody's pupil has no limit. Pure; private to this folder.
 */
void rules_of_pupil(const struct plan *plan, const struct directory_person *who,
                    const struct timetable_entry *lesson, struct policy_limits *out);

#endif
