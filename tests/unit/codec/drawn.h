#ifndef AIRCLASS_TESTS_UNIT_CODEC_DRAWN_H
#define AIRCLASS_TESTS_UNIT_CODEC_DRAWN_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/thumb.h"

/* Pictures drawn for tests: 1280x720 of luma. */
enum { DRAWN_W = 1280, DRAWN_H = 720 };

struct drawn {
    uint8_t luma[DRAWN_W * DRAWN_H];
    uint32_t dice;
};

static inline uint32_t drawn_roll(struct drawn *d, uint32_t sides)
{
    d->dice = d->dice * 1664525 + 1013904223;
    return (d->dice >> 8) % sides;
}

static inline void drawn_box(struct drawn *d, int x, int y, int w, int h, uint8_t level)
{
    for (int j = y; j < y + h && j < DRAWN_H; j++)
        for (int i = x; i < x + w && i < DRAWN_W; i++)
            d->luma[j * DRAWN_W + i] = level;
}

/* White, with lines of dark strokes as text has; another `seed`, another page. */
static inline void drawn_page(struct drawn *d, uint32_t seed)
{
    d->dice = seed;
    memset(d->luma, 235, sizeof(d->luma));
    for (int line = 0; line < 10; line++)
        for (int x = 60; x < 1100; x += 16)
            if (drawn_roll(d, 4))
                drawn_box(d, x, 60 + line * 60 + (int)drawn_roll(d, 8), 3 + (int)drawn_roll(d, 9),
                          24, 30);
}

static inline void drawn_pointer(struct drawn *d, int x, int y)
{
    drawn_box(d, x, y, 12, 20, 0);
}

/* As a source's coding leaves it: up to half of `range` more or less. */
static inline void drawn_noise(struct drawn *d, uint32_t range)
{
    for (int i = 0; i < DRAWN_W * DRAWN_H; i++) {
        int level = d->luma[i] + (int)drawn_roll(d, range) - (int)range / 2;
        d->luma[i] = (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
    }
}

/* A slope of light with a sensor's noise on it; `t` moves an arm about. */
static inline void drawn_camera(struct drawn *d, int t)
{
    for (int y = 0; y < DRAWN_H; y++)
        for (int x = 0; x < DRAWN_W; x++)
            d->luma[y * DRAWN_W + x] = (uint8_t)(60 + x / 16 + y / 24 + (int)drawn_roll(d, 17));
    drawn_box(d, 300 + t * 9 % 500, 200, 120, 400, 150);
}

static inline void drawn_thumb(const struct drawn *d, struct thumb *t)
{
    thumb_take(t, d->luma, DRAWN_W, (struct size){DRAWN_W, DRAWN_H});
}

#endif
