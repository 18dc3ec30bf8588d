#ifndef AIRCLASS_SERVER_NET_NET_H
#define AIRCLASS_SERVER_NET_NET_H

#include <stddef.h>
#include <stdint.h>

#include "server/net/http.h"
#include "server/net/ws.h"

/*
 * HTTP and WebSocket on the program's libuv loop. The only folder that knows libwebsockets.
 * One listener serves the pages, the public API and /ws; a second one, if there is a certificate,
 * the same over TLS; another, on 127.0.0.1 only, the admin API.
 */
struct uv_loop_s;
struct net;

enum { NET_ERROR_MAX = 512 };

struct net_tls {
    uint16_t port;           /* 0: any; net_tls_port() says which */
    const char *certificate; /* PEM file with the chain; NULL or "": no TLS */
    const char *key;         /* PEM file */
    uint32_t max_handshakes; /* that are not done yet; 0: 2048. The oldest makes room for more */
    uint32_t hsts_s; /* browsers are told to come by TLS only, for so long; 0: they are not */
};

struct net_params {
    struct uv_loop_s *loop;
    const char *bind; /* address to listen on; NULL or "": all, IPv4 and IPv6 */
    uint16_t port;    /* 0: any; net_port() says which */
    struct net_tls tls;
    uint16_t admin_port;     /* on 127.0.0.1; 0: any; UINT16_MAX: no admin API */
    const char *admin_token; /* the Bearer token of HTTP_ADMIN routes */
    const char *web_root;    /* folder with the built pages */
    /* Addresses and ranges of those in front of us, separated by blanks: whose connections are not
     * counted as those of one address, and whose X-Forwarded-For and -Proto are believed. */
    const char *trusted_proxies;
    const char *origins; /* extra allowed origins, space-separated; same host is always allowed */
    const struct route *routes; /* ends with a row whose path is NULL */
    void *app;                  /* for the routes' handlers, and ... */
    /* ... whether who asks may: 0, or the status to refuse it with (401, 403, 404). The request has
     * no body yet, and nothing may be answered. NULL: on the
     * public face only what PERMIT_ANYBODY may. */
    int (*admit)(struct http_request *req, enum permit permit, void *app);
    /* Says who wants a WebSocket, by what its request shows: into http_caller(), for ws_caller().
     * Nothing else may be done with the request. NULL: nobody is known. */
    void (*identify)(struct http_request *req, void *app);
    /* What /ws offers, ends with NULL; at most WS_PROTOCOLS_MAX, else -EINVAL. */
    const struct ws_protocol *const *protocols;
    uint32_t max_connections; /* of all listeners together; more are turned away; the last 8 are
                                 kept for admins. There should be so many descriptors ... */
    uint32_t other_files;     /* ... beside these, which the rest of the program may hold */
    uint32_t
        max_per_address; /* connections of one address; a school sits behind one: be generous */
    uint32_t send_buffer_bytes; /* SO_SNDBUF of a player's socket */
    const char *congestion;     /* TCP congestion control, e.g. "bbr"; NULL or "": the system's */

    /* Time limits; 0 stands for what is said here. */
    uint32_t shake_timeout_ms; /* 15000: for the TLS handshake, on links that lose packets */
    uint32_t head_timeout_ms;  /* 5000: from then, or connecting, to the first whole head */
    uint32_t body_timeout_ms;  /* 10000: for the body behind it */
    uint32_t idle_timeout_ms;  /* 5000: from an answer to the next whole head */
    uint32_t stall_timeout_ms; /* 30000: an answer of which the peer takes nothing */
    uint32_t close_timeout_ms; /* 2000: for the peer to take notice of the end */
};

/* Whether TLS can be served with these files. 0, or a negative errno, and in `error` the file and
 * what is wrong with it. Blocks. */
int net_check_tls(const struct net_tls *p, char error[NET_ERROR_MAX]);

/* Whether the kernel has this TCP congestion control ("": the system's); else -EPROTONOSUPPORT. */
int net_check_congestion(const char *name);

/* Listens. -EADDRINUSE and friends; -EINVAL for a web_root that has no pages, addresses that
 * are none or a certificate that net_check_tls() does not like; -EPROTONOSUPPORT for a congestion
 * control that the kernel does not have. What had begun then ends with the next turns of the loop.
 * All strings are copied; `routes`, `app` and what `protocols` points to must outlive it. Reads the
 * pages: call it before the loop runs. */
int net_open(struct net **out, const struct net_params *p);

uint16_t net_port(const struct net *net);
uint16_t net_tls_port(const struct net *net); /* 0: there is none */
uint16_t net_admin_port(const struct net *net);

/* Reads the certificate and its key again, on libuv's pool; otherwise that happens some seconds
 * after the files have changed. What can't serve is told in the log, and the old one stays. */
void net_reload_tls(struct net *net);

/* Turns new connections away at once and closes every connection (WebSockets with 1001); `closed`
 * is called from the loop when nothing is left. */
void net_close(struct net *net, void (*closed)(void *arg), void *arg);

#endif
