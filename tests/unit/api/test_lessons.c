#include "tests/unit/api/server.h"

static int admin(enum http_method method, const char *path, const char *body)
{
    return server_call(&server, &answer, HTTP_ADMIN, method, path, body);
}

static int create(const char *body)
{
    return admin(HTTP_POST, "/api/v1/lessons", body);
}

static int get_public(const char *path)
{
    return server_call(&server, &answer, HTTP_PUBLIC, HTTP_GET, path, NULL);
}

#define MATH                                                                                       \
    "{\"id\":\"math-7b\",\"title\":\"数学 7B\",\"stream_key\":\"teach-1234\","                   \
    "\"watch_key\":\"watch-1234\"}"

static void add_from_config(const char *id, const char *stream_key)
{
    struct lesson l = {.title = "Demo", .is_open = true};
    snprintf(l.id, sizeof(l.id), "%s", id);
    snprintf(l.stream_key, sizeof(l.stream_key), "%s", stream_key);
    assert_int_equal(lessons_add(server.lessons, &l), 0);
}

static void a_created_lesson_comes_back_with_keys_and_links(void **state)
{
    (void)state;
    char watch[128];
    assert_int_equal(create(MATH), 201);
    assert_string_equal(answer_text(&answer, "id"), "math-7b");
    assert_string_equal(answer_text(&answer, "title"), "数学 7B");
    assert_string_equal(answer_text(&answer, "stream_key"), "teach-1234");
    assert_string_equal(answer_text(&answer, "watch_key"), "watch-1234");
    assert_true(json_is_false(json_object_get(answer.json, "open")));
    assert_true(json_is_false(json_object_get(answer.json, "from_config")));
    assert_string_equal(answer_text(&answer, "links.teach"),
                        "rtmp://localhost:1935/live/teach-1234");
    snprintf(watch, sizeof(watch), "http://localhost:%u/watch/math-7b#k=watch-1234",
             (unsigned)net_port(server.net));
    assert_string_equal(answer_text(&answer, "links.watch"), watch);
    snprintf(watch, sizeof(watch), "http://localhost:%u/teach#k=teach-1234",
             (unsigned)net_port(server.net));
    assert_string_equal(answer_text(&answer, "links.teach_page"), watch);
}

static void the_teach_page_is_named_over_https_where_there_is_any(void **state)
{
    (void)state;
    server.app.tls_port = 8443;
    assert_int_equal(create(MATH), 201);
    assert_string_equal(answer_text(&answer, "links.teach_page"),
                        "https://localhost:8443/teach#k=teach-1234");
}

static void an_id_is_enough(void **state)
{
    (void)state;
    assert_int_equal(create("{\"id\":\"a\"}"), 201);
    assert_string_equal(answer_text(&answer, "title"), "a");
    assert_int_equal(strlen(answer_text(&answer, "stream_key")), TOKEN_LEN);
    assert_int_equal(strlen(answer_text(&answer, "watch_key")), TOKEN_LEN);
    assert_int_equal(create("{\"id\":\"b\",\"stream_key\":\"\",\"title\":\"\"}"), 201);
    assert_string_equal(answer_text(&answer, "title"), "b");
}

static void links_name_the_server_and_spare_an_open_lesson_its_key(void **state)
{
    (void)state;
    char watch[128];
    server.app.host = "class.example.cn";
    assert_int_equal(create("{\"id\":\"a\",\"open\":true}"), 201);
    snprintf(watch, sizeof(watch), "http://class.example.cn:%u/watch/a",
             (unsigned)net_port(server.net));
    assert_string_equal(answer_text(&answer, "links.watch"), watch);
}

static void a_created_lesson_is_in_the_store(void **state)
{
    (void)state;
    struct lessons *again = NULL;
    char error[LESSON_ERROR_MAX];
    assert_int_equal(create(MATH), 201);
    assert_int_equal(lessons_open(&again, server.scene.store, server.scene.dir, NULL, error), 0);
    assert_string_equal(lessons_find(again, "math-7b")->stream_key, "teach-1234");
    lessons_free(&again);
}

