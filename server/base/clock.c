#include "server/base/clock.h"

#include <stddef.h>
#include <time.h>

static const uint64_t *fake_us;

uint64_t clock_us(void)
{
    if (fake_us)
        return *fake_us;
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t clock_ms(void)
{
    return clock_us() / 1000;
}

int64_t clock_wall_ms(void)
{
    if (fake_us)
        return CLOCK_FAKE_WALL_MS + (int64_t)(*fake_us / 1000);
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_fake(const uint64_t *us)
{
    fake_us = us;
}
