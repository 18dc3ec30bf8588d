#include <sqlite3.h>

#include "server/base/clock.h"
#include "server/base/date.h"
#include "server/store/care.h"
#include "tests/unit/store/bytes.h"

static struct scene scene;
static char backup[PATH_MAX];
static char said[CARE_TEXT_MAX];

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    snprintf(backup, sizeof(backup), "%s/backup.db", scene.dir);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_end(&scene);
    return 0;
}

static void put(const char *code)
{
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
    batch_audit(b, "console", "person.put", code, "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static void assert_people(const char *expected)
{
    const struct answered *a =
        scene_ask(&scene, store_list_people, &(struct store_question){0}, scene_on_people);
    assert_int_equal(a->err, 0);
    assert_string_equal(a->text, expected);
}

/* What no part of the program would do to the database. */
static void meddle(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void overwrite(const char *path, off_t at, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

static off_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* -- backup and restore ------------------------------------------------------------------------ */

static void a_backup_of_a_store_in_use_is_one_whole_file(void **state)
{
    (void)state;
    struct stat st;
    char side[PATH_MAX];
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    assert_non_null(strstr(said, backup));
    put("2");
    assert_int_equal(stat(backup, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    static const char *const endings[] = {"-wal", "-shm", "-journal", ".part"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(side, sizeof(side), "%s%s", backup, endings[i]);
        assert_false(is_there(side));
    }
}

static void a_backup_overwrites_nothing(void **state)
{
    (void)state;
    FILE *f = fopen(backup, "we");
    fputs("precious", f);
    fclose(f);
    assert_int_equal(care_backup(scene.dir, backup, said), -EEXIST);
    assert_non_null(strstr(said, backup));
    assert_int_equal(size_of(backup), 8);
}

static void a_restored_store_is_as_it_was_when_it_was_backed_up(void **state)
{
    (void)state;
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    put("2");
    scene_close(&scene);
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    scene_open(&scene);
    assert_people("/1 x\n");
    put("3");
    scene_reopen(&scene);
    assert_people("/1 x\n/3 x\n");
}

static void what_was_there_before_a_restore_is_kept(void **state)
{
    (void)state;
    char kept[PATH_MAX];
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    put("2");
    scene_close(&scene);
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    snprintf(kept, sizeof(kept), "%s.before-restore", scene.db);
    assert_int_equal(care_restore(scene.dir, kept, NULL, said), 0);
    scene_open(&scene);
    assert_people("/1 x\n/2 x\n");
}

static void a_restore_fills_an_empty_machine(void **state)
{
    (void)state;
    char dir[PATH_MAX];
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    scene_close(&scene);
    snprintf(dir, sizeof(dir), "%s/new", scene.dir);
    assert_int_equal(care_restore(dir, backup, NULL, said), 0);
    assert_int_equal(care_check(dir, said), 0);
    char old[sizeof(scene.dir)];
    strcpy(old, scene.dir);
    strcpy(scene.dir, dir);
    scene_open(&scene);
    assert_people("/1 x\n");
    scene_close(&scene);
    scene_empty_dir(dir);
    strcpy(scene.dir, old);
}

static void what_root_restores_belongs_to_the_folders_owner(void **state)
{
    (void)state;
    enum { NOBODY = 65534 };
    static const char *const names[] = {"airclass.db", "airclass.lock"};
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    scene_close(&scene);
    if (chown(scene.dir, NOBODY, NOBODY))
        skip(); /* not root */
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        struct stat st;
        snprintf(path, sizeof(path), "%s/%s", scene.dir, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_uid, NOBODY);
    }
}

static void a_store_in_use_is_not_replaced(void **state)
{
    (void)state;
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    put("2");
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), -EBUSY);
    assert_non_null(strstr(said, "in use"));
    assert_people("/1 x\n/2 x\n");
}

static void assert_refused(int err, const char *word)
{
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), err);
    if (!strstr(said, word))
        fail_msg("'%s' does not say '%s'", said, word);
    scene_open(&scene);
    assert_people("/1 x\n");
    scene_close(&scene);
}

static void what_is_no_sound_backup_is_not_restored(void **state)
{
    (void)state;
    put("1");
    scene_close(&scene);
    assert_refused(-ENOENT, "No such file");

    FILE *f = fopen(backup, "we");
    fputs("this is no database at all, however long one looks at it: it is a text", f);
    fclose(f);
    assert_refused(-EUCLEAN, "damaged");

    remove(backup);
    meddle(backup, "CREATE TABLE cat (name TEXT)");
    assert_refused(-EINVAL, "no database of airclass");

    remove(backup);
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    meddle(backup, "INSERT INTO schema_version (version) VALUES (99)");
    assert_refused(-EPROTONOSUPPORT, "schema 99");

    remove(backup);
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    overwrite(backup, size_of(backup) - 4096, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    assert_refused(-EUCLEAN, "damaged");

    remove(backup);
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    assert_int_equal(truncate(backup, size_of(backup) / 2), 0);
    assert_refused(-EUCLEAN, "damaged");

    remove(backup);
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    meddle(backup, "UPDATE audit SET actor = 'somebody else'");
    assert_refused(-EUCLEAN, "entry 1 of the audit log");
}

static void a_damaged_store_is_replaced_all_the_same(void **state)
{
    (void)state;
    char kept[PATH_MAX];
    put("1");
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    scene_close(&scene);
    overwrite(scene.db, 0, "rubbish rubbish ", 16);
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    scene_open(&scene);
    assert_people("/1 x\n");
    snprintf(kept, sizeof(kept), "%s.before-restore", scene.db);
    assert_true(is_there(kept));
}

/* -- check and verify -------------------------------------------------------------------------- */

static void a_whole_store_is_found_whole(void **state)
{
    (void)state;
    put("1");
    assert_int_equal(care_check(scene.dir, said), 0);
    scene_close(&scene);
    assert_int_equal(care_check(scene.dir, said), 0);
    assert_non_null(strstr(said, "whole"));
    scene_open(&scene);
}

static void a_folder_without_a_store_is_told(void **state)
{
    (void)state;
    assert_int_equal(care_check("/nowhere/at/all", said), -ENOENT);
    assert_non_null(strstr(said, "/nowhere/at/all"));
    assert_int_equal(care_backup("/nowhere/at/all", backup, said), -ENOENT);
    assert_false(is_there(backup));
}

/* Every page that is in use, one after the other, filled with rubbish. */
static void a_damaged_page_is_found_wherever_it_is(void **state)
{
    (void)state;
    static char rubbish[4096];
    char good[4096];
    char error[STORE_ERROR_MAX];
    memset(rubbish, 0x5a, sizeof(rubbish));
    for (int i = 0; i < 200; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%d", i);
        put(code);
    }
    scene_close(&scene);
    for (off_t at = 0; at < size_of(scene.db); at += 4096) {
        int fd = open(scene.db, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(fd, good, sizeof(good), at), sizeof(good));
        assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), at), sizeof(rubbish));
        assert_int_equal(care_check(scene.dir, said), -EUCLEAN);
        assert_non_null(strstr(said, "damaged"));
        /* The server does not start on it, and says what to do. */
        assert_int_equal(store_open(&scene.store, &scene.loop, scene.dir, error), -EUCLEAN);
        assert_non_null(strstr(error, "airclassctl restore"));
        assert_int_equal(pwrite(fd, good, sizeof(good), at), sizeof(good));
        close(fd);
    }
    scene_open(&scene);
    assert_int_equal(care_check(scene.dir, said), 0);
}

