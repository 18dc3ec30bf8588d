#include "tests/unit/net/asking.h"

static void a_route_answers_and_the_connection_stays(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask("GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"), 200);
        turn_until(&w, client_has(&c, "\r\n\r\nhello"));
        assert_true(client_has(&c, "Content-Length: 5\r\n"));
        assert_true(client_has(&c, "Connection: keep-alive\r\n"));
        assert_true(client_has(&c, "Cache-Control: no-store\r\n"));
    }
    assert_false(client_ended(&c));
}

static void every_answer_has_the_security_headers(void **state)
{
    (void)state;
    static const char *const asks[] = {
        "GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n",
        "GET /nothing HTTP/1.1\r\n" HOST "\r\n",
        "GET / HTTP/1.1\r\n" HOST "\r\n",
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "\r\n",
    };
    for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
        ask(asks[i]);
        assert_true(client_has(&c, "\r\nX-Content-Type-Options: nosniff\r\n"));
        assert_true(client_has(&c, "\r\nReferrer-Policy: no-referrer\r\n"));
        assert_true(client_has(&c, "\r\nContent-Security-Policy: default-src 'none'"));
        assert_true(client_has(&c, "frame-ancestors 'none'"));
    }
}

static void a_request_in_pieces_is_one_request(void **state)
{
    (void)state;
    static const char text[] =
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nsplash";
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        client_send_bytes(&c, text + i, 1);
        turn(&w);
    }
    turn_until(&w, client_has(&c, "\r\n\r\nsplash"));
    assert_true(client_has(&c, "HTTP/1.1 201 Created\r\n"));
}

static void requests_sent_together_are_answered_in_order(void **state)
{
    (void)state;
    client_send(&c, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\none"
                    "GET /api/v1/later HTTP/1.1\r\n" HOST "\r\n"
                    "GET /api/v1/lessons/three HTTP/1.1\r\n" HOST "\r\n");
    kept = NULL;
    turn_until(&w, kept);
    turn_for(&w, 20);
    assert_true(client_has(&c, "one"));
    assert_false(client_has(&c, "three"));
    http_reply(kept, 200, "text/plain", "two", 3);
    turn_until(&w, client_has(&c, "three"));
    const char *two = memmem(c.in, c.len, "\r\n\r\ntwo", 7);
    assert_non_null(two);
    assert_true(two < (char *)memmem(c.in, c.len, "three", 5));
}

