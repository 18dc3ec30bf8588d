#ifndef AIRCLASS_TESTS_BENCH_CLIENT_WS_CLIENT_H
#define AIRCLASS_TESTS_BENCH_CLIENT_WS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The player's side of a WebSocket, as far as a load generator needs it. No sockets in here. */

enum { WS_CLIENT_OUT_MAX = 1200, WS_CLIENT_MESSAGE_MAX = 4 << 20 };

/* The request for /ws; returns its length. */
size_t ws_client_upgrade(char out[WS_CLIENT_OUT_MAX], unsigned port);

/* Length of the answer's head when it is whole and says 101; 0: not whole yet; -1: refused. */
int ws_client_upgraded(const char *answer, size_t len);

/* A masked text frame of at most 1,024 bytes; returns its length. */
size_t ws_client_text(uint8_t out[WS_CLIENT_OUT_MAX], const char *text, size_t len);

/* Takes a server's frames apart. Zeroed at first. */
struct ws_input {
    uint8_t head[10];
    unsigned head_len;
    size_t left; /* of the frame's payload */
    bool is_inside;
    uint8_t *message; /* collected so far */
    size_t len, room;
};

struct ws_message {
    uint8_t opcode; /* 1 text, 2 binary, 8 close, 9 ping */
    const uint8_t *data;
    size_t len;
};

/*
 * Reads on in `data`, `*used` bytes of it. 0: `*out` is one whole message, borrowed until the next
 * call; -EAGAIN: all was used, there is none yet; -EPROTO, -EMSGSIZE, -ENOMEM.
 */
int ws_input_next(struct ws_input *in, const uint8_t *data, size_t len, size_t *used,
                  struct ws_message *out);

void ws_input_release(struct ws_input *in);

#endif
