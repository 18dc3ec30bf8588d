#ifndef AIRCLASS_SERVER_NET_CERTIFICATE_H
#define AIRCLASS_SERVER_NET_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/net/net.h"

/* A server's certificate, those that lead from it to its issuer, and its key. */
struct certificate;
struct ssl_ctx_st; /* OpenSSL's SSL_CTX */

/*
 * Reads both from PEM files (the certificate's own first, as certbot's fullchain.pem has it) and
 * looks whether they can serve: they belong together, and the key is strong enough. 0; else a
 * negative errno, and in `error` the file and what is wrong with it. That it has expired is no
 * error: see certificate_is_current(). Blocks; may be called on any thread.
 */
int certificate_read(struct certificate **out, const char *file, const char *key_file,
                     char error[NET_ERROR_MAX]);
void certificate_free(struct certificate **certificate);

/* Connections that begin from now on are shown it. -EINVAL: OpenSSL will not have it. */
int certificate_use(const struct certificate *certificate, struct ssl_ctx_st *ctx);

/* Seconds since 1970. */
int64_t certificate_expires(const struct certificate *certificate);
bool certificate_is_current(const struct certificate *certificate, int64_t now_s);

#endif
