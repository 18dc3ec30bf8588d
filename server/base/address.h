#ifndef AIRCLASS_SERVER_BASE_ADDRESS_H
#define AIRCLASS_SERVER_BASE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr_storage;

/* An IP address; IPv4 as ::ffff:a.b.c.d, however it was written or came. All zero: none. */
struct address {
    uint8_t bytes[16];
};

enum { ADDRESS_TEXT_SIZE = 46, ADDRESS_RANGES_MAX = 32 };

void address_of(struct address *out, const struct sockaddr_storage *from);

/* "192.0.2.7", "fd00::7" or "[fd00::7]"; `text` need not end with a NUL. -EINVAL. */
int address_parse(struct address *out, const char *text, size_t len);

/* Without port or brackets. */
void address_text(const struct address *a, char out[ADDRESS_TEXT_SIZE]);

bool address_is_ipv4(const struct address *a);

/* Whether it can only be this very machine. */
bool address_is_loopback(const struct address *a);

/* Addresses, and ranges as 10.0.0.0/8 or fd00::/8. */
struct address_set {
    struct {
        struct address first;
        unsigned bits;
    } ranges[ADDRESS_RANGES_MAX];
    size_t n;
};

/* Separated by blanks. -EINVAL; -ENOSPC: more than ADDRESS_RANGES_MAX. */
int address_set_parse(struct address_set *out, const char *text);

bool address_set_has(const struct address_set *set, const struct address *a);

#endif
