#ifndef AIRCLASS_CODEC_OUTLET_H
#define AIRCLASS_CODEC_OUTLET_H

#include <stdint.h>

#include "codec/encoder.h"
#include "codec/link.h"

/* Where the units of one rendition go: a unit_fn that sends them as WIRE_UNIT. */
struct outlet {
    struct link *link;
    uint8_t rendition;
};

int outlet_emit(void *outlet, const struct unit *unit);

#endif
