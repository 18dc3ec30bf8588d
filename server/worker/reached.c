#include "server/worker/reached.h"

void reached_init(struct reached *r, const struct rendition_spec *specs, size_t n_specs)
{
    *r = (struct reached){.specs = specs, .n_specs = n_specs};
}

void reached_restart(struct reached *r)
{
    for (size_t i = 0; i < r->n_specs; i++)
        r->newest[i].needs_key = true;
}

enum reached_verdict reached_take(struct reached *r, const struct wire_msg *m)
{
    if (m->kind == WIRE_CONFIG || m->kind == WIRE_STILL)
        return REACHED_NEWS;
    bool is_set = r->newest[m->rendition].is_set;
    bool is_old = is_set && (int32_t)(m->pts_ms - r->newest[m->rendition].pts_ms) <= 0;
    if (m->kind == WIRE_KEYFRAME && is_old)
        return REACHED_KEY_LOST;
    if (m->kind == WIRE_KEYFRAME)
        r->newest[m->rendition].needs_key = false;
    if (is_old || (m->kind == WIRE_DELTA && r->newest[m->rendition].needs_key))
        return REACHED_KNOWN;
    r->newest[m->rendition].is_set = true;
    r->newest[m->rendition].pts_ms = m->pts_ms;
    return REACHED_NEWS;
}

static bool least(const struct reached *r, uint32_t want, bool is_voice, uint32_t *pts_ms)
{
    bool is_known = false;
    for (size_t i = 0; i < r->n_specs; i++) {
        uint8_t codec = r->specs[i].codec;
        if (!r->newest[i].is_set || codec_is_still(codec) || codec_is_voice(codec) != is_voice ||
            !(want & 1u << i))
            continue;
        if (!is_known || (int32_t)(r->newest[i].pts_ms - *pts_ms) < 0)
            *pts_ms = r->newest[i].pts_ms;
        is_known = true;
    }
    return is_known;
}

bool reached_voice(const struct reached *r, uint32_t want, uint32_t *pts_ms)
{
    return least(r, want, true, pts_ms);
}

bool reached_video(const struct reached *r, uint32_t want, uint32_t *pts_ms)
{
    return least(r, want, false, pts_ms);
}
