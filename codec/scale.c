#include "codec/scale.h"

#include <errno.h>
#include <stdlib.h>

#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

#include "codec/wire/wire.h"

struct output {
    struct size size;
    bool is_fine;
    bool is_fresh; /* made of the present frame */
    uint64_t used; /* which frame wanted it last */
    AVFrame *frame;
    struct SwsContext *sws;
};

struct scaler {
    AVFrame *source; /* borrowed */
    uint64_t frames;
    struct output plain; /* what scaler_normalise() makes */
    struct output outputs[WIRE_RENDITIONS_MAX];
};

int scaler_new(struct scaler **out)
{
    struct scaler *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    *out = s;
    return 0;
}

static void output_release(struct output *o)
{
    av_frame_free(&o->frame);
    sws_freeContext(o->sws);
    *o = (struct output){0};
}

void scaler_free(struct scaler **scaler)
{
    struct scaler *s = *scaler;
    if (!s)
        return;
    output_release(&s->plain);
    for (size_t i = 0; i < WIRE_RENDITIONS_MAX; i++)
        output_release(&s->outputs[i]);
    free(s);
    *scaler = NULL;
}

void scaler_begin(struct scaler *s, AVFrame *frame)
{
    s->source = frame;
    s->frames++;
    for (size_t i = 0; i < WIRE_RENDITIONS_MAX; i++)
        s->outputs[i].is_fresh = false;
}

bool frame_is_plain(const AVFrame *frame)
{
    switch (frame->format) {
    case AV_PIX_FMT_YUV420P:
    case AV_PIX_FMT_YUVJ420P:
    case AV_PIX_FMT_YUV422P:
    case AV_PIX_FMT_YUVJ422P:
    case AV_PIX_FMT_YUV444P:
    case AV_PIX_FMT_YUVJ444P:
    case AV_PIX_FMT_GRAY8: return true;
    default: return false;
    }
}

static int frame_make(AVFrame **frame, struct size size)
{
    AVFrame *f = av_frame_alloc();
    if (!f)
        return -ENOMEM;
    f->format = AV_PIX_FMT_YUV420P;
    f->width = size.width;
    f->height = size.height;
    int err = av_frame_get_buffer(f, 0);
    if (err) {
        av_frame_free(&f);
        return err;
    }
    *frame = f;
    return 0;
}

/* What a player must know to show the colours right. */
static void colours_copy(AVFrame *to, const AVFrame *from)
{
    to->color_range = AVCOL_RANGE_MPEG;
    to->colorspace = from->colorspace == AVCOL_SPC_RGB ? AVCOL_SPC_BT470BG : from->colorspace;
    to->color_primaries = from->color_primaries;
    to->color_trc = from->color_trc;
    to->chroma_location = AVCHROMA_LOC_LEFT;
    to->sample_aspect_ratio = (AVRational){1, 1};
}

static int output_fill(struct output *o, const AVFrame *from)
{
    if (!o->frame) {
        int err = frame_make(&o->frame, o->size);
        if (err)
            return err;
    }
    /* An encoder may still hold the last picture. */
    int err = av_frame_make_writable(o->frame);
    if (err)
        return err;
    o->sws = sws_getCachedContext(o->sws, from->width, from->height, from->format, o->size.width,
                                  o->size.height, AV_PIX_FMT_YUV420P,
                                  o->is_fine ? SWS_BICUBIC : SWS_BILINEAR, NULL, NULL, NULL);
    if (!o->sws)
        return -ENOMEM;
    colours_copy(o->frame, from);
    o->frame->pts = from->pts;
    int lines = sws_scale(o->sws, (const uint8_t *const *)from->data, from->linesize, 0,
                          from->height, o->frame->data, o->frame->linesize);
    return lines < 0 ? lines : 0;
}

static struct output *output_find(struct scaler *s, struct size size, bool is_fine)
{
    struct output *oldest = &s->outputs[0];
    for (size_t i = 0; i < WIRE_RENDITIONS_MAX; i++) {
        struct output *o = &s->outputs[i];
        if (o->size.width == size.width && o->size.height == size.height && o->is_fine == is_fine)
            return o;
        if (o->used < oldest->used)
            oldest = o;
    }
    output_release(oldest);
    oldest->size = size;
    oldest->is_fine = is_fine;
    return oldest;
}

/* The smallest picture of this frame that is at least as large. */
static const AVFrame *input_for(const struct scaler *s, struct size size)
{
    const AVFrame *best = s->source;
    for (size_t i = 0; i < WIRE_RENDITIONS_MAX; i++) {
        const struct output *o = &s->outputs[i];
        if (o->is_fresh && o->size.width >= size.width && o->size.height >= size.height &&
            o->size.width < best->width)
            best = o->frame;
    }
    return best;
}

int scaler_get(struct scaler *s, struct size size, bool is_fine, AVFrame **out)
{
    AVFrame *source = s->source;
    if (source->width == size.width && source->height == size.height &&
        source->format == AV_PIX_FMT_YUV420P) {
        *out = source;
        return 0;
    }
    struct output *o = output_find(s, size, is_fine);
    o->used = s->frames;
    if (!o->is_fresh) {
        int err = output_fill(o, is_fine ? source : input_for(s, size));
        if (err)
            return err;
        o->is_fresh = true;
    }
    *out = o->frame;
    return 0;
}

int scaler_normalise(struct scaler *s, AVFrame *frame, AVFrame **out)
{
    struct size size = {frame->width & ~1, frame->height & ~1};
    if (s->plain.size.width != size.width || s->plain.size.height != size.height) {
        output_release(&s->plain);
        s->plain.size = size;
    }
    int err = output_fill(&s->plain, frame);
    if (err)
        return err;
    s->plain.frame->sample_aspect_ratio = frame->sample_aspect_ratio;
    *out = s->plain.frame;
    return 0;
}
