#ifndef AIRCLASS_SERVER_NET_CONN_H
#define AIRCLASS_SERVER_NET_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include <libwebsockets.h>
#include <uv.h>

#include "server/net/limit.h"
#include "server/net/net.h"
#include "server/net/pages.h"
#include "server/net/tls.h"

/*
 * Shared by the .c files of this folder only. A connection begins as HTTP and may become a
 * WebSocket; http.c and ws.c each own their half of it. libwebsockets reads, parses and frames;
 * what it calls us for comes through conn_on_lws(). There, a result other than 0 ends the
 * connection.
 */
struct http;

struct conn {
    struct net *net;
    struct lws *wsi;
    int fd;         /* -1: gone */
    bool is_doomed; /* nothing may be asked of `wsi` any more but to end */
    bool is_admin;
    bool is_tls;
    bool is_shaking; /* the TLS handshake is not done */
    bool is_leaving; /* lws ends it; over TLS it waits for the peer to agree */
    bool is_local;   /* the peer is on this machine */
    bool is_proxy;   /* it is one of net->proxies */
    struct address address;
    bool has_share;        /* counted for `key` */
    bool is_private;       /* ws_is_private(), once its request has been read */
    struct caller *caller; /* ws_caller(); NULL: nobody */
    struct conn *prev, *next;
    uint64_t deadline_ms; /* 0: none */
    struct limit_key key;
    char peer[ADDRESS_TEXT_SIZE];
    struct http *http; /* one of the two */
    struct ws *ws;
};

/* What people and programs see. */
enum face_kind { FACE_PUBLIC, FACE_SECURE, FACE_ADMIN, FACES };

struct face {
    struct net *net;
    enum face_kind kind;
    struct lws_vhost *vhost; /* NULL, as the listener: there is no such face */
    struct listener *listener;
};

struct net {
    struct net_params p; /* its strings are our copies */
    struct lws_context *lws;
    uint32_t fd_table; /* lws may only see descriptors below: it writes beyond its table */
    struct face faces[FACES];
    struct tls *tls; /* NULL: none */
    struct address_set proxies;
    struct limit *limit;
    size_t large_bodies; /* bytes: HTTP_LARGE_BODIES */
    struct pages *pages;
    const struct ws_protocol *protocols[WS_PROTOCOLS_MAX + 1];
    /* The same in lws' words, behind the one for HTTP. */
    struct lws_protocols lws_protocols[WS_PROTOCOLS_MAX + 2];
    uv_timer_t sweep;
    struct conn *shaking; /* connections in the TLS handshake, the oldest first */
    struct conn *timed;   /* others with a deadline */
    struct conn *steady;  /* the others: players, mostly */
    uint64_t steady_ms;   /* when those were looked at */
    uint32_t n_conns, n_shaking;
    bool is_closing;
    int close_rounds;
    uint64_t warned_ms; /* at most one line a second says that it is full */
    void (*closed)(void *arg);
    void *arg;
};

/* host.c */

/* Creates libwebsockets' context on the loop and listens; net->tls is there if it is to be.
 * -EINVAL, -EADDRINUSE, -ENOENT, ... */
int host_open(struct net *net);

/* conn.c */

/* A listener's; `arg` is the face. */
void conn_on_accepted(void *arg, int fd, const struct sockaddr_storage *from);
void conn_on_full(void *arg);
int conn_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                size_t len);
/* From now on, or never: 0. */
void conn_set_deadline(struct conn *c, uint32_t ms);
/* The timeout that lws has for it. */
void conn_drop_timeout(struct conn *c);
/* Ends it from the loop, without a word more. May be called from anywhere. */
void conn_close(struct conn *c);
/* Who the peer is, by what a proxy says; counts it for its address. 0; -EDQUOT; -ENOMEM. */
int conn_set_peer(struct conn *c, const struct address *peer);
/* Looks after those that have a deadline. */
void conn_sweep(struct net *net);
void conn_close_all(struct net *net);

/* net.c */

/* A connection is gone. */
void net_check_closed(struct net *net);
/* conn_sweep() comes with the next turn of the loop, from no callback of lws'. */
void net_sweep_soon(struct net *net);

/* http.c */
int http_start(struct conn *c);
int http_on_head(struct conn *c);
int http_on_upgrade(struct conn *c);
int http_on_body(struct conn *c, const char *data, size_t len);
int http_on_whole(struct conn *c);
int http_on_writable(struct conn *c);
/* True when the peer has sent something, or its end, while answers wait for it to read: the one
 * that is being given, or those before. */
bool http_is_choked(const struct conn *c);
/* No request has come to be answered yet. */
bool http_is_unheard(const struct conn *c);
void http_on_deadline(struct conn *c);
void http_on_closed(struct conn *c);

/* ws.c */
int ws_start(struct conn *c);
int ws_on_bytes(struct conn *c, const char *data, size_t len);
void ws_on_writable(struct conn *c);
/* Sends the close frame that ws_close() left, if its turn has come. */
void ws_say_bye(struct conn *c);
void ws_on_peer_close(struct conn *c);
/* libwebsockets ends the connection: what the player sends is no WebSocket. */
void ws_on_ending(struct conn *c);
void ws_on_closed(struct conn *c);
/* True when the player has ended while something waits for it to be read. lws would poll for its
 * end again and again for the five seconds that it gives such a one. */
bool ws_is_left(const struct conn *c);

#endif
