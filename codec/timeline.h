#ifndef AIRCLASS_CODEC_TIMELINE_H
#define AIRCLASS_CODEC_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Where decoded sound goes on the session clock, counted in samples at 48 kHz. Timestamps of
 * sources wobble and samples get lost; encoders want an unbroken stream. Small errors are ignored,
 * holes up to a second filled with silence, overlaps cut; only beyond that time itself jumps.
 */
enum {
    VOICE_RATE = 48000,
    VOICE_PER_MS = VOICE_RATE / 1000,
    TIMELINE_SLACK_MS = 60,
    TIMELINE_HOLE_MS = 1000,
};

struct timeline {
    bool is_started;
    int64_t next; /* position of the next sample */
};

/* What to do before the samples of one decoded frame are appended. */
struct timeline_step {
    bool is_restart;  /* time jumps: `next` is already the new position */
    uint32_t silence; /* samples to insert first */
    uint32_t skip;    /* samples to leave out at the front, of this frame and perhaps the next */
};

/* `pending`: samples that precede the frame but are still inside the resampler. */
struct timeline_step timeline_place(struct timeline *t, int64_t pts_ms, uint32_t pending);

/* `n` samples have been put at the end. */
void timeline_advance(struct timeline *t, uint32_t n);

#endif
