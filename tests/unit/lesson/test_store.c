#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "server/lesson/store.h"
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
    int err = store_parse(copy, len, "data/lessons.json", count, n, error);
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

static void a_damaged_file_stops_the_start_and_stays_as_it_is(void **state)
{
    (void)state;
    struct folder f;
    uv_loop_t loop;
    struct lessons *ls = NULL;
    char error[LESSON_ERROR_MAX];
    char expected[PATH_MAX + 8];
    char after[1024];
    folder_make(&f);
    uv_loop_init(&loop);
    snprintf(expected, sizeof(expected), "%s:2: ", f.file);
    static const size_t lengths[] = {0, 40, sizeof(whole) - 4};
    for (size_t i = 0; i < 3; i++) {
        folder_write(&f, whole, lengths[i]);
        assert_int_equal(lessons_open(&ls, &loop, f.path, NULL, error), -EINVAL);
        assert_null(ls);
        assert_int_equal(strncmp(error, f.file, strlen(f.file)), 0);
        assert_int_equal(folder_read(&f, after, sizeof(after)), lengths[i]);
    }
    static const char twice[] = "{\"version\":1,\"lessons\":[" LESSON(
        "a", "teach-1234") ",\n" LESSON("a", "teach-5678") "]}";
    folder_write(&f, twice, sizeof(twice) - 1);
    assert_int_equal(lessons_open(&ls, &loop, f.path, NULL, error), -EINVAL);
    assert_int_equal(strncmp(error, expected, strlen(expected)), 0);
    uv_loop_close(&loop);
    folder_remove(&f);
}

static void what_a_killed_program_left_half_written_is_not_read(void **state)
{
    (void)state;
    struct folder f;
    struct store s;
    char error[LESSON_ERROR_MAX];
    int n = 0;
    folder_make(&f);
    folder_write(&f, whole, sizeof(whole) / 2);
    assert_int_equal(rename(f.file, f.temp), 0);
    assert_int_equal(store_init(&s, f.path), 0);
    assert_int_equal(store_read(&s, count, &n, error), 0);
    assert_int_equal(n, 0);
    folder_write(&f, whole, sizeof(whole) - 1);
    assert_int_equal(store_read(&s, count, &n, error), 0);
    assert_int_equal(n, 2);
    store_release(&s);
    folder_remove(&f);
}

static void what_is_no_file_of_a_sane_size_is_an_error(void **state)
{
    (void)state;
    struct folder f;
    struct store s;
    char error[LESSON_ERROR_MAX];
    int n = 0;
    folder_make(&f);
    assert_int_equal(store_init(&s, f.path), 0);
    assert_int_equal(mkdir(f.file, 0700), 0);
    assert_int_equal(store_read(&s, count, &n, error), -EISDIR);
    assert_int_equal(strncmp(error, f.file, strlen(f.file)), 0);
    assert_int_equal(rmdir(f.file), 0);
    assert_int_equal(mkfifo(f.file, 0600), 0);
    assert_int_equal(store_read(&s, count, &n, error), -EINVAL);
    assert_int_equal(unlink(f.file), 0);
    folder_write(&f, "", 0);
    assert_int_equal(truncate(f.file, STORE_FILE_MAX + 1), 0);
    assert_int_equal(store_read(&s, count, &n, error), -EFBIG);
    store_release(&s);
    folder_remove(&f);
}

static void a_data_folder_must_be_a_folder(void **state)
{
    (void)state;
    struct store s;
    assert_int_equal(store_init(&s, "/dev/null"), -ENOTDIR);
    assert_int_equal(store_init(&s, "/nowhere/at/all"), -ENOENT);
}

static const struct lesson pair[2] = {
    {.id = "a", .title = "A", .stream_key = "teach-1234", .watch_key = "watch-1234"},
    {.id = "b", .title = "B", .stream_key = "teach-5678", .is_open = true          },
};

static void what_is_written_has_one_lesson_a_line(void **state)
{
    (void)state;
    struct folder f;
    struct store s;
    char text[1024];
    folder_make(&f);
    assert_int_equal(store_init(&s, f.path), 0);
    assert_int_equal(store_write(&s, pair, 0), 0);
    folder_read(&f, text, sizeof(text));
    assert_string_equal(text, "{\"version\":1,\"lessons\":[\n\n]}\n");
    assert_int_equal(store_write(&s, pair, 2), 0);
    folder_read(&f, text, sizeof(text));
    assert_string_equal(text, "{\"version\":1,\"lessons\":[\n"
                              "{\"id\":\"a\",\"title\":\"A\",\"open\":false,\"stream_key\":"
                              "\"teach-1234\",\"watch_key\":\"watch-1234\"},\n"
                              "{\"id\":\"b\",\"title\":\"B\",\"open\":true,\"stream_key\":"
                              "\"teach-5678\",\"watch_key\":\"\"}\n]}\n");
    store_release(&s);
    folder_remove(&f);
}

static void a_full_disk_leaves_the_old_file(void **state)
{
    (void)state;
    struct folder f;
    struct store s;
    struct rlimit old;
    char before[1024], after[1024];
    folder_make(&f);
    assert_int_equal(store_init(&s, f.path), 0);
    assert_int_equal(store_write(&s, pair, 1), 0);
    folder_read(&f, before, sizeof(before));

    /* The kernel takes the first 100 bytes of a file and refuses the rest. */
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){.rlim_cur = 100, .rlim_max = old.rlim_max});
    assert_int_equal(store_write(&s, pair, 2), -EFBIG);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, SIG_DFL);

    folder_read(&f, after, sizeof(after));
    assert_string_equal(before, after);
    assert_int_equal(access(f.temp, F_OK), -1);
    store_release(&s);
    folder_remove(&f);
}

static void a_file_that_cannot_be_replaced_is_an_error(void **state)
{
    (void)state;
    struct folder f;
    struct store s;
    folder_make(&f);
    assert_int_equal(store_init(&s, f.path), 0);
    assert_int_equal(mkdir(f.file, 0700), 0);
    assert_int_equal(store_write(&s, pair, 1), -EISDIR);
    assert_int_equal(access(f.temp, F_OK), -1);
    store_release(&s);
    folder_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_file_is_read),
        cmocka_unit_test(a_file_cut_anywhere_is_an_error_with_file_and_line),
        cmocka_unit_test(a_flipped_bit_is_an_error_or_still_a_lesson),
        cmocka_unit_test(a_file_of_another_shape_is_named_with_its_line),
        cmocka_unit_test(a_lesson_that_makes_no_sense_is_named_with_its_line),
        cmocka_unit_test(a_damaged_file_stops_the_start_and_stays_as_it_is),
        cmocka_unit_test(what_a_killed_program_left_half_written_is_not_read),
        cmocka_unit_test(what_is_no_file_of_a_sane_size_is_an_error),
        cmocka_unit_test(a_data_folder_must_be_a_folder),
        cmocka_unit_test(what_is_written_has_one_lesson_a_line),
        cmocka_unit_test(a_full_disk_leaves_the_old_file),
        cmocka_unit_test(a_file_that_cannot_be_replaced_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
