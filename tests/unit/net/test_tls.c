#include "tests/unit/net/frames.h"
#include "tests/unit/net/tls_client.h"

/* Connections over TLS, by OpenSSL's own client and by those who only say that they speak it. */
enum { BINARY_MAX = WS_MESSAGE_MAX, HANDSHAKES_MAX = 20, PER_ADDRESS = 40 };

static struct world w;
static struct tls_client c;

static struct {
    struct ws *ws;
    int opened, closed, binaries, texts;
    size_t len;
} app;

static bool on_open(struct ws *ws, void *arg)
{
    (void)arg;
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return true;
}

static void on_text(void *user, const char *text, size_t len)
{
    (void)user;
    app.texts++;
    ws_send_text(app.ws, text, len);
}

static void on_binary(void *user, const uint8_t *data, size_t len)
{
    (void)user;
    for (size_t i = 0; i < len; i++)
        assert_int_equal(data[i], (uint8_t)(i * 7));
    app.binaries++;
    app.len = len;
}

static void on_writable(void *user)
{
    (void)user;
}

static void on_close(void *user)
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

static void say_hello(struct http_request *req, void *arg)
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

static struct net_params params(void)
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

static int prepare(void **state)
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

static int start(void **state)
{
    prepare(state);
    struct net_params p = params();
    world_open(&w, &p);
    return 0;
}

static int stop(void **state)
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

static void connect_tls(SSL_SESSION *session)
{
    tls_client_connect(&c, net_tls_port(w.net), session);
    if (!tls_client_shaken(&c, &w))
        fail_msg("no handshake: %s", ERR_reason_error_string(ERR_peek_last_error()));
}

static void ask(const char *text, const char *answer)
{
    tls_client_send(&c, &w, text);
    turn_until(&w, tls_client_has(&c, answer));
}

static void pages_come_over_every_version(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        const unsigned char *alpn;
        unsigned len;
        SSL_CTX_set_min_proto_version(c.ctx, versions[i]);
        SSL_CTX_set_max_proto_version(c.ctx, versions[i]);
        connect_tls(NULL);
        assert_int_equal(SSL_version(c.ssl), versions[i]);
        SSL_get0_alpn_selected(c.ssl, &alpn, &len);
        assert_int_equal(len, 8);
        ask(GET("/") "\r\n", "<h1>hello</h1>");
        assert_true(tls_client_has(&c, "HTTP/1.1 200 OK\r\n"));
        assert_true(tls_client_has(&c, "Strict-Transport-Security: max-age=3600\r\n"));
        assert_true(tls_client_has(&c, "X-Frame-Options: DENY\r\n"));
        client_forget(&c.raw);
        ask(GET("/api/v1/hello") "Connection: close\r\n\r\n", "hello");
        turn_until(&w, tls_client_ended(&c));
        assert_true(c.is_closed);
        tls_client_hang_up(&c);
    }
}

static void plain_http_goes_on_beside_it(void **state)
{
    (void)state;
    client_open(&c.raw, net_port(w.net), 0);
    client_send(&c.raw, GET("/") "\r\n");
    turn_until(&w, client_has(&c.raw, "<h1>hello</h1>"));
    assert_false(client_has(&c.raw, "Strict-Transport-Security"));
}

static void who_wants_to_teach_by_plain_http_is_sent_to_tls(void **state)
{
    (void)state;
    char location[64];
    snprintf(location, sizeof(location), "\r\nLocation: https://school.example:%u/teach\r\n",
             (unsigned)net_tls_port(w.net));
    client_open(&c.raw, net_port(w.net), 0);
    client_send(&c.raw, "GET /teach HTTP/1.1\r\nHost: school.example:80\r\n\r\n");
    turn_until(&w, client_has(&c.raw, "\r\n\r\n"));
    assert_true(client_has(&c.raw, "HTTP/1.1 307 "));
    assert_true(client_has(&c.raw, location));
    static const char *const stay[] = {
        "GET /teach HTTP/1.1\r\nHost: localhost:80\r\n\r\n", /* a secure page, too */
        "GET /teach HTTP/1.1\r\nHost: school.example\r\nX-Forwarded-Proto: http\r\n\r\n",
        "GET /app-3f2a9c1b.js HTTP/1.1\r\nHost: school.example\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(stay) / sizeof(stay[0]); i++) {
        client_forget(&c.raw);
        client_send(&c.raw, stay[i]);
        turn_until(&w, client_has(&c.raw, "\r\n\r\n"));
        assert_false(client_has(&c.raw, "HTTP/1.1 307 "));
    }
}

