#include <stdlib.h>

#include <sqlite3.h>

#include "server/store/care.h"
#include "server/store/sqlite.h"
#include "server/store/start.h"
#include "tests/unit/store/child.h"

static struct scene scene;
static char error[STORE_ERROR_MAX];

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

static void meddle(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void assert_refused(int err, const char *word)
{
    assert_int_equal(store_open(&scene.store, &scene.loop, scene.dir, error), err);
    assert_null(scene.store);
    assert_non_null(strstr(error, scene.dir));
    if (!strstr(error, word))
        fail_msg("'%s' does not say '%s'", error, word);
    /* Nothing of the loop is left over, nor the lock. */
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
    (void)state;
    scene_open(&scene);
    scene_close(&scene);
    meddle("INSERT INTO schema_version (version) VALUES (99)");
    assert_refused(-EPROTONOSUPPORT, "newer airclass (schema 99");
    meddle("DELETE FROM schema_version WHERE version = 99");
    scene_open(&scene);
}

static void another_programs_database_is_refused(void **state)
{
    (void)state;
    meddle("CREATE TABLE cat (name TEXT)");
    assert_refused(-EINVAL, "another program");
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    FILE *f = fopen(scene.db, "we");
    for (int i = 0; i < 1000; i++)
        fputs("not a database ", f);
    fclose(f);
    assert_refused(-EUCLEAN, "airclassctl restore");
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    assert_int_equal(rmdir(scene.dir), 0);
    assert_refused(-ENOENT, "No such file");
}

static void a_second_server_is_kept_out(void **state)
{
    (void)state;
    struct store *second = NULL;
    scene_open(&scene);
    assert_int_equal(store_open(&second, &scene.loop, scene.dir, error), -EBUSY);
    assert_null(second);
    assert_non_null(strstr(error, "in use"));
}

/* -- upgrades ---------------------------------------------------------------------------------- */

/* Steps that change what is there, large enough to be killed in. */
static const struct migration steps[] = {
    {"0001-rows",  "CREATE TABLE num (n BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL);"
                  "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)"
                  " INSERT INTO num SELECT n, 'row' FROM c"},
    {"0002-add",   "ALTER TABLE num ADD COLUMN more BIGINT NOT NULL DEFAULT 0;"
                 "UPDATE num SET more = more + n"           },
    {"0003-twice", "INSERT INTO num SELECT n + 2000, text, more FROM num"   },
    {"0004-index", "CREATE INDEX num_more ON num (more, text)"              },
    {"0005-drop",  "DELETE FROM num WHERE n % 2 = 0"                        },
    {NULL,         NULL                                                     },
};

/* The first `n` steps, then no more. */
static const struct migration *first_steps(int n)
{
    static struct migration some[8];
    memcpy(some, steps, sizeof(steps));
    some[n] = (struct migration){NULL, NULL};
    return some;
}

static int start_with(const char *dir, const struct migration *list, struct db **out)
{
    struct files files;
    int err = files_name(&files, dir);
    return err ? err : start_database(out, &files, list, error);
}

static int64_t ask_number(struct db *db, const char *sql)
{
    struct db_rows rows;
    assert_int_equal(db_select(&rows, db, sql, DB_NONE), 0);
    assert_int_equal(db_next(&rows), 1);
    int64_t n = db_int(&rows, 0);
    db_end(&rows);
    return n;
}

static void bring_to(const char *dir, int version)
{
    struct db *db;
    if (start_with(dir, first_steps(version), &db))
        fail_msg("%s", error);
    db_close(&db);
}

/* That each step has been taken exactly once. */
static void assert_upgraded(struct db *db)
{
    int version = 0;
    char what[SQLITE_WHAT_MAX];
    assert_int_equal(schema_version(db, &version), 0);
    assert_int_equal(version, 5);
    assert_int_equal(ask_number(db, "SELECT COUNT(*) FROM num"), 2000);
    assert_int_equal(ask_number(db, "SELECT SUM(more) FROM num"), 2 * 1000 * 1000);
    if (sqlite_look(db, true, 0, what))
        fail_msg("%s", what);
}

static void each_step_is_taken_once_and_the_database_before_is_kept(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct db *db;
    for (int version = 1; version <= 4; version++) {
        bring_to(scene.dir, version);
        snprintf(path, sizeof(path), "%s.before-%d", scene.db, version);
        assert_int_equal(access(path, F_OK), version == 1 ? -1 : 0);
    }
    assert_int_equal(start_with(scene.dir, steps, &db), 0);
    assert_upgraded(db);
    db_close(&db);
    /* The last copy is the fourth step's state, whole. */
    snprintf(path, sizeof(path), "%s.before-5", scene.db);
    assert_int_equal(db_open(&db, path, DB_READ), 0);
    assert_int_equal(ask_number(db, "SELECT COUNT(*) FROM num"), 4000);
    db_close(&db);
}

/* Three steps, of which the last goes wrong. */
static int fail_to_upgrade(void)
{
    static const struct migration bad[] = {
        {"0001-rows", "CREATE TABLE num (n BIGINT NOT NULL PRIMARY KEY)"      },
        {"0002-more", "INSERT INTO num VALUES (1)"                            },
        {"0003-bad",  "INSERT INTO num VALUES (2); INSERT INTO num VALUES (1)"},
        {NULL,        NULL                                                    },
    };
    struct db *db = NULL;
    int err = start_with(scene.dir, bad, &db);
    assert_null(db);
    return err;
}

static void a_step_that_fails_leaves_those_before_it(void **state)
{
    (void)state;
    struct db *db;
    assert_int_equal(fail_to_upgrade(), -EEXIST);
    assert_non_null(strstr(error, "from schema 0 to 3: UNIQUE constraint failed"));
    assert_int_equal(db_open(&db, scene.db, DB_READ), 0);
    assert_int_equal(ask_number(db, "SELECT COUNT(*) FROM num"), 1);
    assert_int_equal(ask_number(db, "SELECT MAX(version) FROM schema_version"), 2);
    db_close(&db);
}

/* Another number whenever it was made anew. */
static ino_t copy_made(void)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof(path), "%s.before-3", scene.db);
    assert_int_equal(stat(path, &st), 0);
    return st.st_ino;
}

