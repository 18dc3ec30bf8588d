#include "codec/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    READ_ROOM = 128 << 10,
    /* Media read ahead of the decoder. Past it the socket's own buffer fills and the server sees
     * that we are late; control messages then wait, too. */
    AHEAD_MAX = 8 << 20,
};

/* Bytes that are appended at the end and taken from the front. */
struct queue {
    uint8_t *data;
    size_t from, to, room;
};

/* A message of media in the queue, in front of its payload. */
struct record {
    uint32_t pts_ms, len;
    uint8_t container;
    bool begins; /* a stream */
};

struct link {
    int fd;
    int err;      /* why nothing more can be read, */
    int send_err; /* or sent: a server that only stopped talking still listens */
    bool in_control;
    struct queue in;    /* bytes of messages that are not whole yet */
    struct queue media; /* records */
    bool has_stream;
    uint8_t container;     /* of the stream that is arriving */
    struct record present; /* being worked on: `len` bytes of it are left */
    struct queue out;      /* a message being sent */
    struct backlog backlog;
    link_control_fn *control;
    void *arg;
};

static size_t queue_len(const struct queue *q)
{
    return q->to - q->from;
}

/* Makes room for `n` bytes more at the end. */
static int queue_reserve(struct queue *q, size_t n)
{
    if (q->from == q->to)
        q->from = q->to = 0;
    if (q->room - q->to >= n)
        return 0;
    if (q->from > 0) {
        memmove(q->data, q->data + q->from, queue_len(q));
        q->to -= q->from;
        q->from = 0;
    }
    if (q->room - q->to >= n)
        return 0;
    size_t room = q->to + n > 2 * q->room ? q->to + n : 2 * q->room;
    uint8_t *data = realloc(q->data, room);
    if (!data)
        return -ENOMEM;
    q->data = data;
    q->room = room;
    return 0;
}

static int queue_put(struct queue *q, const void *data, size_t len)
{
    int err = queue_reserve(q, len);
    if (err || !len)
        return err;
    memcpy(q->data + q->to, data, len);
    q->to += len;
    return 0;
}

int link_new(struct link **out, int fd)
{
    struct link *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->fd = fd;
    *out = l;
    return 0;
}

void link_free(struct link **link)
{
    struct link *l = *link;
    if (!l)
        return;
    free(l->in.data);
    free(l->media.data);
    free(l->out.data);
    free(l);
    *link = NULL;
}

void link_on_control(struct link *l, link_control_fn *fn, void *arg)
{
    l->control = fn;
    l->arg = arg;
}

struct backlog *link_backlog(struct link *l)
{
    return &l->backlog;
}

int link_send_error(const struct link *l)
{
    return l->send_err;
}

int link_protocol_error(const struct link *l)
{
    return l->err == -EPIPE ? 0 : l->err;
}