static void old_versions_are_refused(void **state)
{
    (void)state;
    int64_t before = refused("handshake");
    SSL_CTX_set_min_proto_version(c.ctx, TLS1_1_VERSION);
    SSL_CTX_set_max_proto_version(c.ctx, TLS1_1_VERSION);
    SSL_CTX_set_security_level(c.ctx, 0);
    tls_client_connect(&c, net_tls_port(w.net), NULL);
    assert_false(tls_client_shaken(&c, &w));
    turn_until(&w, refused("handshake") == before + 1);
}

static void a_session_is_resumed(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        SSL_CTX_set_min_proto_version(c.ctx, versions[i]);
        SSL_CTX_set_max_proto_version(c.ctx, versions[i]);
        connect_tls(NULL);
        ask(GET("/") "\r\n", "<h1>hello</h1>");
        SSL_SESSION *session = SSL_get1_session(c.ssl);
        SSL_shutdown(c.ssl);
        tls_client_hang_up(&c);
        connect_tls(session);
        assert_true(SSL_session_reused(c.ssl));
        ask(GET("/") "\r\n", "<h1>hello</h1>");
        SSL_SESSION_free(session);
        tls_client_hang_up(&c);
    }
}

static void a_long_head_in_one_record_is_read(void **state)
{
    (void)state;
    static char text[7000];
    size_t len = (size_t)snprintf(text, sizeof(text), "%sX-Long: ", GET("/"));
    memset(text + len, 'x', sizeof(text) - len - 5);
    strcpy(text + sizeof(text) - 5, "\r\n\r\n");
    connect_tls(NULL);
    ask(text, "<h1>hello</h1>");
}

static void requests_in_one_record_are_all_answered(void **state)
{
    (void)state;
    static char text[16000];
    size_t len = 0;
    for (int i = 0; i < 20; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%sX-Long: %0700d\r\n\r\n",
                                GET("/api/v1/hello"), i);
    snprintf(text + len, sizeof(text) - len, "%s\r\n", GET("/app-3f2a9c1b.js"));
    connect_tls(NULL);
    ask(text, "go()");
}

static void send_frame(uint8_t first, size_t len)
{
    static uint8_t payload[BINARY_MAX];
    static uint8_t frame[BINARY_MAX + 64];
    for (size_t i = 0; i < len; i++)
        payload[i] = (uint8_t)(i * 7);
    tls_client_send_bytes(&c, &w, frame, make_frame(frame, first, payload, len, true));
}

static void join(const char *request)
{
    connect_tls(NULL);
    ask(request, "\r\n\r\n");
    assert_true(tls_client_has(&c, "HTTP/1.1 101 "));
    client_forget(&c.raw);
}

static void a_teacher_is_let_in_and_heard(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 4095, 4096, 16384, 16385, BINARY_MAX};
    join(UPGRADE("airclass.teach.v1") "Origin: https://localhost\r\n\r\n");
    assert_int_equal(app.opened, 1);
    assert_true(ws_is_private(app.ws));
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        send_frame(0x82, sizes[i]);
        turn_until(&w, app.binaries == (int)i + 1);
        assert_int_equal(app.len, sizes[i]);
    }
    /* A frame's end and the next one's begin in one record. */
    uint8_t two[64];
    size_t len = make_frame(two, 0x81, "one", 3, true);
    len += make_frame(two + len, 0x81, "two", 3, true);
    tls_client_send_bytes(&c, &w, two, len);
    turn_until(&w, tls_client_has(&c, "two"));
    assert_int_equal(app.texts, 2);
}

static void large_messages_arrive_whole(void **state)
{
    (void)state;
    enum { LEN = 200 << 10 };
    struct buf *message;
    struct ws_link link;
    assert_int_equal(buf_new(&message, LEN), 0);
    memset(message->data, 'm', LEN);
    join(UPGRADE("airclass.v1") "\r\n");
    assert_int_equal(ws_send(app.ws, message), 0);
    assert_int_equal(ws_send(app.ws, message), -EAGAIN);
    assert_true(ws_queued(app.ws) > 0);
    turn_until(&w, (tls_client_take(&c), c.raw.len == LEN + 10));
    turn_until(&w, ws_is_ready(app.ws));
    assert_int_equal(ws_send(app.ws, message), 0);
    turn_until(&w, (tls_client_take(&c), c.raw.len == 2 * (LEN + 10)));
    assert_memory_equal(c.raw.in + LEN + 20, message->data, LEN);
    ws_measure(app.ws, &link);
    assert_true(link.rtt_ms >= 1);
    buf_unref(&message);
}

