#ifndef AIRCLASS_TESTS_UNIT_NET_FACE_H
#define AIRCLASS_TESTS_UNIT_NET_FACE_H

#include "tests/unit/net/loopback.h"

/* A server with a route on each face, and players that are answered "heard". */

static struct world w;
static int opened;
static int closed;

static inline void say_hello(struct http_request *req, void *app)
{
    (void)app;
    http_reply(req, 200, "text/plain", "hello", 5);
}

static inline bool on_open(struct ws *ws, void *arg)
{
    (void)arg;
    ws_set_user(ws, ws);
    opened++;
    return true;
}

static inline void on_text(void *user, const char *text, size_t len)
{
    (void)text;
    (void)len;
    ws_send_text(user, "heard", 5);
}

static inline void on_writable(void *user)
{
    (void)user;
}

static inline void on_close(void *user)
{
    (void)user;
    closed++;
}

static const struct ws_events events = {
    .on_open = on_open, .on_text = on_text, .on_writable = on_writable, .on_close = on_close};

static const struct route routes[] = {
    {HTTP_GET,     "/api/v1/hello", HTTP_PUBLIC, PERMIT_ANYBODY, say_hello, 0},
    {HTTP_POST, "/api/v1/keys", HTTP_ADMIN, PERMIT_ANYBODY, say_hello, 0},
    {HTTP_GET,   "/api/v1/keys/:id", HTTP_ADMIN, PERMIT_ANYBODY, say_hello, 0},
    {.path = NULL           },
};

#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                 \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                 \
    "Sec-WebSocket-Protocol: airclass.v1\r\n\r\n"

static inline struct net_params params(void)
{
    return world_params(&w, routes, &events);
}

static inline int start(void **state)
{
    (void)state;
    opened = closed = 0;
    world_start(&w);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    world_stop(&w);
    return 0;
}

static inline void open_default(void)
{
    struct net_params p = params();
    world_open(&w, &p);
}

static inline int ask(uint16_t port, const char *text)
{
    struct client c;
    int status = 0;
    client_open(&c, port, 0);
    client_send(&c, text);
    turn_until(&w, client_has(&c, "\r\n\r\n") || client_ended(&c));
    sscanf(c.in, "HTTP/1.1 %d", &status);
    client_close(&c);
    return status;
}

static inline int ask_admin(const char *head)
{
    char text[512];
    snprintf(text, sizeof(text), "GET /api/v1/keys/7 HTTP/1.1\r\n%s\r\n", head);
    return ask(net_admin_port(w.net), text);
}

#define TOKEN "Authorization: Bearer s3cret\r\n"

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
