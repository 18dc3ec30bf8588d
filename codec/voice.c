#include "codec/voice.h"

#include <errno.h>
#include <stdlib.h>

#include <libswresample/swresample.h>

#include "codec/decode.h"
#include "codec/level.h"
#include "codec/report.h"
#include "codec/timeline.h"
#include "codec/voice_track.h"
#include "server/base/log.h"

enum { PIECE = 480 };

/* The shape of decoded sound that the resampler was opened for. */
struct shape {
    int rate, format, channels;
};

struct voice {
    struct decoder *decoder;
    unsigned version;
    SwrContext *swr;
    struct shape shape;
    struct timeline timeline;
    uint32_t resume_ms;
    float *samples; /* 48 kHz mono */
    int room;
    struct level level;
    int err; /* of the frame callback */
    size_t n;
    struct voice_track tracks[];
};

int voice_new(struct voice **out, struct link *link, const struct rendition_spec *specs, size_t n)
{
    struct voice *v = calloc(1, sizeof(*v) + n * sizeof(v->tracks[0]));
    if (!v)
        return -ENOMEM;
    v->n = n;
    level_init(&v->level);
    for (size_t i = 0; i < n; i++) {
        v->tracks[i].spec = &specs[i];
        v->tracks[i].outlet = (struct outlet){.link = link, .rendition = (uint8_t)i};
    }
    *out = v;
    return 0;
}

void voice_free(struct voice **voice)
{
    struct voice *v = *voice;
    if (!v)
        return;
    for (size_t i = 0; i < v->n; i++)
        encoder_close(&v->tracks[i].encoder);
    decoder_free(&v->decoder);
    swr_free(&v->swr);
    free(v->samples);
    free(v);
    *voice = NULL;
}

void voice_want(struct voice *v, uint32_t mask)
{
    for (size_t i = 0; i < v->n; i++)
        if (codec_is_voice(v->tracks[i].spec->codec))
            voice_track_want(&v->tracks[i], mask >> i & 1);
}

void voice_resume(struct voice *v, uint32_t pts_ms)
{
    v->resume_ms = pts_ms;
}

static bool is_wanted(const struct voice *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->tracks[i].is_wanted)
            return true;
    return false;
}

static int resampler_open(struct voice *v, const AVFrame *f, struct shape shape)
{
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    AVChannelLayout in = {0};
    swr_free(&v->swr);
    /* A layout without named channels can't be mixed down; take the usual one of that many. */
    int err = 0;
    if (f->ch_layout.order == AV_CHANNEL_ORDER_NATIVE)
        err = av_channel_layout_copy(&in, &f->ch_layout);
    else
        av_channel_layout_default(&in, shape.channels);
    if (!err)
        err = swr_alloc_set_opts2(&v->swr, &mono, AV_SAMPLE_FMT_FLT, VOICE_RATE, &in,
                                  (enum AVSampleFormat)shape.format, shape.rate, 0, NULL);
    if (!err)
        err = swr_init(v->swr);
    av_channel_layout_uninit(&in);
    if (err)
        swr_free(&v->swr);
    else
        v->shape = shape;
    return err;
}

static int resampler_fit(struct voice *v, const AVFrame *f)
{
    struct shape s = {f->sample_rate, f->format, f->ch_layout.nb_channels};
    if (v->swr && s.rate == v->shape.rate && s.format == v->shape.format &&
        s.channels == v->shape.channels)
        return 0;
    if (s.rate <= 0 || s.channels <= 0)
        return -EINVAL;
    return resampler_open(v, f, s);
}

static int room_make(struct voice *v, int n)
{
    if (v->room >= n)
        return 0;
    float *samples = realloc(v->samples, (size_t)n * sizeof(*samples));
    if (!samples)
        return -ENOMEM;
    v->samples = samples;
    v->room = n;
    return 0;
}

static void append_piece(struct voice *v, const float *samples, uint32_t n)
{
    int16_t levelled[PIECE];
    level_push(&v->level, samples, levelled, n);
    for (size_t i = 0; i < v->n; i++)
        voice_track_push(&v->tracks[i], v->timeline.next, levelled, n, v->resume_ms);
    timeline_advance(&v->timeline, n);
}

/* `samples` NULL: silence. What leaves the leveller is LEVEL_DELAY late, 2 ms, which nobody sees on
 * lips. */
static void append(struct voice *v, const float *samples, uint32_t n)
{
    static const float silence[PIECE];
    for (uint32_t take; n > 0; n -= take) {
        take = n < PIECE ? n : PIECE;
        append_piece(v, samples ? samples : silence, take);
        samples = samples ? samples + take : NULL;
    }
}

static void place(struct voice *v, struct timeline_step step, uint32_t n)
{
    if (step.is_restart)
        for (size_t i = 0; i < v->n; i++)
            voice_track_restart(&v->tracks[i]);
    append(v, NULL, step.silence);
    if (step.skip < n)
        append(v, v->samples + step.skip, n - step.skip);
}

static int frame_take(struct voice *v, const AVFrame *f)
{
    int err = resampler_fit(v, f);
    if (!err)
        err = room_make(v, swr_get_out_samples(v->swr, f->nb_samples));
    if (err)
        return err;
    int64_t pts = f->pts != AV_NOPTS_VALUE ? f->pts : f->best_effort_timestamp;
    if (pts < 0 || pts > UINT32_MAX)
        return 0;
    uint32_t pending = (uint32_t)swr_get_delay(v->swr, VOICE_RATE);
    struct timeline_step step = timeline_place(&v->timeline, pts, pending);
    uint8_t *out = (uint8_t *)v->samples;
    int n = swr_convert(v->swr, &out, v->room, (const uint8_t **)f->extended_data, f->nb_samples);
    if (n < 0)
        return n;
    place(v, step, (uint32_t)n);
    return 0;
}

static void on_frame(void *arg, AVFrame *frame)
{
    struct voice *v = arg;
    int err = frame_take(v, frame);
    if (err == -ENOMEM)
        v->err = err;
    else if (err)
        report(LOG_DEBUG, "sound passed over: %s", err_text(err));
}

static int decoder_renew(struct voice *v, struct demux_config config)
{
    if (v->decoder && v->version == config.version)
        return 0;
    decoder_free(&v->decoder);
    v->version = config.version;
    int err = decoder_new(&v->decoder, config);
    return err == -ENOMEM ? err : 0;
}

int voice_push(struct voice *v, const AVPacket *packet, struct demux_config config)
{
    if (!is_wanted(v))
        return 0;
    int err = decoder_renew(v, config);
    if (err || !v->decoder)
        return err;
    err = decoder_push(v->decoder, packet, on_frame, v);
    return err ? err : v->err;
}
