#include "server/session/away.h"

#include <stdbool.h>

static void fade(struct away_ring *r, unsigned keep_s, uint64_t now_ms)
{
    uint64_t second = now_ms / 1000;
    for (; r->n > 0 && r->second < second; r->second++) {
        uint32_t *oldest = &r->of_second[(r->second + 1) % keep_s];
        r->n -= *oldest;
        *oldest = 0;
    }
    r->second = second;
}

static void add(struct away_ring *r, unsigned keep_s, uint64_t now_ms)
{
    fade(r, keep_s, now_ms);
    r->of_second[r->second % keep_s]++;
    r->n++;
}

/* The oldest one; false if there is none. */
static bool take(struct away_ring *r, unsigned keep_s, uint64_t now_ms)
{
    fade(r, keep_s, now_ms);
    for (unsigned i = 1; r->n > 0 && i <= keep_s; i++) {
        uint32_t *of_second = &r->of_second[(r->second + i) % keep_s];
        if (*of_second > 0) {
            --*of_second;
            r->n--;
            return true;
        }
    }
    return false;
}

void away_broke(struct away *away, uint64_t now_ms)
{
    if (!take(&away->early, AWAY_EARLY_S, now_ms))
        add(&away->broken, AWAY_BACK_S, now_ms);
}

void away_back(struct away *away, uint64_t now_ms)
{
    if (!take(&away->broken, AWAY_BACK_S, now_ms))
        add(&away->early, AWAY_EARLY_S, now_ms);
}

size_t away_count(struct away *away, uint64_t now_ms)
{
    fade(&away->broken, AWAY_BACK_S, now_ms);
    return away->broken.n;
}
