#include "server/session/source_clock.h"

void source_clock_restart(struct source_clock *c)
{
    c->is_set = c->is_back = false;
}

void source_clock_resume(struct source_clock *c)
{
    c->is_back = c->is_set;
}

static int32_t late_ms(const struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    return (int32_t)(now_ms - (dts_ms + c->offset_ms));
}

static bool is_jump(const struct source_clock *c, enum source_track track, uint32_t dts_ms,
                    uint32_t now_ms)
{
    bool is_first = !c->last[track].is_set;
    int32_t step_ms = is_first ? 0 : (int32_t)(dts_ms - c->last[track].ms);
    int32_t late = late_ms(c, dts_ms, now_ms);
    bool is_leap = is_first || step_ms > SOURCE_CLOCK_STEP_MS;
    return step_ms < -SOURCE_CLOCK_STEP_MS || (is_leap && late < -SOURCE_CLOCK_STEP_MS) ||
           late > (int64_t)c->late_max_ms;
}

static void forget_tracks(struct source_clock *c)
{
    for (int i = 0; i < SOURCE_TRACKS; i++)
        c->last[i].is_set = false;
}

/* At the present, or where the source before, or this one before its jump, has got to. */
static void tie(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    bool is_ahead = c->has_newest && (int32_t)(c->newest_ms - now_ms) > 0;
    c->offset_ms = (is_ahead ? c->newest_ms : now_ms) - dts_ms;
    c->late_max_ms = SOURCE_CLOCK_LATE_MS;
    c->is_set = true;
    forget_tracks(c);
}

/* Since the last tag came, the source's clock has gone as far as ours, or is still at what it had
 * in hand then. */
static bool went_on(const struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    int32_t away_ms = (int32_t)(now_ms - c->came_ms);
    for (int i = 0; i < SOURCE_TRACKS; i++) {
        int32_t step_ms = (int32_t)(dts_ms - c->last[i].ms);
        if (c->last[i].is_set && step_ms >= -SOURCE_CLOCK_STEP_MS &&
            step_ms <= away_ms + SOURCE_CLOCK_STEP_MS)
            return true;
    }
    return false;
}

static void come_back(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms)
{
    c->is_back = false;
    c->is_set = went_on(c, dts_ms, now_ms);
    int64_t late = (int64_t)late_ms(c, dts_ms, now_ms) + SOURCE_CLOCK_STEP_MS;
    if (c->is_set && late > c->late_max_ms)
        c->late_max_ms = (uint32_t)late;
    forget_tracks(c);
}

uint32_t source_clock_map(struct source_clock *c, enum source_track track, uint32_t dts_ms,
                          uint32_t now_ms, bool *jumped)
{
    if (c->is_back)
        come_back(c, dts_ms, now_ms);
    *jumped = c->is_set && is_jump(c, track, dts_ms, now_ms);
    if (!c->is_set || *jumped)
        tie(c, dts_ms, now_ms);
    c->last[track].is_set = true;
    c->last[track].ms = dts_ms;
    c->came_ms = now_ms;
    if (late_ms(c, dts_ms, now_ms) < SOURCE_CLOCK_STEP_MS)
        c->late_max_ms = SOURCE_CLOCK_LATE_MS;
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
