#include "server/worker/crashes.h"

/* A crash that follows on the one before within this time belongs to its streak; only a streak is
 * slowed down. Longer than the longest delay, or waiting would end the streak. */
enum { STREAK_MS = 10000, DELAY_FIRST_MS = 50, DELAY_MOST_MS = 5000 };

void crashes_init(struct crashes *c, uint32_t limit, uint32_t window_s)
{
    *c = (struct crashes){.limit = limit < CRASHES_KEPT ? limit : CRASHES_KEPT,
                          .window_ms = (uint64_t)window_s * 1000};
}

static uint64_t time_of(const struct crashes *c, uint32_t back)
{
    return c->times_ms[(c->n - 1 - back) % CRASHES_KEPT];
}

static uint32_t kept(const struct crashes *c)
{
    return c->n < CRASHES_KEPT ? c->n : CRASHES_KEPT;
}

bool crashes_add(struct crashes *c, uint64_t now_ms)
{
    uint32_t count = 0;
    c->times_ms[c->n++ % CRASHES_KEPT] = now_ms;
    for (uint32_t i = 0; i < kept(c); i++)
        count += now_ms - c->times_ms[i] <= c->window_ms;
    return count >= c->limit;
}

static uint32_t streak(const struct crashes *c, uint64_t now_ms)
{
    uint64_t later = now_ms;
    uint32_t n = 0;
    while (n < kept(c) && later - time_of(c, n) <= STREAK_MS)
        later = time_of(c, n++);
    return n;
}

uint32_t crashes_delay_ms(const struct crashes *c, uint64_t now_ms)
{
    uint32_t n = streak(c, now_ms);
    if (n <= 1)
        return 0;
    uint32_t delay = DELAY_FIRST_MS;
    for (uint32_t i = 2; i < n && delay < DELAY_MOST_MS; i++)
        delay *= 2;
    return delay < DELAY_MOST_MS ? delay : DELAY_MOST_MS;
}
