#ifndef AIRCLASS_TESTS_UNIT_VIEWER_LOOKS_H
#define AIRCLASS_TESTS_UNIT_VIEWER_LOOKS_H

#include "tests/unit/unit.h"

#include <string.h>

#include "server/viewer/link.h"

/* A link, look by look. */

static struct link l;
static uint64_t now_ms;
static uint32_t under_way; /* bytes */
static bool is_held;

static inline int fresh(void **state)
{
    (void)state;
    link_init(&l);
    now_ms = 1000;
    under_way = 0;
    is_held = false;
    link_measured(&l, now_ms, 50, 50);
    link_look(&l, now_ms, 0, false);
    return 0;
}

/* Since the last look `sent` bytes were sent, and `acked` of all that was under way. */
static inline void look(uint32_t sent, uint32_t acked)
{
    link_sent(&l, sent);
    under_way += sent - acked;
    now_ms += LINK_LOOK_MS;
    link_look(&l, now_ms, under_way, is_held);
}

static inline void looks(int n, uint32_t sent, uint32_t acked)
{
    while (n-- > 0)
        look(sent, acked);
}

/* Voice at 16 kbit/s on a path of half a look. */
static inline void calm(int n)
{
    while (n-- > 0)
        look(500, under_way);
}

/* What a link of `bps` carries from one look to the next. */
static inline uint32_t carries(uint32_t bps)
{
    return bps / 8000 * LINK_LOOK_MS;
}

/* Two seconds with more than the link carries. */
static inline void full(uint32_t bps)
{
    uint32_t acked = carries(bps);
    is_held = true;
    look(4 * acked, acked * (LINK_LOOK_MS - 50) / LINK_LOOK_MS); /* the path holds the rest */
    looks(8, acked, acked);
}

/* Then nothing more is sent until all is through. */
static inline void full_then_empty(uint32_t bps)
{
    full(bps);
    is_held = false;
    while (under_way > 0)
        look(0, under_way < carries(bps) ? under_way : carries(bps));
}

#define CASE(test) cmocka_unit_test_setup(test, fresh)

#endif
