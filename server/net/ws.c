#include "server/net/ws_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/base/utf8.h"
#include "server/metrics/metrics.h"
#include "server/net/link.h"

enum { REASON_MAX = 100 };

/* Only a write of ours can leave a rest, so that most of the time lws need not be asked: it would
 * fetch its large object from memory for nothing. */
static bool is_full(struct ws *ws)
{
    if (ws->has_rest)
        ws->has_rest = lws_partial_buffered(ws->conn->wsi);
    return ws->has_rest;
}

/* The same header is written in front of the bytes for every viewer. What the socket leaves over is
 * copied by lws, once: nothing more is handed to it before that is gone. */
static int push(struct ws *ws, const struct buf *message, enum lws_write_protocol kind)
{
    struct conn *c = ws->conn;
    if (is_full(ws))
        return -EAGAIN;
    if (lws_write(c->wsi, message->data, message->len, kind) < 0) {
        conn_close(c);
        return -EPIPE;
    }
    ws->has_rest = lws_partial_buffered(c->wsi);
    return 0;
}

void ws_begin_close(struct ws *ws, unsigned code, const char *why, const char *ended_by)
{
    struct conn *c = ws->conn;
    ws->is_closing = true;
    ws->ended_by = ended_by;
    log_info(NULL, "ws.close", LOG_NUM("code", code), LOG_STR("why", why));
    if (c->is_doomed)
        return;
    ws->close_code = (uint16_t)code;
    ws->close_why = strndup(why, REASON_MAX);
    conn_set_deadline(c, c->net->p.close_timeout_ms);
    net_sweep_soon(c->net);
}

/*
 * Not by failing in a callback: Debian's build then closes a second time at once, to see whether it
 * can, and the close frame never leaves. This "kill" is a polite one while there is a reason to
 * say, but with something left over from before, lws would end behind that without a word.
 */
