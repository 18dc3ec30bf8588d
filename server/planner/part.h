#ifndef AIRCLASS_SERVER_PLANNER_PART_H
#define AIRCLASS_SERVER_PLANNER_PART_H

#include "server/store/plan.h"
#include "server/timetable/timetable.h"

/*
 * The rows of one school, made ready for a plan. It never changes, and is shared by all plans in
 * which the school's rows are the same; by one thread at a time. Private to this folder.
 */
struct part {
    unsigned refs;
    struct store_grid *grid;
    /* Rows without a class or with nonsense are left out; those that are published come first. */
    struct timetable_entry *entry;
    const struct store_grid_row **row; /* of each: what the store says of it */
    size_t n, n_published;
    struct timetable_class *klass;
    char *ids;
};

/* Takes `grid`, in any case. -ENOMEM. */
int part_new(struct part **out, struct store_grid *grid);
struct part *part_ref(struct part *part);
/* Accepts NULL. */
void part_unref(struct part **part);

/* The store's row with that code; NULL: there is none. */
const struct store_grid_row *part_row(const struct part *part, const char *code);

#endif
