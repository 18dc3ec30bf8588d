#include "codec/settle.h"

#include <stdlib.h>
#include <string.h>

enum {
    CELL_CHANGED = 8, /* levels */
    SPECK_CELLS = 2,  /* a digit */
    /* A pointer touches up to 2 x 3 cells, where it was and where it is. */
    POINTER_CELLS = 14,
    TEXT_CELLS = 26,               /* two characters of a heading */
    PAGE_CELLS = THUMB_CELLS / 20, /* a turned page */
    REST_MS = 600,
    REST_SMALL_MS = 4000, /* for a change no larger than a few letters */
    REST_BUSY_MS = 3000,  /* for a page while pages are turned faster than a link can follow */
    RESTLESS_MS = 4000,   /* an animation that does not end is shown as it is */
    PAUSE_MS = 2500,      /* between two stills of one page, however cheap they are */
    STALE_MS = 60000,     /* so old a still is not left even a digit behind, */
    CALM_MS = 5000,       /* unless that is a pointer on its way or a caret */
    OWED_MAX_MS = 20000,  /* however fast pages were turned, drawing waits no longer */
    OWED_BUSY_MS = 15000,
    /* Of a camera. A line of chalk is 9 levels in its cell; noise that a source's coding lets
     * through moved 12 to 31 cells by more than 4 at its worst, 0 to 3 usually. */
    CELL_WRITTEN = 6,
    WRITTEN_CELLS = 5,
};

/* Stir: what one look adds and quiet time takes away, in steps of 200 ms. A cell is lively after
 * eight moves close together, fewer when looks are far apart; 7 s of rest and it is not. */
enum {
    STEP_MS = 200,
    STEPS_MAX = 10,
    STIR_GAIN = 8,
    STIR_GAIN_STEPS = 3,
    STIR_LIVELY = 64,
    STIR_MAX = 100,
    CORNER_CELLS = THUMB_CELLS / 8, /* more than that is no corner: the page itself moves */
};

static bool is_changed(int a, int b)
{
    return abs(a - b) > CELL_CHANGED;
}

static uint8_t stirred(uint8_t stir, bool has_moved, unsigned steps)
{
    unsigned gain = STIR_GAIN * (steps < STIR_GAIN_STEPS ? steps : STIR_GAIN_STEPS);
    unsigned now = has_moved ? stir + gain : stir > steps ? stir - steps : 0;
    return (uint8_t)(now < STIR_MAX ? now : STIR_MAX);
}

/* How many cells have moved since the last look, without the lively ones; these learn from it. */
static unsigned moved_count(struct settle *s, const struct thumb *t, unsigned steps)
{
    bool is_corner = thumb_diff(s->last, t->mean, CELL_CHANGED) < CORNER_CELLS;
    unsigned n = 0;
    for (int i = 0; i < THUMB_CELLS; i++) {
        bool has_moved = is_changed(s->last[i], t->mean[i]);
        n += has_moved && s->stir[i] < STIR_LIVELY;
        s->stir[i] = stirred(s->stir[i], has_moved && is_corner, steps);
    }
    return n;
}

static void note(struct settle *s, const struct thumb *t, uint32_t pts_ms)
{
    unsigned steps = (pts_ms - s->last_ms + STEP_MS / 2) / STEP_MS;
    unsigned moved =
        s->has_last ? moved_count(s, t, steps < STEPS_MAX ? steps : STEPS_MAX) : THUMB_CELLS;
    if (moved > POINTER_CELLS)
        s->rest_since_ms = pts_ms;
    if (moved >= SPECK_CELLS)
        s->calm_since_ms = pts_ms;
    memcpy(s->last, t->mean, sizeof(s->last));
    s->last_ms = pts_ms;
    s->has_last = true;
}

/* How many cells differ from the last still, without the lively ones. */
static unsigned changed_count(const struct settle *s, const struct thumb *t)
{
    unsigned n = 0;
    for (int i = 0; i < THUMB_CELLS; i++)
        n += is_changed(s->sent[i], t->mean[i]) && s->stir[i] < STIR_LIVELY;
    return n;
}