void ws_say_bye(struct conn *c)
{
    struct ws *ws = c->ws;
    const char *why = ws->close_why ? ws->close_why : "";
    if (!ws->close_code || lws_partial_buffered(c->wsi))
        return;
    lws_close_reason(c->wsi, ws->close_code, (unsigned char *)why, strlen(why));
    ws->close_code = 0;
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

static const char *reason_of(enum ws_close_code code)
{
    switch (code) {
    case WS_CLOSE_GOING_AWAY: return "going_away";
    case WS_CLOSE_BAD_MESSAGE: return "bad_message";
    case WS_CLOSE_NO_HELLO: return "no_hello";
    case WS_CLOSE_NOT_ALLOWED: return "not_allowed";
    case WS_CLOSE_NO_LESSON: return "no_lesson";
    case WS_CLOSE_NEEDS_HTTPS: return "needs_https";
    case WS_CLOSE_TOO_SLOW: return "too_slow";
    case WS_CLOSE_TAKEN_OVER: return "taken_over";
    case WS_CLOSE_REPLACED: return "replaced";
    case WS_CLOSE_RESET: return "reset";
    case WS_CLOSE_TOO_MANY: return "too_many";
    }
    return "other";
}

void ws_close(struct ws *ws, enum ws_close_code code, const char *why)
{
    if (!ws->is_closing)
        ws_begin_close(ws, code, why ? why : "", reason_of(code));
}

static void admit(struct ws *ws)
{
    const struct ws_protocol *p = ws->protocol;
    if (p->needs_private && !ws_is_private(ws)) {
        ws_close(ws, WS_CLOSE_NEEDS_HTTPS, "needs https");
        return;
    }
    ws->is_accepted = p->events->on_open(ws, p->events->arg);
    if (!ws->is_accepted)
        ws_close(ws, WS_CLOSE_TOO_MANY, "too many connections");
}

int ws_start(struct conn *c)
{
    struct ws *ws = calloc(1, sizeof(*ws));
    if (!ws)
        return -ENOMEM;
    http_on_closed(c);
    ws->conn = c;
    ws->protocol = lws_get_protocol(c->wsi)->user;
    ws->ended_by = "peer";
    c->ws = ws;
    conn_set_deadline(c, 0);
    metric_add(METRIC_WS_CONNECTIONS, 0, 1);
    admit(ws);
    return 0;
}

void ws_on_closed(struct conn *c)
{
    struct ws *ws = c->ws;
    metric_add(METRIC_WS_CONNECTIONS, 0, -1);
    metric_add_named(METRIC_WS_CLOSED, ws->ended_by, 1);
    if (ws->is_accepted)
        ws->protocol->events->on_close(ws->user);
    c->ws = NULL;
    free(ws->close_why);
    free(ws->message);
    free(ws);
}

void ws_on_writable(struct conn *c)
{
    struct ws *ws = c->ws;
    if (ws->close_code)
        net_sweep_soon(c->net);
    if (ws->is_closing || !ws->wants_writable)
        return;
    if (lws_partial_buffered(c->wsi)) {
        lws_callback_on_writable(c->wsi);
        return;
    }
    ws->wants_writable = false;
    ws->protocol->events->on_writable(ws->user);
}

/* lws answers it, and ends the connection then. */
void ws_on_peer_close(struct conn *c)
{
    c->ws->is_closing = c->ws->said_bye = true;
    conn_set_deadline(c, c->net->p.close_timeout_ms);
}

bool ws_is_left(const struct conn *c)
{
    return lws_partial_buffered(c->wsi) && link_is_ended(c->fd);
}

void ws_on_ending(struct conn *c)
{
    struct ws *ws = c->ws;
    if (!ws->is_closing) {
        ws->ended_by = "protocol";
        log_info(NULL, "ws.close", LOG_NUM("code", STATUS_PROTOCOL),
                 LOG_STR("why", "not WebSocket"));
    }
    ws->is_closing = true;
    conn_set_deadline(c, c->net->p.close_timeout_ms);
}

void ws_set_user(struct ws *ws, void *user)
{
    ws->user = user;
}

static int send_message(struct ws *ws, const struct buf *message, enum lws_write_protocol kind)
{
    if (ws->is_closing || ws->conn->is_doomed)
        return -EPIPE;
    int err = push(ws, message, kind);
    if (!err) {
        metric_add(METRIC_WS_MESSAGES_SENT, 0, 1);
        metric_add(METRIC_WS_BYTES_SENT, 0, message->len);
    }
    return err;
}

int ws_send(struct ws *ws, const struct buf *message)
{
    return send_message(ws, message, LWS_WRITE_BINARY);
}

int ws_send_text(struct ws *ws, const char *text, size_t len)
{
    struct buf *message;
    if (len > WS_TEXT_OUT_MAX)
        return -EMSGSIZE;
    int err = buf_copy(&message, text, len);
    if (err)
        return err;
    err = send_message(ws, message, LWS_WRITE_TEXT);
    buf_unref(&message);
    return err;
}

void ws_want_writable(struct ws *ws)
{
    ws->wants_writable = true;
    if (!ws->conn->is_doomed)
        lws_callback_on_writable(ws->conn->wsi);
}

bool ws_is_ready(const struct ws *ws)
{
    bool has_rest = ws->has_rest && lws_partial_buffered(ws->conn->wsi);
    return !has_rest && !ws->is_closing && !ws->conn->is_doomed;
}

bool ws_said_bye(const struct ws *ws)
{
    return ws->said_bye;
}

const char *ws_peer(const struct ws *ws)
{
    return ws->conn->peer;
}

const struct caller *ws_caller(const struct ws *ws)
{
    static const struct caller nobody = {.kind = CALLER_NOBODY};
    return ws->conn->caller ? ws->conn->caller : &nobody;
}

bool ws_is_private(const struct ws *ws)
{
    return ws->conn->is_private;
}

uint32_t ws_queued(const struct ws *ws)
{
    return link_queued(ws->conn->fd);
}

void ws_measure(const struct ws *ws, struct ws_link *out)
{
    link_measure(ws->conn->fd, out);
}
