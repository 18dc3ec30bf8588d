#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>

#include "tests/link/hop.h"

enum { MS = 1000, SECOND = 1000000 };

static struct hop *hop_of(struct hop_setting set)
{
    struct hop *h = malloc(sizeof(*h));
    assert_non_null(h);
    hop_init(h, 1);
    h->set = set;
    return h;
}

/* Takes all that is due by `now_us`; how many packets were not lost. */
static unsigned take_all(struct hop *h, uint64_t now_us)
{
    unsigned n = 0;
    bool is_lost;
    while (hop_take(h, now_us, &is_lost) >= 0)
        n += !is_lost;
    return n;
}

static void a_packet_takes_its_length_by_the_rate_and_the_delay(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 24000, .delay_us = 300 * MS});
    bool is_lost;
    assert_int_equal(hop_offer(h, 0, 1500), 0);
    assert_int_equal(hop_take(h, 800 * MS - 1, &is_lost), -EAGAIN);
    assert_int_equal(hop_next_us(h, 0), 800 * MS);
    assert_int_equal(hop_take(h, 800 * MS, &is_lost), 0);
    assert_false(is_lost);
    free(h);
}

static void packets_wait_for_one_another(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 80000});
    for (int i = 0; i < 3; i++)
        assert_int_equal(hop_offer(h, 0, 1000), i);
    assert_int_equal(take_all(h, 199 * MS), 1);
    assert_int_equal(take_all(h, 299 * MS), 1);
    assert_int_equal(take_all(h, 300 * MS), 1);
    assert_int_equal(h->counts.waited_most_us, 300 * MS);
    free(h);
}

static void an_idle_link_saves_no_time_for_later(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 80000});
    hop_offer(h, 0, 1000);
    assert_int_equal(take_all(h, SECOND), 1);
    hop_offer(h, 10 * SECOND, 1000);
    assert_int_equal(take_all(h, 10 * SECOND + 99 * MS), 0);
    assert_int_equal(take_all(h, 10 * SECOND + 100 * MS), 1);
    free(h);
}

static void a_full_queue_takes_nothing_more(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 8000, .queue_bytes = 3000});
    /* The first is on the air at once. */
    for (int i = 0; i < 3; i++)
        assert_true(hop_offer(h, 0, 1500) >= 0);
    assert_int_equal(hop_offer(h, 0, 1500), -ENOBUFS);
    assert_int_equal(h->counts.overflown, 1);
    assert_true(hop_offer(h, 1500 * MS, 1500) >= 0);
    free(h);
}

static void a_packet_larger_than_the_queue_still_gets_through_alone(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 8000, .queue_bytes = 100});
    assert_int_equal(hop_offer(h, 0, 1500), 0);
    free(h);
}

static void no_more_packets_than_slots(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.delay_us = SECOND});
    for (int i = 0; i < HOP_SLOTS; i++)
        assert_int_equal(hop_offer(h, 0, 40), i);
    assert_int_equal(hop_offer(h, 0, 40), -ENOBUFS);
    assert_int_equal(take_all(h, SECOND), HOP_SLOTS);
    assert_int_equal(hop_offer(h, SECOND, 40), 0);
    free(h);
}

static void a_new_rate_holds_for_what_is_not_yet_on_the_air(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 80000});
    hop_offer(h, 0, 1000);
    hop_offer(h, 0, 1000);
    assert_int_equal(take_all(h, 50 * MS), 0);
    h->set.rate_bps = 8000;
    assert_int_equal(take_all(h, 100 * MS), 1);
    assert_int_equal(take_all(h, 1099 * MS), 0);
    assert_int_equal(take_all(h, 1100 * MS), 1);
    free(h);
}

static void jitter_never_changes_the_order(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.delay_us = 10 * MS, .jitter_us = 200 * MS});
    for (int i = 0; i < 100; i++)
        assert_int_equal(hop_offer(h, (uint64_t)i * MS, 100), i);
    int last = -1;
    bool is_lost;
    for (uint64_t t = 0; t < SECOND; t += MS) {
        int slot = hop_take(h, t, &is_lost);
        if (slot >= 0)
            assert_int_equal(slot, ++last);
    }
    assert_int_equal(last, 99);
    free(h);
}

struct losses {
    unsigned lost, runs;
};

static struct losses lose(uint32_t loss_ppm, uint32_t burst, unsigned packets)
{
    struct hop *h = hop_of((struct hop_setting){.loss_ppm = loss_ppm, .burst = burst});
    struct losses l = {0};
    bool was_lost = false, is_lost;
    for (unsigned i = 0; i < packets; i++) {
        hop_offer(h, i, 100);
        assert_true(hop_take(h, i, &is_lost) >= 0);
        l.lost += is_lost;
        l.runs += is_lost && !was_lost;
        was_lost = is_lost;
    }
    assert_int_equal(h->counts.lost, l.lost);
    assert_int_equal(h->counts.delivered, packets - l.lost);
    free(h);
    return l;
}

