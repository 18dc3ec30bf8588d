#include "server/base/bytes.h"
#include "server/hub/unit.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"

/* Of a batch or a piece of the page, before its events: how long before its time it began. */
enum { SPAN_BYTES = 1 };

void feed_take_ink(struct feed *f, bool takes_ink)
{
    f->takes_ink = takes_ink;
    if (!takes_ink)
        ink_page_unref(&f->ink_page);
}

bool feed_is_covered(const struct feed *f)
{
    return f->takes_ink && ink_shown(hub_ink(f->hub)) == BOARD_BLANK;
}

/* NULL: nothing was ever drawn in this lesson, or this player does not draw. */
static const struct ring *ring_for(const struct feed *f)
{
    return f->takes_ink ? ink_ring(hub_ink(f->hub)) : NULL;
}

bool feed_has_ink_waiting(const struct feed *f)
{
    const struct ring *ring = ring_for(f);
    return ring && f->has_ink && !f->ink_page && f->ink_seq >= ring_tail(ring) &&
           f->ink_seq < ring_head(ring);
}

bool feed_has_page_waiting(const struct feed *f)
{
    const struct ring *ring = ring_for(f);
    if (!ring || f->ink_page)
        return ring;
    /* One who comes back may show a page that was put away meanwhile: it is told even of none. */
    return !f->has_ink || f->ink_seq < ring_tail(ring);
}

enum step feed_ink_step(struct feed *f)
{
    const struct ring *ring = ring_for(f);
    struct ring_entry e;
    if (!feed_has_ink_waiting(f) || ring_get(ring, f->ink_seq, &e) != 0)
        return STEP_IDLE;
    enum step step = feed_put(f, e.message);
    if (step == STEP_PUT)
        f->ink_seq++;
    return step;
}

/* The page to go on with: one that is not shown any more is not finished. */
static bool page_refresh(struct feed *f)
{
    struct ink *ink = hub_ink(f->hub);
    if (f->ink_page && f->ink_page->turns == ink_turns(ink))
        return true;
    if (f->ink_page || f->has_ink)
        metric_add_named(METRIC_FRAMES_DROPPED, "events", 1);
    ink_page_unref(&f->ink_page);
    struct ink_page *page = ink_page(ink);
    f->ink_page = page ? ink_page_ref(page) : NULL;
    f->ink_offset = 0;
    return page;
}

static void page_done(struct feed *f)
{
    f->ink_seq = f->ink_page->seq;
    f->has_ink = true;
    ink_page_unref(&f->ink_page);
}

/* The first piece makes what the player has void. */
enum step feed_page_step(struct feed *f)
{
    if (!feed_has_page_waiting(f) || !page_refresh(f))
        return STEP_IDLE;
    const struct buf *events = f->ink_page->events;
    const uint8_t *from = events->data + f->ink_offset;
    size_t left = events->len - f->ink_offset;
    uint32_t len = (uint32_t)board_cut(from, left, link_piece_bytes(&f->link));
    uint8_t *p = feed_reserve(f, UNIT_HEADER + SPAN_BYTES + len);
    if (!p)
        return STEP_FULL;
    enum unit_kind kind = f->ink_offset == 0 ? UNIT_KEY : UNIT_PIECE;
    p = unit_write_header(p, UNIT_EVENTS, kind, SPAN_BYTES + len, f->ink_page->pts_ms);
    put_bytes(put_u8(p, 0), from, len);
    f->ink_offset += len;
    if (f->ink_offset == events->len)
        page_done(f);
    return STEP_PUT;
}
