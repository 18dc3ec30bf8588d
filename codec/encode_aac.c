#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libswresample/swresample.h>

#include "codec/encoder.h"
#include "codec/timeline.h"
#include "server/base/bytes.h"

/*
 * AAC-LC for TVs and iPhones, at 32 kHz: at 32 kbit/s the upper 8 kHz of 48 kHz would only take
 * bits from speech, and a frame of 1,024 samples lasts 32 ms exactly, so that packets sit on whole
 * milliseconds of the session clock.
 */

enum {
    AAC_RATE = 32000,
    AAC_FRAME = 1024,
    AAC_STEP = AAC_FRAME * 3 / 2, /* at 48 kHz */
    CONFIG_MAX = 64,
};

struct aac_voice {
    struct encoder base;
    AVCodecContext *ctx;
    SwrContext *swr;
    AVFrame *frame; /* being filled */
    AVPacket *packet;
    int filled;
    bool has_config;
    uint32_t first_pts_ms;
    uint64_t packets;
};

static void aac_close(struct encoder *e)
{
    struct aac_voice *a = (struct aac_voice *)e;
    avcodec_free_context(&a->ctx);
    swr_free(&a->swr);
    av_frame_free(&a->frame);
    av_packet_free(&a->packet);
    free(a);
}

static int codec_open(struct aac_voice *a, const struct rendition_spec *spec)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("aac");
    if (!codec)
        return -ENOSYS;
    a->ctx = avcodec_alloc_context3(codec);
    if (!a->ctx)
        return -ENOMEM;
    a->ctx->sample_rate = AAC_RATE;
    a->ctx->sample_fmt = AV_SAMPLE_FMT_FLTP;
    a->ctx->bit_rate = spec->bitrate_bps;
    a->ctx->thread_count = 1;
    a->ctx->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_channel_layout_default(&a->ctx->ch_layout, 1);
    int err = avcodec_open2(a->ctx, codec, NULL);
    if (err)
        return err;
    return a->ctx->frame_size == AAC_FRAME && a->ctx->extradata_size <= CONFIG_MAX ? 0 : -EINVAL;
}

static int resampler_open(struct aac_voice *a)
{
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    int err = swr_alloc_set_opts2(&a->swr, &mono, AV_SAMPLE_FMT_FLTP, AAC_RATE, &mono,
                                  AV_SAMPLE_FMT_S16, VOICE_RATE, 0, NULL);
    return err ? err : swr_init(a->swr);
}

static int buffers_new(struct aac_voice *a)
{
    a->packet = av_packet_alloc();
    a->frame = av_frame_alloc();
    if (!a->packet || !a->frame)
        return -ENOMEM;
    a->frame->format = AV_SAMPLE_FMT_FLTP;
    a->frame->sample_rate = AAC_RATE;
    a->frame->nb_samples = AAC_FRAME;
    av_channel_layout_default(&a->frame->ch_layout, 1);
    return av_frame_get_buffer(a->frame, 0);
}

static int aac_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    (void)first;
    struct aac_voice *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    int err = codec_open(a, spec);
    if (!err)
        err = resampler_open(a);
    if (!err)
        err = buffers_new(a);
    if (err) {
        aac_close(&a->base);
        return err;
    }
    a->base.step = AAC_STEP;
    a->base.delay = (uint32_t)a->ctx->initial_padding * 3 / 2;
    *out = &a->base;
    return 0;
}

static int config_emit(struct aac_voice *a)
{
    uint8_t head[6];
    put_u32(put_u16(head, AAC_FRAME), AAC_RATE);
    a->has_config = true;
    return a->base.emit(a->base.arg, &(struct unit){.kind = WIRE_CONFIG,
                                                    .pts_ms = a->first_pts_ms,
                                                    .head = head,
                                                    .head_len = sizeof(head),
                                                    .data = a->ctx->extradata,
                                                    .len = (size_t)a->ctx->extradata_size});
}

static int packet_emit(struct aac_voice *a)
{
    int err = a->has_config ? 0 : config_emit(a);
    if (err)
        return err;
    uint64_t since = a->packets++ * AAC_FRAME * 1000 / AAC_RATE;
    return a->base.emit(a->base.arg, &(struct unit){.kind = WIRE_PACKET,
                                                    .pts_ms = a->first_pts_ms + (uint32_t)since,
                                                    .data = a->packet->data,
                                                    .len = (size_t)a->packet->size});
}

static int frame_encode(struct aac_voice *a)
{
    a->filled = 0;
    int err = avcodec_send_frame(a->ctx, a->frame);
    while (!err) {
        err = avcodec_receive_packet(a->ctx, a->packet);
        if (err)
            break;
        err = packet_emit(a);
        av_packet_unref(a->packet);
    }
    return err == AVERROR(EAGAIN) ? 0 : err;
}

/* Takes what the resampler has until a frame is full. 1: full; 0: it has no more. */
static int frame_fill(struct aac_voice *a, const uint8_t **in, int n)
{
    int err = av_frame_make_writable(a->frame); /* the encoder may hold it */
    if (err)
        return err;
    uint8_t *room = a->frame->data[0] + (size_t)a->filled * sizeof(float);
    int got = swr_convert(a->swr, &room, AAC_FRAME - a->filled, in, n);
    if (got < 0)
        return got;
    a->filled += got;
    return a->filled == AAC_FRAME;
}

static int aac_samples(struct encoder *e, const int16_t *samples, uint32_t pts_ms)
{
    struct aac_voice *a = (struct aac_voice *)e;
    const uint8_t *in = (const uint8_t *)samples;
    if (!a->packets && !a->filled)
        a->first_pts_ms = pts_ms;
    int full = frame_fill(a, &in, AAC_STEP);
    while (full == 1) {
        int err = frame_encode(a);
        full = err ? err : frame_fill(a, NULL, 0);
    }
    return full;
}

const struct encoder_kind encode_aac = {
    .codec = CODEC_AAC,
    .open = aac_open,
    .samples = aac_samples,
    .close = aac_close,
};