static void spoil_copy(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof(path), "%s.before-3", scene.db);
    FILE *f = fopen(path, "r+e");
    assert_int_equal(fseek(f, 5000, SEEK_SET), 0);
    assert_int_equal(fputc('x', f), 'x');
    fclose(f);
}

static void a_start_after_a_failed_upgrade_makes_no_other_copy(void **state)
{
    (void)state;
    assert_int_equal(fail_to_upgrade(), -EEXIST);
    assert_int_equal(fail_to_upgrade(), -EEXIST);
    ino_t made = copy_made();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(fail_to_upgrade(), -EEXIST);
        assert_int_equal(copy_made(), made);
    }
    spoil_copy();
    assert_int_equal(fail_to_upgrade(), -EEXIST);
    assert_int_not_equal(copy_made(), made);
    made = copy_made();
    meddle("INSERT INTO num VALUES (7)");
    assert_int_equal(fail_to_upgrade(), -EEXIST);
    assert_int_not_equal(copy_made(), made);
}

/* The child takes all steps, and is killed on its way. */
enum { ROUNDS = 100, DELAY_MAX_US = 40000 };

static int upgrade_all(const char *dir)
{
    struct db *db;
    log_set_sink(scene_quiet, NULL);
    int err = start_with(dir, steps, &db);
    if (!err)
        db_close(&db);
    return err ? 2 : 0;
}

static void an_upgrade_that_is_killed_goes_on_at_the_next_start(void **state)
{
    (void)state;
    int killed = 0;
    srand((unsigned)getpid());
    for (int round = 0; round < ROUNDS; round++) {
        struct scene s;
        struct db *db;
        scene_make_dir(&s);
        if (round % 5)
            bring_to(s.dir, round % 5);
        struct child c = child_start("upgrade", s.dir);
        child_wait_us(rand() % DELAY_MAX_US);
        killed += child_kill(&c);
        if (start_with(s.dir, steps, &db))
            fail_msg("round %d: %s", round, error);
        assert_upgraded(db);
        db_close(&db);
        scene_remove_dir(&s);
    }
    assert_true(killed > 0);
}

