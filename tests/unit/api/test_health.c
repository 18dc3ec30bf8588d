#include "tests/unit/api/server.h"

#include "server/base/version.h"

static int get(const char *path)
{
    return server_call(&server, &answer, HTTP_PUBLIC, HTTP_GET, path, NULL);
}

static bool is_true(const char *check)
{
    const json_t *checks = json_object_get(answer.json, "checks");
    assert_true(json_is_boolean(json_object_get(checks, check)));
    return json_is_true(json_object_get(checks, check));
}

static void a_server_that_answers_is_healthy(void **state)
{
    (void)state;
    assert_int_equal(get("/healthz"), 200);
    assert_string_equal(answer.body, "ok\n");
    server.app.is_draining = true;
    assert_int_equal(get("/healthz"), 200);
}

static void a_complete_server_is_ready(void **state)
{
    (void)state;
    assert_int_equal(get("/readyz"), 200);
    assert_true(json_is_true(json_object_get(answer.json, "ready")));
    assert_true(is_true("codec_program") && is_true("data_writable") && is_true("not_draining"));
}

static void a_server_without_its_codec_program_is_not_ready(void **state)
{
    (void)state;
    server.app.codec_program = "/nowhere/airclass-codec";
    assert_int_equal(get("/readyz"), 503);
    assert_true(json_is_false(json_object_get(answer.json, "ready")));
    assert_false(is_true("codec_program"));
    /* There, but not to be executed. */
    server.app.codec_program = server.page;
    assert_int_equal(get("/readyz"), 503);
    assert_false(is_true("codec_program"));
    server.app.codec_program = NULL;
    assert_int_equal(get("/readyz"), 503);
}

static void a_server_that_cannot_write_is_not_ready(void **state)
{
    (void)state;
    server.app.is_data_writable = false;
    assert_int_equal(get("/readyz"), 503);
    assert_false(is_true("data_writable"));
    assert_true(is_true("codec_program"));
}

static void a_draining_server_is_not_ready(void **state)
{
    (void)state;
    server.app.is_draining = true;
    assert_int_equal(get("/readyz"), 503);
    assert_false(is_true("not_draining"));
}

static void a_missing_folder_is_not_writable(void **state)
{
    (void)state;
    assert_true(api_check_data("/tmp"));
    assert_false(api_check_data("/nowhere/at/all"));
}

static void metrics_come_in_prometheus_form(void **state)
{
    (void)state;
    assert_int_equal(get("/metrics"), 200);
    assert_non_null(strstr(answer.head, "text/plain; version=0.0.4"));
    assert_non_null(strstr(answer.body, "airclass_build_info{version=\"" AIRCLASS_VERSION "\"} 1"));
    assert_non_null(strstr(answer.body, "\nprocess_cpu_seconds_total "));
}

static void the_root_says_what_this_is(void **state)
{
    (void)state;
    assert_int_equal(get("/api/v1"), 200);
    assert_non_null(strstr(answer.head, "application/json"));
    assert_string_equal(answer_text(&answer, "name"), "airclass");
    assert_string_equal(answer_text(&answer, "version"), AIRCLASS_VERSION);
    assert_string_equal(answer_text(&answer, "links.player"), "/ws");
    assert_string_equal(answer_text(&answer, "links.teach"), "/teach");
    server.app.tls_port = 8443;
    server.app.rtmp_port = 1935;
    assert_int_equal(get("/api/v1"), 200);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "tls_port")), 8443);
    assert_int_equal(json_integer_value(json_object_get(answer.json, "rtmp_port")), 1935);
    char path[64];
    snprintf(path, sizeof(path), "%s", answer_text(&answer, "links.health"));
    assert_int_equal(get(path), 200);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, server_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_that_answers_is_healthy),
        TEST(a_complete_server_is_ready),
        TEST(a_server_without_its_codec_program_is_not_ready),
        TEST(a_server_that_cannot_write_is_not_ready),
        TEST(a_draining_server_is_not_ready),
        TEST(a_missing_folder_is_not_writable),
        TEST(metrics_come_in_prometheus_form),
        TEST(the_root_says_what_this_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
