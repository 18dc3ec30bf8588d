#ifndef AIRCLASS_TESTS_BENCH_CLIENT_UNITS_H
#define AIRCLASS_TESTS_BENCH_CLIENT_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

/* The units of a connection's binary messages (docs/protocol.md §1.1), one after the other. */
struct unit_in {
    enum unit_track track;
    enum unit_kind kind; /* a frame whose last part this is: UNIT_KEY or UNIT_DELTA */
    uint64_t hash;       /* of all that it says, however it came; of a config without its time */
    size_t len;          /* of its payload */
    uint32_t count;      /* packets of a bundle; 1: a whole frame; 0: neither */
    uint32_t pts_ms;
    uint32_t end_ms; /* voice: where the last packet ends; else pts_ms */
};

/* What has to be known from one unit to the next. Zeroed at first. */
struct units {
    uint32_t packet_us; /* what a packet plays for, from the last voice config */
    uint64_t part_hash; /* of the frame that is not whole yet */
    uint32_t part_have;
};

/* Takes the next unit off `message`. False: not of the protocol. */
bool units_next(struct units *u, struct bytes *message, struct unit_in *out);

#endif
