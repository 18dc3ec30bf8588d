#include "server/ingest/rtmp/chunk.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    TYPE_FULL = 0,       /* timestamp, length, type, stream */
    TYPE_SAME_SINK = 1,  /* delta, length, type */
    TYPE_SAME_SHAPE = 2, /* delta */
    TYPE_SAME = 3,       /* continues, or repeats all */
    EXTENDED = 0xffffff,
    BODY_FIRST = 4096,
};

struct header {
    unsigned kind; /* TYPE_* */
    uint32_t id;
    struct chunk_stream *stream; /* NULL: not seen before */
    bool has_extended;
    uint32_t field;
    uint32_t len;
    uint8_t type;
    uint32_t stream_id;
};

void chunk_reader_init(struct chunk_reader *r)
{
    *r = (struct chunk_reader){.chunk_size = CHUNK_SIZE_FIRST,
                               .message_max = CHUNK_MESSAGE_MAX,
                               .held_max = CHUNK_HELD_MAX};
}

void chunk_reader_limit(struct chunk_reader *r, uint32_t message_max, size_t held_max)
{
    assert(message_max <= CHUNK_MESSAGE_MAX && held_max <= CHUNK_HELD_MAX);
    r->message_max = message_max;
    r->held_max = held_max;
}

static void drop_body(struct chunk_reader *r, struct chunk_stream *s)
{
    r->held -= s->room;
    free(s->body);
    s->body = NULL;
    s->room = 0;
    s->have = 0;
    s->is_open = false;
}

static void take_back(struct chunk_reader *r)
{
    r->held -= r->lent_room;
    free(r->lent);
    r->lent = NULL;
    r->lent_room = 0;
}

void chunk_reader_release(struct chunk_reader *r)
{
    take_back(r);
    for (unsigned i = 0; i < r->n_streams; i++)
        drop_body(r, &r->streams[i]);
    assert(r->held == 0);
    chunk_reader_init(r);
}

static struct chunk_stream *find_stream(struct chunk_reader *r, uint32_t id)
{
    for (unsigned i = 0; i < r->n_streams; i++)
        if (r->streams[i].id == id)
            return &r->streams[i];
    return NULL;
}

static struct chunk_stream *add_stream(struct chunk_reader *r, uint32_t id)
{
    if (r->n_streams == CHUNK_STREAMS_MAX)
        return NULL;
    struct chunk_stream *s = &r->streams[r->n_streams++];
    *s = (struct chunk_stream){.id = id};
    return s;
}

static uint32_t read_id(struct bytes *b, uint32_t low)
{
    if (low > 1)
        return low;
    uint32_t id = 64u + bytes_u8(b);
    return low == 0 ? id : id + 256u * bytes_u8(b);
}

