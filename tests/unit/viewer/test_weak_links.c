#include "tests/unit/unit.h"

#include <stdlib.h>

#include "tests/unit/viewer/lab.h"

/*
 * Lessons over some thousand links, as the dice have them. What has to hold on each is asserted on
 * each; what may go wrong on some, in sum. With arguments it shows one link instead, second by
 * second: test_weak_links RATE_BPS RTT_MS LOSS_PPM SEED SECONDS [slides] [voice] [greedy]
 */
static struct lab lab;
static uint32_t seed;

enum { MINUTE = 60000 };

static uint32_t dice(uint32_t low, uint32_t high)
{
    seed = seed * 1664525 + 1013904223;
    return low + (uint32_t)((uint64_t)(seed >> 4) * (high - low) >> 28);
}

/* Between 14 kbit/s and 3.5 Mbit/s, as many slow as fast. */
static uint32_t any_rate(void)
{
    return dice(1000, 2000) * (14u << dice(0, 8)) / 1000 * 1000;
}

/* Link number `i`: 20 to 600 ms; a loss of up to `most_ppm` on three of four; half with a
 * congestion window that shrinks with each loss, and half without. */
static struct tcp_setting any_way(uint32_t i, uint32_t most_ppm)
{
    seed = i * 7919;
    struct tcp_setting way = {.seed = i};
    way.rate_bps = any_rate();
    way.rtt_ms = dice(2, 61) * 10;
    way.loss_ppm = dice(0, 4) ? dice(0, most_ppm + 1) : 0;
    way.is_greedy = dice(0, 2);
    return way;
}

static void open_way(const struct tcp_setting *way, bool is_slides, enum rung_mode mode)
{
    lab_open(&lab, way);
    lab.facts.content = is_slides ? WIRE_CONTENT_SLIDES : WIRE_CONTENT_CAMERA;
    lab.facts.mode = mode;
}

static void complain(const struct tcp_setting *way, const char *what)
{
    const struct lab_tally *y = &lab.tally;
    fail_msg(
        "%s: %u (now %u) bit/s, %u ms, %u ppm, seed %u, %s, %s: voice %u ms late (99 %%: %u), rung %s, "
        "%u up, %u down, %u ms apart",
        what, way->rate_bps, lab.tcp.down.set.rate_bps, way->rtt_ms, way->loss_ppm,
        (unsigned)way->seed, lab_is_slides(&lab) ? "slides" : "camera",
        way->is_greedy ? "greedy" : "fair", y->latest_ms, lab_late_ms(&lab, 10),
        lab.ladder.rungs[lab.rung.rung].name, y->ups, y->downs, y->shortest_up_ms);
}

/* -- steady links ----------------------------------------------------------------------------- */

/* Sums over all links of a test. */
struct account {
    uint32_t links, clean;
    double later_ms, falls; /* falls a minute */
    uint32_t latest_ms, beyond;
    double above, below; /* shares of the time, of clean links */
};

/* What a picture may cost the voice: all of a window and a piece may stand before it, a lost packet
 * of them be sent again, and a rung be tried that is too much. */
static uint32_t bound_ms(const struct tcp_setting *way)
{
    uint32_t bytes = LINK_WINDOW_LEAST + LINK_PIECE_LEAST + 2 * TCP_PACKET;
    return 1000 + (uint32_t)(bytes * UINT64_C(8000) / way->rate_bps);
}

/* 99 % of the voice come no later than this. */
static uint32_t heard_within_ms(const struct tcp_setting *way, bool is_slides)
{
    open_way(way, is_slides, RUNG_VOICE);
    lab_run(&lab, 3 * MINUTE / 2);
    uint32_t late_ms = lab_late_ms(&lab, 10);
    lab_close(&lab);
    return late_ms;
}