static void a_dangling_reference_is_found(void **state)
{
    (void)state;
    put("1");
    scene_close(&scene);
    meddle(scene.db, "INSERT INTO guardian (person, pupil) VALUES ('nobody', 'no one')");
    assert_int_equal(care_check(scene.dir, said), -EUCLEAN);
    assert_non_null(strstr(said, "guardian"));
    scene_open(&scene);
}

enum { ENTRIES = 20 };

static void fill_audit(void)
{
    for (int i = 1; i <= ENTRIES; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%d", i);
        put(code);
    }
    scene_close(&scene);
}

static void every_tampered_field_of_an_entry_is_named(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 7",
        "UPDATE audit SET actor = 'other' WHERE seq = 7",
        "UPDATE audit SET act = 'other' WHERE seq = 7",
        "UPDATE audit SET subject = '8' WHERE seq = 7",
        "UPDATE audit SET detail = 'x' WHERE seq = 7",
        "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 6) WHERE seq = 7",
        "UPDATE audit SET act = 'person.put7', subject = '' WHERE seq = 7",
        "DELETE FROM audit WHERE seq = 7",
        "DELETE FROM audit WHERE seq = 7; UPDATE audit SET seq = seq - 1 WHERE seq > 7",
    };
    fill_audit();
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
        meddle(scene.db, changes[i]);
        assert_int_equal(care_verify(scene.dir, NULL, said), -EUCLEAN);
        assert_non_null(strstr(said, "entry 7 "));
        assert_int_equal(care_check(scene.dir, said), -EUCLEAN);
    }
}

