#ifndef AIRCLASS_SERVER_LESSON_REHEARSAL_H
#define AIRCLASS_SERVER_LESSON_REHEARSAL_H

#include <stddef.h>

#include "server/lesson/lesson.h"

/* The lessons that nobody but their teacher sees; private to this folder. Begins zeroed. */
struct rehearsal {
    struct lesson lesson;
    char of[LESSON_ID_MAX]; /* what it rehearses */
};

struct rehearsals {
    struct rehearsal *all[LESSON_REHEARSALS_MAX];
    size_t n;
};

void rehearsals_release(struct rehearsals *r);

/* As lessons_rehearse(). */
int rehearsals_add(struct rehearsals *r, const struct lesson *of, const struct lesson **out);
void rehearsals_remove(struct rehearsals *r, const char *id);

/* NULL if there is none. */
const struct lesson *rehearsals_find(const struct rehearsals *r, const char *id);
const struct lesson *rehearsals_find_by_key(const struct rehearsals *r, const char *stream_key);

#endif