static uint32_t owed(const struct settle *s, uint32_t pts_ms)
{
    uint32_t left = s->free_ms - pts_ms;
    return left <= OWED_MAX_MS ? left : 0; /* else it is long past, or the clock has leapt back */
}

static bool is_page_due(const struct settle *s, uint32_t pts_ms)
{
    uint32_t needed = owed(s, pts_ms) > OWED_BUSY_MS ? REST_BUSY_MS : REST_MS;
    return pts_ms - s->rest_since_ms >= needed;
}

static bool is_part_due(const struct settle *s, unsigned changed, uint32_t pts_ms)
{
    uint32_t rest = pts_ms - s->rest_since_ms;
    if (owed(s, pts_ms))
        return false;
    if (changed >= TEXT_CELLS)
        return rest >= REST_MS && pts_ms - s->sent_ms >= PAUSE_MS;
    return rest >= REST_SMALL_MS && pts_ms - s->waiting_since_ms >= REST_SMALL_MS;
}

static bool is_restless(const struct settle *s, uint32_t pts_ms, uint32_t beat_ms)
{
    return pts_ms - s->waiting_since_ms >= RESTLESS_MS && pts_ms - s->sent_ms >= beat_ms &&
           !owed(s, pts_ms);
}

static bool is_due(const struct settle *s, unsigned changed, uint32_t pts_ms, uint32_t beat_ms)
{
    if (changed <= POINTER_CELLS)
        return pts_ms - s->calm_since_ms >= CALM_MS && pts_ms - s->waiting_since_ms >= CALM_MS;
    if (changed >= PAGE_CELLS && is_page_due(s, pts_ms))
        return true;
    return is_part_due(s, changed, pts_ms) ||
           (changed >= TEXT_CELLS && is_restless(s, pts_ms, beat_ms));
}

/* Worth looking at more closely. */
static bool is_news(const struct settle *s, const struct thumb *t, unsigned changed,
                    uint32_t pts_ms)
{
    if (changed >= PAGE_CELLS)
        return true;
    if (changed > POINTER_CELLS)
        return !owed(s, pts_ms);
    return pts_ms - s->sent_ms >= STALE_MS &&
           (changed >= SPECK_CELLS || thumb_diff(s->sent, t->mean, CELL_CHANGED) > POINTER_CELLS);
}

enum settle_verdict settle_slides(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms)
{
    note(s, t, pts_ms);
    if (!s->has_sent)
        return SETTLE_SEND;
    unsigned changed = changed_count(s, t);
    if (!is_news(s, t, changed, pts_ms)) {
        s->is_waiting = false;
        return SETTLE_SAME;
    }
    if (!s->is_waiting) {
        s->is_waiting = true;
        s->waiting_since_ms = pts_ms;
    }
    return is_due(s, changed, pts_ms, beat_ms) ? SETTLE_SEND : SETTLE_WAIT;
}

enum settle_verdict settle_camera(struct settle *s, const struct thumb *t, uint32_t pts_ms,
                                  uint32_t beat_ms)
{
    note(s, t, pts_ms);
    if (!s->has_sent)
        return SETTLE_SEND;
    if (pts_ms - s->sent_ms < beat_ms || owed(s, pts_ms))
        return SETTLE_SAME;
    /* A board nobody writes on: the same picture again would be wasted bytes. */
    bool is_new = thumb_diff(s->sent, t->mean, CELL_WRITTEN) > WRITTEN_CELLS;
    return is_new ? SETTLE_SEND : SETTLE_SAME;
}

void settle_sent(struct settle *s, const struct thumb *t, uint32_t pts_ms, uint32_t carry_ms)
{
    uint32_t owes = owed(s, pts_ms) + carry_ms;
    memcpy(s->sent, t->mean, sizeof(s->sent));
    s->has_sent = true;
    s->is_waiting = false;
    s->sent_ms = pts_ms;
    s->free_ms = pts_ms + (owes < OWED_MAX_MS ? owes : OWED_MAX_MS);
}
