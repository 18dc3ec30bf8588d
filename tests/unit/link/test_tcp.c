#include "tests/unit/unit.h"

#include "tests/unit/link/tcp.h"

/* The model that the viewers' tests run on: what it says of itself is so. */
static struct tcp t;

static void open_link(uint32_t rate_bps, uint32_t rtt_ms, uint32_t loss_ppm)
{
    tcp_init(&t, &(struct tcp_setting){
                     .rate_bps = rate_bps, .rtt_ms = rtt_ms, .loss_ppm = loss_ppm, .seed = 7});
}

static void run(uint32_t ms)
{
    tcp_run(&t, t.now_us + ms * UINT64_C(1000));
}

static void bytes_take_their_time(void **state)
{
    (void)state;
    open_link(80000, 100, 0);
    tcp_write(&t, 1000 - TCP_HEADER); /* 100 ms, and half a round trip */
    run(149);
    assert_int_equal(t.delivered, 0);
    run(1);
    assert_int_equal(t.delivered, 1000 - TCP_HEADER);
    run(49);
    assert_int_equal(tcp_queued(&t), 1000 - TCP_HEADER);
    run(1);
    assert_int_equal(tcp_queued(&t), 0);
    run(100000);
    assert_int_equal(t.down.counts.offered, 1);
}

static void a_link_is_filled(void **state)
{
    (void)state;
    open_link(800000, 200, 0);
    for (int i = 0; i < 3000; i++) {
        while (tcp_queued(&t) < 65536)
            tcp_write(&t, 4000);
        run(10);
    }
    assert_in_range(t.delivered, 100000 * 28, 100000 * 30);
}

static void a_lost_packet_takes_a_round_trip_more(void **state)
{
    (void)state;
    open_link(0, 100, 0);
    t.down.set.loss_ppm = 1000000;
    tcp_write(&t, 1000);
    run(0); /* it is on the air */
    t.down.set.loss_ppm = 0;
    tcp_write(&t, 1000);
    run(149);
    assert_int_equal(t.delivered, 0); /* the second one waits */
    run(1);
    assert_int_equal(t.delivered, 2000);
    assert_int_equal(t.down.counts.offered, 3);
}

static void a_lost_tail_takes_the_timer(void **state)
{
    (void)state;
    open_link(0, 100, 0);
    t.down.set.loss_ppm = 1000000;
    tcp_write(&t, 1000);
    run(290);
    assert_int_equal(t.down.counts.offered, 1);
    run(20); /* smoothed round trip and four times its variance: 300 ms, lost again */
    assert_int_equal(t.down.counts.offered, 2);
    t.down.set.loss_ppm = 0;
    run(500); /* twice as long */
    assert_int_equal(t.delivered, 0);
    run(200);
    assert_int_equal(t.delivered, 1000);
}

static void a_link_that_slows_down_gets_nothing_twice(void **state)
{
    (void)state;
    for (int greedy = 0; greedy < 2; greedy++) {
        open_link(2000000, 100, 0);
        t.is_greedy = greedy;
        for (int i = 0; i < 100; i++) {
            tcp_write(&t, 3000);
            run(20);
        }
        uint64_t sent = t.end;
        t.down.set.rate_bps = 20000;
        tcp_write(&t, 20000);
        run(20000);
        assert_int_equal(tcp_queued(&t), 0);
        /* but for the packet with which the timer asks */
        assert_in_range(t.down.counts.offered, t.end, t.end + 3);
        assert_true(t.end > sent);
    }
}

static void losses_slow_it_down(void **state)
{
    (void)state;
    uint64_t before = UINT64_MAX;
    for (uint32_t ppm = 1000; ppm <= 100000; ppm *= 10) {
        open_link(2000000, 300, ppm);
        for (int i = 0; i < 6000; i++) {
            while (tcp_queued(&t) < 65536)
                tcp_write(&t, 4000);
            run(10);
        }
        assert_true(t.delivered < before / 2);
        before = t.delivered;
    }
    assert_in_range(before, 60000, 2000000); /* at 10 %: a few packets in each round trip */
}

static void whatever_is_lost_everything_arrives(void **state)
{
    (void)state;
    for (uint32_t i = 1; i < 300; i++) {
        open_link(i * 7919 % 500000 + 10000, 20 + i * 31 % 600, i * 137 % 300000);
        for (uint32_t n = 0; n < 1000; n++) {
            tcp_write(&t, 1 + (n * i) % 3000);
            run(10 + n % 50);
            assert_true(t.delivered >= t.acked && t.delivered <= t.cut);
            assert_true(t.in_flight <= t.end - t.first);
        }
        uint64_t written = t.written;
        for (int n = 0; t.acked < written && n < 100000; n++)
            run(100);
        assert_int_equal(t.delivered, written);
        assert_int_equal(t.in_flight + t.n_due, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_take_their_time),
        cmocka_unit_test(a_link_is_filled),
        cmocka_unit_test(a_lost_packet_takes_a_round_trip_more),
        cmocka_unit_test(a_lost_tail_takes_the_timer),
        cmocka_unit_test(a_link_that_slows_down_gets_nothing_twice),
        cmocka_unit_test(losses_slow_it_down),
        cmocka_unit_test(whatever_is_lost_everything_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
