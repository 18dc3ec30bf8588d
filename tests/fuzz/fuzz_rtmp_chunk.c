#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/rtmp/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    uint32_t sum;
    uint32_t messages;
    int err;
};

static void require(bool claim)
{
    if (!claim)
        abort();
}

static void note(struct outcome *o, const struct rtmp_message *m)
{
    require(m->len <= CHUNK_MESSAGE_MAX);
    o->messages++;
    o->sum = o->sum * 31 + m->type + m->stream_id + m->timestamp_ms + m->len;
    for (uint32_t i = 0; i < m->len; i++)
        o->sum = o->sum * 31 + m->body[i];
}

/* Feeds it `piece` bytes at a time, each on a heap block of its own. */
static struct outcome feed(const uint8_t *data, size_t size, size_t piece)
{
    struct chunk_reader r;
    struct rtmp_message msg;
    struct outcome o = {.err = -EAGAIN};
    size_t used = 0;
    size_t end = 0;
    chunk_reader_init(&r);
    while (o.err == -EAGAIN && end < size) {
        end = size - end < piece ? size : end + piece;
        uint8_t *copy = malloc(end - used);
        struct bytes in = bytes_of(memcpy(copy, data + used, end - used), end - used);
        while ((o.err = chunk_reader_next(&r, &in, &msg)) == 0) {
            note(&o, &msg);
            require(r.held <= CHUNK_HELD_MAX);
        }
        require(o.err != -EAGAIN || bytes_left(&in) <= CHUNK_HEADER_MAX);
        used = end - bytes_left(&in);
        free(copy);
    }
    chunk_reader_release(&r);
    return o;
}

/* A few bytes a piece, but not more than some 64 pieces, for speed. */
static size_t piece_of(size_t size)
{
    size_t small = 1 + size % 23;
    return small > size / 64 ? small : size / 64;
}

/* However the network cuts a stream, the same messages come out of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct outcome whole = feed(data, size, size);
    struct outcome pieces = feed(data, size, piece_of(size));
    require(whole.err == pieces.err && whole.sum == pieces.sum &&
            whole.messages == pieces.messages);
    return 0;
}
