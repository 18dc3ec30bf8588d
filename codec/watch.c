#include "codec/watch.h"

#include <errno.h>
#include <stdlib.h>

#include "codec/decode.h"
#include "codec/gop.h"

enum {
    KEY_DISTANCE_MS = 4000,
    KEY_LATE_MS = 500,
    FPS_WINDOW_MS = 2000,
    SPIKE_TIMES = 4,
    SPIKE_BYTES = 1000,   /* a pointer on a slide costs 100 to 500 a frame, a new page 20,000 */
    ROUGH_MILLIBITS = 45, /* per pixel: 720p25 at 1 Mbit/s; at half of it 39 dB are left of 47 */
    HOPELESS = 60,        /* packets decoded without a picture coming of them */
};

/* Where keyframes and pictures lie in time. */
struct rhythm {
    bool has_key, has_distance;
    int64_t key_ms, distance_ms, now_ms;
    int64_t window_ms; /* start of the window in which pictures are counted */
    unsigned counted;
    uint64_t window_bytes, bytes_s; /* of which per second */
    uint16_t fps100;
    unsigned usual_size; /* of packets that are no keyframes */
    bool is_spike;
};

struct watch {
    watch_frame_fn *fn;
    void *arg;
    enum watch_mode mode;
    struct decoder *decoder;
    unsigned version; /* of the configuration the decoder was opened with */
    struct gop gop;
    struct rhythm rhythm;
    AVFrame *held;  /* while catching up: the newest frame */
    unsigned tried; /* packets of this configuration */
    bool has_pictures, has_told, may_be_rough, lacks_key;
    uint64_t pixels; /* of the last picture */
    struct size too_large;
};

int watch_new(struct watch **out, watch_frame_fn *fn, void *arg)
{
    struct watch *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->fn = fn;
    w->arg = arg;
    w->held = av_frame_alloc();
    if (!w->held) {
        watch_free(&w);
        return -ENOMEM;
    }
    gop_break(&w->gop);
    *out = w;
    return 0;
}

void watch_free(struct watch **watch)
{
    struct watch *w = *watch;
    if (!w)
        return;
    gop_clear(&w->gop);
    decoder_free(&w->decoder);
    av_frame_free(&w->held);
    free(w);
    *watch = NULL;
}

uint16_t watch_fps100(const struct watch *w)
{
    return w->rhythm.fps100;
}

bool watch_saw_spike(const struct watch *w)
{
    return w->rhythm.is_spike;
}

bool watch_lacks_key(const struct watch *w)
{
    return w->lacks_key;
}

bool watch_is_too_large(struct watch *w, struct size *out)
{
    struct size size = w->decoder ? decoder_refused(w->decoder) : (struct size){0};
    if (!size.width || (size.width == w->too_large.width && size.height == w->too_large.height))
        return false;
    *out = w->too_large = size;
    w->has_told = true;
    return true;
}

bool watch_is_hopeless(struct watch *w)
{
    if (w->has_told || w->has_pictures || w->tried < HOPELESS)
        return false;
    w->has_told = true;
    return true;
}

static void key_note(struct rhythm *r, int64_t dts_ms)
{
    if (r->has_key) {
        r->distance_ms = dts_ms - r->key_ms;
        r->has_distance = true;
    }
    r->key_ms = dts_ms;
    r->has_key = true;
}

static void rate_note(struct rhythm *r, int64_t dts_ms, unsigned size)
{
    int64_t span = dts_ms - r->window_ms;
    if (span < 0 || span > FPS_WINDOW_MS + FPS_WINDOW_MS) {
        r->window_ms = dts_ms;
        r->counted = 0;
        r->window_bytes = 0;
    } else if (span >= FPS_WINDOW_MS) {
        r->fps100 = (uint16_t)(r->counted * 100000 / (unsigned)span);
        r->bytes_s = r->window_bytes * 1000 / (uint64_t)span;
        r->window_ms = dts_ms;
        r->counted = 0;
        r->window_bytes = 0;
    }
    r->counted++;
    r->window_bytes += size;
}

static void rhythm_note(struct rhythm *r, const AVPacket *p)
{
    unsigned size = (unsigned)p->size;
    bool is_key = p->flags & AV_PKT_FLAG_KEY;
    r->now_ms = p->dts;
    rate_note(r, p->dts, size);
    r->is_spike = !is_key && r->usual_size && size > SPIKE_TIMES * r->usual_size + SPIKE_BYTES;
    if (is_key)
        key_note(r, p->dts);
    else
        r->usual_size = r->usual_size ? (7 * r->usual_size + size) / 8 : size + 1;
}

static bool are_keys_frequent(const struct rhythm *r)
{
    return r->has_distance && r->distance_ms <= KEY_DISTANCE_MS &&
           r->now_ms - r->key_ms <= KEY_DISTANCE_MS + KEY_LATE_MS;
}

