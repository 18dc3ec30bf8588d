#include "tests/unit/unit.h"

#include "server/viewer/link.h"

static struct link l;
static uint64_t now_ms;

static int fresh(void **state)
{
    (void)state;
    link_init(&l);
    now_ms = 1000;
    return 0;
}

static void look(uint32_t queued_bytes, bool is_held)
{
    now_ms += LINK_LOOK_MS;
    link_look(&l, now_ms, queued_bytes, is_held);
}

/* A second of looks with a queue, then a measurement. */
static void second(uint32_t rtt_ms, uint32_t min_rtt_ms, uint64_t acked_bytes)
{
    for (int i = 0; i < 4; i++)
        look(5000, false);
    assert_true(link_wants_measure(&l, now_ms));
    link_measured(&l, now_ms, rtt_ms, min_rtt_ms, acked_bytes);
    assert_false(link_wants_measure(&l, now_ms));
}

static void the_window_doubles_while_the_pipe_runs_dry(void **state)
{
    (void)state;
    look(0, true);
    assert_int_equal(l.window_bytes, 2 * LINK_WINDOW_FIRST);
    look(0, false); /* nothing of ours was held: no reason */
    assert_int_equal(l.window_bytes, 2 * LINK_WINDOW_FIRST);
    for (int i = 0; i < 100; i++)
        look(0, true);
    assert_int_equal(l.window_bytes, LINK_WINDOW_MOST);
}

static void the_window_shrinks_while_the_round_trip_shows_delay(void **state)
{
    (void)state;
    second(400, 40, 0);
    assert_int_equal(l.window_bytes, LINK_WINDOW_FIRST * 6 / 10);
    uint32_t before = l.window_bytes;
    look(5000, true); /* held, but delayed: it stays */
    assert_int_equal(l.window_bytes, before);
    for (uint64_t i = 1; i < 20; i++)
        second(400, 40, i * 1000);
    assert_int_equal(l.window_bytes, LINK_WINDOW_LEAST);
    assert_true(link_admits(&l, LINK_WINDOW_LEAST - 1));
    assert_false(link_admits(&l, LINK_WINDOW_LEAST));
}

static void what_is_on_its_way_on_a_long_path_is_no_queue(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 10; i++)
        second(620, 600, i * 1500); /* 12 kbit/s of voice */
    assert_int_equal(l.capacity_bps, 0);
    assert_in_range(link_delay_ms(&l), 0, 20);
}

static void a_full_links_goodput_is_its_capacity(void **state)
{
    (void)state;
    second(40, 40, 0);
    second(400, 40, 6000);
    assert_int_equal(l.capacity_bps, 0); /* it was not full all the time */
    second(500, 40, 12000);
    assert_int_equal(l.capacity_bps, 48000);
    assert_int_equal(link_delay_ms(&l), 5000 * 8000 / 48000 - 40);
    second(50, 40, 24000); /* no queue at the end: it carries at least this */
    assert_int_equal(l.capacity_bps, 96000);
    second(50, 40, 25000);
    assert_int_equal(l.capacity_bps, 0);
}

static void a_stall_says_nothing_of_the_capacity(void **state)
{
    (void)state;
    second(400, 40, 0);
    second(400, 40, 6000);
    second(400, 40, 12000);
    assert_int_equal(l.capacity_bps, 48000);
    second(400, 40, 12000); /* one lost packet: nothing can be acknowledged */
    assert_int_equal(l.capacity_bps, 48000);
    second(400, 40, 24000);
    assert_int_equal(l.capacity_bps, 48000); /* over both seconds */
}

static void an_empty_queue_begins_anew(void **state)
{
    (void)state;
    second(400, 40, 0);
    second(400, 40, 6000);
    look(0, false);
    assert_false(l.is_backlogged);
    assert_int_equal(l.rtt_ms, 40);
    assert_false(link_wants_measure(&l, now_ms));
    look(5000, false);
    assert_int_equal(l.capacity_bps, 0);
    assert_false(l.is_backlogged);
    look(5000, false);
    look(5000, false);
    assert_true(l.is_backlogged);
}

static void odd_readings_do_no_harm(void **state)
{
    (void)state;
    second(0, 0, 100);
    second(0, 0, 50); /* backwards */
    link_measured(&l, now_ms, UINT32_MAX, UINT32_MAX, UINT64_MAX);
    second(UINT32_MAX, 1, UINT64_MAX);
    look(UINT32_MAX, true);
    assert_in_range(l.window_bytes, LINK_WINDOW_LEAST, LINK_WINDOW_MOST);
    link_delay_ms(&l);
    link_sent(&l, 1000);
    link_surely_admits(&l);
}

#define CASE(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_window_doubles_while_the_pipe_runs_dry),
        CASE(the_window_shrinks_while_the_round_trip_shows_delay),
        CASE(what_is_on_its_way_on_a_long_path_is_no_queue),
        CASE(a_full_links_goodput_is_its_capacity),
        CASE(a_stall_says_nothing_of_the_capacity),
        CASE(an_empty_queue_begins_anew),
        CASE(odd_readings_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