static void a_close_is_said_in_both_languages(void **state)
{
    (void)state;
    join(UPGRADE("airclass.v1") "\r\n");
    ws_close(app.ws, WS_CLOSE_NO_LESSON, "no such lesson");
    turn_until(&w, (tls_client_take(&c), close_code(&c.raw) == WS_CLOSE_NO_LESSON));
    uint8_t frame[16];
    tls_client_send_bytes(&c, &w, frame, make_frame(frame, 0x88, "\x0f\xa4", 2, true));
    turn_until(&w, tls_client_ended(&c));
    assert_true(c.is_closed);
    turn_until(&w, app.closed == 1);
}

static void a_player_who_vanishes_is_noticed(void **state)
{
    (void)state;
    join(UPGRADE("airclass.v1") "\r\n");
    tls_client_hang_up(&c);
    turn_until(&w, app.closed == 1);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
}

static void an_unread_body_does_not_cost_the_answer(void **state)
{
    (void)state;
    static char body[20000];
    connect_tls(NULL);
    tls_client_send(&c, &w, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n");
    tls_client_send_bytes(&c, &w, body, sizeof(body));
    turn_until(&w, tls_client_has(&c, "HTTP/1.1 405 "));
    turn_until(&w, tls_client_ended(&c));
    assert_true(c.is_closed);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
}

/* --- those who do not mean well --- */

static void what_is_no_tls_is_refused(void **state)
{
    (void)state;
    static const uint8_t huge[] = {0x16, 3, 1, 0xff, 0xff, 1, 0, 0xff, 0xff};
    static const uint8_t wrong[] = {0x16, 3, 1, 0, 5, 2, 0, 0, 1, 0};
    static const struct {
        const void *bytes;
        size_t len;
    } cases[] = {
        {GET("/") "\r\n",            sizeof(GET("/") "\r\n") - 1},
        {huge,                       sizeof(huge)               },
        {wrong,                      sizeof(wrong)              },
        {"\0\0\0\0\0\0\0\0\0\0\0\0", 12                         },
    };
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t before = refused("handshake");
        client_open(&c.raw, net_tls_port(w.net), 0);
        if (i % 2)
            turn_for(&w, 5); /* else it is there when the connection is accepted */
        client_send_bytes(&c.raw, cases[i / 2].bytes, cases[i / 2].len);
        turn_until(&w, client_ended(&c.raw));
        turn_until(&w, refused("handshake") == before + 1);
        client_close(&c.raw);
    }
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
}

static void a_handshake_that_never_ends_is_ended(void **state)
{
    (void)state;
    int64_t before = refused("timeout");
    uint64_t from_ms = real_ms();
    client_open(&c.raw, net_tls_port(w.net), 0);
    client_send_bytes(&c.raw, "\x16\x03\x01\x02\x00", 5);
    while (!client_ended(&c.raw) && real_ms() - from_ms < PATIENCE_MS) {
        send(c.raw.fd, "\x01", 1, MSG_NOSIGNAL); /* a byte at a time */
        turn_for(&w, 20);
    }
    assert_true(c.raw.is_over);
    assert_int_equal(refused("timeout"), before + 1);
}

static void silence_after_the_handshake_is_ended(void **state)
{
    (void)state;
    int64_t before = refused("timeout");
    connect_tls(NULL);
    tls_client_send(&c, &w, "GET / HT");
    turn_until(&w, tls_client_ended(&c));
    assert_int_equal(refused("timeout"), before + 1);
}

static void half_open_handshakes_make_room_for_others(void **state)
{
    (void)state;
    enum { MANY = HANDSHAKES_MAX + 10 };
    struct client many[MANY];
    int64_t before = refused("handshake");
    int ended = 0;
    for (int i = 0; i < MANY; i++) {
        client_open(&many[i], net_tls_port(w.net), 0);
        turn(&w);
    }
    turn_until(&w, refused("handshake") == before + 10);
    connect_tls(NULL);
    ask(GET("/") "\r\n", "<h1>hello</h1>");
    for (int i = 0; i < MANY; i++) {
        ended += client_ended(&many[i]);
        client_close(&many[i]);
    }
    assert_in_range(ended, 10, 11);
    assert_true(metric_get(METRIC_CONNECTIONS, 0) <= HANDSHAKES_MAX + 1);
}

