#include "tests/unit/unit.h"

#include <errno.h>

#include "server/lesson/import.h"
#include "tests/unit/lesson/folder.h"

static const char whole[] =
    "{\"version\":1,\"lessons\":[\n"
    "{\"id\":\"a\",\"title\":\"\xe6\x95\xb0\xe5\xad\xa6 {[,\\\"\",\"open\":false,\"stream_key\":\"teach-1234\",\"watch_key\":\"watch-1234\"},\n"
    "{\"id\":\"b\",\"title\":\"B\",\"open\":true,\"stream_key\":\"teach-5678\",\"watch_key\":\"\"}\n"
    "]}\n";

static int count(void *arg, const struct lesson *l)
{
    assert_null(lesson_check(l));
    ++*(int *)arg;
    return 0;
}

/* Reads a copy in a heap block of its own size, so that an over-read shows. */
static int parse(const char *text, size_t len, int *n, char error[LESSON_ERROR_MAX])
{
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    *n = 0;
    error[0] = '\0';
    int err = import_parse(copy, len, "data/lessons.json", count, n, error);
    free(copy);
    return err;
}

static void a_whole_file_is_read(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    int n;
    assert_int_equal(parse(whole, sizeof(whole) - 1, &n, error), 0);
    assert_int_equal(n, 2);
}

static void a_file_cut_anywhere_is_an_error_with_file_and_line(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    int n;
    size_t last = strlen(whole) - 1; /* the last newline may be missing */
    for (size_t len = 0; len < last; len++) {
        assert_int_equal(parse(whole, len, &n, error), -EINVAL);
        int line = 0;
        int used = 0;
        assert_int_equal(sscanf(error, "data/lessons.json:%d: %n", &line, &used), 1);
        assert_in_range(line, 1, 4);
        assert_true(strlen(error) > (size_t)used);
    }
}

static void a_flipped_bit_is_an_error_or_still_a_lesson(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    char text[sizeof(whole)];
    int n;
    for (size_t i = 0; i < 8 * (sizeof(whole) - 1); i++) {
        memcpy(text, whole, sizeof(whole));
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        int err = parse(text, sizeof(whole) - 1, &n, error);
        if (err) {
            assert_int_equal(err, -EINVAL);
            assert_int_equal(strncmp(error, "data/lessons.json:", 18), 0);
        }
    }
}

#define LESSON(id, key)                                                                            \
    "{\"id\":\"" id "\",\"title\":\"{[,\\\"\",\"open\":true,\"stream_key\":\"" key                 \
    "\",\"watch_key\":\"\"}"

static void assert_error(const char *text, const char *expected)
{
    char error[LESSON_ERROR_MAX];
    int n;
    assert_int_equal(parse(text, strlen(text), &n, error), -EINVAL);
    assert_int_equal(strncmp(error, "data/lessons.json:", 18), 0);
    if (strncmp(error + 18, expected, strlen(expected)) != 0)
        fail_msg("'%s' instead of '%s'", error + 18, expected);
}

static void a_file_of_another_shape_is_named_with_its_line(void **state)
{
    (void)state;
    assert_error("", "1: ");
    assert_error("[]", "1: ");
    assert_error("{}", "1: ");
    assert_error("{\"version\":1}", "1: ");
    assert_error("{\"version\":2,\"lessons\":[]}", "1: version 2");
    assert_error("{\"version\":1,\"lessons\":{}}", "1: 'lessons' is not an array");
    assert_error("{\"version\":1,\"lessons\":[],\"x\":1}", "1: ");
    assert_error("{\"version\":1,\"version\":1,\"lessons\":[]}", "1: duplicate");
}

static void a_lesson_that_makes_no_sense_is_named_with_its_line(void **state)
{
    (void)state;
    static const char id_of_40[] = "{\"version\":1,\"lessons\":[\n" LESSON(
        "1234567890123456789012345678901234567890", "x") "]}";
    assert_error("{\"version\":1,\"lessons\":[\n" LESSON("a", "teach-1234") ",\n17]}", "3: ");
    assert_error(
        "{\"version\":1,\"lessons\":[\n" LESSON("a", "teach-1234") ",\n\n\n" LESSON("/", "x") "]}",
        "5: id: ");
    assert_error("{\n\"lessons\":[" LESSON("a", "short") "],\n\"version\":1}", "2: stream_key: ");
    assert_error("{\"version\":1,\"lessons\":[\n{\"id\":\"a\",\"title\":\"\"}]}", "2: ");
    assert_error("{\"version\":1,\"lessons\":[\n" LESSON("a\\u0000b", "teach-1234") "]}", "2: ");
    assert_error(id_of_40, "2: a text is too long");
}

/* -- from a folder into its store -------------------------------------------------------------- */

static struct folder folder;

