#include "server/net/http_conn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/base/token.h"
#include "server/metrics/metrics.h"
#include "server/net/forwarded.h"
#include "server/net/route.h"
#include "server/net/upgrade.h"

#define TEACH_PATH "/teach"

static bool is_api(const struct conn *c, struct slice path)
{
    return c->is_admin ||
           (path.len >= 4 && memcmp(path.p, "/api", 4) == 0 && (path.len == 4 || path.p[4] == '/'));
}

static void fail(struct conn *c, const struct request *head, int status, const char *code,
                 const char *extra)
{
    if (head->body_len > 0)
        c->http->keep_alive = false; /* it follows, and nobody will read it */
    http_answer_error(c, status, is_api(c, head->path), code, extra);
}

static void refuse_upgrade(struct conn *c, int status, const char *reason)
{
    metric_add_named(METRIC_WS_REFUSED, reason, 1);
    log_info(NULL, "ws.refused", LOG_STR("reason", reason));
    c->http->keep_alive = false;
    http_answer_error(c, status, false, NULL,
                      status == 426 ? "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n" : NULL);
}

/* The admin face answers this machine's own programs only: no page of whatever origin, and no name
 * that a page could have pointed at the loopback address. */
static bool admit_admin(struct conn *c, const struct request *head)
{
    char token[128] = "";
    struct slice rest = head->authorization;
    if (!host_is_local(head->host) || head->origin.p) {
        fail(c, head, 403, "forbidden", NULL);
        return false;
    }
    if (rest.len > 7 && strncasecmp(rest.p, "Bearer ", 7) == 0 && rest.len - 7 < sizeof(token))
        memcpy(token, rest.p + 7, rest.len - 7);
    if (*c->net->p.admin_token && token_equal(token, c->net->p.admin_token))
        return true;
    fail(c, head, 401, "unauthorized", "WWW-Authenticate: Bearer\r\n");
    return false;
}

static void answer_page(struct conn *c, const struct request *head, const struct page *page,
                        int status)
{
    static const char *const codings[PAGE_CODINGS] = {NULL, "br", "gzip"};
    enum page_coding coding = page_choose(page, head->accept_encoding);
    const struct page_body *body = &page->bodies[coding];
    struct reply r = {
        .status = status == 200 && etag_matches(head->if_none_match, body->etag) ? 304 : status,
        .type = page->type,
        .etag = body->etag,
        .coding = codings[coding],
        .varies = page->bodies[PAGE_BROTLI].data || page->bodies[PAGE_GZIP].data,
        .cache = page->is_immutable ? "public, max-age=31536000, immutable" : "no-cache",
        .script_hashes = page->hashes[INLINE_SCRIPT],
        .style_hashes = page->hashes[INLINE_STYLE],
        .host = head->host,
    };
    http_answer(c, &r, body->data, body->len, NULL);
}

/* What a person sees who followed a wrong link: a page, if there is one. */
static void answer_not_found(struct conn *c, const struct request *head)
{
    bool is_for_people = head->method == HTTP_GET && !is_api(c, head->path);
    const struct page *page =
        is_for_people ? pages_find(c->net->pages, slice_of("/404.html")) : NULL;
    if (page)
        answer_page(c, head, page, 404);
    else
        fail(c, head, 404, "not_found", NULL);
}

static void answer_no_route(struct conn *c, const struct request *head, int status,
                            unsigned allowed)
{
    const struct page *page = c->is_admin ? NULL : pages_find(c->net->pages, head->path);
    char allow[64] = "";
    if (page && status == 404) {
        if (head->method == HTTP_GET) {
            answer_page(c, head, page, 200);
            return;
        }
        status = 405;
        allowed = HTTP_GET;
    }
    if (status == 404) {
        answer_not_found(c, head);
        return;
    }
    if (status == 405)
        snprintf(allow, sizeof(allow), "Allow: %s%s%s%s\r\n",
                 allowed & HTTP_GET ? "GET, HEAD, " : "", allowed & HTTP_POST ? "POST, " : "",
                 allowed & HTTP_PUT ? "PUT, " : "", allowed & HTTP_DELETE ? "DELETE, " : "");
    char *comma = strrchr(allow, ',');
    if (comma)
        memcpy(comma, "\r\n", 3);
    const char *code = status == 405 ? "method" : "bad_request";
    fail(c, head, status, code, allow);
}

static bool is_forwarded(const struct request *head)
{
    return head->forwarded_for.p || head->forwarded_proto.p;
}

static bool is_secure(const struct conn *c, const struct request *head)
{
    if (c->is_proxy && is_forwarded(head))
        return forwarded_is_https(head->forwarded_proto);
    return c->is_tls;
}

/* A program on this machine that passes others' requests on has come from it, too, but asks for the
 * name that they used, or says for whom it does so. */
static bool is_private(const struct conn *c, const struct request *head)
{
    return is_secure(c, head) || (c->is_local && !is_forwarded(head) && host_is_local(head->host));
}

static int new_request(struct http_request **out, struct conn *c, const struct request *head,
                       const struct route_match *match)
{
    int err = http_request_new(out, c, head, match);
    if (err)
        return err;
    struct http_request *req = *out;
    req->caller.kind = c->is_admin ? CALLER_CONSOLE : CALLER_NOBODY;
    req->is_secure = is_secure(c, head);
    req->is_private = is_private(c, head);
    if (!c->is_proxy || !forwarded_for(head->forwarded_for, &c->net->proxies, &req->peer))
        req->peer = c->address;
    return 0;
}

