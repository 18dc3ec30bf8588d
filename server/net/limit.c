#include "server/net/limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A full memory is an error of the one connection, not the end of the program. */
#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <uthash.h>

struct count {
    struct limit_key key;
    uint32_t n;
    bool is_lost;
    UT_hash_handle hh;
};

struct limit {
    struct count *counts;
    uint32_t max;
};

int limit_new(struct limit **out, uint32_t max_per_address)
{
    struct limit *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->max = max_per_address;
    *out = l;
    return 0;
}

void limit_free(struct limit **limit)
{
    struct limit *l = *limit;
    *limit = NULL;
    if (!l)
        return;
    struct count *next;
    struct count *c = l->counts;
    HASH_CLEAR(hh, l->counts); /* the table alone */
    for (; c; c = next) {
        next = c->hh.next;
        free(c);
    }
    free(l);
}

struct limit_key limit_key_of(const struct address *a)
{
    struct limit_key key = {.is_ipv6 = !address_is_ipv4(a)};
    memcpy(key.bytes, a->bytes + (key.is_ipv6 ? 0 : 12), key.is_ipv6 ? 8 : 4);
    return key;
}

static struct count *count_of(struct limit *l, struct limit_key key)
{
    struct count *c;
    HASH_FIND(hh, l->counts, &key, sizeof(key), c);
    return c;
}

bool limit_is_reached(struct limit *limit, struct limit_key key)
{
    const struct count *c = count_of(limit, key);
    return c && c->n >= limit->max;
}

int limit_take(struct limit *limit, struct limit_key key)
{
    struct count *c = count_of(limit, key);
    if (c && c->n >= limit->max)
        return -EDQUOT;
    if (!c) {
        c = calloc(1, sizeof(*c));
        if (!c)
            return -ENOMEM;
        c->key = key;
        HASH_ADD(hh, limit->counts, key, sizeof(c->key), c);
        if (c->is_lost) {
            free(c);
            return -ENOMEM;
        }
    }
    c->n++;
    return 0;
}

void limit_give(struct limit *limit, struct limit_key key)
{
    struct count *c = count_of(limit, key);
    if (!c || --c->n > 0)
        return;
    HASH_DEL(limit->counts, c);
    free(c);
}
