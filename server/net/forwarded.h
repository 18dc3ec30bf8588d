#ifndef AIRCLASS_SERVER_NET_FORWARDED_H
#define AIRCLASS_SERVER_NET_FORWARDED_H

#include "server/base/address.h"
#include "server/net/slice.h"

/* What a proxy in front of us says of those it serves. Anybody can write such headers: to be asked
 * of connections of `proxies` only. Pure. */

/*
 * X-Forwarded-For: each proxy has put at the end who came to it, so the last address that is none
 * of `proxies` is the peer; if all are, the first. False: there is none, or what stands before it
 * is no address.
 */
bool forwarded_for(struct slice list, const struct address_set *proxies, struct address *out);

/* X-Forwarded-Proto: whether they came to the proxy over TLS. */
bool forwarded_is_https(struct slice proto);

#endif