static int setup(void **state)
{
    (void)state;
    folder_make(&folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

static int import(char error[LESSON_ERROR_MAX])
{
    error[0] = '\0';
    return lessons_import(folder.scene.store, folder.scene.dir, error);
}

static int say_key(void *arg, const struct store_lesson *l)
{
    snprintf((char *)arg + strlen(arg), 256 - strlen(arg), "%s %s %d;", l->id, l->stream_key,
             l->is_open);
    return 0;
}

/* What the store has. */
static const char *stored(void)
{
    static char text[256];
    text[0] = '\0';
    assert_int_equal(store_each_lesson(folder.scene.store, say_key, text), 0);
    return text;
}

static void a_file_is_taken_in_once_and_put_aside(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX], after[1024];
    folder_write(&folder, whole, sizeof(whole) - 1);
    assert_int_equal(import(error), 0);
    assert_string_equal(stored(), "a teach-1234 0;b teach-5678 1;");
    assert_int_equal(access(folder.file, F_OK), -1);
    folder_read(folder.aside, after, sizeof(after));
    assert_string_equal(after, whole);
    assert_int_equal(import(error), 0);
}

static void no_file_is_no_mistake(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    assert_int_equal(import(error), 0);
    assert_string_equal(stored(), "");
}

static void who_was_killed_before_the_end_does_it_again(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    folder_write(&folder, whole, sizeof(whole) - 1);
    assert_int_equal(import(error), 0);
    assert_int_equal(rename(folder.aside, folder.file), 0);
    assert_int_equal(import(error), 0);
    assert_string_equal(stored(), "a teach-1234 0;b teach-5678 1;");
}

static void a_damaged_file_stops_the_start_and_stays_as_it_is(void **state)
{
    (void)state;
    struct lessons *ls = NULL;
    char error[LESSON_ERROR_MAX], expected[PATH_MAX + 8], after[1024];
    snprintf(expected, sizeof(expected), "%s:2: ", folder.file);
    static const size_t lengths[] = {0, 40, sizeof(whole) - 4};
    for (size_t i = 0; i < 3; i++) {
        folder_write(&folder, whole, lengths[i]);
        assert_int_equal(folder_open(&folder, &ls, NULL, error), -EINVAL);
        assert_null(ls);
        assert_int_equal(strncmp(error, folder.file, strlen(folder.file)), 0);
        assert_int_equal(folder_read(folder.file, after, sizeof(after)), lengths[i]);
    }
    static const char *const twice[] = {
        "{\"version\":1,\"lessons\":[" LESSON("a", "teach-1234") ",\n" LESSON("a",
                                                                              "teach-5678") "]}",
        "{\"version\":1,\"lessons\":[" LESSON("a", "teach-1234") ",\n" LESSON("b",
                                                                              "teach-1234") "]}"};
    for (size_t i = 0; i < 2; i++) {
        folder_write(&folder, twice[i], strlen(twice[i]));
        assert_int_equal(folder_open(&folder, &ls, NULL, error), -EINVAL);
        assert_int_equal(strncmp(error, expected, strlen(expected)), 0);
    }
    assert_string_equal(stored(), "");
}

static void a_key_that_another_lesson_has_stops_the_start(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    struct batch *b = scene_batch();
    batch_put_lesson(b, &(struct store_lesson){.id = "mine", .stream_key = "teach-5678"});
    assert_int_equal(store_apply_now(folder.scene.store, &b, NULL), 0);
    folder_write(&folder, whole, sizeof(whole) - 1);
    assert_int_equal(import(error), -EEXIST);
    assert_non_null(strstr(error, "lesson 2"));
    assert_string_equal(stored(), "mine teach-5678 0;");
    assert_int_equal(access(folder.file, F_OK), 0);
}

static void what_is_no_file_of_a_sane_size_is_an_error(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    assert_int_equal(mkdir(folder.file, 0700), 0);
    assert_int_equal(import(error), -EISDIR);
    assert_int_equal(strncmp(error, folder.file, strlen(folder.file)), 0);
    assert_int_equal(rmdir(folder.file), 0);
    assert_int_equal(mkfifo(folder.file, 0600), 0);
    assert_int_equal(import(error), -EINVAL);
    assert_int_equal(unlink(folder.file), 0);
    folder_write(&folder, "", 0);
    assert_int_equal(truncate(folder.file, IMPORT_FILE_MAX + 1), 0);
    assert_int_equal(import(error), -EFBIG);
}

static void a_full_disk_leaves_the_file(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    folder_write(&folder, whole, sizeof(whole) - 1);
    scene_block_writing();
    assert_int_equal(import(error), -EIO);
    scene_unblock_writing();
    assert_int_equal(access(folder.file, F_OK), 0);
    assert_int_equal(import(error), 0);
    assert_string_equal(stored(), "a teach-1234 0;b teach-5678 1;");
}

#define FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read),
        cmocka_unit_test(a_file_cut_anywhere_is_an_error_with_file_and_line),
        cmocka_unit_test(a_flipped_bit_is_an_error_or_still_a_lesson),
        cmocka_unit_test(a_file_of_another_shape_is_named_with_its_line),
        cmocka_unit_test(a_lesson_that_makes_no_sense_is_named_with_its_line),
        FOLDER(a_file_is_taken_in_once_and_put_aside),
        FOLDER(no_file_is_no_mistake),
        FOLDER(who_was_killed_before_the_end_does_it_again),
        FOLDER(a_damaged_file_stops_the_start_and_stays_as_it_is),
        FOLDER(a_key_that_another_lesson_has_stops_the_start),
        FOLDER(what_is_no_file_of_a_sane_size_is_an_error),
        FOLDER(a_full_disk_leaves_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
