#include "server/session/source_clock.h"

uint32_t source_clock_map(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms, bool *jumped)
{
    *jumped = false;
    int32_t off = (int32_t)(dts_ms + c->offset_ms - now_ms);
    if (!c->is_set || off > SOURCE_CLOCK_SLACK_MS || off < -SOURCE_CLOCK_SLACK_MS) {
        *jumped = c->is_set;
        c->is_set = true;
        c->offset_ms = now_ms - dts_ms;
    }
    return dts_ms + c->offset_ms;
}
