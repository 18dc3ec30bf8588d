#include "tests/unit/unit.h"

#include <errno.h>

#include "server/base/log.h"
#include "tests/unit/lesson/folder.h"

/* A data folder with its lessons, and what the events told. */
static struct folder folder;
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

static void open_it(void)
{
    char error[LESSON_ERROR_MAX];
    assert_int_equal(folder_open(&folder, &ls, &events, error), 0);
}

static int setup(void **state)
{
    (void)state;
    told[0] = '\0';
    folder_make(&folder);
    open_it();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lessons_free(&ls);
    folder_remove(&folder);
    return 0;
}

static void start_again(void)
{
    lessons_free(&ls);
    scene_reopen(&folder.scene);
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
    return create_now(ls, &folder.scene.loop, &l);
}

static void a_fresh_folder_has_no_lessons(void **state)
{
    (void)state;
    assert_int_equal(lessons_count(ls), 0);
    assert_null(lessons_find(ls, "a"));
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    assert_int_equal(access(folder.file, F_OK), -1);
    assert_int_equal(access(folder.aside, F_OK), -1);
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
    assert_int_equal(create_now(ls, &folder.scene.loop, &l), 0);
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
    assert_int_equal(w.told, 0);
    assert_null(lessons_find(ls, "a"));
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    assert_int_equal(lessons_count(ls), 0);
    assert_int_equal(waiter_end(&w, &folder.scene.loop, 0), 0);
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
    assert_int_equal(create_now(ls, &folder.scene.loop, &l), 0);
    assert_int_equal(create("a", "teach-5678"), 0);
    start_again();
    assert_int_equal(lessons_count(ls), 2);
    assert_memory_equal(lessons_find(ls, "b"), &l, sizeof(l));
    assert_false(lessons_find(ls, "a")->is_open);
}