/* The same with the steps of the program itself. */
static int open_store(const char *dir)
{
    static struct scene s;
    log_set_sink(scene_quiet, NULL);
    uv_loop_init(&s.loop);
    if (store_open(&s.store, &s.loop, dir, error))
        return 2;
    scene_close(&s);
    return 0;
}

static int count_lesson(void *arg, const struct store_lesson *l)
{
    (void)l;
    ++*(int *)arg;
    return 0;
}

/* A database of that version, with something in it. */
static void make_version(struct scene *s, int version)
{
    struct migration list[32];
    struct db *db;
    assert_true(version < 32);
    memcpy(list, schema_migrations, (size_t)version * sizeof(*list));
    list[version] = (struct migration){NULL, NULL};
    scene_make_dir(s);
    if (start_with(s->dir, list, &db))
        fail_msg("%s", error);
    assert_int_equal(db_script(db, "INSERT INTO lesson VALUES ('a', 't', 'k', 'w', 0)"), 0);
    db_close(&db);
}

static void end_version(struct scene *s)
{
    char said[CARE_TEXT_MAX];
    int lessons = 0;
    scene_open(s);
    assert_int_equal(store_each_lesson(s->store, count_lesson, &lessons), 0);
    assert_int_equal(lessons, 1);
    if (care_check(s->dir, said))
        fail_msg("%s", said);
    scene_end(s);
}

/* How long the upgrade takes here and now, so that a kill falls anywhere within it. */
static long time_upgrade_us(int version)
{
    struct scene s;
    make_version(&s, version);
    uint64_t begin_ns = uv_hrtime();
    struct child c = child_start("open", s.dir);
    child_await(&c);
    long us = (long)((uv_hrtime() - begin_ns) / 1000);
    end_version(&s);
    return us;
}

enum { KILLS_EACH = 4 };

static void whichever_version_is_killed_in_its_upgrade_keeps_what_it_had(void **state)
{
    (void)state;
    int killed = 0;
    for (int version = 1; version < schema_latest(schema_migrations); version++) {
        long limit_us = time_upgrade_us(version);
        for (int i = 0; i < KILLS_EACH; i++) {
            struct scene s;
            make_version(&s, version);
            struct child c = child_start("open", s.dir);
            child_wait_us(rand() % limit_us);
            killed += child_kill(&c);
            end_version(&s);
        }
    }
    assert_true(killed > 0);
}

static int on_plan(void *out, int n, char **values, char **names)
{
    (void)names;
    strncat(out, values[n - 1], 255);
    return 0;
}

/* At the beginning of a day, while everybody's changes wait. */
static void what_a_class_keeps_no_longer_is_found_by_its_day(void **state)
{
    (void)state;
    static const char *const tables[] = {"plan_minutes", "visit"};
    sqlite3 *db;
    scene_open(&scene);
    scene_close(&scene);
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    for (size_t i = 0; i < 2; i++) {
        char sql[256], plan[1024] = "";
        snprintf(sql, sizeof(sql),
                 "EXPLAIN QUERY PLAN DELETE FROM %s WHERE day < 1 AND person IN"
                 " (SELECT person FROM role WHERE place = '1' AND role = 1)",
                 tables[i]);
        assert_int_equal(sqlite3_exec(db, sql, on_plan, plan, NULL), SQLITE_OK);
        if (!strstr(plan, "person=? AND day<?"))
            fail_msg("%s", plan);
    }
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "upgrade") == 0)
        return upgrade_all(argv[2]);
    if (argc == 3 && strcmp(argv[1], "open") == 0)
        return open_store(argv[2]);
    const struct CMUnitTest tests[] = {
        TEST(a_newer_schema_is_refused_and_left_alone),
        TEST(another_programs_database_is_refused),
        TEST(what_is_no_database_is_refused),
        TEST(a_folder_that_is_not_there_is_told),
        TEST(a_second_server_is_kept_out),
        TEST(each_step_is_taken_once_and_the_database_before_is_kept),
        TEST(a_step_that_fails_leaves_those_before_it),
        TEST(a_start_after_a_failed_upgrade_makes_no_other_copy),
        TEST(what_a_class_keeps_no_longer_is_found_by_its_day),
        cmocka_unit_test(an_upgrade_that_is_killed_goes_on_at_the_next_start),
        cmocka_unit_test(whichever_version_is_killed_in_its_upgrade_keeps_what_it_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
