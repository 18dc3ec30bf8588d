#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/net/forwarded.h"
#include "server/net/limit.h"
#include "server/net/pages.h"
#include "server/net/reply.h"
#include "server/net/route.h"
#include "server/net/upgrade.h"

/* --- routes --- */

/* clang-format off */
static const struct route routes[] = {
    {.method = HTTP_GET,    .path = "/api",               .face = HTTP_PUBLIC},
    {.method = HTTP_GET,    .path = "/api/things/:id",    .face = HTTP_PUBLIC},
    {.method = HTTP_DELETE, .path = "/api/things/:id",    .face = HTTP_BOTH},
    {.method = HTTP_POST,   .path = "/api/things/:id/do", .face = HTTP_PUBLIC},
    {.method = HTTP_POST,   .path = "/api/secret",        .face = HTTP_ADMIN},
    {.method = HTTP_GET,    .path = "/s/:school/c/:class/p/:person/w/:ward", .face = HTTP_PUBLIC},
    {.path = NULL},
};
/* clang-format on */

static struct route_match match;

static int find(unsigned method, const char *path)
{
    return route_find(routes, HTTP_PUBLIC, method, slice_of(path), &match);
}

static void a_path_matches_as_a_whole(void **state)
{
    (void)state;
    assert_int_equal(find(HTTP_GET, "/api"), 0);
    assert_string_equal(route_param(&match, "id"), "");
    assert_int_equal(find(HTTP_GET, "/api/things/x y"), 0);
    assert_string_equal(route_param(&match, "id"), "x y");
    assert_int_equal(find(HTTP_POST, "/api/things/7/do"), 0);
    assert_string_equal(route_param(&match, "id"), "7");
    assert_ptr_equal(match.route, &routes[3]);
    static const char *const none[] = {
        "/",           "/ap",          "/api/",          "/apis",           "//api",
        "/api/things", "/api/things/", "/api/things/7/", "/api/things//do", "/api/things/7/do/more",
        "/API"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(find(HTTP_GET, none[i]), 404);
    assert_int_equal(find(HTTP_PUT, "/api/things/7"), 405);
    assert_int_equal(match.allowed, HTTP_GET | HTTP_DELETE);
}

static void a_face_shows_its_own_rows(void **state)
{
    (void)state;
    struct slice things = slice_of("/api/things/7");
    assert_int_equal(find(HTTP_POST, "/api/secret"), 404);
    assert_int_equal(route_find(routes, HTTP_ADMIN, HTTP_POST, slice_of("/api/secret"), &match), 0);
    assert_int_equal(route_find(routes, HTTP_ADMIN, HTTP_DELETE, things, &match), 0);
    assert_int_equal(route_find(routes, HTTP_ADMIN, HTTP_GET, things, &match), 405);
}

static void each_parameter_has_its_name(void **state)
{
    (void)state;
    assert_int_equal(find(HTTP_GET, "/s/17/c/三班/p/p 1/w/-"), 0);
    assert_string_equal(route_param(&match, "school"), "17");
    assert_string_equal(route_param(&match, "class"), "三班");
    assert_string_equal(route_param(&match, "person"), "p 1");
    assert_string_equal(route_param(&match, "ward"), "-");
    assert_int_equal(find(HTTP_GET, "/s/1/c/2026~7~B/p/3/w/4"), 0);
    assert_string_equal(route_param(&match, "class"), "2026/7/B");
    assert_string_equal(route_param(&match, "scho"), "");
    assert_string_equal(route_param(&match, "schools"), "");
    static const char *const none[] = {"/s//c/2/p/3/w/4", "/s/1/c/2/p/3/w/", "/s/1/c/2/p/3/w",
                                       "/s/1/c/2/p/3/w/4/", "/s/1/d/2/p/3/w/4"};
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        assert_int_equal(find(HTTP_GET, none[i]), 404);
    assert_int_equal(find(HTTP_GET, "/s/1/c/2/p/\xc3/w/4"), 400);
}

static void a_parameter_has_a_largest_size(void **state)
{
    (void)state;
    char path[128] = "/api/things/";
    memset(path + strlen(path), 'x', HTTP_PARAM_MAX);
    assert_int_equal(find(HTTP_GET, path), 0);
    assert_int_equal(strlen(route_param(&match, "id")), HTTP_PARAM_MAX);
    strcat(path, "x");
    assert_int_equal(find(HTTP_GET, path), 404);
}

static void a_parameter_is_text(void **state)
{
    (void)state;
    static const char *const bad[] = {"/api/things/\n", "/api/things/\x7f", "/api/things/\xc3"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(find(HTTP_GET, bad[i]), 400);
    assert_int_equal(find(HTTP_GET, "/api/things/%41"), 0);
    assert_string_equal(route_param(&match, "id"), "%41"); /* decoded already: never twice */
}

/* --- limits --- */

static struct limit_key key_of(const char *text)
{
    struct sockaddr_storage a = {.ss_family = AF_INET};
    if (strchr(text, ':')) {
        a.ss_family = AF_INET6;
        inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)&a)->sin6_addr);
    } else {
        inet_pton(AF_INET, text, &((struct sockaddr_in *)&a)->sin_addr);
    }
    struct address address;
    address_of(&address, &a);
    return limit_key_of(&address);
}

