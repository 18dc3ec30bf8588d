#include "tests/unit/net/loopback.h"

/* Behind a proxy: this machine is one. */
static struct world w;
static struct client c;

static struct {
    struct ws *ws;
    int opened;
} app;

static bool on_open(struct ws *ws, void *arg)
{
    (void)arg;
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return true;
}

static void on_close(void *user)
{
    (void)user;
    app.ws = NULL;
}

static const struct ws_events events = {.on_open = on_open, .on_close = on_close};
static const struct route routes[] = {{.path = NULL}};

#define REQUEST                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"         \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                 \
    "Sec-WebSocket-Protocol: airclass.v1\r\n"

/* A pupil's cookie holds, over TLS, another name than without. */
static void identify(struct http_request *req, void *arg)
{
    (void)arg;
    const char *person = http_cookie(req, http_is_secure(req) ? "secure" : "plain");
    struct caller *caller = http_caller(req);
    if (!*person)
        return;
    caller->kind = CALLER_PUPIL;
    snprintf(caller->person, sizeof(caller->person), "%s", person);
}

static void open_world(const char *trusted)
{
    memset(&app, 0, sizeof(app));
    world_start(&w);
    struct net_params p = world_params(&w, routes, &events);
    p.trusted_proxies = trusted;
    p.identify = identify;
    p.max_per_address = 3;
    world_open(&w, &p);
}

static int stop(void **state)
{
    (void)state;
    client_close(&c);
    world_stop(&w);
    return 0;
}

static void upgrade(struct client *client, const char *headers)
{
    client_open(client, net_port(w.net), 0);
    client_send(client, REQUEST);
    client_send(client, headers);
    client_send(client, "\r\n");
    turn_until(&w, client_has(client, "\r\n\r\n"));
}

static void a_trusted_proxy_is_believed(void **state)
{
    (void)state;
    static const struct {
        const char *headers, *peer;
        bool is_private;
    } cases[] = {
        {"X-Forwarded-Proto: https\r\nX-Forwarded-For: 1.1.1.1, 192.0.2.7\r\n", "192.0.2.7",   true },
        {"x-forwarded-proto: HTTPS\r\nx-forwarded-for: 2001:db8::5\r\n",        "2001:db8::5", true },
        {"X-Forwarded-Proto: http\r\nX-Forwarded-For: 192.0.2.7\r\n",           "192.0.2.7",   false},
        {"X-Forwarded-For: 192.0.2.7\r\n",                                      "192.0.2.7",   false},
        {"X-Forwarded-Proto: https\r\nX-Forwarded-For: who?\r\n",               "127.0.0.1",   true },
        {"X-Forwarded-Proto: https\r\n",                                        "127.0.0.1",   true },
        {"",                                                                    "127.0.0.1",   true },
    };
    open_world("10.0.0.0/8 127.0.0.1");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        upgrade(&c, cases[i].headers);
        assert_non_null(app.ws);
        assert_string_equal(ws_peer(app.ws), cases[i].peer);
        assert_int_equal(ws_is_private(app.ws), cases[i].is_private);
        client_close(&c);
        turn_until(&w, !app.ws);
    }
    c.fd = dup(0);
}

static void nobody_else_is(void **state)
{
    (void)state;
    open_world("10.0.0.0/8");
    upgrade(&c, "X-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n");
    assert_string_equal(ws_peer(app.ws), "127.0.0.1");
    assert_false(ws_is_private(app.ws)); /* it is somebody's who came to a program here */
}

static void those_behind_it_have_a_share_each(void **state)
{
    (void)state;
    enum { EACH = 3, MANY = 2 * EACH };
    struct client many[MANY];
    open_world("127.0.0.1");
    for (int i = 0; i < MANY; i++) {
        upgrade(&many[i],
                i % 2 ? "X-Forwarded-For: 192.0.2.7\r\n" : "X-Forwarded-For: 192.0.2.8\r\n");
        assert_true(client_has(&many[i], "HTTP/1.1 101 "));
    }
    int64_t before = metric_get_named(METRIC_WS_REFUSED, "address_limit");
    upgrade(&c, "X-Forwarded-For: 192.0.2.7\r\n");
    assert_true(client_has(&c, "HTTP/1.1 429 "));
    assert_int_equal(metric_get_named(METRIC_WS_REFUSED, "address_limit"), before + 1);
    client_close(&c);
    client_close(&many[1]);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == MANY - 1);
    upgrade(&c, "X-Forwarded-For: 192.0.2.7\r\n");
    assert_true(client_has(&c, "HTTP/1.1 101 "));
    for (int i = 0; i < MANY; i++) {
        if (i != 1)
            client_close(&many[i]);
    }
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 1);
}

static void what_is_no_list_is_an_error(void **state)
{
    (void)state;
    struct net *net;
    world_start(&w);
    struct net_params p = world_params(&w, routes, &events);
    p.trusted_proxies = "everybody";
    assert_int_equal(net_open(&net, &p), -EINVAL);
    c = (struct client){.fd = dup(0)};
}

static void a_websocket_is_whose_cookies_its_request_showed(void **state)
{
    (void)state;
    static const struct {
        const char *headers, *person; /* "": nobody */
    } cases[] = {
        {"",                                                             ""   },
        {"Cookie: other=x; plain=li\r\n",                                "li" },
        {"Cookie: secure=li\r\n",                                        ""   },
        {"Cookie: plain=li\r\nX-Forwarded-Proto: https\r\n",             ""   },
        {"Cookie: secure=han; plain=li\r\nX-Forwarded-Proto: https\r\n", "han"},
    };
    open_world("127.0.0.1");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        upgrade(&c, cases[i].headers);
        assert_non_null(app.ws);
        const struct caller *caller = ws_caller(app.ws);
        assert_int_equal(caller->kind, *cases[i].person ? CALLER_PUPIL : CALLER_NOBODY);
        assert_string_equal(caller->person, cases[i].person);
        client_close(&c);
        turn_until(&w, !app.ws);
    }
    c.fd = dup(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_trusted_proxy_is_believed, stop),
        cmocka_unit_test_teardown(nobody_else_is, stop),
        cmocka_unit_test_teardown(a_websocket_is_whose_cookies_its_request_showed, stop),
        cmocka_unit_test_teardown(those_behind_it_have_a_share_each, stop),
        cmocka_unit_test_teardown(what_is_no_list_is_an_error, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
