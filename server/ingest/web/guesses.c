#include "server/ingest/web/guesses.h"

#include <string.h>

#include "server/base/address.h"
#include "server/base/token.h"

enum { NETWORK_BYTES = 8 }; /* of an IPv6 address: what one home has */

/* How many bytes of it count. What is no address is one, too. */
static size_t read_address(struct address *out, const char *text)
{
    if (address_parse(out, text, strlen(text)) != 0)
        *out = (struct address){0};
    return address_is_ipv4(out) ? sizeof(out->bytes) : NETWORK_BYTES;
}

bool guesses_may(const struct guard *g, const char *address, const char *key, uint64_t now_ms)
{
    struct address a;
    size_t len = read_address(&a, address);
    return strlen(key) >= TOKEN_LEN || guard_wait_ms(g, a.bytes, len, now_ms) == 0;
}

void guesses_wrong(struct guard *g, const char *address, uint64_t now_ms)
{
    struct address a;
    size_t len = read_address(&a, address);
    guard_fail(g, a.bytes, len, now_ms);
}
