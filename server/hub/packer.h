#ifndef AIRCLASS_SERVER_HUB_PACKER_H
#define AIRCLASS_SERVER_HUB_PACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/*
 * Collects packets of sound until they make a bundle worth its overhead: a message costs the server
 * about 10 µs and the link 56 bytes, whatever its size. Works by media time alone, without a timer.
 */
struct packer {
    uint32_t span_ms; /* media time in one bundle */
    uint8_t *bytes;   /* what has been collected; grows, never shrinks */
    size_t len, room;
    uint32_t first_pts_ms, next_pts_ms;
};

/* What came out of a packer: a bundle ready for the ring. */
struct packed {
    struct buf *message; /* NULL: nothing yet. The receiver's reference. */
    uint32_t pts_ms;
    uint32_t duration_ms;
};

enum { PACKER_BYTES_MAX = 4 << 20 };

void packer_release(struct packer *p);

/*
 * Adds a packet that plays for `duration_us`. `out[0]` is what had to leave before it (the packet
 * does not follow on), `out[1]` what it completed; either may hold no message. -ENOMEM: all
 * that was collected is lost. -EMSGSIZE: the packet is left out.
 */
int packer_add(struct packer *p, uint32_t pts_ms, uint32_t duration_us, const void *packet,
               size_t len, struct packed out[2]);

/* Takes out what is there (the source went away). */
int packer_flush(struct packer *p, struct packed *out);

#endif
