#include "server/net/route.h"

#include <errno.h>

#include "server/net/utf8.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character at `p`, decoded, and how many bytes it took; 0 for a bad escape. */
static size_t decode_one(const char *p, size_t left, char *out)
{
    *out = *p;
    if (*p != '%')
        return 1;
    if (left < 3 || hex_value(p[1]) < 0 || hex_value(p[2]) < 0)
        return 0;
    *out = (char)(hex_value(p[1]) << 4 | hex_value(p[2]));
    return 3;
}

int percent_decode(struct slice in, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0, n; i < in.len; i += n) {
        char c;
        n = decode_one(in.p + i, in.len - i, &c);
        if (!n || (unsigned char)c < ' ' || c == 0x7f)
            return -EBADMSG;
        if (len + 1 >= size)
            return -EMSGSIZE;
        out[len++] = c;
    }
    out[len] = '\0';
    return utf8_is_valid(out, len) ? (int)len : -EBADMSG;
}

static bool ends_in_slash(struct slice s)
{
    return s.len > 0 && s.p[s.len - 1] == '/';
}

bool route_has_shape(const char *pattern, struct slice path, struct slice *param)
{
    struct slice want = slice_of(pattern);
    struct slice a;
    struct slice b;
    *param = (struct slice){.p = NULL};
    if (ends_in_slash(want) != ends_in_slash(path))
        return false;
    while (want.len && path.len) {
        if (!slice_next(&want, '/', &a) || !slice_next(&path, '/', &b))
            return false;
        if (a.len && a.p[0] == ':') {
            if (!b.len)
                return false;
            *param = b;
        } else if (a.len != b.len || memcmp(a.p, b.p, a.len) != 0) {
            return false;
        }
    }
    return want.len == path.len;
}

static int take_param(struct slice raw, char param[HTTP_PARAM_MAX + 1])
{
    param[0] = '\0';
    if (!raw.p)
        return 0;
    int len = percent_decode(raw, param, HTTP_PARAM_MAX + 1);
    if (len == -EMSGSIZE)
        return 404;
    return len < 0 ? 400 : 0;
}

int route_find(const struct route *routes, enum http_face face, unsigned method, struct slice path,
               const struct route **out, char param[HTTP_PARAM_MAX + 1], unsigned *allowed)
{
    *allowed = 0;
    for (const struct route *r = routes; r && r->path; r++) {
        struct slice raw;
        if (r->face != face || !route_has_shape(r->path, path, &raw))
            continue;
        if (r->method == method) {
            *out = r;
            return take_param(raw, param);
        }
        *allowed |= r->method;
    }
    return *allowed ? 405 : 404;
}
