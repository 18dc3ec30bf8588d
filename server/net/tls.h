#ifndef AIRCLASS_SERVER_NET_TLS_H
#define AIRCLASS_SERVER_NET_TLS_H

#include <stdbool.h>

#include "server/net/certificate.h"

/*
 * What TLS connections are made with: how they are set up, and a certificate that follows its
 * files. libwebsockets reads and writes them.
 */
struct tls;
struct uv_loop_s;

/* Reads the files: call it before the loop runs. Errors as of certificate_read(). An expired
 * certificate is served: a warning that can be clicked away is better than no lesson. */
int tls_open(struct tls **out, struct uv_loop_s *loop, const struct net_tls *p,
             char error[NET_ERROR_MAX]);

/* Not while it is busy. NULL is fine. */
void tls_free(struct tls **tls);

/* Sets `ctx` up, which must live on until the last tls_look(). 0 or -EINVAL. */
int tls_equip(struct tls *tls, struct ssl_ctx_st *ctx);

/*
 * To be called again and again. Every few seconds, or at once if tls_reload() asked for it, the
 * files are looked at on libuv's pool; what has changed, and has then been at rest, is used for
 * connections that begin from then on. What can't serve is told in the log, and the old one stays.
 * `on_idle` is called from the loop when that is done.
 */
void tls_look(struct tls *tls, void (*on_idle)(void *arg), void *arg);
void tls_reload(struct tls *tls);
bool tls_is_busy(const struct tls *tls);

#endif
