#include "tests/unit/net/loopback.h"

#include "server/base/address.h"

/* What handlers learn of a request, and what is decided before they do. */
static struct world w;
static struct client c;
static struct http_request *kept;
static int admitted; /* what admit() says */
static enum permit asked;

#define HOST "Host: a.example\r\n"

enum { LARGE = 1 << 20 };

static void tell(struct http_request *req, void *app)
{
    char text[2 * HTTP_COOKIE_MAX];
    char peer[ADDRESS_TEXT_SIZE];
    (void)app;
    address_text(http_peer(req), peer);
    int len =
        snprintf(text, sizeof(text), "%s|%s|%s secure=%d private=%d caller=%d%s",
                 http_cookie(req, "airclass"), http_cookie(req, "b"), peer, http_is_secure(req),
                 http_is_private(req), http_caller(req)->kind, http_caller(req)->person);
    http_reply(req, 200, "text/plain", text, (size_t)len);
}

static void set_headers(struct http_request *req, void *app)
{
    char longest[HTTP_HEADERS_MAX];
    (void)app;
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(http_set_header(req, "Set-Cookie", "a=1; HttpOnly"), 0);
    assert_int_equal(http_set_header(req, "Set-Cookie", "a=1\r\nX-Evil: 1"), -EINVAL);
    assert_int_equal(http_set_header(req, "X-Long", longest), -ENOSPC);
    assert_int_equal(http_set_header(req, "Retry-After", "7"), 0);
    http_fail(req, 429, "wait", "Later.");
}

static void measure(struct http_request *req, void *app)
{
    char text[64];
    size_t len;
    (void)app;
    char *body = http_take_body(req, &len);
    int n = snprintf(text, sizeof(text), "%zu %c", len, len ? body[len - 1] : '-');
    free(body);
    http_body(req, &len);
    assert_int_equal(len, 0);
    http_reply(req, 200, "text/plain", text, (size_t)n);
}

static void keep(struct http_request *req, void *app)
{
    (void)app;
    kept = req;
}

static int admit(struct http_request *req, enum permit permit, void *app)
{
    size_t len;
    (void)app;
    asked = permit;
    http_body(req, &len);
    assert_int_equal(len, 0); /* it is taken later */
    if (http_caller(req)->kind == CALLER_NOBODY)
        *http_caller(req) = (struct caller){.kind = CALLER_STAFF, .person = "wang"};
    return admitted;
}

/* clang-format off */
static const struct route routes[] = {
    {HTTP_GET,    "/api/tell",  HTTP_BOTH,   PERMIT_ANYBODY, tell,        0},
    {HTTP_POST,   "/api/tell",  HTTP_PUBLIC, PERMIT_ANYBODY, tell,        0},
    {HTTP_DELETE, "/api/tell",  HTTP_PUBLIC, PERMIT_ANYBODY, tell,        0},
    {HTTP_GET,    "/api/set",   HTTP_PUBLIC, PERMIT_ANYBODY, set_headers, 0},
    {HTTP_PUT,    "/api/large", HTTP_PUBLIC, PERMIT_ANYBODY, measure,     LARGE},
    {HTTP_PUT,    "/api/huge",  HTTP_PUBLIC, PERMIT_ANYBODY, keep,        HTTP_LARGE_BODY_MAX},
    {HTTP_GET,    "/api/own",   HTTP_BOTH,   PERMIT_CONSOLE, tell,        0},
    {.path = NULL},
};
/* clang-format on */

static void open_world(bool has_admit)
{
    world_start(&w);
    struct net_params p = world_params(&w, routes, NULL);
    p.trusted_proxies = "127.0.0.1";
    p.body_timeout_ms = PATIENCE_MS;
    p.admit = has_admit ? admit : NULL;
    admitted = 0;
    kept = NULL;
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 0);
}

static int start(void **state)
{
    (void)state;
    open_world(true);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_close(&c);
    world_stop(&w);
    return 0;
}

/* Sends one request on a connection of its own, and says the status of the answer. */
static int ask_of(uint16_t port, const char *text)
{
    int status = 0;
    client_close(&c);
    client_open(&c, port, 0);
    client_send(&c, text);
    turn_until(&w, client_has(&c, "\r\n\r\n") || client_ended(&c));
    sscanf(c.in, "HTTP/1.1 %d", &status);
    turn_for(&w, 5);
    return status;
}

static int ask(const char *text)
{
    return ask_of(net_port(w.net), text);
}

