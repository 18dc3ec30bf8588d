#include "server/hub/ink.h"

#include <errno.h>
#include <stdlib.h>

#include "server/hub/unit.h"

/* By bytes, not by time: two minutes of writing, or as much as a page is worth. Whoever is further
 * behind is better off with the page. */
static const struct ring_limits limits = {.messages = 512, .bytes = 16 << 10, .ms = UINT32_MAX};

struct ink {
    struct board *board; /* NULL until the first batch, as `ring` */
    struct ring *ring;
    struct ink_page *page; /* as it was at page->seq; NULL: nobody has asked yet */
    uint32_t pts_ms;       /* of the newest batch */
    uint32_t turns;
};

int ink_new(struct ink **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? 0 : -ENOMEM;
}

void ink_free(struct ink **ink)
{
    if (!*ink)
        return;
    board_free(&(*ink)->board);
    ink_page_unref(&(*ink)->page);
    ring_free(&(*ink)->ring);
    free(*ink);
    *ink = NULL;
}

static int ensure(struct ink *ink)
{
    int err = ink->ring ? 0 : ring_new(&ink->ring, &limits);
    if (!err && !ink->board)
        err = board_new(&ink->board);
    return err;
}

/* With this batch something else is shown: what was before it is of no use to anybody. */
static void turn(struct ink *ink)
{
    ring_clear(ink->ring);
    ink->turns++;
}

/* Keeps the message. */
static void push(struct ink *ink, struct buf **message, uint32_t pts_ms)
{
    ring_push(ink->ring, &(struct ring_entry){.message = *message, .pts_ms = pts_ms});
    buf_unref(message);
    ink->pts_ms = pts_ms;
}

int ink_batch(struct ink *ink, uint32_t pts_ms, const void *batch, size_t len)
{
    bool has_turned;
    struct buf *message;
    int err = ensure(ink);
    if (!err)
        err = unit_message(&message, UNIT_EVENTS, UNIT_DELTA, pts_ms, batch, len, NULL, 0);
    if (err)
        return err;
    err = board_apply(ink->board, pts_ms, batch, len, &has_turned);
    if (err == -EPROTO || err == -ENOSPC) {
        buf_unref(&message);
        return err;
    }
    push(ink, &message, pts_ms);
    if (err || has_turned)
        turn(ink);
    return err;
}

void ink_clear(struct ink *ink)
{
    struct buf *nothing;
    if (!ink->board || buf_new(&nothing, 0) != 0)
        return;
    board_clear(ink->board);
    push(ink, &nothing, ink->pts_ms); /* a number that nobody has */
    turn(ink);
}

uint32_t ink_turns(const struct ink *ink)
{
    return ink->turns;
}

const struct ring *ink_ring(const struct ink *ink)
{
    return ink->ring;
}

enum board_shown ink_shown(const struct ink *ink)
{
    return ink->board ? board_shown(ink->board) : BOARD_HIDDEN;
}

struct ink_page *ink_page_ref(struct ink_page *page)
{
    page->refs++;
    return page;
}

void ink_page_unref(struct ink_page **page)
{
    struct ink_page *p = *page;
    *page = NULL;
    if (!p || --p->refs > 0)
        return;
    buf_unref(&p->events);
    free(p);
}

struct ink_page *ink_page(struct ink *ink)
{
    if (!ink->board)
        return NULL;
    uint64_t head = ring_head(ink->ring);
    if (ink->page && ink->page->seq == head)
        return ink->page;
    ink_page_unref(&ink->page);
    struct ink_page *page = calloc(1, sizeof(*page));
    if (!page)
        return NULL;
    *page = (struct ink_page){.refs = 1, .pts_ms = ink->pts_ms, .turns = ink->turns, .seq = head};
    if (board_page(ink->board, &page->events) != 0)
        ink_page_unref(&page);
    ink->page = page;
    return page;
}

int ink_all(const struct ink *ink, struct buf **out)
{
    return ink->board && ring_head(ink->ring) > 0 ? board_all(ink->board, out) : buf_new(out, 0);
}
