#ifndef AIRCLASS_SERVER_STORE_VISIT_H
#define AIRCLASS_SERVER_STORE_VISIT_H

#include "server/store/plan.h"

/*
 * Who was in which lesson. As store.h in everything that is not said here; days and seconds are as
 * in plan.h, whose batch_drop_minutes() and batch_drop_class_minutes() end visits, too.
 */

/* What a pupil has had of a lesson on a day. */
struct store_visit {
    const char *person; /* an id */
    int32_t day;
    const char *lesson;       /* its id */
    const char *title;        /* of answers; "": it was never said */
    uint32_t first_s, last_s; /* of the day */
    uint32_t group_s, voice_s;
};

/* Adds to what is there of that pupil, day and lesson: seconds are summed up, the first is the
 * earlier, the last the later one. Of somebody who is gone meanwhile nothing is kept, which is no
 * mistake. */
void batch_add_visit(struct batch *batch, const struct store_visit *visit);
/* What the lesson of that day is called. */
void batch_put_visit_title(struct batch *batch, int32_t day, const char *lesson, const char *title);

/* A pupil of a class on a day. */
struct store_roll {
    struct store_person person;
    const struct store_visit *visits; /* in the order of time, at most STORE_VISITS_MAX */
    size_t n_visits;
};

enum { STORE_VISITS_MAX = 64 };

/* The pupils of the class `q->school`, `q->klass` and what they had of the day `q->code`, a number,
 * by their codes: `roll`. -ENOENT: no such class. */
int store_list_roll(struct store *store, const struct store_question *q, store_answer_fn *answer,
                    void *arg);

#endif
