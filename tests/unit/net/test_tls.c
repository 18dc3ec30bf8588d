#include "tests/unit/net/tls_scene.h"

/* Who speaks TLS as it should. */

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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
