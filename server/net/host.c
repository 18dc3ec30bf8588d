#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "server/base/buf.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/net/conn.h"
#include "server/net/head.h"
#include "server/net/listener.h"

/* Both, or lws never frees what it makes for TLS; tls_equip() does the rest. */
#define TLS_OPTIONS (LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX)

/* What libwebsockets is told; docs/decisions/0020-libwebsockets.md says why. */
static_assert(BUF_HEADROOM >= LWS_PRE, "a frame's headroom must satisfy libwebsockets");

enum {
    /* Read at once from a peer, and kept for each: what players say is short. */
    PLAYER_READS_BYTES = 512,
    SERVICE_BUFFER_BYTES = 4096,
    /* A turn's worth of a storm; the others wait for the next one. Beside 5,000 others a connection
     * costs 0.2 ms: lws looks at each of them to be sure that its descriptor is new. When the first
     * bytes of a handshake are there already, it costs half a millisecond within the accepting. */
    ACCEPTS_A_TURN = 16,
    HANDSHAKES_A_TURN = 8,
    /* Backstops only: our own deadlines come first. */
    LWS_TIMEOUT_S = 10,
    LWS_KEEPALIVE_S = 5,
};

/*
 * lws sends at most tx_packet_size at once and buffers the rest, so it must not bind (it allocates
 * nothing by it). The first one's name is no token: nobody can ask for it as a subprotocol.
 */
static void describe_protocols(struct net *net)
{
    net->lws_protocols[0] = (struct lws_protocols){
        .name = "(http)",
        .callback = conn_on_lws,
        .per_session_data_size = sizeof(void *), /* without any, lws tells less */
        .tx_packet_size = BUF_MAX,
    };
    for (size_t i = 0; net->protocols[i]; i++) {
        struct lws_protocols *p = &net->lws_protocols[i + 1];
        *p = net->lws_protocols[0];
        p->name = net->protocols[i]->name;
        p->rx_buffer_size =
            net->protocols[i]->binary_max ? SERVICE_BUFFER_BYTES : PLAYER_READS_BYTES;
        p->user = (void *)net->protocols[i];
    }
}

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

/* All zero: no pings, no hang-ups. lws keeps these timers in a list it searches from the front. */
static const lws_retry_bo_t no_retry;

/* A host of libwebsockets' that does not listen: it is handed what our listener accepts. */
static int face_open(struct net *net, enum face_kind kind, const char *bind, uint16_t port)
{
    static const char *const names[FACES] = {"public", "secure", "admin"};
    struct face *face = &net->faces[kind];
    bool is_tls = kind == FACE_SECURE;
    struct lws_context_creation_info info = {
        .vhost_name = names[kind],
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .options = is_tls ? TLS_OPTIONS : 0,
        .ssl_info_event_mask = is_tls ? SSL_CB_HANDSHAKE_DONE | SSL_CB_EXIT : 0,
        .protocols = net->lws_protocols,
        .alpn = "http/1.1",
        .keepalive_timeout = LWS_KEEPALIVE_S,
        .retry_and_idle_policy = &no_retry,
    };
    const struct listener_params listener = {
        .loop = net->p.loop,
        .bind = bind,
        .port = port,
        .send_buffer_bytes = net->p.send_buffer_bytes,
        .congestion = net->p.congestion,
        .accepts_a_turn = is_tls ? HANDSHAKES_A_TURN : ACCEPTS_A_TURN,
        .on_connection = conn_on_accepted,
        .on_full = conn_on_full,
        .arg = face,
    };
    face->net = net;
    face->kind = kind;
    face->vhost = lws_create_vhost(net->lws, &info);
    return face->vhost ? listener_open(&face->listener, &listener) : -ENOMEM;
}

static int make_context(struct net *net)
{
    void *loops[] = {net->p.loop};
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   (net->tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
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
 * The kernel's own table doubles when it is full, and lets who accepts then wait until each core
 * has seen it, as long as there are threads: 18 ms. So it is made as large as it may become at
 * once.
 */
static void make_room_for_files(uint32_t files)
{
    int last = files > 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, (int)files - 1) : -1;
    if (last >= 0)
        close(last);
}

/*
 * lws finds a connection by its descriptor in a table of as many as the process may open, which a
 * container can set to 10^9. With a limit of its own (fd_limit_per_thread) it would search that
 * table from the front at every event. So it is shown a limit that fits.
 */
static int make_context_of_size(struct net *net)
{
    struct rlimit before;
    uint64_t wanted = (uint64_t)net->p.max_connections + net->p.other_files;
    if (getrlimit(RLIMIT_NOFILE, &before))
        return -errno;
    struct rlimit shown = before;
    if (shown.rlim_cur > wanted)
        shown.rlim_cur = wanted;
    net->fd_table = (uint32_t)(shown.rlim_cur < UINT32_MAX ? shown.rlim_cur : UINT32_MAX);
    setrlimit(RLIMIT_NOFILE, &shown);
    int err = make_context(net);
    setrlimit(RLIMIT_NOFILE, &before);
    make_room_for_files(net->fd_table);
    return err;
}

int host_open(struct net *net)
{
    describe_protocols(net);
    int err = make_context_of_size(net);
    if (!err)
        err = face_open(net, FACE_PUBLIC, net->p.bind, net->p.port);
    if (!err && net->tls)
        err = face_open(net, FACE_SECURE, net->p.bind, net->p.tls.port);
    if (!err && net->p.admin_port != UINT16_MAX)
        err = face_open(net, FACE_ADMIN, "127.0.0.1", net->p.admin_port);
    return err;
}
