#ifndef AIRCLASS_SERVER_NET_CONN_H
#define AIRCLASS_SERVER_NET_CONN_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "server/net/limit.h"
#include "server/net/net.h"
#include "server/net/pages.h"
#include "server/net/sock.h"

/*
 * Shared by the .c files of this folder only. A connection begins as HTTP and may become a
 * WebSocket; http.c and ws.c each own their half of it.
 */
struct http;

struct conn {
    struct net *net;
    struct sock sock;
    struct conn *prev, *next;
    uint64_t deadline_ms; /* 0: none */
    struct limit_key key;
    bool is_admin;
    char peer[ADDRESS_TEXT_SIZE];
    struct http *http; /* one of the two */
    struct ws *ws;
};

struct listener {
    struct net *net;
    uv_poll_t poll;
    int fd; /* -1: not there */
    bool is_admin;
    bool is_paused;
    uint64_t warned_ms; /* at most one line a second says that it is full */
    uint16_t port;
};

struct net {
    struct net_params p; /* its strings are our copies */
    struct sock_host *host;
    struct limit *limit;
    struct pages *pages;
    struct listener pub;
    struct listener admin;
    uv_timer_t sweep;
    struct conn *timed;  /* connections with a deadline */
    struct conn *steady; /* the others: players, mostly */
    uint32_t n_conns;
    int open_handles; /* ours on the loop */
    bool is_closing;
    void (*closed)(void *arg);
    void *arg;
};

/* conn.c */

/* Takes the descriptor over, whatever happens. 0 or why it was refused. */
int conn_open(struct net *net, int fd, const struct sockaddr_storage *address, bool is_admin);
/* From now on, or never: 0. */
void conn_set_deadline(struct conn *c, uint32_t ms);
/* Calls the halves of those whose deadline has passed. */
void conn_sweep(struct net *net);
void conn_close_all(struct net *net);

/* listener.c */
int listener_open(struct listener *l, struct net *net, const char *bind, uint16_t port,
                  bool is_admin);
/* Goes on listening after a limit was reached, if there is room again. */
void listener_resume(struct listener *l);
void listener_close(struct listener *l);

/* net.c: a connection or handle of ours is gone. */
void net_check_closed(struct net *net);

/* http.c */
int http_start(struct conn *c);
void http_on_bytes(struct conn *c, const uint8_t *data, size_t len);
void http_on_writable(struct conn *c);
void http_on_deadline(struct conn *c);
void http_on_closed(struct conn *c);

/* ws.c */

/* Sends the answer to the upgrade and gives `c` its WebSocket half. -ENOMEM, -EPIPE: nothing has
 * changed, close it. */
int ws_start(struct conn *c, const char *key, size_t key_len);
void ws_on_bytes(struct conn *c, const uint8_t *data, size_t len);
void ws_on_writable(struct conn *c);
void ws_on_deadline(struct conn *c);
void ws_on_closed(struct conn *c);

#endif
