#ifndef AIRCLASS_SERVER_STORE_ARENA_H
#define AIRCLASS_SERVER_STORE_ARENA_H

#include <stddef.h>

/*
 * Memory that is taken piece by piece and given back as a whole: the texts of a batch, the rows of
 * an answer. Begins zeroed. Private to this folder.
 */
struct arena_block;

struct arena {
    struct arena_block *last;
    size_t bytes; /* what it holds of the heap */
};

void arena_release(struct arena *a);

/* `size` zeroed bytes for any type; NULL: no memory. */
void *arena_take(struct arena *a, size_t size);

/* A copy of the text; NULL counts as "". NULL: no memory. */
const char *arena_text(struct arena *a, const char *text);

#endif
