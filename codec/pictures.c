#include "codec/pictures.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/classify.h"
#include "codec/report.h"
#include "codec/scale.h"
#include "codec/still.h"
#include "codec/video.h"
#include "codec/watch.h"
#include "server/base/bytes.h"

enum {
    SAMPLE_MS = 200,     /* between thumbnails */
    LOOK_MS = 1500,      /* how long all is decoded after a packet that promises something new */
    ROUGH_PERCENT = 80,  /* of the source's width, at most, for rough decoding */
    FPS_TOLERANCE = 10,  /* per cent; a source's rate wobbles */
    ASK_AGAIN_MS = 1000, /* for a keyframe that has not come */
};

/* What WIRE_SOURCE says. */
struct source {
    enum wire_content content;
    int width, height;
    unsigned fps100;
};

struct pictures {
    struct link *link;
    struct watch *watch;
    struct scaler *scaler;
    struct classify classify;
    enum wire_content hint; /* UNKNOWN: none */
    struct thumb thumb;
    struct source told;
    bool has_told, has_sample;
    unsigned too_large; /* version of the configuration that was told to be */
    uint32_t sample_ms;
    uint32_t resume_ms;
    int64_t look_until_ms, ask_again_ms;
    enum backlog_state backlog;
    const struct rendition_spec *specs;
    size_t n;
    struct video videos[WIRE_RENDITIONS_MAX]; /* by rendition; those of another kind lie unused */
    struct still stills[WIRE_RENDITIONS_MAX];
    uint8_t by_size[WIRE_RENDITIONS_MAX]; /* the largest first, so that others are scaled from it */
};

static bool is_video(const struct pictures *p, size_t i)
{
    return p->specs[i].codec == CODEC_H264;
}

static bool is_still(const struct pictures *p, size_t i)
{
    return codec_is_still(p->specs[i].codec);
}

static void order_by_size(struct pictures *p)
{
    for (size_t i = 0; i < p->n; i++) {
        size_t at = i;
        for (; at > 0 && p->specs[p->by_size[at - 1]].width < p->specs[i].width; at--)
            p->by_size[at] = p->by_size[at - 1];
        p->by_size[at] = (uint8_t)i;
    }
}

static void on_frame(void *arg, AVFrame *frame);

int pictures_new(struct pictures **out, struct link *link, const struct rendition_spec *specs,
                 size_t n)
{
    struct pictures *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->link = link;
    p->specs = specs;
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        struct outlet outlet = {.link = link, .rendition = (uint8_t)i};
        p->videos[i] = (struct video){.spec = &specs[i], .outlet = outlet};
        p->stills[i] = (struct still){.spec = &specs[i], .outlet = outlet};
    }
    order_by_size(p);
    int err = watch_new(&p->watch, on_frame, p);
    if (!err)
        err = scaler_new(&p->scaler);
    if (err) {
        pictures_free(&p);
        return err;
    }
    *out = p;
    return 0;
}

void pictures_free(struct pictures **pictures)
{
    struct pictures *p = *pictures;
    if (!p)
        return;
    for (size_t i = 0; i < p->n; i++) {
        video_release(&p->videos[i]);
        still_release(&p->stills[i]);
    }
    watch_free(&p->watch);
    scaler_free(&p->scaler);
    free(p);
    *pictures = NULL;
}

static enum watch_mode mode_needed(const struct pictures *p, int64_t now_ms)
{
    enum watch_mode mode = WATCH_NOTHING;
    for (size_t i = 0; i < p->n; i++) {
        if (p->videos[i].is_wanted || p->stills[i].is_waiting)
            return WATCH_ALL;
        if (p->stills[i].is_wanted)
            mode = WATCH_KEYFRAMES;
    }
    return mode == WATCH_KEYFRAMES && now_ms < p->look_until_ms ? WATCH_ALL : mode;
}

void pictures_want(struct pictures *p, uint32_t mask)
{
    for (size_t i = 0; i < p->n; i++) {
        if (is_video(p, i))
            video_want(&p->videos[i], mask >> i & 1);
        else if (is_still(p, i))
            still_want(&p->stills[i], mask >> i & 1);
    }
    watch_set_mode(p->watch, mode_needed(p, p->sample_ms));
}

void pictures_key(struct pictures *p, uint8_t i)
{
    if (is_video(p, i))
        video_key(&p->videos[i]);
    else if (is_still(p, i))
        still_key(&p->stills[i]);
}

void pictures_resume(struct pictures *p, uint32_t pts_ms)
{
    p->resume_ms = pts_ms;
}

void pictures_hint(struct pictures *p, enum wire_content content)
{
    p->hint = content;
}

static enum wire_content content_of(const struct pictures *p)
{
    return p->hint != WIRE_CONTENT_UNKNOWN ? p->hint : p->classify.content;
}

/* Whether no wanted picture is so large that rough decoding would show. */
static bool may_be_rough(const struct pictures *p)
{
    if (content_of(p) != WIRE_CONTENT_CAMERA)
        return false;
    for (size_t i = 0; i < p->n; i++)
        if ((p->videos[i].is_wanted || p->stills[i].is_wanted) &&
            p->specs[i].width * 100 > p->told.width * ROUGH_PERCENT)
            return false;
    return true;
}

static bool is_close(unsigned a, unsigned b)
{
    unsigned diff = a > b ? a - b : b - a;
    return diff * 100 <= b * FPS_TOLERANCE;
}