static void an_address_has_its_share_of_handshakes_too(void **state)
{
    (void)state;
    struct client many[PER_ADDRESS + 5];
    size_t n = sizeof(many) / sizeof(many[0]);
    int64_t before = refused("address_limit");
    for (size_t i = 0; i < n; i++)
        client_open(&many[i], i % 2 ? net_tls_port(w.net) : net_port(w.net), 0);
    turn_until(&w, refused("address_limit") >= before + 5);
    for (size_t i = 0; i < n; i++)
        client_close(&many[i]);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
}

static void who_reads_nothing_is_ended(void **state)
{
    (void)state;
    static char big[3 << 20];
    memset(big, 'b', sizeof(big));
    tls_client_free(&c);
    world_stop(&w);
    prepare(NULL);
    write_file(w.root, "big.mp4", big, sizeof(big));
    struct net_params p = params();
    world_open(&w, &p);
    connect_tls(NULL);
    tls_client_send(&c, &w, GET("/big.mp4") "\r\n");
    int64_t before = refused("timeout") + refused("other");
    turn_until(&w, refused("timeout") + refused("other") == before + 1);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
}

/* What OpenSSL has decrypted and nobody takes yet must not keep the loop awake. */
static void who_asks_again_instead_of_reading_keeps_nobody_awake(void **state)
{
    (void)state;
    static char big[3 << 20];
    static char text[16000];
    size_t len = 0;
    memset(big, 'b', sizeof(big));
    tls_client_free(&c);
    world_stop(&w);
    prepare(NULL);
    write_file(w.root, "big.mp4", big, sizeof(big));
    struct net_params p = params();
    p.stall_timeout_ms = 5000;
    world_open(&w, &p);
    for (int i = 0; i < 15; i++)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%sX-Long: %01000d\r\n\r\n",
                                GET("/big.mp4"), i);
    connect_tls(NULL);
    tls_client_send(&c, &w, text);
    turn_for(&w, 100);
    unsigned turns = 0;
    for (uint64_t end_ms = real_ms() + 300; real_ms() < end_ms; turns++)
        turn(&w);
    print_message("TURNS %u\n", turns);
    assert_in_range(turns, 1, 900); /* the beat alone makes up to 300 */
}

static void the_end_comes_for_everybody(void **state)
{
    (void)state;
    struct client half;
    client_open(&half, net_tls_port(w.net), 0);
    join(UPGRADE("airclass.v1") "\r\n");
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, (tls_client_take(&c), close_code(&c.raw) == WS_CLOSE_GOING_AWAY));
    turn_until(&w, w.is_closed);
    assert_int_equal(app.closed, 1);
    w.net = NULL;
    client_close(&half);
}

/* --- certificates --- */

static X509 *shown(void)
{
    connect_tls(NULL);
    X509 *x = SSL_get1_peer_certificate(c.ssl);
    tls_client_hang_up(&c);
    return x;
}

static void copy_file(const char *from, const char *to)
{
    char command[400];
    snprintf(command, sizeof(command), "cp %s/%s %s/%s.new && mv %s/%s.new %s/%s", w.tls_root, from,
             w.tls_root, to, w.tls_root, to, w.tls_root, to);
    assert_int_equal(system(command), 0);
}

/* The log's lines, as far as they are about certificates. */
static char told[4096];

static void note_tls(enum log_level level, const char *line, void *arg)
{
    (void)arg;
    if (strstr(line, "tls."))
        snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s%s\n",
                 level == LOG_ERROR ? "ERROR " : "", line);
}

static void reload(const char *expected)
{
    told[0] = '\0';
    net_reload_tls(w.net);
    turn_until(&w, strstr(told, expected) != NULL);
}

static void a_new_certificate_is_shown_to_those_who_come(void **state)
{
    (void)state;
    struct tls_client before = c;
    connect_tls(NULL);
    ask(GET("/") "\r\n", "<h1>hello</h1>");
    struct tls_client seated = c;
    make_certificate(&w, "next", 100);
    copy_file("next.key", "now.key");
    copy_file("next.pem", "now.pem");
    tls_client_new(&c, &w, "next");
    log_set_sink(note_tls, NULL);
    reload("tls.certificate");
    X509_free(shown()); /* which has been verified */
    tls_client_free(&c);
    c = seated;
    client_forget(&c.raw);
    ask(GET("/app-3f2a9c1b.js") "\r\n", "go()");
    assert_ptr_equal(before.ctx, c.ctx);
}

