#ifndef AIRCLASS_SERVER_BOARD_EVENT_H
#define AIRCLASS_SERVER_BOARD_EVENT_H

#include "server/base/bytes.h"

/* One event of the board, as bytes (docs/protocol.md §1.3). Pure. Private to this folder. */
enum event_op {
    EVENT_BEGIN = 1,
    EVENT_POINTS,
    EVENT_END,
    EVENT_ERASE,
    EVENT_CLEAR,
    EVENT_PAGE,
    EVENT_PICTURE,
    EVENT_HIDE,
    EVENT_AT, /* only the server says it */
};

enum {
    EVENT_PRESSED = 0x80, /* with BEGIN and POINTS: each point has a pressure */
    EVENT_TOOLS = 2,      /* pen, highlighter */
    EVENT_COLOURS = 16,
    EVENT_TICK_MS = 4,
    EVENT_WIDTH = 4096, /* a page is so many units wide ... */
    EVENT_HEIGHT = 2304,
    EVENT_FAR = 0x80, /* a step of so much stands before two bytes that say how far */
    EVENT_AT_BYTES = 5,
    EVENT_PAGE_BYTES = 2,
};

struct event {
    enum event_op op;
    const uint8_t *bytes; /* all of it, borrowed */
    uint32_t len;
    uint16_t id;        /* BEGIN, ERASE */
    uint8_t page;       /* PAGE */
    uint8_t points;     /* POINTS: how many */
    uint32_t passed_ms; /* since the event before: BEGIN, POINTS */
};

/* The next event; false at the end, and with `b->bad` set where there is none. */
bool event_next(struct bytes *b, struct event *out);

/* These return the place behind. */
uint8_t *event_write_at(uint8_t *p, uint32_t pts_ms);
uint8_t *event_write_page(uint8_t *p, uint8_t page);

#endif
