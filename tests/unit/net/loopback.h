#ifndef AIRCLASS_TESTS_UNIT_NET_LOOPBACK_H
#define AIRCLASS_TESTS_UNIT_NET_LOOPBACK_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <uv.h>

#include "server/base/log.h"
#include "server/metrics/metrics.h"
#include "server/net/net.h"

/*
 * The server and its clients in one process on one loop. A client is a raw socket, so that it can
 * say what no library would; waiting for something means turning the loop until it happened.
 */
enum { PATIENCE_MS = 20000, CLIENT_BUFFER = 1 << 20 };

struct world {
    uv_loop_t loop;
    uv_timer_t beat; /* lets the loop turn while nothing happens */
    unsigned beats;  /* that were: no more than milliseconds, and fewer on a busy machine */
    struct net *net;
    struct ws_protocol player;
    const struct ws_protocol *protocols[3];
    char root[64];
    char tls_root[64]; /* certificates, for those who use them */
    bool is_closed;
    bool had_time_out;
};

struct client {
    int fd;
    char *in;
    size_t len;
    bool is_over;
};

static inline void on_beat(uv_timer_t *timer)
{
    ((struct world *)timer->data)->beats++;
}

static inline uint64_t real_ms(void)
{
    return uv_hrtime() / 1000000;
}

static inline void turn(struct world *w)
{
    uv_run(&w->loop, UV_RUN_ONCE);
}

#define turn_until(w, condition)                                                                   \
    do {                                                                                           \
        uint64_t give_up_ms = real_ms() + PATIENCE_MS;                                             \
        while (!(condition) && real_ms() < give_up_ms)                                             \
            turn(w);                                                                               \
        if (!(condition))                                                                          \
            fail_msg("waited in vain for: %s", #condition);                                        \
    } while (0)

static inline void turn_for(struct world *w, unsigned ms)
{
    uint64_t end_ms = real_ms() + ms;
    while (real_ms() < end_ms)
        turn(w);
}

/*
 * While nothing happens each turn ends with a beat; a loop that spins makes a thousand between two,
 * whatever else the machine does.
 */
static inline void turn_without_spinning(struct world *w, unsigned beats)
{
    unsigned turns = 0;
    for (unsigned end = w->beats + beats; w->beats < end; turns++)
        turn(w);
    if (turns > 3 * beats)
        fail_msg("%u turns of the loop in %u beats", turns, beats);
}

static inline void write_file(const char *root, const char *name, const char *text, size_t len)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", root, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    fclose(f);
}

static inline void make_root(struct world *w)
{
    snprintf(w->root, sizeof(w->root), "/tmp/airclass-net-XXXXXX");
    assert_non_null(mkdtemp(w->root));
    static const char watch[] = "<!doctype html><style>b{}</style><script>play()</script>watch";
    write_file(w->root, "index.html", "<h1>hello</h1>", 14);
    write_file(w->root, "watch.html", watch, sizeof(watch) - 1);
    write_file(w->root, "watch.html.br", "BROTLI", 6);
    write_file(w->root, "watch.html.gz", "GZIPPED", 7);
    write_file(w->root, "app-3f2a9c1b.js", "go()", 4);
}

static inline void remove_root(struct world *w)
{
    static const char *const names[] = {"index.html",    "watch.html",      "watch.html.br",
                                        "watch.html.gz", "app-3f2a9c1b.js", "big.mp4",
                                        "404.html"};
    char path[256];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", w->root, names[i]);
        unlink(path);
    }
    rmdir(w->root);
}

static inline void be_silent(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    if (getenv("LOUD"))
        fprintf(stderr, "%s\n", line);
}

static inline void on_world_closed(void *arg)
{
    ((struct world *)arg)->is_closed = true;
}

static inline void world_start(struct world *w)
{
    memset(w, 0, sizeof(*w));
    log_set_sink(be_silent, NULL);
    uv_loop_init(&w->loop);
    uv_timer_init(&w->loop, &w->beat);
    w->beat.data = w;
    uv_timer_start(&w->beat, on_beat, 1, 1);
    make_root(w);
}

static inline struct net_params world_params(struct world *w, const struct route *routes,
                                             const struct ws_events *ws)
{
    w->player = (struct ws_protocol){
        .name = "airclass.v1", .events = ws, .text_max = 1024, .texts_per_s = 20};
    w->protocols[0] = &w->player;
    return (struct net_params){
        .loop = &w->loop,
        .bind = "127.0.0.1",
        .admin_token = "s3cret",
        .web_root = w->root,
        .origins = "https://school.example",
        .routes = routes,
        .app = w,
        .protocols = w->protocols,
        .max_connections = 4000,
        .other_files = 4000, /* the clients' */
        .max_per_address = 3000,
        .send_buffer_bytes = 16384,
        .head_timeout_ms = 300,
        .body_timeout_ms = 300,
        .idle_timeout_ms = 300,
        .stall_timeout_ms = 500,
        .close_timeout_ms = 100,
    };
}

static inline void world_open(struct world *w, const struct net_params *p)
{
    assert_int_equal(net_open(&w->net, p), 0);
}

/* The loop ends with nothing left on it. */
static inline void world_stop(struct world *w)
{
    if (w->net) {
        net_close(w->net, on_world_closed, w);
        turn_until(w, w->is_closed);
    }
    uv_close((uv_handle_t *)&w->beat, NULL);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
    remove_root(w);
    log_set_sink(NULL, NULL);
}

static inline void client_open_at(struct client *c, const struct sockaddr_in *host, uint16_t port,
                                  int receive_buffer)
{
    struct sockaddr_in to = *host;
    to.sin_port = htons(port);
    *c = (struct client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_true(c->fd >= 0);
    if (receive_buffer)
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    /* The backlog accepts it; the server's side of it comes with the next turns of the loop. */
    assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    /* Not from the heap, whose failures are the server's to survive. */
    c->in = mmap(NULL, CLIENT_BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(c->in, MAP_FAILED);
}

static inline void client_open(struct client *c, uint16_t port, int receive_buffer)
{
    const struct sockaddr_in loopback = {.sin_family = AF_INET,
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    client_open_at(c, &loopback, port, receive_buffer);
}

static inline void client_close(struct client *c)
{
    close(c->fd);
    if (c->in)
        munmap(c->in, CLIENT_BUFFER);
    *c = (struct client){.fd = -1};
}

static inline void client_send_bytes(struct client *c, const void *data, size_t len)
{
    assert_int_equal(send(c->fd, data, len, MSG_NOSIGNAL), len);
}

static inline void client_send(struct client *c, const char *text)
{
    client_send_bytes(c, text, strlen(text));
}

/* Takes what is there; notices the end. */
static inline void client_take(struct client *c)
{
    while (!c->is_over && c->len < CLIENT_BUFFER - 1) {
        ssize_t n = recv(c->fd, c->in + c->len, CLIENT_BUFFER - 1 - c->len, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0)
            c->is_over = true;
        else
            c->len += (size_t)n;
    }
}

static inline bool client_has(struct client *c, const char *text)
{
    client_take(c);
    return memmem(c->in, c->len, text, strlen(text)) != NULL;
}

static inline bool client_ended(struct client *c)
{
    client_take(c);
    return c->is_over;
}

static inline void client_forget(struct client *c)
{
    memset(c->in, 0, c->len);
    c->len = 0;
}

static inline int64_t refused(const char *reason)
{
    return metric_get_named(METRIC_CONNECTIONS_REFUSED, reason);
}

#endif
