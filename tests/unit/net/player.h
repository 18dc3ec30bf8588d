#ifndef AIRCLASS_TESTS_UNIT_NET_PLAYER_H
#define AIRCLASS_TESTS_UNIT_NET_PLAYER_H

#include "tests/unit/net/frames.h"
#include "tests/unit/net/loopback.h"

/* A server that its players talk to, and one of them. */

enum { TEXT_MAX = 1024, TEXTS_PER_S = 20 };

static struct world w;
static struct client c;

/* What the application sees. */
static struct {
    struct ws *ws;
    int opened;
    int closed;
    int writable;
    int texts;
    int byes;
    bool says_no;
    char last[TEXT_MAX + 1];
    bool echoes;
} app;

static inline bool on_open(struct ws *ws, void *arg)
{
    assert_ptr_equal(arg, &w);
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return !app.says_no;
}

static inline void on_text(void *user, const char *text, size_t len)
{
    assert_ptr_equal(user, &app);
    assert_int_equal(strlen(text), len);
    memcpy(app.last, text, len + 1);
    app.texts++;
    if (app.echoes)
        assert_int_equal(ws_send_text(app.ws, text, len), 0);
}

static inline void on_writable(void *user)
{
    assert_ptr_equal(user, &app);
    app.writable++;
}

static inline void on_close(void *user)
{
    assert_ptr_equal(user, &app);
    app.closed++;
    app.byes += app.ws && ws_said_bye(app.ws);
    app.ws = NULL;
}

static const struct ws_events events = {.on_open = on_open,
                                        .on_text = on_text,
                                        .on_writable = on_writable,
                                        .on_close = on_close,
                                        .arg = &w};

static const struct route routes[] = {{.path = NULL}};

#define UPGRADE_WITHOUT_PROTOCOL                                                                   \
    "GET /ws HTTP/1.1\r\nHost: a.example:80\r\nUpgrade: websocket\r\n"                             \
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"                             \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE UPGRADE_WITHOUT_PROTOCOL "Sec-WebSocket-Protocol: other, airclass.v1\r\n"

static inline void join(struct client *client, int receive_buffer)
{
    int before = app.opened;
    client_open(client, net_port(w.net), receive_buffer);
    client_send(client, UPGRADE "\r\n");
    turn_until(&w, client_has(client, "\r\n\r\n"));
    assert_true(client_has(client, "HTTP/1.1 101 Switching Protocols\r\n"));
    assert_int_equal(app.opened, before + 1);
    client_forget(client);
}

static inline int start(void **state)
{
    (void)state;
    memset(&app, 0, sizeof(app));
    world_start(&w);
    struct net_params p = world_params(&w, routes, &events);
    world_open(&w, &p);
    return 0;
}

static inline int start_joined(void **state)
{
    start(state);
    join(&c, 0);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    client_close(&c);
    world_stop(&w);
    assert_null(app.ws);
    return 0;
}

static inline void send_frame(uint8_t first, const void *payload, size_t len)
{
    static uint8_t frame[128 << 10];
    client_send_bytes(&c, frame, make_frame(frame, first, payload, len, true));
}

static inline void send_text(const char *text)
{
    send_frame(0x81, text, strlen(text));
}

#define TEST(name)   cmocka_unit_test_setup_teardown(name, start, stop)
#define JOINED(name) cmocka_unit_test_setup_teardown(name, start_joined, stop)

#endif
