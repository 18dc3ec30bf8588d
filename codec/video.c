#include "codec/video.h"

#include "codec/report.h"

void video_release(struct video *v)
{
    encoder_close(&v->encoder);
}

void video_want(struct video *v, bool is_wanted)
{
    if (is_wanted == v->is_wanted)
        return;
    v->is_wanted = is_wanted;
    v->is_broken = false;
    v->is_key_owed = false;
    v->slot = 0;
    encoder_close(&v->encoder);
}

void video_key(struct video *v)
{
    v->is_key_owed = true;
    v->slot = 0; /* the very next picture */
}

bool video_is_due(const struct video *v, uint32_t pts_ms)
{
    if (!v->is_wanted || v->is_broken)
        return false;
    uint64_t slot = slot_of(pts_ms, v->spec->fps);
    /* A slot far ahead means that time has jumped back. */
    return slot >= v->slot || v->slot - slot > v->spec->fps;
}

static int colours_of(const AVFrame *f)
{
    return (int)f->colorspace | (int)f->color_primaries << 8 | (int)f->color_trc << 16;
}

/* A source that changed its shape needs a new encoder, with a new configuration. */
static int encoder_fit(struct video *v, const AVFrame *picture)
{
    bool fits = v->size.width == picture->width && v->size.height == picture->height &&
                v->colours == colours_of(picture);
    if (v->encoder && fits)
        return 0;
    encoder_close(&v->encoder);
    v->size = (struct size){picture->width, picture->height};
    v->colours = colours_of(picture);
    return encoder_open(&v->encoder, v->spec, picture, outlet_emit, &v->outlet);
}

static int encode(struct video *v, struct scaler *scaler, struct size size, uint32_t pts_ms)
{
    AVFrame *picture;
    int err = scaler_get(scaler, size, false, &picture);
    if (!err)
        err = encoder_fit(v, picture);
    if (err)
        return err;
    struct picture_order order = {.pts_ms = pts_ms, .is_key = v->is_key_owed};
    v->is_key_owed = false;
    return v->encoder->kind->picture(v->encoder, picture, &order);
}

void video_frame(struct video *v, struct scaler *scaler, struct size size, uint32_t pts_ms)
{
    int err = encode(v, scaler, size, pts_ms);
    v->slot = slot_of(pts_ms, v->spec->fps) + 1;
    if (!err)
        return;
    report(LOG_WARN, "%s: encoder failed: %s", v->spec->name, err_text(err));
    encoder_close(&v->encoder);
    v->is_broken = true; /* until somebody wants it anew */
}
