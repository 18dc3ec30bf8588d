#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>

#include <sqlite3.h>

#include "server/store/care.h"
#include "server/store/start.h"
#include "tests/unit/store/scene.h"

/* -- a full disk ------------------------------------------------------------------------------- */

static struct scene scene;

static int put(struct scene *s, int n)
{
    char code[16], text[2000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    snprintf(code, sizeof(code), "%06d", n);
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
    batch_audit(b, "test", "person.put", code, text);
    return scene_apply(s, b, NULL);
}

static void assert_people(struct scene *s, int n)
{
    int found = 0;
    char after[STORE_NAME_MAX] = "";
    do {
        const struct answered *a = scene_ask(
            s, store_list_people, &(struct store_question){.after = after}, scene_on_people);
        assert_int_equal(a->err, 0);
        found += (int)a->n;
        strcpy(after, a->next);
    } while (after[0]);
    assert_int_equal(found, n);
}

/* In a mount namespace of our own. */
static int mount_small_disk(void)
{
    if (unshare(CLONE_NEWNS))
        return -errno;
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", scene.dir, "tmpfs", 0, "size=3m"))
        return -errno;
    return 0;
}

static void fill_small_disk(void)
{
    char said[CARE_TEXT_MAX];
    int n = 0;
    int err;
    scene_open(&scene);
    while ((err = put(&scene, n)) == 0)
        n++;
    assert_int_equal(err, -ENOSPC);
    assert_true(n > 50);
    /* What was told is there, at once and after a restart, and a question needs no room. */
    assert_people(&scene, n);
    assert_int_equal(put(&scene, n), -ENOSPC);
    scene_close(&scene);
    assert_int_equal(care_check(scene.dir, said), 0);
    scene_open(&scene);
    assert_people(&scene, n);
    scene_close(&scene);
    umount(scene.dir);
}

static void a_full_disk_is_told_and_loses_nothing(void **state)
{
    (void)state;
    if (mount_small_disk())
        skip(); /* not root */
    fill_small_disk();
}

/* -- an upgrade on it -------------------------------------------------------------------------- */

/* A step of a third of the disk, and one of two thirds. */
static char why[STORE_ERROR_MAX];

static int upgrade(bool is_second)
{
    static const char fill[] =
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000)"
        " INSERT INTO row SELECT hex(zeroblob(500)) FROM c;";
    char first[512], second[1024];
    snprintf(first, sizeof(first), "CREATE TABLE row (text TEXT NOT NULL);%s", fill);
    snprintf(second, sizeof(second), "%s%s", fill, fill);
    const struct migration steps[] = {
        {"0001-rows",                     first },
        {is_second ? "0002-twice" : NULL, second},
        {NULL,                            NULL  },
    };
    struct files files;
    struct db *db = NULL;
    assert_int_equal(files_name(&files, scene.dir), 0);
    int err = start_database(&db, &files, steps, why);
    if (!err)
        db_close(&db);
    return err;
}

/* 0: there is none. */
static ino_t copy_made(void)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof(path), "%s.before-2", scene.db);
    return stat(path, &st) ? 0 : st.st_ino;
}

static void fill_up(const char *path, int kb)
{
    static const char some[1024] = "x";
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (kb-- > 0 && write(fd, some, sizeof(some)) == (ssize_t)sizeof(some))
        ;
    close(fd);
}

static void fail_after_the_copy(void)
{
    assert_int_equal(upgrade(true), -ENOSPC);
    ino_t made = copy_made();
    assert_true(made);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(upgrade(true), -ENOSPC);
        assert_non_null(strstr(why, "could not be upgraded from schema 1 to 2"));
        assert_int_equal(copy_made(), made);
    }
}

static void fail_before_the_copy(void)
{
    char copy[PATH_MAX], ballast[PATH_MAX];
    snprintf(copy, sizeof(copy), "%s.before-2", scene.db);
    snprintf(ballast, sizeof(ballast), "%s/ballast", scene.dir);
    assert_int_equal(unlink(copy), 0);
    fill_up(ballast, 1300);
    assert_int_equal(upgrade(true), -ENOSPC);
    assert_non_null(strstr(why, "that takes 2 MB, and 0 MB are free"));
    assert_int_equal(copy_made(), 0);
}

static void an_upgrade_on_a_full_disk_copies_once(void **state)
{
    (void)state;
    if (mount_small_disk())
        skip(); /* not root */
    assert_int_equal(upgrade(false), 0);
    fail_after_the_copy();
    fail_before_the_copy();
    assert_int_equal(mount("none", scene.dir, "tmpfs", MS_REMOUNT, "size=30m"), 0);
    assert_int_equal(upgrade(true), 0);
    assert_true(copy_made());
    umount(scene.dir);
}

static int setup(void **state)
{
    (void)state;
    scene_make_dir(&scene);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_end(&scene);
    return 0;
}

static char logged[4096];

static void keep_line(enum log_level level, const char *line, void *arg)
{
    (void)level;
    (void)arg;
    size_t len = strlen(logged);
    snprintf(logged + len, sizeof(logged) - len, "%s\n", line);
}

static size_t count_logged(const char *event)
{
    size_t n = 0;
    for (const char *at = logged; (at = strstr(at, event)); at++)
        n++;
    return n;
}

