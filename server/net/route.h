#ifndef AIRCLASS_SERVER_NET_ROUTE_H
#define AIRCLASS_SERVER_NET_ROUTE_H

#include "server/net/http.h"
#include "server/net/slice.h"

/*
 * Finds the row for a request. `path` is decoded; the `:name` segment arrives in `param`.
 * 0, with the row in `*out`. 404: no row of this face has the path; 405: there is one, but not for
 * this method (`*allowed` has the methods that are); 400: the parameter is no UTF-8 or holds
 * control characters.
 */
int route_find(const struct route *routes, enum http_face face, unsigned method, struct slice path,
               const struct route **out, char param[HTTP_PARAM_MAX + 1], unsigned *allowed);

/* Whether the path has the pattern's shape; then `*param` is what stands for its `:name`. */
bool route_has_shape(const char *pattern, struct slice path, struct slice *param);

#endif
