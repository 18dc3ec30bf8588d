#include "tests/unit/api/server.h"

static int setup(void **state)
{
    (void)state;
    struct lesson math = {.id = "math-7b", .stream_key = "teach-1234", .is_open = true};
    server_start(&server);
    assert_int_equal(lessons_add(server.lessons, &math), 0);
    return 0;
}

#define SCHOOL "/api/v1/schools/:school"
#define CLASS  SCHOOL "/classes/:class"
#define IMPORT "/api/v1/imports/:id"
#define PERSON SCHOOL "/people/:person"
#define TABLE  SCHOOL "/timetable"
#define MINE   "/api/v1/me/lessons"

/* What each request is answered on either face. A lesson "math-7b" of the config file is there;
 * nobody watches it. */
static const struct pair {
    enum http_method method;
    const char *path;
    const char *route;
    int on_public;
    int on_admin;
} pairs[] = {
    {HTTP_GET,    "/healthz",                                "/healthz",                  200, 404},
    {HTTP_GET,    "/readyz",                                 "/readyz",                   200, 404},
    {HTTP_GET,    "/metrics",                                "/metrics",                  200, 404},
    {HTTP_GET,    "/api/v1",                                 "/api/v1",                   200, 404},
    {HTTP_GET,    "/api/v1/lessons/math-7b",                 "/api/v1/lessons/:id",       200, 405},
    {HTTP_GET,    "/api/v1/lessons",                         "/api/v1/lessons",           404, 200},
    {HTTP_POST,   "/api/v1/lessons",                         "/api/v1/lessons",           404, 201},
    {HTTP_DELETE, "/api/v1/lessons/math-7b",                 "/api/v1/lessons/:id",       405, 403},
    {HTTP_GET,    "/api/v1/lessons/math-7b/keys",            "/api/v1/lessons/:id/keys",  404, 200},
    {HTTP_POST,   "/api/v1/lessons/math-7b/keys",            "/api/v1/lessons/:id/keys",  404, 403},
    {HTTP_GET,    "/api/v1/sessions/math-7b",                "/api/v1/sessions/:id",      404, 404},
    {HTTP_GET,    "/api/v1/district",                        "/api/v1/district",          401, 200},
    {HTTP_PUT,    "/api/v1/district",                        "/api/v1/district",          401, 200},
    {HTTP_GET,    "/api/v1/schools",                         "/api/v1/schools",           401, 200},
    {HTTP_GET,    "/api/v1/schools/S1",                      SCHOOL,                      401, 404},
    {HTTP_PUT,    "/api/v1/schools/S1",                      SCHOOL,                      401, 200},
    {HTTP_DELETE, "/api/v1/schools/S2",                      SCHOOL,                      401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes",              SCHOOL "/classes",           401, 200},
    {HTTP_PUT,    "/api/v1/schools/S1/classes/1",            CLASS,                       401, 200},
    {HTTP_DELETE, "/api/v1/schools/S1/classes/2",            CLASS,                       401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes/1/members",    CLASS "/members",            401, 200},
    {HTTP_GET,    "/api/v1/schools/S1/classes/1/roll",       CLASS "/roll",               401, 200},
    {HTTP_GET,    "/api/v1/schools/S1/people",               SCHOOL "/people",            401, 200},
    {HTTP_GET,    "/api/v1/schools/S1/people/p",             PERSON,                      401, 404},
    {HTTP_PUT,    "/api/v1/schools/S1/people/p",             PERSON,                      401, 200},
    {HTTP_DELETE, "/api/v1/schools/S1/people/p",             PERSON,                      401, 204},
    {HTTP_GET,    "/api/v1/schools/S1/people/p/data",        PERSON "/data",              401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/people/p/erase",       PERSON "/erase",             401, 404},
    {HTTP_PUT,    "/api/v1/schools/S1/people/p/roles/tutor", PERSON "/roles/:role",       401, 404},
    {HTTP_DELETE, "/api/v1/schools/S1/people/p/roles/tutor", PERSON "/roles/:role",       401, 404},
    {HTTP_PUT,    "/api/v1/schools/S1/people/p/wards/q",     PERSON "/wards/:ward",       401, 404},
    {HTTP_DELETE, "/api/v1/schools/S1/people/p/wards/q",     PERSON "/wards/:ward",       401, 404},
    {HTTP_POST,   "/api/v1/imports",                         "/api/v1/imports",           401, 201},
    {HTTP_PUT,    "/api/v1/imports/x/files",                 "/api/v1/imports/:id/files", 401, 404},
    {HTTP_PUT,    "/api/v1/imports/x/files/0",               IMPORT "/files/:file",       401, 404},
    {HTTP_GET,    "/api/v1/imports/x",                       "/api/v1/imports/:id",       401, 404},
    {HTTP_POST,   "/api/v1/imports/x/apply",                 "/api/v1/imports/:id/apply", 401, 404},
    {HTTP_DELETE, "/api/v1/imports/x",                       "/api/v1/imports/:id",       401, 404},
    {HTTP_GET,    "/api/v1/exports/people",                  "/api/v1/exports/:kind",     401, 200},
    {HTTP_GET,    "/api/v1/timetable",                       "/api/v1/timetable",         401, 200},
    {HTTP_GET,    "/api/v1/today",                           "/api/v1/today",             401, 200},
    {HTTP_GET,    "/api/v1/schools/S1/timetable",            TABLE,                       401, 200},
    {HTTP_PUT,    "/api/v1/schools/S1/timetable/r",          TABLE "/:entry",             401, 400},
    {HTTP_DELETE, "/api/v1/schools/S1/timetable/r",          TABLE "/:entry",             401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/timetable/import",     TABLE "/import",             401, 409},
    {HTTP_POST,   "/api/v1/schools/S1/timetable/publish",    TABLE "/publish",            401, 200},
    {HTTP_GET,    "/api/v1/schools/S1/closures",             SCHOOL "/closures",          401, 200},
    {HTTP_POST,   "/api/v1/schools/S1/closures",             SCHOOL "/closures",          401, 400},
    {HTTP_DELETE, "/api/v1/schools/S1/closures",             SCHOOL "/closures",          401, 400},
    {HTTP_GET,    "/api/v1/calendar",                        "/api/v1/calendar",          401, 200},
    {HTTP_PUT,    "/api/v1/calendar",                        "/api/v1/calendar",          401, 400},
    {HTTP_GET,    "/api/v1/policy",                          "/api/v1/policy",            401, 200},
    {HTTP_PUT,    "/api/v1/policy",                          "/api/v1/policy",            401, 400},
    {HTTP_GET,    "/api/v1/me/lessons",                      MINE,                        401, 404},
    {HTTP_GET,    "/api/v1/me/lessons/x",                    MINE "/:id",                 401, 404},
    {HTTP_POST,   "/api/v1/me/lessons/x/start",              MINE "/:id/start",           401, 404},
    {HTTP_POST,   "/api/v1/me/feed",                         "/api/v1/me/feed",           401, 404},
    {HTTP_DELETE, "/api/v1/me/feed",                         "/api/v1/me/feed",           401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes/9/feed",       CLASS "/feed",               401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/classes/9/feed",       CLASS "/feed",               401, 404},
    {HTTP_DELETE, "/api/v1/schools/S1/classes/9/feed",       CLASS "/feed",               401, 404},
    {HTTP_GET,    "/feeds/x.ics",                            "/feeds/:token",             404, 404},
    {HTTP_GET,    "/api/v1/audit",                           "/api/v1/audit",             401, 200},
    {HTTP_POST,   "/api/v1/door/setup",                      "/api/v1/door/setup",        400, 404},
    {HTTP_POST,   "/api/v1/door/sign-in",                    "/api/v1/door/sign-in",      401, 404},
    {HTTP_POST,   "/api/v1/door/invited",                    "/api/v1/door/invited",      400, 404},
    {HTTP_POST,   "/api/v1/door/enter",                      "/api/v1/door/enter",        400, 404},
    {HTTP_POST,   "/api/v1/door/guest",                      "/api/v1/door/guest",        400, 404},
    {HTTP_POST,   "/api/v1/door/sign-out",                   "/api/v1/door/sign-out",     204, 404},
    {HTTP_GET,    "/api/v1/me",                              "/api/v1/me",                401, 404},
    {HTTP_PUT,    "/api/v1/me/password",                     "/api/v1/me/password",       401, 404},
    {HTTP_POST,   "/api/v1/me/totp",                         "/api/v1/me/totp",           401, 404},
    {HTTP_PUT,    "/api/v1/me/totp",                         "/api/v1/me/totp",           401, 404},
    {HTTP_DELETE, "/api/v1/me/totp",                         "/api/v1/me/totp",           401, 404},
    {HTTP_GET,    "/api/v1/me/sessions",                     "/api/v1/me/sessions",       401, 404},
    {HTTP_DELETE, "/api/v1/me/sessions/x",                   "/api/v1/me/sessions/:id",   401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/people/p/invite",      PERSON "/invite",            401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/people/p/entry-code",  PERSON "/entry-code",        401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes/9/codes",      CLASS "/codes",              401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/classes/9/codes",      CLASS "/codes",              401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes/9/guardians",  CLASS "/guardians",          401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/classes/9/guardians",  CLASS "/guardians",          401, 404},
    {HTTP_GET,    "/api/v1/schools/S1/classes/9/guests",     CLASS "/guests",             401, 404},
    {HTTP_POST,   "/api/v1/schools/S1/classes/9/guests",     CLASS "/guests",             401, 404},
    {HTTP_DELETE, "/api/v1/schools/S1/classes/9/guests/g",   CLASS "/guests/:guest",      401, 404},
};
enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]) };

static const char *body_of(const struct pair *p)
{
    return p->method == HTTP_POST  ? "{\"id\":\"new\"}"
           : p->method == HTTP_PUT ? "{\"name\":\"第一\"}"
                                   : NULL;
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

/* "/api/v1/schools/:school" is "/api/v1/schools/{school}" there. */
static void name_path(char *out, const char *path)
{
    for (; *path; path++) {
        if (*path != ':') {
            *out++ = *path;
            continue;
        }
        size_t len = strcspn(path, "/") - 1;
        out += sprintf(out, "{%.*s}", (int)len, path + 1);
        path += len;
    }
    *out = '\0';
}

static void the_openapi_file_has_these_routes_and_no_others(void **state)
{
    (void)state;
    size_t operations = 0;
    json_error_t error;
    json_t *file = json_load_file("docs/openapi.json", JSON_REJECT_DUPLICATES, &error);
    if (!file) /* tests run in the root of the source tree */
        fail_msg("docs/openapi.json:%d: %s", error.line, error.text);
    const json_t *paths = json_object_get(file, "paths");
    for (const struct route *r = api_routes; r->path; r++) {
        char path[160], method[8];
        name_path(path, r->path);
        snprintf(method, sizeof(method), "%s", method_name(r->method));
        for (char *c = method; *c; c++)
            *c |= 0x20;
        const json_t *operation = json_object_get(json_object_get(paths, path), method);
        if (!json_object_get(operation, "summary") || !json_object_get(operation, "responses"))
            fail_msg("docs/openapi.json lacks %s %s", method, path);
        size_t wanted = 0;
        for (const char *c = r->path; (c = strchr(c, ':')) != NULL; c++)
            wanted++;
        assert_true(json_array_size(json_object_get(operation, "parameters")) >= wanted);
    }
    const char *path;
    json_t *methods;
    json_object_foreach((json_t *)paths, path, methods)
    {
        operations += json_object_size(methods);
    }
    assert_int_equal(operations, count_routes());
    json_decref(file);
}

/* docs/api.md has a heading or a row of a table for each. */
static void each_route_is_described_to_people(void **state)
{
    (void)state;
    static char text[96 << 10];
    FILE *f = fopen("docs/api.md", "re");
    assert_non_null(f);
    size_t len = fread(text, 1, sizeof(text) - 1, f);
    assert_true(len < sizeof(text) - 1);
    text[len] = '\0';
    fclose(f);
    for (const struct route *r = api_routes; r->path; r++) {
        char heading[160], row[160];
        snprintf(heading, sizeof(heading), "\n### %s `%s` (%s)\n", method_name(r->method), r->path,
                 r->face == HTTP_ADMIN ? "admin" : "public");
        snprintf(row, sizeof(row), "\n| %s `%s` |", method_name(r->method), r->path);
        if (!strstr(text, heading) && !strstr(text, row))
            fail_msg("docs/api.md lacks%sand%s", heading, row);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_route_has_its_pair_here),
        TEST(each_route_is_answered_on_its_own_face_only),
        TEST(the_admin_face_wants_its_token),
        TEST(the_token_opens_nothing_on_the_public_face),
        TEST(no_public_answer_holds_a_key),
        cmocka_unit_test(the_openapi_file_has_these_routes_and_no_others),
        cmocka_unit_test(each_route_is_described_to_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
