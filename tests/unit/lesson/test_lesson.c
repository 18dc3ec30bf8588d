#include "tests/unit/unit.h"

#include <errno.h>

#include "server/base/log.h"
#include "tests/unit/lesson/folder.h"

/* A data folder with its lessons, and what the events told. */
static struct folder folder;
static uv_loop_t loop;
static struct lessons *ls;
static char told[256];
static const struct lesson *found_when_told;

static void on_key_changed(void *arg, const struct lesson *l)
{
    (void)arg;
    size_t used = strlen(told);
    found_when_told = lessons_find(ls, l->id);
    snprintf(told + used, sizeof(told) - used, "key %s;", l->id);
}

static void on_gone(void *arg, const struct lesson *l)
{
    (void)arg;
    size_t used = strlen(told);
    found_when_told = lessons_find(ls, l->id);
    snprintf(told + used, sizeof(told) - used, "gone %s;", l->id);
}

static const struct lesson_events events = {.on_key_changed = on_key_changed, .on_gone = on_gone};

static void be_quiet(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)line;
    (void)arg;
}

static void open_it(void)
{
    char error[LESSON_ERROR_MAX];
    assert_int_equal(lessons_open(&ls, &loop, folder.path, &events, error), 0);
}

static int setup(void **state)
{
    (void)state;
    told[0] = '\0';
    folder_make(&folder);
    uv_loop_init(&loop);
    log_set_sink(be_quiet, NULL);
    open_it();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lessons_free(&ls);
    log_set_sink(NULL, NULL);
    int open_handles = uv_loop_close(&loop);
    folder_remove(&folder);
    return open_handles;
}

static void start_again(void)
{
    lessons_free(&ls);
    open_it();
}

static struct lesson lesson_of(const char *id, const char *stream_key)
{
    struct lesson l = {.watch_key = "watch-1234"};
    snprintf(l.id, sizeof(l.id), "%s", id);
    snprintf(l.stream_key, sizeof(l.stream_key), "%s", stream_key);
    return l;
}

static int create(const char *id, const char *stream_key)
{
    struct lesson l = lesson_of(id, stream_key);
    return create_now(ls, &loop, &l);
}

static void a_fresh_folder_has_no_lessons(void **state)
{
    (void)state;
    assert_int_equal(lessons_count(ls), 0);
    assert_null(lessons_find(ls, "a"));
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    assert_int_equal(access(folder.file, F_OK), -1);
}

static void a_created_lesson_is_found_by_id_and_by_stream_key(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    const struct lesson *l = lessons_find(ls, "a");
    assert_non_null(l);
    assert_ptr_equal(lessons_find_by_stream_key(ls, "teach-1234"), l);
    assert_null(lessons_find_by_stream_key(ls, "watch-1234"));
    assert_null(lessons_find(ls, "A"));
    assert_false(l->from_config);
    assert_string_equal(told, "");
}

static void what_is_left_out_is_made_up(void **state)
{
    (void)state;
    struct lesson l = {.id = "a"};
    assert_int_equal(create_now(ls, &loop, &l), 0);
    const struct lesson *made = lessons_find(ls, "a");
    assert_int_equal(strlen(made->stream_key), TOKEN_LEN);
    assert_int_equal(strlen(made->watch_key), TOKEN_LEN);
    assert_string_not_equal(made->stream_key, made->watch_key);
    assert_string_equal(made->title, "a");
}

static void nothing_is_found_before_it_is_on_the_disk(void **state)
{
    (void)state;
    struct waiter w = {0};
    struct lesson l = lesson_of("a", "teach-1234");
    assert_int_equal(lessons_create(ls, &l, waiter_done, &w), 0);
    assert_true(lessons_is_busy(ls));
    assert_int_equal(w.told, 0);
    assert_null(lessons_find(ls, "a"));
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    assert_int_equal(lessons_count(ls), 0);
    assert_int_equal(waiter_end(&w, &loop, 0), 0);
    assert_false(lessons_is_busy(ls));
    assert_non_null(lessons_find(ls, "a"));
}

static void a_restart_reads_back_what_was_acknowledged(void **state)
{
    (void)state;
    struct lesson l = {.id = "b",
                       .title = "二次函数 \"y\\x\" 😀",
                       .stream_key = "teach-1234",
                       .watch_key = "watch-1234",
                       .is_open = true};
    assert_int_equal(create_now(ls, &loop, &l), 0);
    assert_int_equal(create("a", "teach-5678"), 0);
    start_again();
    assert_int_equal(lessons_count(ls), 2);
    assert_memory_equal(lessons_find(ls, "b"), &l, sizeof(l));
    assert_false(lessons_find(ls, "a")->is_open);
}

