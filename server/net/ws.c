#include "server/net/ws.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/net/conn.h"
#include "server/net/link.h"
#include "server/net/upgrade.h"
#include "server/net/wsframe.h"

static_assert((int)BUF_HEADROOM >= (int)WS_HEADER_MAX,
              "a frame's header goes in front of the bytes");

/* Pings and other control frames: a player needs hardly any. */
enum { CONTROLS_PER_S = 10, PONGS_PER_S = 2, REASON_MAX = 100 };

/* Holds up to a second's worth, refilled with time. */
struct bucket {
    uint64_t filled_ms;
    uint32_t milli; /* thousandths of a token */
};

enum ws_state { WS_OPEN, WS_CLOSING, WS_BROKEN };

struct ws {
    struct conn *conn;
    void *user;
    enum ws_state state;
    bool is_accepted; /* by on_open */
    bool wants_writable;
    bool peer_closed;
    const char *ended_by; /* for the metrics */
    struct ws_reader reader;
    struct bucket texts;
    struct bucket controls;
    struct bucket pongs;

    struct buf *rest; /* a message of which the kernel has only taken a part */
    size_t rest_at;   /* from the start of its header */
    struct buf *pong; /* at most one waits; a newer ping replaces it (RFC 6455, 5.5.3) */
    struct buf *bye;
};

static bool bucket_take(struct bucket *b, uint32_t per_s)
{
    uint64_t now_ms = clock_ms();
    uint64_t milli = b->milli + (now_ms - b->filled_ms) * per_s;
    if (milli > per_s * 1000ull)
        milli = per_s * 1000ull;
    b->filled_ms = now_ms;
    bool has_one = milli >= 1000;
    b->milli = (uint32_t)(has_one ? milli - 1000 : milli);
    return has_one;
}

static struct iovec framed(const struct buf *message, uint8_t opcode, size_t *header)
{
    *header = ws_header_write(message->data, opcode, message->len);
    return (struct iovec){.iov_base = message->data - *header, .iov_len = message->len + *header};
}

/* Hands a frame to the kernel; what it leaves over becomes `rest`, which shares the message. */
static int push(struct ws *ws, struct buf *message, uint8_t opcode)
{
    size_t header;
    struct iovec frame = framed(message, opcode, &header);
    assert(!ws->rest);
    ssize_t n = sock_send(&ws->conn->sock, &frame, 1);
    if (n < 0)
        return (int)n;
    if ((size_t)n < frame.iov_len) {
        ws->rest = buf_ref(message);
        ws->rest_at = (size_t)n;
        sock_want_writable(&ws->conn->sock);
    }
    return 0;
}

/* The header in front of `rest` is still there: every viewer of a message writes the same one. */
static int flush_rest(struct ws *ws)
{
    size_t header = ws->rest->len < 126 ? 2 : ws->rest->len < 65536 ? 4 : WS_HEADER_MAX;
    size_t len = ws->rest->len + header;
    struct iovec left = {.iov_base = ws->rest->data - header + ws->rest_at,
                         .iov_len = len - ws->rest_at};
    ssize_t n = sock_send(&ws->conn->sock, &left, 1);
    if (n < 0)
        return (int)n;
    ws->rest_at += (size_t)n;
    if (ws->rest_at < len)
        return -EAGAIN;
    buf_unref(&ws->rest);
    return 0;
}

static int flush_control(struct ws *ws, struct buf **frame, uint8_t opcode)
{
    int err = push(ws, *frame, opcode);
    if (!err)
        buf_unref(frame);
    return err;
}

/* 0 when nothing of ours is left. */
static int flush(struct ws *ws)
{
    int err = 0;
    if (ws->rest)
        err = flush_rest(ws);
    if (!err && ws->pong && !ws->bye)
        err = flush_control(ws, &ws->pong, WS_OPCODE_PONG);
    if (!err && !ws->rest && ws->bye)
        err = flush_control(ws, &ws->bye, WS_OPCODE_CLOSE);
    if (!err && ws->rest)
        err = -EAGAIN;
    if (err == -EAGAIN)
        sock_want_writable(&ws->conn->sock);
    return err;
}

static bool has_output(const struct ws *ws)
{
    return ws->rest || ws->pong || ws->bye;
}