/* The number of bytes, -EAGAIN when nothing is there and `wait` is off, or an error. */
static ssize_t receive(struct link *l, size_t room, bool wait)
{
    int err = queue_reserve(&l->in, room);
    if (err)
        return err;
    ssize_t n;
    do
        n = recv(l->fd, l->in.data + l->in.to, room, wait ? 0 : MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == ECONNRESET ? -EPIPE : -errno;
    if (n == 0)
        return -EPIPE;
    l->in.to += (size_t)n;
    return n;
}

static int control_take(struct link *l, const struct wire_msg *m)
{
    l->in_control = true;
    int err = l->control ? l->control(l->arg, m) : 0;
    l->in_control = false;
    return err;
}

static int media_take(struct link *l, const struct wire_msg *m)
{
    if (m->kind > WIRE_PACKETS)
        return -EPROTO;
    struct record r = {.pts_ms = m->pts_ms, .len = m->len, .container = m->kind};
    r.begins = !l->has_stream || m->kind != l->container || m->flags & WIRE_BEGINS;
    int err = queue_reserve(&l->media, sizeof(r) + m->len);
    if (err)
        return err;
    queue_put(&l->media, &r, sizeof(r));
    queue_put(&l->media, m->payload, m->len);
    l->has_stream = true;
    l->container = m->kind;
    backlog_arrived(&l->backlog, m->pts_ms);
    return 0;
}

static int take(struct link *l, const struct wire_msg *m)
{
    return m->type == WIRE_MEDIA ? media_take(l, m) : control_take(l, m);
}

/* Works through the whole messages that are there. How many, or an error; *need: bytes that the
 * next one still lacks. */
static int dispatch(struct link *l, size_t *need)
{
    int n = 0;
    for (;;) {
        struct wire_msg m;
        size_t used;
        int err = wire_parse(&m, l->in.data + l->in.from, queue_len(&l->in), &used);
        if (err == -EAGAIN) {
            *need = used - queue_len(&l->in);
            return n;
        }
        if (!err)
            err = take(l, &m);
        if (err)
            return err == -EMSGSIZE ? -EPROTO : err;
        l->in.from += used;
        n++;
    }
}

static int pump(struct link *l, bool wait)
{
    size_t room = READ_ROOM;
    if (!l->in.data && queue_reserve(&l->in, READ_ROOM))
        return -ENOMEM;
    for (;;) {
        if (!wait && queue_len(&l->media) > AHEAD_MAX)
            return 0;
        ssize_t got = receive(l, room, wait);
        if (got < 0)
            return got == -EAGAIN ? 0 : (int)got;
        size_t need = 0;
        int n = dispatch(l, &need);
        if (n < 0)
            return n;
        if (n > 0)
            wait = false;
        if (!wait && (size_t)got < room)
            return 0; /* that was all */
        room = need > READ_ROOM ? need : READ_ROOM;
    }
}

int link_pump(struct link *l, bool wait)
{
    if (!l->err && !l->in_control)
        l->err = pump(l, wait);
    return l->err;
}

/* Waits for the next record; it stays in the queue. What arrived before the end is still worked
 * on. */
static int record_peek(struct link *l, struct record *r)
{
    while (queue_len(&l->media) == 0) {
        int err = link_pump(l, true);
        if (err && queue_len(&l->media) == 0)
            return err;
    }
    memcpy(r, l->media.data + l->media.from, sizeof(*r));
    return 0;
}

static void record_begin(struct link *l, const struct record *r)
{
    l->present = *r;
    l->media.from += sizeof(*r);
}

int link_stream(struct link *l, uint8_t *container)
{
    for (;;) {
        struct record r;
        link_media_used(l, l->present.len);
        int err = record_peek(l, &r);
        if (err)
            return err;
        record_begin(l, &r);
        if (r.begins) {
            *container = r.container;
            return 0;
        }
    }
}

int link_media(struct link *l, struct wire_msg *m)
{
    while (l->present.len == 0) {
        struct record r;
        int err = record_peek(l, &r);
        if (!err && r.begins)
            err = -ENODATA;
        if (err)
            return err;
        record_begin(l, &r);
    }
    *m = (struct wire_msg){.type = WIRE_MEDIA,
                           .kind = l->present.container,
                           .pts_ms = l->present.pts_ms,
                           .len = l->present.len,
                           .payload = l->media.data + l->media.from};
    return 0;
}

void link_media_used(struct link *l, size_t n)
{
    l->media.from += n;
    l->present.len -= (uint32_t)n;
}

static int send_all(struct link *l)
{
    while (queue_len(&l->out) > 0) {
        ssize_t n = send(l->fd, l->out.data + l->out.from, queue_len(&l->out), MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == ECONNRESET ? -EPIPE : -errno;
        l->out.from += (size_t)n;
    }
    return 0;
}

static int compose(struct link *l, const struct link_out *o)
{
    size_t len = o->head_len + o->len;
    uint8_t header[WIRE_HEADER];
    wire_write_header(header, &(struct wire_msg){.type = o->type,
                                                 .rendition = o->rendition,
                                                 .kind = o->kind,
                                                 .pts_ms = o->pts_ms,
                                                 .len = (uint32_t)len});
    int err = queue_reserve(&l->out, WIRE_HEADER + len);
    if (!err)
        err = queue_put(&l->out, header, sizeof(header));
    if (!err)
        err = queue_put(&l->out, o->head, o->head_len);
    return err ? err : queue_put(&l->out, o->data, o->len);
}

int link_send(struct link *l, const struct link_out *o)
{
    if (l->send_err)
        return l->send_err;
    if (o->head_len > WIRE_PAYLOAD_MAX || o->len > WIRE_PAYLOAD_MAX - o->head_len)
        return -EMSGSIZE;
    l->send_err = compose(l, o);
    if (!l->send_err)
        l->send_err = send_all(l);
    return l->send_err;
}
