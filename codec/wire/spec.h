#ifndef AIRCLASS_CODEC_WIRE_SPEC_H
#define AIRCLASS_CODEC_WIRE_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One way to encode the sound or the picture of a lesson: a [rendition ...] of the ladder file as
 * plain numbers, the same in server and worker. Fields that a codec has no use for are 0.
 */
enum codec_kind { CODEC_OPUS = 1, CODEC_AAC, CODEC_H264, CODEC_AVIF, CODEC_WEBP };

enum h264_profile { H264_BASELINE = 1, H264_MAIN, H264_HIGH };

struct rendition_spec {
    char name[16]; /* as in the ladder file, NUL-terminated */
    uint8_t codec; /* enum codec_kind */

    uint32_t bitrate_bps; /* sound: target; h264: target of ABR, or 0 with `crf` */
    uint16_t frame_ms;    /* opus: 20, 40 or 60 */
    uint8_t complexity;   /* opus: 0..10 */
    bool dtx;             /* opus */

    uint16_t width, height; /* picture: the box it is fitted into, keeping its shape; even */
    uint8_t fps;            /* h264: at most */
    uint8_t profile;        /* h264: enum h264_profile */
    uint8_t crf;            /* h264: capped CRF when not 0 */
    uint32_t maxrate_bps;   /* h264: VBV; stills: of changes to one slide; 0: usual */
    uint32_t bufsize_bits;  /* h264: VBV */
    uint16_t gop_ms;        /* h264: longest distance between keyframes */

    uint8_t quality; /* stills of slides: AVIF quantiser 0..63 (less is better); WebP 0..100 */
    uint8_t camera_quality; /* stills of a camera, same scale */
    uint16_t beat_ms;       /* stills of a camera: one at most this often */
};

static inline bool codec_is_voice(uint8_t codec)
{
    return codec == CODEC_OPUS || codec == CODEC_AAC;
}

static inline bool codec_is_still(uint8_t codec)
{
    return codec == CODEC_AVIF || codec == CODEC_WEBP;
}

const char *codec_name(uint8_t codec);

/* The payload of WIRE_SETUP: a count and that many specs, each SPEC_SIZE bytes. */
enum { SPEC_SIZE = 46, SETUP_MAX = 1 + 24 * SPEC_SIZE };

/* Writes `n` specs (at most WIRE_RENDITIONS_MAX) to `out`; the number of bytes. */
size_t setup_write(uint8_t out[SETUP_MAX], const struct rendition_spec *specs, size_t n);

/* Reads them back. 0, or -EPROTO when the bytes are no valid table: wrong size, unknown codec, a
 * name without an end, a number outside what an encoder can be asked for (spec_check). */
int setup_parse(struct rendition_spec *specs, size_t *n, const void *data, size_t len);

/* NULL if the numbers make sense for the codec, else the name of the field that does not. */
const char *spec_check(const struct rendition_spec *spec);

#endif
