#include "server/board/board.h"

#include <errno.h>
#include <stdlib.h>

#include "server/board/page.h"

struct board {
    enum board_shown shown;
    uint8_t at;        /* the page that is shown, or was before it was hidden */
    uint32_t shown_ms; /* since then */
    size_t bytes;
    struct page pages[1 + BOARD_PAGES]; /* 0: over the picture */
};

int board_new(struct board **out)
{
    *out = calloc(1, sizeof(**out));
    return *out ? 0 : -ENOMEM;
}

void board_clear(struct board *board)
{
    for (size_t i = 0; i <= BOARD_PAGES; i++)
        page_release(&board->pages[i]);
    *board = (struct board){0};
}

void board_free(struct board **board)
{
    if (*board)
        board_clear(*board);
    free(*board);
    *board = NULL;
}

/* What the events take at most, wherever they go. */
static int measure(struct bytes b, size_t *need)
{
    struct event e;
    *need = bytes_left(&b);
    while (event_next(&b, &e)) {
        if (e.op == EVENT_AT)
            return -EPROTO; /* times are the session's affair */
        if (e.op == EVENT_BEGIN)
            *need += STROKE_BYTES;
    }
    return b.bad ? -EPROTO : 0;
}

static bool takes_room(const struct event *e)
{
    return e->op == EVENT_BEGIN || e->op == EVENT_POINTS;
}

static bool has_room(const struct board *board, struct bytes b, size_t need)
{
    struct event e;
    const struct page *page = &board->pages[board->at];
    uint32_t points = page_open_points(page);
    while (event_next(&b, &e)) {
        if (e.op == EVENT_PAGE || e.op == EVENT_PICTURE)
            page = &board->pages[e.page];
        points = e.op == EVENT_BEGIN ? 0 : points + e.points;
        if (points > BOARD_STROKE_POINTS)
            return false;
        if (takes_room(&e) &&
            (page->bytes + need > BOARD_PAGE_BYTES || board->bytes + need > BOARD_BYTES))
            return false;
    }
    return true;
}

static void show(struct board *board, enum board_shown shown, uint8_t page, uint32_t now_ms)
{
    board->pages[board->at].open = NULL;
    board->shown = shown;
    board->at = page;
    board->shown_ms = now_ms;
}

static int apply(struct board *board, const struct event *e, uint32_t now_ms)
{
    struct page *page = &board->pages[board->at];
    switch (e->op) {
    case EVENT_PAGE: show(board, BOARD_BLANK, e->page, now_ms); return 0;
    case EVENT_PICTURE:
        show(board, BOARD_PICTURE, 0, now_ms);
        page_clear(&board->pages[0]);
        return 0;
    case EVENT_HIDE: show(board, BOARD_HIDDEN, board->at, now_ms); return 0;
    default: break;
    }
    return board->shown == BOARD_HIDDEN ? 0 : page_apply(page, e, now_ms);
}

static bool turns(const struct event *e)
{
    return e->op == EVENT_PAGE || e->op == EVENT_PICTURE || e->op == EVENT_HIDE;
}

static size_t total(const struct board *board)
{
    size_t sum = 0;
    for (size_t i = 0; i <= BOARD_PAGES; i++)
        sum += board->pages[i].bytes;
    return sum;
}

int board_apply(struct board *board, uint32_t pts_ms, const void *batch, size_t len,
                bool *has_turned)
{
    struct bytes b = bytes_of(batch, len);
    uint32_t now_ms = pts_ms - bytes_u8(&b) * EVENT_TICK_MS;
    size_t need;
    *has_turned = false;
    int err = b.bad || len > BOARD_BATCH_MAX ? -EPROTO : measure(b, &need);
    if (err)
        return err;
    if (!has_room(board, b, need))
        return -ENOSPC;
    struct event e;
    while (!err && event_next(&b, &e)) {
        now_ms += e.passed_ms;
        *has_turned |= turns(&e);
        err = apply(board, &e, now_ms);
    }
    board->bytes = total(board);
    return err;
}

enum board_shown board_shown(const struct board *board)
{
    return board->shown;
}

/* Where everything begins that is not on the page itself. */
static uint8_t *write_head(const struct board *board, uint8_t *p)
{
    switch (board->shown) {
    case BOARD_HIDDEN: return put_u8(p, EVENT_HIDE);
    case BOARD_PICTURE: return put_u8(event_write_at(p, board->shown_ms), EVENT_PICTURE);
    case BOARD_BLANK: return event_write_page(p, board->at);
    }
    return p;
}

static const struct page *shown_page(const struct board *board)
{
    static const struct page nothing;
    return board->shown == BOARD_HIDDEN ? &nothing : &board->pages[board->at];
}

enum { HEAD_MOST = EVENT_AT_BYTES + EVENT_PAGE_BYTES };

/* `before`: so many bytes are left in front. */
static int write_shown(const struct board *board, size_t before, struct buf **out)
{
    uint8_t head[HEAD_MOST];
    size_t head_len = (size_t)(write_head(board, head) - head);
    bool has_times = board->shown == BOARD_PICTURE;
    const struct page *page = shown_page(board);
    int err = buf_new(out, before + head_len + page_length(page, has_times));
    if (!err)
        page_write(page, has_times, put_bytes((*out)->data + before, head, head_len));
    return err;
}

int board_page(const struct board *board, struct buf **out)
{
    return write_shown(board, 0, out);
}

/* White pages with something on them, beside the one that is shown. */
static bool is_beside(const struct board *board, unsigned page)
{
    return board->pages[page].n > 0 && &board->pages[page] != shown_page(board);
}

int board_all(const struct board *board, struct buf **out)
{
    size_t before = 0;
    for (unsigned i = 1; i <= BOARD_PAGES; i++)
        before += is_beside(board, i) ? EVENT_PAGE_BYTES + page_length(&board->pages[i], false) : 0;
    int err = write_shown(board, before, out);
    if (err)
        return err;
    uint8_t *p = (*out)->data;
    for (unsigned i = 1; i <= BOARD_PAGES; i++) {
        if (is_beside(board, i))
            p = page_write(&board->pages[i], false, event_write_page(p, (uint8_t)i));
    }
    return 0;
}

size_t board_cut(const uint8_t *events, size_t len, size_t most)
{
    struct bytes b = bytes_of(events, len);
    struct event e;
    size_t cut = 0;
    while (event_next(&b, &e) && (cut == 0 || cut + e.len <= most))
        cut += e.len;
    return cut;
}