static void account_for_rungs(struct account *a, const struct tcp_setting *way)
{
    const uint32_t *rung_ms = lab.tally.rung_ms;
    int fits = lab_fitting(&lab, way->rate_bps / 1000);
    a->clean++;
    for (int r = 0; r < (int)lab.ladder.n_rungs; r++) {
        a->above += r > fits ? rung_ms[r] / (double)lab.now_ms : 0;
        a->below += r < fits ? rung_ms[r] / (double)lab.now_ms : 0;
    }
}

static void try_link(struct account *a, uint32_t i, uint32_t most_ppm)
{
    struct tcp_setting way = any_way(i, most_ppm);
    bool is_slides = i % 2;
    uint32_t voice_ms = heard_within_ms(&way, is_slides);
    open_way(&way, is_slides, RUNG_AUTO);
    lab_run(&lab, 3 * MINUTE / 2);
    uint32_t late_ms = lab_late_ms(&lab, 10);
    uint32_t later_ms = late_ms > voice_ms ? late_ms - voice_ms : 0;
    if (lab.tally.shortest_up_ms < RUNG_HOLD_MS)
        complain(&way, "climbs too soon");
    if (lab.tally.downs > 8)
        complain(&way, "is restless");
    a->links++;
    a->later_ms += later_ms;
    a->latest_ms = later_ms > a->latest_ms ? later_ms : a->latest_ms;
    a->beyond += later_ms > bound_ms(&way);
    a->falls += lab.tally.downs / 1.5;
    if (way.loss_ppm == 0)
        account_for_rungs(a, &way);
    lab_close(&lab);
}

static struct account try_links(uint32_t from, uint32_t to, uint32_t most_ppm)
{
    struct account a = {0};
    for (uint32_t i = from; i < to; i++)
        try_link(&a, i, most_ppm);
    print_message("voice %.0f ms later than alone (at most %u), on %u of %u beyond the bound; %.2f "
                  "falls a minute; %.2f above, %.2f below\n",
                  a.later_ms / a.links, a.latest_ms, a.beyond, a.links, a.falls / a.links,
                  a.above / a.clean, a.below / a.clean);
    return a;
}

/* Measured: 590 ms later in the mean, 3 of 299 beyond the bound (10.4 s at most, on 14 kbit/s and
 * 440 ms), 0.4 falls a minute, 9 % of the time above what fits (where the encoders stay below what
 * their rung announces, and while trying), 18 % below. */
static void a_picture_does_no_harm_to_the_voice(void **state)
{
    (void)state;
    struct account a = try_links(1, 300, 0);
    assert_true(a.later_ms / a.links < 800);
    assert_true(a.beyond < a.links / 20);
    assert_true(a.falls / a.links < 0.8);
    assert_true(a.above / a.clean < 0.15);
    assert_true(a.below / a.clean < 0.25);
}

/* Measured: 760 ms later in the mean, 59 of 700 beyond the bound, 0.8 falls a minute. */
static void nor_where_packets_are_lost(void **state)
{
    (void)state;
    struct account a = try_links(300, 1000, 100000);
    assert_true(a.later_ms / a.links < 1000);
    assert_true(a.beyond < a.links / 8);
    assert_true(a.falls / a.links < 1.2);
}

/* -- good links ------------------------------------------------------------------------------- */

static bool is_at_the_top(void)
{
    return lab.rung.rung == (int)lab.ladder.n_rungs - 1;
}

static struct tcp_setting any_good_way(uint32_t i)
{
    struct tcp_setting way = any_way(i, 0);
    way.rate_bps = dice(600, 20000) * 1000;
    return way;
}

/* Measured: no voice later than 0.7 s after that. */
static void a_good_link_is_at_the_top_within_half_a_minute_and_stays(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        struct tcp_setting way = any_good_way(i);
        open_way(&way, i % 2, RUNG_AUTO);
        lab_run(&lab, MINUTE / 2);
        if (!is_at_the_top())
            complain(&way, "is not at the top");
        lab_forget(&lab);
        lab_run(&lab, MINUTE);
        if (lab.tally.downs > 0)
            complain(&way, "falls");
        if (lab.tally.latest_ms > 1000)
            complain(&way, "is late");
        lab_close(&lab);
    }
}

