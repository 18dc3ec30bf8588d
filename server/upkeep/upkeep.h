#ifndef AIRCLASS_SERVER_UPKEEP_UPKEEP_H
#define AIRCLASS_SERVER_UPKEEP_UPKEEP_H

#include <stdint.h>

/*
 * What ends by itself once a day, and is nobody else's: the old end of the audit log, and traces of
 * erased people for whom there was no time or no room. In small pieces, so that nobody who writes
 * waits for long; what fails is tried again within the hour. (Sessions and day passes end in
 * server/door, minutes and lessons that are over in server/planner.)
 */
struct upkeep;
struct uv_loop_s;
struct store;

struct upkeep_params {
    struct uv_loop_s *loop;
    struct store *store;
    uint32_t audit_days; /* an entry is kept for so many, at least */
    uint32_t look_ms;    /* how often is looked whether it is another day (UTC); 0: every hour */
};

/* Begins at once. -ENOMEM. */
int upkeep_new(struct upkeep **out, const struct upkeep_params *params);

/* Nothing more is begun; `closed` is called from the loop. */
void upkeep_close(struct upkeep *upkeep, void (*closed)(void *arg), void *arg);

#endif
