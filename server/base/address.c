#include "server/base/address.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

enum { BITS = 128, IPV4_AT = 12, IPV4_BITS_AT = IPV4_AT * 8, BYTE = 8 };

static void set_ipv4(struct address *out, const void *four)
{
    *out = (struct address){
        .bytes = {[10] = 0xff, [11] = 0xff}
    };
    memcpy(out->bytes + IPV4_AT, four, 4);
}

void address_of(struct address *out, const struct sockaddr_storage *from)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    *out = (struct address){.bytes = {0}};
    if (from->ss_family == AF_INET)
        set_ipv4(out, &v4->sin_addr);
    else if (from->ss_family == AF_INET6)
        memcpy(out->bytes, &v6->sin6_addr, sizeof(out->bytes));
}

int address_parse(struct address *out, const char *text, size_t len)
{
    char copy[ADDRESS_TEXT_SIZE];
    struct in_addr v4;
    struct in6_addr v6;
    bool has_brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';
    text += has_brackets;
    len -= has_brackets ? 2 : 0;
    if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len))
        return -EINVAL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    if (!has_brackets && inet_pton(AF_INET, copy, &v4) == 1)
        set_ipv4(out, &v4);
    else if (inet_pton(AF_INET6, copy, &v6) == 1)
        memcpy(out->bytes, &v6, sizeof(out->bytes));
    else
        return -EINVAL;
    return 0;
}

bool address_is_ipv4(const struct address *a)
{
    static const uint8_t mapped[IPV4_AT] = {[10] = 0xff, [11] = 0xff};
    return memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
}

void address_text(const struct address *a, char out[ADDRESS_TEXT_SIZE])
{
    bool is_ipv4 = address_is_ipv4(a);
    if (!inet_ntop(is_ipv4 ? AF_INET : AF_INET6, a->bytes + (is_ipv4 ? IPV4_AT : 0), out,
                   ADDRESS_TEXT_SIZE))
        snprintf(out, ADDRESS_TEXT_SIZE, "?");
}

bool address_is_loopback(const struct address *a)
{
    static const struct address ipv6 = {.bytes = {[15] = 1}};
    return address_is_ipv4(a) ? a->bytes[IPV4_AT] == IN_LOOPBACKNET
                              : memcmp(a, &ipv6, sizeof(ipv6)) == 0;
}

/* "/24" as bits from the front of the 128; all of them for "". */
static int parse_bits(unsigned *out, const char *text, size_t len, bool is_ipv4)
{
    unsigned most = is_ipv4 ? BITS - IPV4_BITS_AT : BITS;
    unsigned bits = len ? 0 : most;
    if (len == 1 || len > 4)
        return -EINVAL;
    for (size_t i = 1; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -EINVAL;
        bits = bits * 10 + (unsigned)(text[i] - '0');
    }
    if (bits > most)
        return -EINVAL;
    *out = bits + (is_ipv4 ? IPV4_BITS_AT : 0);
    return 0;
}

static int add_range(struct address_set *set, const char *text, size_t len)
{
    const char *slash = memchr(text, '/', len);
    size_t name = slash ? (size_t)(slash - text) : len;
    if (set->n == ADDRESS_RANGES_MAX)
        return -ENOSPC;
    struct address *first = &set->ranges[set->n].first;
    int err = address_parse(first, text, name);
    if (!err)
        err =
            parse_bits(&set->ranges[set->n].bits, text + name, len - name, address_is_ipv4(first));
    set->n += !err;
    return err;
}

int address_set_parse(struct address_set *out, const char *text)
{
    struct address_set set = {.n = 0};
    int err = 0;
    for (size_t len; !err && *(text += strspn(text, " \t")); text += len) {
        len = strcspn(text, " \t");
        err = add_range(&set, text, len);
    }
    if (!err)
        *out = set;
    return err;
}

static bool begins_alike(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned bytes = bits / BYTE;
    unsigned rest = bits % BYTE;
    uint8_t mask = (uint8_t)(0xff00 >> rest);
    return memcmp(a, b, bytes) == 0 && (!rest || ((a[bytes] ^ b[bytes]) & mask) == 0);
}

bool address_set_has(const struct address_set *set, const struct address *a)
{
    for (size_t i = 0; i < set->n; i++) {
        if (begins_alike(set->ranges[i].first.bytes, a->bytes, set->ranges[i].bits))
            return true;
    }
    return false;
}