static void an_answer_owed_to_one_who_left_goes_nowhere(void **state)
{
    (void)state;
    kept = NULL;
    client_send(&c, "GET /api/v1/later HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, kept);
    struct linger hard = {.l_onoff = 1};
    setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(c.fd);
    turn_for(&w, 20);
    http_reply(kept, 200, "text/plain", "late", 4);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    c.fd = dup(0);
}

static void an_answer_owed_when_the_server_ends_goes_nowhere(void **state)
{
    (void)state;
    kept = NULL;
    client_send(&c, "GET /api/v1/later HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, kept);
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, w.is_closed);
    w.net = NULL;
    http_fail(kept, 503, "ending", "too late");
    assert_true(client_ended(&c));
}

static void waiting_for_an_answer_costs_no_time(void **state)
{
    (void)state;
    kept = NULL;
    client_send(&c, "GET /api/v1/later HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, kept);
    /* Behind it, when lws has stopped reading, one that nobody may read yet. */
    client_send(&c, "GET / HTTP/1.1\r\n" HOST "\r\n");
    turn_without_spinning(&w, 100);
    http_reply(kept, 200, "text/plain", "x", 1);
    turn_until(&w, client_has(&c, "<h1>hello</h1>"));
}

static void parameters_and_queries_are_decoded(void **state)
{
    (void)state;
    assert_int_equal(
        ask("GET /api/v1/lessons/a%20b%C3%A9?x=1&after=p%2Fq HTTP/1.1\r\n" HOST "\r\n"), 200);
    turn_until(&w, client_has(&c, "id=a b\xc3\xa9 after=p/q host=a.example none="));
    ask("GET /api/v1/lessons/7?after=%ff HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, client_has(&c, "id=7 after=(bad)"));
    ask("GET /api/v1/lessons/%2541?after HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, client_has(&c, "id=%41 after= ")); /* once, not twice */
    assert_int_equal(ask("GET /api/v1/lessons/%ff HTTP/1.1\r\n" HOST "\r\n"), 400);
    assert_int_equal(ask("DELETE /api/v1/lessons/9 HTTP/1.1\r\n" HOST "\r\n"), 200);
}

static void what_is_not_there_is_said_in_the_callers_language(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /api/v1/none HTTP/1.1\r\n" HOST "\r\n"), 404);
    turn_until(&w, client_has(&c, "{\"error\":{\"code\":\"not_found\""));
    assert_int_equal(ask("GET /none HTTP/1.1\r\n" HOST "\r\n"), 404);
    turn_until(&w, client_has(&c, "\r\n\r\nNot Found"));
    assert_int_equal(ask("GET /api/v1/echo HTTP/1.1\r\n" HOST "\r\n"), 405);
    assert_true(client_has(&c, "\r\nAllow: POST, PUT\r\n"));
    assert_int_equal(ask("DELETE / HTTP/1.1\r\n" HOST "\r\n"), 405);
    assert_true(client_has(&c, "\r\nAllow: GET, HEAD\r\n"));
    assert_int_equal(ask("GET /api/v1/secret HTTP/1.1\r\n" HOST "\r\n"), 404);
}

static void an_error_is_valid_json(void **state)
{
    (void)state;
    assert_int_equal(ask("GET /api/v1/busy HTTP/1.1\r\n" HOST "\r\n"), 409);
    turn_until(
        &w, client_has(
                &c, "{\"error\":{\"code\":\"busy\",\"message\":\"a \\\"quoted\\\"\\u000aline\"}}"));
}

static void head_is_get_without_the_body(void **state)
{
    (void)state;
    assert_int_equal(ask("HEAD /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_true(client_has(&c, "Content-Length: 5\r\n"));
    assert_int_equal(ask("HEAD /watch/7 HTTP/1.1\r\n" HOST "\r\n"), 200);
    turn_for(&w, 20);
    assert_false(client_has(&c, "hello"));
    assert_false(client_has(&c, "doctype"));
}

/* What could be understood in two ways ends the connection. */
static void ambiguous_requests_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status; /* 0: it just ends; 403: so says libwebsockets itself */
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n",                                                               400},
        {"GET / HTTP/1.1\r\n" HOST HOST "\r\n",                                                  400},
        {"GET / HTTP/9.9\r\n" HOST "\r\n",                                                       505},
        {"GET / HTTP/1.11\r\n" HOST "\r\n",                                                      505},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n",                                                   400},
        {"GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n",                                         0  },
        {"GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n",                                            0  },
        {"GET / HTTP/1.1\r\n" HOST "X: \x01\r\n\r\n",                                            0  },
        {"GET / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc",                               400},
        {"GET http://a/ HTTP/1.1\r\n" HOST "\r\n",                                               0  },
        {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",                                                  400},
        {"GET / HTTP/1.1\r\nHost: a'; script-src *\r\n\r\n",                                     400},
        {"GET / HTTP/1.1\r\nPOST /api/v1/echo HTTP/1.1\r\n" HOST "\r\n",                         0  },
        {"GET / HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\nabc",                              400},
        {"GET / HTTP/1.1\r\n" HOST "Transfer-Encoding\t: chunked\r\n\r\nabc",                    400},
        {"GET /a&b HTTP/1.1\r\n" HOST "\r\n",                                                    400},
        {"GET /a%zz HTTP/1.1\r\n" HOST "\r\n",                                                   403},
        {"GET /?a=%0a HTTP/1.1\r\n" HOST "\r\n",                                                 505},
        {"GET / HTTP/1.1\r\n" HOST "Upgrade: foo\r\nConnection: upgrade\r\n\r\n",                403},
        {"GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: upgrade\r\n\r\n",                404},
        {"PATCH / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}",                              501},
        {"OPTIONS / HTTP/1.1\r\n" HOST "\r\n",                                                   501},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "\r\n",                                           411},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",                     400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nabcde",                400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\nabcde",               400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: five\r\n\r\nabcde",              400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\nabcde",              400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n",                        400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 9999999999999999999\r\n\r\n",    400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde",                         400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",            400},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",    411},
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Expect: a miracle\r\nContent-Length: 1\r\n\r\n",
         417                                                                                        },
        {"POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 16385\r\n\r\n",                  413},
        {"CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n",                                                 0  },
        {"\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n",                                         0  },
        {"\r\n\r\n",                                                                             0  },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = ask(cases[i].text);
        bool is_lost = status == 0 && cases[i].status == 403; /* lws resets right behind it */
        if (status != cases[i].status && !is_lost)
            fail_msg("%d, not %d, for: %s", status, cases[i].status, cases[i].text);
        turn_until(&w, client_ended(&c));
        client_close(&c);
        client_open(&c, net_port(w.net), 0);
    }
}

static void a_head_without_end_is_refused(void **state)
{
    (void)state;
    char junk[1024];
    memset(junk, 'a', sizeof(junk));
    client_send(&c, "GET / HTTP/1.1\r\nX: ");
    for (int i = 0; i < 9; i++) {
        send(c.fd, junk, sizeof(junk), MSG_NOSIGNAL);
        turn(&w);
    }
    turn_until(&w, client_ended(&c));
    assert_int_equal(c.len, 0);
}

/* Two heads in one: what is behind the first is its body for lws, which never returns from it. */
static void a_body_that_did_not_wait_is_refused(void **state)
{
    (void)state;
    client_send(&c, "GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"
                    "PUT /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nthree"
                    "GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, client_ended(&c));
    assert_true(client_has(&c, "hello"));
    assert_true(client_has(&c, "HTTP/1.1 408 "));
    assert_false(client_has(&c, "three"));
}

/* As browsers do: a page, then what is done on it. */
static void a_body_may_follow_an_answer(void **state)
{
    (void)state;
    static const char put[] = "PUT /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\n";
    assert_int_equal(ask("GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    turn_until(&w, client_has(&c, "\r\n\r\nhello"));
    for (int i = 0; i < 3; i++) {
        client_forget(&c);
        client_send(&c, put);
        turn_for(&w, 5 * (unsigned)i); /* also in one piece with its head */
        client_send(&c, "second");
        turn_until(&w, client_has(&c, "\r\n\r\nsecond"));
    }
    assert_int_equal(ask("POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n"), 201);
    assert_int_equal(ask("GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n"), 200);
    assert_false(client_ended(&c));
}

static void refused_bodies_in_a_row_end_with_one_answer(void **state)
{
    (void)state;
    static const char *const first[] = {
        "POST /none HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfirst",
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfirst",
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 20000\r\n\r\nfirst",
        "POST /api/v1/echo HTTP/1.1\r\n" HOST "\r\n",
        "PATCH / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfirst",
        "GET / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nfirst",
    };
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        client_send(&c, first[i]);
        client_send(&c, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 6\r\n\r\nsecond"
                        "PUT /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nthird");
        turn_until(&w, client_ended(&c));
        assert_false(client_has(&c, "second"));
        assert_false(client_has(&c, "third"));
        client_close(&c);
        client_open(&c, net_port(w.net), 0);
    }
}

static void a_body_is_asked_for_and_then_read(void **state)
{
    (void)state;
    client_send(&c, "POST /api/v1/echo HTTP/1.1\r\n" HOST
                    "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    turn_until(&w, client_has(&c, "HTTP/1.1 100 Continue\r\n\r\n"));
    client_send(&c, "body");
    turn_until(&w, client_has(&c, "\r\n\r\nbody"));
}

static void a_body_of_the_largest_size_arrives_whole(void **state)
{
    (void)state;
    static char body[HTTP_BODY_MAX + 1];
    memset(body, 'x', HTTP_BODY_MAX);
    body[HTTP_BODY_MAX - 1] = '!';
    client_send(&c, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 16384\r\n\r\n");
    client_send(&c, body);
    turn_until(&w, client_has(&c, "xxx!"));
    assert_non_null(memmem(c.in, c.len, body, HTTP_BODY_MAX));
}

static void http_1_0_closes_unless_asked(void **state)
{
    (void)state;
    assert_int_equal(ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), 200);
    turn_until(&w, client_has(&c, "hello"));
    assert_int_equal(ask("GET / HTTP/1.0\r\n\r\n"), 200);
    turn_until(&w, client_ended(&c));
}

static void connection_close_is_honoured(void **state)
{
    (void)state;
    assert_int_equal(ask("GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"), 200);
    turn_until(&w, client_ended(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_route_answers_and_the_connection_stays),
        TEST(every_answer_has_the_security_headers),
        TEST(a_request_in_pieces_is_one_request),
        TEST(requests_sent_together_are_answered_in_order),
        TEST(an_answer_owed_to_one_who_left_goes_nowhere),
        TEST(an_answer_owed_when_the_server_ends_goes_nowhere),
        TEST(waiting_for_an_answer_costs_no_time),
        TEST(parameters_and_queries_are_decoded),
        TEST(what_is_not_there_is_said_in_the_callers_language),
        TEST(an_error_is_valid_json),
        TEST(head_is_get_without_the_body),
        TEST(ambiguous_requests_are_refused),
        TEST(a_head_without_end_is_refused),
        TEST(a_body_that_did_not_wait_is_refused),
        TEST(a_body_may_follow_an_answer),
        TEST(refused_bodies_in_a_row_end_with_one_answer),
        TEST(a_body_is_asked_for_and_then_read),
        TEST(a_body_of_the_largest_size_arrives_whole),
        TEST(http_1_0_closes_unless_asked),
        TEST(connection_close_is_honoured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