static void what_is_kept_is_for_the_owner_only(void **state)
{
    (void)state;
    static const char *const endings[] = {"", "-wal", "-shm"};
    assert_int_equal(create("a", "teach-1234"), 0);
    for (size_t i = 0; i < 3; i++) {
        char path[PATH_MAX];
        struct stat st;
        snprintf(path, sizeof(path), "%s%s", folder.scene.db, endings[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
    }
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
    assert_int_equal(lessons_rotate_key(ls, "a", NULL, waiter_done, &never), -EBUSY);
    assert_int_equal(waiter_end(&w, &folder.scene.loop, 0), 0);
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
    assert_int_equal(waiter_end(&w, &folder.scene.loop, 0), 0);
    assert_int_equal(lessons_count(ls), 24);
}

static void a_removed_lesson_is_gone_for_good(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(create("b", "teach-5678"), 0);
    assert_int_equal(remove_now(ls, &folder.scene.loop, "a"), 0);
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
    assert_int_equal(waiter_end(&w, &folder.scene.loop, 0), 0);
    assert_null(lessons_find(ls, "a"));
}

static void a_rotated_key_replaces_the_old_one(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(rotate_now(ls, &folder.scene.loop, "a"), 0);
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

static void a_key_may_be_proposed_that_is_nobodys(void **state)
{
    (void)state;
    uv_loop_t *loop = &folder.scene.loop;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(create("b", "teach-5678"), 0);
    assert_int_equal(rotate_to(ls, loop, "a", "short"), -EINVAL);
    assert_int_equal(rotate_to(ls, loop, "a", "watch-1234"), -EINVAL); /* who watches has it */
    assert_int_equal(rotate_to(ls, loop, "a", "teach-5678"), -EEXIST);
    assert_int_equal(rotate_to(ls, loop, "a", "teach-1234"), -EEXIST);
    assert_string_equal(told, "");
    assert_int_equal(rotate_to(ls, loop, "a", "teach-of-my-own"), 0);
    assert_null(lessons_find_by_stream_key(ls, "teach-1234"));
    start_again();
    assert_string_equal(lessons_find_by_stream_key(ls, "teach-of-my-own")->id, "a");
}

static void what_is_not_there_cannot_be_changed(void **state)
{
    (void)state;
    assert_int_equal(remove_now(ls, &folder.scene.loop, "a"), -ENOENT);
    assert_int_equal(rotate_now(ls, &folder.scene.loop, "a"), -ENOENT);
}

static void the_config_files_lessons_are_not_changed_and_not_stored(void **state)
{
    (void)state;
    struct lesson l = lesson_of("demo", "teach-1234");
    assert_int_equal(lessons_add(ls, &l), 0);
    assert_true(lessons_find(ls, "demo")->from_config);
    assert_string_equal(lessons_find(ls, "demo")->title, "demo");
    assert_int_equal(remove_now(ls, &folder.scene.loop, "demo"), -EPERM);
    assert_int_equal(rotate_now(ls, &folder.scene.loop, "demo"), -EPERM);
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
    assert_int_equal(remove_now(ls, &folder.scene.loop, "c"), 0);
    static const char *const sorted[] = {"B", "a", "a-1", "z"};
    assert_int_equal(lessons_count(ls), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(lessons_at(ls, i)->id, sorted[i]);
    assert_int_equal(lessons_after(ls, ""), 0);
    assert_int_equal(lessons_after(ls, "a"), 2);
    assert_int_equal(lessons_after(ls, "c"), 3);
    assert_int_equal(lessons_after(ls, "z"), 4);
}

static void a_failed_write_changes_nothing(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    scene_block_writing();
    assert_int_equal(create("b", "teach-5678"), -EIO);
    assert_int_equal(remove_now(ls, &folder.scene.loop, "a"), -EIO);
    assert_int_equal(rotate_now(ls, &folder.scene.loop, "a"), -EIO);
    scene_unblock_writing();
    assert_string_equal(told, "");
    assert_int_equal(lessons_count(ls), 1);
    assert_null(lessons_find_by_stream_key(ls, "teach-5678"));
    assert_ptr_equal(lessons_find_by_stream_key(ls, "teach-1234"), lessons_find(ls, "a"));
    /* And the next change works again. */
    assert_int_equal(create("b", "teach-5678"), 0);
    start_again();
    assert_int_equal(lessons_count(ls), 2);
    assert_string_equal(lessons_find(ls, "a")->stream_key, "teach-1234");
}

static void a_database_that_was_deleted_takes_nothing_more(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(unlink(folder.scene.db), 0);
    assert_int_equal(create("b", "teach-5678"), -ESTALE);
    assert_int_equal(lessons_count(ls), 1);
}

static void changes_are_remembered_with_who_made_them(void **state)
{
    (void)state;
    assert_int_equal(create("a", "teach-1234"), 0);
    assert_int_equal(rotate_now(ls, &folder.scene.loop, "a"), 0);
    assert_int_equal(remove_now(ls, &folder.scene.loop, "a"), 0);
    const struct answered *a =
        scene_ask(&folder.scene, store_list_audit, &(struct store_question){0}, scene_on_audit);
    assert_string_equal(a->text, "1 admin lesson.create a \n"
                                 "2 admin lesson.key a \n"
                                 "3 admin lesson.remove a \n");
}

static void without_a_store_nothing_is_kept(void **state)
{
    (void)state;
    struct lessons *few = NULL;
    struct waiter never = {0};
    char error[LESSON_ERROR_MAX];
    struct lesson l = lesson_of("a", "teach-1234");
    assert_int_equal(lessons_open(&few, NULL, NULL, NULL, error), 0);
    assert_int_equal(lessons_add(few, &l), 0);
    assert_int_equal(lessons_create(few, &l, waiter_done, &never), -EROFS);
    assert_int_equal(lessons_remove(few, "a", waiter_done, &never), -EROFS);
    lessons_free(&few);
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
    assert_int_equal(waiter_end(&w, &folder.scene.loop, 0), 0);
    assert_int_equal(lessons_count(ls), 2);
}

/* The run before may have left them. */
static int drop_all(void)
{
    static const char *const ids[] = {"lesson-0", "lesson-1"};
    struct batch *b;
    int err = batch_new(&b);
    if (err)
        return err;
    for (size_t i = 0; i < 2; i++) {
        batch_put_lesson(b, &(struct store_lesson){.id = ids[i], .stream_key = ids[i]});
        batch_drop_lesson(b, ids[i]);
    }
    return store_apply_now(folder.scene.store, &b, NULL);
}

/* Everything that allocates. The loop is run to its end whatever happens, so that a begun change is
 * told. */
static int all_changes(void)
{
    struct lessons *more = NULL;
    uv_loop_t *loop = &folder.scene.loop;
    char error[LESSON_ERROR_MAX];
    int err = drop_all();
    if (!err)
        err = folder_open(&folder, &more, NULL, error);
    for (size_t i = 0; !err && i < 20; i++) {
        char id[LESSON_ID_MAX], key[LESSON_KEY_MAX];
        snprintf(id, sizeof(id), "lesson-%zu", i);
        snprintf(key, sizeof(key), "teach-%zu-0", i);
        struct lesson l = lesson_of(id, key);
        err = i < 2 ? create_now(more, loop, &l) : lessons_add(more, &l);
        assert_int_equal(lessons_count(more), i + (err == 0));
    }
    if (!err)
        err = rotate_now(more, loop, "lesson-0");
    if (!err)
        err = remove_now(more, loop, "lesson-0");
    lessons_free(&more);
    if (!err)
        err = folder_open(&folder, &more, NULL, error);
    assert_true(err || lessons_count(more) == 1);
    lessons_free(&more);
    return err;
}

static void a_failed_allocation_changes_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(all_changes) > 20);
}

static void there_is_a_limit_to_the_lessons_that_are_kept(void **state)
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
    assert_int_equal(remove_now(ls, &folder.scene.loop, "l77"), 0);
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
        TEST(what_is_kept_is_for_the_owner_only),
        TEST(ids_and_stream_keys_are_taken_once),
        TEST(bad_lessons_are_refused),
        TEST(one_change_at_a_time),
        TEST(the_config_files_lessons_keep_clear_of_a_change_under_way),
        TEST(a_removed_lesson_is_gone_for_good),
        TEST(a_lesson_stays_until_its_removal_is_on_the_disk),
        TEST(a_rotated_key_replaces_the_old_one),
        TEST(a_key_may_be_proposed_that_is_nobodys),
        TEST(what_is_not_there_cannot_be_changed),
        TEST(the_config_files_lessons_are_not_changed_and_not_stored),
        TEST(the_config_file_cannot_take_what_is_taken),
        TEST(lessons_stand_in_the_order_of_their_ids),
        TEST(a_failed_write_changes_nothing),
        TEST(a_database_that_was_deleted_takes_nothing_more),
        TEST(changes_are_remembered_with_who_made_them),
        TEST(without_a_store_nothing_is_kept),
        TEST(the_end_of_a_change_may_begin_the_next),
        TEST(a_failed_allocation_changes_nothing),
        TEST(there_is_a_limit_to_the_lessons_that_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