static void a_bad_field_is_named(void **state)
{
    (void)state;
    char title[512];
    snprintf(title, sizeof(title), "{\"id\":\"a\",\"title\":\"%0256d\"}", 0);
    const char *const bad[][2] = {
        {"{}",                                                                      "id:"          },
        {"{\"id\":17}",                                                             "id:"          },
        {"{\"id\":\"\"}",                                                           "id:"          },
        {"{\"id\":\"a b\"}",                                                        "id:"          },
        {"{\"id\":\"1234567890123456789012345678901234567890\"}",                   "id:"          },
        {title,                                                                     "title:"       },
        {"{\"id\":\"a\",\"title\":\"a\\nb\"}",                                      "title:"       },
        {"{\"id\":\"a\",\"title\":null}",                                           "title:"       },
        {"{\"id\":\"a\",\"open\":\"yes\"}",                                         "open:"        },
        {"{\"id\":\"a\",\"open\":1}",                                               "open:"        },
        {"{\"id\":\"a\",\"stream_key\":\"short\"}",                                 "stream_key:"  },
        {"{\"id\":\"a\",\"watch_key\":\"with space\"}",                             "watch_key:"   },
        {"{\"id\":\"a\",\"watch_key\":\"same-1234\",\"stream_key\":\"same-1234\"}", "watch_key:"   },
        {"{\"id\":\"a\",\"colour\":\"red\"}",                                       "Unknown field"},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        create(bad[i][0]);
        assert_fails(&answer, 400, "bad_lesson");
        const char *message = answer_text(&answer, "error.message");
        assert_int_equal(strncmp(message, bad[i][1], strlen(bad[i][1])), 0);
    }
    assert_int_equal(lessons_count(server.lessons), 0);
}

static void a_body_that_is_no_json_object_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "{",
                                      "[]",
                                      "17",
                                      "\"a\"",
                                      "null",
                                      "{\"id\":\"a\"",
                                      "{\"id\":\"a\"} x",
                                      "\xff",
                                      "{\"id\":\"a\",\"id\":\"b\"}",
                                      "{\"id\":\"a\\u0000\"}",
                                      "{\"id\":\"\xed\xa0\x80\"}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        create(bad[i]);
        assert_fails(&answer, 400, "bad_json");
    }
    assert_int_equal(lessons_count(server.lessons), 0);
}

static void a_deeply_nested_body_is_refused(void **state)
{
    (void)state;
    char body[HTTP_BODY_MAX + 1];
    memset(body, '[', HTTP_BODY_MAX);
    body[HTTP_BODY_MAX] = '\0';
    create(body);
    assert_fails(&answer, 400, "bad_json");
}

static void an_oversized_body_is_refused(void **state)
{
    (void)state;
    char body[HTTP_BODY_MAX + 2];
    memset(body, ' ', sizeof(body));
    memcpy(body, "{\"id\":\"a\"}", 10);
    body[HTTP_BODY_MAX + 1] = '\0';
    assert_int_equal(create(body), 413);
    assert_int_equal(lessons_count(server.lessons), 0);
    body[HTTP_BODY_MAX] = '\0';
    assert_int_equal(create(body), 201);
}

static void only_json_is_taken(void **state)
{
    (void)state;
    static const char *const types[][2] = {
        {"",                                                    "415"},
        {"Content-Type: text/plain\r\n",                        "415"},
        {"Content-Type: application/x-www-form-urlencoded\r\n", "415"},
        {"Content-Type: application/jsonx\r\n",                 "415"},
        {"Content-Type: application/json; charset=utf-8\r\n",   "201"},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
        char head[512];
        answer_free(&answer);
        snprintf(head, sizeof(head),
                 "POST /api/v1/lessons HTTP/1.1\r\nAuthorization: Bearer " TOKEN "\r\n%s",
                 types[i][0]);
        server_send(&server, &answer, HTTP_ADMIN, head, "{\"id\":\"a\"}");
        assert_int_equal(answer.status, atoi(types[i][1]));
        if (answer.status == 415)
            assert_fails(&answer, 415, "not_json");
    }
}

static void what_is_taken_is_a_conflict(void **state)
{
    (void)state;
    assert_int_equal(create(MATH), 201);
    create(MATH);
    assert_fails(&answer, 409, "exists");
    create("{\"id\":\"b\",\"stream_key\":\"teach-1234\"}");
    assert_fails(&answer, 409, "exists");
    assert_int_equal(lessons_count(server.lessons), 1);
}

static void a_failed_write_is_told_and_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(create(MATH), 201);
    scene_block_writing();
    create("{\"id\":\"b\"}");
    assert_fails(&answer, 500, "not_saved");
    admin(HTTP_DELETE, "/api/v1/lessons/math-7b", NULL);
    assert_fails(&answer, 500, "not_saved");
    admin(HTTP_POST, "/api/v1/lessons/math-7b/keys", "");
    assert_fails(&answer, 500, "not_saved");
    scene_unblock_writing();
    assert_int_equal(lessons_count(server.lessons), 1);
    assert_string_equal(lessons_find(server.lessons, "math-7b")->stream_key, "teach-1234");
}

