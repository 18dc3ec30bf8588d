#ifndef AIRCLASS_SERVER_INGEST_RTMP_CHUNK_H
#define AIRCLASS_SERVER_INGEST_RTMP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/bytes.h"
#include "server/ingest/rtmp/message.h"

/* The RTMP chunk stream (§5.3 of the specification): bytes in, whole messages out, and back. */

enum {
    CHUNK_SIZE_FIRST = 128,    /* until the sender says otherwise */
    CHUNK_SIZE_MAX = 0xffffff, /* the specification's; costs no memory here */
    CHUNK_STREAMS_MAX = 16,    /* encoders use 4 to 8 */
    CHUNK_MESSAGE_MAX = 2 << 20,
    CHUNK_HELD_MAX = 4 << 20, /* all half-built messages of a connection together */
    /* At most this many bytes of the input stay behind when a reader asks for more. */
    CHUNK_HEADER_MAX = 3 + 11 + 4,
};

struct chunk_stream {
    uint32_t id;
    uint8_t type;
    bool is_open;      /* a message has begun and is not whole yet */
    bool has_extended; /* the last full header had an extended timestamp */
    uint32_t field;    /* timestamp or delta as last sent: what a type 3 header repeats */
    uint32_t timestamp_ms;
    uint32_t stream_id;
    uint32_t len;
    uint32_t have;
    uint32_t room; /* allocated at `body`; grows with what has come, not with what was announced */
    uint8_t *body;
};

struct chunk_reader {
    struct chunk_stream streams[CHUNK_STREAMS_MAX];
    unsigned n_streams;
    struct chunk_stream *current; /* whose chunk is being read; NULL: a header comes next */
    uint32_t chunk_left;
    uint32_t chunk_size;
    uint32_t message_max; /* see chunk_reader_limit() */
    size_t held_max;
    size_t held; /* bytes allocated for bodies */
    uint8_t *lent;
    uint32_t lent_room;
};

void chunk_reader_init(struct chunk_reader *r);
void chunk_reader_release(struct chunk_reader *r);

/* From the next message on, less than CHUNK_MESSAGE_MAX and CHUNK_HELD_MAX, or them again. */
void chunk_reader_limit(struct chunk_reader *r, uint32_t message_max, size_t held_max);

/*
 * Takes from `in` until a message is whole. 0: `*msg` is it; its body is lent until the next call.
 * -EAGAIN: give what is left of `in` (at most CHUNK_HEADER_MAX bytes) again with more behind it.
 * -EPROTO: not a chunk stream; -EMSGSIZE: a message over its limit; -ENOBUFS: too many
 * chunk streams, or too much held; -ENOMEM. After an error the reader is only good for release.
 * Set Chunk Size and Abort are obeyed here and do not come out.
 */
int chunk_reader_next(struct chunk_reader *r, struct bytes *in, struct rtmp_message *msg);

/* Writes `msg` as chunks of `chunk_size` on chunk stream `id` (2 to 63). Returns the number of
 * bytes written; 0 and nothing written when `room` is too small. */
size_t chunk_write(uint8_t *out, size_t room, unsigned id, uint32_t chunk_size,
                   const struct rtmp_message *msg);

#endif
