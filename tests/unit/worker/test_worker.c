#include "tests/unit/worker/source.h"

static bool has_100_units(void)
{
    return n_units[0] >= 100;
}

static void a_worker_is_fed_and_its_units_are_told(void **state)
{
    (void)state;
    open_worker("good", 5);
    assert_false(worker_is_running(worker));
    configs();
    run_until(has_100_units, feed);
    assert_true(worker_is_running(worker));
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 1);
    assert_true(batches > 0);
    sound_is_whole();
    assert_int_equal(units[1][0], 2000); /* its keyframes */
    assert_int_equal(mask_seen, 3);
    close_worker();
}

static bool has_200_units(void)
{
    return n_units[0] >= 200;
}

static bool has_300_units(void)
{
    return n_units[0] >= 300;
}

static void each_source_is_a_stream_of_its_own(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(has_100_units, feed);
    assert_true(streams[MEDIA_FLV] == 1 && streams[MEDIA_PACKETS] == 0);
    change_source(MEDIA_PACKETS);
    run_until(has_200_units, feed);
    assert_true(streams[MEDIA_FLV] == 1 && streams[MEDIA_PACKETS] == 1);
    change_source(MEDIA_FLV);
    run_until(has_300_units, feed);
    assert_true(streams[MEDIA_FLV] == 2 && streams[MEDIA_PACKETS] == 1);
    sound_is_whole();
    assert_int_equal(metric_get(METRIC_WORKER_RUNNING, 0), 1);
    close_worker();
}

static bool has_wish(void)
{
    return wishes > 0;
}

static void the_process_may_ask_for_a_keyframe(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(has_100_units, feed);
    assert_int_equal(wishes, 0);
    worker_key(worker, 1); /* this child then asks for one itself */
    run_until(has_wish, NULL);
    assert_int_equal(wishes, 1);
    close_worker();
}

static bool has_mask_2(void)
{
    return mask_seen == 2 && key_seen == 2;
}

static void wishes_reach_it(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    run_until(is_ready, NULL);
    worker_want(worker, 2);
    worker_key(worker, 1);
    run_until(has_mask_2, NULL);
    close_worker();
}

static bool sees_slides(void)
{
    return hint_seen == WIRE_CONTENT_SLIDES;
}

static bool sees_for_itself(void)
{
    return hint_seen == WIRE_CONTENT_UNKNOWN;
}

static bool has_crashed(void)
{
    return metric_get_named(METRIC_WORKER_RESTARTS, "signal") > reason_before;
}

static void a_hint_outlives_the_process_but_not_the_source(void **state)
{
    (void)state;
    reason_before = metric_get_named(METRIC_WORKER_RESTARTS, "signal");
    open_worker("crash", 1000000);
    worker_hint(worker, WIRE_CONTENT_SLIDES); /* before there is one */
    configs();
    run_until(has_crashed, feed);
    hint_seen = WIRE_CONTENT_CAMERA;
    run_until(sees_slides, feed);
    worker_source(worker);
    run_until(sees_for_itself, NULL);
    close_worker();
}

static bool has_sound(void)
{
    return n_units[0] >= 5;
}

static void a_hint_before_the_first_packet_is_kept(void **state)
{
    (void)state;
    open_worker("good", 5);
    worker_hint(worker, WIRE_CONTENT_SLIDES);
    container = MEDIA_PACKETS; /* not what a worker takes for granted */
    packet_configs();
    run_until(has_sound, feed);
    assert_int_equal(hint_seen, WIRE_CONTENT_SLIDES);
    close_worker();
}

static void another_source_is_not_mixed_with_the_old(void **state)
{
    (void)state;
    open_worker("good", 5);
    configs();
    feed();
    feed();
    worker_source(worker);
    configs();
    next_ms = 5000;
    run_until(has_100_units, feed);
    assert_int_equal(units[0][0], 5020);
    close_worker();
}

static int new_scene(void)
{
    const struct worker_params p = {.loop = &loop, .program = "none", .specs = specs, .n_specs = 2};
    struct worker *w;
    int err = worker_new(&w, &p, &events);
    if (err)
        return err;
    is_closed = false;
    worker_close(w, on_closed, &tmp);
    uv_run(&loop, UV_RUN_DEFAULT);
    return 0;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(new_scene), 1);
}

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(a_worker_is_fed_and_its_units_are_told),
        CASE(wishes_reach_it),
        CASE(each_source_is_a_stream_of_its_own),
        CASE(the_process_may_ask_for_a_keyframe),
        CASE(a_hint_outlives_the_process_but_not_the_source),
        CASE(a_hint_before_the_first_packet_is_kept),
        CASE(another_source_is_not_mixed_with_the_old),
        CASE(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
