#ifndef AIRCLASS_SERVER_WORKER_CRASHES_H
#define AIRCLASS_SERVER_WORKER_CRASHES_H

#include <stdbool.h>
#include <stdint.h>

/* How often a worker has ended unasked, and what follows from it. Pure. */
enum { CRASHES_KEPT = 32 };

struct crashes {
    uint32_t limit;
    uint64_t window_ms;
    uint64_t times_ms[CRASHES_KEPT]; /* a ring */
    uint32_t n;                      /* all of them, ever */
};

void crashes_init(struct crashes *c, uint32_t limit, uint32_t window_s);

/* Takes note of one. True when there were `limit` or more within the window. */
bool crashes_add(struct crashes *c, uint64_t now_ms);

/* How long to wait before the next start: nothing after the first, then more and more while they
 * follow on each other's heels. */
uint32_t crashes_delay_ms(const struct crashes *c, uint64_t now_ms);

#endif
