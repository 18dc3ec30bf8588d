#include "tests/unit/net/tls_scene.h"

/* Who only says that they speak it, or never to an end. */

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
    turn_without_spinning(&w, 300);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_tls_is_refused),
        TEST(a_handshake_that_never_ends_is_ended),
        TEST(silence_after_the_handshake_is_ended),
        TEST(half_open_handshakes_make_room_for_others),
        TEST(an_address_has_its_share_of_handshakes_too),
        TEST(who_reads_nothing_is_ended),
        TEST(who_asks_again_instead_of_reading_keeps_nobody_awake),
        TEST(the_end_comes_for_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
