#include "tests/unit/viewer/looks.h"

/* -- queue ------------------------------------------------------------------------------------ */

static void the_age_of_the_oldest_byte_is_known_to_half_a_look(void **state)
{
    (void)state;
    link_measured(&l, now_ms, 0, 0);
    look(500, 0); /* sent since the last look */
    assert_int_equal(l.queue_ms, LINK_LOOK_MS / 2);
    look(500, 500);
    assert_int_equal(l.queue_ms, LINK_LOOK_MS / 2);
    look(500, 500 + 499); /* a byte is enough */
    assert_int_equal(l.queue_ms, LINK_LOOK_MS / 2);
    look(0, under_way);
    assert_int_equal(l.queue_ms, 0);
}

static void what_the_path_holds_is_no_queue(void **state)
{
    (void)state;
    link_measured(&l, now_ms, 620, 600);
    look(1500, 0);
    look(1500, 0);
    looks(20, 1500, 1500); /* 500 to 750 ms old */
    assert_in_range(l.queue_ms, 0, 50);
    assert_false(l.is_pressed);
    assert_int_equal(l.capacity_bps, 0);
}

static void a_queue_shows_as_soon_as_bytes_grow_old(void **state)
{
    (void)state;
    calm(8);
    look(6000, 1000);
    look(1000, 1000); /* 32 kbit/s */
    assert_in_range(l.queue_ms, 1300, 1500);
}

static void a_lost_packet_is_no_queue(void **state)
{
    (void)state;
    calm(8);
    for (int i = 0; i < 3; i++) {
        look(500, 0); /* those behind it arrive, but are not acknowledged */
        assert_in_range(l.queue_ms, 0, LINK_QUEUE_MS);
        assert_false(l.is_pressed);
    }
    look(500, under_way);
    assert_in_range(l.queue_ms, 0, LINK_QUEUE_MS);
    calm(4);
    assert_int_equal(l.capacity_bps, 0);
    assert_int_equal(l.limit_bps, 0);
}

static void losses_on_a_long_path_are_told_by_the_round_trip(void **state)
{
    (void)state;
    link_measured(&l, now_ms, 650, 600);
    looks(6, 500, 0); /* what was lost takes another round trip */
    looks(20, 500, 500);
    assert_int_equal(l.queue_ms, 0);
    link_measured(&l, now_ms, 1500, 600);
    look(500, 500);
    assert_true(l.queue_ms > 500);
}

static void nothing_acknowledged_for_long_is_a_stall(void **state)
{
    (void)state;
    calm(4);
    look(500, 0);
    assert_false(l.is_stuck);
    look(0, 0);
    assert_true(l.is_stuck);
    look(0, 1);
    assert_false(l.is_stuck);
    look(0, under_way);
    looks(20, 0, 0); /* nothing is under way: nothing to acknowledge */
    assert_false(l.is_stuck);

    link_measured(&l, now_ms, 600, 600); /* a long path has more patience */
    looks(4, 500, 0);
    assert_false(l.is_stuck);
    look(500, 0);
    assert_true(l.is_stuck);
}

/* -- capacity --------------------------------------------------------------------------------- */

static void what_goes_through_a_standing_queue_is_the_capacity(void **state)
{
    (void)state;
    full(48000);
    assert_true(l.is_pressed);
    assert_int_equal(l.capacity_bps, 48000);
    assert_int_equal(l.limit_bps, 48000);
}

static void a_queue_has_to_stand_before_it_tells(void **state)
{
    (void)state;
    calm(8);
    look(6000, 500);
    look(3000, 3000);
    assert_int_equal(l.capacity_bps, 0);
}

static void a_queue_that_lets_all_of_ours_through_is_somebody_elses(void **state)
{
    (void)state;
    looks(4, 1500, 0);
    looks(20, 1500, 1500); /* a second late, all of it */
    assert_true(l.queue_ms > LINK_QUEUE_MS);
    assert_false(l.is_pressed);
    assert_int_equal(l.capacity_bps, 0);
    is_held = true; /* but we would send more */
    looks(10, 1500, 1500);
    assert_true(l.is_pressed);
    assert_int_equal(l.capacity_bps, 48000);
}

static void a_stall_says_nothing_of_the_capacity(void **state)
{
    (void)state;
    full(48000);
    looks(8, 0, 0);
    assert_in_range(l.capacity_bps, 48000 * 7 / 8, 48000); /* it shows after a look */
}

static void the_capacity_is_forgotten_with_the_queue(void **state)
{
    (void)state;
    full_then_empty(48000);
    assert_int_equal(l.capacity_bps, 0);
    assert_int_equal(l.limit_bps, 48000); /* but there is a limit */
}

static void a_limit_holds_for_a_minute(void **state)
{
    (void)state;
    full(48000);
    uint64_t met_ms = now_ms;
    is_held = false;
    while (under_way > carries(48000))
        look(0, carries(48000));
    while (now_ms + LINK_LOOK_MS < met_ms + LINK_MEMORY_MS)
        calm(1);
    assert_int_equal(l.limit_bps, 48000);
    calm(1);
    assert_int_equal(l.limit_bps, 0);
}

