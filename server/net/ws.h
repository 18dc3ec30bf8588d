#ifndef AIRCLASS_SERVER_NET_WS_H
#define AIRCLASS_SERVER_NET_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/access/caller.h"
#include "server/base/buf.h"

/*
 * One WebSocket connection. Foreign origins never become one; what arrives in `on_text` is one
 * whole message of valid UTF-8, in `on_binary` one whole message, both within the limits of their
 * subprotocol. Whatever else a peer sends ends its connection: frames badly formed or out of order
 * with 1002 (or without a word), a binary message where there are none with 1003, text that is no
 * UTF-8 with 1007, a message too big with 1009, a flood of messages or bytes with
 * WS_CLOSE_TOO_MANY.
 */
struct ws;

/* RFC 6455 and our own close codes (docs/protocol.md). */
enum ws_close_code {
    WS_CLOSE_GOING_AWAY = 1001,
    WS_CLOSE_BAD_MESSAGE = 4000,
    WS_CLOSE_NO_HELLO = 4001,
    WS_CLOSE_NOT_ALLOWED = 4003,
    WS_CLOSE_NO_LESSON = 4004,
    WS_CLOSE_NEEDS_HTTPS = 4005,
    WS_CLOSE_TOO_SLOW = 4008,
    WS_CLOSE_TAKEN_OVER = 4010,
    WS_CLOSE_REPLACED = 4011,
    WS_CLOSE_RESET = 4012,
    WS_CLOSE_TOO_MANY = 4029,
};

/* Called from the loop, never from inside a ws_* call. `user` is what ws_set_user() left. */
struct ws_events {
    /* Somebody is connected: set the user pointer. false refuses: the connection closes with
     * WS_CLOSE_TOO_MANY, or as an own ws_close() said. */
    bool (*on_open)(struct ws *ws, void *arg);
    /* NUL-terminated; `len` without the NUL. Borrowed for the call, as is `data`. */
    void (*on_text)(void *user, const char *text, size_t len);
    void (*on_binary)(void *user, const uint8_t *data, size_t len); /* NULL: binary_max is 0 */
    /* Asked for with ws_want_writable(): nothing of ours waits in user space any more. */
    void (*on_writable)(void *user);
    /* Told once, last; `ws` is gone when it returns. Not called after a refusal in on_open. */
    void (*on_close)(void *user);
    void *arg; /* for on_open */
};

/*
 * What /ws offers under one subprotocol. While a message comes in, up to its largest size is held
 * for the connection: those who take large ones bound their number in on_open, and how long a
 * stranger may stay.
 */
struct ws_protocol {
    const char *name; /* "airclass.v1" */
    const struct ws_events *events;
    uint32_t text_max; /* bytes of one text message, at most WS_MESSAGE_MAX */
    uint32_t texts_per_s;
    uint32_t binary_max; /* the same of a binary one; 0: there are none */
    /* Averaged over WS_BURST_S seconds, where a frame counts as WS_FRAME_COST bytes more. A peer
     * sends at most what its link carries, and is told what came: more than this is no link that
     * has caught up but a flood, so it ends the connection instead of slowing it down. */
    uint32_t binary_bytes_per_s;
    bool needs_private; /* else WS_CLOSE_NEEDS_HTTPS: see ws_is_private() */
};

enum {
    WS_PROTOCOLS_MAX = 4,
    WS_MESSAGE_MAX = 64 << 10,
    WS_BURST_S = 4,
    WS_FRAME_COST = 256,
};

void ws_set_user(struct ws *ws, void *user);

/* Nobody on the way can read along: it came over TLS, to us or to a trusted proxy; or the peer is
 * on this machine, and called it by its local name, as a program that serves others would not. */
bool ws_is_private(const struct ws *ws);

/* Who it is, by the cookies of the request that became this connection; CALLER_NOBODY if they said
 * nothing. Lives as long as `ws`. */
const struct caller *ws_caller(const struct ws *ws);

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

/* The peer has said good-bye, with a close frame; a connection that merely broke did not. For
 * on_close. */
bool ws_said_bye(const struct ws *ws);

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
