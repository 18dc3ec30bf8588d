#ifndef AIRCLASS_SERVER_NET_WS_CONN_H
#define AIRCLASS_SERVER_NET_WS_CONN_H

#include "server/net/conn.h"
#include "server/net/ws.h"

/*
 * The WebSocket half of a connection: ws.c opens, writes and closes, ws_in.c makes messages of what
 * comes in.
 */

/* Fills with what is taken from an allowance, and empties with time. */
struct bucket {
    uint64_t emptied_ms;
    uint64_t milli; /* thousandths of what is counted */
};

struct ws {
    struct conn *conn;
    const struct ws_protocol *protocol;
    void *user;
    bool is_closing;
    bool said_bye;    /* the peer did, with a close frame */
    bool is_accepted; /* by on_open */
    bool wants_writable;
    bool has_rest;        /* lws held the rest of a message when it was last asked */
    const char *ended_by; /* for the metrics */
    uint16_t close_code;  /* to be sent; 0: none */
    char *close_why;      /* or NULL */

    /* The message that is coming in. */
    uint8_t fragments;
    uint32_t len, room;
    char *message;
    struct bucket texts, bytes;
};

/* The codes of RFC 6455 that end a connection which does not keep to it. */
enum {
    STATUS_PROTOCOL = 1002,
    STATUS_BINARY = 1003,
    STATUS_NO_UTF8 = 1007,
    STATUS_TOO_BIG = 1009,
};

/* From here on nothing of the application's is sent or delivered; ws_say_bye() does the rest. */
void ws_begin_close(struct ws *ws, unsigned code, const char *why, const char *ended_by);

#endif