static void a_limit_ends_when_more_goes_through(void **state)
{
    (void)state;
    full_then_empty(48000);
    look(2000, 2000);
    assert_true(l.proven_bps > 48000);
    assert_int_equal(l.limit_bps, 0);
}

/* -- proof ------------------------------------------------------------------------------------ */

static void a_burst_proves_what_the_link_carries(void **state)
{
    (void)state;
    calm(4);
    look(0, under_way);
    link_sent(&l, 8000); /* right after a look */
    now_ms += LINK_LOOK_MS;
    link_look(&l, now_ms, 0, false);
    /* a look, less the path */
    assert_int_equal(l.proven_bps, 8000 * 8000 / (LINK_LOOK_MS - 50));
}

static void a_burst_may_take_several_looks(void **state)
{
    (void)state;
    look(0, 0);
    look(8000, carries(64000) / LINK_LOOK_MS * (LINK_LOOK_MS - 50)); /* what the path holds */
    looks(3, 0, carries(64000));
    assert_int_equal(l.proven_bps, 64000);
}

static void what_a_loss_held_up_proves_nothing(void **state)
{
    (void)state;
    calm(LINK_LOOKS);
    uint32_t proven = l.proven_bps;
    looks(4, 500, 0);
    look(500, under_way); /* all at once */
    calm(4);
    assert_int_equal(l.proven_bps, proven);
}

static void a_smaller_burst_takes_nothing_away_for_a_minute(void **state)
{
    (void)state;
    link_sent(&l, 16000);
    calm(LINK_MEMORY_MS / LINK_LOOK_MS - 1);
    uint32_t proven = l.proven_bps;
    assert_true(proven > 500000);
    calm(2);
    assert_int_equal(l.proven_bps, proven / 2);
    calm(LINK_MEMORY_MS / LINK_LOOK_MS + 1);
    assert_int_equal(l.proven_bps, proven / 4);
}

static void a_smaller_capacity_takes_the_proof_away(void **state)
{
    (void)state;
    link_sent(&l, 16000);
    calm(4);
    assert_true(l.proven_bps > 48000);
    full(48000);
    assert_int_equal(l.proven_bps, 48000);
}

/* -- what a round trip proves ----------------------------------------------------------------- */

static void a_usual_message_that_takes_no_longer_than_none_is_a_proof(void **state)
{
    (void)state;
    calm(40);
    uint32_t burst_bps = l.proven_bps;
    link_measured(&l, now_ms, 70, 50); /* 500 bytes took 20 ms, and half of them 21 with rounding */
    assert_int_equal(l.proven_bps, 250 * 8000 / 21);
    assert_true(l.proven_bps > burst_bps);
    link_measured(&l, now_ms, 50, 50);
    assert_int_equal(l.proven_bps, LINK_TRIP_MOST_BPS);
}

static void on_a_thin_link_a_round_trip_proves_less_than_it_carries(void **state)
{
    (void)state;
    calm(40);
    link_measured(&l, now_ms, 50 + 500 * 8000 / 24000, 50);
    assert_true(l.proven_bps < 24000);
}

static void the_first_round_trips_prove_nothing(void **state)
{
    (void)state;
    link_init(&l);
    link_measured(&l, now_ms, 50, 50);
    assert_int_equal(l.proven_bps, 0);
    calm(20);
    uint32_t proven_bps = l.proven_bps;
    link_measured(&l, now_ms, 50, 50);
    assert_int_equal(l.proven_bps, proven_bps);
}

static void a_round_trip_says_nothing_where_a_limit_was_met(void **state)
{
    (void)state;
    full_then_empty(48000);
    uint32_t proven_bps = l.proven_bps;
    link_measured(&l, now_ms, 50, 50);
    assert_int_equal(l.proven_bps, proven_bps);
    assert_true(l.limit_bps > 0);
}

static void a_round_trip_says_nothing_when_the_handshakes_is_forgotten(void **state)
{
    (void)state;
    now_ms += LINK_TRIP_UNTIL_MS;
    calm(40);
    uint32_t proven_bps = l.proven_bps;
    link_measured(&l, now_ms, 50, 50);
    assert_int_equal(l.proven_bps, proven_bps);
}

static void what_was_sent_before_the_mark_drains(void **state)
{
    (void)state;
    assert_false(link_is_draining(&l));
    look(3000, 0);
    assert_false(link_is_draining(&l));
    link_mark(&l);
    look(1000, 2999);
    assert_true(link_is_draining(&l));
    look(1000, 1);
    assert_false(link_is_draining(&l));
}

