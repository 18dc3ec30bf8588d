#include "server/net/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utlist.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/net/link.h"

enum { ADMIN_RESERVE = 8 };

static struct conn **list_of(struct conn *c)
{
    if (c->is_shaking)
        return &c->net->shaking;
    return c->deadline_ms ? &c->net->timed : &c->net->steady;
}

/* Its deadline is `ms` from now, or never: 0. */
static void change_list(struct conn *c, bool is_shaking, uint32_t ms)
{
    struct conn **before = list_of(c);
    c->net->n_shaking += (uint32_t)is_shaking - (uint32_t)c->is_shaking;
    c->is_shaking = is_shaking;
    c->deadline_ms = ms ? clock_ms() + ms : 0;
    if (list_of(c) == before)
        return;
    DL_DELETE(*before, c);
    DL_APPEND(*list_of(c), c);
}

void conn_set_deadline(struct conn *c, uint32_t ms)
{
    change_list(c, c->is_shaking, ms);
}

/*
 * Our own deadlines are enough. lws keeps its timeouts in a list that it searches from the front,
 * at each connection, request and answer: 7 % of the loop while 3,000 came.
 */
void conn_drop_timeout(struct conn *c)
{
    if (!c->is_doomed)
        lws_set_timeout(c->wsi, NO_PENDING_TIMEOUT, 0);
}

/* Its timeout ends a connection from the loop. lws only looks at its timers when it is served. */
void conn_close(struct conn *c)
{
    if (c->is_doomed)
        return;
    c->is_doomed = true;
    lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    lws_cancel_service(c->net->lws);
}

/* There are many of them, and little to see. */
static void sweep_steady(struct net *net, uint64_t now_ms)
{
    enum { PERIOD_MS = 500 };
    struct conn *c;
    if (now_ms - net->steady_ms < PERIOD_MS)
        return;
    net->steady_ms = now_ms;
    DL_FOREACH(net->steady, c)
    {
        if (c->ws && !c->is_doomed && ws_is_left(c))
            conn_close(c);
    }
}

static void look_at(struct conn *c, uint64_t now_ms)
{
    if (c->ws && !c->is_doomed)
        ws_say_bye(c);
    if (c->is_doomed)
        return;
    if (c->ws && ws_is_left(c)) {
        conn_close(c);
    } else if (c->http && !c->is_leaving && http_is_choked(c)) {
        log_info(NULL, "net.refused", LOG_STR("reason", "sends instead of reading"));
        metric_add_named(METRIC_CONNECTIONS_REFUSED, "other", 1);
        conn_close(c);
    } else if (c->deadline_ms <= now_ms) {
        if (c->http && !c->is_leaving)
            http_on_deadline(c);
        conn_close(c);
    }
}

void conn_sweep(struct net *net)
{
    uint64_t now_ms = clock_ms();
    struct conn *c;
    struct conn *next;
    sweep_steady(net, now_ms);
    DL_FOREACH_SAFE(net->shaking, c, next)
    look_at(c, now_ms);
    DL_FOREACH_SAFE(net->timed, c, next)
    look_at(c, now_ms);
}

static int refuse(const char *metric, const char *reason)
{
    metric_add_named(METRIC_CONNECTIONS_REFUSED, metric, 1);
    log_info(NULL, "net.refused", LOG_STR("reason", reason));
    return -1;
}

static void warn_full(struct net *net, const char *lacking)
{
    enum { QUIET_MS = 1000 };
    uint64_t now_ms = clock_ms();
    if (!net->warned_ms || now_ms - net->warned_ms >= QUIET_MS) {
        net->warned_ms = now_ms;
        log_warn(NULL, "net.full", LOG_STR("lacking", lacking),
                 LOG_NUM("connections", net->n_conns));
    }
}

void conn_on_full(void *arg)
{
    const struct face *face = arg;
    warn_full(face->net, "descriptors");
}

static bool has_room(const struct net *net, bool is_admin)
{
    uint32_t max = net->p.max_connections;
    uint32_t reserve = is_admin || max <= 2 * ADMIN_RESERVE ? 0 : ADMIN_RESERVE;
    return net->n_conns < max - reserve;
}

/*
 * Handshakes that are never finished make room, the oldest first: one that is honest takes a few
 * round trips, and gets through unless so many others come within that time.
 */
