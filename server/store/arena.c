#include "server/store/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 << 10 };

struct arena_block {
    struct arena_block *before;
    size_t size, used;
    alignas(max_align_t) uint8_t bytes[];
};

void arena_release(struct arena *a)
{
    while (a->last) {
        struct arena_block *before = a->last->before;
        free(a->last);
        a->last = before;
    }
    a->bytes = 0;
}

static int add_block(struct arena *a, size_t least)
{
    size_t size = least > BLOCK_BYTES ? least : BLOCK_BYTES;
    struct arena_block *block = malloc(sizeof(*block) + size);
    if (!block)
        return -1;
    *block = (struct arena_block){.before = a->last, .size = size};
    a->last = block;
    a->bytes += sizeof(*block) + size;
    return 0;
}

void *arena_take(struct arena *a, size_t size)
{
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    if ((!a->last || a->last->size - a->last->used < size) && add_block(a, size) != 0)
        return NULL;
    void *piece = a->last->bytes + a->last->used;
    a->last->used += size;
    return memset(piece, 0, size);
}

const char *arena_text(struct arena *a, const char *text)
{
    if (!text || !*text)
        return "";
    size_t size = strlen(text) + 1;
    char *copy = arena_take(a, size);
    return copy ? memcpy(copy, text, size) : NULL;
}
