#ifndef AIRCLASS_TESTS_LINK_PROFILE_H
#define AIRCLASS_TESTS_LINK_PROFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/link/hop.h"

/*
 * What a link is like and how it changes, from a small file. One line, one claim; # begins a
 * comment.
 *
 *     down rate=24k delay=300ms jitter=40ms loss=1% burst=3 queue=12k     from the beginning
 *     at 20s both rate=48k                                                from then on
 *     at 25s every 60s both stall=5s                                      the link stands still
 *     at 30s both cut=20s                                                 there is no link
 *     at 50s address                                                      the client has a new one
 *
 * `down` is towards the client, `up` away from it, `both` the same for both. Rates are bits, queues
 * bytes; k is a thousand. Lines of title, seconds, mode, lesson, download and target are for
 * whoever runs the measurement; they are left alone here.
 */
enum { PROFILE_CHANGES_MAX = 64, PROFILE_ERROR_MAX = 96 };

enum profile_what {
    PROFILE_RATE,
    PROFILE_DELAY,
    PROFILE_JITTER,
    PROFILE_LOSS,
    PROFILE_BURST,
    PROFILE_QUEUE,
    PROFILE_STALL,
    PROFILE_CUT,
    PROFILE_ADDRESS,
};

enum { PROFILE_DOWN = 1, PROFILE_UP = 2 };

/* Times in microseconds, rates in bits a second, losses in millionths. */
struct profile_change {
    uint64_t at_us;
    uint64_t every_us; /* 0: once */
    enum profile_what what;
    uint32_t directions; /* PROFILE_DOWN | PROFILE_UP */
    uint32_t value;
};

struct profile {
    struct profile_change changes[PROFILE_CHANGES_MAX];
    size_t n;
};

/* 0; -EINVAL with the line and the reason in `error`; -E2BIG. */
int profile_read(struct profile *p, FILE *file, char error[PROFILE_ERROR_MAX]);

/* The next change that is due by `now_us` (since the beginning), the earliest first; copied to
 * `out`. False: none. One that repeats is due again later. */
_Bool profile_due(struct profile *p, uint64_t now_us, struct profile_change *out);

/* When the next change is due; UINT64_MAX: never. */
uint64_t profile_next_us(const struct profile *p);

/* Applies a change other than of the address to one direction. */
void profile_apply(const struct profile_change *c, struct hop *hop, uint64_t now_us);

#endif
