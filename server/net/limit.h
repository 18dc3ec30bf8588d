#ifndef AIRCLASS_SERVER_NET_LIMIT_H
#define AIRCLASS_SERVER_NET_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "server/base/address.h"

/*
 * How many connections each address holds. One IPv4 address, or one IPv6 /64, which is what a home
 * is given, counts as one.
 */
struct limit;

struct limit_key {
    uint8_t bytes[8];
    uint8_t is_ipv6;
};

int limit_new(struct limit **out, uint32_t max_per_address);
void limit_free(struct limit **limit);

struct limit_key limit_key_of(const struct address *address);

/* Whether limit_take() would say -EDQUOT. */
bool limit_is_reached(struct limit *limit, struct limit_key key);

/* Counts one more. 0; -EDQUOT: the address has its share; -ENOMEM. Each success wants one
 * limit_give(). */
int limit_take(struct limit *limit, struct limit_key key);
void limit_give(struct limit *limit, struct limit_key key);

#endif
