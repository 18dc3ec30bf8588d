#ifndef AIRCLASS_TESTS_BENCH_CLIENT_PLAYER_H
#define AIRCLASS_TESTS_BENCH_CLIENT_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "server/base/bytes.h"
#include "tests/bench/client/chain.h"
#include "tests/bench/client/ws_client.h"

/* One player as the server sees it: joins, says what it can, reports, and takes what comes. */
enum player_state { PLAYER_IDLE, PLAYER_CONNECTING, PLAYER_UPGRADING, PLAYER_SEATED, PLAYER_GONE };

enum { PLAYER_RUNG_MAX = 8, PLAYER_REPORT_US = 10000000 };

struct player_track {
    uint32_t node;          /* in the chain: what came last */
    uint64_t encoding_hash; /* of the config */
};

struct player {
    int fd;
    uint32_t number;
    enum player_state state;
    struct ws_input in;
    char rung[PLAYER_RUNG_MAX];
    uint32_t rung_changes;
    bool is_welcome;
    bool has_picture; /* what the present rung shows has begun */
    struct player_track voice, video;
    struct units units;
    uint32_t voice_end_ms;
    uint64_t report_us; /* when the next one is due */
};

struct player_join {
    unsigned port;
    const char *lesson, *mode;
    int receive_buffer; /* SO_RCVBUF; 0: the system's */
};

/* What a unit was to this player, for counting. */
struct player_got {
    struct unit_in unit;
    struct chain_seen seen; /* of media */
    bool is_media;          /* voice bundle or video frame: in the chain */
};

/* Begins to connect. A negative errno. */
int player_connect(struct player *p, const struct player_join *join);

/* Connected: asks for the WebSocket. */
int player_upgrade(struct player *p, const struct player_join *join);

/* The bytes behind the answer's head begin at the returned place; 0: not whole; < 0: refused. */
int player_upgraded(struct player *p, const struct player_join *join, const char *data, size_t len);

/* A message that is not binary has come. -EPROTO: not of the protocol; -ECONNRESET: the server says
 * goodbye. */
int player_told(struct player *p, const struct ws_message *message);

/* Takes the next unit off a binary message. -EPROTO: not of the protocol. */
int player_next(struct player *p, struct chain *chain, struct bytes *message, uint64_t now_us,
                struct player_got *got);

void player_report(struct player *p, uint64_t now_us);
void player_leave(struct player *p);

#endif
