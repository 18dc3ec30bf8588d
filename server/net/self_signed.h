#ifndef AIRCLASS_SERVER_NET_SELF_SIGNED_H
#define AIRCLASS_SERVER_NET_SELF_SIGNED_H

#include <stddef.h>
#include <stdint.h>

#include "server/net/net.h"

enum { SELF_SIGNED_NAMES_MAX = 32, SELF_SIGNED_NAME_SIZE = 256 };

/* Host names and IP addresses. */
struct self_signed_names {
    char text[SELF_SIGNED_NAMES_MAX][SELF_SIGNED_NAME_SIZE];
    size_t n;
};

/* -EINVAL: neither a host name nor an address; -ENOSPC: too many. One that is there already stays
 * once. */
int self_signed_add(struct self_signed_names *names, const char *name);

/* By what others in its network, and its own browsers, reach this machine. */
void self_signed_add_own(struct self_signed_names *names);

/*
 * Makes a key (P-256) and a certificate for `names`, signed by itself and valid from `begins_s` to
 * `expires_s` (seconds since 1970): browsers warn of it. Writes both as PEM into files that must
 * not be there yet (-EEXIST), the key for its owner's eyes only. On failure neither is there, and
 * the reason is in `error`.
 */
int self_signed_make(const struct self_signed_names *names, int64_t begins_s, int64_t expires_s,
                     const char *file, const char *key_file, char error[NET_ERROR_MAX]);

#endif
