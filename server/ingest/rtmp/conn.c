#include "server/ingest/rtmp/conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/base/log.h"
#include "server/ingest/rtmp/peer.h"
#include "server/ingest/rtmp/session.h"
#include "server/metrics/metrics.h"

enum {
    INPUT_ROOM = 16 << 10,
    UNSENT_MAX = 64 << 10, /* replies that an encoder does not take */
    SEND_BUFFER = 16 << 10,
    LINGER_MS = 2000,
    KEEPALIVE_S = 15,
};

_Static_assert((int)INPUT_ROOM > 4 * (int)RTMP_INPUT_LEFT_MAX, "there is always room to read into");

struct conn {
    struct conn_params params;
    struct conn *next;
    uv_tcp_t tcp;
    uv_timer_t timer; /* hello, then silence, then linger */
    uv_shutdown_t shutdown;
    unsigned open_handles;
    struct rtmp_session session;
    struct publisher *publisher; /* NULL: not publishing */
    struct log log;
    struct peer who;
    bool is_ended;    /* logged and told; what remains is to close */
    bool is_kicked;   /* to be ended from the loop */
    bool has_stopped; /* the encoder said so since it last published */
    uint64_t opened_ms;
    uint64_t heard_ms;
    uint64_t received;
    size_t in_len;
    uint8_t in[INPUT_ROOM];
};

struct unsent {
    uv_write_t req;
    uint8_t bytes[];
};

/* ---- closing ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct conn *c = handle->data;
    if (--c->open_handles > 0)
        return;
    c->params.closed(c, c->params.arg);
    rtmp_session_release(&c->session);
    free(c);
}

static void close_handles(struct conn *c)
{
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    uv_close((uv_handle_t *)&c->tcp, on_handle_closed);
    uv_close((uv_handle_t *)&c->timer, on_handle_closed);
}

static void give_publisher_back(struct conn *c, enum source_end end)
{
    struct publisher *pub = c->publisher;
    c->publisher = NULL;
    if (pub)
        c->params.sink->close(pub, end);
}

/* Not worth a warning: what scanners do all day, and what we chose ourselves. */
static enum log_level level_of(enum rtmp_why why)
{
    bool is_ordinary = why == RTMP_HELLO_TIMEOUT || why == RTMP_BAD_HANDSHAKE || why == RTMP_PLAY ||
                       why == RTMP_KICKED || rtmp_why_source_end(why) != SOURCE_REFUSED;
    return is_ordinary && why != RTMP_NO_MEMORY ? LOG_INFO : LOG_WARN;
}

static void log_end(const struct conn *c, enum rtmp_why why, const char *detail)
{
    if (level_of(why) > log_threshold)
        return;
    struct log_fact facts[5];
    size_t n = 0;
    facts[n++] = LOG_STR("why", rtmp_why_name(why));
    if (detail)
        facts[n++] = LOG_STR("detail", detail);
    if (c->session.encoder[0])
        facts[n++] = LOG_STR("encoder", c->session.encoder);
    facts[n++] = LOG_NUM("bytes", c->received);
    facts[n++] = LOG_NUM("ms", uv_now(c->params.loop) - c->opened_ms);
    log_write(level_of(why), &c->log, "rtmp.closed", facts, n);
}

/* All that an end is, but for the socket. */
static void settle(struct conn *c, enum rtmp_why why, const char *detail)
{
    c->is_ended = true;
    log_end(c, why, detail);
    metric_add_named(METRIC_RTMP_CLOSED, rtmp_why_name(why), 1);
    give_publisher_back(c, rtmp_why_source_end(why));
}

void conn_end(struct conn *c, enum rtmp_why why, const char *detail)
{
    if (c->is_ended)
        return;
    settle(c, why, detail);
    close_handles(c);
}

void conn_abort(struct conn *c, enum rtmp_why why)
{
    conn_end(c, why, NULL);
    close_handles(c);
}

static void on_timer(uv_timer_t *timer);

static void on_shut_down(uv_shutdown_t *req, int status)
{
    if (status < 0 && status != UV_ECANCELED)
        close_handles(req->handle->data);
}

/*
 * Ends with a last word: what `session.out` says is sent, and the encoder gets a while to hang up.
 * To close at once, with its media unread, would make the kernel send a reset, which throws the
 * word away.
 */