/* From here on nothing of the application's is sent or delivered. */
static void begin_close(struct ws *ws, unsigned code, const char *why, const char *ended_by)
{
    uint8_t payload[2 + REASON_MAX];
    size_t len = strlen(why);
    if (len > REASON_MAX)
        len = REASON_MAX;
    ws->state = WS_CLOSING;
    ws->ended_by = ended_by;
    put_bytes(put_u16(payload, (uint16_t)code), why, len);
    conn_set_deadline(ws->conn, ws->conn->net->p.close_timeout_ms);
    log_info(NULL, "ws.close", LOG_NUM("code", code), LOG_STR("why", why));
    if (buf_copy(&ws->bye, payload, 2 + len)) {
        sock_close(&ws->conn->sock);
        return;
    }
    flush(ws);
}

static const char *reason_of(enum ws_close_code code)
{
    switch (code) {
    case WS_CLOSE_GOING_AWAY: return "going_away";
    case WS_CLOSE_BAD_MESSAGE: return "bad_message";
    case WS_CLOSE_NO_HELLO: return "no_hello";
    case WS_CLOSE_NOT_ALLOWED: return "not_allowed";
    case WS_CLOSE_NO_LESSON: return "no_lesson";
    case WS_CLOSE_TOO_SLOW: return "too_slow";
    case WS_CLOSE_TOO_MANY: return "too_many";
    }
    return "other";
}

void ws_close(struct ws *ws, enum ws_close_code code, const char *why)
{
    if (ws->state == WS_OPEN)
        begin_close(ws, code, why ? why : "", reason_of(code));
}

static int send_upgrade(struct conn *c, const char *key, size_t key_len)
{
    char accept[WS_ACCEPT_SIZE];
    char head[256];
    ws_accept(accept, key, key_len);
    int len = snprintf(head, sizeof(head),
                       "HTTP/1.1 101 Switching Protocols\r\n"
                       "Upgrade: websocket\r\n"
                       "Connection: Upgrade\r\n"
                       "Sec-WebSocket-Accept: %s\r\n"
                       "Sec-WebSocket-Protocol: " WS_SUBPROTOCOL "\r\n\r\n",
                       accept);
    struct iovec part = {.iov_base = head, .iov_len = (size_t)len};
    /* Less than a smallest send buffer: on a fresh connection the kernel takes it whole. */
    return sock_send(&c->sock, &part, 1) == len ? 0 : -EPIPE;
}

int ws_start(struct conn *c, const char *key, size_t key_len)
{
    const struct ws_events *events = c->net->p.ws;
    struct ws *ws = calloc(1, sizeof(*ws));
    if (!ws)
        return -ENOMEM;
    if (send_upgrade(c, key, key_len)) {
        free(ws);
        return -EPIPE;
    }
    ws->conn = c;
    ws->ended_by = "peer";
    c->ws = ws;
    conn_set_deadline(c, 0);
    metric_add(METRIC_WS_CONNECTIONS, 0, 1);
    ws->is_accepted = events->on_open(ws, events->arg);
    if (!ws->is_accepted)
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many connections");
    return 0;
}

void ws_on_closed(struct conn *c)
{
    struct ws *ws = c->ws;
    metric_add(METRIC_WS_CONNECTIONS, 0, -1);
    metric_add_named(METRIC_WS_CLOSED, ws->ended_by, 1);
    if (ws->is_accepted)
        c->net->p.ws->on_close(ws->user);
    ws_reader_release(&ws->reader);
    buf_unref(&ws->rest);
    buf_unref(&ws->pong);
    buf_unref(&ws->bye);
    c->ws = NULL;
    free(ws);
}

void ws_on_deadline(struct conn *c)
{
    sock_close(&c->sock);
}

void ws_on_writable(struct conn *c)
{
    struct ws *ws = c->ws;
    if (flush(ws))
        return;
    if (ws->state != WS_OPEN) {
        if (ws->peer_closed)
            sock_end(&c->sock); /* both have said it: the peer's end follows */
        return;
    }
    if (ws->wants_writable) {
        ws->wants_writable = false;
        c->net->p.ws->on_writable(ws->user);
    }
}

static void on_text(struct ws *ws, const struct ws_input *in)
{
    if (!bucket_take(&ws->texts, WS_TEXTS_PER_S)) {
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many messages");
        return;
    }
    metric_add(METRIC_WS_TEXT_RECEIVED, 0, 1);
    ws->conn->net->p.ws->on_text(ws->user, in->data, in->len);
}

