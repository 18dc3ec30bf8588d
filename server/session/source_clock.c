#include "server/session/source_clock.h"

void source_clock_restart(struct source_clock *c)
{
    c->is_set = false;
}

static bool is_jump(const struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    int32_t step_ms = (int32_t)(dts_ms - c->last_ms);
    int32_t late_ms = (int32_t)(now_ms - (dts_ms + c->offset_ms));
    return step_ms > SOURCE_CLOCK_STEP_MS || step_ms < -SOURCE_CLOCK_STEP_MS ||
           late_ms > SOURCE_CLOCK_LATE_MS;
}

/* At the present, or where the source before, or this one before its jump, has got to. */
static void tie(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    bool is_ahead = c->has_newest && (int32_t)(c->newest_ms - now_ms) > 0;
    c->offset_ms = (is_ahead ? c->newest_ms : now_ms) - dts_ms;
    c->is_set = true;
}

uint32_t source_clock_map(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms, bool *jumped)
{
    *jumped = c->is_set && is_jump(c, dts_ms, now_ms);
    if (!c->is_set || *jumped)
        tie(c, dts_ms, now_ms);
    c->last_ms = dts_ms;
    uint32_t pts_ms = dts_ms + c->offset_ms;
    /* Sound a little before the very first picture: not before the clock's beginning, either. */
    if ((int32_t)(now_ms - pts_ms) > 0 && pts_ms > now_ms)
        pts_ms = 0;
    if (!c->has_newest || (int32_t)(pts_ms - c->newest_ms) > 0)
        c->newest_ms = pts_ms;
    c->has_newest = true;
    return pts_ms;
}

bool source_clock_find(const struct source_clock *c, uint32_t source_ms, uint32_t now_ms,
                       uint32_t *out)
{
    int32_t ahead_ms = (int32_t)(source_ms + c->offset_ms - now_ms);
    bool is_near = c->is_set && ahead_ms < SOURCE_CLOCK_STEP_MS && ahead_ms > -SOURCE_CLOCK_PAST_MS;
    *out = is_near ? now_ms + (uint32_t)ahead_ms : now_ms;
    return is_near;
}
