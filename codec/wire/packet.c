#include "codec/wire/packet.h"

#include <errno.h>

#include "server/base/bytes.h"

enum { RATE_MIN = 8000, RATE_MAX = 192000, OPUS_SAMPLES_MAX = 120 * 48 };

static int voice_config_parse(struct packet *p, struct bytes *b)
{
    p->channels = bytes_u8(b);
    p->rate = bytes_u32(b);
    bool is_sane = p->channels >= 1 && p->channels <= 2 && p->rate >= RATE_MIN &&
                   p->rate <= RATE_MAX && bytes_left(b) == 0;
    return b->bad || !is_sane ? -EPROTO : 0;
}

static int video_config_parse(struct packet *p, struct bytes *b)
{
    p->width = bytes_u16(b);
    p->height = bytes_u16(b);
    p->len = (uint32_t)bytes_left(b);
    p->data = bytes_take(b, p->len);
    bool is_sane = p->width > 0 && p->height > 0 && p->len <= PACKET_DESCRIPTION_MAX &&
                   (p->len > 0 || p->codec != PACKET_H264);
    return b->bad || !is_sane ? -EPROTO : 0;
}

static int media_parse(struct packet *p, struct bytes *b)
{
    p->len = (uint32_t)bytes_left(b);
    p->data = bytes_take(b, p->len);
    if (b->bad || p->len == 0 || p->kind > PACKET_DELTA)
        return -EPROTO;
    if (!packet_is_voice(p->codec))
        return 0;
    return p->kind == PACKET_KEY && p->len <= PACKET_VOICE_MAX ? 0 : -EPROTO;
}

int packet_parse(struct packet *out, const void *bytes, size_t len)
{
    struct bytes b = bytes_of(bytes, len);
    struct packet p = {.codec = bytes_u8(&b)};
    p.kind = bytes_u8(&b);
    if (b.bad || p.codec < PACKET_OPUS || p.codec > PACKET_AV1)
        return -EPROTO;
    int err;
    if (p.kind != PACKET_CONFIG)
        err = media_parse(&p, &b);
    else
        err = packet_is_voice(p.codec) ? voice_config_parse(&p, &b) : video_config_parse(&p, &b);
    if (!err)
        *out = p;
    return err;
}

void packet_write_head(uint8_t out[PACKET_HEAD], uint8_t codec, uint8_t kind)
{
    put_u8(put_u8(out, codec), kind);
}

void packet_write_voice_config(uint8_t out[PACKET_VOICE_CONFIG], uint8_t channels, uint32_t rate)
{
    packet_write_head(out, PACKET_OPUS, PACKET_CONFIG);
    put_u32(put_u8(out + PACKET_HEAD, channels), rate);
}

void packet_write_video_config(uint8_t out[PACKET_VIDEO_CONFIG], uint8_t codec, uint16_t width,
                               uint16_t height)
{
    packet_write_head(out, codec, PACKET_CONFIG);
    put_u16(put_u16(out + PACKET_HEAD, width), height);
}

/* Of one frame, by the upper five bits of the first byte: RFC 6716, table 2. */
static uint32_t opus_frame_samples(uint8_t config)
{
    static const uint16_t silk[] = {480, 960, 1920, 2880};
    if (config < 12)
        return silk[config % 4];
    if (config < 16)
        return config % 2 ? 960 : 480;
    return 120u << config % 4;
}

uint32_t packet_opus_samples(const void *packet, size_t len)
{
    struct bytes b = bytes_of(packet, len);
    uint8_t toc = bytes_u8(&b);
    uint32_t frames = toc % 4 == 0 ? 1 : 2;
    if (toc % 4 == 3)
        frames = bytes_u8(&b) & 63;
    uint32_t samples = frames * opus_frame_samples(toc >> 3);
    return b.bad || samples > OPUS_SAMPLES_MAX ? 0 : samples;
}
