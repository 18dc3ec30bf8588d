#include "server/api/links.h"

#include <stdio.h>
#include <string.h>

/* The length of the host in front of an optional ":port": a name, an IPv4 address or one of IPv6 in
 * brackets. 0: none. */
static size_t host_length(const char *header)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    if (*header == '[') {
        size_t inside = strspn(header + 1, "0123456789abcdefABCDEF:.");
        return inside && header[1 + inside] == ']' ? inside + 2 : 0;
    }
    return strspn(header, name);
}

void link_host(char out[LINK_HOST_MAX], const char *header)
{
    size_t len = host_length(header);
    bool is_host = len > 0 && len < LINK_HOST_MAX && (!header[len] || header[len] == ':');
    snprintf(out, LINK_HOST_MAX, "%.*s", is_host ? (int)len : 9, is_host ? header : "127.0.0.1");
}

void link_teach(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *l)
{
    snprintf(out, LINK_MAX, "rtmp://%s:%u/live/%s", host, port, l->stream_key);
}

void link_watch(char out[LINK_MAX], const char *host, unsigned port, const struct lesson *l)
{
    snprintf(out, LINK_MAX, "http://%s:%u/?lesson=%s%s%s", host, port, l->id,
             l->is_open ? "" : "#key=", l->is_open ? "" : l->watch_key);
}
