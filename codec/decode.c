#include "codec/decode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>
#include <libavutil/mem.h>

enum {
    PIXELS_MAX = 4096 * 2304, /* a 4K screen of either shape: 14 MB a frame, up to 17 of them */
    SAMPLES_MAX = 2048 * 8,   /* a frame's, of all channels together: AAC's longest, with 7.1 */
};

struct decoder {
    AVCodecContext *ctx;
    AVFrame *frame;
    unsigned errors;
    struct size refused;
};

static int config_copy(AVCodecContext *ctx, struct demux_config config)
{
    ctx->extradata = av_mallocz((size_t)config.len + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!ctx->extradata)
        return -ENOMEM;
    memcpy(ctx->extradata, config.data, (size_t)config.len);
    ctx->extradata_size = config.len;
    return 0;
}

void decoder_set_rough(struct decoder *d, bool is_rough)
{
    /* Else only frames that no other refers to, where nothing can add up. */
    d->ctx->skip_loop_filter = is_rough ? AVDISCARD_ALL : AVDISCARD_NONREF;
}

/* libavcodec asks when it has learnt the size, and before it makes tables for it. */
static enum AVPixelFormat format_choose(AVCodecContext *ctx, const enum AVPixelFormat *offered)
{
    struct decoder *d = ctx->opaque;
    if ((int64_t)ctx->coded_width * ctx->coded_height <= PIXELS_MAX)
        return avcodec_default_get_format(ctx, offered);
    d->refused = (struct size){ctx->width, ctx->height};
    return AV_PIX_FMT_NONE;
}

static int context_open(struct decoder *d, const AVCodec *codec, struct demux_config config)
{
    d->ctx = avcodec_alloc_context3(codec);
    if (!d->ctx)
        return -ENOMEM;
    d->ctx->thread_count = 1;
    d->ctx->opaque = d;
    d->ctx->get_format = format_choose;
    d->ctx->max_pixels = PIXELS_MAX;
    d->ctx->max_samples = SAMPLES_MAX;
    d->ctx->pkt_timebase = (AVRational){1, 1000};
    decoder_set_rough(d, false);
    int err = config_copy(d->ctx, config);
    return err ? err : avcodec_open2(d->ctx, codec, NULL);
}

int decoder_new(struct decoder **out, enum demux_track track, struct demux_config config)
{
    const AVCodec *codec =
        avcodec_find_decoder(track == DEMUX_VIDEO ? AV_CODEC_ID_H264 : AV_CODEC_ID_AAC);
    struct decoder *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->frame = av_frame_alloc();
    int err = !codec ? -ENOSYS : d->frame ? context_open(d, codec, config) : -ENOMEM;
    if (err) {
        decoder_free(&d);
        return err;
    }
    *out = d;
    return 0;
}

void decoder_free(struct decoder **decoder)
{
    struct decoder *d = *decoder;
    if (!d)
        return;
    avcodec_free_context(&d->ctx);
    av_frame_free(&d->frame);
    free(d);
    *decoder = NULL;
}

unsigned decoder_errors(const struct decoder *d)
{
    return d->errors;
}

struct size decoder_refused(const struct decoder *d)
{
    return d->refused;
}

static void frames_take(struct decoder *d, decoder_frame_fn *fn, void *arg)
{
    while (avcodec_receive_frame(d->ctx, d->frame) == 0) {
        fn(arg, d->frame);
        av_frame_unref(d->frame);
    }
}

int decoder_push(struct decoder *d, const AVPacket *packet, decoder_frame_fn *fn, void *arg)
{
    int err = avcodec_send_packet(d->ctx, packet);
    if (err == AVERROR(ENOMEM))
        return -ENOMEM;
    if (err < 0)
        d->errors++;
    frames_take(d, fn, arg);
    return 0;
}

void decoder_drain(struct decoder *d, decoder_frame_fn *fn, void *arg)
{
    if (avcodec_send_packet(d->ctx, NULL) == 0)
        frames_take(d, fn, arg);
    avcodec_flush_buffers(d->ctx);
}
