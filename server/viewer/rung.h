#ifndef AIRCLASS_SERVER_VIEWER_RUNG_H
#define AIRCLASS_SERVER_VIEWER_RUNG_H

#include <stdbool.h>
#include <stdint.h>

#include "server/ladder/ladder.h"

/*
 * Which rung a viewer gets. Pure: what is known and the time go in, a rung and the reason come out.
 * Down at once to what fits; up at most once in RUNG_HOLD_MS, only to what the link has shown to
 * carry, and later after each climb that failed.
 */
enum rung_mode { RUNG_AUTO, RUNG_SAVE, RUNG_VOICE };

enum rung_why {
    RUNG_START,
    RUNG_CHOICE,
    RUNG_WEAK,
    RUNG_GOOD,
    RUNG_SOURCE,
    RUNG_HIDDEN,
    RUNG_LIMIT
};

struct rung_facts {
    const struct ladder *ladder;
    enum wire_content content;
    enum rung_mode mode;
    bool is_hidden;          /* nobody sees the picture: voice only */
    bool is_used_up;         /* ... the day's minutes with one are: the same */
    bool can_video;          /* the player plays H.264 */
    bool can_still;          /* ... shows AVIF or WebP */
    bool is_stuck;           /* nothing is acknowledged: a loss or a stall, nothing is known */
    bool is_pressed;         /* it carries less than we send, or would send */
    bool is_draining;        /* what the last rung left in the socket is still under way */
    bool is_held;            /* something waited for the window before the last look */
    uint32_t capacity_bps;   /* goodput while there is a queue; 0: not known */
    uint32_t proven_bps;     /* so much went through lately, if only for a moment */
    uint32_t limit_bps;      /* ... and lately no more than this; 0: not known */
    uint32_t voice_lag_ms;   /* voice that could not be handed to the socket yet */
    uint32_t picture_lag_ms; /* since when video waits for the link without having caught up */
    uint32_t queue_ms;       /* how long the socket's queue waits, the path itself not counted */
    uint32_t rtt_ms;
    uint64_t now_ms;
};

/* Memory of the choice; zeroed at first. */
struct rung_state {
    int rung; /* index into the ladder; valid once `is_set` */
    bool is_set;
    uint64_t changed_ms;
    uint64_t calm_since_ms; /* no sign of congestion since then; 0: there is one now ... */
    uint64_t jam_since_ms;  /* ... and has been since then */
    uint32_t hold_ms;       /* calm time before the next climb */
    uint64_t climbed_ms;    /* of the last climb; 0: none, or it has proved good */
    int before_cap;         /* the rung to come back to at once when it is allowed again; 0: none */
    enum rung_why cap_why;  /* what took it away */
};

enum {
    RUNG_HOLD_FIRST_MS = 2000, /* of calm before the first climb, when the first still has come */
    RUNG_HOLD_MS = 10000,      /* at most one change up in this time */
    RUNG_HOLD_MOST_MS = 60000,
    RUNG_PROVED_MS = 8000,    /* a climb that holds so long was right */
    RUNG_LAG_MS = 500,        /* voice more than this behind is congestion ... */
    RUNG_QUEUE_MS = 800,      /* ... and so is a queue of more than this */
    RUNG_JAM_MS = 250,        /* what passes within this and a round trip was a lost packet ... */
    RUNG_JAM_STILL_MS = 4000, /* ... or several in a row; without video there is no hurry */
    RUNG_DRAIN_MS = 8000,     /* so long the rest of the last rung may excuse a queue */
    /* Video held back for so long: the window keeps the queue short, so that a link which carries
     * a little less than the rung shows nowhere else. A keyframe's burst passes within this. */
    RUNG_PICTURE_LAG_MS = 1500,
    RUNG_BLIND_MS = 2500, /* of congestion before a fall while the capacity is not known */
};

/* The rung for now; `*why` is set when it differs from the state's. Updates the state. */
int rung_choose(struct rung_state *s, const struct rung_facts *f, enum rung_why *why);

const char *rung_why_name(enum rung_why why);
const char *rung_mode_name(enum rung_mode mode);
/* 0, or -EINVAL for a word that is no mode. */
int rung_mode_parse(const char *word, enum rung_mode *out);

#endif
