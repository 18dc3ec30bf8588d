#include "server/store/care.h"
#include "server/store/erased.h"
#include "server/store/trace.h"
#include "tests/unit/store/bytes.h"

/* Backups that lie elsewhere, a machine that has lost its database, and who was erased since. */
static struct scene scene;
static char far[PATH_MAX], fresh[PATH_MAX], first[PATH_MAX + 16], list[PATH_MAX + 32];
static char said[CARE_TEXT_MAX];

static void put_one(const char *code, const char *name)
{
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = code, .name = name});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static void erase_one(const char *code)
{
    struct batch *b = scene_batch();
    batch_erase_person(b, "console", "", code);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static void backup(const char *name)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof(path), "%s/%s", far, name);
    if (care_backup(scene.dir, path, said))
        fail_msg("%s", said);
}

/* A backup of two people, of whom one is erased then. */
static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    snprintf(far, sizeof(far), "%s-far", scene.dir);
    snprintf(fresh, sizeof(fresh), "%s-new", scene.dir);
    snprintf(first, sizeof(first), "%s/first.db", far);
    snprintf(list, sizeof(list), "%s/%s", scene.dir, ERASED_NAME);
    assert_int_equal(mkdir(far, 0700), 0);
    put_one("Z1", "erased-person");
    put_one("Z2", "other-person");
    backup("first.db");
    erase_one("Z1");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_empty_dir(far);
    scene_empty_dir(fresh);
    scene_end(&scene);
    return 0;
}

static int restore(const char *erased)
{
    return care_restore(fresh, first, erased, said);
}

static void the_list_tells_nothing_of_whom_it_is(void **state)
{
    (void)state;
    struct erased l = {.n = 0};
    struct stat st;
    assert_int_equal(erased_read(&l, list), 0);
    assert_int_equal(l.n, 1);
    assert_true(l.all[0].at_ms > INT64_C(1700000000000));
    erased_release(&l);
    assert_int_equal(stat(list, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(bytes_in_file(list, "Z1"), 0);
}

static void a_list_beside_the_backup_is_enough_on_a_new_machine(void **state)
{
    (void)state;
    backup("second.db"); /* has the list brought up to date for the first as well */
    assert_int_equal(restore(NULL), 0);
    assert_non_null(strstr(said, "; 1 who were erased since"));
    assert_int_equal(bytes_in_folder(fresh, "erased-person"), 0);
    assert_true(bytes_in_folder(fresh, "other-person") > 0);
    /* The new machine goes on with the list. */
    char path[PATH_MAX + 32];
    struct erased l = {.n = 0};
    snprintf(path, sizeof(path), "%s/%s", fresh, ERASED_NAME);
    assert_int_equal(erased_read(&l, path), 0);
    assert_int_equal(l.n, 1);
    erased_release(&l);
}

static void a_list_that_was_kept_somewhere_may_be_named(void **state)
{
    (void)state;
    assert_int_equal(restore(list), 0);
    assert_int_equal(bytes_in_folder(fresh, "erased-person"), 0);
}

static void where_nothing_knows_that_is_told(void **state)
{
    (void)state;
    assert_int_equal(restore(NULL), 0);
    assert_non_null(strstr(said, "nothing here knows"));
    assert_true(bytes_in_folder(fresh, "erased-person") > 0);
}

static void a_database_that_is_damaged_knows_nothing_either(void **state)
{
    (void)state;
    char db[PATH_MAX + 16];
    snprintf(db, sizeof(db), "%s/airclass.db", fresh);
    assert_int_equal(mkdir(fresh, 0700), 0);
    FILE *f = fopen(db, "we");
    assert_non_null(f);
    fputs("no database any more", f);
    fclose(f);
    assert_int_equal(restore(NULL), 0);
    assert_non_null(strstr(said, "nothing here knows"));
}

static void a_list_that_is_none_is_told_and_nothing_is_restored(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "\n", "1 00\n", "x\n", "17",
        "1 "
        "00000000000000000000000000000000000000000000000000000000000000zz\n"};
    char path[PATH_MAX + 32], db[PATH_MAX + 16];
    snprintf(path, sizeof(path), "%s/%s", far, ERASED_NAME);
    snprintf(db, sizeof(db), "%s/airclass.db", fresh);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        FILE *f = fopen(path, "we");
        fputs(wrong[i], f);
        fclose(f);
        assert_int_equal(restore(NULL), -EUCLEAN);
        assert_non_null(strstr(said, path));
        assert_int_not_equal(access(db, F_OK), 0);
    }
    assert_int_equal(restore("/nowhere/airclass.erased"), -ENOENT);
}

/* -- damage ------------------------------------------------------------------------------------ */

static char logged[8192];

static void keep_line(enum log_level level, const char *line, void *arg)
{
    (void)arg;
    size_t len = strlen(logged);
    if (level == LOG_ERROR)
        snprintf(logged + len, sizeof(logged) - len, "%s\n", line);
}

