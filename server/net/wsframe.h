#ifndef AIRCLASS_SERVER_NET_WSFRAME_H
#define AIRCLASS_SERVER_NET_WSFRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * WebSocket framing (RFC 6455), without extensions: what players send is put together to whole
 * messages and checked; what we send gets its header.
 */
enum {
    WS_OPCODE_CONTINUATION = 0x0,
    WS_OPCODE_TEXT = 0x1,
    WS_OPCODE_BINARY = 0x2,
    WS_OPCODE_CLOSE = 0x8,
    WS_OPCODE_PING = 0x9,
    WS_OPCODE_PONG = 0xa,

    WS_CONTROL_MAX = 125,  /* bytes in a control frame */
    WS_HEADER_MAX = 10,    /* of a frame that a server sends */
    WS_FRAGMENTS_MAX = 32, /* frames of one message */
};

/* The codes of RFC 6455 that end a connection which does not keep to it. */
enum {
    WS_STATUS_PROTOCOL = 1002,
    WS_STATUS_BINARY = 1003,
    WS_STATUS_NO_UTF8 = 1007,
    WS_STATUS_TOO_BIG = 1009,
};

struct ws_reader {
    uint8_t head[14]; /* of the frame that is coming in */
    uint8_t head_len;
    bool in_payload;
    uint8_t opcode;
    bool is_final;
    uint32_t left; /* payload bytes of this frame still to come */
    uint32_t mask_at;
    uint8_t mask[4];

    bool in_message;
    uint8_t fragments;
    uint32_t text_len;
    char *text; /* only while a message comes in, or was just handed out */
    uint8_t control_len;
    uint8_t control[WS_CONTROL_MAX];
};

struct ws_input {
    uint8_t opcode;   /* TEXT (a whole message), PING, PONG or CLOSE */
    const char *data; /* text is NUL-terminated behind `len` */
    size_t len;
    int status;      /* after -EPROTO: the code to close with */
    const char *why; /* and what was wrong */
};

/*
 * Takes bytes of the stream; `*used` says how many. 0: `out` is a whole message or control frame,
 * borrowed until the next call. -EAGAIN: all bytes are used, more are needed. -EPROTO: the stream
 * is broken, as `out` says. -ENOMEM.
 */
int ws_reader_feed(struct ws_reader *r, const uint8_t *data, size_t len, size_t *used,
                   struct ws_input *out);

void ws_reader_release(struct ws_reader *r);

/* Writes the header of an unmasked, whole frame so that it ends before `end`; its length. */
size_t ws_header_write(uint8_t *end, uint8_t opcode, size_t payload_len);

/* The Sec-WebSocket-Accept of a key, NUL-terminated. */
enum { WS_ACCEPT_SIZE = 29 };
void ws_accept(char out[WS_ACCEPT_SIZE], const char *key, size_t key_len);

#endif
