#ifndef AIRCLASS_TESTS_UNIT_HUB_MEDIA_H
#define AIRCLASS_TESTS_UNIT_HUB_MEDIA_H

#include "tests/unit/unit.h"

#include <string.h>

#include "codec/wire/wire.h"
#include "server/base/bytes.h"
#include "server/hub/hub.h"
#include "server/ladder/ladder.h"

/* A small ladder, and what its encoders would send, by hand. */
enum { V10, V24, AAC32, AVIF, LOW, HIGH, SPECS };
enum { RUNG_0, RUNG_1, RUNG_STILL, RUNG_LOW, RUNG_HIGH, RUNGS };

static const char media_ladder_text[] =
    "[rendition v10]\ncodec=opus\nbitrate=10k\nframe=60ms\ncomplexity=5\n"
    "[rendition v24]\ncodec=opus\nbitrate=24k\nframe=20ms\ncomplexity=5\n"
    "[rendition aac32]\ncodec=aac\nbitrate=32k\n"
    "[rendition avif]\ncodec=avif\nsize=960x540\nquality=46\n"
    "camera-quality=52\nbeat=12s\n"
    "[rendition low]\ncodec=h264\nsize=640x360\nfps=5\n"
    "profile=main\nbitrate=40k\nmaxrate=40k\nbufsize=80k\n"
    "gop=10s\n"
    "[rendition high]\ncodec=h264\nsize=854x480\nfps=10\n"
    "profile=high\nbitrate=120k\nmaxrate=120k\nbufsize=240k\n"
    "gop=4s\n"
    "[rung R0]\nwire=8k\nbundle=600ms\nvoice=v10 aac32\n"
    "[rung R1]\nwire=11k\nbundle=300ms\nvoice=v10 aac32\n"
    "[rung R2]\nwire=21k\nbundle=300ms\nvoice=v10 aac32\n"
    "picture=avif\n"
    "[rung R4]\nwire=52k\nbundle=300ms\nvoice=v10 aac32\n"
    "camera=low\n"
    "[rung R6]\nwire=140k\nbundle=200ms\nvoice=v24 aac32\n"
    "picture=high\n";

static inline void media_ladder(struct ladder *out)
{
    char error[LADDER_ERROR_MAX] = "";
    if (ladder_parse(out, media_ladder_text, sizeof(media_ladder_text) - 1, "test", error) != 0)
        fail_msg("%s", error);
    assert_int_equal(out->n_specs, SPECS);
    assert_int_equal(out->n_rungs, RUNGS);
}

static inline struct wire_msg media_msg(uint8_t rendition, uint8_t kind, uint32_t pts_ms,
                                        const void *payload, size_t len)
{
    return (struct wire_msg){.type = WIRE_UNIT,
                             .rendition = rendition,
                             .kind = kind,
                             .pts_ms = pts_ms,
                             .len = (uint32_t)len,
                             .payload = payload};
}

static inline int media_give(struct hub *hub, uint8_t rendition, uint8_t kind, uint32_t pts_ms,
                             const void *payload, size_t len)
{
    struct wire_msg m = media_msg(rendition, kind, pts_ms, payload, len);
    return hub_unit(hub, &m);
}

static inline uint32_t media_packet_ms(uint8_t rendition)
{
    return rendition == V10 ? 60 : 20;
}

static inline int media_voice_config(struct hub *hub, uint8_t rendition)
{
    static const uint8_t aac[] = {3, 192, 0, 0, 187, 128, 0x11, 0x88}; /* 960 samples at 48 kHz */
    uint8_t opus[2];
    put_u16(opus, (uint16_t)(media_packet_ms(rendition) * 48));
    return rendition == AAC32 ? media_give(hub, rendition, WIRE_CONFIG, 0, aac, sizeof(aac))
                              : media_give(hub, rendition, WIRE_CONFIG, 0, opus, sizeof(opus));
}

/* `mark`: another one is another encoder. */
static inline int media_video_config(struct hub *hub, uint8_t rendition, uint8_t mark)
{
    const uint8_t config[] = {2, 128, 1, 104, 1, 77, 0, 30, 255, 225, 0, mark};
    return media_give(hub, rendition, WIRE_CONFIG, 0, config, sizeof(config));
}

static inline void media_configs(struct hub *hub)
{
    for (uint8_t i = V10; i <= AAC32; i++)
        assert_int_equal(media_voice_config(hub, i), 0);
    assert_int_equal(media_video_config(hub, LOW, 1), 0);
    assert_int_equal(media_video_config(hub, HIGH, 2), 0);
}

/* Packets of 4 bytes, which hold their own time, from `from_ms` until `to_ms`. */
static inline void media_voice(struct hub *hub, uint8_t rendition, uint32_t from_ms, uint32_t to_ms)
{
    for (uint32_t t = from_ms; (int32_t)(t - to_ms) < 0; t += media_packet_ms(rendition)) {
        uint8_t packet[4];
        put_u32(packet, t);
        assert_int_equal(media_give(hub, rendition, WIRE_PACKET, t, packet, sizeof(packet)), 0);
    }
}

enum { FRAME_MOST = 60000 };

static inline void media_frame(struct hub *hub, uint8_t rendition, uint32_t pts_ms, bool is_key,
                               size_t len)
{
    static uint8_t frame[FRAME_MOST];
    assert_in_range(len, 1, FRAME_MOST);
    uint8_t kind = is_key ? WIRE_KEYFRAME : WIRE_DELTA;
    assert_int_equal(media_give(hub, rendition, kind, pts_ms, frame, len), 0);
}

/* `mark`: another one is another picture. */
static inline int media_still(struct hub *hub, uint32_t pts_ms, uint8_t mark, size_t len)
{
    static uint8_t still[4 + FRAME_MOST];
    assert_in_range(len, 1, FRAME_MOST);
    memset(still, mark, sizeof(still));
    return media_give(hub, AVIF, WIRE_STILL, pts_ms, still, 4 + len);
}

#endif
