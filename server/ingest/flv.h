#ifndef AIRCLASS_SERVER_INGEST_FLV_H
#define AIRCLASS_SERVER_INGEST_FLV_H

#include <stdint.h>

#include "server/ingest/media.h"

/* FLV tags (Adobe Flash Video File Format 10.1, annex E): what RTMP carries and the worker reads.
 */
enum { FLV_FILE_HEADER = 13, FLV_TAG_HEADER = 11, FLV_TAG_TRAILER = 4 };

/*
 * Looks into a tag. 0, or -EPROTO when it is too short or malformed for its codec. H.264 and AAC
 * are what we take; every other codec id has `unsupported` set, enhanced-RTMP FourCCs included.
 */
int flv_inspect(struct media_info *info, const struct media_tag *tag);

/* The 13 bytes before the first tag. */
void flv_write_file_header(uint8_t out[FLV_FILE_HEADER]);

/* The 11 bytes before a tag's body with `dts_ms` as its time, and the 4 behind it. */
void flv_write_tag_header(uint8_t out[FLV_TAG_HEADER], const struct media_tag *tag,
                          uint32_t dts_ms);
void flv_write_tag_trailer(uint8_t out[FLV_TAG_TRAILER], const struct media_tag *tag);

#endif
