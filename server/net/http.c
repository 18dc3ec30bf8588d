#include "server/net/http_conn.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/metrics/metrics.h"

enum {
    CHUNK_MAX = 4096, /* of what is read at once */
    IN_SIZE = REQUEST_HEAD_MAX + CHUNK_MAX,
    LINGER_MAX = 64 << 10,
};

int http_start(struct conn *c)
{
    c->http = calloc(1, sizeof(*c->http));
    return c->http ? 0 : -ENOMEM;
}

static void drop_answer(struct http *h)
{
    free(h->head);
    free(h->own_body);
    h->head = NULL;
    h->own_body = NULL;
    h->body = NULL;
}

void http_on_closed(struct conn *c)
{
    struct http *h = c->http;
    c->http = NULL;
    if (!h)
        return;
    if (h->request && h->state == HTTP_HANDLING)
        h->request->conn = NULL; /* still owed by its handler */
    else
        http_request_free(&h->request);
    drop_answer(h);
    free(h->in);
    free(h);
}

static void count_answer(int status)
{
    static const char *const classes[] = {"2xx", "3xx", "4xx", "5xx"};
    int index = status / 100 - 2;
    metric_add_named(METRIC_HTTP_REQUESTS, index >= 0 && index < 4 ? classes[index] : "other", 1);
}

/* Out of memory for an answer: nothing better is left than to hang up. */
static void hang_up(struct conn *c, const char *reason)
{
    log_info(NULL, "net.refused", LOG_STR("reason", reason));
    sock_close(&c->sock);
}

void http_answer(struct conn *c, struct reply *r, const char *body, size_t len, char *own)
{
    struct http *h = c->http;
    r->keep_alive = h->keep_alive && !c->net->is_closing;
    r->len = len;
    h->keep_alive = r->keep_alive;
    h->state = HTTP_ANSWERING;
    h->own_body = own;
    h->body = body;
    h->body_len = h->is_head || r->status == 304 ? 0 : len;
    h->sent = 0;
    count_answer(r->status);
    if (reply_head(&h->head, &h->head_len, r)) {
        hang_up(c, "no memory");
        return;
    }
    conn_set_deadline(c, c->net->p.stall_timeout_ms);
    if (!h->is_advancing)
        sock_want_writable(&c->sock);
}

/* What is said instead of an answer, newly allocated. */
static char *error_body(int status, bool is_api, const char *code, size_t *len)
{
    if (is_api)
        return http_error_json(code, status_text(status), len);
    *len = strlen(status_text(status));
    return strdup(status_text(status));
}

void http_answer_error(struct conn *c, int status, bool is_api, const char *code, const char *extra)
{
    struct reply r = {
        .status = status,
        .type = is_api ? "application/json" : "text/plain; charset=utf-8",
        .cache = "no-store",
        .extra = extra,
    };
    size_t len = 0;
    char *body = error_body(status, is_api, code, &len);
    if (body)
        http_answer(c, &r, body, len, body);
    else
        hang_up(c, "no memory");
}

void http_refuse(struct conn *c, int status, const char *reason)
{
    c->http->keep_alive = false;
    metric_add_named(METRIC_CONNECTIONS_REFUSED, "bad_request", 1);
    log_info(NULL, "net.refused", LOG_STR("reason", reason), LOG_NUM("status", status));
    http_answer_error(c, status, c->is_admin, "bad_request", NULL);
}

static void linger(struct conn *c)
{
    c->http->state = HTTP_LINGERING;
    sock_end(&c->sock);
    sock_pause(&c->sock, false);
    conn_set_deadline(c, c->net->p.close_timeout_ms);
}

static void consume(struct http *h, size_t len)
{
    h->in_len -= len;
    h->scanned = 0;
    if (h->in_len > 0) {
        memmove(h->in, h->in + len, h->in_len);
        return;
    }
    free(h->in); /* an idle connection holds no buffer */
    h->in = NULL;
}

/* Sends what the kernel takes. False while something is left. */
static bool flush(struct conn *c)
{
    struct http *h = c->http;
    while (h->sent < h->head_len + h->body_len) {
        size_t head_sent = h->sent < h->head_len ? h->sent : h->head_len;
        size_t body_sent = h->sent - head_sent;
        const struct iovec parts[] = {
            {.iov_base = h->head + head_sent,         .iov_len = h->head_len - head_sent},
            {.iov_base = (char *)h->body + body_sent, .iov_len = h->body_len - body_sent},
        };
        ssize_t n = sock_send(&c->sock, parts, 2);
        if (n < 0) {
            sock_want_writable(&c->sock);
            return false;
        }
        h->sent += (size_t)n;
        conn_set_deadline(c, c->net->p.stall_timeout_ms);
    }
    return true;
}

static void finish_answer(struct conn *c)
{
    struct http *h = c->http;
    drop_answer(h);
    h->has_answered = true;
    if (!h->keep_alive) {
        linger(c);
        return;
    }
    h->state = HTTP_READING_HEAD;
    sock_pause(&c->sock, false);
    conn_set_deadline(c, h->in_len ? c->net->p.head_timeout_ms : c->net->p.idle_timeout_ms);
}

