#ifndef AIRCLASS_SERVER_INGEST_RTMP_PEER_H
#define AIRCLASS_SERVER_INGEST_RTMP_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

/* Who is at the other end of a socket: for the log, and for limits by address. */
enum { PEER_TEXT_MAX = 56 };

struct peer {
    uint8_t home[16];         /* an IPv4 address, or the /64 of an IPv6 one: what limits count */
    char text[PEER_TEXT_MAX]; /* "192.0.2.1:50000", "[2001:db8::1]:50000" */
};

/* `from` is an IPv4 or IPv6 address; an IPv4 one in IPv6's clothes (::ffff:192.0.2.1) is IPv4. */
void peer_at(struct peer *out, const struct sockaddr *from);

/* Negative errno when the socket is gone already. */
int peer_of(struct peer *out, const uv_tcp_t *tcp);

bool peer_is_same_home(const struct peer *a, const struct peer *b);

#endif
