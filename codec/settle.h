#ifndef AIRCLASS_CODEC_SETTLE_H
#define AIRCLASS_CODEC_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/thumb.h"

/*
 * Decides when a picture is worth sending as a still. Slides: when it differs from the last still
 * and has come to rest; a pointer neither counts as a difference nor as unrest, an animation is
 * waited for, but not forever. Camera: one per beat.
 */
struct settle {
    uint8_t sent[THUMB_CELLS]; /* the last still */
    uint8_t last[THUMB_CELLS]; /* the last thumbnail */
    bool has_sent, has_last, is_changed;
    uint32_t sent_ms;
    uint32_t rest_since_ms;
    uint32_t changed_since_ms;
};

enum settle_verdict {
    SETTLE_SAME, /* nothing new */
    SETTLE_WAIT, /* something new, not at rest yet: look again soon */
    SETTLE_SEND,
};

enum settle_verdict settle_slides(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms);
enum settle_verdict settle_camera(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms);

/* `t` has been sent as a still. */
void settle_sent(struct settle *s, const struct thumb *t, uint32_t pts_ms);

#endif
