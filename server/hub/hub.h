#ifndef AIRCLASS_SERVER_HUB_HUB_H
#define AIRCLASS_SERVER_HUB_HUB_H

#include "server/hub/ink.h"
#include "server/hub/lane.h"
#include "server/ladder/ladder.h"

/*
 * The renditions of one session: takes the worker's units in, packs each lane once, and tells who
 * listens. Knows nothing of sockets; the session drives it.
 */
struct hub;

struct hub_events {
    /* The set of renditions somebody listens to has changed. */
    void (*on_want)(void *arg, uint32_t mask);
    /* A listener of this rendition needs a keyframe, or the present still again. */
    void (*on_key)(void *arg, uint8_t rendition);
    void *arg;
};

enum {
    /* However many join, a rendition is asked for a keyframe at most this often: at 50 kbit/s one
     * costs everybody else on the rung a second of link. */
    HUB_KEY_INTERVAL_MS = 4000,
    /* Listeners served in one turn of the loop: 500 x 10 µs. */
    HUB_PUMP_BUDGET = 500,
};

/* `ladder` and `events` are borrowed. */
int hub_new(struct hub **out, const struct ladder *ladder, const struct hub_events *events);
/* Takes all listeners off; they are not told. */
void hub_free(struct hub **hub);

/* The lane that carries `rendition` with messages of `bundle_ms`; NULL if the ladder has none. */
struct lane *hub_lane(struct hub *hub, uint8_t rendition, uint16_t bundle_ms);

/* Subscribing, through the hub so that on_want follows. A lane that nobody listened to is emptied
 * first: what it held is old. */
int hub_join(struct hub *hub, struct lane *lane, struct lane_sub *sub);
void hub_leave(struct hub *hub, struct lane_sub *sub);

/* Asks for a keyframe, at once or when HUB_KEY_INTERVAL_MS have passed (see hub_tick). */
void hub_want_key(struct hub *hub, const struct lane *lane);

/* The teacher's ink, beside the renditions. */
struct ink *hub_ink(struct hub *hub);

/* Renditions with a listener. */
uint32_t hub_wanted(const struct hub *hub);

/* One WIRE_UNIT of the worker. -EPROTO: not one of the ladder's; -ENOMEM: left out. */
int hub_unit(struct hub *hub, const struct wire_msg *m);

/* Tells listeners of what came; at most HUB_PUMP_BUDGET of them. True: call again next turn. */
bool hub_pump(struct hub *hub);

/* Sends out what the packers hold: the source has stopped. */
void hub_flush(struct hub *hub);

/* Forgets all media and the board: the next session begins. */
void hub_clear(struct hub *hub);

/* Some times a second: asks for the keyframes that were put off. */
void hub_tick(struct hub *hub);

#endif
