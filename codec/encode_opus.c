#include <errno.h>
#include <stdlib.h>

#include <opus.h>

#include "codec/encoder.h"
#include "codec/timeline.h"
#include "server/base/bytes.h"

/*
 * libopus directly: FFmpeg 5.1's wrapper has no switch for DTX.
 */

enum {
    PACKET_MAX = 1275,
    /* Below this, full band costs speech more than it gives: libopus would go hybrid at 16k. */
    WIDEBAND_BELOW_BPS = 20000,
};

struct opus_voice {
    struct encoder base;
    OpusEncoder *opus;
    bool has_config;
};

static void opus_close(struct encoder *e)
{
    struct opus_voice *o = (struct opus_voice *)e;
    if (o->opus)
        opus_encoder_destroy(o->opus);
    free(o);
}

static int settings_apply(OpusEncoder *opus, const struct rendition_spec *spec)
{
    int err = opus_encoder_ctl(opus, OPUS_SET_BITRATE((opus_int32)spec->bitrate_bps));
    err |= opus_encoder_ctl(opus, OPUS_SET_VBR(1));
    err |= opus_encoder_ctl(opus, OPUS_SET_VBR_CONSTRAINT(1));
    err |= opus_encoder_ctl(opus, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    err |= opus_encoder_ctl(opus, OPUS_SET_COMPLEXITY(spec->complexity));
    err |= opus_encoder_ctl(opus, OPUS_SET_DTX(spec->dtx));
    if (spec->bitrate_bps < WIDEBAND_BELOW_BPS)
        err |= opus_encoder_ctl(opus, OPUS_SET_MAX_BANDWIDTH(OPUS_BANDWIDTH_WIDEBAND));
    return err == OPUS_OK ? 0 : -EINVAL;
}

static int opus_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    (void)first;
    struct opus_voice *o = calloc(1, sizeof(*o));
    if (!o)
        return -ENOMEM;
    int code = OPUS_OK;
    o->opus = opus_encoder_create(VOICE_RATE, 1, OPUS_APPLICATION_VOIP, &code);
    int err = o->opus ? settings_apply(o->opus, spec) : -ENOMEM;
    opus_int32 delay = 0;
    if (!err && opus_encoder_ctl(o->opus, OPUS_GET_LOOKAHEAD(&delay)) != OPUS_OK)
        err = -EINVAL;
    if (err) {
        opus_close(&o->base);
        return err;
    }
    o->base.step = (uint32_t)spec->frame_ms * VOICE_PER_MS;
    o->base.delay = (uint32_t)delay;
    *out = &o->base;
    return 0;
}

static int config_emit(struct opus_voice *o, uint32_t pts_ms)
{
    uint8_t config[2];
    put_u16(config, (uint16_t)o->base.step);
    o->has_config = true;
    return o->base.emit(o->base.arg, &(struct unit){.kind = WIRE_CONFIG,
                                                    .pts_ms = pts_ms,
                                                    .data = config,
                                                    .len = sizeof(config)});
}

static int opus_samples(struct encoder *e, const int16_t *samples, uint32_t pts_ms)
{
    struct opus_voice *o = (struct opus_voice *)e;
    uint8_t packet[PACKET_MAX];
    opus_int32 len = opus_encode(o->opus, samples, (int)e->step, packet, sizeof(packet));
    if (len < 0)
        return -EIO;
    int err = o->has_config ? 0 : config_emit(o, pts_ms);
    /* A packet of one or two bytes is DTX at work; it goes out like any other, so that time stays
     * unbroken for whoever counts packets. */
    return err ? err
               : e->emit(e->arg, &(struct unit){.kind = WIRE_PACKET,
                                                .pts_ms = pts_ms,
                                                .data = packet,
                                                .len = (size_t)len});
}

const struct encoder_kind encode_opus = {
    .codec = CODEC_OPUS,
    .open = opus_open,
    .samples = opus_samples,
    .close = opus_close,
};