static void so_many_packets_are_lost_as_was_asked_for(void **state)
{
    (void)state;
    struct losses l = lose(50000, 1, 100000);
    assert_in_range(l.lost, 4700, 5300);
    assert_in_range(l.lost * 100 / l.runs, 100, 110); /* each by itself */
}

static void losses_in_bursts_are_as_many_but_in_a_row(void **state)
{
    (void)state;
    struct losses l = lose(50000, 4, 200000);
    assert_in_range(l.lost, 9000, 11000);
    assert_in_range(l.lost * 100 / l.runs, 370, 430);
}

static void no_loss_and_all_lost_are_exact(void **state)
{
    (void)state;
    assert_int_equal(lose(0, 3, 1000).lost, 0);
    assert_int_equal(lose(1000000, 1, 1000).lost, 1000);
    assert_int_equal(lose(1000000, 3, 1000).lost, 1000);
}

static void a_lost_packet_has_used_the_link_all_the_same(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 8000, .loss_ppm = 1000000});
    hop_offer(h, 0, 1000);
    hop_offer(h, 0, 1000);
    assert_int_equal(take_all(h, SECOND), 0);
    assert_int_equal(h->counts.lost, 1);
    h->set.loss_ppm = 0;
    assert_int_equal(take_all(h, 2 * SECOND), 0); /* it was on the air when the loss ended */
    assert_int_equal(h->counts.lost_bytes, 2000);
    free(h);
}

static void a_frozen_link_keeps_what_it_has_and_goes_on_later(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 80000, .delay_us = 100 * MS});
    hop_offer(h, 0, 1000); /* would be there at 200 ms */
    assert_int_equal(take_all(h, 50 * MS), 0);
    hop_freeze(h, 5 * SECOND);
    hop_offer(h, SECOND, 1000);
    assert_int_equal(take_all(h, 5 * SECOND - 1), 0);
    assert_int_equal(hop_next_us(h, SECOND), 5 * SECOND);
    assert_int_equal(take_all(h, 5 * SECOND), 1);
    assert_int_equal(take_all(h, 5200 * MS), 1);
    free(h);
}

static void a_cut_link_loses_all_it_holds_and_all_that_comes(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){.rate_bps = 80000, .delay_us = 100 * MS});
    hop_offer(h, 0, 1000);
    hop_cut(h, 20 * SECOND);
    assert_int_equal(hop_offer(h, SECOND, 1000), -ENETDOWN);
    assert_int_equal(take_all(h, 20 * SECOND), 0);
    assert_int_equal(hop_next_us(h, SECOND), UINT64_MAX);
    assert_int_equal(h->counts.cut, 2);
    assert_true(hop_offer(h, 20 * SECOND, 1000) >= 0);
    assert_int_equal(take_all(h, 20200 * MS), 1);
    free(h);
}

/* The goodput of a link that is kept full is its rate, however it is driven. */
static void a_full_link_carries_its_rate(void **state)
{
    (void)state;
    struct hop *h = hop_of((struct hop_setting){
        .rate_bps = 48000, .delay_us = 50 * MS, .jitter_us = 20 * MS, .queue_bytes = 16000});
    for (uint64_t t = 0; t < 60 * (uint64_t)SECOND; t += 7 * MS) {
        hop_offer(h, t, 700);
        take_all(h, t);
    }
    uint64_t bps = h->counts.delivered_bytes * 8 / 60;
    assert_in_range(bps, 47500, 48000);
    assert_true(h->counts.overflown > 0);
    free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_takes_its_length_by_the_rate_and_the_delay),
        cmocka_unit_test(packets_wait_for_one_another),
        cmocka_unit_test(an_idle_link_saves_no_time_for_later),
        cmocka_unit_test(a_full_queue_takes_nothing_more),
        cmocka_unit_test(a_packet_larger_than_the_queue_still_gets_through_alone),
        cmocka_unit_test(no_more_packets_than_slots),
        cmocka_unit_test(a_new_rate_holds_for_what_is_not_yet_on_the_air),
        cmocka_unit_test(jitter_never_changes_the_order),
        cmocka_unit_test(so_many_packets_are_lost_as_was_asked_for),
        cmocka_unit_test(losses_in_bursts_are_as_many_but_in_a_row),
        cmocka_unit_test(no_loss_and_all_lost_are_exact),
        cmocka_unit_test(a_lost_packet_has_used_the_link_all_the_same),
        cmocka_unit_test(a_frozen_link_keeps_what_it_has_and_goes_on_later),
        cmocka_unit_test(a_cut_link_loses_all_it_holds_and_all_that_comes),
        cmocka_unit_test(a_full_link_carries_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
