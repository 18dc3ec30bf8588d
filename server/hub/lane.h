#ifndef AIRCLASS_SERVER_HUB_LANE_H
#define AIRCLASS_SERVER_HUB_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"
#include "server/hub/packer.h"
#include "server/hub/ring.h"
#include "server/hub/still.h"

/*
 * One rendition as it is sent out: voice in bundles of one length, video frame by frame, numbered,
 * and shared by all who listen. Two rungs that bundle the same voice differently have a lane each.
 */
enum lane_kind { LANE_VOICE, LANE_VIDEO, LANE_STILL };

/* A listener's place in a lane; embedded in its owner. */
struct lane_sub {
    struct lane *lane; /* NULL: nowhere */
    uint32_t index;
    /* There is something new. Must not subscribe or unsubscribe anybody else from inside. */
    void (*ready)(void *owner);
    void *owner;
    const void *ahead; /* what ready() will read besides the owner; NULL: nothing */
};

struct lane {
    uint8_t rendition;
    enum lane_kind kind;
    const struct rendition_spec *spec; /* borrowed from the ladder */

    /* For readers; changed only by lane.c. */
    struct ring *ring;  /* NULL for stills */
    struct buf *config; /* message to send before the first one; NULL until known; not for stills */
    uint32_t generation; /* grows with each new `config` */
    struct still *still; /* the present one; NULL until there is one */

    struct packer packer; /* voice */
    uint32_t packet_us;   /* voice: duration of a packet */
    uint32_t told_pts_ms; /* video: of the last frame that listeners were told of */
    struct lane_sub **subs;
    size_t n_subs, subs_room;
    size_t pump_at; /* how far the present round of ready() calls has come */
    bool is_pumping, is_dirty;
};

int lane_init(struct lane *lane, uint8_t rendition, const struct rendition_spec *spec,
              uint16_t bundle_ms);
void lane_release(struct lane *lane);

/* Takes in a WIRE_UNIT of this rendition. -EPROTO: it is not what the rendition's codec sends;
 * -ENOMEM: left out. Nobody is told before lane_pump(). */
int lane_unit(struct lane *lane, const struct wire_msg *m);

/* Lets out what is held back: nothing more will come for a while. */
void lane_flush(struct lane *lane);

/* Forgets the media that was sent; the config and the subscribers stay. */
void lane_clear(struct lane *lane);

int lane_subscribe(struct lane *lane, struct lane_sub *sub);
void lane_unsubscribe(struct lane_sub *sub); /* a no-op when it is nowhere */

/* Calls ready() of at most `*budget` subscribers and takes them off it. True: more are waiting. */
bool lane_pump(struct lane *lane, size_t *budget);

#endif
