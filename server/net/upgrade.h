#ifndef AIRCLASS_SERVER_NET_UPGRADE_H
#define AIRCLASS_SERVER_NET_UPGRADE_H

#include "server/net/head.h"
#include "server/net/ws.h"

#define WS_PATH "/ws"

/* Why a request may not become a WebSocket: the reason for the metrics and the status to answer
 * with. NULL if it may, by one of the `protocols` at least (which end with NULL). `origins` is a
 * list of allowed origins, separated by spaces. */
const char *upgrade_check(const struct request *r, const struct ws_protocol *const *protocols,
                          const char *origins, int *status);

/* Whether a page of this origin may talk to the server it reaches as `host`: it comes from there,
 * or is in the list. A request without an origin is not a page's. */
bool origin_is_allowed(struct slice origin, struct slice host, const char *origins);

/* What stands before its port in a Host header. */
struct slice host_without_port(struct slice host);

/* Whether a Host header names this very machine: localhost, 127.0.0.1 or [::1], with any port. */
bool host_is_local(struct slice host);

#endif
