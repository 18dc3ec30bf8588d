#include <errno.h>
#include <stdlib.h>

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>

#include "codec/avcc.h"
#include "codec/encoder.h"
#include "server/base/bytes.h"

enum { CONFIG_MAX = 1024 };

struct h264_video {
    struct encoder base;
    AVCodecContext *ctx;
    AVPacket *packet;
    uint8_t *out; /* the access unit as AVCC */
    size_t room;
    bool has_config;
};

static void h264_close(struct encoder *e)
{
    struct h264_video *h = (struct h264_video *)e;
    avcodec_free_context(&h->ctx);
    av_packet_free(&h->packet);
    free(h->out);
    free(h);
}

static const char *profile_name(uint8_t profile)
{
    switch ((enum h264_profile)profile) {
    case H264_BASELINE: return "baseline";
    case H264_MAIN: return "main";
    case H264_HIGH: break;
    }
    return "high";
}

static void rate_set(AVCodecContext *c, const struct rendition_spec *spec)
{
    c->rc_max_rate = spec->maxrate_bps;
    c->rc_buffer_size = (int)spec->bufsize_bits;
    if (spec->crf) {
        av_opt_set_double(c->priv_data, "crf", spec->crf, 0);
        c->refs = 2; /* slides: the page before last often comes back */
    } else {
        c->bit_rate = spec->bitrate_bps;
        c->refs = 1;
    }
}

static void shape_set(AVCodecContext *c, const AVFrame *first)
{
    c->width = first->width;
    c->height = first->height;
    c->pix_fmt = AV_PIX_FMT_YUV420P;
    c->sample_aspect_ratio = (AVRational){1, 1};
    c->color_range = AVCOL_RANGE_MPEG;
    c->colorspace = first->colorspace;
    c->color_primaries = first->color_primaries;
    c->color_trc = first->color_trc;
}

static int settings_apply(AVCodecContext *c, const struct rendition_spec *spec)
{
    c->time_base = (AVRational){1, 1000};
    c->framerate = (AVRational){spec->fps, 1};
    c->gop_size = (int)((uint32_t)spec->gop_ms * spec->fps / 1000);
    if (c->gop_size < 1)
        c->gop_size = 1;
    c->max_b_frames = 0;
    c->thread_count = 1;
    c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    /* zerolatency: without it veryfast holds ten frames back, 2 s at 5 fps. */
    int err = av_opt_set(c->priv_data, "preset", "veryfast", 0);
    if (!err)
        err = av_opt_set(c->priv_data, "tune", "zerolatency", 0);
    if (!err)
        err = av_opt_set(c->priv_data, "profile", profile_name(spec->profile), 0);
    return err ? err : av_opt_set_int(c->priv_data, "forced-idr", 1, 0);
}

static int h264_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    if (!codec)
        return -ENOSYS;
    struct h264_video *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->ctx = avcodec_alloc_context3(codec);
    h->packet = av_packet_alloc();
    int err = h->ctx && h->packet ? settings_apply(h->ctx, spec) : -ENOMEM;
    if (!err) {
        rate_set(h->ctx, spec);
        shape_set(h->ctx, first);
        err = avcodec_open2(h->ctx, codec, NULL);
    }
    if (err) {
        h264_close(&h->base);
        return err;
    }
    *out = &h->base;
    return 0;
}

static int config_emit(struct h264_video *h, uint32_t pts_ms)
{
    uint8_t head[4], config[CONFIG_MAX];
    put_u16(put_u16(head, (uint16_t)h->ctx->width), (uint16_t)h->ctx->height);
    if (!h->ctx->extradata)
        return -EINVAL;
    int len =
        avcc_config(config, sizeof(config), h->ctx->extradata, (size_t)h->ctx->extradata_size);
    if (len < 0)
        return len;
    h->has_config = true;
    return h->base.emit(h->base.arg, &(struct unit){.kind = WIRE_CONFIG,
                                                    .pts_ms = pts_ms,
                                                    .head = head,
                                                    .head_len = sizeof(head),
                                                    .data = config,
                                                    .len = (size_t)len});
}

static int room_make(struct h264_video *h, size_t len)
{
    if (h->room >= len)
        return 0;
    uint8_t *out = realloc(h->out, len);
    if (!out)
        return -ENOMEM;
    h->out = out;
    h->room = len;
    return 0;
}

static int packet_emit(struct h264_video *h)
{
    const AVPacket *p = h->packet;
    uint32_t pts_ms = (uint32_t)p->pts;
    int err = h->has_config ? 0 : config_emit(h, pts_ms);
    if (!err)
        err = room_make(h, avcc_bound((size_t)p->size));
    if (err)
        return err;
    size_t len = avcc_from_annexb(h->out, p->data, (size_t)p->size);
    if (!len)
        return 0;
    enum wire_kind kind = p->flags & AV_PKT_FLAG_KEY ? WIRE_KEYFRAME : WIRE_DELTA;
    return h->base.emit(h->base.arg,
                        &(struct unit){.kind = kind, .pts_ms = pts_ms, .data = h->out, .len = len});
}

static int h264_picture(struct encoder *e, AVFrame *picture, const struct picture_order *order)
{
    struct h264_video *h = (struct h264_video *)e;
    picture->pts = order->pts_ms;
    picture->pict_type = order->is_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    int err = avcodec_send_frame(h->ctx, picture);
    while (!err) {
        err = avcodec_receive_packet(h->ctx, h->packet);
        if (err)
            break;
        err = packet_emit(h);
        av_packet_unref(h->packet);
    }
    return err == AVERROR(EAGAIN) ? 0 : err;
}

const struct encoder_kind encode_h264 = {
    .codec = CODEC_H264,
    .open = h264_open,
    .picture = h264_picture,
    .close = h264_close,
};
