#include "server/store/engine.h"
#include "tests/unit/store/scene.h"

/* Jobs of our own, on connections of our own. */
static struct scene scene;
static struct engine *engine;

static void start(void)
{
    struct engine_params p = {.loop = &scene.loop};
    assert_int_equal(db_open(&p.writer, scene.db, DB_WRITE), 0);
    assert_int_equal(db_script(p.writer, "CREATE TABLE IF NOT EXISTS t (n BIGINT NOT NULL)"), 0);
    for (int i = 0; i < ENGINE_READERS; i++)
        assert_int_equal(db_open(&p.readers[i], scene.db, DB_READ), 0);
    assert_int_equal(engine_start(&engine, &p), 0);
}

static void close_engine(void)
{
    scene.is_closed = false;
    engine_close(engine, scene_on_closed, &scene);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(scene.is_closed);
}

static int setup(void **state)
{
    (void)state;
    scene_make_dir(&scene);
    start();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close_engine();
    scene_remove_dir(&scene);
    return 0;
}

/* A job holds the thread until it is let go. */
static uv_sem_t began, go_on;

struct row {
    struct job job;
    int64_t n;
    int result; /* what it says */
    int told;
    bool is_held;
};

static int told_order[4096];
static int n_told;

static void on_told(struct job *job)
{
    struct row *r = (struct row *)job;
    r->told++;
    told_order[n_told++] = (int)r->n;
}

static int insert(struct job *job, struct db *db)
{
    struct row *r = (struct row *)job;
    if (r->is_held) {
        uv_sem_post(&began);
        uv_sem_wait(&go_on);
    }
    int n = db_run(db, "INSERT INTO t (n) VALUES ($1)", DB_VALUES(DB_INT(r->n)));
    return n < 0 ? n : r->result;
}

static struct row row_of(int64_t n, int result)
{
    return (struct row){
        .job = {.run = insert, .done = on_told, .bytes = 100},
          .n = n, .result = result
    };
}

static int count(struct job *job, struct db *db)
{
    struct db_rows rows;
    struct row *r = (struct row *)job;
    int err = db_select(&rows, db, "SELECT COUNT(*) FROM t", DB_NONE);
    if (!err && db_next(&rows) > 0)
        r->n = db_int(&rows, 0);
    db_end(&rows);
    return err;
}

static int64_t count_now(void)
{
    struct row r = {
        .job = {.run = count, .bytes = 1}
    };
    assert_int_equal(engine_read_now(engine, &r.job), 0);
    return r.n;
}

static void jobs_are_done_and_told_in_the_order_of_asking(void **state)
{
    (void)state;
    enum { JOBS = 3000 };
    static struct row rows[JOBS];
    n_told = 0;
    for (int i = 0; i < JOBS; i++) {
        rows[i] = row_of(i, 0);
        assert_int_equal(engine_write(engine, &rows[i].job), 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(n_told, JOBS);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(told_order[i], i);
    assert_int_equal(count_now(), JOBS);
}

static void one_that_fails_in_a_group_takes_back_its_own_alone(void **state)
{
    (void)state;
    static struct row rows[20];
    uv_sem_init(&began, 0);
    uv_sem_init(&go_on, 0);
    for (int i = 0; i < 20; i++) {
        rows[i] = row_of(i, i % 5 == 4 ? -EDOM : 0);
        rows[i].is_held = i == 0;
        assert_int_equal(engine_write(engine, &rows[i].job), 0);
        if (i == 0)
            uv_sem_wait(&began); /* the others make one group */
    }
    uv_sem_post(&go_on);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 20; i++)
        assert_int_equal(rows[i].job.err, i % 5 == 4 ? -EDOM : 0);
    assert_int_equal(count_now(), 16);
}

static int insert_slowly(struct job *job, struct db *db)
{
    uint64_t end = uv_hrtime() + UINT64_C(1000000) * ENGINE_GROUP_MS;
    int err = insert(job, db);
    while (uv_hrtime() < end)
        continue;
    return err;
}

/* What a group has no time for waits at the front of the queue, in its order. */
static void a_group_is_cut_when_its_time_is_over(void **state)
{
    (void)state;
    static struct row rows[8];
    n_told = 0;
    uv_sem_init(&began, 0);
    uv_sem_init(&go_on, 0);
    for (int i = 0; i < 8; i++) {
        rows[i] = row_of(i, i == 5 ? -EDOM : 0);
        rows[i].is_held = i == 0;
        rows[i].job.run = i % 2 ? insert_slowly : insert;
        assert_int_equal(engine_write(engine, &rows[i].job), 0);
        if (i == 0)
            uv_sem_wait(&began);
    }
    uv_sem_post(&go_on);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(rows[i].told, 1);
        assert_int_equal(told_order[i], i);
        assert_int_equal(rows[i].job.err, i == 5 ? -EDOM : 0);
    }
    assert_int_equal(count_now(), 7);
}

