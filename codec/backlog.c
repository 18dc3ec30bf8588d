#include "codec/backlog.h"

/* With hysteresis, so that the picture does not flicker between the two. */
enum { BEHIND_MS = 1000, CAUGHT_UP_MS = 400, FAR_MS = 4000 };

void backlog_arrived(struct backlog *b, uint32_t dts_ms)
{
    b->newest_ms = dts_ms;
    b->has_newest = true;
}

enum backlog_state backlog_update(struct backlog *b, int64_t dts_ms)
{
    int64_t behind = b->has_newest ? (int64_t)b->newest_ms - dts_ms : 0;
    if (behind >= FAR_MS)
        b->state = BACKLOG_FAR;
    else if (behind >= BEHIND_MS && b->state != BACKLOG_FAR)
        b->state = BACKLOG_BEHIND;
    else if (behind <= CAUGHT_UP_MS)
        b->state = BACKLOG_NONE;
    return b->state;
}
