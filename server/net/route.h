#ifndef AIRCLASS_SERVER_NET_ROUTE_H
#define AIRCLASS_SERVER_NET_ROUTE_H

#include "server/net/http.h"
#include "server/net/slice.h"

/*
 * Finds the row for a request. `path` is as sent; the `:name` segment arrives in `param`, decoded.
 * 0, with the row in `*out`. 404: no row of this face has the path; 405: there is one, but not for
 * this method (`*allowed` has the methods that are); 400: the parameter is badly encoded.
 */
int route_find(const struct route *routes, enum http_face face, unsigned method, struct slice path,
               const struct route **out, char param[HTTP_PARAM_MAX + 1], unsigned *allowed);

/* Whether the path has the pattern's shape; then `*param` is what stands for its `:name`, still
 * encoded. */
bool route_has_shape(const char *pattern, struct slice path, struct slice *param);

/* %41 becomes A. The length without the NUL; -EBADMSG for a bad escape, a control character or what
 * is no UTF-8; -EMSGSIZE when it does not fit. */
int percent_decode(struct slice in, char *out, size_t size);

#endif