static void add_to_list(const char *text)
{
    FILE *f = fopen(list, "ae");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static off_t size_of_list(void)
{
    struct stat st;
    assert_int_equal(stat(list, &st), 0);
    return st.st_size;
}

/* Two lines are left of it, and the second is none. */
static void a_damaged_list_stops_no_erasure_and_loses_no_line(void **state)
{
    (void)state;
    struct erased l = {.n = 0};
    logged[0] = '\0';
    add_to_list("17 half a l");
    log_set_sink(keep_line, NULL);
    erase_one("Z2");
    assert_int_equal(bytes_in_folder(scene.dir, "other-person"), 0);
    assert_non_null(strstr(logged, "store.erased-list"));
    assert_non_null(strstr(logged, ERASED_NAME ":2: "));
    assert_non_null(strstr(logged, "can be restored here"));
    assert_null(strchr(strchr(logged, '\n') + 1, '\n')); /* one line */
    assert_int_equal(bytes_in_file(list, "17 half a l\n"), 1);
    assert_int_equal(erased_read(&l, list), -EUCLEAN);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.wrong_line, 2);
    erased_release(&l);
    /* It is told at each start, and nothing is added twice. */
    off_t size = size_of_list();
    logged[0] = '\0';
    scene_reopen(&scene);
    assert_non_null(strstr(logged, ERASED_NAME ":2: "));
    assert_int_equal(size_of_list(), size);
    log_set_sink(scene_quiet, NULL);
}

static void a_list_that_can_not_be_read_stops_no_erasure(void **state)
{
    (void)state;
    logged[0] = '\0';
    assert_int_equal(unlink(list), 0);
    assert_int_equal(mkdir(list, 0700), 0);
    log_set_sink(keep_line, NULL);
    erase_one("Z2");
    log_set_sink(scene_quiet, NULL);
    assert_int_equal(bytes_in_folder(scene.dir, "other-person"), 0);
    assert_non_null(strstr(logged, list));
}

static void a_backup_beside_a_damaged_list_is_made_and_the_list_is_told(void **state)
{
    (void)state;
    char beside[PATH_MAX + 32], path[PATH_MAX + 32];
    snprintf(beside, sizeof(beside), "%s/%s", far, ERASED_NAME);
    snprintf(path, sizeof(path), "%s/second.db", far);
    FILE *f = fopen(beside, "we");
    fputs("no line\n", f);
    fclose(f);
    assert_int_equal(care_backup(scene.dir, path, said), -EUCLEAN);
    assert_non_null(strstr(said, "second.db: is made; but "));
    assert_non_null(strstr(said, "/" ERASED_NAME ":1: "));
    assert_int_equal(bytes_in_file(path, "other-person"), 1);
    /* What this database knows is in it all the same. */
    struct erased l = {.n = 0};
    assert_int_equal(erased_read(&l, beside), -EUCLEAN);
    assert_int_equal(l.n, 1);
    erased_release(&l);
}

static void lines_of_any_bytes_are_none_and_others_are_read(void **state)
{
    (void)state;
    static const char nul[] = "17 \0zz\n";
    struct erased l = {.n = 0};
    FILE *f = fopen(list, "ae");
    fwrite(nul, 1, sizeof(nul) - 1, f);
    for (int i = 0; i < 10000; i++)
        fputc('1', f);
    fputc('\n', f);
    fclose(f);
    erase_one("Z2");
    assert_int_equal(erased_read(&l, list), -EUCLEAN);
    assert_int_equal(l.n, 2);
    assert_int_equal(l.wrong_line, 2);
    erased_release(&l);
}

static void a_list_of_before_is_gone_on_with(void **state)
{
    (void)state;
    struct erased l = {.n = 0};
    erase_one("Z2");
    scene_reopen(&scene);
    assert_int_equal(erased_read(&l, list), 0);
    assert_int_equal(l.n, 2);
    erased_release(&l);
    /* Of a version that had none. */
    assert_int_equal(unlink(list), 0);
    scene_reopen(&scene);
    assert_int_equal(erased_read(&l, list), 0);
    assert_int_equal(l.n, 2);
    erased_release(&l);
}

static void lines_are_read_as_they_are_written(void **state)
{
    (void)state;
    struct erased_entry e;
    char line[128];
    memset(line, 0, sizeof(line));
    snprintf(line, sizeof(line), "%s",
             "17 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert_int_equal(erased_parse(&e, line), 0);
    assert_int_equal(e.at_ms, 17);
    for (int i = 0; i < ERASED_HASH_SIZE; i++)
        assert_int_equal(e.hash[i], i);
    line[66] = '\0';
    assert_int_equal(erased_parse(&e, line), -EINVAL);
    static const char *const wrong[] = {"", " 1 ", "-1 ", "1", "99999999999999999999 "};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(erased_parse(&e, wrong[i]), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_list_tells_nothing_of_whom_it_is),
        TEST(a_list_beside_the_backup_is_enough_on_a_new_machine),
        TEST(a_list_that_was_kept_somewhere_may_be_named),
        TEST(where_nothing_knows_that_is_told),
        TEST(a_database_that_is_damaged_knows_nothing_either),
        TEST(a_list_that_is_none_is_told_and_nothing_is_restored),
        TEST(a_damaged_list_stops_no_erasure_and_loses_no_line),
        TEST(a_list_that_can_not_be_read_stops_no_erasure),
        TEST(a_backup_beside_a_damaged_list_is_made_and_the_list_is_told),
        TEST(lines_of_any_bytes_are_none_and_others_are_read),
        TEST(a_list_of_before_is_gone_on_with),
        cmocka_unit_test(lines_are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
