#include "server/net/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <utlist.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/metrics/metrics.h"

static struct conn **list_of(struct conn *c)
{
    return c->deadline_ms ? &c->net->timed : &c->net->steady;
}

void conn_set_deadline(struct conn *c, uint32_t ms)
{
    uint64_t deadline_ms = ms ? clock_ms() + ms : 0;
    if (!deadline_ms == !c->deadline_ms) {
        c->deadline_ms = deadline_ms;
        return;
    }
    DL_DELETE(*list_of(c), c);
    c->deadline_ms = deadline_ms;
    DL_APPEND(*list_of(c), c);
}

void conn_sweep(struct net *net)
{
    uint64_t now_ms = clock_ms();
    struct conn *c;
    struct conn *next;
    DL_FOREACH_SAFE(net->timed, c, next)
    {
        if (c->deadline_ms > now_ms)
            continue;
        if (c->ws)
            ws_on_deadline(c);
        else
            http_on_deadline(c);
    }
}

static void on_bytes(void *user, const uint8_t *data, size_t len)
{
    struct conn *c = user;
    if (c->ws)
        ws_on_bytes(c, data, len);
    else
        http_on_bytes(c, data, len);
}

static void on_writable(void *user)
{
    struct conn *c = user;
    if (c->ws)
        ws_on_writable(c);
    else
        http_on_writable(c);
}

static void on_closed(void *user)
{
    struct conn *c = user;
    struct net *net = c->net;
    if (c->ws)
        ws_on_closed(c);
    else
        http_on_closed(c);
    limit_give(net->limit, c->key);
    DL_DELETE(*list_of(c), c);
    free(c);
    net->n_conns--;
    metric_add(METRIC_CONNECTIONS, 0, -1);
    net_check_closed(net);
}

static const struct sock_events events = {
    .on_bytes = on_bytes,
    .on_writable = on_writable,
    .on_closed = on_closed,
};

static int conn_start(struct conn *c, int fd)
{
    int err = http_start(c);
    if (err) {
        close(fd);
        return err;
    }
    err = sock_adopt(c->net->host, fd, &c->sock, &events, c);
    if (err)
        http_on_closed(c);
    return err;
}

static int conn_new(struct conn **out, struct net *net, int fd, struct limit_key key)
{
    struct conn *c = calloc(1, sizeof(*c));
    if (!c) {
        close(fd);
        return -ENOMEM;
    }
    c->net = net;
    c->key = key;
    int err = conn_start(c, fd);
    if (err) {
        free(c);
        return err;
    }
    *out = c;
    return 0;
}

int conn_open(struct net *net, int fd, const struct sockaddr_storage *address, bool is_admin)
{
    struct limit_key key = limit_key_of(address);
    struct conn *c;
    int err = limit_take(net->limit, key);
    if (err) {
        close(fd);
        return err;
    }
    err = conn_new(&c, net, fd, key);
    if (err) {
        limit_give(net->limit, key);
        return err;
    }
    c->is_admin = is_admin;
    address_text(address, c->peer);
    DL_APPEND(net->steady, c);
    conn_set_deadline(c, net->p.head_timeout_ms);
    net->n_conns++;
    metric_add(METRIC_CONNECTIONS, 0, 1);
    return 0;
}

void conn_close_all(struct net *net)
{
    struct conn *lists[] = {net->timed, net->steady};
    for (size_t i = 0; i < 2; i++) {
        struct conn *next;
        for (struct conn *c = lists[i]; c; c = next) {
            next = c->next;
            if (c->ws)
                ws_close(c->ws, WS_CLOSE_GOING_AWAY, "server going down");
            else
                sock_close(&c->sock);
        }
    }
}
