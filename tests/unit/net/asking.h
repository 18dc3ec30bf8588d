#ifndef AIRCLASS_TESTS_UNIT_NET_ASKING_H
#define AIRCLASS_TESTS_UNIT_NET_ASKING_H

#include "tests/unit/net/loopback.h"

/* A server with a few routes and pages, and a client that asks. */

static struct http_request *kept; /* a request whose answer is still owed */

static inline void say_hello(struct http_request *req, void *app)
{
    (void)app;
    http_reply(req, 200, "text/plain", "hello", 5);
}

static inline void echo(struct http_request *req, void *app)
{
    size_t len;
    const char *body = http_body(req, &len);
    (void)app;
    http_reply(req, 201, "text/plain", body, len);
}

static inline void show(struct http_request *req, void *app)
{
    char text[512];
    const char *after = http_query(req, "after");
    (void)app;
    int len =
        snprintf(text, sizeof(text), "id=%s after=%s host=%s none=%s", http_param(req, "id"),
                 after ? after : "(bad)", http_header(req, "Host"), http_header(req, "x-other"));
    http_reply(req, 200, "text/plain", text, (size_t)len);
}

static inline void keep(struct http_request *req, void *app)
{
    (void)app;
    kept = req;
}

static inline void complain(struct http_request *req, void *app)
{
    (void)app;
    http_fail(req, 409, "busy", "a \"quoted\"\nline");
}

static const struct route routes[] = {
    {HTTP_GET,        "/api/v1/hello", HTTP_PUBLIC, PERMIT_ANYBODY, say_hello, 0},
    {HTTP_POST,    "/api/v1/echo", HTTP_PUBLIC, PERMIT_ANYBODY, echo, 0},
    {HTTP_PUT,      "/api/v1/echo", HTTP_PUBLIC, PERMIT_ANYBODY, echo, 0},
    {HTTP_GET,               "/api/v1/lessons/:id", HTTP_PUBLIC, PERMIT_ANYBODY, show, 0},
    {HTTP_DELETE,"/api/v1/lessons/:id", HTTP_PUBLIC, PERMIT_ANYBODY, show, 0},
    {HTTP_GET, "/api/v1/later", HTTP_PUBLIC, PERMIT_ANYBODY, keep, 0},
    {HTTP_GET,              "/api/v1/busy", HTTP_PUBLIC, PERMIT_ANYBODY, complain, 0},
    {HTTP_GET,        "/api/v1/secret", HTTP_ADMIN, PERMIT_ANYBODY, say_hello, 0},
    {.path = NULL   },
};

static struct world w;
static struct client c;

static inline int start(void **state)
{
    (void)state;
    world_start(&w);
    struct net_params p = world_params(&w, routes, NULL);
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 0);
    return 0;
}

static inline int stop(void **state)
{
    (void)state;
    client_close(&c);
    world_stop(&w);
    return 0;
}

/* Sends one request, waits for a status line, and says it. */
static inline int ask(const char *text)
{
    int status = 0;
    client_forget(&c);
    client_send(&c, text);
    turn_until(&w, client_has(&c, "\r\n\r\n") || client_ended(&c));
    sscanf(c.in, "HTTP/1.1 %d", &status);
    return status;
}

#define HOST       "Host: a.example\r\n"
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

#endif
