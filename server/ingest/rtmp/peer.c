#include "server/ingest/rtmp/peer.h"

#include <stdio.h>
#include <string.h>

enum { HOST_MAX = 46, HOUSEHOLD_PREFIX = 8 };

static void set_v4(struct peer *out, const void *v4)
{
    out->home[10] = 0xff;
    out->home[11] = 0xff;
    memcpy(out->home + 12, v4, 4);
}

static void describe_v4(struct peer *out, const struct sockaddr_in *in)
{
    char host[HOST_MAX] = "";
    uv_ip4_name(in, host, sizeof(host));
    set_v4(out, &in->sin_addr);
    snprintf(out->text, sizeof(out->text), "%s:%u", host, (unsigned)ntohs(in->sin_port));
}

static void describe_v6(struct peer *out, const struct sockaddr_in6 *in)
{
    const uint8_t *address = in->sin6_addr.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr)) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = in->sin6_port};
        memcpy(&v4.sin_addr, address + 12, 4);
        describe_v4(out, &v4);
        return;
    }
    char host[HOST_MAX] = "";
    uv_ip6_name(in, host, sizeof(host));
    memcpy(out->home, address, HOUSEHOLD_PREFIX);
    snprintf(out->text, sizeof(out->text), "[%s]:%u", host, (unsigned)ntohs(in->sin6_port));
}

void peer_at(struct peer *out, const struct sockaddr *from)
{
    *out = (struct peer){0};
    if (from->sa_family == AF_INET)
        describe_v4(out, (const struct sockaddr_in *)from);
    else if (from->sa_family == AF_INET6)
        describe_v6(out, (const struct sockaddr_in6 *)from);
}

int peer_of(struct peer *out, const uv_tcp_t *tcp)
{
    struct sockaddr_storage from = {0};
    int len = sizeof(from);
    int err = uv_tcp_getpeername(tcp, (struct sockaddr *)&from, &len);
    if (!err)
        peer_at(out, (const struct sockaddr *)&from);
    return err;
}

bool peer_is_same_home(const struct peer *a, const struct peer *b)
{
    return memcmp(a->home, b->home, sizeof(a->home)) == 0;
}