static void the_file_is_for_the_owner_only(void **state)
{
    (void)state;
    struct stat st;
    /* Even when a killed program left its half-written one, with whatever mode. */
    int fd = open(folder.temp, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    assert_true(fd >= 0);
    fchmod(fd, 0666);
    close(fd);
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(stat(folder.file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(access(folder.temp, F_OK), -1);
}

static void ids_and_stream_keys_are_taken_once(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(create("a", "teach-5678"), -EEXIST);
    assert_int_equal(create("b", "teach-1234"), -EEXIST);
    assert_int_equal(lessons_count(ls), 1);
    /* What was refused is free for others. */
    assert_int_equal(create("b", "teach-5678"), 0);
}

static void bad_lessons_are_refused(void **state)
{
    (void)state;
    assert_int_equal(create("", "teach-1234"), -EINVAL);
    assert_int_equal(create("a/b", "teach-1234"), -EINVAL);
    assert_int_equal(create("a", "short"), -EINVAL);
    assert_int_equal(create("a", "watch-1234"), -EINVAL);
    assert_int_equal(lessons_count(ls), 0);
    assert_false(lessons_is_busy(ls));
}

static void one_change_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    struct waiter w = {0};
    struct lesson l = lesson_of("b", "teach-5678");
    assert_int_equal(lessons_create(ls, &l, waiter_done, &w), 0);
    struct waiter never = {0};
    struct lesson other = lesson_of("c", "teach-9999");
    assert_int_equal(lessons_create(ls, &other, waiter_done, &never), -EBUSY);
    assert_int_equal(lessons_remove(ls, "a", waiter_done, &never), -EBUSY);
    assert_int_equal(lessons_rotate_key(ls, "a", waiter_done, &never), -EBUSY);
    assert_int_equal(waiter_end(&w, &loop, 0), 0);
    assert_int_equal(never.told, 0);
    assert_int_equal(lessons_count(ls), 2);
}

static void the_config_files_lessons_keep_clear_of_a_change_under_way(void **state)
{
    (void)state;
    struct waiter w = {0};
    struct lesson l = lesson_of("b", "teach-5678");
    assert_int_equal(lessons_create(ls, &l, waiter_done, &w), 0);
    struct lesson same_id = lesson_of("b", "teach-0000");
    struct lesson same_key = lesson_of("c", "teach-5678");
    assert_int_equal(lessons_add(ls, &same_id), -EEXIST);
    assert_int_equal(lessons_add(ls, &same_key), -EEXIST);
    for (char id[] = "d"; id[0] <= 'z'; id[0]++) {
        struct lesson more = lesson_of(id, "teach-000");
        strcat(more.stream_key, id);
        assert_int_equal(lessons_add(ls, &more), 0);
    }
    assert_int_equal(waiter_end(&w, &loop, 0), 0);
    assert_int_equal(lessons_count(ls), 24);
}

static void a_removed_lesson_is_gone_for_good(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(create("b", "teach-5678"), 0);
    assert_int_equal(remove_now(ls, &loop, "a"), 0);
    assert_string_equal(told, "gone a;");
    assert_null(found_when_told);
    assert_null(lessons_find(ls, "a"));
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    start_again();
    assert_int_equal(lessons_count(ls), 1);
    assert_non_null(lessons_find(ls, "b"));
    assert_int_equal(create("a", "teach-1234"), 0);
}

static void a_lesson_stays_until_its_removal_is_on_the_disk(void **state)
{
    (void)state;
    struct waiter w = {0};
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(lessons_remove(ls, "a", waiter_done, &w), 0);
    assert_non_null(lessons_find(ls, "a"));
    assert_string_equal(told, "");
    assert_int_equal(waiter_end(&w, &loop, 0), 0);
    assert_null(lessons_find(ls, "a"));
}

static void a_rotated_key_replaces_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(rotate_now(ls, &loop, "a"), 0);
    assert_string_equal(told, "key a;");
    const struct lesson *l = lessons_find(ls, "a");
    assert_ptr_equal(found_when_told, l);
    char key[LESSON_KEY_MAX];
    strcpy(key, l->stream_key);
    assert_int_equal(strlen(key), TOKEN_LEN);
    assert_string_equal(l->watch_key, "watch-1234");
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    assert_ptr_equal(lessons_find_by_stream_key(ls, key), l);
    start_again();
    assert_string_equal(lessons_find(ls, "a")->stream_key, key);
    assert_int_equal(create("b", "teach-1234"), 0);
}

static void what_is_not_there_cannot_be_changed(void **state)
{
    (void)state;
    assert_int_equal(remove_now(ls, &loop, "a"), -ENOENT);
    assert_int_equal(rotate_now(ls, &loop, "a"), -ENOENT);
}

static void the_config_files_lessons_are_not_changed_and_not_stored(void **state)
{
    (void)state;
    struct lesson l = lesson_of("demo", "teach-1234");
    assert_int_equal(lessons_add(ls, &l), 0);
    assert_true(lessons_find(ls, "demo")->from_config);
    assert_string_equal(lessons_find(ls, "demo")->title, "demo");
    assert_int_equal(remove_now(ls, &loop, "demo"), -EPERM);
    assert_int_equal(rotate_now(ls, &loop, "demo"), -EPERM);
    assert_int_equal(create("a", "teach-5678"), 0);
    start_again();
    assert_null(lessons_find(ls, "demo"));
    assert_non_null(lessons_find(ls, "a"));
}

static void the_config_file_cannot_take_what_is_taken(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    struct lesson same_id = lesson_of("a", "teach-5678");
    struct lesson same_key = lesson_of("b", "teach-1234");
    struct lesson bad = lesson_of("c", "x");
    assert_int_equal(lessons_add(ls, &same_id), -EEXIST);
    assert_int_equal(lessons_add(ls, &same_key), -EEXIST);
    assert_int_equal(lessons_add(ls, &bad), -EINVAL);
    assert_int_equal(lessons_count(ls), 1);
}

static void lessons_stand_in_the_order_of_their_ids(void **state)
{
    (void)state;
    static const char *const ids[] = {"c", "a", "B", "a-1", "z"};
    for (size_t i = 0; i < 5; i++) {
        char key[LESSON_KEY_MAX];
        snprintf(key, sizeof(key), "teach-%zu000", i);
        assert_int_equal(create(ids[i], key), 0);
    }
    assert_int_equal(remove_now(ls, &loop, "c"), 0);
    static const char *const sorted[] = {"B", "a", "a-1", "z"};
    assert_int_equal(lessons_count(ls), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(lessons_at(ls, i)->id, sorted[i]);
    assert_int_equal(lessons_after(ls, ""), 0);
    assert_int_equal(lessons_after(ls, "a"), 2);
    assert_int_equal(lessons_after(ls, "c"), 3);
    assert_int_equal(lessons_after(ls, "z"), 4);
}

static size_t snapshot(char out[4096])
{
    return folder_read(&folder, out, 4096);
}

/* What stands in the way of writing; a test may run as root, whom no file mode stops. */
static void block_writing(void)
{
    assert_int_equal(mkdir(folder.temp, 0700), 0);
    char inside[PATH_MAX + 8];
    snprintf(inside, sizeof(inside), "%s/x", folder.temp);
    assert_int_equal(mkdir(inside, 0700), 0);
}

static void unblock_writing(void)
{
    char inside[PATH_MAX + 8];
    snprintf(inside, sizeof(inside), "%s/x", folder.temp);
    assert_int_equal(rmdir(inside), 0);
    assert_int_equal(rmdir(folder.temp), 0);
}

static void a_failed_write_changes_nothing(void **state)
{
    (void)state;
    char before[4096], after[4096];
    assert_int_equal(create("a", "teach-1234"), 0);
    snapshot(before);
    block_writing();
    assert_int_equal(create("b", "teach-5678"), -EISDIR);
    assert_int_equal(remove_now(ls, &loop, "a"), -EISDIR);
    assert_int_equal(rotate_now(ls, &loop, "a"), -EISDIR);
    unblock_writing();
    assert_string_equal(told, "");
    assert_int_equal(lessons_count(ls), 1);
    assert_null(lessons_find_by_stream_key(ls, "teach-5678"));
    assert_ptr_equal(lessons_find_by_stream_key(ls, "teach-1234"), lessons_find(ls, "a"));
    snapshot(after);
    assert_string_equal(before, after);
    /* And the next change works again. */
    assert_int_equal(create("b", "teach-5678"), 0);
    start_again();
    assert_int_equal(lessons_count(ls), 2);
}

static void a_folder_that_is_gone_is_an_error(void **state)
{
    (void)state;
    char error[LESSON_ERROR_MAX];
    struct lessons *none = NULL;
    folder_remove(&folder);
    assert_int_equal(create("a", "teach-1234"), -ENOENT);
    assert_int_equal(lessons_count(ls), 0);
    assert_int_equal(lessons_open(&none, &loop, folder.path, &events, error), -ENOENT);
    assert_null(none);
    assert_non_null(strstr(error, folder.path));
}

static void create_next(void *arg, int err)
{
    struct lesson l = lesson_of("b", "teach-5678");
    assert_int_equal(err, 0);
    assert_non_null(lessons_find(ls, "a"));
    assert_int_equal(lessons_create(ls, &l, waiter_done, arg), 0);
}

static void the_end_of_a_change_may_begin_the_next(void **state)
{
    (void)state;
    struct waiter w = {0};
    struct lesson l = lesson_of("a", "teach-1234");
    assert_int_equal(lessons_create(ls, &l, create_next, &w), 0);
    assert_int_equal(waiter_end(&w, &loop, 0), 0);
    assert_int_equal(lessons_count(ls), 2);
}

/* Everything that allocates, over a lesson that is there already. The loop is run to its end
 * whatever happens, so that a begun change is told. */
static int all_changes(void)
{
    struct lessons *more = NULL;
    struct folder f;
    char error[LESSON_ERROR_MAX];
    folder_make(&f);
    int err = lessons_open(&more, &loop, f.path, NULL, error);
    for (int i = 0; !err && i < 20; i++) {
        char id[LESSON_ID_MAX], key[LESSON_KEY_MAX];
        snprintf(id, sizeof(id), "lesson-%d", i);
        snprintf(key, sizeof(key), "teach-%d-0", i);
        struct lesson l = lesson_of(id, key);
        err = i < 2 ? create_now(more, &loop, &l) : lessons_add(more, &l);
        assert_int_equal(lessons_count(more), (size_t)i + (err == 0));
    }
    if (!err)
        err = rotate_now(more, &loop, "lesson-0");
    if (!err)
        err = remove_now(more, &loop, "lesson-0");
    lessons_free(&more);
    if (!err)
        err = lessons_open(&more, &loop, f.path, NULL, error);
    assert_true(err || lessons_count(more) == 1);
    lessons_free(&more);
    folder_remove(&f);
    return err;
}

static void a_failed_allocation_changes_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(all_changes) > 20);
}

