#ifndef AIRCLASS_TESTS_BENCH_CLIENT_GAUGE_H
#define AIRCLASS_TESTS_BENCH_CLIENT_GAUGE_H

#include <stdint.h>
#include <sys/types.h>

/* Times and percentiles for the measuring programs. */

uint64_t gauge_now_us(void);  /* a clock that never jumps */
uint64_t gauge_wall_us(void); /* since 1970, to compare with other programs */

/* User and system time of a process (all its threads, without its children), s; -1: not there. */
double gauge_cpu_s(pid_t pid);

/* How many of which duration, in steps of 100 us up to 10 s. Zeroed at first. */
enum { GAUGE_STEP_US = 100, GAUGE_STEPS = 100000 };
struct gauge_histogram {
    uint32_t counts[GAUGE_STEPS + 1];
    uint64_t n, max_us;
};

void gauge_add(struct gauge_histogram *h, uint64_t us);
/* In ms; 0 when there are none. */
double gauge_percentile(const struct gauge_histogram *h, double share);

#endif
