#ifndef AIRCLASS_CODEC_OUTLET_H
#define AIRCLASS_CODEC_OUTLET_H

#include <stdint.h>

#include "codec/encoder.h"
#include "codec/link.h"

/* Where the units of one rendition go: outlet_emit() is a unit_fn that
 * sends them as WIRE_UNIT, its `arg` the outlet. */
struct outlet {
    struct link *link;
    uint8_t rendition;
};

int outlet_emit(void *arg, const struct unit *unit);

#endif
