#ifndef AIRCLASS_TESTS_BENCH_CLIENT_CHAIN_H
#define AIRCLASS_TESTS_BENCH_CLIENT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/bench/client/units.h"

/*
 * Who got what: every different bundle and frame that any viewer received, and which one followed
 * which. The first viewer to go from unit A to unit B says that B follows A; for everybody else it
 * must be so too. A frame that one viewer misses breaks the chain for that viewer, or for all
 * others. A frame that all of them miss shows as a hole in the lesson's clock.
 */
struct chain;

struct chain_seen {
    uint32_t node;    /* what to pass as `after` next time */
    bool is_miss;     /* others got something else here */
    uint64_t late_us; /* after the first viewer that got it */
};

/* The largest holes between units that follow each other. */
struct chain_holes {
    uint32_t voice_ms, video_ms;
};

int chain_new(struct chain **out);
void chain_free(struct chain **chain);

/* A viewer got this unit `now_us`, right after `after` (0: begins). -ENOSPC: too many. */
int chain_see(struct chain *chain, uint32_t after, const struct unit_in *unit, uint64_t now_us,
              struct chain_seen *out);

/* From here on, holes count. */
void chain_forget_holes(struct chain *chain);
struct chain_holes chain_holes(const struct chain *chain);

#endif
