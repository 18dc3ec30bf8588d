#ifndef AIRCLASS_SERVER_HUB_RING_H
#define AIRCLASS_SERVER_HUB_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/*
 * The latest messages of one lane, numbered from 0 as they come. Readers keep a number, not a
 * pointer; who falls behind the ring's end starts again at a message that can be a start (a
 * keyframe; every message of voice).
 */
struct ring;

struct ring_limits {
    uint32_t messages; /* at most this many (a power of two is best) */
    uint32_t bytes;    /* ... of this many bytes together ... */
    uint32_t ms;       /* ... spanning this much media time */
};

struct ring_entry {
    struct buf *message; /* borrowed until the next push */
    uint32_t pts_ms;
    uint32_t duration_ms; /* voice: what it plays for; 0 for video */
    bool is_start;
};

int ring_new(struct ring **out, const struct ring_limits *limits);
void ring_free(struct ring **ring);

/*
 * Puts `entry` at the end; the ring takes a reference of its own to the message. When a limit is
 * passed, the oldest messages leave, one by one; the message pushed stays in any case. A start that
 * leaves does not take its group along: a group of pictures may last longer than the ring, and who
 * is in the middle of it goes on.
 */
void ring_push(struct ring *ring, const struct ring_entry *entry);

/* Drops everything; numbers go on. */
void ring_clear(struct ring *ring);

/* 0: `*out` is message `seq`; -EAGAIN: not there yet; -ESTALE: gone, start again elsewhere. */
int ring_get(const struct ring *ring, uint64_t seq, struct ring_entry *out);

/* The number that the next message will have. */
uint64_t ring_head(const struct ring *ring);

/* The oldest message that is still here; ring_head() when there is none. */
uint64_t ring_tail(const struct ring *ring);

/* The newest message that can be a start, or ring_head() when there is none. */
uint64_t ring_newest_start(const struct ring *ring);

/* The newest start at or before `pts_ms`. False when the ring does not reach back that far. The
 * clock's wrap is minded. */
bool ring_start_before(const struct ring *ring, uint32_t pts_ms, uint64_t *seq);

/* Media time between message `seq` (or the oldest, if it is gone) and the newest; 0 at the head. */
uint32_t ring_lag_ms(const struct ring *ring, uint64_t seq);

#endif
