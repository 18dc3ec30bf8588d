#ifndef AIRCLASS_SERVER_INGEST_FLV_H
#define AIRCLASS_SERVER_INGEST_FLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* FLV tags (Adobe Flash Video File Format 10.1, annex E): what RTMP carries and the worker reads.
 */
enum flv_type { FLV_AUDIO = 8, FLV_VIDEO = 9, FLV_SCRIPT = 18 };

enum { FLV_FILE_HEADER = 13, FLV_TAG_HEADER = 11, FLV_TAG_TRAILER = 4, FLV_TAG_MAX = 2 << 20 };

struct flv_tag {
    uint8_t type;        /* enum flv_type */
    uint32_t dts_ms;     /* decoding time by the source's clock; wraps */
    const uint8_t *body; /* borrowed */
    uint32_t len;
};

/* What a tag's first bytes say. */
struct flv_info {
    bool is_config;          /* AVCDecoderConfigurationRecord or AudioSpecificConfig */
    bool is_key;             /* video keyframe (also true of a video config) */
    bool is_empty;           /* carries no media: end of sequence, command frame, script data */
    const char *unsupported; /* NULL, or the name of a codec we can't take ("HEVC", "VP6", ...) */
};

/*
 * Looks into a tag. 0, or -EPROTO when it is too short or malformed for its codec. H.264 and AAC
 * are what we take; every other codec id has `unsupported` set, enhanced-RTMP FourCCs included.
 */
int flv_inspect(struct flv_info *info, const struct flv_tag *tag);

/* The 13 bytes before the first tag. */
void flv_write_file_header(uint8_t out[FLV_FILE_HEADER]);

/* The 11 bytes before a tag's body with `dts_ms` as its time, and the 4 behind it. */
void flv_write_tag_header(uint8_t out[FLV_TAG_HEADER], const struct flv_tag *tag, uint32_t dts_ms);
void flv_write_tag_trailer(uint8_t out[FLV_TAG_TRAILER], const struct flv_tag *tag);

#endif