/* Measured: the voice of the pause 0.4 s later than the pause was long, 6 falls on 100 links. */
static void a_good_link_that_stood_still_is_live_again_at_once(void **state)
{
    (void)state;
    uint32_t falls = 0, later_ms = 0;
    for (uint32_t i = 1; i <= 100; i++) {
        struct tcp_setting way = any_good_way(i);
        uint32_t pause_ms = dice(1000, 8000);
        open_way(&way, i % 2, RUNG_AUTO);
        lab_run(&lab, MINUTE / 2);
        lab_forget(&lab);
        hop_freeze(&lab.tcp.down, lab.tcp.now_us + pause_ms * UINT64_C(1000));
        lab_run(&lab, pause_ms + 3000);
        falls += lab.tally.downs;
        if (lab.tally.latest_ms > pause_ms + later_ms)
            later_ms = lab.tally.latest_ms - pause_ms;
        lab_forget(&lab);
        lab_run(&lab, MINUTE);
        falls += lab.tally.downs;
        if (lab.tally.latest_ms > 1500)
            complain(&way, "is late for long");
        if (!is_at_the_top())
            complain(&way, "is not at the top again");
        lab_close(&lab);
    }
    print_message("voice %u ms later than the pause, %u falls\n", later_ms, falls);
    assert_in_range(later_ms, 0, 1000);
    assert_in_range(falls, 0, 20);
}

/* -- links that break down -------------------------------------------------------------------- */

/* All that the old link's window held goes through the new one, and the voice behind it. */
static uint32_t drain_ms(const struct tcp_setting *way, uint32_t rate_bps)
{
    uint64_t window = LINK_WINDOW_MOST + (uint64_t)LINK_PATH_MOST_BPS * way->rtt_ms / 8000;
    return (uint32_t)(window * 8000 / rate_bps) + 3000;
}

/* Measured: 1 of 75 cameras on too high a rung after four seconds; the latest voice in the mean
 * after a third of what the bound allows. */
static void a_link_that_breaks_down_gets_what_fits_within_four_seconds(void **state)
{
    (void)state;
    uint32_t over = 0;
    double share = 0;
    for (uint32_t i = 1; i <= 150; i++) {
        struct tcp_setting way = any_way(i, 0);
        way.rate_bps = dice(250, 2000) * 1000;
        uint32_t rate_bps = dice(20, 120) * 1000;
        open_way(&way, i % 2, RUNG_AUTO);
        lab_run(&lab, MINUTE / 2);
        lab_forget(&lab);
        lab.tcp.down.set.rate_bps = rate_bps;
        lab_run(&lab, 4000 + way.rtt_ms);
        bool is_over = lab.ladder.rungs[lab.rung.rung].wire_kbps * 1000 > rate_bps;
        over += is_over && !lab_is_slides(&lab); /* slides that stand still show no limit */
        lab_run(&lab, MINUTE);
        share += (double)lab.tally.latest_ms / drain_ms(&way, rate_bps) / 150;
        if (lab.tally.latest_ms > drain_ms(&way, rate_bps))
            complain(&way, "is late");
        lab.tcp.down.set.rate_bps = 2000000;
        lab_run(&lab, 2 * MINUTE);
        if (!is_at_the_top())
            complain(&way, "is not at the top again");
        lab_close(&lab);
    }
    print_message("%u of 75 too high; voice late by %.2f of the bound\n", over, share);
    assert_in_range(over, 0, 3);
    assert_true(share < 0.6);
}

/* -- the rest --------------------------------------------------------------------------------- */

