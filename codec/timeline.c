#include "codec/timeline.h"

struct timeline_step timeline_place(struct timeline *t, int64_t pts_ms, uint32_t pending)
{
    int64_t at = pts_ms * VOICE_PER_MS;
    int64_t error = at - (t->next + pending);
    const int64_t slack = (int64_t)TIMELINE_SLACK_MS * VOICE_PER_MS;
    const int64_t hole = (int64_t)TIMELINE_HOLE_MS * VOICE_PER_MS;

    if (!t->is_started || error > hole || error < -hole) {
        *t = (struct timeline){.is_started = true, .next = at};
        return (struct timeline_step){.is_restart = true};
    }
    if (error >= slack)
        return (struct timeline_step){.silence = (uint32_t)error};
    if (error <= -slack)
        return (struct timeline_step){.skip = (uint32_t)-error};
    return (struct timeline_step){0};
}

void timeline_advance(struct timeline *t, uint32_t n)
{
    t->next += n;
}