static void frame_show(void *arg, AVFrame *frame)
{
    struct watch *w = arg;
    w->has_pictures = true;
    w->too_large = (struct size){0};
    w->pixels = (uint64_t)frame->width * (uint64_t)frame->height;
    if (frame->pts == AV_NOPTS_VALUE)
        frame->pts = frame->best_effort_timestamp;
    if (frame->pts >= 0 && frame->pts <= UINT32_MAX)
        w->fn(w->arg, frame);
}

static void frame_hold(void *arg, AVFrame *frame)
{
    struct watch *w = arg;
    av_frame_unref(w->held);
    av_frame_move_ref(w->held, frame);
}

/* Decodes what was left out; only the newest picture of it is shown. */
static void catch_up(struct watch *w)
{
    for (size_t i = 0; i < w->gop.n; i++)
        (void)decoder_push(w->decoder, w->gop.packets[i], frame_hold, w);
    gop_clear(&w->gop);
    if (w->held->buf[0])
        frame_show(w, w->held);
    av_frame_unref(w->held);
}

static bool is_rough_enough(const struct watch *w)
{
    const struct rhythm *r = &w->rhythm;
    uint64_t pixels_s = w->pixels * r->fps100 / 100;
    return w->may_be_rough && pixels_s && are_keys_frequent(r) &&
           r->bytes_s * 8 * 1000 / pixels_s >= ROUGH_MILLIBITS;
}

void watch_allow_rough(struct watch *w, bool is_allowed)
{
    w->may_be_rough = is_allowed;
}

static enum watch_mode effective(const struct watch *w, bool may_skip)
{
    if (may_skip)
        return WATCH_NOTHING;
    if (w->mode == WATCH_KEYFRAMES && !are_keys_frequent(&w->rhythm))
        return WATCH_ALL;
    return w->mode;
}

void watch_set_mode(struct watch *w, enum watch_mode mode)
{
    bool is_new = mode != w->mode;
    w->mode = mode;
    /* A keyframe alone is shown by itself in WATCH_KEYFRAMES; whoever begins to look at stills
     * wants the present picture, too. */
    bool wants_now = mode == WATCH_ALL || mode == WATCH_KEYFRAMES;
    if (is_new && wants_now && w->decoder && !w->gop.is_broken && w->gop.n > 0)
        catch_up(w);
}

static int decoder_renew(struct watch *w, struct demux_config config)
{
    if (w->decoder && w->version == config.version)
        return 0;
    decoder_free(&w->decoder);
    gop_break(&w->gop);
    w->rhythm = (struct rhythm){0};
    w->has_pictures = w->has_told = false;
    w->too_large = (struct size){0};
    w->tried = 0;
    w->version = config.version;
    int err = decoder_new(&w->decoder, config);
    return err == -ENOMEM ? err : 0; /* a bad configuration: perhaps the next is better */
}

/* A keyframe by itself. What follows can't build on it: the decoder has been emptied so that it
 * does not hold the picture back for reordering; the gop has it for catching up. */
static int show_keyframe(struct watch *w, const AVPacket *packet)
{
    gop_push(&w->gop, packet);
    decoder_drain(w->decoder, frame_hold, w);
    av_frame_unref(w->held);
    decoder_set_rough(w->decoder, false);
    w->tried++;
    int err = decoder_push(w->decoder, packet, frame_show, w);
    decoder_drain(w->decoder, frame_show, w);
    return err;
}

static int show_all(struct watch *w, const AVPacket *packet)
{
    bool is_key = packet->flags & AV_PKT_FLAG_KEY;
    w->lacks_key = !is_key && w->gop.is_broken;
    if (w->lacks_key)
        return 0;
    if (is_key)
        gop_clear(&w->gop);
    else if (w->gop.n > 0)
        catch_up(w);
    /* Rough from a keyframe on, so that it is the same all through; fine again at once. */
    if (is_key || !w->may_be_rough)
        decoder_set_rough(w->decoder, is_rough_enough(w));
    w->tried++;
    return decoder_push(w->decoder, packet, frame_show, w);
}

int watch_push(struct watch *w, const AVPacket *packet, struct demux_config config, bool may_skip)
{
    int err = decoder_renew(w, config);
    if (err || !w->decoder)
        return err;
    rhythm_note(&w->rhythm, packet);
    switch (effective(w, may_skip)) {
    case WATCH_ALL: return show_all(w, packet);
    case WATCH_KEYFRAMES:
        if (packet->flags & AV_PKT_FLAG_KEY)
            return show_keyframe(w, packet);
        break;
    case WATCH_NOTHING: break;
    }
    gop_push(&w->gop, packet);
    return 0;
}
