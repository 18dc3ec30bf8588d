#include "server/ingest/rtmp/rtmp.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include <uv.h>

#include "server/base/log.h"
#include "server/ingest/rtmp/conn.h"
#include "server/ingest/rtmp/peer.h"
#include "server/metrics/metrics.h"

enum { BACKLOG = 128 };

struct rtmp {
    struct rtmp_params params;
    uv_tcp_t listener;
    /* Where connections over a limit are accepted, to be closed: refusing must not need memory. One
     * a turn of the loop, so that a flood of them waits in the kernel. */
    uv_tcp_t refusal;
    bool is_refusing;
    bool is_waiting; /* a connection is to be accepted when `refusal` is free again */
    bool is_closing;
    unsigned open_handles;
    struct conn *conns;
    uint32_t n_conns;
    void (*closed)(void *arg);
    void *arg;
};

static void on_connection(uv_stream_t *listener, int status);

static void tell_closed(struct rtmp *r)
{
    if (!r->is_closing || r->open_handles > 0 || r->n_conns > 0)
        return;
    void (*closed)(void *arg) = r->closed;
    void *arg = r->arg;
    free(r);
    if (closed)
        closed(arg);
}

static void on_listener_closed(uv_handle_t *handle)
{
    struct rtmp *r = handle->data;
    r->open_handles--;
    tell_closed(r);
}

static void on_conn_closed(struct conn *conn, void *arg)
{
    struct rtmp *r = arg;
    struct conn **at = &r->conns;
    while (*at != conn)
        at = conn_next(*at);
    *at = *conn_next(conn);
    r->n_conns--;
    metric_add(METRIC_RTMP_CONNECTIONS, 0, -1);
    tell_closed(r);
}

static uint32_t count_of_home(const struct rtmp *r, const struct peer *who)
{
    uint32_t n = 0;
    for (struct conn *c = r->conns; c; c = *conn_next(c))
        n += peer_is_same_home(conn_who(c), who);
    return n;
}

static void on_refusal_closed(uv_handle_t *handle)
{
    struct rtmp *r = handle->data;
    r->open_handles--;
    r->is_refusing = false;
    if (r->is_waiting && !r->is_closing) {
        r->is_waiting = false;
        on_connection((uv_stream_t *)&r->listener, 0);
    }
    tell_closed(r);
}

static void refuse(struct rtmp *r, enum rtmp_why why)
{
    if (r->is_refusing) {
        r->is_waiting = true;
        return;
    }
    int err = uv_tcp_init(r->params.loop, &r->refusal);
    assert(err == 0);
    (void)err;
    r->refusal.data = r;
    r->is_refusing = true;
    r->open_handles++;

    struct peer who = {0};
    if (uv_accept((uv_stream_t *)&r->listener, (uv_stream_t *)&r->refusal) == 0)
        peer_of(&who, &r->refusal);
    log_warn(NULL, "rtmp.closed", LOG_STR("peer", who.text), LOG_STR("why", rtmp_why_name(why)));
    metric_add_named(METRIC_RTMP_CLOSED, rtmp_why_name(why), 1);
    uv_close((uv_handle_t *)&r->refusal, on_refusal_closed);
}

static int take(struct rtmp *r, struct conn **out)
{
    int err =
        conn_new(out, &(struct conn_params){.loop = r->params.loop,
                                            .sink = r->params.sink,
                                            .hello_timeout_ms = r->params.hello_timeout_ms,
                                            .silence_timeout_ms = r->params.silence_timeout_ms,
                                            .closed = on_conn_closed,
                                            .arg = r});
    if (err)
        return err;
    *conn_next(*out) = r->conns;
    r->conns = *out;
    r->n_conns++;
    metric_add(METRIC_RTMP_CONNECTIONS, 0, 1);
    return 0;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct rtmp *r = listener->data;
    if (status < 0) {
        log_warn(NULL, "rtmp.accept-failed", LOG_ERR(status));
        return;
    }
    struct conn *conn;
    if (r->n_conns >= r->params.max_connections) {
        refuse(r, RTMP_FULL);
        return;
    }
    if (take(r, &conn)) {
        refuse(r, RTMP_NO_MEMORY);
        return;
    }
    if (uv_accept(listener, conn_stream(conn)) || conn_start(conn))
        conn_end(conn, RTMP_GONE, NULL);
    else if (count_of_home(r, conn_who(conn)) > r->params.max_per_address)
        conn_end(conn, RTMP_FULL_ADDRESS, NULL);
}

static int listen_at(struct rtmp *r, const char *host)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } at;
    int err = uv_ip4_addr(host, r->params.port, &at.v4);
    if (err)
        err = uv_ip6_addr(host, r->params.port, &at.v6);
    if (!err)
        err = uv_tcp_bind(&r->listener, &at.any, 0);
    return err ? err : uv_listen((uv_stream_t *)&r->listener, BACKLOG, on_connection);
}

static int open_listener(struct rtmp *r)
{
    int err = uv_tcp_init(r->params.loop, &r->listener);
    assert(err == 0);
    r->listener.data = r;
    r->open_handles = 1;

    bool is_everywhere = !r->params.bind || r->params.bind[0] == 0;
    err = listen_at(r, is_everywhere ? "::" : r->params.bind);
    if (err == UV_EAFNOSUPPORT && is_everywhere) /* a kernel without IPv6 */
        err = listen_at(r, "0.0.0.0");
    r->params.bind = NULL; /* was borrowed for the call */
    return err;
}

int rtmp_open(struct rtmp **out, const struct rtmp_params *p)
{
    struct rtmp *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->params = *p;
    int err = open_listener(r);
    if (err) {
        rtmp_close(r, NULL, NULL);
        return err;
    }
    *out = r;
    return 0;
}

uint16_t rtmp_port(const struct rtmp *r)
{
    struct sockaddr_storage at = {0};
    int len = sizeof(at);
    if (uv_tcp_getsockname(&r->listener, (struct sockaddr *)&at, &len))
        return 0;
    return ntohs(at.ss_family == AF_INET ? ((const struct sockaddr_in *)&at)->sin_port
                                         : ((const struct sockaddr_in6 *)&at)->sin6_port);
}

void rtmp_close(struct rtmp *r, void (*closed)(void *arg), void *arg)
{
    assert(!r->is_closing);
    r->is_closing = true;
    r->closed = closed;
    r->arg = arg;
    /* None leaves the list before its handles have closed, which is a later turn of the loop. */
    for (struct conn *c = r->conns; c; c = *conn_next(c))
        conn_abort(c, RTMP_SHUTDOWN);
    uv_close((uv_handle_t *)&r->listener, on_listener_closed);
}