static void each_address_has_its_own_share(void **state)
{
    (void)state;
    struct limit *l;
    assert_int_equal(limit_new(&l, 2), 0);
    assert_int_equal(limit_take(l, key_of("10.0.0.1")), 0);
    assert_int_equal(limit_take(l, key_of("::ffff:10.0.0.1")), 0);
    assert_int_equal(limit_take(l, key_of("10.0.0.1")), -EDQUOT);
    assert_int_equal(limit_take(l, key_of("10.0.0.2")), 0);
    assert_int_equal(limit_take(l, key_of("2001:db8:0:1::1")), 0);
    assert_int_equal(limit_take(l, key_of("2001:db8:0:1:ffff::2")), 0);
    assert_int_equal(limit_take(l, key_of("2001:db8:0:1::3")), -EDQUOT);
    assert_int_equal(limit_take(l, key_of("2001:db8:0:2::3")), 0);
    limit_give(l, key_of("10.0.0.1"));
    assert_int_equal(limit_take(l, key_of("10.0.0.1")), 0);
    limit_free(&l);
    assert_null(l);
}

static int count_a_few(void)
{
    struct limit *l = NULL;
    int err = limit_new(&l, 2);
    for (int i = 0; !err && i < 3; i++) {
        char text[24];
        snprintf(text, sizeof(text), "10.0.0.%d", i);
        err = limit_take(l, key_of(text));
    }
    limit_free(&l);
    return err;
}

static void counting_survives_without_memory(void **state)
{
    (void)state;
    assert_true(oom_levels(count_a_few) >= 4);
}

/* --- who may upgrade --- */

static void origins_are_compared_whole(void **state)
{
    (void)state;
    struct slice host = slice_of("class.example:8080");
    struct slice none = {.p = NULL};
    assert_true(origin_is_allowed(none, host, ""));
    assert_true(origin_is_allowed(slice_of("http://Class.example:8080"), host, ""));
    assert_true(origin_is_allowed(slice_of("https://b.example"), host,
                                  "http://a.example  https://b.example"));
    assert_false(origin_is_allowed(slice_of(""), host, "a"));
    assert_false(origin_is_allowed(slice_of("http://class.example"), host, ""));
    assert_false(origin_is_allowed(slice_of("http://class.example:80801"), host, ""));
    assert_false(origin_is_allowed(slice_of("http://b.example"), host, "https://b.example"));
    assert_false(origin_is_allowed(slice_of("ftp://class.example:8080"), host, NULL));
    assert_false(origin_is_allowed(slice_of("http://"), none, ""));
}

static void only_this_machine_is_local(void **state)
{
    (void)state;
    static const char *const local[] = {"localhost", "LocalHost:8081", "127.0.0.1:1",
                                        "[::1]:65535"};
    static const char *const foreign[] = {"",
                                          "localhost.evil.example",
                                          "localhost:evil.example",
                                          "localhost:80.evil.example",
                                          "localhost:",
                                          "localhost:123456",
                                          "localhost:8081:",
                                          "127.0.0.1.evil.example",
                                          "evil.example"};
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
        assert_true(host_is_local(slice_of(local[i])));
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        assert_false(host_is_local(slice_of(foreign[i])));
    assert_false(host_is_local((struct slice){.p = NULL}));
}

static void a_host_without_its_port_is_a_name(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a.example:8080", "a.example"},
        {"a.example",      "a.example"},
        {"[fd00::7]:80",   "[fd00::7]"},
        {"[fd00::7]",      "[fd00::7]"},
        {"a:",             "a:"       },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_true(slice_is(host_without_port(slice_of(cases[i][0])), cases[i][1]));
}

/* --- what proxies say --- */

