#ifndef AIRCLASS_SERVER_DIRECTORY_SLOTS_H
#define AIRCLASS_SERVER_DIRECTORY_SLOTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Numbers of things by the hash of their name: an open hash table, at most half full. Nothing is
 * ever taken out. Private to this folder. Begins zeroed.
 */
struct slot {
    uint32_t hash;
    uint32_t number; /* from 1; 0: an empty slot */
};

struct slots {
    struct slot *all;
    size_t mask, n;
};

void slots_release(struct slots *s);

uint32_t slots_hash(const char *a, const char *b);

/* -ENOMEM. */
int slots_put(struct slots *s, uint32_t hash, size_t index);

/* Each index that was put with this hash; SIZE_MAX at the end. `*at` begins as 0. */
size_t slots_next(const struct slots *s, uint32_t hash, size_t *at);

#endif