static void make_room_to_shake(struct net *net)
{
    struct conn *oldest = net->shaking;
    if (net->n_shaking < net->p.tls.max_handshakes)
        return;
    metric_add_named(METRIC_CONNECTIONS_REFUSED, "handshake", 1);
    warn_full(net, "handshakes");
    conn_close(oldest);
    change_list(oldest, false, net->p.close_timeout_ms);
}

/* Before libwebsockets has spent anything on it. */
static int admit(const struct face *face, int fd, const struct sockaddr_storage *from)
{
    struct net *net = face->net;
    if (!has_room(net, face->kind == FACE_ADMIN) || (uint32_t)fd >= net->fd_table) {
        metric_add_named(METRIC_CONNECTIONS_REFUSED, "limit", 1);
        warn_full(net, "max-connections");
        return -1;
    }
    struct address address;
    address_of(&address, from);
    if (!address_set_has(&net->proxies, &address) &&
        limit_is_reached(net->limit, limit_key_of(&address)))
        return refuse("address_limit", "address_limit");
    if (face->kind == FACE_SECURE)
        make_room_to_shake(net);
    return 0;
}

void conn_on_accepted(void *arg, int fd, const struct sockaddr_storage *from)
{
    struct face *face = arg;
    if (admit(face, fd, from) != 0) {
        close(fd);
        return;
    }
    struct lws *wsi = lws_adopt_socket_vhost(face->vhost, fd); /* which closes it if it fails */
    struct conn *c = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (c)
        conn_drop_timeout(c);
}

int conn_set_peer(struct conn *c, const struct address *peer)
{
    struct limit_key key = limit_key_of(peer);
    int err = limit_take(c->net->limit, key);
    if (err)
        return err;
    if (c->has_share)
        limit_give(c->net->limit, c->key);
    c->key = key;
    c->has_share = true;
    address_text(peer, c->peer);
    return 0;
}

/* All who come through a proxy would share the one address. */
static int set_address(struct conn *c, const struct address *address)
{
    c->address = *address;
    c->is_local = address_is_loopback(address);
    c->is_proxy = address_set_has(&c->net->proxies, address);
    address_text(address, c->peer);
    return c->is_proxy ? 0 : conn_set_peer(c, address);
}

static int conn_new(struct net *net, struct lws *wsi)
{
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    struct address address;
    /* Who is gone already has no address, and would not be counted where it belongs. */
    if (getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&from, &len))
        return -errno;
    address_of(&address, &from);
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->net = net;
    c->wsi = wsi;
    c->fd = lws_get_socket_fd(wsi);
    c->is_admin = lws_get_vhost(wsi) == net->faces[FACE_ADMIN].vhost;
    c->is_tls = lws_get_ssl(wsi) != NULL;
    int err = http_start(c);
    if (!err)
        err = set_address(c, &address);
    if (err) {
        http_on_closed(c);
        free(c);
        return err;
    }
    lws_set_opaque_user_data(wsi, c);
    DL_APPEND(net->steady, c);
    /* A quick peer is done with it before lws tells of the connection. */
    bool is_shaking = c->is_tls && !SSL_is_init_finished(lws_get_ssl(wsi));
    change_list(c, is_shaking, is_shaking ? net->p.shake_timeout_ms : net->p.head_timeout_ms);
    net->n_conns++;
    metric_add(METRIC_CONNECTIONS, 0, 1);
    return 0;
}

static int conn_open(struct net *net, struct lws *wsi)
{
    int err = conn_new(net, wsi);
    if (err == -ENOTCONN) /* left again: nobody was refused */
        return -1;
    return err ? refuse("other", err_text(err)) : 0;
}

/* lws calls no more for it; its descriptor is closed, or about to be. What lws itself has ended,
 * because it is no HTTP or no WebSocket, ends here without another word from lws. */
static void on_dead(struct conn *c)
{
    bool is_lws_doing = !c->is_doomed && link_is_deserted(c->fd);
    if (is_lws_doing && c->ws)
        ws_on_ending(c);
    else if (is_lws_doing && c->http && http_is_unheard(c))
        refuse("bad_request", "not HTTP");
    c->is_doomed = true;
    c->fd = -1;
}

