#ifndef AIRCLASS_SERVER_INGEST_RTMP_CONN_H
#define AIRCLASS_SERVER_INGEST_RTMP_CONN_H

#include <stdint.h>

#include <uv.h>

#include "server/ingest/ingest.h"
#include "server/ingest/rtmp/peer.h"
#include "server/ingest/rtmp/why.h"

/* One encoder's TCP connection: drives an rtmp_session, hands its tags to the sink. */
struct conn;

struct conn_params {
    uv_loop_t *loop;
    const struct ingest_sink *sink; /* borrowed */
    uint32_t hello_timeout_ms;
    uint32_t silence_timeout_ms;
    /* Called once, last, when the connection's memory is about to be freed. */
    void (*closed)(struct conn *conn, void *arg);
    void *arg;
};

/* A connection that is not connected yet: accept into conn_stream(), then conn_start(), or
 * conn_end(). -ENOMEM. */
int conn_new(struct conn **out, const struct conn_params *p);
uv_stream_t *conn_stream(struct conn *conn);

/* Learns who is there, and reads. On an error the caller ends it. */
int conn_start(struct conn *conn);

/* Ends it now, unless it has ended: tells the publisher, logs, closes. `closed` follows from the
 * loop. `detail` is static or NULL. */
void conn_end(struct conn *conn, enum rtmp_why why, const char *detail);

/* Ends what waits for the encoder to hang up, too. */
void conn_abort(struct conn *conn, enum rtmp_why why);

/* Known once started. */
const struct peer *conn_who(const struct conn *conn);

/* The connection's place in its listener's list. */
struct conn **conn_next(struct conn *conn);

#endif