static void do_nothing(void *arg, int err)
{
    (void)arg;
    assert_int_equal(err, 0);
}

static void a_change_beside_another_is_asked_to_come_again(void **state)
{
    (void)state;
    struct lesson l = {.id = "first"};
    static const char request[] =
        "DELETE /api/v1/lessons/first HTTP/1.1\r\nAuthorization: Bearer " TOKEN "\r\n";
    assert_int_equal(lessons_create(server.lessons, &l, do_nothing, NULL), 0);
    /* Whether the thread or the request is first is chance: either answer is right. */
    server_send(&server, &answer, HTTP_ADMIN, request, NULL);
    if (answer.status != 204)
        assert_fails(&answer, 503, "busy");
}

static void a_deleted_lesson_is_gone(void **state)
{
    (void)state;
    assert_int_equal(create(MATH), 201);
    assert_int_equal(admin(HTTP_DELETE, "/api/v1/lessons/math-7b", NULL), 204);
    assert_string_equal(answer.body, "");
    assert_int_equal(get_public("/api/v1/lessons/math-7b"), 404);
    admin(HTTP_DELETE, "/api/v1/lessons/math-7b", NULL);
    assert_fails(&answer, 404, "no_lesson");
}

static void a_new_stream_key_replaces_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(create(MATH), 201);
    assert_int_equal(admin(HTTP_POST, "/api/v1/lessons/math-7b/keys", ""), 200);
    char key[LESSON_KEY_MAX];
    snprintf(key, sizeof(key), "%s", answer_text(&answer, "stream_key"));
    assert_int_equal(strlen(key), TOKEN_LEN);
    assert_string_equal(answer_text(&answer, "watch_key"), "watch-1234");
    assert_int_equal(admin(HTTP_GET, "/api/v1/lessons/math-7b/keys", NULL), 200);
    assert_string_equal(answer_text(&answer, "stream_key"), key);
    assert_null(lessons_find_by_stream_key(server.lessons, "teach-1234"));
}

static void the_config_files_lessons_are_shown_but_not_changed(void **state)
{
    (void)state;
    add_from_config("demo", "demo-key-1");
    assert_int_equal(admin(HTTP_GET, "/api/v1/lessons/demo/keys", NULL), 200);
    assert_string_equal(answer_text(&answer, "stream_key"), "demo-key-1");
    assert_true(json_is_true(json_object_get(answer.json, "from_config")));
    admin(HTTP_DELETE, "/api/v1/lessons/demo", NULL);
    assert_fails(&answer, 403, "from_config");
    admin(HTTP_POST, "/api/v1/lessons/demo/keys", "");
    assert_fails(&answer, 403, "from_config");
}

static void strangers_see_title_and_state_only(void **state)
{
    (void)state;
    struct session *seat;
    assert_int_equal(create(MATH), 201);
    assert_int_equal(session_seat(server.sessions, "math-7b", &seat), 0);
    assert_int_equal(get_public("/api/v1/lessons/math-7b"), 200);
    assert_string_equal(
        answer.body,
        "{\"id\":\"math-7b\",\"title\":\"数学 7B\",\"open\":false,\"state\":\"waiting\"}");
    session_unseat(seat);
    get_public("/api/v1/lessons/other");
    assert_fails(&answer, 404, "no_lesson");
    get_public("/api/v1/lessons/..%5c");
    assert_fails(&answer, 404, "no_lesson");
}

static void a_session_is_told_with_its_facts(void **state)
{
    (void)state;
    struct session *seat;
    assert_int_equal(create(MATH), 201);
    admin(HTTP_GET, "/api/v1/sessions/math-7b", NULL);
    assert_fails(&answer, 404, "no_session");
    assert_int_equal(session_seat(server.sessions, "math-7b", &seat), 0);
    assert_int_equal(admin(HTTP_GET, "/api/v1/sessions/math-7b", NULL), 200);
    session_unseat(seat);
    assert_string_equal(answer_text(&answer, "id"), "math-7b");
    assert_string_equal(answer_text(&answer, "state"), "waiting");
    assert_string_equal(answer_text(&answer, "content"), wire_content_name(WIRE_CONTENT_UNKNOWN));
    assert_int_equal(json_integer_value(json_object_get(answer.json, "viewers")), 1);
    const json_t *source = json_object_get(answer.json, "source");
    assert_int_equal(json_integer_value(json_object_get(source, "bytes")), 0);
    admin(HTTP_GET, "/api/v1/sessions/other", NULL);
    assert_fails(&answer, 404, "no_lesson");
}

