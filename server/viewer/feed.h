#ifndef AIRCLASS_SERVER_VIEWER_FEED_H
#define AIRCLASS_SERVER_VIEWER_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "server/hub/hub.h"
#include "server/net/ws.h"
#include "server/viewer/link.h"
#include "server/viewer/parcel.h"
#include "server/viewer/rung.h"
#include "server/viewer/track.h"

/*
 * What one viewer is sent, and when: its places in the hub's lanes and its link. Pure of policy:
 * the viewer says which lanes, the feed keeps order, window and continuity.
 */

enum { FEED_STILLS_KEPT = 8 };

struct feed {
    struct ws *ws;
    struct hub *hub;
    struct parcel *parcel;
    struct link link;
    uint64_t sent_ms;      /* when something was sent last; 0: not yet */
    uint64_t resent_bytes; /* because they were lost, since the connection began */

    struct track voice, video;
    bool has_voice_pts;
    uint32_t voice_pts_ms;  /* end of the voice sent */
    uint64_t voice_sent_ms; /* when that was */
    bool has_voice_gone;    /* ... in the present pump */

    bool is_gap_due;      /* the player is to be told that video stops */
    uint32_t part_offset; /* so much of the frame at video.seq is sent; 0: nothing yet */

    struct lane_sub still_sub;
    struct still *still; /* being sent; NULL: none */
    uint32_t still_offset;
    uint32_t still_shown;                   /* id of the last one that was sent whole, or named */
    uint32_t stills_kept[FEED_STILLS_KEPT]; /* ids of those that the player still has */
    uint32_t n_stills;                      /* ever sent whole */

    bool takes_ink;
    bool has_ink;              /* the player was sent a page of the board, and follows */
    uint64_t ink_seq;          /* the batch that it needs next */
    struct ink_page *ink_page; /* being sent; NULL: none */
    uint32_t ink_offset;

    bool is_held;        /* something waits for the window */
    bool was_held;       /* ... did at the last look */
    uint64_t behind_ms;  /* since when video is behind on account of the link; 0: it is not */
    bool is_resting;     /* nothing is sent */
    bool is_pumping;     /* guards against re-entry */
    bool has_looked;     /* the last look was not left out */
    uint64_t blocked_ms; /* the socket has taken nothing since; 0: it takes */
};

/* `parcel` is borrowed while the feed lives, and is empty between its calls. */
void feed_init(struct feed *f, struct ws *ws, struct hub *hub, struct parcel *parcel);
/* Leaves all lanes. */
void feed_release(struct feed *f);

/* The player has voice up to here already (it was connected before). */
void feed_resume(struct feed *f, uint32_t pts_ms);

/* What to send from now on; NULL: nothing of the kind. `at_once` stops the old video now instead of
 * when the new one has a keyframe. -ENOMEM: as it was. */
int feed_set_voice(struct feed *f, struct lane *lane);
int feed_set_video(struct feed *f, struct lane *lane, bool at_once);
int feed_set_still(struct feed *f, struct lane *lane);

/* Whether the player draws what the teacher's pen does. */
void feed_take_ink(struct feed *f, bool takes_ink);
/* What it draws covers the picture: none is needed. */
bool feed_is_covered(const struct feed *f);

/* All lanes are left, and nothing is sent; or what is set from now on is sent again. */
void feed_rest(struct feed *f, bool is_resting);

/* Another rung begins: what is under way belongs to the old one. */
void feed_mark(struct feed *f);

/* Sends whatever may go now. */
void feed_pump(struct feed *f);

/* Every LINK_LOOK_MS: reads the socket's state into the link, then sends on. */
void feed_look(struct feed *f, uint64_t now_ms);

/* Fills in what the choice of a rung needs to know of the link. */
void feed_tell(const struct feed *f, uint64_t now_ms, struct rung_facts *facts);

#endif
