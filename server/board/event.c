#include "server/board/event.h"

#include "server/board/board.h"

enum { OP_BITS = 0x0f };

static void read_begin(struct bytes *b, struct event *e, bool is_pressed)
{
    e->passed_ms = bytes_u8(b) * EVENT_TICK_MS;
    e->id = bytes_u16(b);
    uint8_t tool = bytes_u8(b), colour = bytes_u8(b), width = bytes_u8(b);
    uint32_t place = bytes_u24(b);
    bytes_take(b, is_pressed);
    b->bad |= tool >= EVENT_TOOLS || colour >= EVENT_COLOURS || width == 0 ||
              (place & 0xfff) >= EVENT_HEIGHT;
}

static void skip_step(struct bytes *b)
{
    if (bytes_u8(b) == EVENT_FAR)
        bytes_take(b, 2);
}

static void read_points(struct bytes *b, struct event *e, bool is_pressed)
{
    uint8_t n = e->points = bytes_u8(b);
    e->passed_ms = bytes_u8(b) * EVENT_TICK_MS;
    b->bad |= n == 0;
    for (; n > 0 && !b->bad; n--) {
        skip_step(b);
        skip_step(b);
        bytes_take(b, is_pressed);
    }
}

static void read_page(struct bytes *b, struct event *e)
{
    e->page = bytes_u8(b);
    b->bad |= e->page == 0 || e->page > BOARD_PAGES;
}

static void read_body(struct bytes *b, struct event *e, bool is_pressed)
{
    switch (e->op) {
    case EVENT_BEGIN: read_begin(b, e, is_pressed); return;
    case EVENT_POINTS: read_points(b, e, is_pressed); return;
    case EVENT_ERASE: e->id = bytes_u16(b); break;
    case EVENT_PAGE: read_page(b, e); break;
    case EVENT_AT: bytes_u32(b); break;
    case EVENT_END:
    case EVENT_CLEAR:
    case EVENT_PICTURE:
    case EVENT_HIDE: break;
    default: b->bad = true;
    }
    b->bad |= is_pressed;
}

bool event_next(struct bytes *b, struct event *out)
{
    if (b->bad || bytes_left(b) == 0)
        return false;
    *out = (struct event){.bytes = b->p};
    uint8_t head = bytes_u8(b);
    out->op = (enum event_op)(head & OP_BITS);
    b->bad = head & ~(OP_BITS | EVENT_PRESSED);
    read_body(b, out, head & EVENT_PRESSED);
    out->len = (uint32_t)(b->p - out->bytes);
    return !b->bad;
}

uint8_t *event_write_at(uint8_t *p, uint32_t pts_ms)
{
    return put_u32(put_u8(p, EVENT_AT), pts_ms);
}

uint8_t *event_write_page(uint8_t *p, uint8_t page)
{
    return put_u8(put_u8(p, EVENT_PAGE), page);
}
