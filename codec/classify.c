#include "codec/classify.h"

enum {
    VOTES_MAX = 12, /* a settled opinion needs 18 votes to turn: 3.6 s at five a second */
    VOTES_DECIDE = 6,
    POINT_MOVED = 3,                      /* levels; lossy coding of a still slide stays below */
    SCREEN_FLAT = THUMB_CELLS * 45 / 100, /* this much of one tone: drawn, not filmed */
    CAMERA_FLAT = THUMB_CELLS * 30 / 100, /* less than this may be filmed */
    CALM = THUMB_CELLS * 25 / 1000,       /* a pointer and a caret move fewer points */
    RESTLESS = THUMB_CELLS * 60 / 1000,
    /* More than this, and again and again, is no film in a corner: a camera whose noise a poor
     * source has coded away, so that its walls are of one tone. */
    TURMOIL = THUMB_CELLS * 15 / 100,
    SAMPLE_MS = 200,
    WEIGHT_MAX = 3,
};

static int vote(const struct thumb *t, unsigned moved)
{
    if (t->flat >= SCREEN_FLAT)
        return moved < RESTLESS ? -1 : moved > TURMOIL ? 1 : 0;
    if (moved <= CALM) /* a page full of text, or a lens that is covered */
        return t->flat > CAMERA_FLAT ? -1 : 0;
    return t->flat <= CAMERA_FLAT || moved > RESTLESS ? 1 : 0;
}

static int weight(uint32_t elapsed_ms)
{
    uint32_t w = elapsed_ms / SAMPLE_MS;
    return w < 1 ? 1 : w > WEIGHT_MAX ? WEIGHT_MAX : (int)w;
}

static void decide(struct classify *c)
{
    if (c->votes > VOTES_MAX)
        c->votes = VOTES_MAX;
    if (c->votes < -VOTES_MAX)
        c->votes = -VOTES_MAX;
    if (c->votes >= VOTES_DECIDE)
        c->content = WIRE_CONTENT_CAMERA;
    else if (c->votes <= -VOTES_DECIDE)
        c->content = WIRE_CONTENT_SLIDES;
}

enum wire_content classify_push(struct classify *c, const struct thumb *t, uint32_t pts_ms)
{
    if (c->has_last) {
        unsigned moved = thumb_diff(c->last.point, t->point, POINT_MOVED);
        c->vote = vote(t, moved);
        c->votes += c->vote * weight(pts_ms - c->last_ms);
        decide(c);
    }
    c->last = *t;
    c->last_ms = pts_ms;
    c->has_last = true;
    return c->content;
}

bool classify_is_in_doubt(const struct classify *c)
{
    switch (c->content) {
    case WIRE_CONTENT_UNKNOWN: return true;
    case WIRE_CONTENT_SLIDES: return c->vote > 0;
    case WIRE_CONTENT_CAMERA: return c->vote <= 0; /* its noise never rests */
    case WIRE_CONTENT_TOO_LARGE: break;            /* never seen here */
    }
    return false;
}

enum wire_content classify_guess(const struct classify *c)
{
    if (c->content != WIRE_CONTENT_UNKNOWN || !c->has_last)
        return c->content;
    return c->last.flat >= SCREEN_FLAT ? WIRE_CONTENT_SLIDES : WIRE_CONTENT_CAMERA;
}
