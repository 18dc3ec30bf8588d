#include "server/net/listener.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <netinet/in.h>
#include <uv.h>

#include "server/net/link.h"

struct listener {
    struct listener_params p;
    int fd;
    bool is_full;
    uv_poll_t poll;
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static int set_up(int fd, const struct listener_params *p, const union address *at)
{
    int yes = 1;
    int no = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (at->any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no));
    if (bind(fd, &at->any, at->any.sa_family == AF_INET6 ? sizeof(at->v6) : sizeof(at->v4)))
        return -errno;
    int err = link_tune(fd, p->send_buffer_bytes, p->congestion);
    if (err)
        return err;
    return listen(fd, SOMAXCONN) ? -errno : 0;
}

/* The descriptor, or an error. */
static int listen_at(const char *host, const struct listener_params *p)
{
    union address at;
    int err = uv_ip4_addr(host, p->port, &at.v4);
    if (err)
        err = uv_ip6_addr(host, p->port, &at.v6);
    if (err)
        return err;
    int fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    err = set_up(fd, p, &at);
    if (err)
        close(fd);
    return err ? err : fd;
}

static int listen_anywhere(const struct listener_params *p)
{
    int fd = listen_at("::", p);
    return fd == -EAFNOSUPPORT ? listen_at("0.0.0.0", p) : fd; /* a kernel without IPv6 */
}

/* 0: go on; else the error because of which to wait. */
static int accept_one(struct listener *l)
{
    struct sockaddr_storage from;
    socklen_t len = sizeof(from);
    int fd = accept4(l->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) /* who has gone again is no trouble of ours */
        return errno == ECONNABORTED || errno == EINTR ? 0 : -errno;
    l->p.on_connection(l->p.arg, fd, &from);
    return 0;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct listener *l = poll->data;
    int err = 0;
    (void)status;
    (void)events;
    for (uint32_t i = 0; i < l->p.accepts_a_turn && !err; i++)
        err = accept_one(l);
    if (!err || err == -EAGAIN)
        return;
    /* It would be reported again at once. */
    l->is_full = true;
    uv_poll_stop(&l->poll);
    l->p.on_full(l->p.arg);
}

void listener_resume(struct listener *l)
{
    if (!l || !l->is_full)
        return;
    l->is_full = false;
    uv_poll_start(&l->poll, UV_READABLE, on_readable);
}

int listener_open(struct listener **out, const struct listener_params *p)
{
    struct listener *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->p = *p;
    l->fd = p->bind && *p->bind ? listen_at(p->bind, p) : listen_anywhere(p);
    int err = l->fd < 0 ? l->fd : uv_poll_init(p->loop, &l->poll, l->fd);
    if (err) {
        if (l->fd >= 0)
            close(l->fd);
        free(l);
        return err;
    }
    l->poll.data = l;
    uv_poll_start(&l->poll, UV_READABLE, on_readable);
    *out = l;
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void listener_close(struct listener **listener)
{
    struct listener *l = *listener;
    *listener = NULL;
    if (!l)
        return;
    uv_close((uv_handle_t *)&l->poll, on_closed);
    close(l->fd); /* libuv asks nothing of it any more */
}

uint16_t listener_port(const struct listener *l)
{
    union address at = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t len = sizeof(at);
    getsockname(l->fd, &at.any, &len);
    return ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port);
}