static void files_that_change_are_read_again_by_themselves(void **state)
{
    (void)state;
    make_certificate(&w, "next", 100);
    log_set_sink(note_tls, NULL);
    told[0] = '\0';
    fake_clock_start();
    copy_file("next.pem", "now.pem"); /* the other half comes late */
    copy_file("next.key", "now.key");
    for (int i = 0; i < 100 && !strstr(told, "tls.certificate"); i++) {
        fake_clock_advance(5000);
        turn_for(&w, 120);
    }
    fake_clock_stop();
    assert_non_null(strstr(told, "tls.certificate"));
    assert_null(strstr(told, "tls.kept-old"));
    tls_client_free(&c);
    tls_client_new(&c, &w, "next");
    X509_free(shown());
}

static void a_broken_new_pair_keeps_the_old_one(void **state)
{
    (void)state;
    make_certificate(&w, "other", 100);
    make_certificate(&w, "expired", -2);
    write_file(w.tls_root, "garbage", "garbage", 7);
    static const struct {
        const char *certificate, *key, *says;
    } cases[] = {
        {"other.pem",   "now.key",     "now.key: is not the key of the certificate"},
        {"garbage",     "now.key",     "now.pem: holds no certificate in PEM form" },
        {"now.pem",     "garbage",     "now.key: holds no private key in PEM form" },
        {"expired.pem", "expired.key", "has expired"                               },
    };
    X509 *first = shown();
    copy_file("now.pem", "good.pem");
    copy_file("now.key", "good.key");
    log_set_sink(note_tls, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        copy_file("good.pem", "now.pem");
        copy_file("good.key", "now.key");
        copy_file(cases[i].certificate, "now.pem");
        copy_file(cases[i].key, "now.key");
        reload(cases[i].says);
        assert_non_null(strstr(told, "ERROR "));
        X509 *x = shown();
        assert_int_equal(X509_cmp(first, x), 0);
        X509_free(x);
    }
    assert_int_equal(unlink(certificate_file), 0);
    reload("now.pem: No such file");
    X509_free(shown());
    X509_free(first);
}

static int check(const char *certificate, const char *key, char error[NET_ERROR_MAX])
{
    char files[2][160];
    snprintf(files[0], sizeof(files[0]), "%s/%s", w.tls_root, certificate);
    snprintf(files[1], sizeof(files[1]), "%s/%s", w.tls_root, key);
    struct net_tls p = {.certificate = files[0], .key = files[1]};
    return net_check_tls(&p, error);
}

