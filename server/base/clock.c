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

void clock_fake(const uint64_t *us)
{
    fake_us = us;
}
