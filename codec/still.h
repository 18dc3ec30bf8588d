#ifndef AIRCLASS_CODEC_STILL_H
#define AIRCLASS_CODEC_STILL_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/encoder.h"
#include "codec/outlet.h"
#include "codec/scale.h"
#include "codec/settle.h"
#include "codec/shelf.h"

/* One rendition of stills. Zeroed, with `spec` and `outlet` set, it is ready. */
struct still {
    const struct rendition_spec *spec;
    struct outlet outlet;
    struct encoder *encoder;
    struct settle settle;
    struct shelf shelf; /* of slides, while they have the size `size` */
    struct size size;
    bool is_wanted, is_broken;
    bool is_waiting;           /* the picture has changed and is not at rest yet */
    enum wire_content content; /* for which the last one was encoded */
    /* The last one as sent, for those who come later. */
    uint8_t *last;
    size_t len;
    uint32_t pts_ms;
};

void still_want(struct still *s, bool is_wanted);

/* Sends the present still again, if there is one; else the next picture becomes one anyway. */
void still_key(struct still *s);

/* A sampled moment: sends a still of the scaler's frame if it is worth it. */
void still_frame(struct still *s, struct scaler *scaler, struct size size, const struct thumb *t,
                 enum wire_content content, uint32_t pts_ms);

void still_release(struct still *s);

#endif
