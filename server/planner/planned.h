#ifndef AIRCLASS_SERVER_PLANNER_PLANNED_H
#define AIRCLASS_SERVER_PLANNER_PLANNED_H

#include "server/lesson/lesson.h"
#include "server/planner/plan.h"

/*
 * The live lessons of one day, one for each lesson of the timetable that is online; private to this
 * folder. Their ids and keys are made of the row's id, the date and a secret, so that they are the
 * same after a restart and nobody guesses them.
 */
enum { PLANNED_KEY_SIZE = 32 };

struct planned_lesson {
    char id[LESSON_ID_MAX];
    struct timetable_lesson what; /* points into the plan */
};

struct planned {
    uint8_t key[PLANNED_KEY_SIZE];
    struct planned_lesson *all; /* by id */
    size_t n;
};

/* -EIO: the crypto library could not be started. */
int planned_init(struct planned *planned, const char *secret);
void planned_release(struct planned *planned);

/* Makes them those of `date`: those that are no more are gone from `lessons`, new ones are there.
 * -ENOMEM: as it was. */
int planned_sync(struct planned *planned, const struct plan *plan, int32_t date,
                 struct lessons *lessons);

/* NULL: there is none. */
const struct planned_lesson *planned_find(const struct planned *planned, const char *id);

/* "k3v9x2m4q7p1abcd-20240226" */
void planned_id(const struct planned *planned, char out[LESSON_ID_MAX],
                const struct timetable_lesson *lesson);

#endif
