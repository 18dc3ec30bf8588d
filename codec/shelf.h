#ifndef AIRCLASS_CODEC_SHELF_H
#define AIRCLASS_CODEC_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "codec/thumb.h"

/*
 * The stills of the last pages. A teacher who turns back shows a picture that differs from the
 * first time by the source's coding only: the same bytes are sent again, so that whoever has kept
 * them needs no others.
 */
enum { SHELF_PAGES = 8 };

struct page {
    uint8_t mean[THUMB_CELLS];
    uint8_t *data;
    size_t len;
};

/* Zeroed it is empty. */
struct shelf {
    struct page pages[SHELF_PAGES]; /* the newest first; without `data`: unused */
};

/* The page that looks like `t` to the last digit, or NULL. It counts as the newest from now on;
 * borrowed until the next call. */
const struct page *shelf_find(struct shelf *shelf, const struct thumb *t);

/* Copies `data`; the page that was not asked for the longest makes room. -ENOMEM. */
int shelf_put(struct shelf *shelf, const struct thumb *t, const void *data, size_t len);

void shelf_release(struct shelf *shelf);

#endif