static void what_is_wrong_with_a_pair_is_said(void **state)
{
    (void)state;
    char error[NET_ERROR_MAX];
    char command[600];
    /* A key that is locked, and one that is too short. */
    snprintf(command, sizeof(command),
             "cd %s && openssl pkey -in now.key -aes128 -passout pass:secret -out locked.key && "
             "openssl req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem -subj /CN=a "
             "2>/dev/null && mkfifo pipe && mkdir folder && cat now.pem now.pem > chain.pem",
             w.tls_root);
    assert_int_equal(system(command), 0);
    make_certificate(&w, "other", 100);
    static const struct {
        const char *certificate, *key, *says;
        int err;
    } cases[] = {
        {"now.pem",   "now.key",    "",                              0      },
        {"chain.pem", "now.key",    "",                              0      },
        {"none.pem",  "now.key",    "none.pem: No such file",        -ENOENT},
        {"now.pem",   "none.key",   "none.key: No such file",        -ENOENT},
        {"now.pem",   "other.key",  "other.key: is not the key of",  -EINVAL},
        {"now.pem",   "locked.key", "locked.key: the key is locked", -EINVAL},
        {"weak.pem",  "weak.key",   "weak.pem: ee key too small",    -EINVAL},
        {"pipe",      "now.key",    "pipe: no ordinary file",        -EINVAL},
        {"folder",    "now.key",    "folder: no ordinary file",      -EINVAL},
        {"now.key",   "now.key",    "now.key: holds no certificate", -EINVAL},
        {"now.pem",   "now.pem",    "now.pem: holds no private key", -EINVAL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        error[0] = '\0';
        int err = check(cases[i].certificate, cases[i].key, error);
        if (err != cases[i].err || !strstr(error, cases[i].says))
            fail_msg("%d '%s', not %d '%s'", err, error, cases[i].err, cases[i].says);
    }
}

static void an_expired_certificate_is_served_all_the_same(void **state)
{
    (void)state;
    make_certificate(&w, "now", -2);
    log_set_sink(note_tls, NULL);
    told[0] = '\0';
    struct net_params p = params();
    world_open(&w, &p);
    assert_non_null(strstr(told, "ERROR "));
    SSL_CTX_set_verify(c.ctx, SSL_VERIFY_NONE, NULL);
    connect_tls(NULL);
    ask(GET("/") "\r\n", "<h1>hello</h1>");
}

static void a_pair_that_cannot_serve_is_an_error(void **state)
{
    (void)state;
    make_certificate(&w, "other", 100);
    struct net_params p = params();
    copy_file("other.key", "now.key");
    assert_int_equal(net_open(&w.net, &p), -EINVAL);
    assert_null(w.net);
}

static void a_self_signed_certificate_replaces_nothing(void **state)
{
    (void)state;
    struct self_signed_names names = {.n = 0};
    char error[NET_ERROR_MAX] = "";
    char fresh[160];
    struct stat st;
    self_signed_add_own(&names);
    assert_in_range(names.n, 3, SELF_SIGNED_NAMES_MAX);
    snprintf(fresh, sizeof(fresh), "%s/fresh", w.tls_root);
    params();
    assert_int_equal(self_signed_make(&names, 0, 1, fresh, key_file, error), -EEXIST);
    assert_non_null(strstr(error, "now.key: File exists"));
    assert_int_equal(access(fresh, F_OK), -1);
    assert_int_equal(self_signed_make(&names, 0, 1, certificate_file, fresh, error), -EEXIST);
    assert_int_equal(access(fresh, F_OK), -1);
    assert_int_equal(stat(key_file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void names_are_looked_at(void **state)
{
    (void)state;
    static const char *const good[] = {"school.example",    "a",       "*.school.example",
                                       "192.168.1.5",       "fd00::2", "SCHOOL.example",
                                       "xn--fiqs8s.example"};
    static const char *const bad[] = {"",      "a b",   "a,DNS:b", "-a",      "a-.b",
                                      "a..b",  "a.b.",  "a\nb",    "a/b",     "*",
                                      "a.*.b", "[::1]", "a:443",   "http://a"};
    struct self_signed_names names = {.n = 0};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(self_signed_add(&names, good[i]), 0);
    assert_int_equal(names.n, sizeof(good) / sizeof(good[0]) - 1); /* one twice */
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (self_signed_add(&names, bad[i]) != -EINVAL)
            fail_msg("is a name: '%s'", bad[i]);
    }
    char name[16];
    int err = 0;
    for (int i = 0; i <= SELF_SIGNED_NAMES_MAX && !err; i++) {
        snprintf(name, sizeof(name), "host-%d", i);
        err = self_signed_add(&names, name);
    }
    assert_int_equal(err, -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)     cmocka_unit_test_setup_teardown(name, start, stop)
#define UNOPENED(name) cmocka_unit_test_setup_teardown(name, prepare, stop)
        TEST(pages_come_over_every_version),
        TEST(plain_http_goes_on_beside_it),
        TEST(who_wants_to_teach_by_plain_http_is_sent_to_tls),
        TEST(old_versions_are_refused),
        TEST(a_session_is_resumed),
        TEST(a_long_head_in_one_record_is_read),
        TEST(requests_in_one_record_are_all_answered),
        TEST(a_teacher_is_let_in_and_heard),
        TEST(large_messages_arrive_whole),
        TEST(a_close_is_said_in_both_languages),
        TEST(a_player_who_vanishes_is_noticed),
        TEST(an_unread_body_does_not_cost_the_answer),
        TEST(what_is_no_tls_is_refused),
        TEST(a_handshake_that_never_ends_is_ended),
        TEST(silence_after_the_handshake_is_ended),
        TEST(half_open_handshakes_make_room_for_others),
        TEST(an_address_has_its_share_of_handshakes_too),
        TEST(who_reads_nothing_is_ended),
        TEST(who_asks_again_instead_of_reading_keeps_nobody_awake),
        TEST(the_end_comes_for_everybody),
        TEST(a_new_certificate_is_shown_to_those_who_come),
        TEST(files_that_change_are_read_again_by_themselves),
        TEST(a_broken_new_pair_keeps_the_old_one),
        UNOPENED(what_is_wrong_with_a_pair_is_said),
        UNOPENED(an_expired_certificate_is_served_all_the_same),
        UNOPENED(a_pair_that_cannot_serve_is_an_error),
        UNOPENED(a_self_signed_certificate_replaces_nothing),
        cmocka_unit_test(names_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
