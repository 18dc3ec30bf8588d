#include "codec/wire/spec.h"

#include <assert.h>
#include <errno.h>

#include "codec/wire/wire.h"
#include "server/base/bytes.h"

static_assert(SETUP_MAX == 1 + WIRE_RENDITIONS_MAX * SPEC_SIZE, "one table size");

const char *codec_name(uint8_t codec)
{
    switch ((enum codec_kind)codec) {
    case CODEC_OPUS: return "opus";
    case CODEC_AAC: return "aac";
    case CODEC_H264: return "h264";
    case CODEC_AVIF: return "avif";
    case CODEC_WEBP: return "webp";
    }
    return "unknown";
}

static bool within(uint32_t v, uint32_t low, uint32_t high)
{
    return v >= low && v <= high;
}

static const char *voice_check(const struct rendition_spec *s)
{
    if (!within(s->bitrate_bps, 6000, 128000))
        return "bitrate";
    if (s->codec == CODEC_OPUS && s->frame_ms != 20 && s->frame_ms != 40 && s->frame_ms != 60)
        return "frame";
    return s->complexity > 10 ? "complexity" : NULL;
}

static const char *picture_check(const struct rendition_spec *s)
{
    if (!within(s->width, 64, 1920) || s->width % 2)
        return "width";
    if (!within(s->height, 64, 1088) || s->height % 2)
        return "height";
    return NULL;
}

static const char *video_check(const struct rendition_spec *s)
{
    if (!within(s->fps, 1, 30))
        return "fps";
    if (!within(s->profile, H264_BASELINE, H264_HIGH))
        return "profile";
    if (s->crf > 51)
        return "crf";
    if (!s->crf && !within(s->bitrate_bps, 10000, 4000000))
        return "bitrate";
    if (!within(s->maxrate_bps, 10000, 4000000))
        return "maxrate";
    if (!within(s->bufsize_bits, 10000, 16000000))
        return "bufsize";
    return within(s->gop_ms, 500, 60000) ? NULL : "gop";
}

static const char *still_check(const struct rendition_spec *s)
{
    uint32_t most = s->codec == CODEC_AVIF ? 63 : 100;
    if (s->quality > most)
        return "quality";
    if (s->camera_quality > most)
        return "camera-quality";
    if (s->maxrate_bps && !within(s->maxrate_bps, 1000, 4000000))
        return "maxrate";
    return within(s->beat_ms, 1000, 60000) ? NULL : "beat";
}

const char *spec_check(const struct rendition_spec *s)
{
    if (!s->name[0] || !memchr(s->name, '\0', sizeof(s->name)))
        return "name";
    if (codec_is_voice(s->codec))
        return voice_check(s);
    if (s->codec != CODEC_H264 && !codec_is_still(s->codec))
        return "codec";
    const char *wrong = picture_check(s);
    if (wrong)
        return wrong;
    return s->codec == CODEC_H264 ? video_check(s) : still_check(s);
}

static uint8_t *spec_write(uint8_t *p, const struct rendition_spec *s)
{
    p = put_bytes(p, s->name, sizeof(s->name));
    p = put_u8(p, s->codec);
    p = put_u32(p, s->bitrate_bps);
    p = put_u16(p, s->frame_ms);
    p = put_u8(p, s->complexity);
    p = put_u8(p, s->dtx);
    p = put_u16(p, s->width);
    p = put_u16(p, s->height);
    p = put_u8(p, s->fps);
    p = put_u8(p, s->profile);
    p = put_u8(p, s->crf);
    p = put_u32(p, s->maxrate_bps);
    p = put_u32(p, s->bufsize_bits);
    p = put_u16(p, s->gop_ms);
    p = put_u8(p, s->quality);
    p = put_u8(p, s->camera_quality);
    return put_u16(p, s->beat_ms);
}

static int spec_read(struct rendition_spec *s, struct bytes *b)
{
    *s = (struct rendition_spec){0};
    const uint8_t *name = bytes_take(b, sizeof(s->name));
    if (!name)
        return -EPROTO;
    memcpy(s->name, name, sizeof(s->name));
    s->codec = bytes_u8(b);
    s->bitrate_bps = bytes_u32(b);
    s->frame_ms = bytes_u16(b);
    s->complexity = bytes_u8(b);
    s->dtx = bytes_u8(b) != 0;
    s->width = bytes_u16(b);
    s->height = bytes_u16(b);
    s->fps = bytes_u8(b);
    s->profile = bytes_u8(b);
    s->crf = bytes_u8(b);
    s->maxrate_bps = bytes_u32(b);
    s->bufsize_bits = bytes_u32(b);
    s->gop_ms = bytes_u16(b);
    s->quality = bytes_u8(b);
    s->camera_quality = bytes_u8(b);
    s->beat_ms = bytes_u16(b);
    return b->bad || spec_check(s) ? -EPROTO : 0;
}

size_t setup_write(uint8_t out[SETUP_MAX], const struct rendition_spec *specs, size_t n)
{
    uint8_t *p = put_u8(out, (uint8_t)n);
    for (size_t i = 0; i < n; i++)
        p = spec_write(p, &specs[i]);
    return (size_t)(p - out);
}

int setup_parse(struct rendition_spec *specs, size_t *n, const void *data, size_t len)
{
    struct bytes b = bytes_of(data, len);
    size_t count = bytes_u8(&b);
    if (b.bad || count > WIRE_RENDITIONS_MAX || bytes_left(&b) != count * SPEC_SIZE)
        return -EPROTO;
    for (size_t i = 0; i < count; i++) {
        int err = spec_read(&specs[i], &b);
        if (err)
            return err;
    }
    *n = count;
    return 0;
}
