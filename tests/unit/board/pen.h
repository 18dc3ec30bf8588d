#ifndef AIRCLASS_TESTS_UNIT_BOARD_PEN_H
#define AIRCLASS_TESTS_UNIT_BOARD_PEN_H

#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/bytes.h"
#include "server/board/board.h"

/* Batches of ink as a teacher's page writes them (docs/protocol.md §1.3). */
struct pen {
    uint8_t bytes[BOARD_BATCH_MAX + 64];
    size_t len;
};

static inline struct pen pen_new(void)
{
    return (struct pen){.len = 1}; /* a span of 0 */
}

static inline void pen_put(struct pen *p, const void *bytes, size_t len)
{
    assert_true(len <= sizeof(p->bytes) - p->len);
    memcpy(p->bytes + p->len, bytes, len);
    p->len += len;
}

#define PEN(p, ...)                                                                                \
    pen_put(p, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static inline void pen_begin(struct pen *p, uint8_t id)
{
    PEN(p, 1, 0, 0, id, 0, 1, 12, 0x10, 0x01, 0x00);
}

/* `n` points, a step to the right each. */
static inline void pen_points(struct pen *p, uint8_t n)
{
    PEN(p, 2, n, 10);
    for (; n > 0; n--)
        PEN(p, 5, 0);
}

static inline void pen_end(struct pen *p)
{
    PEN(p, 3);
}

static inline void pen_stroke(struct pen *p, uint8_t id)
{
    pen_begin(p, id);
    pen_points(p, 2);
    pen_end(p);
}

static inline void pen_erase(struct pen *p, uint8_t id)
{
    PEN(p, 4, 0, id);
}

static inline void pen_clear(struct pen *p)
{
    PEN(p, 5);
}

static inline void pen_page(struct pen *p, uint8_t page)
{
    PEN(p, 6, page);
}

static inline void pen_picture(struct pen *p)
{
    PEN(p, 7);
}

static inline void pen_hide(struct pen *p)
{
    PEN(p, 8);
}

#endif
