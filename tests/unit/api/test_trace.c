#include <sqlite3.h>

#include "tests/unit/api/district.h"
#include "tests/unit/store/bytes.h"

#define PUPIL "/api/v1/schools/A/people/p~77"

static int ask(enum http_method method, const char *path, const char *body)
{
    return district_ask(&server, &answer, 'D', method, path, body);
}

static void put_pupil(void)
{
    assert_int_equal(ask(HTTP_PUT, PUPIL, "{\"name\":\"欧阳若兮\"}"), 200);
    assert_int_equal(ask(HTTP_PUT, PUPIL "/roles/student?class=1", ""), 204);
    assert_int_equal(ask(HTTP_PUT, "/api/v1/schools/A/people/g1/wards/p~77", ""), 204);
}

/* In "KIND.ROW.NAME"; "" if there is no such text. */
static const char *fact(const char *kind, size_t row, const char *name)
{
    const json_t *rows = json_object_get(answer.json, kind);
    const char *text = json_string_value(json_object_get(json_array_get(rows, row), name));
    return text ? text : "";
}

static void all_that_is_kept_is_shown_by_kind_and_row(void **state)
{
    (void)state;
    put_pupil();
    assert_int_equal(ask(HTTP_GET, PUPIL "/data", NULL), 200);
    assert_string_equal(fact("person", 0, "code"), "p/77");
    assert_string_equal(fact("person", 0, "name"), "欧阳若兮");
    assert_string_equal(fact("roles", 0, "role"), "student");
    assert_string_equal(fact("guardians", 0, "code"), "g1");
    assert_int_equal(json_array_size(json_object_get(answer.json, "audit")), 3);
    assert_string_equal(fact("audit", 2, "act"), "person.put");
    assert_int_equal(strlen(fact("audit", 0, "at")), strlen("2026-11-22T05:10:12Z"));
    assert_int_equal(ask(HTTP_GET, "/api/v1/schools/A/people/nobody/data", NULL), 404);
}

static void who_is_erased_is_gone_to_the_last_byte_when_it_is_answered(void **state)
{
    (void)state;
    put_pupil();
    const char *dir = server.scene.dir;
    assert_true(bytes_in_folder(dir, "欧阳若兮") > 0 && bytes_in_folder(dir, "p/77") > 0);
    assert_int_equal(ask(HTTP_POST, PUPIL "/erase", "{}"), 204);
    assert_int_equal(bytes_in_folder(dir, "欧阳若兮"), 0);
    assert_int_equal(bytes_in_folder(dir, "p/77"), 0);
    assert_int_equal(ask(HTTP_GET, PUPIL, NULL), 404);
    assert_int_equal(ask(HTTP_POST, PUPIL "/erase", "{}"), 404);
    assert_int_equal(ask(HTTP_GET, "/api/v1/audit", NULL), 200);
    assert_string_equal(fact("items", 3, "act"), "person.erase");
    assert_memory_equal(fact("items", 3, "subject"), "person:", 7);
}

static void what_somebody_still_reads_is_told(void **state)
{
    (void)state;
    sqlite3 *reader;
    put_pupil();
    assert_int_equal(sqlite3_open(server.scene.db, &reader), SQLITE_OK);
    sqlite3_exec(reader, "BEGIN; SELECT * FROM person", NULL, NULL, NULL);
    assert_int_equal(ask(HTTP_POST, PUPIL "/erase", "{}"), 202);
    assert_int_equal(ask(HTTP_GET, PUPIL, NULL), 404);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, district_setup, server_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_that_is_kept_is_shown_by_kind_and_row),
        TEST(who_is_erased_is_gone_to_the_last_byte_when_it_is_answered),
        TEST(what_somebody_still_reads_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
