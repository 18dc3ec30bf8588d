#ifndef AIRCLASS_TESTS_UNIT_NET_TLS_SCENE_H
#define AIRCLASS_TESTS_UNIT_NET_TLS_SCENE_H

#include "tests/unit/net/frames.h"
#include "tests/unit/net/tls_client.h"

/* A server of pages and of a teachers' WebSocket over TLS, and OpenSSL's own client. */
enum { BINARY_MAX = WS_MESSAGE_MAX, HANDSHAKES_MAX = 20, PER_ADDRESS = 40 };

static struct world w;
static struct tls_client c;

static struct {
    struct ws *ws;
    int opened, closed, binaries, texts;
    size_t len;
} app;

static inline bool on_open(struct ws *ws, void *arg)
{
    (void)arg;
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return true;
}

static inline void on_text(void *user, const char *text, size_t len)
{
    (void)user;
    app.texts++;
    ws_send_text(app.ws, text, len);
}

static inline void on_binary(void *user, const uint8_t *data, size_t len)
{
    (void)user;
    for (size_t i = 0; i < len; i++)
        assert_int_equal(data[i], (uint8_t)(i * 7));
    app.binaries++;
    app.len = len;
}

static inline void on_writable(void *user)
{
    (void)user;
}

static inline void on_close(void *user)
{
    (void)user;
    app.closed++;
    app.ws = NULL;
}

static const struct ws_events events = {.on_open = on_open,
                                        .on_text = on_text,
                                        .on_binary = on_binary,
                                        .on_writable = on_writable,
                                        .on_close = on_close};
static const struct ws_protocol teacher = {.name = "airclass.teach.v1",
                                           .events = &events,
                                           .text_max = 1000,
                                           .texts_per_s = 20,
                                           .binary_max = BINARY_MAX,
                                           .binary_bytes_per_s = 500000,
                                           .needs_private = true};

static inline void say_hello(struct http_request *req, void *arg)
{
    (void)arg;
    http_reply(req, 200, "text/plain", "hello", 5);
}

static const struct route routes[] = {
    {HTTP_GET,     "/api/v1/hello", HTTP_PUBLIC, PERMIT_ANYBODY, say_hello, 0},
    {.path = NULL},
};

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n"
#define UPGRADE(protocol)                                                                          \
    GET("/ws")                                                                                     \
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " protocol "\r\n"

static char certificate_file[128], key_file[128];

static inline struct net_params params(void)
{
    struct net_params p = world_params(&w, routes, &events);
    snprintf(certificate_file, sizeof(certificate_file), "%s/now.pem", w.tls_root);
    snprintf(key_file, sizeof(key_file), "%s/now.key", w.tls_root);
    w.protocols[1] = &teacher;
    p.max_per_address = PER_ADDRESS;
    p.shake_timeout_ms = 400;
    p.tls = (struct net_tls){.certificate = certificate_file,
                             .key = key_file,
                             .max_handshakes = HANDSHAKES_MAX,
                             .hsts_s = 3600};
    return p;
}

static inline int prepare(void **state)
{
    (void)state;
    memset(&app, 0, sizeof(app));
    world_start(&w);
    strcpy(w.tls_root, "/tmp/airclass-tls-XXXXXX");
    assert_non_null(mkdtemp(w.tls_root));
    make_certificate(&w, "now", 100);
    tls_client_new(&c, &w, "now");
    return 0;
}

static inline int start(void **state)
{
    prepare(state);
    struct net_params p = params();
    world_open(&w, &p);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    char command[160];
    tls_client_free(&c);
    world_stop(&w);
    assert_null(app.ws);
    snprintf(command, sizeof(command), "rm -r %s", w.tls_root);
    assert_int_equal(system(command), 0);
    return 0;
}

static inline void connect_tls(SSL_SESSION *session)
{
    tls_client_connect(&c, net_tls_port(w.net), session);
    if (!tls_client_shaken(&c, &w))
        fail_msg("no handshake: %s", ERR_reason_error_string(ERR_peek_last_error()));
}

static inline void ask(const char *text, const char *answer)
{
    tls_client_send(&c, &w, text);
    turn_until(&w, tls_client_has(&c, answer));
}

static inline void send_frame(uint8_t first, size_t len)
{
    static uint8_t payload[BINARY_MAX];
    static uint8_t frame[BINARY_MAX + 64];
    for (size_t i = 0; i < len; i++)
        payload[i] = (uint8_t)(i * 7);
    tls_client_send_bytes(&c, &w, frame, make_frame(frame, first, payload, len, true));
}

static inline void join(const char *request)
{
    connect_tls(NULL);
    ask(request, "\r\n\r\n");
    assert_true(tls_client_has(&c, "HTTP/1.1 101 "));
    client_forget(&c.raw);
}

#define TEST(name)     cmocka_unit_test_setup_teardown(name, start, stop)
#define UNOPENED(name) cmocka_unit_test_setup_teardown(name, prepare, stop)

#endif
