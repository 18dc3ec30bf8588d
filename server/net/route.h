#ifndef AIRCLASS_SERVER_NET_ROUTE_H
#define AIRCLASS_SERVER_NET_ROUTE_H

#include "server/net/http.h"
#include "server/net/slice.h"

/* What a `:name` segment of the row's path stood for. */
struct route_param {
    struct slice name; /* in the row's path, without the colon */
    char value[HTTP_PARAM_MAX + 1];
};

struct route_match {
    const struct route *route;
    unsigned allowed; /* methods that the path has, when it has not the one asked for */
    struct route_param params[HTTP_PARAMS_MAX];
    size_t n_params;
};

/*
 * Finds the first row for a request; `path` is decoded. 0, with all of `*out` but `allowed`. 404:
 * no row of this face has the path, or a parameter is longer than any; 405: there is one, but not
 * for this method; 400: a parameter is no UTF-8 or holds control characters.
 */
int route_find(const struct route *routes, enum http_face face, unsigned method, struct slice path,
               struct route_match *out);

/* Whether the path has the pattern's shape. */
bool route_has_shape(const char *pattern, struct slice path);

/* "" when there is none of that name. */
const char *route_param(const struct route_match *match, const char *name);

#endif
