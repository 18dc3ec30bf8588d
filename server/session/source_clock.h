#ifndef AIRCLASS_SERVER_SESSION_SOURCE_CLOCK_H
#define AIRCLASS_SERVER_SESSION_SOURCE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Puts an encoder's timestamps on the session clock. Encoders begin at 0, at anything, or at what
 * they were when the line broke; the session clock never goes back. Pure.
 */
struct source_clock {
    bool is_set;
    uint32_t offset_ms; /* session = source + offset, modulo 2^32 */
};

/* An encoder may be this far from where its first tag put it, ahead or behind: a stalling uplink
 * delivers late, but nothing is that late. */
enum { SOURCE_CLOCK_SLACK_MS = 8000 };

/* The session time of a tag with time `dts_ms` that has come at session time `now_ms`. `*jumped` is
 * set when the source's clock had to be tied anew. */
uint32_t source_clock_map(struct source_clock *c, uint32_t dts_ms, uint32_t now_ms, bool *jumped);

#endif
