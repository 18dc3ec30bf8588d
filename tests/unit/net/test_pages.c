#include "tests/unit/net/asking.h"

static void a_wrong_link_leads_to_a_page_for_people(void **state)
{
    (void)state;
    write_file(w.root, "404.html", "<h1>lost</h1>", 13);
    client_close(&c);
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, w.is_closed);
    w.is_closed = false;
    struct net_params p = world_params(&w, routes, NULL);
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 0);
    assert_int_equal(ask("GET /none HTTP/1.1\r\n" HOST "\r\n"), 404);
    assert_true(client_has(&c, "<h1>lost</h1>"));
    assert_int_equal(ask("GET /api/v1/none HTTP/1.1\r\n" HOST "\r\n"), 404);
    assert_true(client_has(&c, "application/json"));
}

static void a_page_comes_in_the_smallest_coding(void **state)
{
    (void)state;
    assert_int_equal(
        ask("GET /watch/math HTTP/1.1\r\n" HOST "Accept-Encoding: gzip, deflate, br\r\n\r\n"), 200);
    turn_until(&w, client_has(&c, "\r\n\r\nBROTLI"));
    assert_true(client_has(&c, "Content-Encoding: br\r\n"));
    assert_true(client_has(&c, "Vary: Accept-Encoding\r\n"));
    assert_true(client_has(&c, "Content-Type: text/html; charset=utf-8\r\n"));
    ask("GET /watch/math HTTP/1.1\r\n" HOST "Accept-Encoding: br;q=0, gzip;q=0.5\r\n\r\n");
    turn_until(&w, client_has(&c, "\r\n\r\nGZIPPED"));
    ask("GET /watch/math HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, client_has(&c, "\r\n\r\n<!doctype html>"));
    assert_false(client_has(&c, "Content-Encoding"));
}

static void a_page_that_is_there_already_is_not_sent_again(void **state)
{
    (void)state;
    char again[256];
    ask("GET /watch/math HTTP/1.1\r\n" HOST "Accept-Encoding: br\r\n\r\n");
    char etag[32];
    const char *at = strstr(c.in, "ETag: ");
    assert_non_null(at);
    assert_int_equal(sscanf(at, "ETag: %31s", etag), 1);
    snprintf(again, sizeof(again),
             "GET /watch/math HTTP/1.1\r\n" HOST
             "Accept-Encoding: br\r\nIf-None-Match: \"x\", W/%s\r\n\r\n",
             etag);
    turn_until(&w, client_has(&c, "BROTLI"));
    assert_int_equal(ask(again), 304);
    turn_for(&w, 20);
    assert_false(client_has(&c, "BROTLI"));
    /* The plain one is another representation. */
    snprintf(again, sizeof(again), "GET /watch/math HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n",
             etag);
    assert_int_equal(ask(again), 200);
}

static void only_names_with_a_hash_are_kept_for_good(void **state)
{
    (void)state;
    ask("GET /app-3f2a9c1b.js HTTP/1.1\r\n" HOST "\r\n");
    assert_true(client_has(&c, "Cache-Control: public, max-age=31536000, immutable\r\n"));
    assert_true(client_has(&c, "Content-Type: text/javascript"));
    turn_until(&w, client_has(&c, "go()"));
    ask("GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_true(client_has(&c, "Cache-Control: no-cache\r\n"));
}

static void the_policy_names_inline_scripts_and_this_host(void **state)
{
    (void)state;
    ask("GET /watch/math HTTP/1.1\r\nHost: lan.example:8080\r\n\r\n");
    /* printf 'play()' | openssl dgst -sha256 -binary | base64 */
    assert_true(client_has(&c, "script-src 'self'"));
    assert_true(client_has(&c, "'sha256-"));
    assert_true(client_has(&c, "connect-src 'self' ws://lan.example:8080 wss://lan.example:8080;"));
    assert_false(client_has(&c, "unsafe-inline"));
}

static void a_worker_may_connect_to_this_host_and_nowhere_else(void **state)
{
    (void)state;
    ask("GET /app-3f2a9c1b.js HTTP/1.1\r\nHost: lan.example:8080\r\n\r\n");
    assert_true(client_has(&c, "Content-Security-Policy: default-src 'none'; "));
    assert_true(client_has(&c, "connect-src 'self' ws://lan.example:8080 wss://lan.example:8080;"));
}

static void no_path_leads_out_of_the_folder(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/../etc/passwd",        "/%2e%2e/etc/passwd", "//etc/passwd", "/watch.html.br",
        "/..%2f..%2fetc/passwd", "/watch/a/b",         "/index.html/", "/watch/"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char text[256];
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
        assert_int_equal(ask(text), 404);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wrong_link_leads_to_a_page_for_people),
        TEST(a_page_comes_in_the_smallest_coding),
        TEST(a_page_that_is_there_already_is_not_sent_again),
        TEST(only_names_with_a_hash_are_kept_for_good),
        TEST(the_policy_names_inline_scripts_and_this_host),
        TEST(a_worker_may_connect_to_this_host_and_nowhere_else),
        TEST(no_path_leads_out_of_the_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
