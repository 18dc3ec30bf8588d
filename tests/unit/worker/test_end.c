#include "tests/unit/worker/source.h"

#include <malloc.h>

static bool has_given_up(void)
{
    return no_pictures > 0;
}

static bool has_survived_crashes(void)
{
    return n_units[0] >= 300;
}

static void crash_and_compare(void)
{
    int64_t before = metric_get_named(METRIC_WORKER_RESTARTS, "signal");
    open_worker("crash", 1000000);
    next_ms = 1000;
    change_source(container);
    run_until(has_survived_crashes, feed);
    assert_true(metric_get_named(METRIC_WORKER_RESTARTS, "signal") >= before + 2);
    sound_is_whole();
    for (size_t i = 1; i < n_units[1]; i++)
        assert_true(units[1][i] > units[1][i - 1]);
    close_worker();
}

static void after_a_crash_nothing_is_missing_or_twice(void **state)
{
    (void)state;
    crash_and_compare();
    container = MEDIA_PACKETS;
    crash_and_compare();
}

static void a_worker_that_ends_each_time_gets_no_pictures_any_more(void **state)
{
    (void)state;
    int64_t before = metric_get_named(METRIC_WORKER_RESTARTS, "exit");
    open_worker("exit", 5);
    configs();
    run_until(has_given_up, feed);
    assert_int_equal(metric_get_named(METRIC_WORKER_RESTARTS, "exit"), before + 5);
    assert_int_equal(no_pictures, 1);
    close_worker();
}

static const char *expected_reason;

static bool has_ended_so(void)
{
    return metric_get_named(METRIC_WORKER_RESTARTS, expected_reason) >= reason_before + 2;
}

static void ends_as(const char *behaviour, const char *reason)
{
    expected_reason = reason;
    reason_before = metric_get_named(METRIC_WORKER_RESTARTS, reason);
    open_worker(behaviour, 1000000);
    configs();
    run_until(has_ended_so, feed);
    assert_int_equal(n_units[0], 0);
    close_worker();
}

static void nonsense_ends_it(void **state)
{
    (void)state;
    ends_as("garbage", "protocol");
    ends_as("unknown", "protocol");
    ends_as("alien", "protocol");
    ends_as("giant", "protocol");
}

static void what_it_says_of_its_end_is_told(void **state)
{
    (void)state;
    ends_as("fail", "fail");
}

static void one_that_hangs_is_killed(void **state)
{
    (void)state;
    uint64_t since = clock_ms();
    ends_as("hang", "hang");
    assert_in_range(clock_ms() - since, 2 * 600, 8000);
}

static unsigned fed;

static void feed_much(void)
{
    static uint8_t picture[100 << 10] = {0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65};
    feed();
    next_ms += 100;
    give(MEDIA_VIDEO, picture, sizeof(picture), next_ms);
    fed++;
}

static bool is_fed_much(void)
{
    return fed >= 400;
}

static void what_waits_for_one_that_never_reads_is_bounded(void **state)
{
    (void)state;
    fed = 0;
    open_worker("deaf", 5);
    configs();
    run_until(is_ready, NULL);
    size_t before = mallinfo2().uordblks;
    run_until(is_fed_much, feed_much); /* 40 MB */
    size_t after = mallinfo2().uordblks;
    assert_true(after < before + (6 << 20));
    close_worker();
}

static bool has_failed_to_start(void)
{
    return metric_get(METRIC_WORKER_SPAWN_FAILURES, 0) >= 4;
}

static void a_program_that_is_not_there_is_tried_again(void **state)
{
    (void)state;
    open_worker("/nonexistent/airclass-codec", 5);
    configs();
    run_until(has_failed_to_start, feed);
    assert_false(worker_is_running(worker));
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
    close_worker();
}

static void closing_is_safe_at_any_moment(void **state)
{
    (void)state;
    open_worker("good", 5);
    close_worker(); /* never fed */
    open_worker("good", 5);
    configs();
    close_worker(); /* about to start */
    for (int turns = 1; turns < 12; turns++) {
        open_worker(turns % 2 ? "good" : "exit", 5);
        configs();
        for (int i = 0; i < turns; i++)
            uv_run(&loop, UV_RUN_ONCE);
        close_worker();
    }
    open_worker("/nonexistent/airclass-codec", 5);
    configs();
    uv_run(&loop, UV_RUN_ONCE);
    close_worker();
}

static bool is_running(void)
{
    return worker_is_running(worker);
}

static void a_tick_that_is_due_when_it_closes_starts_no_other_process(void **state)
{
    enum { LONGER_THAN_A_TICK_MS = 400 };
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(is_running, NULL);
    uv_sleep(LONGER_THAN_A_TICK_MS); /* the loop stands still, and has a tick to make up for */
    worker_close(worker, on_closed, &tmp);
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_true(is_closed);
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(after_a_crash_nothing_is_missing_or_twice),
        CASE(a_worker_that_ends_each_time_gets_no_pictures_any_more),
        CASE(nonsense_ends_it),
        CASE(what_it_says_of_its_end_is_told),
        CASE(one_that_hangs_is_killed),
        CASE(what_waits_for_one_that_never_reads_is_bounded),
        CASE(a_program_that_is_not_there_is_tried_again),
        CASE(closing_is_safe_at_any_moment),
        CASE(a_tick_that_is_due_when_it_closes_starts_no_other_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
