#ifndef AIRCLASS_CODEC_SETTLE_H
#define AIRCLASS_CODEC_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/thumb.h"

/*
 * Decides when a picture is worth sending as a still.
 *
 * Slides: a new page as soon as it has come to rest. A part of one (a line, strokes of a pen) as
 * well, but not before a thin link has had the time to carry what was sent last, so that drawing
 * for a minute makes a few stills, each of which arrives. An animation is waited for, but not
 * forever. What always moves in a corner (the teacher's face, a film, a caret) is no change and no
 * unrest; it is seen with the next page. What is no larger than a pointer has to stay for a minute.
 *
 * Camera: one per beat, if there is something new in it.
 */
struct settle {
    uint8_t sent[THUMB_CELLS]; /* the last still */
    uint8_t last[THUMB_CELLS]; /* the last thumbnail */
    uint8_t stir[THUMB_CELLS]; /* how much each cell has been moving lately */
    bool has_sent, has_last, is_waiting;
    uint32_t last_ms, sent_ms;
    uint32_t free_ms;       /* when a thin link has carried all that was sent */
    uint32_t rest_since_ms; /* nothing larger than a pointer has moved, */
    uint32_t calm_since_ms; /* not even that */
    uint32_t waiting_since_ms;
};

enum settle_verdict {
    SETTLE_SAME, /* nothing new, or nothing that may be sent yet: no need to look closely */
    SETTLE_WAIT, /* something new, not at rest yet: look again soon */
    SETTLE_SEND,
};

enum settle_verdict settle_slides(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms);
enum settle_verdict settle_camera(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms);

/* `t` has been sent as a still, which takes a thin link `carry_ms`. */
void settle_sent(struct settle *s, const struct thumb *t, uint32_t pts_ms, uint32_t carry_ms);

#endif