static void a_file_that_may_not_grow_is_told_and_loses_nothing(void **state)
{
    (void)state;
    struct rlimit limit;
    int n = 0;
    int err;
    scene_open(&scene);
    logged[0] = '\0';
    log_set_sink(keep_line, NULL);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = 1 << 20;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    while ((err = put(&scene, n)) == 0)
        n++;
    assert_int_equal(err, -EIO);
    assert_people(&scene, n);
    /* The log says so once, and when it is over. */
    assert_int_equal(put(&scene, n), -EIO);
    assert_int_equal(count_logged("store.failing"), 1);
    assert_int_equal(count_logged("store.works-again"), 0);
    scene_unblock_writing();
    assert_int_equal(put(&scene, n), 0);
    assert_int_equal(put(&scene, n), 0);
    assert_int_equal(count_logged("store.works-again"), 1);
    scene_reopen(&scene);
    assert_people(&scene, n + 1);
}

/* -- no memory --------------------------------------------------------------------------------- */

/* Ours, without SQLite's: see below for those. The scene goes on with the store of the test. */
static int put_and_ask(void)
{
    struct batch *b;
    struct told told = {0};
    static struct answered answered;
    const struct store_person p = {.code = "1", .name = "x"};
    int err = batch_new(&b);
    if (err)
        return err;
    batch_put_person(b, &p);
    batch_put_role(b, &(struct store_member){.person = p, .role = STORE_PATROL_CITY});
    batch_audit(b, "test", "person.put", "1", "");
    err = store_apply(scene.store, &b, scene_on_applied, &told);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    if (err || told.err)
        return err ? err : told.err;
    answered.times = 0;
    answered.len = 0;
    err = store_list_roles(scene.store, &(struct store_question){.code = "1"}, scene_on_members,
                           &answered);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(err || answered.times == 1);
    return err ? err : answered.err;
}

static void a_failed_allocation_is_told(void **state)
{
    (void)state;
    scene_open(&scene);
    assert_true(oom_levels(put_and_ask) >= 5);
}

static int open_and_close(void)
{
    char error[STORE_ERROR_MAX];
    int err = store_open(&scene.store, &scene.loop, scene.dir, error);
    if (!err)
        scene_close(&scene);
    else
        assert_true(strlen(error) > 0 || err == -ENOMEM);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    return err;
}

static void a_store_without_memory_to_open_is_not_opened(void **state)
{
    (void)state;
    assert_true(oom_levels(open_and_close) >= 5);
}

/* SQLite's own allocations: the countdown's last one fails, once. */
static sqlite3_mem_methods real;
static long left = -1;

static bool is_denied(void)
{
    return __atomic_load_n(&left, __ATOMIC_SEQ_CST) >= 0 &&
           __atomic_fetch_sub(&left, 1, __ATOMIC_SEQ_CST) == 0;
}

static void *meagre_malloc(int size)
{
    return is_denied() ? NULL : real.xMalloc(size);
}

static void *meagre_realloc(void *p, int size)
{
    return is_denied() ? NULL : real.xRealloc(p, size);
}

static void deny(long n)
{
    __atomic_store_n(&left, n, __ATOMIC_SEQ_CST);
}

enum { DENIALS = 400, DENIED_MAX = 120, OPENINGS = 3000, OPENING_STEP = 7 };

static void sqlite_without_memory_changes_nothing(void **state)
{
    (void)state;
    char said[CARE_TEXT_MAX];
    int told = 0;
    scene_open(&scene);
    for (int n = 0; n < DENIALS; n++) {
        struct batch *b = scene_batch();
        char code[16];
        snprintf(code, sizeof(code), "%06d", n);
        batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
        batch_audit(b, "test", "person.put", code, "");
        deny(n % DENIED_MAX);
        int err = scene_apply(&scene, b, NULL);
        deny(-1);
        assert_true(err == 0 || err == -ENOMEM);
        told += err == 0;
        if (n % 50 == 0)
            scene_reopen(&scene); /* statements are made anew, which takes the most */
    }
    assert_in_range(told, 1, DENIALS - 1);
    assert_people(&scene, told);
    assert_int_equal(care_check(scene.dir, said), 0);
}

static void sqlite_without_memory_does_not_spoil_an_opening(void **state)
{
    (void)state;
    char said[CARE_TEXT_MAX];
    int opened = 0;
    scene_open(&scene);
    assert_int_equal(put(&scene, 1), 0);
    scene_close(&scene);
    for (long n = 0; n < OPENINGS; n += OPENING_STEP) {
        char error[STORE_ERROR_MAX];
        deny(n);
        int err = store_open(&scene.store, &scene.loop, scene.dir, error);
        deny(-1);
        opened += !err;
        if (!err)
            scene_close(&scene);
        else if (err != -ENOMEM)
            fail_msg("%ld: %s", n, error);
    }
    assert_in_range(opened, 1, OPENINGS / OPENING_STEP);
    assert_int_equal(care_check(scene.dir, said), 0);
    scene_open(&scene);
    assert_people(&scene, 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real);
    sqlite3_mem_methods meagre = real;
    meagre.xMalloc = meagre_malloc;
    meagre.xRealloc = meagre_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &meagre);
    const struct CMUnitTest tests[] = {
        TEST(a_file_that_may_not_grow_is_told_and_loses_nothing),
        TEST(a_failed_allocation_is_told),
        TEST(a_store_without_memory_to_open_is_not_opened),
        TEST(sqlite_without_memory_changes_nothing),
        TEST(sqlite_without_memory_does_not_spoil_an_opening),
        TEST(a_full_disk_is_told_and_loses_nothing), /* these last: they mount */
        TEST(an_upgrade_on_a_full_disk_copies_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
