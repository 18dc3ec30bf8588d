#ifndef AIRCLASS_SERVER_PLANNER_INDEX_H
#define AIRCLASS_SERVER_PLANNER_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "server/timetable/timetable.h"

/*
 * Which rows a class has, and which a lecturer: a pupil's day is some 35 rows of a district's
 * 70,000. Private to this folder. Begins zeroed; borrows the rows' texts.
 */
struct row_ref {
    const char *first;  /* a school, or a lecturer's id */
    const char *second; /* a class; "" for a lecturer */
    uint32_t entry;
};

struct row_index {
    struct row_ref *ref; /* in the order of all three */
    size_t n;
};

int row_index_by_class(struct row_index *out, const struct timetable_entry *entry, size_t n);
int row_index_by_lecturer(struct row_index *out, const struct timetable_entry *entry, size_t n);
void row_index_release(struct row_index *index);

/* Numbers of rows, each once and in order when picked_sort() has been called. Begins zeroed. */
struct picked {
    uint32_t *entry;
    size_t n, room;
};

/* Adds the rows with that `first` and, unless it is NULL, `second`. -ENOMEM. */
int picked_add(struct picked *picked, const struct row_index *index, const char *first,
               const char *second);
void picked_sort(struct picked *picked);
void picked_release(struct picked *picked);

#endif