static void what_waits_is_bounded_and_the_rest_is_told_to_come_again(void **state)
{
    (void)state;
    static struct row held, large, small, more, huge;
    uv_sem_init(&began, 0);
    uv_sem_init(&go_on, 0);
    held = row_of(1, 0);
    held.is_held = true;
    large = row_of(2, 0);
    large.job.bytes = ENGINE_WRITES_MAX - 10;
    small = row_of(3, 0);
    small.job.bytes = 10;
    more = row_of(4, 0);
    assert_int_equal(engine_write(engine, &held.job), 0);
    uv_sem_wait(&began);
    assert_int_equal(engine_write(engine, &large.job), 0);
    assert_int_equal(engine_write(engine, &small.job), 0);
    assert_int_equal(engine_write(engine, &more.job), -EAGAIN);
    /* Readers have a queue of their own. */
    assert_int_equal(count_now(), 0);
    uv_sem_post(&go_on);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(more.told, 0);
    assert_int_equal(count_now(), 3);
    /* One that is larger than all that may wait is taken when nothing does. */
    huge = row_of(5, 0);
    huge.job.bytes = (size_t)ENGINE_WRITES_MAX * 2;
    assert_int_equal(engine_write(engine, &huge.job), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(count_now(), 4);
}

static void an_engine_that_waits_for_nothing_keeps_no_loop_running(void **state)
{
    (void)state;
    static struct row r;
    assert_int_equal(uv_run(&scene.loop, UV_RUN_DEFAULT), 0);
    r = row_of(1, 0);
    assert_int_equal(engine_write_now(engine, &r.job), 0);
    assert_int_equal(r.told, 0);
    assert_int_equal(uv_run(&scene.loop, UV_RUN_DEFAULT), 0);
}

static void what_was_asked_before_the_end_is_done_and_told(void **state)
{
    (void)state;
    static struct row rows[500], late;
    for (int i = 0; i < 500; i++) {
        rows[i] = row_of(i, 0);
        assert_int_equal(engine_write(engine, &rows[i].job), 0);
    }
    scene.is_closed = false;
    engine_close(engine, scene_on_closed, &scene);
    late = row_of(0, 0);
    assert_int_equal(engine_write(engine, &late.job), -ESHUTDOWN);
    assert_int_equal(engine_read(engine, &late.job), -ESHUTDOWN);
    assert_int_equal(engine_write_now(engine, &late.job), -ESHUTDOWN);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(scene.is_closed);
    for (int i = 0; i < 500; i++)
        assert_true(rows[i].told == 1 && rows[i].job.err == 0);
    start();
    assert_int_equal(count_now(), 500);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(jobs_are_done_and_told_in_the_order_of_asking),
        TEST(one_that_fails_in_a_group_takes_back_its_own_alone),
        TEST(a_group_is_cut_when_its_time_is_over),
        TEST(what_waits_is_bounded_and_the_rest_is_told_to_come_again),
        TEST(an_engine_that_waits_for_nothing_keeps_no_loop_running),
        TEST(what_was_asked_before_the_end_is_done_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
