#include "tests/bench/client/gauge.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t clock_read_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t gauge_now_us(void)
{
    return clock_read_us(CLOCK_MONOTONIC);
}

uint64_t gauge_wall_us(void)
{
    return clock_read_us(CLOCK_REALTIME);
}

double gauge_cpu_s(pid_t pid)
{
    char path[64], text[1024];
    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "re");
    if (!f)
        return -1;
    size_t n = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[n] = '\0';
    const char *p = strrchr(text, ')'); /* the name may hold anything */
    unsigned long user, system;
    if (!p ||
        sscanf(p + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return -1;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

void gauge_add(struct gauge_histogram *h, uint64_t us)
{
    uint64_t step = us / GAUGE_STEP_US;
    h->counts[step < GAUGE_STEPS ? step : GAUGE_STEPS]++;
    h->n++;
    if (us > h->max_us)
        h->max_us = us;
}

double gauge_percentile(const struct gauge_histogram *h, double share)
{
    uint64_t want = (uint64_t)((double)h->n * share);
    uint64_t seen = 0;
    for (uint32_t i = 0; i <= GAUGE_STEPS && h->n > 0; i++) {
        seen += h->counts[i];
        if (seen > want)
            return (double)i * GAUGE_STEP_US / 1000;
    }
    return (double)h->max_us / 1000;
}
