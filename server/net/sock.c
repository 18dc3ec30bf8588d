#include "server/net/sock.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <libwebsockets.h>
#include <utlist.h>
#include <uv.h>

#include "server/base/buf.h"
#include "server/base/log.h"

/*
 * libwebsockets 4.1.6 is used in its raw role only: its HTTP and WebSocket roles let through what
 * we have to refuse (docs/decisions/0020-libwebsockets-carries-sockets.md). Never lws_write():
 * while a partial write waits in its queue, the raw role polls for input that it does not read.
 */
static_assert(BUF_HEADROOM >= LWS_PRE, "a frame's headroom must satisfy libwebsockets");

enum {
    /* Descriptors of lws' own: its event pipe, and what it keeps back from the limit. */
    SOCKETS_SPARE = 8,
    CLOSE_TURNS = 16,
};

struct sock_host {
    struct lws_context *lws; /* NULLed by lws when it is gone */
    struct lws_vhost *vhost;
    uv_timer_t reaper;
    uv_idle_t turns; /* counts loop turns while lws closes its handles */
    int turns_left;
    struct sock *doomed;
    void (*closed)(void *arg);
    void *arg;
};

static void forget(struct sock *s)
{
    if (s->is_doomed)
        DL_DELETE(s->host->doomed, s);
    s->is_doomed = true;
    s->wsi = NULL;
    s->fd = -1;
    s->events->on_closed(s->user);
}

static int on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                  size_t len)
{
    (void)user;
    struct sock *s = lws_get_opaque_user_data(wsi);
    if (!s)
        return 0;
    if (reason == LWS_CALLBACK_RAW_RX && !s->is_doomed)
        s->events->on_bytes(s->user, in, len);
    else if (reason == LWS_CALLBACK_RAW_WRITEABLE && !s->is_doomed)
        s->events->on_writable(s->user);
    else if (reason == LWS_CALLBACK_RAW_CLOSE) {
        lws_set_opaque_user_data(wsi, NULL);
        forget(s);
    }
    return 0;
}

