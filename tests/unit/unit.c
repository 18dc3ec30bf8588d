#include "tests/unit/unit.h"

#include <errno.h>
#include <stdbool.h>

#include "server/base/clock.h"

enum { LEVELS_MAX = 2000 };

static long left = -1;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

static bool is_denied(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t size)
{
    return is_denied() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_denied() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return is_denied() ? NULL : __real_realloc(p, size);
}

int oom_levels(int (*scene)(void))
{
    for (int n = 0; n < LEVELS_MAX; n++) {
        left = n;
        int err = scene();
        bool reached = left < 0;
        left = -1;
        if (err == 0 && !reached)
            return n;
        if (err != 0)
            assert_int_equal(err, -ENOMEM);
    }
    fail_msg("still failing after %d allocations", LEVELS_MAX);
    return -1;
}

static uint64_t now_us;

void fake_clock_start(void)
{
    now_us = 1000 * 1000;
    clock_fake(&now_us);
}

void fake_clock_advance(uint32_t ms)
{
    now_us += (uint64_t)ms * 1000;
}

void fake_clock_stop(void)
{
    clock_fake(NULL);
}