static void conn_free(struct conn *c)
{
    struct net *net = c->net;
    lws_set_opaque_user_data(c->wsi, NULL);
    on_dead(c);
    if (c->ws)
        ws_on_closed(c);
    http_on_closed(c);
    if (c->has_share)
        limit_give(net->limit, c->key);
    net->n_shaking -= c->is_shaking;
    DL_DELETE(*list_of(c), c);
    free(c->caller);
    free(c);
    net->n_conns--;
    metric_add(METRIC_CONNECTIONS, 0, -1);
    net_check_closed(net);
}

/* Of the TLS handshake. When the first bytes are none there is no `c` yet. OpenSSL's reason may be
 * the peer's: that it does not know who signed the certificate, for one. */
static int on_shaking(struct lws *wsi, struct conn *c, const struct lws_ssl_info *info)
{
    if ((info->where & SSL_CB_HANDSHAKE_DONE) && c && c->is_shaking)
        change_list(c, false, c->net->p.head_timeout_ms);
    bool is_over = (info->where & SSL_CB_EXIT) && info->ret <= 0;
    if (is_over && SSL_get_error(lws_get_ssl(wsi), info->ret) == SSL_ERROR_SSL) {
        const char *why = ERR_reason_error_string(ERR_peek_last_error());
        refuse("handshake", why ? why : "not TLS");
    }
    return 0;
}

static int on_http(struct conn *c, enum lws_callback_reasons reason, const char *in, size_t len)
{
    if (reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE)
        return http_on_upgrade(c);
    if (reason == LWS_CALLBACK_HTTP)
        return http_on_head(c);
    if (reason == LWS_CALLBACK_HTTP_BODY)
        return http_on_body(c, in, len);
    if (reason == LWS_CALLBACK_HTTP_BODY_COMPLETION)
        return http_on_whole(c);
    if (reason == LWS_CALLBACK_HTTP_WRITEABLE)
        return http_on_writable(c);
    if (reason == LWS_CALLBACK_ESTABLISHED)
        return ws_start(c);
    return 0;
}

static int on_ws(struct conn *c, enum lws_callback_reasons reason, const char *in, size_t len)
{
    if (reason == LWS_CALLBACK_RECEIVE)
        return ws_on_bytes(c, in, len);
    if (reason == LWS_CALLBACK_SERVER_WRITEABLE)
        ws_on_writable(c);
    if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
        ws_on_peer_close(c);
    if (reason == LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL && lws_get_close_length(c->wsi) > 0)
        ws_on_ending(c);
    return 0;
}

/* Over TLS lws waits for the peer's own goodbye, and we for both no longer than this. */
static void leave(struct conn *c)
{
    c->is_leaving = true;
    conn_set_deadline(c, c->net->p.close_timeout_ms);
}

int conn_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct net *net = lws_context_user(lws_get_context(wsi));
    struct conn *c = lws_get_opaque_user_data(wsi);
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
        return tls_equip(net->tls, user);
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
        return c ? -1 : conn_open(net, wsi);
    if (reason == LWS_CALLBACK_RAW_ADOPT) /* a CONNECT request */
        return refuse("bad_request", "no tunnels");
    if (reason == LWS_CALLBACK_SSL_INFO)
        return on_shaking(wsi, c, in);
    if (!c)
        return 0;
    if (reason == LWS_CALLBACK_WSI_DESTROY) {
        conn_free(c);
        return 0;
    }
    if (reason == LWS_CALLBACK_CLOSED || reason == LWS_CALLBACK_CLOSED_HTTP ||
        reason == LWS_CALLBACK_RAW_CLOSE)
        on_dead(c);
    if (c->is_doomed) /* lws may have put another timeout for ours */
        return -1;
    if (c->is_leaving)
        return 0;
    int end = c->ws ? on_ws(c, reason, in, len) : on_http(c, reason, in, len);
    if (end && !c->is_doomed)
        leave(c);
    return end || c->is_doomed ? -1 : 0;
}

void conn_close_all(struct net *net)
{
    struct conn *lists[] = {net->shaking, net->timed, net->steady};
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        struct conn *next;
        for (struct conn *c = lists[i]; c; c = next) {
            next = c->next;
            if (c->ws)
                ws_close(c->ws, WS_CLOSE_GOING_AWAY, "server going down");
            else
                conn_close(c);
        }
    }
}
