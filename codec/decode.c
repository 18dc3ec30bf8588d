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
    AVCodecContext *ctx; /* NULL: refused from the start */
    AVFrame *frame;
    struct size refused;
};

/* Which of libavcodec's we use. */
static const struct {
    enum AVCodecID codec;
    const char *name;
} decoders[] = {
    {AV_CODEC_ID_H264, "h264"    },
    {AV_CODEC_ID_VP8,  "vp8"     },
    {AV_CODEC_ID_VP9,  "vp9"     },
    {AV_CODEC_ID_AV1,  "libdav1d"},
    {AV_CODEC_ID_AAC,  "aac"     },
    {AV_CODEC_ID_OPUS, "libopus" },
};

static const AVCodec *decoder_find(enum AVCodecID codec)
{
    for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++)
        if (decoders[i].codec == codec)
            return avcodec_find_decoder_by_name(decoders[i].name);
    return NULL;
}

static int config_copy(AVCodecContext *ctx, struct demux_config config)
{
    if (config.len == 0)
        return 0;
    ctx->extradata = av_mallocz((size_t)config.len + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!ctx->extradata)
        return -ENOMEM;
    memcpy(ctx->extradata, config.data, (size_t)config.len);
    ctx->extradata_size = config.len;
    return 0;
}

void decoder_set_rough(struct decoder *d, bool is_rough)
{
    if (!d->ctx)
        return;
    /* Else only frames that no other refers to, where nothing can add up. */
    d->ctx->skip_loop_filter = is_rough ? AVDISCARD_ALL : AVDISCARD_NONREF;
}

static bool is_too_large(int64_t width, int64_t height)
{
    return width * height > PIXELS_MAX;
}

/* libavcodec asks when it has learnt the size, and before it makes tables for it. */
static enum AVPixelFormat format_choose(AVCodecContext *ctx, const enum AVPixelFormat *offered)
{
    struct decoder *d = ctx->opaque;
    if (!is_too_large(ctx->coded_width, ctx->coded_height))
        return avcodec_default_get_format(ctx, offered);
    d->refused = (struct size){ctx->width, ctx->height};
    return AV_PIX_FMT_NONE;
}

static int context_open(struct decoder *d, struct demux_config config)
{
    const AVCodec *codec = decoder_find(config.codec);
    if (!codec)
        return -ENOSYS;
    d->ctx = avcodec_alloc_context3(codec);
    if (!d->ctx)
        return -ENOMEM;
    d->ctx->thread_count = 1;
    d->ctx->opaque = d;
    d->ctx->get_format = format_choose;
    d->ctx->max_pixels = PIXELS_MAX;
    d->ctx->max_samples = SAMPLES_MAX;
    d->ctx->pkt_timebase = (AVRational){1, 1000};
    d->ctx->request_sample_fmt = AV_SAMPLE_FMT_FLT;
    if (config.channels)
        av_channel_layout_default(&d->ctx->ch_layout, config.channels);
    decoder_set_rough(d, false);
    int err = config_copy(d->ctx, config);
    return err ? err : avcodec_open2(d->ctx, codec, NULL);
}

int decoder_new(struct decoder **out, struct demux_config config)
{
    struct decoder *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    int err = 0;
    d->frame = av_frame_alloc();
    if (!d->frame)
        err = -ENOMEM;
    else if (is_too_large(config.size.width, config.size.height))
        d->refused = config.size;
    else
        err = context_open(d, config);
    if (err) {
        decoder_free(&d);
        return err;
    }
    *out = d;
    return 0;
}

int decoders_warm_up(void)
{
    int err = 0;
    for (size_t i = 0; !err && i < sizeof(decoders) / sizeof(decoders[0]); i++) {
        struct decoder *d = NULL;
        err = decoder_new(&d, (struct demux_config){.codec = decoders[i].codec, .channels = 1});
        decoder_free(&d);
    }
    return err;
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
    if (!d->ctx)
        return 0;
    int err = avcodec_send_packet(d->ctx, packet);
    if (err == AVERROR(ENOMEM))
        return -ENOMEM;
    frames_take(d, fn, arg);
    return 0;
}

void decoder_drain(struct decoder *d, decoder_frame_fn *fn, void *arg)
{
    if (!d->ctx)
        return;
    if (avcodec_send_packet(d->ctx, NULL) == 0)
        frames_take(d, fn, arg);
    avcodec_flush_buffers(d->ctx);
}