static const char *client_in(const char *list)
{
    static char text[ADDRESS_TEXT_SIZE];
    struct address_set proxies;
    struct address a;
    assert_int_equal(address_set_parse(&proxies, "127.0.0.1 10.0.0.0/8 fd00::1"), 0);
    if (!forwarded_for(slice_of(list), &proxies, &a))
        return NULL;
    address_text(&a, text);
    return text;
}

static void the_last_one_who_is_no_proxy_is_the_client(void **state)
{
    (void)state;
    assert_string_equal(client_in("192.0.2.7"), "192.0.2.7");
    assert_string_equal(client_in("1.1.1.1, 192.0.2.7"), "192.0.2.7");
    assert_string_equal(client_in("1.1.1.1,192.0.2.7 ,10.1.2.3,\t127.0.0.1"), "192.0.2.7");
    assert_string_equal(client_in("lies, 2001:db8::5, fd00::1"), "2001:db8::5");
    assert_string_equal(client_in("[2001:db8::5]"), "2001:db8::5");
    assert_string_equal(client_in("10.0.0.9, 10.0.0.1"), "10.0.0.9"); /* all of them are */
}

static void what_is_no_address_names_nobody(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "unknown",
                                      "192.0.2.7,",
                                      "192.0.2.7, x",
                                      "x, 10.0.0.1",
                                      "192.0.2.7:8080",
                                      "192.0.2.256",
                                      ",",
                                      "10.0.0.1 10.0.0.2"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (client_in(bad[i]))
            fail_msg("'%s' is somebody: %s", bad[i], client_in(bad[i]));
    }
    struct address a;
    assert_false(forwarded_for((struct slice){.p = NULL}, &(struct address_set){.n = 0}, &a));
}

static void only_https_is_https(void **state)
{
    (void)state;
    assert_true(forwarded_is_https(slice_of("https")));
    assert_true(forwarded_is_https(slice_of("HTTPS")));
    assert_true(forwarded_is_https(slice_of("wss")));
    assert_false(forwarded_is_https(slice_of("http")));
    assert_false(forwarded_is_https(slice_of("http,https")));
    assert_false(forwarded_is_https(slice_of("")));
    assert_false(forwarded_is_https((struct slice){.p = NULL}));
}

/* --- pages --- */

static void inline_scripts_are_hashed(void **state)
{
    (void)state;
    char *text = NULL;
    static const char html[] =
        "<script src=x></script><STYLE>\nb{}</style ><script type=module>a<b</script>";
    /* printf '\nb{}' | openssl dgst -sha256 -binary | base64, and 'a<b' */
    assert_int_equal(inline_hashes(&text, INLINE_STYLE, html, sizeof(html) - 1), 0);
    assert_string_equal(text, "'sha256-jH0lUn02eClrG3HpikS4zPlH/X0z+JSDdqykyXqEUmI=' ");
    free(text);
    assert_int_equal(inline_hashes(&text, INLINE_SCRIPT, html, sizeof(html) - 1), 0);
    assert_string_equal(text, "'sha256-SoJqrPWAdXxRg7jwZ37lj0qYOp/6UL5JlO2fdBNz0l8=' ");
    free(text);
    assert_int_equal(inline_hashes(&text, INLINE_SCRIPT, "<script>never closed", 20), 0);
    assert_string_equal(text, "");
    free(text);
    assert_int_equal(inline_hashes(&text, INLINE_SCRIPT, "<script", 7), 0);
    free(text);
}

static int write_a_head(void)
{
    char *head = NULL;
    size_t len;
    struct reply r = {.status = 200,
                      .type = "text/html",
                      .script_hashes = "",
                      .style_hashes = "",
                      .host = slice_of("h")};
    int err = reply_head(&head, &len, &r);
    free(head);
    return err;
}

static void a_head_without_memory_is_an_error(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(write_a_head), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_matches_as_a_whole),
        cmocka_unit_test(a_face_shows_its_own_rows),
        cmocka_unit_test(each_parameter_has_its_name),
        cmocka_unit_test(a_parameter_has_a_largest_size),
        cmocka_unit_test(a_parameter_is_text),
        cmocka_unit_test(each_address_has_its_own_share),
        cmocka_unit_test(counting_survives_without_memory),
        cmocka_unit_test(origins_are_compared_whole),
        cmocka_unit_test(only_this_machine_is_local),
        cmocka_unit_test(a_host_without_its_port_is_a_name),
        cmocka_unit_test(the_last_one_who_is_no_proxy_is_the_client),
        cmocka_unit_test(what_is_no_address_names_nobody),
        cmocka_unit_test(only_https_is_https),
        cmocka_unit_test(inline_scripts_are_hashed),
        cmocka_unit_test(a_head_without_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
