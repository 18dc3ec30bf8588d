#include "tests/unit/api/server.h"

static struct server server;
static struct answer answer;

static int setup(void **state)
{
    (void)state;
    struct lesson math = {.id = "math-7b", .stream_key = "teach-1234", .is_open = true};
    server_start(&server);
    assert_int_equal(lessons_add(server.lessons, &math), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    answer_free(&answer);
    server_stop(&server);
    return 0;
}

/* What each request is answered on either face. A lesson "math-7b" of the config file is there;
 * nobody watches it. */
static const struct pair {
    enum http_method method;
    const char *path;
    const char *route;
    int on_public;
    int on_admin;
} pairs[] = {
    {HTTP_GET,    "/healthz",                     "/healthz",                 200, 404},
    {HTTP_GET,    "/readyz",                      "/readyz",                  200, 404},
    {HTTP_GET,    "/metrics",                     "/metrics",                 200, 404},
    {HTTP_GET,    "/api/v1",                      "/api/v1",                  200, 404},
    {HTTP_GET,    "/api/v1/lessons/math-7b",      "/api/v1/lessons/:id",      200, 405},
    {HTTP_GET,    "/api/v1/lessons",              "/api/v1/lessons",          404, 200},
    {HTTP_POST,   "/api/v1/lessons",              "/api/v1/lessons",          404, 201},
    {HTTP_DELETE, "/api/v1/lessons/math-7b",      "/api/v1/lessons/:id",      405, 403},
    {HTTP_GET,    "/api/v1/lessons/math-7b/keys", "/api/v1/lessons/:id/keys", 404, 200},
    {HTTP_POST,   "/api/v1/lessons/math-7b/keys", "/api/v1/lessons/:id/keys", 404, 403},
    {HTTP_GET,    "/api/v1/sessions/math-7b",     "/api/v1/sessions/:id",     404, 404},
};
enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const char *body_of(const struct pair *p)
{
    return p->method == HTTP_POST ? "{\"id\":\"new\"}" : NULL;
}

static size_t count_routes(void)
{
    size_t n = 0;
    while (api_routes[n].path)
        n++;
    return n;
}

static void each_route_has_its_pair_here(void **state)
{
    (void)state;
    assert_int_equal(count_routes(), PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        assert_string_equal(api_routes[i].path, pairs[i].route);
        assert_int_equal(api_routes[i].method, pairs[i].method);
    }
}

static void each_route_is_answered_on_its_own_face_only(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        const struct pair *p = &pairs[i];
        server_call(&server, &answer, HTTP_PUBLIC, p->method, p->path, body_of(p));
        if (answer.status != p->on_public)
            fail_msg("public %s %s: %d", method_name(p->method), p->path, answer.status);
        server_call(&server, &answer, HTTP_ADMIN, p->method, p->path, body_of(p));
        if (answer.status != p->on_admin)
            fail_msg("admin %s %s: %d", method_name(p->method), p->path, answer.status);
    }
    server_call(&server, &answer, HTTP_ADMIN, HTTP_GET, "/api/v1/sessions/math-7b", NULL);
    assert_fails(&answer, 404, "no_session");
}

static void the_admin_face_wants_its_token(void **state)
{
    (void)state;
    static const char *const claims[] = {
        "", "Authorization: Bearer \r\n", "Authorization: Bearer wrong-token-for-tests\r\n",
        "Authorization: Basic " TOKEN "\r\n", "Authorization: Bearer " TOKEN "x\r\n"};
    for (size_t i = 0; i < PAIRS; i++) {
        for (size_t j = 0; j < sizeof(claims) / sizeof(*claims); j++) {
            char head[512];
            answer_free(&answer);
            snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nContent-Type: application/json\r\n%s",
                     method_name(pairs[i].method), pairs[i].path, claims[j]);
            server_send(&server, &answer, HTTP_ADMIN, head, body_of(&pairs[i]));
            assert_int_equal(answer.status, 401);
        }
    }
    assert_int_equal(lessons_count(server.lessons), 1);
}

static void the_token_opens_nothing_on_the_public_face(void **state)
{
    (void)state;
    for (size_t i = 0; i < PAIRS; i++) {
        char head[512];
        answer_free(&answer);
        snprintf(head, sizeof(head),
                 "%s %s HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer " TOKEN
                 "\r\n",
                 method_name(pairs[i].method), pairs[i].path);
        server_send(&server, &answer, HTTP_PUBLIC, head, body_of(&pairs[i]));
        assert_int_equal(answer.status, pairs[i].on_public);
    }
}

static void no_public_answer_holds_a_key(void **state)
{
    (void)state;
    struct lesson l = {.id = "shut", .stream_key = "teach-5678", .watch_key = "watch-5678"};
    assert_int_equal(lessons_add(server.lessons, &l), 0);
    server_call(&server, &answer, HTTP_PUBLIC, HTTP_GET, "/api/v1/lessons/shut", NULL);
    assert_int_equal(answer.status, 200);
    assert_null(strstr(answer.body, "5678"));
    for (size_t i = 0; i < PAIRS; i++) {
        server_call(&server, &answer, HTTP_PUBLIC, pairs[i].method, pairs[i].path,
                    body_of(&pairs[i]));
        assert_null(strstr(answer.body, "1234"));
    }
}

static const char *face_name(enum http_face face)
{
    return face == HTTP_ADMIN ? "admin" : "public";
}

/* docs/api.md gives each route a heading of this form. */
static void a_route_is_documented_and_nothing_else_is(void **state)
{
    (void)state;
    size_t headings = 0;
    static char text[64 << 10];
    FILE *f = fopen("docs/api.md", "re");
    assert_non_null(f); /* tests run in the root of the source tree */
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    for (const struct route *r = api_routes; r->path; r++) {
        char heading[160];
        snprintf(heading, sizeof(heading), "\n### %s `%s` (%s)\n", method_name(r->method), r->path,
                 face_name(r->face));
        const char *at = strstr(text, heading);
        if (!at)
            fail_msg("docs/api.md lacks%s", heading);
        const char *example = strstr(at, "curl ");
        const char *next = strstr(at + 1, "\n### ");
        assert_true(example && (!next || example < next));
    }
    for (const char *at = text; (at = strstr(at, "\n### ")) != NULL; at++)
        headings++;
    assert_int_equal(headings, count_routes());
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_route_has_its_pair_here),
        TEST(each_route_is_answered_on_its_own_face_only),
        TEST(the_admin_face_wants_its_token),
        TEST(the_token_opens_nothing_on_the_public_face),
        TEST(no_public_answer_holds_a_key),
        cmocka_unit_test(a_route_is_documented_and_nothing_else_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
