#ifndef AIRCLASS_CODEC_THUMB_H
#define AIRCLASS_CODEC_THUMB_H

#include <stddef.h>
#include <stdint.h>

#include "codec/fit.h"

/*
 * A picture as a small grid of brightness: enough to see whether it has changed and what kind it
 * is, at 1/170 of the pixels of 720p.
 */
enum { THUMB_W = 96, THUMB_H = 54, THUMB_CELLS = THUMB_W * THUMB_H };

struct thumb {
    uint8_t mean[THUMB_CELLS];  /* of each cell: sees a line of text come or go */
    uint8_t point[THUMB_CELLS]; /* one pixel of each cell: keeps the noise that the mean hides */
    uint16_t flat;              /* cells that are exactly one tone around their point */
};

/* Looks at 8-bit luma; `size` is at least SIZE_MIN either way. */
void thumb_take(struct thumb *t, const uint8_t *luma, ptrdiff_t stride, struct size size);

/* How many of the cells differ by more than `threshold`. */
unsigned thumb_diff(const uint8_t a[THUMB_CELLS], const uint8_t b[THUMB_CELLS], int threshold);

#endif
