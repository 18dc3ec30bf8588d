#ifndef AIRCLASS_CODEC_CLASSIFY_H
#define AIRCLASS_CODEC_CLASSIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/thumb.h"
#include "codec/wire/wire.h"

/*
 * Tells slides (or any screen) from a camera by two statistics of its thumbnails: how many points
 * change from one to the next (a sensor's noise and people never rest; a screen does), and how much
 * of the picture is exactly one tone (a screen's background is; no wall in front of a lens is).
 * Votes are summed and the answer changes only when they have clearly turned, so that one played
 * film or one turned page does not flip the ladder.
 */
struct classify {
    struct thumb last;
    bool has_last;
    uint32_t last_ms;
    int vote, votes; /* the last, and all: below 0 for slides, above for a camera */
    enum wire_content content;
};

/* Looks at the next thumbnail, ideally five a second; fewer weigh more each. */
enum wire_content classify_push(struct classify *c, const struct thumb *t, uint32_t pts_ms);

/* Whether what was seen last speaks against the answer: time to look more often. */
bool classify_is_in_doubt(const struct classify *c);

/* The answer, or before there is one the best guess from what a single picture shows. */
enum wire_content classify_guess(const struct classify *c);

#endif