static void cookies_are_found_by_their_whole_name(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Cookie: airclass=tok; b=2\r\n",                  "tok|2|"  },
        {"Cookie: xairclass=no;airclass=tok\r\n",          "tok||"   },
        {"Cookie: airclass-pass=no; airclass=a=b; b=\r\n", "a=b||"   },
        {"Cookie: airclass=one; airclass=two\r\n",         "one||"   },
        {"Cookie: airclass; b; =; ;;\r\n",                 "||"      },
        {"Cookie: b=\"q q\";;airclass=\r\n",               "|\"q q\""},
        {"",                                               "||"      },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[256];
        snprintf(text, sizeof(text), "GET /api/tell HTTP/1.1\r\n" HOST "%s\r\n", cases[i][0]);
        assert_int_equal(ask(text), 200);
        if (!client_has(&c, cases[i][1]))
            fail_msg("%s: %.*s", cases[i][0], (int)c.len, c.in);
    }
}

static void a_cookie_that_is_too_long_is_none(void **state)
{
    (void)state;
    char text[2048];
    int len = snprintf(text, sizeof(text), "GET /api/tell HTTP/1.1\r\n" HOST "Cookie: airclass=");
    memset(text + len, 'x', HTTP_COOKIE_MAX + 1);
    snprintf(text + len + HTTP_COOKIE_MAX + 1, 16, "\r\n\r\n");
    assert_int_equal(ask(text), 200);
    assert_true(client_has(&c, "\r\n\r\n||"));
    snprintf(text + len + HTTP_COOKIE_MAX, 16, "\r\n\r\n");
    assert_int_equal(ask(text), 200);
    assert_true(client_has(&c, "xxx||"));
}

static void an_answer_has_the_headers_that_were_set(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /api/set HTTP/1.1\r\n" HOST "\r\n"), 429);
    assert_true(client_has(&c, "\r\nSet-Cookie: a=1; HttpOnly\r\n"));
    assert_true(client_has(&c, "\r\nRetry-After: 7\r\n"));
    assert_true(client_has(&c, "\r\nCache-Control: no-store\r\n"));
    assert_false(client_has(&c, "X-Evil"));
    assert_false(client_has(&c, "X-Long"));
}

static void who_asks_is_known_by_the_proxy_that_is_trusted(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {HOST "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n",
         "192.0.2.7 secure=1 private=1"                                                                   },
        {HOST "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n",
         "192.0.2.7 secure=0 private=0"                                                                   },
        {"Host: localhost\r\nX-Forwarded-For: 192.0.2.7\r\n",               "192.0.2.7 secure=0 private=0"},
        {"Host: localhost\r\n",                                             "127.0.0.1 secure=0 private=1"},
        {HOST,                                                              "127.0.0.1 secure=0 private=0"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[512];
        snprintf(text, sizeof(text), "GET /api/tell HTTP/1.1\r\n%s\r\n", cases[i][0]);
        assert_int_equal(ask(text), 200);
        if (!client_has(&c, cases[i][1]))
            fail_msg("%s: %.*s", cases[i][0], (int)c.len, c.in);
    }
}

static void pages_of_others_change_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *headers;
        int status;
    } cases[] = {
        {"",                                                                 200},
        {"Origin: http://a.example\r\n",                                     200},
        {"Origin: https://a.example\r\nSec-Fetch-Site: same-origin\r\n",     200},
        {"Origin: https://school.example\r\nSec-Fetch-Site: cross-site\r\n", 200}, /* allowed */
        {"Sec-Fetch-Site: same-origin\r\n",                                  200},
        {"Sec-Fetch-Site: none\r\n",                                         200},
        {"Origin: http://evil.example\r\n",                                  403},
        {"Origin: http://a.example.evil\r\n",                                403},
        {"Origin: http://a.example:81\r\n",                                  403},
        {"Origin: null\r\n",                                                 403},
        {"Origin:\r\n",                                                      403},
        {"Origin: http://evil.example\r\nSec-Fetch-Site: same-origin\r\n",   403},
        {"Sec-Fetch-Site: cross-site\r\n",                                   403},
        {"Sec-Fetch-Site: same-site\r\n",                                    403},
        {"Sec-Fetch-Site: whatever\r\n",                                     403},
    };
    static const char *const changes[] = {"POST /api/tell", "DELETE /api/tell"};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        for (size_t k = 0; k < 2; k++) {
            char text[512];
            snprintf(text, sizeof(text), "%s HTTP/1.1\r\n" HOST "%s%s\r\n", changes[k],
                     k == 0 ? "Content-Length: 0\r\n" : "", cases[i].headers);
            int status = ask(text);
            if (status != cases[i].status)
                fail_msg("%s %s: %d", changes[k], cases[i].headers, status);
            assert_int_equal(client_has(&c, "\"code\":\"foreign_origin\""), status == 403);
        }
        char text[512];
        snprintf(text, sizeof(text), "GET /api/tell HTTP/1.1\r\n" HOST "%s\r\n", cases[i].headers);
        assert_int_equal(ask(text), 200);
    }
}

