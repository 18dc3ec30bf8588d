#include "server/net/upgrade.h"

#include "server/net/http.h"

static bool starts_with(struct slice s, const char *head, struct slice *rest)
{
    size_t len = strlen(head);
    if (s.len < len || strncasecmp(s.p, head, len) != 0)
        return false;
    *rest = (struct slice){.p = s.p + len, .len = s.len - len};
    return true;
}

static bool equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0;
}

bool origin_is_allowed(struct slice origin, struct slice host, const char *origins)
{
    struct slice rest;
    struct slice list = slice_of(origins ? origins : "");
    if (!origin.p)
        return true;
    if ((starts_with(origin, "http://", &rest) || starts_with(origin, "https://", &rest)) &&
        host.len > 0 && equal_nocase(rest, host))
        return true;
    for (struct slice item; slice_next(&list, ' ', &item);) {
        if (item.len && equal_nocase(item, origin))
            return true;
    }
    return false;
}

/* What may stand behind a name. */
static bool is_port_or_none(struct slice s)
{
    enum { LONGEST = sizeof(":65535") - 1 };
    bool is_right = !s.len || (s.p[0] == ':' && s.len > 1 && s.len <= LONGEST);
    for (size_t i = 1; i < s.len && is_right; i++)
        is_right = isdigit((unsigned char)s.p[i]);
    return is_right;
}

struct slice host_without_port(struct slice host)
{
    const char *colon = host.len ? memrchr(host.p, ':', host.len) : NULL;
    struct slice port = {.p = colon, .len = colon ? (size_t)(host.p + host.len - colon) : 0};
    if (colon && is_port_or_none(port))
        host.len -= port.len;
    return host;
}

bool host_is_local(struct slice host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct slice port;
        if (host.p && starts_with(host, names[i], &port) && is_port_or_none(port))
            return true;
    }
    return false;
}

/* 16 random bytes in base64. */
static bool is_key(struct slice key)
{
    if (key.len != 24 || memcmp(key.p + 22, "==", 2) != 0)
        return false;
    for (size_t i = 0; i < 22; i++) {
        if (!isalnum((unsigned char)key.p[i]) && key.p[i] != '+' && key.p[i] != '/')
            return false;
    }
    return true;
}

/* A subprotocol's name is written as it is (RFC 6455, 4.2.2). */
static bool has_common(struct slice wanted, const struct ws_protocol *const *protocols)
{
    for (struct slice item; slice_next(&wanted, ',', &item);) {
        for (size_t i = 0; protocols[i]; i++) {
            if (slice_is(item, protocols[i]->name))
                return true;
        }
    }
    return false;
}

const char *upgrade_check(const struct request *r, const struct ws_protocol *const *protocols,
                          const char *origins, int *status)
{
    *status = 400;
    if (r->method != HTTP_GET || r->is_head || r->body_len > 0)
        return "method";
    if (!r->ws_version.p || !slice_is(r->ws_version, "13")) {
        *status = 426;
        return "version";
    }
    if (!r->ws_key.p || !is_key(r->ws_key))
        return "key";
    if (!has_common(r->ws_protocol, protocols))
        return "subprotocol";
    if (!origin_is_allowed(r->origin, r->host, origins)) {
        *status = 403;
        return "origin";
    }
    return NULL;
}
