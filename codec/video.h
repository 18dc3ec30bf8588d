#ifndef AIRCLASS_CODEC_VIDEO_H
#define AIRCLASS_CODEC_VIDEO_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/encoder.h"
#include "codec/outlet.h"
#include "codec/scale.h"

/* One rendition of moving pictures. Zeroed, with `spec` and `outlet` set, it is ready. */
struct video {
    const struct rendition_spec *spec;
    struct outlet outlet;
    struct encoder *encoder; /* NULL: opens with the next picture */
    struct size size;        /* of the encoder's pictures */
    int colours;             /* and their meaning */
    bool is_wanted, is_key_owed, is_broken;
    uint64_t slot; /* the next that takes a picture */
};

void video_want(struct video *v, bool is_wanted);

/* The next picture is to be a keyframe. */
void video_key(struct video *v);

/* Whether a picture of this moment would be encoded. */
bool video_is_due(const struct video *v, uint32_t pts_ms);

/* Encodes the scaler's frame, whose fitted size is `size`. */
void video_frame(struct video *v, struct scaler *scaler, struct size size, uint32_t pts_ms);

void video_release(struct video *v);

#endif
