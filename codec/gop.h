#ifndef AIRCLASS_CODEC_GOP_H
#define AIRCLASS_CODEC_GOP_H

#include <stdbool.h>
#include <stddef.h>

#include <libavcodec/packet.h>

/*
 * Packets that have not been decoded because nobody watches moving pictures: those since the last
 * keyframe, so that decoding can catch up the moment somebody does, instead of waiting for the
 * next keyframe.
 */
enum { GOP_PACKETS = 300, GOP_BYTES = 4 << 20 };

struct gop {
    AVPacket *packets[GOP_PACKETS];
    size_t n;
    size_t bytes;
    bool is_broken; /* something is missing: of no use until the next keyframe */
};

/* Keeps a reference to the packet's bytes. What is too long for the limits is given up. */
void gop_push(struct gop *g, const AVPacket *packet);

/* Empties it; what comes next continues what the decoder has seen. */
void gop_clear(struct gop *g);

/* Empties it until the next keyframe. */
void gop_break(struct gop *g);

#endif
