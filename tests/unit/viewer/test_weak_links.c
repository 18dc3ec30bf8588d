#include "tests/unit/unit.h"

#include "tests/unit/viewer/lab.h"

static struct lab lab;
static uint32_t seed;

static uint32_t dice(uint32_t low, uint32_t high)
{
    seed = seed * 1664525 + 1013904223;
    return low + (uint32_t)((uint64_t)(seed >> 4) * (high - low) >> 28);
}

/* Between 14 kbit/s and 2 Mbit/s, as many slow as fast. */
static uint32_t any_rate(void)
{
    return dice(1000, 2000) * (14u << dice(0, 8)) / 1000 * 1000;
}

/* The highest rung that the link carries. */
static int fitting(void)
{
    int best = 0;
    for (int i = 0; i < (int)lab.ladder.n_rungs; i++) {
        const struct rung *r = &lab.ladder.rungs[i];
        if (rung_fits(r, lab.facts.content) && r->wire_kbps * 1000 <= lab.rate_bps)
            best = i;
    }
    return best;
}

static void open_any(uint32_t i)
{
    seed = i * 7919;
    uint32_t rate = any_rate();
    lab_open(&lab, rate, dice(2, 60) * 10);
    lab.facts.content = i % 2 ? WIRE_CONTENT_SLIDES : WIRE_CONTENT_CAMERA;
    lab_forget(&lab);
}

/* Measured over 1,000 links: 8 % of the time above what fits (trying, and rungs whose encoders stay
 * below what they announce), 20 % below, 0.9 climbs and 0.7 falls a minute, no voice later than
 * 4.7 s after its beginning (the first still on 14 kbit/s), and later than 3 s on 1 of 300. */
static void steady_links_are_used_without_harm_to_the_voice(void **state)
{
    (void)state;
    enum { LINKS = 400, MINUTE = 60000 };
    double above = 0, below = 0, falls = 0;
    for (uint32_t i = 1; i <= LINKS; i++) {
        open_any(i);
        lab_run(&lab, MINUTE);
        assert_in_range(lab.voice_late_ms, 0, 5000);
        lab_forget(&lab);
        lab_run(&lab, 2 * MINUTE);
        int fit = fitting();
        for (int r = 0; r < (int)lab.ladder.n_rungs; r++) {
            above += r > fit ? lab.rung_ms[r] / (2.0 * MINUTE * LINKS) : 0;
            below += r < fit ? lab.rung_ms[r] / (2.0 * MINUTE * LINKS) : 0;
        }
        falls += lab.downs / (2.0 * LINKS);
        assert_in_range(lab.downs, 0, 10);
        if (lab.voice_late_ms > 5000 || lab.shortest_up_ms < RUNG_HOLD_MS)
            fail_msg("%u bit/s, %u ms: voice %u ms late, climbs %u ms apart", lab.rate_bps,
                     lab.rtt_ms, lab.voice_late_ms, lab.shortest_up_ms);
        lab_close(&lab);
    }
    print_message("above %.3f, below %.3f, %.2f falls a minute\n", above, below, falls);
    assert_true(above < 0.15);
    assert_true(below < 0.25);
    assert_true(falls < 1.2);
}

static void a_good_link_is_at_the_top_soon_and_stays(void **state)
{
    (void)state;
    for (uint32_t rtt = 20; rtt <= 200; rtt += 60) {
        for (uint32_t rate = 600000; rate <= 20000000; rate *= 5) {
            lab_open(&lab, rate, rtt);
            lab_forget(&lab);
            lab_run(&lab, 15000);
            assert_int_equal(lab.rung.rung, lab.ladder.n_rungs - 1);
            lab_forget(&lab);
            lab_run(&lab, 120000);
            assert_int_equal(lab.downs, 0);
            assert_in_range(lab.voice_late_ms, 0, 700);
            lab_close(&lab);
        }
    }
}

static void a_link_that_breaks_down_gets_what_fits_within_four_seconds(void **state)
{
    (void)state;
    for (uint32_t rtt = 40; rtt <= 240; rtt += 40) {
        lab_open(&lab, 512000, rtt);
        lab_run(&lab, 30000);
        lab.rate_bps = 48000;
        lab_forget(&lab);
        lab_run(&lab, 4000);
        assert_in_range(lab.ladder.rungs[lab.rung.rung].wire_kbps, 8, 48);
        lab_run(&lab, 60000);
        assert_in_range(lab.voice_late_ms, 0, 5000); /* the queue that was there: 4.7 s at most */
        lab.rate_bps = 2000000;                      /* and comes back */
        lab_run(&lab, 120000);
        assert_int_equal(lab.rung.rung, lab.ladder.n_rungs - 1);
        lab_close(&lab);
    }
}

static void voice_goes_on_where_nothing_else_fits(void **state)
{
    (void)state;
    lab_open(&lab, 14000, 300);
    lab_run(&lab, 20000);
    lab_forget(&lab);
    lab.ws.rtt_ms = 300;
    lab_run(&lab, 10000);
    assert_true(lab.rung.rung <= 1);
    lab_run(&lab, 110000);
    assert_in_range(lab.voice_late_ms, 0, 4000);
    assert_int_equal(lab.frames, 0);
    lab_close(&lab);
}

static void hidden_pages_cost_voice_only_and_come_back_at_once(void **state)
{
    (void)state;
    lab_open(&lab, 2000000, 60);
    lab_run(&lab, 20000);
    int top = lab.rung.rung;
    lab.facts.is_hidden = true;
    lab_run(&lab, LINK_LOOK_MS);
    assert_int_equal(lab.rung.rung, 1);
    lab_run(&lab, 500);
    lab_forget(&lab);
    lab_run(&lab, 60000);
    assert_int_equal(lab.frames, 0);
    lab.facts.is_hidden = false;
    lab_run(&lab, LINK_LOOK_MS);
    assert_int_equal(lab.rung.rung, top);
    lab_run(&lab, 2000);
    assert_true(lab.frames > 0);
    lab_close(&lab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_links_are_used_without_harm_to_the_voice),
        cmocka_unit_test(a_good_link_is_at_the_top_soon_and_stays),
        cmocka_unit_test(a_link_that_breaks_down_gets_what_fits_within_four_seconds),
        cmocka_unit_test(voice_goes_on_where_nothing_else_fits),
        cmocka_unit_test(hidden_pages_cost_voice_only_and_come_back_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
