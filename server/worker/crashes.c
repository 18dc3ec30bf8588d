#include "server/worker/crashes.h"

/* Crashes this close together count as one streak; only a streak is slowed down. */
enum { STREAK_MS = 10000, DELAY_FIRST_MS = 50, DELAY_MOST_MS = 5000 };

void crashes_init(struct crashes *c, uint32_t limit, uint32_t window_s)
{
    *c = (struct crashes){.limit = limit < CRASHES_KEPT ? limit : CRASHES_KEPT,
                          .window_ms = (uint64_t)window_s * 1000};
}

static uint32_t within(const struct crashes *c, uint64_t now_ms, uint64_t window_ms)
{
    uint32_t kept = c->n < CRASHES_KEPT ? c->n : CRASHES_KEPT;
    uint32_t count = 0;
    for (uint32_t i = 0; i < kept; i++)
        count += now_ms - c->times_ms[i] <= window_ms;
    return count;
}

bool crashes_add(struct crashes *c, uint64_t now_ms)
{
    c->times_ms[c->n++ % CRASHES_KEPT] = now_ms;
    return within(c, now_ms, c->window_ms) >= c->limit;
}

uint32_t crashes_delay_ms(const struct crashes *c, uint64_t now_ms)
{
    uint32_t n = within(c, now_ms, STREAK_MS);
    if (n <= 1)
        return 0;
    uint32_t delay = DELAY_FIRST_MS;
    for (uint32_t i = 2; i < n && delay < DELAY_MOST_MS; i++)
        delay *= 2;
    return delay < DELAY_MOST_MS ? delay : DELAY_MOST_MS;
}
