#ifndef AIRCLASS_SERVER_INGEST_RTMP_REPLY_H
#define AIRCLASS_SERVER_INGEST_RTMP_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/ingest/rtmp/message.h"

/* What the server says to an encoder, as chunks in a buffer of fixed size. */

enum {
    REPLY_ROOM = 8192,
    REPLY_CHUNK_SIZE = 4096,
    REPLY_STREAM_ID = 1, /* the one message stream that a connection gets */
};

struct reply_buf {
    uint8_t bytes[REPLY_ROOM];
    size_t len;
    bool is_full; /* something did not fit, and was left out whole */
    uint32_t chunk_size;
};

void reply_init(struct reply_buf *out);

/* Bytes as they are (the handshake). */
uint8_t *reply_reserve(struct reply_buf *out, size_t len);

void reply_control(struct reply_buf *out, enum rtmp_type type, uint32_t value);
void reply_peer_bandwidth(struct reply_buf *out, uint32_t bytes);
void reply_user_control(struct reply_buf *out, uint16_t event, uint32_t value);

/* Announces REPLY_CHUNK_SIZE and uses it from then on. */
void reply_chunk_size(struct reply_buf *out);

/* Answers of a call, by its transaction number. */
void reply_connected(struct reply_buf *out, double txn);
void reply_connect_error(struct reply_buf *out, double txn, const char *description);
void reply_stream_created(struct reply_buf *out, double txn);
void reply_done(struct reply_buf *out, double txn);
void reply_unknown_call(struct reply_buf *out, double txn);

/* `event` with a status object on the message stream: onStatus, onFCPublish, onFCUnpublish. */
struct reply_status {
    const char *event;
    const char *level; /* "status" or "error" */
    const char *code;  /* "NetStream.Publish.Start" */
    const char *description;
};
void reply_status(struct reply_buf *out, const struct reply_status *status);

#endif
