#ifndef AIRCLASS_SERVER_WORKER_REACHED_H
#define AIRCLASS_SERVER_WORKER_REACHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"

/*
 * How far each rendition has been told, whichever process made it: where a fresh one has to go on,
 * and what of its words is new. Pure. Times are of the session clock, and may wrap.
 */
struct reached {
    const struct rendition_spec *specs;
    size_t n_specs;
    struct {
        bool is_set;
        bool needs_key; /* nothing before a keyframe of this process makes sense */
        uint32_t pts_ms;
    } newest[WIRE_RENDITIONS_MAX];
};

enum reached_verdict {
    REACHED_NEWS,
    REACHED_KNOWN,    /* told before, or of no use without its keyframe */
    REACHED_KEY_LOST, /* a keyframe told before: what follows it needs another one */
};

/* `specs` are borrowed for good. */
void reached_init(struct reached *r, const struct rendition_spec *specs, size_t n_specs);

/* Another process begins. */
void reached_restart(struct reached *r);

/* What a WIRE_UNIT, of a rendition that there is, is worth. */
enum reached_verdict reached_take(struct reached *r, const struct wire_msg *m);

/* Up to where all voice, or all video, of the renditions in the mask `want` has been told: the
 * least of them. False, and nothing set: nothing of the kind has been. */
bool reached_voice(const struct reached *r, uint32_t want, uint32_t *pts_ms);
bool reached_video(const struct reached *r, uint32_t want, uint32_t *pts_ms);

#endif
