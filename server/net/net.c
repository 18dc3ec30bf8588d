#include "server/net/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/log.h"
#include "server/net/conn.h"

enum { SWEEP_MS = 100 };

static uint32_t or_default(uint32_t value, uint32_t standard)
{
    return value ? value : standard;
}

static void on_sweep(uv_timer_t *timer)
{
    struct net *net = timer->data;
    conn_sweep(net);
    if (net->is_closing)
        return;
    listener_resume(&net->pub);
    listener_resume(&net->admin);
}

static int copy_text(const char **text)
{
    *text = strdup(*text ? *text : "");
    return *text ? 0 : -ENOMEM;
}

static int copy_params(struct net *net, const struct net_params *p)
{
    const char **texts[] = {&net->p.bind, &net->p.admin_token, &net->p.web_root, &net->p.origins,
                            &net->p.congestion};
    int err = 0;
    net->p = *p;
    net->p.head_timeout_ms = or_default(p->head_timeout_ms, 5000);
    net->p.body_timeout_ms = or_default(p->body_timeout_ms, 10000);
    net->p.idle_timeout_ms = or_default(p->idle_timeout_ms, 5000);
    net->p.stall_timeout_ms = or_default(p->stall_timeout_ms, 30000);
    net->p.close_timeout_ms = or_default(p->close_timeout_ms, 2000);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (err)
            *texts[i] = NULL; /* not ours */
        else
            err = copy_text(texts[i]);
    }
    return err;
}

static void net_free(struct net *net)
{
    free((char *)net->p.bind);
    free((char *)net->p.admin_token);
    free((char *)net->p.web_root);
    free((char *)net->p.origins);
    free((char *)net->p.congestion);
    pages_free(&net->pages);
    limit_free(&net->limit);
    free(net);
}

static int net_listen(struct net *net)
{
    int err = listener_open(&net->pub, net, net->p.bind, net->p.port, false);
    if (!err && net->p.admin_port != UINT16_MAX)
        err = listener_open(&net->admin, net, "127.0.0.1", net->p.admin_port, true);
    if (!err)
        log_info(NULL, "net.listen", LOG_NUM("port", net->pub.port),
                 LOG_NUM("admin_port", net->admin.port));
    return err;
}

int net_open(struct net **out, const struct net_params *p)
{
    struct net *net = calloc(1, sizeof(*net));
    if (!net)
        return -ENOMEM;
    net->pub.fd = -1;
    net->admin.fd = -1;
    int err = copy_params(net, p);
    if (!err)
        err = pages_load(&net->pages, net->p.web_root);
    if (!err)
        err = limit_new(&net->limit, p->max_per_address);
    if (!err)
        err = sock_host_new(&net->host, p->loop, p->max_connections);
    if (err) {
        net_free(net);
        return err;
    }
    uv_timer_init(p->loop, &net->sweep);
    net->sweep.data = net;
    net->open_handles++;
    uv_timer_start(&net->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    err = net_listen(net);
    if (err) {
        net_close(net, NULL, NULL);
        return err;
    }
    *out = net;
    return 0;
}

uint16_t net_port(const struct net *net)
{
    return net->pub.port;
}

uint16_t net_admin_port(const struct net *net)
{
    return net->admin.port;
}

static void on_host_closed(void *arg)
{
    struct net *net = arg;
    void (*closed)(void *) = net->closed;
    void *closed_arg = net->arg;
    net_free(net);
    if (closed)
        closed(closed_arg);
}

static void on_sweep_closed(uv_handle_t *handle)
{
    struct net *net = handle->data;
    net->open_handles--;
    net_check_closed(net);
}

/* In this order: connections, whose deadlines the sweep watches; our handles; libwebsockets. */
void net_check_closed(struct net *net)
{
    if (!net->is_closing || net->n_conns > 0)
        return;
    if (!uv_is_closing((uv_handle_t *)&net->sweep))
        uv_close((uv_handle_t *)&net->sweep, on_sweep_closed);
    else if (net->open_handles == 0)
        sock_host_close(net->host, on_host_closed, net);
}

void net_close(struct net *net, void (*closed)(void *arg), void *arg)
{
    net->is_closing = true;
    net->closed = closed;
    net->arg = arg;
    listener_close(&net->pub);
    listener_close(&net->admin);
    conn_close_all(net);
    net_check_closed(net);
}
