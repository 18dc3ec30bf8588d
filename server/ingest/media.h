#ifndef AIRCLASS_SERVER_INGEST_MEDIA_H
#define AIRCLASS_SERVER_INGEST_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/wire/wire.h"

/*
 * One piece of a source's media on its way from an ingest to the codec worker: a sound packet, a
 * picture, or the configuration of what follows, in the container the source speaks.
 */
enum media_container {
    MEDIA_FLV = WIRE_FLV, /* RTMP: the body of an FLV tag (flv.h) */
    MEDIA_PACKETS =
        WIRE_PACKETS, /* browsers: the body is a packet (codec/wire/packet.h writes and reads it) */
};

/* As FLV has it. */
enum media_type { MEDIA_AUDIO = 8, MEDIA_VIDEO = 9, MEDIA_SCRIPT = 18 };

enum { MEDIA_BODY_MAX = 2 << 20 };

struct media_tag {
    uint8_t container;   /* enum media_container */
    uint8_t type;        /* enum media_type */
    uint32_t dts_ms;     /* decoding time by the source's clock; wraps */
    const uint8_t *body; /* borrowed */
    uint32_t len;
};

/* What a tag's first bytes say. */
struct media_info {
    bool is_config;          /* of a decoder: nothing to see or hear yet */
    bool is_key;             /* video keyframe (also true of a video config) */
    bool is_empty;           /* carries no media: end of sequence, command frame, script data */
    const char *unsupported; /* NULL, or the name of a codec we can't take ("HEVC", "VP6", ...) */
};

/* Looks into a tag. 0, or -EPROTO when it is malformed for its container, type or codec. */
int media_inspect(struct media_info *info, const struct media_tag *tag);

#endif
