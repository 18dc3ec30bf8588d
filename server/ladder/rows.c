#include "server/ladder/rows.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "server/config/value.h"

enum {
    OPUS = 1 << CODEC_OPUS,
    AAC = 1 << CODEC_AAC,
    H264 = 1 << CODEC_H264,
    STILL = 1 << CODEC_AVIF | 1 << CODEC_WEBP,
    ALL = OPUS | AAC | H264 | STILL,
};

/* clang-format off */
#define FIELD(field) .offset = offsetof(struct rendition_spec, field)
#define NUMBER(unit_, field)                                                                       \
    .type = SPEC_NUMBER, .unit = (unit_), FIELD(field),                                            \
    .width = sizeof(((struct rendition_spec *)0)->field)

const struct spec_key spec_keys[] = {
    {"codec",          ALL,               ALL,         .type = SPEC_CODEC, FIELD(codec)},
    {"bitrate",        OPUS | AAC | H264, OPUS | AAC,  NUMBER(UNIT_BITS, bitrate_bps)},
    {"frame",          OPUS,              OPUS,        NUMBER(UNIT_MS, frame_ms)},
    {"complexity",     OPUS,              OPUS,        NUMBER(UNIT_COUNT, complexity)},
    {"dtx",            OPUS,              0,           .type = SPEC_BOOL, FIELD(dtx)},
    {"size",           H264 | STILL,      H264 | STILL, .type = SPEC_BOX, FIELD(width)},
    {"fps",            H264,              H264,        NUMBER(UNIT_COUNT, fps)},
    {"profile",        H264,              H264,        .type = SPEC_PROFILE, FIELD(profile)},
    {"crf",            H264,              0,           NUMBER(UNIT_COUNT, crf)},
    {"maxrate",        H264 | STILL,      H264,        NUMBER(UNIT_BITS, maxrate_bps)},
    {"bufsize",        H264,              H264,        NUMBER(UNIT_BITS, bufsize_bits)},
    {"gop",            H264,              H264,        NUMBER(UNIT_MS, gop_ms)},
    {"quality",        STILL,             STILL,       NUMBER(UNIT_COUNT, quality)},
    {"camera-quality", STILL,             STILL,       NUMBER(UNIT_COUNT, camera_quality)},
    {"beat",           STILL,             STILL,       NUMBER(UNIT_MS, beat_ms)},
    {.name = NULL},
};
/* clang-format on */

static_assert(sizeof(spec_keys) / sizeof(spec_keys[0]) == SPEC_KEYS, "SPEC_KEYS counts the rows");

int spec_key_find(const char *name)
{
    for (int i = 0; spec_keys[i].name; i++) {
        if (strcmp(spec_keys[i].name, name) == 0)
            return i;
    }
    return -1;
}

/* One past the position of `word` in the list, or 0. */
static uint8_t word_index(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0)
            return (uint8_t)(i + 1);
    }
    return 0;
}

static int write_codec(uint8_t *out, const char *value, const struct complaint *c)
{
    for (int codec = CODEC_OPUS; codec <= CODEC_WEBP; codec++) {
        if (strcmp(codec_name((uint8_t)codec), value) == 0) {
            *out = (uint8_t)codec;
            return 0;
        }
    }
    return complain(c, "codec: '%s' is not opus, aac, h264, avif or webp", value);
}

static int write_profile(uint8_t *out, const char *value, const struct complaint *c)
{
    static const char *const words[] = {"baseline", "main", "high"};
    *out = word_index(words, sizeof(words) / sizeof(words[0]), value);
    return *out ? 0 : complain(c, "profile: '%s' is not baseline, main or high", value);
}

/* 1280x720 into width and the height behind it. */
static int write_box(struct rendition_spec *spec, const char *value, const struct complaint *c)
{
    char text[16];
    const char *x = strchr(value, 'x');
    uint32_t width;
    uint32_t height;
    size_t digits = x ? (size_t)(x - value) : 0;
    if (!x || digits >= sizeof(text))
        return complain(c, "size: '%s' is not like 1280x720", value);
    memcpy(text, value, digits);
    text[digits] = '\0';
    if (number_parse(text, UNIT_COUNT, &width) || number_parse(x + 1, UNIT_COUNT, &height))
        return complain(c, "size: '%s' is not like 1280x720", value);
    if (width > UINT16_MAX || height > UINT16_MAX)
        return complain(c, "size: %s is out of range", value);
    spec->width = (uint16_t)width;
    spec->height = (uint16_t)height;
    return 0;
}

static int write_number(const struct spec_key *key, void *field, const char *value,
                        const struct complaint *c)
{
    uint32_t n;
    int err = number_parse(value, key->unit, &n);
    if (err == -EINVAL)
        return complain(c, "%s: '%s' is not %s", key->name, value, unit_wants(key->unit));
    uint32_t most = UINT32_MAX >> (8 * (4 - key->width));
    if (err || n > most)
        return complain(c, "%s: %s is out of range", key->name, value);
    if (key->width == 1)
        *(uint8_t *)field = (uint8_t)n;
    else if (key->width == 2)
        *(uint16_t *)field = (uint16_t)n;
    else
        *(uint32_t *)field = n;
    return 0;
}

int spec_key_write(const struct spec_key *key, struct rendition_spec *spec, const char *value,
                   const struct complaint *c)
{
    void *field = (char *)spec + key->offset;
    switch (key->type) {
    case SPEC_NUMBER: return write_number(key, field, value, c);
    case SPEC_CODEC: return write_codec(field, value, c);
    case SPEC_PROFILE: return write_profile(field, value, c);
    case SPEC_BOX: return write_box(spec, value, c);
    case SPEC_BOOL:
        return bool_parse(value, field) ? complain(c, "%s: '%s' is not yes or no", key->name, value)
                                        : 0;
    }
    return -EINVAL;
}
