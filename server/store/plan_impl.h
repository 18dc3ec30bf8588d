#ifndef AIRCLASS_SERVER_STORE_PLAN_IMPL_H
#define AIRCLASS_SERVER_STORE_PLAN_IMPL_H

#include "server/store/arena.h"
#include "server/store/db.h"
#include "server/store/plan.h"

/* What plan_read.c and plan_grid.c share; private to this folder. */

/*
 * The timetable, read in one go by a reader's thread into memory that outlives the question: 70,000
 * rows, a district of 100 schools that has all its lessons in it, are some 20 MB.
 */
struct plan {
    struct store_plan all; /* first */
    struct arena arena;
    /* What `all` points to. */
    size_t grid_room;
    struct store_place *schools;
    struct store_place *classes;
    struct store_person *staff;
    struct store_closure *closures;
    struct store_days *holidays, *swaps;
    bool has_no_memory;
};

/* A copy of the text; "" when there is no memory, which the plan remembers. */
const char *plan_keep(struct plan *p, struct arena *arena, const char *text);

/* Room for one more item of `size` bytes; false: there is no memory, which the plan remembers. */
bool plan_grow(struct plan *p, void **items, size_t n, size_t *room, size_t size);

/* The rows of the school with the id `school`; NULL: of all. */
int plan_read_rows(struct plan *p, struct db *db, const char *school);

#endif
