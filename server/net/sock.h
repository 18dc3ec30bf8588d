#ifndef AIRCLASS_SERVER_NET_SOCK_H
#define AIRCLASS_SERVER_NET_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/*
 * Accepted TCP connections on the loop, carried by libwebsockets; sock.c is the only file that sees
 * it. Bytes go straight to the kernel: what it does not take stays with the caller.
 */
struct uv_loop_s;
struct lws;
struct sock_host;

/* Called from the loop, never from inside a sock_* call. */
struct sock_events {
    void (*on_bytes)(void *user, const uint8_t *data, size_t len);
    void (*on_writable)(void *user); /* asked for with sock_want_writable() */
    void (*on_closed)(void *user);   /* told once, last */
};

/* Lives inside its owner, until on_closed. */
struct sock {
    struct sock_host *host;
    struct lws *wsi;
    const struct sock_events *events;
    void *user;
    int fd;
    bool is_doomed;
    struct sock *prev, *next; /* among the doomed */
};

/* `max_sockets` sizes the tables; more are refused by sock_adopt(). */
int sock_host_new(struct sock_host **out, struct uv_loop_s *loop, uint32_t max_sockets);

/* After the last socket is gone. `closed` is called from the loop; `*host` is then free. */
void sock_host_close(struct sock_host *host, void (*closed)(void *arg), void *arg);

/* Takes over a connected, non-blocking descriptor; closes it on failure. -ENOMEM. */
int sock_adopt(struct sock_host *host, int fd, struct sock *sock, const struct sock_events *events,
               void *user);

/* Bytes taken, at least 1; -EAGAIN; -EPIPE when the connection is over (it is closed then). */
ssize_t sock_send(struct sock *sock, const struct iovec *parts, size_t n);

void sock_want_writable(struct sock *sock);

/* While paused, nothing is read, and the peer's end is not noticed either. */
void sock_pause(struct sock *sock, bool is_paused);

/* No more bytes will be sent; what the peer sends still arrives. */
void sock_end(struct sock *sock);

/* Nothing is read or written any more; on_closed follows. Idempotent. */
void sock_close(struct sock *sock);

#endif