/* Closing from here, not from where it was asked for, keeps the promise of sock_events. */
static void reap(uv_timer_t *timer)
{
    struct sock_host *h = timer->data;
    while (h->doomed)
        lws_set_timeout(h->doomed->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
}

static void log_line(int level, const char *line)
{
    size_t len = strcspn(line, "\n");
    char text[256];
    if (len >= sizeof(text))
        len = sizeof(text) - 1;
    memcpy(text, line, len);
    text[len] = '\0';
    if (level & LLL_ERR)
        log_warn(NULL, "net.lws", LOG_STR("says", text));
    else
        log_debug(NULL, "net.lws", LOG_STR("says", text));
}

static const struct lws_protocols protocols[] = {
    {.name = "airclass", .callback = on_lws},
    {.name = NULL                 },
};

/* Its table is sized by this; a container's limit of 10^9 would be a huge one. */
static unsigned fd_limit(uint32_t max_sockets)
{
    struct rlimit files = {.rlim_cur = 1024};
    getrlimit(RLIMIT_NOFILE, &files);
    uint64_t limit = (uint64_t)max_sockets + SOCKETS_SPARE;
    return (unsigned)(limit < files.rlim_cur ? limit : files.rlim_cur);
}

/* All zero: no pings, no hang-ups. lws keeps these timers in a list it searches from the front. */
static const lws_retry_bo_t no_retry;

static int make_context(struct sock_host *h, uv_loop_t *loop, uint32_t max_sockets)
{
    void *loops[] = {loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .pcontext = &h->lws,
        .fd_limit_per_thread = fd_limit(max_sockets),
        .protocols = protocols,
        .listen_accept_role = "raw-skt",
        .listen_accept_protocol = "airclass",
        .retry_and_idle_policy = &no_retry,
        .gid = -1,
        .uid = -1,
    };
    lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
    h->lws = lws_create_context(&info);
    if (!h->lws)
        return -ENOMEM;
    info.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
    h->vhost = lws_create_vhost(h->lws, &info);
    return h->vhost ? 0 : -ENOMEM;
}

static void on_turns_closed(uv_handle_t *handle)
{
    struct sock_host *h = handle->data;
    void (*closed)(void *) = h->closed;
    void *arg = h->arg;
    free(h);
    if (closed)
        closed(arg);
}

static void on_reaper_closed(uv_handle_t *handle)
{
    struct sock_host *h = handle->data;
    uv_close((uv_handle_t *)&h->turns, on_turns_closed);
}

/*
 * On a loop that is not its own, lws ends in two calls: the first begins to close its handles, the
 * second frees them, and unloads the code of their callbacks, so it must not come before they are
 * closed. Nobody says when that is; it takes three turns.
 */
static void on_turn(uv_idle_t *idle)
{
    struct sock_host *h = idle->data;
    bool is_first = h->turns_left == CLOSE_TURNS;
    bool is_last = --h->turns_left == 0;
    if (h->lws && (is_first || is_last))
        lws_context_destroy(h->lws);
    if (is_last) {
        uv_idle_stop(&h->turns);
        uv_close((uv_handle_t *)&h->reaper, on_reaper_closed);
    }
}

void sock_host_close(struct sock_host *host, void (*closed)(void *arg), void *arg)
{
    host->closed = closed;
    host->arg = arg;
    host->turns_left = CLOSE_TURNS;
    uv_timer_stop(&host->reaper);
    uv_idle_start(&host->turns, on_turn);
}

int sock_host_new(struct sock_host **out, struct uv_loop_s *loop, uint32_t max_sockets)
{
    struct sock_host *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    uv_timer_init(loop, &h->reaper);
    uv_idle_init(loop, &h->turns);
    h->reaper.data = h;
    h->turns.data = h;
    int err = make_context(h, loop, max_sockets);
    if (err) {
        sock_host_close(h, NULL, NULL);
        return err;
    }
    *out = h;
    return 0;
}

int sock_adopt(struct sock_host *host, int fd, struct sock *sock, const struct sock_events *events,
               void *user)
{
    lws_adopt_desc_t adopt = {
        .vh = host->vhost,
        .type = LWS_ADOPT_SOCKET,
        .fd = {.sockfd = fd},
        .vh_prot_name = "airclass",
    };
    *sock = (struct sock){.host = host, .events = events, .user = user, .fd = fd};
    sock->wsi = lws_adopt_descriptor_vhost_via_info(&adopt);
    if (!sock->wsi)
        return -ENOMEM;
    lws_set_opaque_user_data(sock->wsi, sock);
    return 0;
}

ssize_t sock_send(struct sock *sock, const struct iovec *parts, size_t n)
{
    const struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n};
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    if (sock->is_doomed)
        return -EPIPE;
    /* One part is what every frame of a lesson is: send() spares the kernel the list. */
    ssize_t sent = n == 1 ? send(sock->fd, parts->iov_base, parts->iov_len, flags)
                          : sendmsg(sock->fd, &message, flags);
    if (sent > 0)
        return sent;
    if (sent == 0 || errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        return -EAGAIN;
    sock_close(sock);
    return -EPIPE;
}

void sock_want_writable(struct sock *sock)
{
    if (!sock->is_doomed)
        lws_callback_on_writable(sock->wsi);
}

void sock_pause(struct sock *sock, bool is_paused)
{
    if (!sock->is_doomed)
        lws_rx_flow_control(sock->wsi, !is_paused);
}

void sock_end(struct sock *sock)
{
    if (!sock->is_doomed)
        shutdown(sock->fd, SHUT_WR);
}

void sock_close(struct sock *sock)
{
    if (sock->is_doomed)
        return;
    sock->is_doomed = true;
    DL_APPEND(sock->host->doomed, sock);
    uv_timer_start(&sock->host->reaper, reap, 0, 0);
}