static void source_tell(struct pictures *p, enum wire_content content, struct size size,
                        uint32_t pts_ms)
{
    struct source now = {content, size.width, size.height, watch_fps100(p->watch)};
    if (p->has_told && now.content == p->told.content && now.width == p->told.width &&
        now.height == p->told.height && is_close(now.fps100, p->told.fps100))
        return;
    uint8_t payload[7], *at = put_u8(payload, (uint8_t)now.content);
    at = put_u16(at, (uint16_t)now.width);
    at = put_u16(at, (uint16_t)now.height);
    put_u16(at, (uint16_t)now.fps100);
    (void)link_send(p->link, &(struct link_out){.type = WIRE_SOURCE,
                                                .pts_ms = pts_ms,
                                                .data = payload,
                                                .len = sizeof(payload)});
    p->told = now;
    p->has_told = true;
}

static struct size fit(const AVFrame *f, const struct rendition_spec *spec)
{
    AVRational aspect = f->sample_aspect_ratio;
    return fit_into((struct size){f->width, f->height}, aspect.num, aspect.den,
                    (struct size){spec->width, spec->height});
}

/* Five times a second: what kind of picture is it, and is it worth a still? */
static void sample(struct pictures *p, AVFrame *f, uint32_t pts_ms)
{
    if (p->has_sample && pts_ms >= p->sample_ms && pts_ms - p->sample_ms < SAMPLE_MS)
        return;
    p->sample_ms = pts_ms;
    p->has_sample = true;
    thumb_take(&p->thumb, f->data[0], f->linesize[0], (struct size){f->width, f->height});
    classify_push(&p->classify, &p->thumb, pts_ms);
    if (p->hint == WIRE_CONTENT_UNKNOWN && classify_is_in_doubt(&p->classify))
        p->look_until_ms = (int64_t)pts_ms + LOOK_MS;
    source_tell(p, content_of(p), (struct size){f->width, f->height}, pts_ms);
    if (pts_ms < p->resume_ms)
        return;
    enum wire_content content =
        p->hint != WIRE_CONTENT_UNKNOWN ? p->hint : classify_guess(&p->classify);
    for (size_t i = 0; i < p->n; i++)
        if (is_still(p, i))
            still_frame(&p->stills[i], p->scaler, fit(f, &p->specs[i]), &p->thumb, content, pts_ms);
}

static void encode(struct pictures *p, AVFrame *f, uint32_t pts_ms)
{
    if (pts_ms < p->resume_ms || p->backlog != BACKLOG_NONE)
        return;
    for (size_t k = 0; k < p->n; k++) {
        size_t i = p->by_size[k];
        if (is_video(p, i) && video_is_due(&p->videos[i], pts_ms))
            video_frame(&p->videos[i], p->scaler, fit(f, &p->specs[i]), pts_ms);
    }
}

static void on_frame(void *arg, AVFrame *frame)
{
    struct pictures *p = arg;
    if (frame->width < SIZE_MIN || frame->height < SIZE_MIN)
        return;
    uint32_t pts_ms = (uint32_t)frame->pts;
    if (!frame_is_plain(frame)) {
        int err = scaler_normalise(p->scaler, frame, &frame);
        if (err) {
            report(LOG_WARN, "pictures of an odd format passed over: %s", err_text(err));
            return;
        }
    }
    scaler_begin(p->scaler, frame);
    sample(p, frame, pts_ms);
    encode(p, frame, pts_ms);
}

/* An operator, and the teacher through the session, should know why there is no picture. */
static void complain(struct pictures *p, struct demux_config config, uint32_t pts_ms)
{
    struct size size;
    if (watch_is_too_large(p->watch, &size)) {
        report(LOG_WARN, "the source's pictures of %dx%d are too large", size.width, size.height);
        source_tell(p, WIRE_CONTENT_TOO_LARGE, size, pts_ms);
        p->too_large = config.version;
    } else if (p->told.content == WIRE_CONTENT_TOO_LARGE && p->too_large != config.version) {
        /* Nobody watches, having been told that there is nothing to see: no picture would show it.
         */
        source_tell(p, content_of(p), config.size, pts_ms);
    }
    if (watch_is_hopeless(p->watch))
        report(LOG_WARN, "the source's pictures can't be decoded");
}

/* A source with few keyframes makes one when it is asked. */
static void key_ask(struct pictures *p, int64_t now_ms)
{
    if (!watch_lacks_key(p->watch) || now_ms < p->ask_again_ms)
        return;
    p->ask_again_ms = now_ms + ASK_AGAIN_MS;
    (void)link_send(p->link, &(struct link_out){.type = WIRE_NEED_KEY});
}

int pictures_push(struct pictures *p, const AVPacket *packet, struct demux_config config,
                  enum backlog_state backlog)
{
    p->backlog = backlog;
    watch_set_mode(p->watch, mode_needed(p, packet->dts));
    watch_allow_rough(p->watch, may_be_rough(p));
    int err = watch_push(p->watch, packet, config, backlog == BACKLOG_FAR);
    if (content_of(p) == WIRE_CONTENT_SLIDES && watch_saw_spike(p->watch))
        p->look_until_ms = packet->dts + LOOK_MS;
    key_ask(p, packet->dts);
    complain(p, config, (uint32_t)packet->dts);
    return err;
}
