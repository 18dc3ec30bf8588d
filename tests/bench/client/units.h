#ifndef AIRCLASS_TESTS_BENCH_CLIENT_UNITS_H
#define AIRCLASS_TESTS_BENCH_CLIENT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/hub/unit.h"

/* What a binary message holds: one or more units of one track (docs/protocol.md §1.1). */
struct units {
    enum unit_track track;
    enum unit_kind kind; /* of the first unit */
    uint32_t count;      /* frames or packets */
    uint32_t pts_ms;     /* of the first one */
    uint32_t end_ms;     /* voice: where the last packet ends; video: time of the last frame */
    uint32_t step_ms;    /* video: largest step between two frames inside */
    uint32_t packet_us;  /* of a voice config */
};

/* `packet_us`: what a packet plays for, from the last voice config. False: not of the protocol. */
bool units_read(struct units *out, const uint8_t *message, size_t len, uint32_t packet_us);

#endif