static void end_politely(struct conn *c, enum rtmp_why why, const char *detail)
{
    if (c->is_ended)
        return;
    settle(c, why, detail);
    if (uv_is_closing((uv_handle_t *)&c->tcp))
        return;
    if (uv_shutdown(&c->shutdown, (uv_stream_t *)&c->tcp, on_shut_down) ||
        uv_timer_start(&c->timer, on_timer, LINGER_MS, 0))
        close_handles(c);
}

/* ---- replies ---- */

static void on_sent(uv_write_t *req, int status)
{
    struct conn *c = req->handle->data;
    free(req->data);
    if (status < 0 && status != UV_ECANCELED)
        conn_abort(c, RTMP_GONE);
}

static int send_later(struct conn *c, const uint8_t *bytes, size_t len)
{
    struct unsent *u = malloc(sizeof(*u) + len);
    if (!u)
        return -ENOMEM;
    memcpy(u->bytes, bytes, len);
    u->req.data = u;
    uv_buf_t buf = uv_buf_init((char *)u->bytes, (unsigned)len);
    int err = uv_write(&u->req, (uv_stream_t *)&c->tcp, &buf, 1, on_sent);
    if (err)
        free(u);
    return err;
}

static int send_now(struct conn *c, const uint8_t *bytes, size_t len)
{
    uv_stream_t *stream = (uv_stream_t *)&c->tcp;
    if (uv_stream_get_write_queue_size(stream) + len > UNSENT_MAX)
        return -ENOBUFS;
    uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)len);
    int sent = uv_try_write(stream, &buf, 1);
    if (sent < 0 && sent != UV_EAGAIN)
        return sent;
    size_t done = sent > 0 ? (size_t)sent : 0;
    return done == len ? 0 : send_later(c, bytes + done, len - done);
}

static void flush(struct conn *c)
{
    size_t len = c->session.out.len;
    if (len == 0 || c->is_ended)
        return;
    c->session.out.len = 0;
    int err = send_now(c, c->session.out.bytes, len);
    if (err == -ENOMEM)
        conn_end(c, RTMP_NO_MEMORY, NULL);
    else if (err == -ENOBUFS)
        conn_end(c, RTMP_NOT_READING, NULL);
    else if (err)
        conn_end(c, RTMP_GONE, NULL);
}

/* ---- publishing ---- */

/* May be called from inside of anything that the sink does: the end itself comes from the loop. */
static void on_kick(void *source, enum kick_why why)
{
    (void)why; /* an encoder has no ears for it */
    struct conn *c = source;
    if (c->is_ended)
        return;
    c->is_kicked = true;
    uv_timer_start(&c->timer, on_timer, 0, 0);
}

static void start_timer(struct conn *c, uint64_t ms)
{
    if (!c->is_kicked)
        uv_timer_start(&c->timer, on_timer, ms, 0);
}

static void on_publish(struct conn *c, const char *key)
{
    const struct ingest_sink *sink = c->params.sink;
    struct publisher *pub = NULL;
    const struct publish_claim claim = {
        .key = key, .peer = c->who.text, .kick = on_kick, .source = c};
    enum publish_verdict verdict = sink->open(sink->arg, &claim, &pub);
    rtmp_session_answer(&c->session, verdict);
    if (verdict != PUBLISH_OK)
        return;
    c->publisher = pub;
    c->has_stopped = false;
    log_info(&c->log, "rtmp.publish", LOG_STR("encoder", c->session.encoder),
             LOG_STR("handshake", c->session.has_digest ? "digest" : "plain"));
    start_timer(c, c->params.silence_timeout_ms);
}

static void on_stop(struct conn *c)
{
    log_info(&c->log, "rtmp.stop");
    c->has_stopped = true;
    give_publisher_back(c, SOURCE_STOPPED);
    start_timer(c, c->params.hello_timeout_ms);
}

static void on_event(struct conn *c, const struct rtmp_event *ev)
{
    switch (ev->kind) {
    case RTMP_EVENT_PUBLISH: on_publish(c, ev->key); return;
    case RTMP_EVENT_TAG: c->params.sink->tag(c->publisher, &ev->tag); return;
    case RTMP_EVENT_REPLY: flush(c); return;
    case RTMP_EVENT_STOP: on_stop(c); return;
    case RTMP_EVENT_END:
        flush(c);
        end_politely(c, ev->why, ev->detail);
        return;
    }
}