static uint32_t read_le32(struct bytes *b)
{
    const uint8_t *p = bytes_take(b, 4);
    return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

/* Whether the next four bytes are `value`; `b->bad` when there are too few to tell. */
static bool comes_next(struct bytes *b, uint32_t value)
{
    uint8_t want[4];
    put_u32(want, value);
    size_t n = bytes_left(b) < 4 ? bytes_left(b) : 4;
    if (n > 0 && memcmp(b->p, want, n) != 0)
        return false;
    if (n < 4)
        b->bad = true;
    return n == 4;
}

/*
 * The extended timestamp is to be repeated in type 3 chunks (§5.3.1.3). Encoders built on a
 * librtmp from before 2012 don't, others repeat the message's time where a delta was sent: inside a
 * message the four bytes are taken only if they are one or the other.
 */
static void skip_repeated_time(const struct chunk_stream *s, struct bytes *b)
{
    struct bytes other = *b;
    if (comes_next(b, s->field) || (!b->bad && comes_next(&other, s->timestamp_ms)))
        bytes_take(b, 4);
    b->bad = b->bad || other.bad;
}

static void parse_same(struct header *h, struct bytes *b)
{
    const struct chunk_stream *s = h->stream;
    if (!s)
        return;
    h->field = s->field;
    h->has_extended = s->has_extended;
    if (!s->has_extended)
        return;
    if (s->is_open)
        skip_repeated_time(s, b);
    else
        h->field = bytes_u32(b);
}

/* -EAGAIN: too few bytes yet. Changes nothing but `*b` and `*h`. */
static int parse_header(struct chunk_reader *r, struct bytes *b, struct header *h)
{
    uint8_t first = bytes_u8(b);
    h->kind = first >> 6;
    h->id = read_id(b, first & 63);
    if (b->bad)
        return -EAGAIN;

    h->stream = find_stream(r, h->id);
    if (h->kind == TYPE_SAME) {
        parse_same(h, b);
        return b->bad ? -EAGAIN : 0;
    }
    h->field = bytes_u24(b);
    if (h->kind <= TYPE_SAME_SINK) {
        h->len = bytes_u24(b);
        h->type = bytes_u8(b);
    }
    if (h->kind == TYPE_FULL)
        h->stream_id = read_le32(b);
    h->has_extended = h->field == EXTENDED;
    if (h->has_extended)
        h->field = bytes_u32(b);
    return b->bad ? -EAGAIN : 0;
}

static int begin_message(const struct chunk_reader *r, struct chunk_stream *s,
                         const struct header *h)
{
    if (h->kind <= TYPE_SAME_SINK) {
        if (h->len > r->message_max)
            return -EMSGSIZE;
        s->len = h->len;
        s->type = h->type;
    }
    if (h->kind == TYPE_FULL) {
        s->stream_id = h->stream_id;
        s->timestamp_ms = h->field;
    } else {
        s->timestamp_ms += h->field;
    }
    s->field = h->field;
    s->has_extended = h->has_extended;
    s->is_open = true;
    return 0;
}

static int begin_chunk(struct chunk_reader *r, const struct header *h)
{
    struct chunk_stream *s = h->stream;
    if (!s) {
        /* librtmp opens chunk stream 2 with type 1; types 2 and 3 have no length to go by. */
        if (h->kind > TYPE_SAME_SINK)
            return -EPROTO;
        s = add_stream(r, h->id);
        if (!s)
            return -ENOBUFS;
    }
    if (s->is_open && h->kind != TYPE_SAME)
        return -EPROTO;
    int err = s->is_open ? 0 : begin_message(r, s, h);
    if (err)
        return err;

    uint32_t rest = s->len - s->have;
    r->chunk_left = rest < r->chunk_size ? rest : r->chunk_size;
    r->current = s;
    return 0;
}

static int read_header(struct chunk_reader *r, struct bytes *in)
{
    struct bytes b = *in;
    struct header h = {0};
    int err = parse_header(r, &b, &h);
    if (!err)
        err = begin_chunk(r, &h);
    if (!err)
        *in = b;
    return err;
}

static int make_room(struct chunk_reader *r, struct chunk_stream *s, uint32_t want)
{
    assert(want <= s->len);
    if (want <= s->room)
        return 0;
    uint32_t room = s->room > 0 ? s->room : BODY_FIRST;
    while (room < want)
        room *= 2;
    if (room > s->len)
        room = s->len;
    if (r->held - s->room + room > r->held_max)
        return -ENOBUFS;

    uint8_t *body = realloc(s->body, room);
    if (!body)
        return -ENOMEM;
    r->held += room - s->room;
    s->body = body;
    s->room = room;
    return 0;
}

/* 0: the chunk is whole. */
static int read_payload(struct chunk_reader *r, struct bytes *in)
{
    struct chunk_stream *s = r->current;
    uint32_t n = r->chunk_left;
    if (bytes_left(in) < n)
        n = (uint32_t)bytes_left(in);
    int err = make_room(r, s, s->have + n);
    if (err)
        return err;
    if (n > 0)
        put_bytes(s->body + s->have, bytes_take(in, n), n);
    s->have += n;
    r->chunk_left -= n;
    return r->chunk_left > 0 ? -EAGAIN : 0;
}

static void lend(struct chunk_reader *r, struct chunk_stream *s, struct rtmp_message *msg)
{
    *msg = (struct rtmp_message){.type = s->type,
                                 .stream_id = s->stream_id,
                                 .timestamp_ms = s->timestamp_ms,
                                 .body = s->body,
                                 .len = s->len};
    r->lent = s->body;
    r->lent_room = s->room;
    s->body = NULL;
    s->room = 0;
    s->have = 0;
    s->is_open = false;
}

static int obey(struct chunk_reader *r, const struct rtmp_message *msg)
{
    struct bytes b = bytes_of(msg->body, msg->len);
    uint32_t value = bytes_u32(&b);
    if (b.bad)
        return -EPROTO;
    if (msg->type == RTMP_SET_CHUNK_SIZE) {
        if (value == 0 || value > CHUNK_SIZE_MAX)
            return -EPROTO;
        r->chunk_size = value;
        return 0;
    }
    struct chunk_stream *s = find_stream(r, value);
    if (s)
        drop_body(r, s);
    return 0;
}

static bool is_for_reader(const struct rtmp_message *msg)
{
    return msg->type == RTMP_SET_CHUNK_SIZE || msg->type == RTMP_ABORT;
}

int chunk_reader_next(struct chunk_reader *r, struct bytes *in, struct rtmp_message *msg)
{
    take_back(r);
    for (;;) {
        int err = r->current ? 0 : read_header(r, in);
        if (!err)
            err = read_payload(r, in);
        if (err)
            return err;

        struct chunk_stream *s = r->current;
        r->current = NULL;
        if (s->have < s->len)
            continue;
        lend(r, s, msg);
        if (!is_for_reader(msg))
            return 0;
        err = obey(r, msg);
        take_back(r);
        if (err)
            return err;
    }
}

static size_t written_size(uint32_t chunk_size, const struct rtmp_message *msg)
{
    size_t chunks = msg->len == 0 ? 1 : (msg->len + chunk_size - 1) / chunk_size;
    size_t extended = msg->timestamp_ms >= EXTENDED ? 4 : 0;
    return 12 + (chunks - 1) + chunks * extended + msg->len;
}

static uint8_t *write_full_header(uint8_t *p, unsigned id, const struct rtmp_message *msg)
{
    uint32_t t = msg->timestamp_ms;
    p = put_u8(p, (uint8_t)(TYPE_FULL << 6 | id));
    p = put_u24(p, t < EXTENDED ? t : EXTENDED);
    p = put_u24(p, msg->len);
    p = put_u8(p, msg->type);
    for (unsigned i = 0; i < 4; i++)
        p = put_u8(p, (uint8_t)(msg->stream_id >> (8 * i)));
    return t < EXTENDED ? p : put_u32(p, t);
}

size_t chunk_write(uint8_t *out, size_t room, unsigned id, uint32_t chunk_size,
                   const struct rtmp_message *msg)
{
    assert(id >= 2 && id <= 63 && chunk_size > 0);
    size_t size = written_size(chunk_size, msg);
    if (size > room)
        return 0;

    uint8_t *p = write_full_header(out, id, msg);
    uint32_t done = 0;
    while (done < msg->len) {
        uint32_t n = msg->len - done < chunk_size ? msg->len - done : chunk_size;
        if (done > 0) {
            p = put_u8(p, (uint8_t)(TYPE_SAME << 6 | id));
            if (msg->timestamp_ms >= EXTENDED)
                p = put_u32(p, msg->timestamp_ms);
        }
        p = put_bytes(p, msg->body + done, n);
        done += n;
    }
    assert((size_t)(p - out) == size);
    return size;
}