static void add_many(int n)
{
    for (int i = 0; i < n; i++) {
        char id[LESSON_ID_MAX], key[LESSON_KEY_MAX];
        snprintf(id, sizeof(id), "l%03d", i);
        snprintf(key, sizeof(key), "teach-%03d", i);
        add_from_config(id, key);
    }
}

/* Follows `next` through the list; the ids must come in order. How many there were. */
static int walk(int limit, int *pages)
{
    int seen = 0;
    char after[LESSON_ID_MAX] = "";
    *pages = 0;
    do {
        char path[128];
        size_t index;
        json_t *row;
        snprintf(path, sizeof(path), "/api/v1/lessons?limit=%d&after=%s", limit, after);
        assert_int_equal(admin(HTTP_GET, path, NULL), 200);
        json_array_foreach(json_object_get(answer.json, "lessons"), index, row)
        {
            char expected[LESSON_ID_MAX];
            snprintf(expected, sizeof(expected), "l%03d", seen++);
            assert_string_equal(json_string_value(json_object_get(row, "id")), expected);
        }
        snprintf(after, sizeof(after), "%s", answer_text(&answer, "next"));
        ++*pages;
    } while (after[0]);
    return seen;
}

static void the_list_comes_in_pages(void **state)
{
    (void)state;
    int pages;
    add_many(120);
    assert_int_equal(walk(50, &pages), 120);
    assert_int_equal(pages, 3);
    assert_int_equal(walk(60, &pages), 120);
    assert_int_equal(pages, 2);
    assert_int_equal(walk(200, &pages), 120);
    assert_int_equal(pages, 1);
    assert_int_equal(admin(HTTP_GET, "/api/v1/lessons", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "lessons")), 50);
    assert_string_equal(answer_text(&answer, "next"), "l049");
    assert_int_equal(admin(HTTP_GET, "/api/v1/lessons?after=zzz", NULL), 200);
    assert_string_equal(answer.body, "{\"lessons\":[],\"next\":null}");
}

static void a_full_page_of_long_lessons_arrives_whole(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        struct lesson l = {.is_open = false};
        snprintf(l.id, sizeof(l.id), "%039d", i);
        snprintf(l.title, sizeof(l.title), "%0255d", 0);
        memset(l.title, '"', 255);
        snprintf(l.stream_key, sizeof(l.stream_key), "t%038d", i);
        snprintf(l.watch_key, sizeof(l.watch_key), "w%038d", i);
        assert_int_equal(lessons_add(server.lessons, &l), 0);
    }
    assert_int_equal(admin(HTTP_GET, "/api/v1/lessons?limit=200", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "lessons")), 200);
}

static void a_bad_query_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"limit=0",  "limit=201", "limit=-1", "limit=9999999999",
                                      "limit=5x", "limit=+5",  "after=%ff"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        char path[128];
        snprintf(path, sizeof(path), "/api/v1/lessons?%s", bad[i]);
        admin(HTTP_GET, path, NULL);
        assert_fails(&answer, 400, "bad_query");
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, server_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_created_lesson_comes_back_with_keys_and_links),
        TEST(the_teach_page_is_named_over_https_where_there_is_any),
        TEST(an_id_is_enough),
        TEST(links_name_the_server_and_spare_an_open_lesson_its_key),
        TEST(a_created_lesson_is_in_the_store),
        TEST(a_bad_field_is_named),
        TEST(a_body_that_is_no_json_object_is_refused),
        TEST(a_deeply_nested_body_is_refused),
        TEST(an_oversized_body_is_refused),
        TEST(only_json_is_taken),
        TEST(what_is_taken_is_a_conflict),
        TEST(a_failed_write_is_told_and_changes_nothing),
        TEST(a_change_beside_another_is_asked_to_come_again),
        TEST(a_deleted_lesson_is_gone),
        TEST(a_new_stream_key_replaces_the_old_one),
        TEST(the_config_files_lessons_are_shown_but_not_changed),
        TEST(strangers_see_title_and_state_only),
        TEST(a_session_is_told_with_its_facts),
        TEST(the_list_comes_in_pages),
        TEST(a_full_page_of_long_lessons_arrives_whole),
        TEST(a_bad_query_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