/* ---- input ---- */

static void consume(struct conn *c)
{
    struct bytes in = bytes_of(c->in, c->in_len);
    struct rtmp_event ev;
    while (!c->is_ended && !c->is_kicked && rtmp_session_next(&c->session, &in, &ev) == 0)
        on_event(c, &ev);
    if (c->is_ended || c->is_kicked) {
        c->in_len = 0;
        return;
    }
    c->in_len = bytes_left(&in);
    memmove(c->in, in.p, c->in_len);
    flush(c);
}

static void on_alloc(uv_handle_t *handle, size_t hint, uv_buf_t *out)
{
    (void)hint;
    struct conn *c = handle->data;
    *out = uv_buf_init((char *)c->in + c->in_len, (unsigned)(sizeof(c->in) - c->in_len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    (void)buf;
    struct conn *c = stream->data;
    if (n < 0) {
        conn_abort(c, c->has_stopped ? RTMP_STOPPED : RTMP_GONE);
        return;
    }
    metric_add(METRIC_RTMP_BYTES, 0, n);
    c->received += (uint64_t)n;
    c->heard_ms = uv_now(c->params.loop);
    if (c->is_ended || c->is_kicked || n == 0) /* what comes after the end is thrown away */
        return;
    c->in_len += (size_t)n;
    consume(c);
}

/* ---- time ---- */

/* Not re-armed at every read: it looks how long the silence is when it fires. */
static void check_silence(struct conn *c)
{
    uint64_t silent_ms = uv_now(c->params.loop) - c->heard_ms;
    if (silent_ms >= c->params.silence_timeout_ms)
        conn_end(c, RTMP_SILENT, NULL);
    else
        start_timer(c, c->params.silence_timeout_ms - silent_ms);
}

static void on_timer(uv_timer_t *timer)
{
    struct conn *c = timer->data;
    if (c->is_ended) {
        close_handles(c);
    } else if (c->is_kicked) {
        rtmp_session_kick(&c->session);
        flush(c);
        end_politely(c, RTMP_KICKED, NULL);
    } else if (c->publisher) {
        check_silence(c);
    } else {
        conn_end(c, c->has_stopped ? RTMP_STOPPED : RTMP_HELLO_TIMEOUT,
                 rtmp_state_name(c->session.state));
    }
}

/* ---- opening ---- */

int conn_new(struct conn **out, const struct conn_params *p)
{
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->params = *p;
    c->log = (struct log){.noun = "peer", .id = c->who.text};
    c->tcp.data = c;
    c->timer.data = c;
    c->opened_ms = uv_now(p->loop);
    c->heard_ms = c->opened_ms;
    c->open_handles = 2;
    rtmp_session_init(&c->session);
    int err = uv_tcp_init(p->loop, &c->tcp); /* without a socket yet: neither can fail */
    assert(err == 0);
    err = uv_timer_init(p->loop, &c->timer);
    assert(err == 0);
    (void)err;
    *out = c;
    return 0;
}

uv_stream_t *conn_stream(struct conn *c)
{
    return (uv_stream_t *)&c->tcp;
}

struct conn **conn_next(struct conn *c)
{
    return &c->next;
}

int conn_start(struct conn *c)
{
    int err = peer_of(&c->who, &c->tcp);
    if (err)
        return err;
    /* Replies are few and small: one who never reads them must not fill the kernel. */
    int send_buffer = SEND_BUFFER;
    uv_send_buffer_size((uv_handle_t *)&c->tcp, &send_buffer);
    uv_tcp_nodelay(&c->tcp, 1);
    uv_tcp_keepalive(&c->tcp, 1, KEEPALIVE_S);
    err = uv_timer_start(&c->timer, on_timer, c->params.hello_timeout_ms, 0);
    if (!err)
        err = uv_read_start(conn_stream(c), on_alloc, on_read);
    if (!err)
        log_debug(&c->log, "rtmp.connect");
    return err;
}

const struct peer *conn_who(const struct conn *c)
{
    return &c->who;
}
