#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/net/http_conn.h"
#include "server/net/link.h"

enum {
    PIECE_MAX = 32 << 10, /* handed over at once: what the socket leaves over, lws copies */
    PIECES_A_TURN = 8,
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
        http_request_leave(h->request); /* still owed by its handler */
    else
        http_request_free(&h->request);
    drop_answer(h);
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
    conn_close(c);
}

/*
 * While a handler owes its answer, lws would neither read nor stop polling for what the peer sends:
 * the loop would spin. So reading is off; and on again before we write, since lws does not write
 * while it is off.
 */
static void set_late(struct conn *c, bool is_late)
{
    if (c->http->is_late == is_late)
        return;
    c->http->is_late = is_late;
    lws_rx_flow_control(c->wsi, !is_late);
}

void http_answer(struct conn *c, struct reply *r, const char *body, size_t len, char *own)
{
    struct http *h = c->http;
    r->keep_alive = h->keep_alive && !c->net->is_closing;
    r->len = len;
    r->hsts_s = c->is_tls ? c->net->p.tls.hsts_s : 0;
    h->keep_alive = r->keep_alive;
    h->state = HTTP_ANSWERING;
    h->own_body = own;
    h->body = body;
    h->body_len = h->is_head || r->status == 304 ? 0 : len;
    h->sent = 0;
    count_answer(r->status);
    if (c->is_doomed)
        return;
    if (reply_head(&h->head, &h->head_len, r)) {
        hang_up(c, "no memory");
        return;
    }
    conn_set_deadline(c, c->net->p.stall_timeout_ms);
    set_late(c, false);
    lws_callback_on_writable(c->wsi);
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

/* The connection ends behind the answer: what follows can't be understood. */
static void refuse(struct conn *c, int status)
{
    c->http->keep_alive = false;
    metric_add_named(METRIC_CONNECTIONS_REFUSED, "bad_request", 1);
    log_info(NULL, "net.refused", LOG_STR("reason", "bad request"), LOG_NUM("status", status));
    http_answer_error(c, status, c->is_admin, "bad_request", NULL);
}

/* Sends what the kernel takes, and leaves at most one piece with lws. 1: all is on its way. */
static int flush(struct conn *c)
{
    struct http *h = c->http;
    for (int i = 0; h->sent < h->head_len + h->body_len && i < PIECES_A_TURN; i++) {
        bool in_head = h->sent < h->head_len;
        const char *from = in_head ? h->head + h->sent : h->body + (h->sent - h->head_len);
        size_t len = in_head ? h->head_len - h->sent : h->head_len + h->body_len - h->sent;
        if (len > PIECE_MAX)
            len = PIECE_MAX;
        if (lws_partial_buffered(c->wsi))
            break;
        if (lws_write(c->wsi, (unsigned char *)from, len, LWS_WRITE_HTTP) < 0)
            return -EPIPE;
        h->sent += len;
        conn_set_deadline(c, c->net->p.stall_timeout_ms);
    }
    return h->sent == h->head_len + h->body_len && !lws_partial_buffered(c->wsi);
}

/* We say no more, but go on reading. */
static void end_sending(struct conn *c)
{
    if (c->is_tls)
        SSL_shutdown(lws_get_ssl(c->wsi));
    shutdown(c->fd, SHUT_WR);
}

static int finish_answer(struct conn *c)
{
    struct http *h = c->http;
    drop_answer(h);
    h->has_answered = true;
    if (h->keep_alive) {
        h->state = HTTP_READING;
        conn_set_deadline(c, c->net->p.idle_timeout_ms);
        int end = lws_http_transaction_completed(c->wsi);
        if (!end)
            conn_drop_timeout(c);
        return end;
    }
    if (!h->body_left)
        return -1;
    h->state = HTTP_LINGERING;
    end_sending(c);
    conn_set_deadline(c, c->net->p.close_timeout_ms);
    return 0;
}

int http_on_writable(struct conn *c)
{
    if (c->http->state != HTTP_ANSWERING)
        return 0;
    int n = flush(c);
    if (n < 0)
        return -1;
    if (n > 0)
        return finish_answer(c);
    lws_callback_on_writable(c->wsi);
    return 0;
}

static void handle(struct conn *c)
{
    struct http *h = c->http;
    h->state = HTTP_HANDLING;
    conn_set_deadline(c, 0);
    h->request->match.route->handle(h->request, c->net->p.app);
    if (h->state == HTTP_HANDLING)
        set_late(c, true);
}

static void begin(struct conn *c, const struct request *head)
{
    c->http->is_head = head->is_head;
    c->http->keep_alive = head->keep_alive && !c->is_admin;
    c->http->body_left = false;
    c->http->body_have = 0;
}

/* Answers what little there is to say, and ends the connection within this call of lws'. */
static int end_with_answer(struct conn *c)
{
    c->http->keep_alive = false;
    http_on_writable(c);
    return -1;
}

/*
 * If a request with a body was sent right behind another one, before its answer, lws 4.1.6 takes
 * its head for the body and may never return from it (the loop at the end of lws_http_action()):
 * the head was read together with the one before, and is still on lws' list of what it keeps for
 * later. Whose is on it lws does not say, only whether anybody's is (or TLS holds something back):
 * then who asks is sent away with a 408, behind which browsers ask again on a new connection.
 */
static bool has_body_too_soon(const struct conn *c, const struct request *head, int status)
{
    bool may_have_body = status || head->body_len > 0 || head->method & (HTTP_POST | HTTP_PUT);
    return c->http->has_answered && may_have_body &&
           lws_service_adjust_timeout(c->net->lws, 1, 0) == 0;
}

int http_on_head(struct conn *c)
{
    struct http *h = c->http;
    struct request head;
    int status = request_read(&head, c->wsi);
    conn_drop_timeout(c);
    begin(c, &head);
    bool is_too_soon = has_body_too_soon(c, &head, status);
    if (status || is_too_soon) {
        refuse(c, status ? status : 408);
        return is_too_soon ? end_with_answer(c) : 0;
    }
    http_route(c, &head);
    h->body_left = !h->request && head.body_len > 0;
    /* An empty POST alone is told of as a body that is complete. */
    if (h->request && !head.body_len && head.method != HTTP_POST)
        handle(c);
    return 0;
}

int http_on_body(struct conn *c, const char *data, size_t len)
{
    struct http *h = c->http;
    struct http_request *req = h->request;
    if (h->state == HTTP_READING && req) {
        if (len > req->body_len - h->body_have)
            return -1;
        if (len)
            memcpy(req->body + h->body_have, data, len);
        h->body_have += len;
        return 0;
    }
    h->lingered += len;
    return h->lingered > LINGER_MAX;
}

int http_on_whole(struct conn *c)
{
    struct http *h = c->http;
    if (h->state == HTTP_LINGERING)
        return -1;
    if (h->state == HTTP_READING && h->request)
        handle(c);
    return 0;
}

/*
 * lws takes any other `Upgrade:` than ours badly: h2c it grants, and after refusing what it does
 * not know it goes on with memory that it has freed (fixed in later versions). There, its headers
 * are gone. Nothing here may look at the callback's own argument.
 */
int http_on_upgrade(struct conn *c)
{
    struct request head;
    if (!lws_hdr_total_length(c->wsi, WSI_TOKEN_UPGRADE)) {
        metric_add_named(METRIC_CONNECTIONS_REFUSED, "bad_request", 1);
        return -1;
    }
    int status = request_read(&head, c->wsi);
    begin(c, &head);
    if (status)
        refuse(c, status);
    else if (!http_route_upgrade(c, &head))
        return 0;
    return end_with_answer(c);
}

bool http_is_choked(const struct conn *c)
{
    const struct http *h = c->http;
    bool is_between = h->state == HTTP_READING && h->has_answered && !h->request;
    return (h->state == HTTP_ANSWERING || is_between) && link_is_jammed(c->fd);
}

bool http_is_unheard(const struct conn *c)
{
    return !c->http->has_answered && c->http->state == HTTP_READING && !c->http->request;
}

void http_on_deadline(struct conn *c)
{
    const struct http *h = c->http;
    bool is_idle = h->state == HTTP_READING && h->has_answered && !h->request;
    if (is_idle || h->state == HTTP_LINGERING)
        return;
    metric_add_named(METRIC_CONNECTIONS_REFUSED, "timeout", 1);
    log_info(NULL, "net.refused", LOG_STR("reason", "timeout"),
             LOG_STR("while", c->is_shaking                ? "shaking hands"
                              : h->state == HTTP_ANSWERING ? "answering"
                                                           : "reading"));
}

void http_reply(struct http_request *req, int status, const char *type, const char *body,
                size_t len)
{
    struct conn *c = req->conn;
    char extra[HTTP_HEADERS_MAX];
    struct reply r = {.status = status, .type = type, .cache = "no-store", .extra = extra};
    char *copy = malloc(len + 1);
    if (copy && len)
        memcpy(copy, body, len); /* which may be the request's own */
    memcpy(extra, req->headers, req->headers_len + 1);
    http_request_free(&req);
    if (c)
        c->http->request = NULL;
    if (!c) {
        free(copy);
    } else if (!copy) {
        c->http->state = HTTP_ANSWERING;
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
