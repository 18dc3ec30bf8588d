#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/base/buf.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/net/conn.h"
#include "server/net/head.h"
#include "server/net/link.h"
#include "server/net/upgrade.h"

/* What libwebsockets is told; docs/decisions/0020-libwebsockets.md says why. */
static_assert(BUF_HEADROOM >= LWS_PRE, "a frame's headroom must satisfy libwebsockets");

enum {
    /* Read at once from a player, and kept for each: what players say is short. */
    PLAYER_READS_BYTES = 512,
    SERVICE_BUFFER_BYTES = 4096,
    /* Backstops only: our own deadlines come first. */
    LWS_TIMEOUT_S = 10,
    LWS_KEEPALIVE_S = 5,
    OTHER_FILES = 1024, /* descriptors that the rest of the program may hold */
};

/*
 * lws sends at most tx_packet_size at once and buffers the rest, so it must not bind (it allocates
 * nothing by it). The first one's name is no token: nobody can ask for it as a subprotocol.
 */
static const struct lws_protocols protocols[] = {
    {.name = "(http)",
     .callback = conn_on_lws,
     .per_session_data_size = sizeof(void *), /* without any, lws tells less */
     .tx_packet_size = BUF_MAX},
    {.name = WS_SUBPROTOCOL,
     .callback = conn_on_lws,
     .per_session_data_size = sizeof(void *),
     .rx_buffer_size = PLAYER_READS_BYTES,
     .tx_packet_size = BUF_MAX},
    {.name = NULL                                      },
};

/* Peers can make it complain at will. */
static void log_line(int level, const char *line)
{
    static uint64_t warned_ms;
    enum { QUIET_MS = 1000 };
    size_t len = strcspn(line, "\n");
    char text[256];
    if (len >= sizeof(text))
        len = sizeof(text) - 1;
    memcpy(text, line, len);
    text[len] = '\0';
    uint64_t now_ms = clock_ms();
    if ((level & LLL_ERR) && (!warned_ms || now_ms - warned_ms >= QUIET_MS)) {
        warned_ms = now_ms;
        log_warn(NULL, "net.lws", LOG_STR("says", text));
    } else {
        log_debug(NULL, "net.lws", LOG_STR("says", text));
    }
}

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

static int try_socket(int fd, const struct net *net, const struct sockaddr_storage *address,
                      socklen_t len)
{
    int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(fd, (const struct sockaddr *)address, len))
        return -errno;
    return link_tune(fd, net->p.send_buffer_bytes, net->p.congestion);
}

/* Why it cannot be listened there, if so: lws would only say that it failed. */
static int try_listening(const struct net *net, const char *bind, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t len;
    int err = address_of(bind, port, &address, &len);
    if (err)
        return err;
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    err = try_socket(fd, net, &address, len);
    close(fd);
    return err;
}

static int listen_on(struct net *net, struct lws_vhost **out, const char *name, const char *bind,
                     uint16_t port)
{
    bool is_any = !*bind;
    int err = try_listening(net, is_any ? "::" : bind, port);
    bool has_ipv6 = err != -EAFNOSUPPORT && (is_any || strchr(bind, ':'));
    if (err == -EAFNOSUPPORT && is_any)
        err = try_listening(net, "0.0.0.0", port);
    if (err)
        return err;
    struct lws_context_creation_info info = {
        .vhost_name = name,
        .iface = is_any ? NULL : bind,
        .port = port,
        .protocols = protocols,
        .alpn = "http/1.1",
        .keepalive_timeout = LWS_KEEPALIVE_S,
        .options =
            LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
            (has_ipv6 ? LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY : LWS_SERVER_OPTION_DISABLE_IPV6),
    };
    *out = lws_create_vhost(net->lws, &info);
    return *out ? 0 : -ENOMEM;
}

/* All zero: no pings, no hang-ups. lws keeps these timers in a list it searches from the front. */
static const lws_retry_bo_t no_retry;

static int make_context(struct net *net)
{
    void *loops[] = {net->p.loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
        .foreign_loops = loops,
        .user = net,
        .pt_serv_buf_size = SERVICE_BUFFER_BYTES,
        .max_http_header_data = HEAD_MAX,
        .timeout_secs = LWS_TIMEOUT_S,
        .retry_and_idle_policy = &no_retry,
        .gid = -1,
        .uid = -1,
    };
    lws_set_log_level(LLL_ERR | LLL_WARN, log_line);
    net->lws = lws_create_context(&info);
    return net->lws ? 0 : -ENOMEM;
}

/*
 * lws finds a connection by its descriptor in a table of as many as the process may open, which a
 * container can set to 10^9. With a limit of its own (fd_limit_per_thread) it would search that
 * table from the front at every event. So it is shown a limit that fits.
 */
static int make_context_of_size(struct net *net)
{
    struct rlimit before;
    uint64_t wanted = (uint64_t)net->p.max_connections + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &before))
        return -errno;
    struct rlimit shown = before;
    if (shown.rlim_cur > wanted)
        shown.rlim_cur = wanted;
    else if (net->p.max_connections > shown.rlim_cur - shown.rlim_cur / 8)
        net->p.max_connections = (uint32_t)(shown.rlim_cur - shown.rlim_cur / 8);
    net->fd_table = (uint32_t)(shown.rlim_cur < UINT32_MAX ? shown.rlim_cur : UINT32_MAX);
    setrlimit(RLIMIT_NOFILE, &shown);
    int err = make_context(net);
    setrlimit(RLIMIT_NOFILE, &before);
    return err;
}

int host_open(struct net *net)
{
    int err = make_context_of_size(net);
    if (!err)
        err = listen_on(net, &net->pub, "public", net->p.bind, net->p.port);
    if (!err && net->p.admin_port != UINT16_MAX)
        err = listen_on(net, &net->admin, "admin", "127.0.0.1", net->p.admin_port);
    return err;
}