static void there_is_a_limit_to_the_lessons_of_the_file(void **state)
{
    (void)state;
    size_t size = LESSONS_MAX * 128;
    char *text = malloc(size);
    assert_non_null(text);
    size_t len = (size_t)snprintf(text, size, "{\"version\":1,\"lessons\":[");
    for (int i = 0; i < LESSONS_MAX; i++)
        len += (size_t)snprintf(text + len, size - len,
                                "%s{\"id\":\"l%d\",\"title\":\"\",\"open\":true,\"stream_key\":"
                                "\"teach-%d-00\",\"watch_key\":\"\"}",
                                i ? "," : "", i, i);
    len += (size_t)snprintf(text + len, size - len, "]}");
    folder_write(&folder, text, len);
    free(text);
    start_again();
    assert_int_equal(lessons_count(ls), LESSONS_MAX);
    assert_int_equal(create("one-more", "teach-1234"), -ENOSPC);
    struct lesson l = lesson_of("demo", "teach-1234");
    assert_int_equal(lessons_add(ls, &l), 0);
    assert_int_equal(remove_now(ls, &loop, "l77"), 0);
    assert_int_equal(create("one-more", "teach-5678"), 0);
    start_again();
    assert_int_equal(lessons_count(ls), LESSONS_MAX);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_folder_has_no_lessons),
        TEST(a_created_lesson_is_found_by_id_and_by_stream_key),
        TEST(what_is_left_out_is_made_up),
        TEST(nothing_is_found_before_it_is_on_the_disk),
        TEST(a_restart_reads_back_what_was_acknowledged),
        TEST(the_file_is_for_the_owner_only),
        TEST(ids_and_stream_keys_are_taken_once),
        TEST(bad_lessons_are_refused),
        TEST(one_change_at_a_time),
        TEST(the_config_files_lessons_keep_clear_of_a_change_under_way),
        TEST(a_removed_lesson_is_gone_for_good),
        TEST(a_lesson_stays_until_its_removal_is_on_the_disk),
        TEST(a_rotated_key_replaces_the_old_one),
        TEST(what_is_not_there_cannot_be_changed),
        TEST(the_config_files_lessons_are_not_changed_and_not_stored),
        TEST(the_config_file_cannot_take_what_is_taken),
        TEST(lessons_stand_in_the_order_of_their_ids),
        TEST(a_failed_write_changes_nothing),
        TEST(a_folder_that_is_gone_is_an_error),
        TEST(the_end_of_a_change_may_begin_the_next),
        TEST(a_failed_allocation_changes_nothing),
        TEST(there_is_a_limit_to_the_lessons_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