/* Unanswered pings are forgotten: only a peer that floods, or reads nothing, has any. */
static void on_ping(struct ws *ws, const struct ws_input *in)
{
    if (!bucket_take(&ws->pongs, PONGS_PER_S))
        return;
    buf_unref(&ws->pong);
    if (!buf_copy(&ws->pong, in->data, in->len))
        flush(ws);
}

static void on_peer_close(struct ws *ws, const struct ws_input *in)
{
    struct conn *c = ws->conn;
    bool is_answer = ws->state != WS_OPEN && !has_output(ws);
    ws->peer_closed = true;
    if (is_answer) {
        sock_close(&c->sock);
        return;
    }
    if (ws->state == WS_OPEN) {
        ws->state = WS_CLOSING;
        conn_set_deadline(c, c->net->p.close_timeout_ms);
        if (buf_copy(&ws->bye, in->data, in->len < 2 ? 0 : 2)) {
            sock_close(&c->sock);
            return;
        }
    }
    if (!flush(ws))
        sock_end(&c->sock);
}

static void on_input(struct ws *ws, const struct ws_input *in)
{
    if (in->opcode == WS_OPCODE_CLOSE) {
        if (!ws->peer_closed)
            on_peer_close(ws, in);
        return;
    }
    if (ws->state != WS_OPEN)
        return;
    if (in->opcode == WS_OPCODE_TEXT)
        on_text(ws, in);
    else if (!bucket_take(&ws->controls, CONTROLS_PER_S))
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many control frames");
    else if (in->opcode == WS_OPCODE_PING)
        on_ping(ws, in);
}

static void on_broken(struct ws *ws, int err, const struct ws_input *in)
{
    if (ws->state == WS_OPEN && err == -EPROTO)
        begin_close(ws, (unsigned)in->status, in->why, "protocol");
    else
        sock_close(&ws->conn->sock);
    ws->state = WS_BROKEN;
}

void ws_on_bytes(struct conn *c, const uint8_t *data, size_t len)
{
    struct ws *ws = c->ws;
    struct ws_input in;
    while (len > 0 && ws->state != WS_BROKEN && !c->sock.is_doomed) {
        size_t used;
        int err = ws_reader_feed(&ws->reader, data, len, &used, &in);
        data += used;
        len -= used;
        if (!err)
            on_input(ws, &in);
        else if (err != -EAGAIN)
            on_broken(ws, err, &in);
    }
}

void ws_set_user(struct ws *ws, void *user)
{
    ws->user = user;
}

static int send_message(struct ws *ws, struct buf *message, uint8_t opcode)
{
    if (ws->state != WS_OPEN || ws->conn->sock.is_doomed)
        return -EPIPE;
    if (has_output(ws))
        return -EAGAIN;
    int err = push(ws, message, opcode);
    if (!err) {
        metric_add(METRIC_WS_MESSAGES_SENT, 0, 1);
        metric_add(METRIC_WS_BYTES_SENT, 0, message->len);
    }
    return err;
}

int ws_send(struct ws *ws, const struct buf *message)
{
    /* Not changed but for its headroom and its count of references, which belong to the readers. */
    return send_message(ws, (struct buf *)message, WS_OPCODE_BINARY);
}

int ws_send_text(struct ws *ws, const char *text, size_t len)
{
    struct buf *message;
    if (len > WS_TEXT_OUT_MAX)
        return -EMSGSIZE;
    int err = buf_copy(&message, text, len);
    if (err)
        return err;
    err = send_message(ws, message, WS_OPCODE_TEXT);
    buf_unref(&message);
    return err;
}

void ws_want_writable(struct ws *ws)
{
    ws->wants_writable = true;
    sock_want_writable(&ws->conn->sock);
}

bool ws_is_ready(const struct ws *ws)
{
    return ws->state == WS_OPEN && !ws->conn->sock.is_doomed && !has_output(ws);
}

const char *ws_peer(const struct ws *ws)
{
    return ws->conn->peer;
}

uint32_t ws_queued(const struct ws *ws)
{
    return link_queued(ws->conn->sock.fd);
}

void ws_measure(const struct ws *ws, struct ws_link *out)
{
    link_measure(ws->conn->sock.fd, out);
}