static void the_kernel_is_asked_at_first_and_while_backlogged(void **state)
{
    (void)state;
    link_init(&l);
    assert_true(link_wants_measure(&l, now_ms));
    link_measured(&l, now_ms, 50, 50);
    calm(8); /* something is under way at each look */
    assert_true(l.is_backlogged);
    assert_true(link_wants_measure(&l, now_ms));
    link_measured(&l, now_ms, 50, 50);
    assert_false(link_wants_measure(&l, now_ms + LINK_MEASURE_MS - 1));
    assert_true(link_wants_measure(&l, now_ms + LINK_MEASURE_MS));
    look(0, under_way);
    assert_false(l.is_backlogged);
    assert_false(link_wants_measure(&l, now_ms + LINK_MEASURE_MS));
}

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(seed >> 4) * sides >> 28);
}

/* Any two minutes of a link: bursts, stalls, queues. */
static struct link any_story(uint32_t number, uint64_t start_ms, uint32_t start_bytes)
{
    seed = number;
    link_init(&l);
    now_ms = start_ms;
    l.sent = l.acked = l.mark = start_bytes;
    under_way = 0;
    link_measured(&l, now_ms, 0, dice(600));
    for (int i = 0; i < 480; i++) {
        is_held = dice(3) == 0;
        uint32_t sent = dice(4) ? dice(2000) : dice(20000);
        uint32_t acked = dice(5) ? dice(under_way + 1) : 0;
        if (dice(50) == 0)
            link_mark(&l);
        look(sent, acked);
        assert_in_range(l.window_bytes, LINK_WINDOW_LEAST, 80000);
        assert_true(l.limit_bps == 0 || l.proven_bps <= l.limit_bps + l.limit_bps / 8);
        assert_true(l.capacity_bps == 0 || l.is_pressed);
    }
    return l;
}

static void counters_may_wrap(void **state)
{
    (void)state;
    for (uint32_t i = 1; i < 200; i++) {
        struct link plain = any_story(i, 100000, 0);
        struct link wraps = any_story(i, UINT32_MAX - 20000, UINT32_MAX - 100000);
        assert_int_equal(plain.window_bytes, wraps.window_bytes);
        assert_int_equal(plain.capacity_bps, wraps.capacity_bps);
        assert_int_equal(plain.proven_bps, wraps.proven_bps);
        assert_int_equal(plain.limit_bps, wraps.limit_bps);
        assert_int_equal(plain.queue_ms, wraps.queue_ms);
        assert_int_equal(link_is_draining(&plain), link_is_draining(&wraps));
    }
}

static void odd_readings_do_no_harm(void **state)
{
    (void)state;
    link_look(&l, now_ms, UINT32_MAX, true); /* more than was sent: the handshake, texts */
    link_look(&l, now_ms, 0, true);          /* twice at once */
    link_look(&l, now_ms + 1, 1000000, true);
    link_measured(&l, now_ms, UINT32_MAX, UINT32_MAX);
    link_look(&l, now_ms + 100000, 5, true);
    assert_true(l.min_rtt_ms <= 60000);
    link_measured(&l, now_ms, 0, 0);
    link_sent(&l, UINT32_MAX);
    look(0, 0);
    calm(40);
    assert_in_range(l.window_bytes, LINK_WINDOW_LEAST, LINK_WINDOW_MOST);
    assert_int_equal(l.capacity_bps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_age_of_the_oldest_byte_is_known_to_half_a_look),
        CASE(what_the_path_holds_is_no_queue),
        CASE(a_queue_shows_as_soon_as_bytes_grow_old),
        CASE(a_lost_packet_is_no_queue),
        CASE(losses_on_a_long_path_are_told_by_the_round_trip),
        CASE(nothing_acknowledged_for_long_is_a_stall),
        CASE(what_goes_through_a_standing_queue_is_the_capacity),
        CASE(a_queue_has_to_stand_before_it_tells),
        CASE(a_queue_that_lets_all_of_ours_through_is_somebody_elses),
        CASE(a_stall_says_nothing_of_the_capacity),
        CASE(the_capacity_is_forgotten_with_the_queue),
        CASE(a_limit_holds_for_a_minute),
        CASE(a_limit_ends_when_more_goes_through),
        CASE(a_burst_proves_what_the_link_carries),
        CASE(a_burst_may_take_several_looks),
        CASE(what_a_loss_held_up_proves_nothing),
        CASE(a_smaller_burst_takes_nothing_away_for_a_minute),
        CASE(a_smaller_capacity_takes_the_proof_away),
        CASE(a_usual_message_that_takes_no_longer_than_none_is_a_proof),
        CASE(on_a_thin_link_a_round_trip_proves_less_than_it_carries),
        CASE(the_first_round_trips_prove_nothing),
        CASE(a_round_trip_says_nothing_where_a_limit_was_met),
        CASE(a_round_trip_says_nothing_when_the_handshakes_is_forgotten),
        CASE(what_was_sent_before_the_mark_drains),
        CASE(the_kernel_is_asked_at_first_and_while_backlogged),
        CASE(counters_may_wrap),
        CASE(odd_readings_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
