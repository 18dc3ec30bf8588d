#include <sqlite3.h>

#include "server/base/clock.h"
#include "server/base/date.h"
#include "server/store/care.h"
#include "server/store/trace.h"
#include "server/upkeep/upkeep.h"
#include "tests/unit/store/bytes.h"
#include "tests/unit/store/child.h"

/* The audit log is kept for 180 days here, and somebody wrote into it on three days. */
enum { DAYS = 180, MANY = 500 };

static struct scene scene;
static struct upkeep *upkeep;
static char logged[4096], said[CARE_TEXT_MAX];

static void keep_line(enum log_level level, const char *line, void *arg)
{
    (void)arg;
    size_t len = strlen(logged);
    if (level <= LOG_INFO)
        snprintf(logged + len, sizeof(logged) - len, "%s\n", line);
}

static int setup(void **state)
{
    (void)state;
    fake_clock_start();
    scene_start(&scene);
    logged[0] = '\0';
    log_set_sink(keep_line, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_end(&scene);
    fake_clock_stop();
    return 0;
}

static void pass_days(int n)
{
    while (n-- > 0)
        fake_clock_advance(DATE_DAY_S * 1000);
}

static void write_entries(int n, const char *subject)
{
    struct batch *b = scene_batch();
    while (n-- > 0)
        batch_audit(b, "console", "person.put", subject, "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static void start_upkeep(void)
{
    const struct upkeep_params p = {
        .loop = &scene.loop, .store = scene.store, .audit_days = DAYS, .look_ms = 1};
    assert_int_equal(upkeep_new(&upkeep, &p), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT); /* what was begun is done; its timer keeps no loop */
}

static void on_wait(uv_timer_t *timer)
{
    if (strstr(logged, timer->data))
        uv_close((uv_handle_t *)timer, NULL);
}

/* Stays until it was logged. */
static void wait_for_cut(void)
{
    static char event[] = "upkeep.audit-cut";
    uv_timer_t timer;
    uv_timer_init(&scene.loop, &timer);
    timer.data = event;
    uv_timer_start(&timer, on_wait, 1, 1);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

static void on_closed(void *arg)
{
    *(bool *)arg = true;
}

static void end_upkeep(void)
{
    bool is_closed = false;
    upkeep_close(upkeep, on_closed, &is_closed);
    assert_false(is_closed);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
}

/* The subjects of some entries: of those that somebody wrote. */
static const struct answered *audit_now(void)
{
    const struct answered *a = scene_ask(&scene, store_list_audit,
                                         &(struct store_question){.limit = 1000}, scene_on_audit);
    assert_int_equal(a->err, 0);
    return a;
}

static void assert_verified(void)
{
    if (care_verify(scene.dir, NULL, said))
        fail_msg("%s", said);
}

static void what_is_too_old_goes_and_the_rest_is_still_verified(void **state)
{
    (void)state;
    char known[CARE_TEXT_MAX];
    write_entries(2, "first");
    pass_days(1);
    write_entries(1, "second");
    pass_days(DAYS - 1);
    write_entries(1, "third");
    assert_int_equal(care_verify(scene.dir, NULL, known), 0);
    start_upkeep(); /* of the first day none is older than 180 days yet */
    assert_non_null(strstr(audit_now()->text, "1 console person.put first"));
    pass_days(1);
    wait_for_cut();
    end_upkeep();
    const char *text = audit_now()->text;
    assert_null(strstr(text, "first"));
    assert_ptr_equal(strstr(text, "2  audit.anchor  \n3 console person.put second"), text);
    assert_non_null(strstr(text, "5 server audit.prune audit 2:"));
    assert_verified();
    assert_int_equal(care_verify(scene.dir, known, said), 0);
    assert_int_equal(care_check(scene.dir, said), 0);
}

static void many_go_in_small_pieces(void **state)
{
    (void)state;
    write_entries(MANY, "old");
    pass_days(DAYS + 1);
    start_upkeep();
    end_upkeep();
    const struct answered *a = audit_now();
    assert_null(strstr(a->text, "old"));
    assert_int_equal(a->n, 1 + 3); /* an anchor, and a note of each cut */
    assert_verified();
    start_upkeep(); /* nothing is done twice */
    end_upkeep();
    assert_int_equal(audit_now()->n, 1 + 3);
}

/* What no part of the program would do to the database. */
static void meddle(const char *sql)
{
    sqlite3 *db;
    scene_close(&scene);
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    scene_open(&scene);
}

static void what_was_tampered_with_is_told_and_not_covered_up(void **state)
{
    (void)state;
    static const char *const deeds[] = {
        "UPDATE audit SET subject = 'else' WHERE seq = 2",
        /* a cut of somebody who had no right to it */
        "DELETE FROM audit WHERE seq < 3; UPDATE audit SET actor = '', act = 'audit.anchor',"
        " subject = '', detail = '' WHERE seq = 3"};
    write_entries(5, "old");
    for (int i = 0; i < 2; i++) {
        logged[0] = '\0';
        meddle(deeds[i]);
        size_t before = audit_now()->n;
        pass_days(DAYS + 1);
        start_upkeep();
        end_upkeep();
        assert_int_equal(audit_now()->n, before);
        assert_non_null(strstr(logged, "upkeep.audit-tampered"));
        assert_int_equal(care_verify(scene.dir, NULL, said), -EUCLEAN);
    }
}

static void on_look(uv_timer_t *timer)
{
    int *left = timer->data;
    if (--*left == 0 || bytes_in_folder(scene.dir, "erased-person") == 0)
        uv_close((uv_handle_t *)timer, NULL);
}

/* Stays until no trace of them is left, or some looks have changed nothing. */
static void wait_for_scrub(void)
{
    uv_timer_t timer;
    int left = 200;
    uv_timer_init(&scene.loop, &timer);
    timer.data = &left;
    uv_timer_start(&timer, on_look, 1, 5);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
}

/* Somebody who reads keeps the journal: it takes the database's 5 s to give up waiting. */
static void traces_that_were_left_go_without_a_restart(void **state)
{
    (void)state;
    sqlite3 *reader;
    struct batch *b = scene_batch(), *e = scene_batch();
    batch_put_person(b, &(struct store_person){.code = "Z1", .name = "erased-person"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(sqlite3_open(scene.db, &reader), SQLITE_OK);
    sqlite3_exec(reader, "BEGIN; SELECT * FROM person", NULL, NULL, NULL);
    batch_erase_person(e, "console", "", "Z1");
    assert_int_equal(scene_apply(&scene, e, NULL), -EINPROGRESS);
    start_upkeep(); /* they read still */
    assert_true(bytes_in_folder(scene.dir, "erased-person") > 0);
    assert_int_equal(sqlite3_close(reader), SQLITE_OK);
    wait_for_scrub(); /* on the same day */
    end_upkeep();
    assert_int_equal(bytes_in_folder(scene.dir, "erased-person"), 0);
}

static void what_is_under_way_may_be_left(void **state)
{
    (void)state;
    const struct upkeep_params p = {
        .loop = &scene.loop, .store = scene.store, .audit_days = DAYS, .look_ms = 1};
    write_entries(MANY, "old");
    pass_days(DAYS + 1);
    assert_int_equal(upkeep_new(&upkeep, &p), 0);
    end_upkeep();
    assert_verified();
}

static int start_and_run(void)
{
    const struct upkeep_params p = {
        .loop = &scene.loop, .store = scene.store, .audit_days = DAYS, .look_ms = 1000};
    int err = upkeep_new(&upkeep, &p);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    if (err)
        return err;
    bool is_tried_again = strstr(logged, "upkeep.kept-longer") != NULL;
    logged[0] = '\0';
    end_upkeep();
    return is_tried_again ? -ENOMEM : 0;
}

static void without_memory_it_is_tried_again_later(void **state)
{
    (void)state;
    assert_true(oom_levels(start_and_run) >= 2);
}

/* -- kill -9 ----------------------------------------------------------------------------------- */

enum { ROUNDS = 25, OLD = 20000, DELAY_MAX_US = 4000 };

static int cut_until_killed(const char *dir)
{
    static struct scene s;
    char error[STORE_ERROR_MAX];
    struct upkeep *u;
    log_set_sink(scene_quiet, NULL);
    fake_clock_start();
    pass_days(DAYS + 1);
    if (uv_loop_init(&s.loop) || store_open(&s.store, &s.loop, dir, error))
        return 2;
    const struct upkeep_params p = {.loop = &s.loop, .store = s.store, .audit_days = DAYS};
    child_say(0);
    if (upkeep_new(&u, &p))
        return 3;
    uv_run(&s.loop, UV_RUN_DEFAULT);
    return 0;
}

static void kill_at_random(int delay_max_us)
{
    uint32_t n;
    struct child c = child_start("cut", scene.dir);
    assert_true(child_hear(&c, &n));
    child_wait_us(rand() % delay_max_us);
    child_kill(&c);
}

static size_t count_entries(const char *subject)
{
    sqlite3 *db;
    sqlite3_stmt *s;
    assert_int_equal(sqlite3_open(scene.db, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM audit WHERE subject = ?", -1, &s, NULL),
        SQLITE_OK);
    sqlite3_bind_text(s, 1, subject, -1, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(s), SQLITE_ROW);
    size_t n = (size_t)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    sqlite3_close(db);
    return n;
}

static void who_is_killed_meanwhile_has_a_log_that_is_right(void **state)
{
    (void)state;
    size_t left = OLD;
    write_entries(OLD, "old");
    pass_days(DAYS); /* the child's clock is a day further */
    write_entries(10, "new");
    scene_close(&scene);
    srand((unsigned)getpid());
    for (int round = 1; round <= ROUNDS; round++) {
        kill_at_random(round * DELAY_MAX_US);
        assert_verified();
        size_t now = count_entries("old");
        assert_true(now <= left);
        assert_int_equal(count_entries("new"), 10);
        left = now;
    }
    struct child c = child_start("cut", scene.dir);
    child_await(&c);
    assert_int_equal(count_entries("old"), 0);
    assert_int_equal(care_check(scene.dir, said), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "cut") == 0)
        return cut_until_killed(argv[2]);
    const struct CMUnitTest tests[] = {
        TEST(what_is_too_old_goes_and_the_rest_is_still_verified),
        TEST(many_go_in_small_pieces),
        TEST(what_was_tampered_with_is_told_and_not_covered_up),
        TEST(traces_that_were_left_go_without_a_restart),
        TEST(what_is_under_way_may_be_left),
        TEST(without_memory_it_is_tried_again_later),
        TEST(who_is_killed_meanwhile_has_a_log_that_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
