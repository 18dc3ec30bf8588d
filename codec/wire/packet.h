#ifndef AIRCLASS_CODEC_WIRE_PACKET_H
#define AIRCLASS_CODEC_WIRE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Media as browsers encode it, without a container: one Opus packet, or one access unit of
 * pictures, or the configuration of what follows.
 *
 *     u8 codec · u8 kind · payload
 *
 * | kind   | payload                                                                           |
 * |--------|-----------------------------------------------------------------------------------|
 * | config | of sound: u8 channels (1 or 2) · u32 rate; of pictures: u16 width · u16 height ·  |
 * |        | description (H.264: avcC with 4-byte lengths; AV1: av1C or nothing; else nothing) |
 * | key    | an Opus packet, or an access unit that can be decoded by itself                   |
 * | delta  | an access unit                                                                    |
 *
 * There are no B frames: a packet has one time, which comes with it. A config is in force until the
 * next of its sort, sound or pictures; after one of pictures comes a key.
 */
enum packet_codec { PACKET_OPUS = 1, PACKET_H264, PACKET_VP8, PACKET_VP9, PACKET_AV1 };

enum packet_kind { PACKET_CONFIG, PACKET_KEY, PACKET_DELTA };

enum {
    PACKET_HEAD = 2,
    PACKET_VOICE_CONFIG = PACKET_HEAD + 5,
    PACKET_VIDEO_CONFIG = PACKET_HEAD + 4, /* and a description of at most ... */
    PACKET_DESCRIPTION_MAX = 1024,
    PACKET_VOICE_MAX = 6 * 1275, /* 120 ms at the highest rate of Opus */
};

struct packet {
    uint8_t codec, kind;
    uint8_t channels; /* config of sound */
    uint32_t rate;
    uint16_t width, height; /* config of pictures */
    const uint8_t *data;    /* the description, or the media; borrowed */
    uint32_t len;
};

static inline bool packet_is_voice(uint8_t codec)
{
    return codec == PACKET_OPUS;
}

/* -EPROTO when it is too short, too long, or nothing that is described above. What `data` holds is
 * for the decoder to judge. */
int packet_parse(struct packet *out, const void *bytes, size_t len);

/* What comes before an Opus packet or an access unit. */
void packet_write_head(uint8_t out[PACKET_HEAD], uint8_t codec, uint8_t kind);

/* The whole config of sound, and what comes before the description in one of pictures. */
void packet_write_voice_config(uint8_t out[PACKET_VOICE_CONFIG], uint8_t channels, uint32_t rate);
void packet_write_video_config(uint8_t out[PACKET_VIDEO_CONFIG], uint8_t codec, uint16_t width,
                               uint16_t height);

/* How long an Opus packet lasts, in samples at 48 kHz, by its first bytes (RFC 6716 §3.1): at most
 * 120 ms; 0 when it can't be one. */
uint32_t packet_opus_samples(const void *packet, size_t len);

#endif
