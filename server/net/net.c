#include "server/net/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/base/log.h"
#include "server/net/conn.h"
#include "server/net/link.h"
#include "server/net/listener.h"

enum { SWEEP_MS = 100 };

static uint32_t or_default(uint32_t value, uint32_t standard)
{
    return value ? value : standard;
}

static void on_tls_idle(void *arg)
{
    net_check_closed(arg);
}

static void on_sweep(uv_timer_t *timer)
{
    struct net *net = timer->data;
    conn_sweep(net);
    for (size_t i = 0; i < FACES; i++)
        listener_resume(net->faces[i].listener);
    if (net->tls && !net->is_closing)
        tls_look(net->tls, on_tls_idle, net);
}

void net_sweep_soon(struct net *net)
{
    uv_timer_start(&net->sweep, on_sweep, 0, SWEEP_MS);
}

static int copy_text(const char **text)
{
    *text = strdup(*text ? *text : "");
    return *text ? 0 : -ENOMEM;
}

static int copy_params(struct net *net, const struct net_params *p)
{
    const char **texts[] = {&net->p.bind,    &net->p.admin_token,    &net->p.web_root,
                            &net->p.origins, &net->p.congestion,     &net->p.tls.certificate,
                            &net->p.tls.key, &net->p.trusted_proxies};
    int err = 0;
    net->p = *p;
    net->p.tls.max_handshakes = or_default(p->tls.max_handshakes, 2048);
    net->p.shake_timeout_ms = or_default(p->shake_timeout_ms, 15000);
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

static int copy_protocols(struct net *net)
{
    size_t n = 0;
    for (; net->p.protocols[n]; n++) {
        if (n == WS_PROTOCOLS_MAX)
            return -EINVAL;
        net->protocols[n] = net->p.protocols[n];
    }
    net->p.protocols = net->protocols;
    return 0;
}

static void net_free(struct net *net)
{
    free((char *)net->p.bind);
    free((char *)net->p.admin_token);
    free((char *)net->p.web_root);
    free((char *)net->p.origins);
    free((char *)net->p.congestion);
    free((char *)net->p.tls.certificate);
    free((char *)net->p.tls.key);
    free((char *)net->p.trusted_proxies);
    tls_free(&net->tls);
    pages_free(&net->pages);
    limit_free(&net->limit);
    free(net);
}

int net_check_congestion(const char *name)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int err = link_tune(fd, 0, name);
    close(fd);
    return err;
}

int net_check_tls(const struct net_tls *p, char error[NET_ERROR_MAX])
{
    struct certificate *c;
    int err = certificate_read(&c, p->certificate, p->key, error);
    if (!err)
        certificate_free(&c);
    return err;
}

static int open_tls(struct net *net)
{
    char error[NET_ERROR_MAX] = "";
    if (!*net->p.tls.certificate)
        return 0;
    int err = tls_open(&net->tls, net->p.loop, &net->p.tls, error);
    if (err)
        log_error(NULL, "tls.not-usable", LOG_STR("why", error));
    return err == -ENOMEM ? err : err ? -EINVAL : 0;
}

int net_open(struct net **out, const struct net_params *p)
{
    struct net *net = calloc(1, sizeof(*net));
    if (!net)
        return -ENOMEM;
    int err = copy_params(net, p);
    if (!err)
        err = copy_protocols(net);
    if (!err)
        err = address_set_parse(&net->proxies, net->p.trusted_proxies);
    if (!err)
        err = pages_load(&net->pages, net->p.web_root);
    if (!err)
        err = limit_new(&net->limit, p->max_per_address);
    if (!err)
        err = open_tls(net);
    if (err) {
        net_free(net);
        return err;
    }
    uv_timer_init(p->loop, &net->sweep);
    net->sweep.data = net;
    uv_timer_start(&net->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    err = host_open(net);
    if (err) {
        net_close(net, NULL, NULL);
        return err;
    }
    log_info(NULL, "net.listen", LOG_NUM("port", net_port(net)),
             LOG_NUM("tls_port", net_tls_port(net)), LOG_NUM("admin_port", net_admin_port(net)));
    *out = net;
    return 0;
}

static uint16_t port_of(const struct net *net, enum face_kind kind)
{
    const struct listener *l = net->faces[kind].listener;
    return l ? listener_port(l) : 0;
}

uint16_t net_port(const struct net *net)
{
    return port_of(net, FACE_PUBLIC);
}

uint16_t net_tls_port(const struct net *net)
{
    return port_of(net, FACE_SECURE);
}

uint16_t net_admin_port(const struct net *net)
{
    return port_of(net, FACE_ADMIN);
}

void net_reload_tls(struct net *net)
{
    if (net->tls)
        tls_reload(net->tls);
}

static void net_end(struct net *net)
{
    void (*closed)(void *) = net->closed;
    void *arg = net->arg;
    net_free(net);
    if (closed)
        closed(arg);
}

/*
 * On a loop that is not its own, lws ends in two calls. The first begins to close the handles of
 * its descriptors; when the last of them is closed, it begins to close its timer and idle handle.
 * The second call frees their memory and unloads their code, and must not come before they are
 * closed, too. Nobody says when that is, but libuv closes in rounds: what is closed from a round's
 * callbacks belongs to the next one. So we close a handle of our own that many times.
 */
static void on_round(uv_handle_t *handle)
{
    enum { ROUNDS = 4 };
    struct net *net = handle->data;
    bool is_first = net->close_rounds == 0;
    bool is_last = ++net->close_rounds == ROUNDS;
    if (net->lws && (is_first || is_last))
        lws_context_destroy(net->lws);
    if (is_last) {
        net_end(net);
        return;
    }
    uv_timer_init(net->p.loop, &net->sweep);
    uv_close((uv_handle_t *)&net->sweep, on_round);
}

void net_check_closed(struct net *net)
{
    bool is_busy = net->n_conns > 0 || (net->tls && tls_is_busy(net->tls));
    if (net->is_closing && !is_busy && !uv_is_closing((uv_handle_t *)&net->sweep))
        uv_close((uv_handle_t *)&net->sweep, on_round);
}

void net_close(struct net *net, void (*closed)(void *arg), void *arg)
{
    net->is_closing = true;
    net->closed = closed;
    net->arg = arg;
    for (size_t i = 0; i < FACES; i++)
        listener_close(&net->faces[i].listener);
    conn_close_all(net);
    net_check_closed(net);
}
