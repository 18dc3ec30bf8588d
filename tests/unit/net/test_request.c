#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "server/net/http.h"
#include "server/net/request.h"

/* From its own block of memory, so that reading too far shows. */
static int parse(struct request *r, char **copy, const char *text)
{
    *copy = strdup(text);
    return request_parse(r, *copy, strlen(text));
}

static int status_of(const char *text)
{
    struct request r;
    char *copy = malloc(strlen(text));
    memcpy(copy, text, strlen(text));
    int status = request_parse(&r, copy, strlen(text));
    free(copy);
    return status;
}

static void a_head_is_taken_apart(void **state)
{
    (void)state;
    struct request r;
    char *copy;
    assert_int_equal(parse(&r, &copy,
                           "PUT /a/b?c=d&e HTTP/1.1\r\nHOST: h:1\r\nOrigin:http://o\r\n"
                           "content-length:  12 \t\r\nAuthorization: Bearer x y\r\n"
                           "Accept-Encoding:\r\n\r\n"),
                     0);
    assert_int_equal(r.method, HTTP_PUT);
    assert_false(r.is_head);
    assert_true(slice_is(r.path, "/a/b"));
    assert_true(slice_is(r.query, "c=d&e"));
    assert_true(slice_is(r.host, "h:1"));
    assert_true(slice_is(r.origin, "http://o"));
    assert_true(slice_is(r.authorization, "Bearer x y"));
    assert_true(slice_is(r.accept_encoding, ""));
    assert_null(r.content_type.p);
    assert_int_equal(r.body_len, 12);
    assert_true(r.keep_alive);
    assert_false(r.wants_websocket);
    free(copy);
}

static void an_upgrade_needs_both_of_its_headers(void **state)
{
    (void)state;
    struct request r;
    char *copy;
    parse(&r, &copy,
          "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c, WebSocket\r\nConnection: x, upgrade\r\n\r\n");
    assert_true(r.wants_websocket);
    free(copy);
    parse(&r, &copy, "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n");
    assert_false(r.wants_websocket);
    free(copy);
    parse(&r, &copy,
          "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websockets\r\n\r\n");
    assert_false(r.wants_websocket);
    free(copy);
}

static void the_end_of_a_head_is_found_wherever_it_is_split(void **state)
{
    (void)state;
    static const char text[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\nrest";
    size_t scanned = 0;
    size_t head_len = 0;
    for (size_t len = 1; len < sizeof(text); len++) {
        bool is_whole = request_is_whole(text, len, &scanned, &head_len);
        assert_int_equal(is_whole, len >= sizeof(text) - 5);
        if (is_whole)
            break;
    }
    assert_int_equal(head_len, sizeof(text) - 5);
}

static void every_cut_of_a_head_is_refused_or_less_than_it(void **state)
{
    (void)state;
    static const char text[] = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        char *cut = strndup(text, len);
        assert_int_equal(status_of(cut), 400);
        free(cut);
    }
    assert_int_equal(status_of(text), 0);
}

static void a_nul_is_no_part_of_a_head(void **state)
{
    (void)state;
    struct request r;
    static const char name[] = "GET / HTTP/1.1\r\nHost: h\r\nA\0B: c\r\n\r\n";
    static const char value[] = "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n";
    static const char host[] = "GET / HTTP/1.1\r\nHost: h\0\r\n\r\n";
    static const char path[] = "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n";
    assert_int_equal(request_parse(&r, name, sizeof(name) - 1), 400);
    assert_int_equal(request_parse(&r, value, sizeof(value) - 1), 400);
    assert_int_equal(request_parse(&r, host, sizeof(host) - 1), 400);
    assert_int_equal(request_parse(&r, path, sizeof(path) - 1), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_taken_apart),
        cmocka_unit_test(an_upgrade_needs_both_of_its_headers),
        cmocka_unit_test(the_end_of_a_head_is_found_wherever_it_is_split),
        cmocka_unit_test(every_cut_of_a_head_is_refused_or_less_than_it),
        cmocka_unit_test(a_nul_is_no_part_of_a_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
