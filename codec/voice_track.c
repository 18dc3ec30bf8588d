#include "codec/voice_track.h"

#include <string.h>

#include "codec/report.h"
#include "codec/timeline.h"

int64_t voice_track_align(int64_t at, uint32_t step, uint32_t delay, int64_t least)
{
    int64_t time = at - delay;
    if (time < least)
        time = least;
    if (time < 0)
        time = 0;
    int64_t packets = (time + step - 1) / step;
    return packets * step + delay;
}

void voice_track_restart(struct voice_track *t)
{
    encoder_close(&t->encoder);
    t->is_aligned = false;
    t->filled = 0;
}

void voice_track_want(struct voice_track *t, bool is_wanted)
{
    if (is_wanted == t->is_wanted)
        return;
    t->is_wanted = is_wanted;
    t->is_broken = false;
    voice_track_restart(t);
}

static void give_up(struct voice_track *t, int err)
{
    report(LOG_WARN, "%s: encoder failed: %s", t->spec->name, err_text(err));
    voice_track_restart(t);
    t->is_broken = true;
}

static bool is_open(struct voice_track *t)
{
    if (!t->is_wanted || t->is_broken)
        return false;
    if (t->encoder)
        return true;
    int err = encoder_open(&t->encoder, t->spec, NULL, outlet_emit, &t->outlet);
    if (err)
        give_up(t, err);
    return !err;
}

/* Moves on to where a packet begins: how many of the `n` samples are in front of it. */
static uint32_t align(struct voice_track *t, int64_t at, uint32_t n, uint32_t resume_ms)
{
    int64_t least = (int64_t)resume_ms * VOICE_PER_MS;
    int64_t first = voice_track_align(at, t->encoder->step, t->encoder->delay, least);
    if (first - at >= n)
        return n;
    t->is_aligned = true;
    t->start = first;
    return (uint32_t)(first - at);
}

static int packet_encode(struct voice_track *t)
{
    int64_t pts = (t->start - t->encoder->delay) / VOICE_PER_MS;
    t->filled = 0;
    t->start += t->encoder->step;
    return t->encoder->kind->samples(t->encoder, t->buf, (uint32_t)pts);
}

void voice_track_push(struct voice_track *t, int64_t at, const int16_t *samples, uint32_t n,
                      uint32_t resume_ms)
{
    if (!is_open(t))
        return;
    uint32_t i = t->is_aligned ? 0 : align(t, at, n, resume_ms);
    while (i < n) {
        uint32_t take = t->encoder->step - t->filled;
        if (take > n - i)
            take = n - i;
        memcpy(t->buf + t->filled, samples + i, take * sizeof(*samples));
        t->filled += take;
        i += take;
        int err = t->filled == t->encoder->step ? packet_encode(t) : 0;
        if (err) {
            give_up(t, err);
            return;
        }
    }
}
