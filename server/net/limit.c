#include "server/net/limit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A full memory is an error of the one connection, not the end of the program. */
#define HASH_NONFATAL_OOM            1
#define uthash_nonfatal_oom(element) ((element)->is_lost = true)
#include <arpa/inet.h>
#include <netinet/in.h>
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

static const uint8_t *ipv4_within(const struct in6_addr *a)
{
    return IN6_IS_ADDR_V4MAPPED(a) ? a->s6_addr + 12 : NULL;
}

struct limit_key limit_key_of(const struct sockaddr_storage *address)
{
    struct limit_key key = {.is_ipv6 = 0};
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    if (address->ss_family == AF_INET) {
        memcpy(key.bytes, &v4->sin_addr, 4);
    } else if (address->ss_family == AF_INET6) {
        const uint8_t *mapped = ipv4_within(&v6->sin6_addr);
        key.is_ipv6 = !mapped;
        memcpy(key.bytes, mapped ? mapped : v6->sin6_addr.s6_addr, mapped ? 4 : 8);
    }
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

bool address_is_loopback(const struct sockaddr_storage *address)
{
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    struct limit_key key = limit_key_of(address);
    return key.is_ipv6 ? IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) : key.bytes[0] == IN_LOOPBACKNET;
}

void address_text(const struct sockaddr_storage *address, char out[ADDRESS_TEXT_SIZE])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    const void *bytes = &v4->sin_addr;
    int family = AF_INET;
    if (address->ss_family == AF_INET6) {
        bytes = ipv4_within(&v6->sin6_addr);
        family = bytes ? AF_INET : AF_INET6;
        if (!bytes)
            bytes = &v6->sin6_addr;
    }
    if (!inet_ntop(family, bytes, out, ADDRESS_TEXT_SIZE))
        snprintf(out, ADDRESS_TEXT_SIZE, "?");
}