static void what_is_not_there_is_said_before(void **state)
{
    (void)state;
    assert_int_equal(ask("POST /api/none HTTP/1.1\r\n" HOST
                         "Content-Length: 0\r\nOrigin: http://evil.example\r\n\r\n"),
                     404);
    admitted = 401;
    assert_int_equal(ask("GET /api/none HTTP/1.1\r\n" HOST "\r\n"), 404);
}

static void who_may_not_is_told_before_the_body(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *code;
    } cases[] = {
        {401, "unauthorized"},
        {403, "forbidden"   },
        {404, "not_found"   }
    };
    for (size_t i = 0; i < 3; i++) {
        char code[64];
        admitted = cases[i].status;
        snprintf(code, sizeof(code), "\"code\":\"%s\"", cases[i].code);
        assert_int_equal(ask("PUT /api/huge HTTP/1.1\r\n" HOST "Content-Length: 16777216\r\n\r\n"),
                         cases[i].status);
        assert_true(client_has(&c, code));
        assert_null(kept);
    }
    assert_int_equal(asked, PERMIT_ANYBODY);
    ask("GET /api/own HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(asked, PERMIT_CONSOLE);
}

static void a_handler_knows_who_asks(void **state)
{
    char text[32];
    (void)state;
    assert_int_equal(ask("GET /api/tell HTTP/1.1\r\n" HOST "\r\n"), 200);
    snprintf(text, sizeof(text), "caller=%dwang", CALLER_STAFF);
    assert_true(client_has(&c, text));
    assert_int_equal(ask_of(net_admin_port(w.net), "GET /api/tell HTTP/1.1\r\nHost: localhost\r\n"
                                                   "Authorization: Bearer s3cret\r\n\r\n"),
                     200);
    snprintf(text, sizeof(text), "caller=%d", CALLER_CONSOLE);
    assert_true(client_has(&c, text));
}

static void without_accounts_only_the_console_may_more(void **state)
{
    (void)state;
    stop(NULL);
    open_world(false);
    assert_int_equal(ask("GET /api/tell HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_int_equal(ask("GET /api/own HTTP/1.1\r\n" HOST "\r\n"), 403);
    assert_int_equal(ask_of(net_admin_port(w.net), "GET /api/own HTTP/1.1\r\nHost: localhost\r\n"
                                                   "Authorization: Bearer s3cret\r\n\r\n"),
                     200);
}

static void a_row_says_how_large_a_body_may_be(void **state)
{
    (void)state;
    static char body[LARGE + 1];
    memset(body, 'x', LARGE);
    body[LARGE - 1] = '!';
    assert_int_equal(ask("PUT /api/large HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n"),
                     413);
    client_close(&c);
    client_open(&c, net_port(w.net), 0);
    client_send(&c, "PUT /api/large HTTP/1.1\r\n" HOST "Content-Length: 1048576\r\n\r\n");
    for (size_t sent = 0; sent < LARGE;) {
        ssize_t n = send(c.fd, body + sent, LARGE - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
        turn(&w);
    }
    turn_until(&w, client_has(&c, "\r\n\r\n1048576 !"));
}

static void large_bodies_share_what_there_is(void **state)
{
    (void)state;
    enum { FULL = HTTP_LARGE_BODIES / HTTP_LARGE_BODY_MAX };
    static const char huge[] = "PUT /api/huge HTTP/1.1\r\n" HOST
                               "Content-Length: 16777216\r\nExpect: 100-continue\r\n\r\n";
    struct client others[FULL];
    for (size_t i = 0; i < FULL; i++) {
        client_open(&others[i], net_port(w.net), 0);
        client_send(&others[i], huge);
        turn_until(&w, client_has(&others[i], "100 Continue"));
    }
    assert_int_equal(ask(huge), 503);
    assert_true(client_has(&c, "\"code\":\"busy\""));
    assert_true(client_has(&c, "\r\nRetry-After: "));
    assert_int_equal(ask("POST /api/tell HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx"), 200);
    client_close(&others[0]);
    turn_for(&w, 50);
    assert_int_equal(ask(huge), 100);
    for (size_t i = 1; i < FULL; i++)
        client_close(&others[i]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cookies_are_found_by_their_whole_name),
        TEST(a_cookie_that_is_too_long_is_none),
        TEST(an_answer_has_the_headers_that_were_set),
        TEST(who_asks_is_known_by_the_proxy_that_is_trusted),
        TEST(pages_of_others_change_nothing),
        TEST(what_is_not_there_is_said_before),
        TEST(who_may_not_is_told_before_the_body),
        TEST(a_handler_knows_who_asks),
        TEST(without_accounts_only_the_console_may_more),
        TEST(a_row_says_how_large_a_body_may_be),
        TEST(large_bodies_share_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
