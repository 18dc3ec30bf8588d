#ifndef AIRCLASS_SERVER_PLANNER_PLANNED_H
#define AIRCLASS_SERVER_PLANNER_PLANNED_H

#include "server/lesson/lesson.h"
#include "server/planner/plan.h"

/*
 * The live lessons of one day, one for each lesson of the timetable that is online; private to this
 * folder. Their ids and keys are made of the row's id, the date and a secret, so that they are the
 * same after a restart and nobody guesses them; the stream key also of the lecturer, to whom alone
 * it is shown: it goes when another one teaches.
 */
enum { PLANNED_KEY_SIZE = 32 };

struct planned_lesson {
    char id[LESSON_ID_MAX];
    struct timetable_lesson what; /* points into the plan */
    const char *lecturer;         /* who teaches it, as long as they are of the staff; "": nobody */
    bool is_made;                 /* there is a live lesson, and it is as it should be */
};

struct planned {
    uint8_t key[PLANNED_KEY_SIZE];
    struct planned_lesson *all; /* by id */
    size_t n;
};

/*
 * A step from one plan, or day, to another: prepared in a thread, taken on the loop in short turns.
 * A snow day of a whole district makes 14,000 lessons, which take 0.2 s.
 */
struct planned_step {
    struct planned_lesson *all; /* what there will be, then what there was */
    size_t n;
    /* Of what there will be, what is to be made, or has another lecturer or title: first what
     * begins soonest, last what is over. */
    uint32_t *come;
    size_t n_come;
    uint32_t *told; /* the same: whose people a change concerns */
    size_t n_told;
    uint32_t *gone; /* of what there was */
    size_t n_gone;
    size_t at; /* how many of all these are done */
};

/* Whether the people of a lesson of this row are to be told. */
typedef bool planned_concerns_fn(void *arg, const struct timetable_entry *entry);

struct planned_events {
    void (*on_changed)(void *arg, const char *lesson); /* NULL: nobody wants to know */
    void *arg;
};

/* -EIO: the crypto library could not be started. */
int planned_init(struct planned *planned, const char *secret);
void planned_release(struct planned *planned);

/* What leads to the lessons of the day on which it is `now_ms` in `plan`. `concerns` may be NULL.
 * Pure. -ENOMEM. */
int planned_prepare(struct planned_step *out, const struct planned *planned,
                    const struct plan *plan, int64_t now_ms, planned_concerns_fn *concerns,
                    void *arg);
void planned_step_release(struct planned_step *step);

/* From now on they are those of the step, and nothing points into the plan before. */
void planned_begin(struct planned *planned, struct planned_step *step);
/* Does up to `max` of what is to be done: new ones are made in `lessons`, or made anew, people are
 * told, old ones go. False: all is done. */
bool planned_go_on(struct planned *planned, struct planned_step *step, size_t max,
                   struct lessons *lessons, const struct planned_events *events);

/* NULL: there is none. */
const struct planned_lesson *planned_find(const struct planned *planned, const char *id);

/* "k3v9x2m4q7p1abcd-20240226" */
void planned_id(const struct planned *planned, char out[LESSON_ID_MAX],
                const struct timetable_lesson *lesson);

#endif
