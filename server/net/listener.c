#include "server/net/conn.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/net/link.h"

enum {
    ACCEPTS_A_TURN = 64, /* a storm of joins must not hold up those who are in */
    ADMIN_RESERVE = 8,
};

static int address_of(const char *bind, uint16_t port, struct sockaddr_storage *out, socklen_t *len)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, bind, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        *len = sizeof(*v4);
        return 0;
    }
    if (inet_pton(AF_INET6, bind, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        *len = sizeof(*v6);
        return 0;
    }
    return -EINVAL;
}

static int listen_on(int fd, const struct sockaddr_storage *address, socklen_t len)
{
    int yes = 1;
    int no = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (address->ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    if (bind(fd, (const struct sockaddr *)address, len) || listen(fd, SOMAXCONN))
        return -errno;
    return 0;
}

static int open_socket(const char *bind, uint16_t port, int *out)
{
    struct sockaddr_storage address;
    socklen_t len;
    int err = address_of(bind, port, &address, &len);
    if (err)
        return err;
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    err = listen_on(fd, &address, len);
    if (err)
        close(fd);
    else
        *out = fd;
    return err;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    memset(&address, 0, sizeof(address));
    getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

/* At a limit those who wait stay in the kernel's queue. Polling for them would spin. */
static void pause_listening(struct listener *l, const char *reason)
{
    enum { QUIET_MS = 1000 };
    uint64_t now_ms = clock_ms();
    uv_poll_stop(&l->poll);
    l->is_paused = true;
    metric_add_named(METRIC_CONNECTIONS_REFUSED, "limit", 1);
    if (l->warned_ms && now_ms - l->warned_ms < QUIET_MS)
        return;
    l->warned_ms = now_ms;
    log_warn(NULL, "net.full", LOG_STR("reason", reason), LOG_NUM("connections", l->net->n_conns));
}

static bool has_room(const struct listener *l)
{
    uint32_t max = l->net->p.max_connections;
    uint32_t reserve = l->is_admin || max <= 2 * ADMIN_RESERVE ? 0 : ADMIN_RESERVE;
    return l->net->n_conns < max - reserve;
}

static bool is_of_the_peer(int err)
{
    return err == ECONNABORTED || err == EINTR || err == EPERM || err == EPROTO;
}

/* False when there is nobody left to accept for now. */
static bool accept_one(struct listener *l)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    int fd = accept4(l->fd, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno != EAGAIN && !is_of_the_peer(errno))
            pause_listening(l, err_text(-errno));
        return is_of_the_peer(errno);
    }
    int err = conn_open(l->net, fd, &address, l->is_admin);
    if (err) {
        metric_add_named(METRIC_CONNECTIONS_REFUSED, err == -EDQUOT ? "address_limit" : "other", 1);
        log_info(NULL, "net.refused",
                 LOG_STR("reason", err == -EDQUOT ? "address_limit" : err_text(err)));
    }
    return true;
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct listener *l = poll->data;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        if (!has_room(l)) {
            pause_listening(l, "max_connections");
            return;
        }
        if (!accept_one(l))
            return;
    }
}

static void start_listening(struct listener *l)
{
    l->is_paused = false;
    uv_poll_start(&l->poll, UV_READABLE, on_connection);
}

void listener_resume(struct listener *l)
{
    if (l->fd >= 0 && l->is_paused && has_room(l))
        start_listening(l);
}

int listener_open(struct listener *l, struct net *net, const char *bind, uint16_t port,
                  bool is_admin)
{
    bool is_any = !bind || !*bind;
    int fd = -1;
    int err = open_socket(is_any ? "::" : bind, port, &fd);
    if (err == -EAFNOSUPPORT && is_any)
        err = open_socket("0.0.0.0", port, &fd);
    if (!err)
        err = link_tune(fd, net->p.send_buffer_bytes, net->p.congestion);
    if (!err)
        err = uv_poll_init(net->p.loop, &l->poll, fd);
    if (err) {
        if (fd >= 0)
            close(fd);
        return err;
    }
    l->net = net;
    l->fd = fd;
    l->is_admin = is_admin;
    l->port = port_of(fd);
    l->poll.data = l;
    net->open_handles++;
    start_listening(l);
    return 0;
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct listener *l = handle->data;
    l->net->open_handles--;
    net_check_closed(l->net);
}

void listener_close(struct listener *l)
{
    if (l->fd < 0)
        return;
    uv_poll_stop(&l->poll);
    close(l->fd);
    l->fd = -1;
    uv_close((uv_handle_t *)&l->poll, on_poll_closed);
}
