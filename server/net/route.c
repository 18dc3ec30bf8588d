#include "server/net/route.h"

#include "server/base/utf8.h"

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
    if (raw.len > HTTP_PARAM_MAX)
        return 404;
    for (size_t i = 0; i < raw.len; i++) {
        if ((unsigned char)raw.p[i] < ' ' || raw.p[i] == 0x7f)
            return 400;
    }
    memcpy(param, raw.p, raw.len);
    param[raw.len] = '\0';
    return utf8_is_valid(param, raw.len) ? 0 : 400;
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
