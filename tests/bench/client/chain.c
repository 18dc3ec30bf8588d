#include "tests/bench/client/chain.h"

#include <errno.h>
#include <stdlib.h>

enum { NODES_MAX = 1 << 17, SLOTS = NODES_MAX * 2 };

struct node {
    uint64_t hash;
    uint64_t first_us;
    uint32_t end_ms;
    uint32_t next; /* 0: not known */
};

struct chain {
    uint32_t n; /* node 0 is nobody */
    struct chain_holes holes;
    struct node nodes[NODES_MAX];
    uint32_t slots[SLOTS]; /* hash table of node numbers; 0: free */
};

int chain_new(struct chain **out)
{
    *out = calloc(1, sizeof(**out));
    if (!*out)
        return -ENOMEM;
    (*out)->n = 1;
    return 0;
}

void chain_free(struct chain **chain)
{
    free(*chain);
    *chain = NULL;
}

/* The node of this hash, made if it is new; 0 when there is no room. */
static uint32_t find(struct chain *chain, uint64_t hash, uint64_t now_us, uint32_t end_ms)
{
    uint32_t slot = (uint32_t)(hash ^ hash >> 32) % SLOTS;
    while (chain->slots[slot]) {
        if (chain->nodes[chain->slots[slot]].hash == hash)
            return chain->slots[slot];
        slot = (slot + 1) % SLOTS;
    }
    if (chain->n == NODES_MAX)
        return 0;
    chain->slots[slot] = chain->n;
    chain->nodes[chain->n] = (struct node){.hash = hash, .first_us = now_us, .end_ms = end_ms};
    return chain->n++;
}

static void note_hole(struct chain *chain, const struct node *before, const struct unit_in *u)
{
    uint32_t step = u->pts_ms - before->end_ms;
    if (step > INT32_MAX) /* an overlap is none */
        step = 0;
    uint32_t *most = u->track == UNIT_VOICE ? &chain->holes.voice_ms : &chain->holes.video_ms;
    if (step > *most)
        *most = step;
}

int chain_see(struct chain *chain, uint32_t after, const struct unit_in *unit, uint64_t now_us,
              struct chain_seen *out)
{
    uint32_t at = find(chain, unit->hash, now_us, unit->end_ms);
    if (!at)
        return -ENOSPC;
    *out = (struct chain_seen){.node = at, .late_us = now_us - chain->nodes[at].first_us};
    if (!after)
        return 0;
    struct node *before = &chain->nodes[after];
    if (!before->next) {
        before->next = at;
        note_hole(chain, before, unit);
    }
    out->is_miss = before->next != at;
    return 0;
}

void chain_forget_holes(struct chain *chain)
{
    chain->holes = (struct chain_holes){0};
}

struct chain_holes chain_holes(const struct chain *chain)
{
    return chain->holes;
}
