#ifndef AIRCLASS_SERVER_TIMETABLE_IMPL_H
#define AIRCLASS_SERVER_TIMETABLE_IMPL_H

#include "server/timetable/timetable.h"

/* What the parts share. Private to this folder. */

/* A lesson of one date; what it says of weeks does not count. */
bool entry_is_single(const struct timetable_entry *e);

/* The day whose grid holds on `date`; -1: a holiday. */
int32_t timetable_grid_of(const struct timetable *t, int32_t date);

/* Whether it is on `date`, whose grid that is. */
bool entry_is_on(const struct timetable *t, const struct timetable_entry *e, int32_t date,
                 int32_t grid);

#endif
