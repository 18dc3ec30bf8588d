#ifndef AIRCLASS_SERVER_NET_WS_H
#define AIRCLASS_SERVER_NET_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/*
 * One WebSocket connection of a player. Foreign origins never become one; what arrives in `on_text`
 * is one whole message of valid UTF-8 within the limits of docs/protocol.md. Whatever else a peer
 * sends ends its connection: frames badly formed or out of order with 1002 (or without a word), a
 * binary message with 1003, text that is no UTF-8 with 1007, a message too big with 1009, a flood
 * of messages with WS_CLOSE_TOO_MANY.
 */
struct ws;

enum { WS_TEXT_MAX = 1024, WS_TEXTS_PER_S = 20 };

/* RFC 6455 and our own close codes (docs/protocol.md). */
enum ws_close_code {
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_BAD_MESSAGE = 4000,
    WS_CLOSE_NO_HELLO = 4001,
    WS_CLOSE_NOT_ALLOWED = 4003,
    WS_CLOSE_NO_LESSON = 4004,
    WS_CLOSE_TOO_SLOW = 4008,
    WS_CLOSE_TOO_MANY = 4029,
};

/* Called from the loop, never from inside a ws_* call. `user` is what ws_set_user() left. */
struct ws_events {
    /* A player is connected: set the user pointer. false refuses it: the connection closes with
     * WS_CLOSE_TOO_MANY, or as an own ws_close() said. */
    bool (*on_open)(struct ws *ws, void *arg);
    void (*on_text)(void *user, const char *text, size_t len);
    /* Asked for with ws_want_writable(): nothing of ours waits in user space any more. */
    void (*on_writable)(void *user);
    /* Told once, last; `ws` is gone when it returns. Not called after a refusal in on_open. */
    void (*on_close)(void *user);
    void *arg; /* for on_open */
};

void ws_set_user(struct ws *ws, void *user);

/*
 * Sends one binary message straight away if nothing is left over from an earlier one, sharing
 * `message` (its headroom is written to). 0: handed over, entirely; -EAGAIN: the socket is full,
 * nothing was taken, ask for on_writable; -EPIPE: the connection is ending.
 */
int ws_send(struct ws *ws, const struct buf *message);

/* The same for a text message; `text` is copied. At most WS_TEXT_OUT_MAX bytes: else -EMSGSIZE. */
enum { WS_TEXT_OUT_MAX = 4096 };
int ws_send_text(struct ws *ws, const char *text, size_t len);

/* on_writable will be called once. */
void ws_want_writable(struct ws *ws);

/* Whether ws_send() would take a message now. */
bool ws_is_ready(const struct ws *ws);

/* Ends the connection with a close frame; on_close follows, from the loop. Idempotent. `why` is
 * at most 100 bytes and is said to the player and in the metrics, so no secrets. */
void ws_close(struct ws *ws, enum ws_close_code code, const char *why);

/* Remote address without port, for limits; lives as long as `ws`. */
const char *ws_peer(const struct ws *ws);

/* What the kernel knows of the way to this player. What an older one does not know stays 0. */
struct ws_link {
    uint32_t rtt_ms; /* smoothed; 0: unknown */
    uint32_t min_rtt_ms;
    uint64_t resent_bytes; /* because they were lost, since the connection began */
};

/* Sent and not acknowledged, or not even sent (SIOCOUTQ): one cheap ioctl. 0 when the socket is
 * gone. */
uint32_t ws_queued(const struct ws *ws);

/* All of struct ws_link, by TCP_INFO: dearer, at most once a second for each viewer. */
void ws_measure(const struct ws *ws, struct ws_link *out);

#endif
