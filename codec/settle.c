#include "codec/settle.h"

#include <string.h>

enum {
    CELL_CHANGED = 8, /* levels */
    CELL_STIRRED = 2,
    /* A pointer touches up to 2 x 3 cells, where it was and where it is. */
    POINTER_CELLS = 14,
    TEXT_CELLS = 26,               /* two characters of a heading */
    PAGE_CELLS = THUMB_CELLS / 20, /* a turned page */
    REST_MS = 600,
    REST_SMALL_MS = 4000, /* for a change no larger than a few letters */
    RESTLESS_MS = 4000,   /* an animation that does not end is shown as it is, */
    PAUSE_MS = 2500,      /* and handwriting at this pace */
};

static void note(struct settle *s, const struct thumb *t, uint32_t pts_ms)
{
    bool is_moving = !s->has_last || thumb_diff(s->last, t->mean, CELL_CHANGED) > POINTER_CELLS;
    if (is_moving)
        s->rest_since_ms = pts_ms;
    memcpy(s->last, t->mean, sizeof(s->last));
    s->has_last = true;
}

static bool is_due(const struct settle *s, unsigned changed, uint32_t pts_ms, uint32_t beat_ms)
{
    uint32_t since_sent = pts_ms - s->sent_ms;
    uint32_t rest = pts_ms - s->rest_since_ms;
    uint32_t waited = pts_ms - s->changed_since_ms;
    if (changed >= PAGE_CELLS && rest >= REST_MS)
        return true;
    if (changed >= TEXT_CELLS && rest >= REST_MS)
        return since_sent >= PAUSE_MS;
    if (rest >= REST_SMALL_MS && waited >= REST_SMALL_MS)
        return true;
    return changed >= TEXT_CELLS && waited >= RESTLESS_MS && since_sent >= beat_ms;
}

enum settle_verdict settle_slides(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms)
{
    note(s, t, pts_ms);
    if (!s->has_sent)
        return SETTLE_SEND;
    unsigned changed = thumb_diff(s->sent, t->mean, CELL_CHANGED);
    if (changed <= POINTER_CELLS) {
        s->is_changed = false;
        return SETTLE_SAME;
    }
    if (!s->is_changed) {
        s->is_changed = true;
        s->changed_since_ms = pts_ms;
    }
    return is_due(s, changed, pts_ms, beat_ms) ? SETTLE_SEND : SETTLE_WAIT;
}

enum settle_verdict settle_camera(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms)
{
    note(s, t, pts_ms);
    if (!s->has_sent)
        return SETTLE_SEND;
    if (pts_ms - s->sent_ms < beat_ms)
        return SETTLE_SAME;
    /* A covered lens or a frozen camera: the same picture again would be wasted bytes. */
    return thumb_diff(s->sent, t->mean, CELL_STIRRED) > 0 ? SETTLE_SEND : SETTLE_SAME;
}

void settle_sent(struct settle *s, const struct thumb *t, uint32_t pts_ms)
{
    memcpy(s->sent, t->mean, sizeof(s->sent));
    s->has_sent = true;
    s->is_changed = false;
    s->sent_ms = pts_ms;
}