static void a_chain_that_was_cut_or_made_anew_is_told_by_its_last_known_entry(void **state)
{
    (void)state;
    char known[CARE_TEXT_MAX], other[CARE_TEXT_MAX];
    fill_audit();
    assert_int_equal(care_verify(scene.dir, NULL, known), 0);
    assert_int_equal(strncmp(known, "20:", 3), 0);
    assert_int_equal(care_verify(scene.dir, known, said), 0);
    assert_string_equal(said, known);
    strcpy(other, known);
    other[3] = other[3] == '0' ? '1' : '0';
    assert_int_equal(care_verify(scene.dir, other, said), -EUCLEAN);
    assert_non_null(strstr(said, "entry 20 "));
    meddle(scene.db, "DELETE FROM audit WHERE seq > 15");
    assert_int_equal(care_verify(scene.dir, NULL, said), 0);
    assert_int_equal(care_verify(scene.dir, known, said), -EUCLEAN);
    assert_non_null(strstr(said, "entry 16 "));
    static const char *const bad[] = {"", "20", "20:", "x:y", "-1:00", "99999999999999999999:0"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(care_verify(scene.dir, bad[i], said), -EINVAL);
}

/* -- the log's old end --------------------------------------------------------------------------
 */

static const char *audit_now(void)
{
    const struct answered *a = scene_ask(&scene, store_list_audit,
                                         &(struct store_question){.limit = 1000}, scene_on_audit);
    assert_int_equal(a->err, 0);
    return a->text;
}

/* Two entries of a first day, and one each of two more; `second` is the second day. */
static void fill_days(char second[DATE_TEXT_SIZE])
{
    fake_clock_start();
    put("1");
    put("2");
    fake_clock_advance(DATE_DAY_S * 1000);
    date_print(second, (int32_t)(clock_wall_ms() / 1000 / DATE_DAY_S));
    put("3");
    fake_clock_advance(DATE_DAY_S * 1000);
    put("4");
    scene_close(&scene);
}

static void the_old_end_is_cut_off_and_the_rest_still_verified(void **state)
{
    (void)state;
    char second[DATE_TEXT_SIZE], first[CARE_TEXT_MAX], known[CARE_TEXT_MAX],
        expected[CARE_TEXT_MAX + 256];
    fill_days(second);
    assert_int_equal(care_verify(scene.dir, NULL, known), 0);
    assert_int_equal(care_prune(scene.dir, second, said), 0);
    assert_non_null(strstr(said, "entry 2:"));
    snprintf(first, sizeof(first), "%s", strstr(said, "2:"));
    assert_int_equal(care_verify(scene.dir, known, said), 0);
    assert_int_equal(strncmp(said, "5:", 2), 0);
    assert_int_equal(care_verify(scene.dir, first, said), 0);
    assert_int_equal(care_check(scene.dir, said), 0);
    assert_int_equal(care_prune(scene.dir, second, said), 0);
    assert_non_null(strstr(said, "is that old any more"));
    scene_open(&scene);
    snprintf(expected, sizeof(expected),
             "2  audit.anchor  \n3 console person.put 3 \n4 console person.put 4 \n"
             "5 airclassctl audit.prune audit %s\n",
             first);
    assert_string_equal(audit_now(), expected);
    put("5");
    assert_int_equal(care_verify(scene.dir, known, said), 0);
    assert_int_equal(strncmp(said, "6:", 2), 0);
    fake_clock_stop();
}

static void the_whole_log_may_be_cut_off_and_what_was_known_is_told(void **state)
{
    (void)state;
    char second[DATE_TEXT_SIZE], known[CARE_TEXT_MAX];
    fill_days(second);
    assert_int_equal(care_verify(scene.dir, NULL, known), 0);
    assert_int_equal(care_prune(scene.dir, second, said), 0);
    assert_int_equal(care_prune(scene.dir, "2199-01-01", said), 0);
    assert_int_equal(care_verify(scene.dir, NULL, said), 0);
    assert_int_equal(strncmp(said, "6:", 2), 0);
    assert_int_equal(care_verify(scene.dir, known, said), -ERANGE);
    assert_non_null(strstr(said, "what is left is right"));
    fake_clock_stop();
}

static void a_cut_that_no_entry_tells_of_is_found(void **state)
{
    (void)state;
    static const char anchor[] =
        "DELETE FROM audit WHERE seq < 3; UPDATE audit SET actor = '', act = 'audit.anchor',"
        " subject = '', detail = '' WHERE seq = 3";
    char second[DATE_TEXT_SIZE];
    fill_days(second);
    assert_int_equal(care_backup(scene.dir, backup, said), 0);
    meddle(scene.db, anchor);
    assert_int_equal(care_verify(scene.dir, NULL, said), -EUCLEAN);
    assert_non_null(strstr(said, "entry 3 "));
    assert_int_equal(care_prune(scene.dir, "2199-01-01", said), -EUCLEAN);
    /* Nor is more cut off than one tells of. */
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    assert_int_equal(care_prune(scene.dir, second, said), 0);
    meddle(scene.db, anchor);
    assert_int_equal(care_verify(scene.dir, NULL, said), -EUCLEAN);
    assert_non_null(strstr(said, "entry 3 "));
    fake_clock_stop();
}

/* It takes the database's 5 s to give up waiting for who reads, and for who writes. */
static void what_somebody_still_reads_is_told_and_cleaned_when_asked_again(void **state)
{
    (void)state;
    char second[DATE_TEXT_SIZE];
    sqlite3 *other;
    fill_days(second);
    assert_int_equal(sqlite3_open(scene.db, &other), SQLITE_OK);
    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    assert_int_equal(care_prune(scene.dir, second, said), -EBUSY);
    assert_non_null(strstr(said, "nothing was cut off"));
    sqlite3_exec(other, "ROLLBACK; BEGIN; SELECT * FROM audit", NULL, NULL, NULL);
    assert_int_equal(care_prune(scene.dir, second, said), -EINPROGRESS);
    assert_non_null(strstr(said, "cut off up to entry 2:"));
    assert_non_null(strstr(said, "bytes of it are left"));
    assert_true(bytes_in_folder(scene.dir, "consoleperson.put1") > 0);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(care_prune(scene.dir, second, said), 0);
    assert_int_equal(bytes_in_folder(scene.dir, "consoleperson.put1"), 0);
    assert_int_equal(care_verify(scene.dir, NULL, said), 0);
    fake_clock_stop();
}

static void what_is_no_day_or_in_use_is_not_cut(void **state)
{
    (void)state;
    put("1");
    assert_int_equal(care_prune(scene.dir, "2199-01-01", said), -EBUSY);
    assert_non_null(strstr(said, "stop the server"));
    scene_close(&scene);
    static const char *const bad[] = {"", "yesterday", "2025-02-30", "-1", "2025-09-01 08:00"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(care_prune(scene.dir, bad[i], said), -EINVAL);
    assert_int_equal(care_prune(scene.dir, "1970-01-01", said), 0);
    assert_non_null(strstr(said, "is that old"));
    assert_int_equal(care_prune("/nowhere", "2199-01-01", said), -ENOENT);
    assert_non_null(strstr(said, "/nowhere: "));
}

/* -- under load -------------------------------------------------------------------------------- */

static void make_backup(void *arg)
{
    *(int *)arg = care_backup(scene.dir, backup, said);
}

static void a_backup_under_load_has_every_row_that_was_told_before_it_began(void **state)
{
    (void)state;
    int err = 1;
    uv_thread_t thread;
    char code[16], expected[16];
    for (int i = 0; i < 400; i++) {
        snprintf(code, sizeof(code), "%04d", i);
        put(code);
        if (i == 99)
            assert_int_equal(uv_thread_create(&thread, make_backup, &err), 0);
    }
    uv_thread_join(&thread);
    assert_int_equal(err, 0);
    scene_close(&scene);
    assert_int_equal(care_restore(scene.dir, backup, NULL, said), 0);
    scene_open(&scene);
    const struct answered *a =
        scene_ask(&scene, store_list_people, &(struct store_question){0}, scene_on_people);
    assert_in_range(a->n, 100, 400);
    /* And none of later ones without those before it. */
    snprintf(expected, sizeof(expected), "/%04zu x\n", a->n - 1);
    assert_non_null(strstr(a->text, expected));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_backup_of_a_store_in_use_is_one_whole_file),
        TEST(a_backup_overwrites_nothing),
        TEST(a_restored_store_is_as_it_was_when_it_was_backed_up),
        TEST(what_was_there_before_a_restore_is_kept),
        TEST(a_restore_fills_an_empty_machine),
        TEST(what_root_restores_belongs_to_the_folders_owner),
        TEST(a_store_in_use_is_not_replaced),
        TEST(what_is_no_sound_backup_is_not_restored),
        TEST(a_damaged_store_is_replaced_all_the_same),
        TEST(a_whole_store_is_found_whole),
        TEST(a_folder_without_a_store_is_told),
        TEST(a_damaged_page_is_found_wherever_it_is),
        TEST(a_dangling_reference_is_found),
        TEST(every_tampered_field_of_an_entry_is_named),
        TEST(a_chain_that_was_cut_or_made_anew_is_told_by_its_last_known_entry),
        TEST(the_old_end_is_cut_off_and_the_rest_still_verified),
        TEST(the_whole_log_may_be_cut_off_and_what_was_known_is_told),
        TEST(a_cut_that_no_entry_tells_of_is_found),
        TEST(what_somebody_still_reads_is_told_and_cleaned_when_asked_again),
        TEST(what_is_no_day_or_in_use_is_not_cut),
        TEST(a_backup_under_load_has_every_row_that_was_told_before_it_began),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
