#include "server/net/route.h"

#include "server/base/utf8.h"

static bool ends_in_slash(struct slice s)
{
    return s.len > 0 && s.p[s.len - 1] == '/';
}

/* What the path has in place of the pattern's names. */
struct raw_param {
    struct slice name;
    struct slice value;
};

static bool take_segment(struct slice want, struct slice have, struct raw_param *raw, size_t *n)
{
    if (!want.len || want.p[0] != ':')
        return want.len == have.len && memcmp(want.p, have.p, want.len) == 0;
    if (!have.len || *n == HTTP_PARAMS_MAX)
        return false;
    raw[(*n)++] = (struct raw_param){
        .name = {.p = want.p + 1, .len = want.len - 1},
          .value = have
    };
    return true;
}

static bool has_shape(const char *pattern, struct slice path, struct raw_param raw[HTTP_PARAMS_MAX],
                      size_t *n)
{
    struct slice want = slice_of(pattern);
    struct slice a;
    struct slice b;
    *n = 0;
    if (ends_in_slash(want) != ends_in_slash(path))
        return false;
    while (want.len && path.len) {
        if (!slice_next(&want, '/', &a) || !slice_next(&path, '/', &b) ||
            !take_segment(a, b, raw, n))
            return false;
    }
    return want.len == path.len;
}

bool route_has_shape(const char *pattern, struct slice path)
{
    struct raw_param raw[HTTP_PARAMS_MAX];
    size_t n;
    return has_shape(pattern, path, raw, &n);
}

static int take_param(const struct raw_param *raw, struct route_param *out)
{
    struct slice value = raw->value;
    if (value.len > HTTP_PARAM_MAX)
        return 404;
    for (size_t i = 0; i < value.len; i++) {
        if ((unsigned char)value.p[i] < ' ' || value.p[i] == 0x7f)
            return 400;
    }
    out->name = raw->name;
    memcpy(out->value, value.p, value.len);
    out->value[value.len] = '\0';
    for (char *tilde = out->value; (tilde = strchr(tilde, '~')) != NULL;)
        *tilde = '/';
    return utf8_is_valid(out->value, value.len) ? 0 : 400;
}

int route_find(const struct route *routes, enum http_face face, unsigned method, struct slice path,
               struct route_match *out)
{
    struct raw_param raw[HTTP_PARAMS_MAX];
    const struct route *r = routes;
    out->allowed = 0;
    for (; r && r->path; r++) {
        if (!(r->face & face) || !has_shape(r->path, path, raw, &out->n_params))
            continue;
        if (r->method == method)
            break;
        out->allowed |= r->method;
    }
    if (!r || !r->path)
        return out->allowed ? 405 : 404;
    out->route = r;
    int status = 0;
    for (size_t i = 0; i < out->n_params && !status; i++)
        status = take_param(&raw[i], &out->params[i]);
    return status;
}

const char *route_param(const struct route_match *match, const char *name)
{
    for (size_t i = 0; i < match->n_params; i++) {
        if (slice_is(match->params[i].name, name))
            return match->params[i].value;
    }
    return "";
}