/* Measured: voice 11.4 s late at first, with a still before it; 7.6 s with each further try. */
static void voice_goes_on_where_nothing_else_fits(void **state)
{
    (void)state;
    uint32_t first_ms = 0, latest_ms = 0;
    for (uint32_t rtt = 20; rtt <= 600; rtt += 20) {
        struct tcp_setting way = {.rate_bps = 14000, .rtt_ms = rtt, .seed = rtt};
        open_way(&way, rtt % 40, RUNG_AUTO);
        lab_run(&lab, MINUTE / 2);
        first_ms = lab.tally.latest_ms > first_ms ? lab.tally.latest_ms : first_ms;
        lab_forget(&lab);
        lab_run(&lab, 2 * MINUTE);
        latest_ms = lab.tally.latest_ms > latest_ms ? lab.tally.latest_ms : latest_ms;
        assert_int_equal(lab.tally.frames, 0);
        lab_close(&lab);
    }
    print_message("voice %u ms late at first, %u ms then\n", first_ms, latest_ms);
    assert_in_range(first_ms, 0, 13000);
    assert_in_range(latest_ms, 0, 9000);
}

static void hidden_pages_cost_voice_only_and_come_back_at_once(void **state)
{
    (void)state;
    struct tcp_setting way = {.rate_bps = 2000000, .rtt_ms = 60};
    open_way(&way, false, RUNG_AUTO);
    lab_run(&lab, MINUTE / 2);
    assert_true(is_at_the_top());
    lab.facts.is_hidden = true;
    lab_run(&lab, LINK_LOOK_MS);
    assert_int_equal(lab.rung.rung, 1);
    lab_run(&lab, 500);
    lab_forget(&lab);
    lab_run(&lab, MINUTE);
    assert_int_equal(lab.tally.frames + lab.tally.stills, 0);
    lab.facts.is_hidden = false;
    lab_run(&lab, LINK_LOOK_MS);
    assert_true(is_at_the_top());
    lab_run(&lab, 2000);
    assert_true(lab.tally.frames > 0);
    lab_close(&lab);
}

/* -- one link, to look at --------------------------------------------------------------------- */

static bool has_word(char **words, const char *word)
{
    while (*words && strcmp(*words, word) != 0)
        words++;
    return *words;
}

static void show_second(uint32_t s)
{
    const struct link *l = &lab.feed.link;
    print_message("%3u %s %-6s carries %7u proven %7u limit %7u  window %5u queued %5u queue %5u ms"
                  "%s%s%s%s  voice %5u ms late, %u frames, %u stills\n",
                  s, lab.ladder.rungs[lab.rung.rung].name, rung_why_name(lab.why), l->capacity_bps,
                  l->proven_bps, l->limit_bps, l->window_bytes, lab.ws.queued, l->queue_ms,
                  lab.feed.was_held ? " held" : "", l->is_stuck ? " stuck" : "",
                  l->is_pressed ? " pressed" : "", lab.facts.is_draining ? " draining" : "",
                  lab.tally.latest_ms, lab.tally.frames, lab.tally.stills);
}

static uint32_t number(const char *word)
{
    return (uint32_t)strtoul(word, NULL, 10);
}

static int show(char **words)
{
    struct tcp_setting way = {.rate_bps = number(words[0]),
                              .rtt_ms = number(words[1]),
                              .loss_ppm = number(words[2]),
                              .seed = number(words[3]),
                              .is_greedy = has_word(words, "greedy")};
    open_way(&way, has_word(words, "slides"), has_word(words, "voice") ? RUNG_VOICE : RUNG_AUTO);
    for (uint32_t s = 1; s <= number(words[4]); s++) {
        lab_forget(&lab);
        lab_run(&lab, 1000);
        show_second(s);
    }
    lab_close(&lab);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 5)
        return show(argv + 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_does_no_harm_to_the_voice),
        cmocka_unit_test(nor_where_packets_are_lost),
        cmocka_unit_test(a_good_link_is_at_the_top_within_half_a_minute_and_stays),
        cmocka_unit_test(a_good_link_that_stood_still_is_live_again_at_once),
        cmocka_unit_test(a_link_that_breaks_down_gets_what_fits_within_four_seconds),
        cmocka_unit_test(voice_goes_on_where_nothing_else_fits),
        cmocka_unit_test(hidden_pages_cost_voice_only_and_come_back_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
