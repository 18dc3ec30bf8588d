#ifndef AIRCLASS_SERVER_VIEWER_TRACK_H
#define AIRCLASS_SERVER_VIEWER_TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include "server/hub/hub.h"

/*
 * A place in one lane, and perhaps in the one that is to follow it: a change of rung goes on in the
 * old lane until the new one has something that joins on.
 */
struct track {
    struct lane_sub subs[2];
    int at; /* subs[at] is being sent, subs[1 - at] is to follow */
    uint64_t seq;
    uint32_t generation; /* of the config that was sent; 0: none */
    bool needs_start;    /* video: nothing before the next keyframe */
    uint64_t switch_since_ms;
};

/* A new lane that stays silent for so long is switched to all the same. */
enum { TRACK_PATIENCE_MS = 3000 };

/* The lane that is being sent, and the one that is to follow; NULL: none. */
struct lane *track_lane(const struct track *t);
struct lane *track_next(const struct track *t);

void track_leave(struct hub *hub, struct track *t);

/* `lane` is to be sent: at once when nothing is (`*is_first` is set), else after the present one. A
 * lane that it is on or waits for already changes nothing more. -ENOMEM: nothing follows; what is
 * being sent goes on. */
int track_follow(struct hub *hub, struct track *t, struct lane *lane, bool *is_first);

/* Whether the lane that is to follow has been waited for too long. */
bool track_is_overdue(const struct track *t);

/* Leaves the present lane for the one that is to follow. */
void track_switch(struct hub *hub, struct track *t);

#endif