/* A large one may take longer: 16 kB a second is what a weak line carries. */
static uint32_t body_time_ms(const struct conn *c, uint64_t len)
{
    enum { SLOWEST_BYTES_PER_MS = 16 };
    uint32_t more_ms = len > HTTP_BODY_MAX ? (uint32_t)(len / SLOWEST_BYTES_PER_MS) : 0;
    return c->net->p.body_timeout_ms + more_ms;
}

/* 0, or the status of the refusal. */
static int admit(struct conn *c, struct http_request *req)
{
    const struct net_params *p = &c->net->p;
    enum permit permit = req->match.route->permit;
    if (p->admit)
        return p->admit(req, permit, p->app);
    return c->is_admin || permit == PERMIT_ANYBODY ? 0 : 403;
}

static const char *refusal_code(int status)
{
    return status == 401 ? "unauthorized" : status == 403 ? "forbidden" : "not_found";
}

static void begin_request(struct conn *c, const struct request *head,
                          const struct route_match *match)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct http_request *req;
    size_t max = match->route->body_max ? match->route->body_max : HTTP_BODY_MAX;
    if (head->body_len > max) {
        fail(c, head, 413, "too_large", NULL);
        return;
    }
    int err = new_request(&req, c, head, match);
    int status = err ? 0 : admit(c, req);
    if (status) {
        http_request_free(&req);
        fail(c, head, status, refusal_code(status), NULL);
        return;
    }
    if (!err)
        err = http_request_make_room(req, head->body_len);
    if (err) {
        http_request_free(&req);
        fail(c, head, 503, err == -EDQUOT ? "busy" : "no_memory", "Retry-After: 5\r\n");
        return;
    }
    c->http->request = req;
    conn_set_deadline(c, body_time_ms(c, head->body_len));
    if (head->expects_continue && head->body_len > 0) {
        lws_write(c->wsi, (unsigned char *)go_on, sizeof(go_on) - 1, LWS_WRITE_HTTP);
    }
}

/*
 * Browsers say with each request that changes something whose page asks for it, old ones by Origin
 * alone, and send the cookies along: a page of another site could act as whoever is signed in here.
 * Other programs say nothing, and have no cookies but their own.
 */
static bool is_forged(const struct conn *c, const struct request *head)
{
    if (c->is_admin || head->method == HTTP_GET)
        return false;
    if (head->origin.p)
        return !origin_is_allowed(head->origin, head->host, c->net->p.origins);
    return head->fetch_site.p && !slice_is_nocase(head->fetch_site, "same-origin") &&
           !slice_is_nocase(head->fetch_site, "none");
}

/* Browsers give camera and microphone to secure pages only, so who asks for the page that teaches
 * by plain http is sent to where it works; what stands behind the # goes with them. */
static bool send_to_tls(struct conn *c, const struct request *head)
{
    char location[HOST_MAX + 64];
    if (!c->net->tls || c->is_admin || is_forwarded(head) || is_private(c, head) ||
        !head->host.len || head->method != HTTP_GET || !slice_is(head->path, TEACH_PATH))
        return false;
    struct slice name = host_without_port(head->host);
    snprintf(location, sizeof(location), "Location: https://%.*s:%u%s\r\n", (int)name.len, name.p,
             (unsigned)net_tls_port(c->net), TEACH_PATH);
    fail(c, head, 307, NULL, location);
    return true;
}

void http_route(struct conn *c, const struct request *head)
{
    struct route_match match;
    if (!c->is_admin && slice_is(head->path, WS_PATH)) {
        refuse_upgrade(c, 426, "method");
        return;
    }
    if (c->is_admin && !admit_admin(c, head))
        return;
    if (send_to_tls(c, head))
        return;
    int status = route_find(c->net->p.routes, c->is_admin ? HTTP_ADMIN : HTTP_PUBLIC, head->method,
                            head->path, &match);
    if (status)
        answer_no_route(c, head, status, match.allowed);
    else if (is_forged(c, head))
        fail(c, head, 403, "foreign_origin", NULL);
    else
        begin_request(c, head, &match);
}

/* 0; else it is answered. */
static int learn_peer(struct conn *c, const struct request *head)
{
    struct address peer;
    c->is_private = is_private(c, head);
    if (!c->is_proxy || !forwarded_for(head->forwarded_for, &c->net->proxies, &peer) ||
        conn_set_peer(c, &peer) == 0)
        return 0;
    refuse_upgrade(c, 429, "address_limit");
    return -EDQUOT;
}

/* 0; -ENOMEM, and it is answered. */
static int learn_caller(struct conn *c, const struct request *head)
{
    static const struct route_match no_route = {.route = NULL};
    struct http_request *req;
    if (!c->net->p.identify || !head->cookie.p)
        return 0;
    int err = new_request(&req, c, head, &no_route);
    if (!err) {
        c->net->p.identify(req, c->net->p.app);
        if (req->caller.kind != CALLER_NOBODY && !c->caller)
            c->caller = malloc(sizeof(*c->caller));
        if (c->caller)
            *c->caller = req->caller;
        else if (req->caller.kind != CALLER_NOBODY)
            err = -ENOMEM;
        http_request_free(&req);
    }
    if (err)
        refuse_upgrade(c, 503, "other");
    return err;
}

int http_route_upgrade(struct conn *c, const struct request *head)
{
    int status = 0;
    if (c->is_admin && !admit_admin(c, head))
        return -EACCES;
    if (c->is_admin || !slice_is(head->path, WS_PATH)) {
        fail(c, head, 404, "not_found", NULL);
        return -ENOENT;
    }
    if (learn_peer(c, head))
        return -EDQUOT;
    const char *reason = "method";
    if (head->wants_websocket)
        reason = upgrade_check(head, c->net->protocols, c->net->p.origins, &status);
    if (!reason)
        return learn_caller(c, head);
    refuse_upgrade(c, status ? status : 426, reason);
    return -EPROTO;
}