static void handle(struct conn *c)
{
    struct http *h = c->http;
    h->state = HTTP_HANDLING;
    conn_set_deadline(c, 0);
    sock_pause(&c->sock, true);
    h->request->route->handle(h->request, c->net->p.app);
}

/* A peer that does not wait for our answer has sent its first frames behind the request. */
static void leave_to_ws(struct conn *c, size_t head_len)
{
    struct http *h = c->http;
    c->http = NULL;
    if (h->in_len > head_len)
        ws_on_bytes(c, (const uint8_t *)h->in + head_len, h->in_len - head_len);
    free(h->in);
    free(h);
}

/* Each step says whether there is another one to take. */
static bool step_head(struct conn *c)
{
    struct http *h = c->http;
    struct request head;
    size_t head_len;
    if (!h->in_len)
        return false;
    if (!request_is_whole(h->in, h->in_len, &h->scanned, &head_len)) {
        if (h->in_len < REQUEST_HEAD_MAX)
            return false;
        http_refuse(c, 431, "head too large");
        return true;
    }
    int status = request_parse(&head, h->in, head_len);
    h->is_head = head.is_head;
    h->keep_alive = head.keep_alive;
    if (status)
        http_refuse(c, status, "bad request");
    else
        http_route(c, &head);
    if (c->ws) {
        leave_to_ws(c, head_len);
        return false;
    }
    consume(h, head_len);
    return true;
}

static bool step_body(struct conn *c)
{
    struct http *h = c->http;
    struct http_request *req = h->request;
    size_t n = req->body_len - h->body_have;
    if (n > h->in_len)
        n = h->in_len;
    if (n) {
        memcpy(req->body + h->body_have, h->in, n);
        consume(h, n);
        h->body_have += n;
    }
    if (h->body_have < req->body_len)
        return false;
    handle(c);
    return true;
}

/* Takes every step that can be taken now. Not entered twice: a handler may answer at once. */
static void advance(struct conn *c)
{
    struct http *h = c->http;
    bool more = true;
    h->is_advancing = true;
    while (more && !c->sock.is_doomed) {
        switch (h->state) {
        case HTTP_READING_HEAD: more = step_head(c); break;
        case HTTP_READING_BODY: more = step_body(c); break;
        case HTTP_ANSWERING:
            more = flush(c);
            if (more)
                finish_answer(c);
            else
                sock_pause(&c->sock, true);
            break;
        case HTTP_HANDLING:
        case HTTP_LINGERING: more = false; break;
        }
        if (!c->http)
            return;
    }
    h->is_advancing = false;
}

void http_on_bytes(struct conn *c, const uint8_t *data, size_t len)
{
    struct http *h = c->http;
    if (h->state == HTTP_LINGERING) {
        h->lingered += len;
        if (h->lingered > LINGER_MAX)
            sock_close(&c->sock);
        return;
    }
    if (!h->in)
        h->in = malloc(IN_SIZE);
    if (!h->in || h->in_len + len > IN_SIZE) {
        hang_up(c, h->in ? "too much at once" : "no memory");
        return;
    }
    if (h->state == HTTP_READING_HEAD && !h->in_len && h->has_answered)
        conn_set_deadline(c, c->net->p.head_timeout_ms);
    memcpy(h->in + h->in_len, data, len);
    h->in_len += len;
    advance(c);
}

void http_on_writable(struct conn *c)
{
    if (c->http->state == HTTP_ANSWERING)
        advance(c);
}

void http_on_deadline(struct conn *c)
{
    const struct http *h = c->http;
    bool is_idle = h->state == HTTP_READING_HEAD && h->has_answered && !h->in_len;
    if (!is_idle && h->state != HTTP_LINGERING) {
        metric_add_named(METRIC_CONNECTIONS_REFUSED, "timeout", 1);
        log_info(NULL, "net.refused", LOG_STR("reason", "timeout"),
                 LOG_STR("while", h->state == HTTP_ANSWERING ? "answering" : "reading"));
    }
    sock_close(&c->sock);
}

void http_reply(struct http_request *req, int status, const char *type, const char *body,
                size_t len)
{
    struct conn *c = req->conn;
    struct reply r = {.status = status, .type = type, .cache = "no-store"};
    char *copy = malloc(len + 1);
    if (copy && len)
        memcpy(copy, body, len); /* which may be the request's own */
    http_request_free(&req);
    if (c)
        c->http->request = NULL;
    if (!c) {
        free(copy);
    } else if (!copy) {
        hang_up(c, "no memory");
    } else {
        assert(c->http->state == HTTP_HANDLING);
        http_answer(c, &r, copy, len, copy);
    }
}

void http_fail(struct http_request *req, int status, const char *code, const char *message)
{
    size_t len = 0;
    char *body = http_error_json(code, message, &len);
    http_reply(req, status, "application/json", body ? body : "{}", body ? len : 2);
    free(body);
}
