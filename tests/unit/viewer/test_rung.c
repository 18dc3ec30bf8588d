#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/viewer/rung.h"

static struct ladder ladder;
static struct rung_state s;
static struct rung_facts f;
static enum rung_why why;

static int fresh(void **state)
{
    (void)state;
    char error[LADDER_ERROR_MAX];
    memset(&s, 0, sizeof(s));
    f = (struct rung_facts){.ladder = &ladder,
                            .content = WIRE_CONTENT_CAMERA,
                            .can_video = true,
                            .can_still = true,
                            .rtt_ms = 50,
                            .now_ms = 5000};
    return ladder_load(&ladder, NULL, error);
}

static const char *choose(uint32_t after_ms)
{
    f.now_ms += after_ms;
    return ladder.rungs[rung_choose(&s, &f, &why)].name;
}

/* Looks four times a second. */
static const char *after(uint32_t ms)
{
    const char *name = "";
    for (uint32_t t = 0; t < ms; t += 250)
        name = choose(250);
    return name;
}

/* More is sent than the link carries. */
static void congest(uint32_t capacity_bps)
{
    f.is_pressed = true;
    f.queue_ms = 5000;
    f.capacity_bps = capacity_bps;
}

static void calm(void)
{
    f.is_pressed = f.is_held = f.is_stuck = f.is_draining = false;
    f.queue_ms = f.capacity_bps = f.picture_lag_ms = f.voice_lag_ms = 0;
}

enum { ENOUGH = 1000000, JAM_MS = 750 }; /* a lost packet has passed, at the looks */

/* The scene: a link that has shown to carry all, and is at the top. */
static void at_the_top(void)
{
    f.proven_bps = ENOUGH;
    choose(0);
    assert_string_equal(after(10000), "R7");
}

static void everybody_begins_with_voice_and_a_still(void **state)
{
    (void)state;
    assert_string_equal(choose(0), "R2");
    assert_int_equal(why, RUNG_START);
    memset(&s, 0, sizeof(s));
    f.can_still = false;
    assert_string_equal(choose(0), "R1");
    memset(&s, 0, sizeof(s));
    f.mode = RUNG_VOICE;
    assert_string_equal(choose(0), "R1");
}

/* -- up --------------------------------------------------------------------------------------- */

static void a_link_is_climbed_at_once_to_what_it_has_shown(void **state)
{
    (void)state;
    f.proven_bps = 100000;
    choose(0);
    assert_string_equal(after(1750), "R2");
    assert_string_equal(after(250), "R5"); /* R3 is for slides; R6 wants 140 */
    assert_int_equal(why, RUNG_GOOD);
    memset(&s, 0, sizeof(s));
    f.proven_bps = ENOUGH;
    choose(0);
    assert_string_equal(after(2000), "R7");
    assert_string_equal(after(60000), "R7");
}

static void climbs_are_ten_seconds_apart(void **state)
{
    (void)state;
    f.proven_bps = 100000;
    choose(0);
    assert_string_equal(after(2000), "R5");
    f.proven_bps = ENOUGH;
    assert_string_equal(after(RUNG_HOLD_MS - 250), "R5");
    assert_string_equal(after(250), "R7");
}

static void no_video_without_a_proof(void **state)
{
    (void)state;
    choose(0);
    assert_string_equal(after(60000), "R2");
    f.proven_bps = 36000; /* bursts prove less than there is, but not so much less */
    assert_string_equal(after(60000), "R2");
    f.proven_bps = 37000;
    assert_string_equal(after(250), "R4");
    assert_string_equal(after(60000), "R4");
    f.proven_bps = 46000; /* video's own bursts are nearer to it */
    assert_string_equal(after(60000), "R4");
    f.proven_bps = 47000;
    assert_string_equal(after(250), "R5");
}

static void a_limit_met_lately_is_minded(void **state)
{
    (void)state;
    choose(0);
    f.proven_bps = 46000;
    f.limit_bps = 51000;
    assert_string_equal(after(60000), "R2"); /* R4 wants 52 */
    f.limit_bps = 60000;
    assert_string_equal(after(60000), "R2"); /* and nine tenths of that as a proof */
    f.proven_bps = 47000;
    assert_string_equal(after(250), "R4");
    assert_string_equal(after(60000), "R4");
}

static void what_waits_for_the_window_is_no_link_to_climb(void **state)
{
    (void)state;
    f.proven_bps = ENOUGH;
    f.is_held = true;
    choose(0);
    assert_string_equal(after(60000), "R2");
    f.is_held = false;
    assert_string_equal(after(250), "R7");
}

static void voice_and_stills_need_no_proof(void **state)
{
    (void)state;
    choose(0);
    congest(5000);
    assert_string_equal(after(10000), "R0");
    calm();
    f.limit_bps = 5000;
    assert_string_equal(after(60000), "R0");
    f.limit_bps = 0; /* long ago */
    assert_string_equal(after(250), "R1");
    assert_string_equal(after(RUNG_HOLD_MS), "R2");
}

/* -- down ------------------------------------------------------------------------------------- */

static void a_fall_goes_at_once_to_four_fifths_of_the_capacity(void **state)
{
    (void)state;
    at_the_top();
    congest(70000);
    assert_string_equal(after(JAM_MS), "R4"); /* 52 of 56 */
    assert_int_equal(why, RUNG_WEAK);
    assert_string_equal(after(5000), "R4"); /* it drains */
    f.capacity_bps = 9000;
    assert_string_equal(after(JAM_MS), "R2"); /* which yields to the voice */
    f.is_draining = false;
    assert_string_equal(after(RUNG_JAM_STILL_MS / 2), "R2");
    assert_string_equal(after(RUNG_JAM_STILL_MS), "R0");
    f.capacity_bps = 1000;
    assert_string_equal(after(60000), "R0"); /* there is nothing below */
}

static void a_burst_is_no_reason(void **state)
{
    (void)state;
    at_the_top();
    congest(2000000);
    assert_string_equal(after(5000), "R7");
    calm();
    after(1000);
    congest(0); /* not known yet */
    assert_string_equal(after(2000), "R7");
    calm();
    assert_string_equal(after(2000), "R7");
}

static void a_lost_packet_is_no_reason(void **state)
{
    (void)state;
    at_the_top();
    f.rtt_ms = 600;
    for (int i = 0; i < 20; i++) {
        congest(70000);
        assert_string_equal(after(750), "R7");
        calm();
        after(1000);
    }
}

static void a_queue_that_is_not_ours_is_no_reason(void **state)
{
    (void)state;
    at_the_top();
    f.queue_ms = 5000;
    assert_string_equal(after(60000), "R7");
}

static void what_the_last_rung_left_may_drain(void **state)
{
    (void)state;
    at_the_top();
    congest(70000);
    assert_string_equal(after(JAM_MS), "R4");
    f.is_draining = true;
    f.capacity_bps = 40000;
    assert_string_equal(after(RUNG_DRAIN_MS - 500), "R4");
    assert_string_equal(after(500), "R2"); /* but not forever */
}

static void while_nothing_is_acknowledged_nothing_changes(void **state)
{
    (void)state;
    at_the_top();
    congest(10000);
    f.voice_lag_ms = 4000;
    f.is_stuck = true;
    assert_string_equal(after(60000), "R7");
    f.is_stuck = false;
    assert_string_equal(after(JAM_MS), "R2");
    calm();
    f.is_stuck = true; /* nor up */
    assert_string_equal(after(60000), "R2");
}

static void without_a_capacity_it_falls_step_by_step(void **state)
{
    (void)state;
    at_the_top();
    f.voice_lag_ms = 4000;
    assert_string_equal(after(2500), "R7");
    assert_string_equal(after(500), "R6");
    assert_string_equal(after(2000), "R6");
    assert_string_equal(after(30000), "R0");
}

static void video_held_back_for_long_is_a_rung_too_many(void **state)
{
    (void)state;
    at_the_top();
    f.capacity_bps = 300000;
    f.picture_lag_ms = RUNG_PICTURE_LAG_MS;
    assert_string_equal(after(5000), "R7");
    f.picture_lag_ms++;
    assert_string_equal(after(JAM_MS), "R6");
}

static void stills_take_what_the_voice_leaves_them(void **state)
{
    (void)state;
    choose(0);
    congest(14000); /* R2 wants 21, but each picture only takes longer; 11 is for the voice */
    assert_string_equal(after(60000), "R2");
    calm();
    choose(250);
    congest(13000);
    assert_string_equal(after(RUNG_JAM_STILL_MS), "R2"); /* there is no hurry */
    assert_string_equal(after(60000), "R0");
}

/* -- after a fall ----------------------------------------------------------------------------- */

static void each_failed_climb_doubles_the_wait(void **state)
{
    (void)state;
    static const uint32_t waits[] = {20000, 40000, 60000, 60000};
    f.proven_bps = 40000;
    choose(0);
    assert_string_equal(after(2000), "R4");
    congest(30000);
    assert_string_equal(after(JAM_MS), "R2");
    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++) {
        calm();
        assert_string_equal(after(waits[i]), "R2");
        assert_string_equal(after(250), "R4");
        congest(30000);
        assert_string_equal(after(JAM_MS), "R2");
        f.capacity_bps = 10000; /* the same squeeze falls further: nothing is forgotten */
        assert_string_equal(after(RUNG_JAM_STILL_MS + JAM_MS), "R0");
        f.capacity_bps = 30000;
        s.rung = 2;
    }
}

static void a_climb_that_held_makes_the_next_ones_quicker(void **state)
{
    (void)state;
    f.proven_bps = 40000;
    choose(0);
    after(2000);
    for (int i = 0; i < 3; i++) {
        congest(30000);
        assert_string_equal(after(JAM_MS), "R2");
        calm();
        while (s.rung == 2)
            choose(250);
    }
    assert_int_equal(s.hold_ms, RUNG_HOLD_MOST_MS);
    assert_string_equal(after(RUNG_PROVED_MS), "R4");
    assert_int_equal(s.hold_ms, RUNG_HOLD_MS);
}

/* -- caps ------------------------------------------------------------------------------------- */

static void caps_act_at_once_and_lift_at_once(void **state)
{
    (void)state;
    at_the_top();
    f.mode = RUNG_SAVE;
    assert_string_equal(choose(0), "R2");
    assert_int_equal(why, RUNG_CHOICE);
    f.is_hidden = true; /* one cap on the other */
    assert_string_equal(choose(0), "R1");
    assert_int_equal(why, RUNG_HIDDEN);
    f.is_hidden = false;
    assert_string_equal(choose(0), "R2");
    f.mode = RUNG_VOICE;
    assert_string_equal(choose(0), "R1");
    assert_int_equal(why, RUNG_CHOICE);
    f.mode = RUNG_SAVE; /* half a lift */
    assert_string_equal(choose(0), "R2");
    assert_int_equal(why, RUNG_CHOICE);
    f.mode = RUNG_AUTO;
    assert_string_equal(choose(0), "R7");
    assert_int_equal(why, RUNG_CHOICE);
    f.is_hidden = true;
    assert_string_equal(choose(0), "R1");
    assert_int_equal(why, RUNG_HIDDEN);
    assert_string_equal(after(60000), "R1");
    f.is_hidden = false;
    assert_string_equal(choose(0), "R7");
    assert_int_equal(why, RUNG_HIDDEN);
    f.is_used_up = true; /* of the day's minutes */
    assert_string_equal(choose(0), "R1");
    assert_int_equal(why, RUNG_LIMIT);
    f.is_used_up = false;
    assert_string_equal(choose(0), "R7");
    assert_int_equal(why, RUNG_LIMIT);
    f.can_video = false;
    assert_string_equal(choose(0), "R2");
    assert_int_equal(why, RUNG_SOURCE);
    f.can_video = true;
    assert_string_equal(choose(0), "R7");
    assert_int_equal(why, RUNG_SOURCE);
}

static void a_cap_long_gone_takes_nothing_away(void **state)
{
    (void)state;
    f.content = WIRE_CONTENT_SLIDES;
    f.proven_bps = 50000;
    choose(0);
    assert_string_equal(after(2000), "R3");
    f.content = WIRE_CONTENT_CAMERA; /* R3 is for slides only */
    assert_string_equal(choose(0), "R2");
    assert_int_equal(why, RUNG_SOURCE);
    f.proven_bps = ENOUGH;
    assert_string_equal(after(20000), "R7");
    f.content = WIRE_CONTENT_SLIDES;
    assert_string_equal(after(20000), "R7");
}

static void a_fall_while_capped_is_remembered(void **state)
{
    (void)state;
    at_the_top();
    f.mode = RUNG_SAVE;
    assert_string_equal(choose(0), "R2");
    congest(12000);
    assert_string_equal(after(5000), "R0");
    calm();
    f.mode = RUNG_AUTO;
    assert_string_equal(choose(250), "R0");
}

/* Whatever the facts, the rung is one that is allowed. */
static void the_rung_is_always_allowed(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (int i = 0; i < 200000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t r = seed >> 8;
        if (i % 400 == 0)
            memset(&s, 0, sizeof(s));
        if (r % 7 == 0) {
            f.mode = (enum rung_mode)(r / 7 % 3);
            f.content = (enum wire_content)(r / 21 % 3);
            f.is_hidden = r / 63 % 4 == 0;
            f.can_video = r / 252 % 4 != 0;
            f.can_still = r / 1008 % 4 != 0;
        }
        f.is_pressed = r & 1;
        f.is_stuck = r % 11 == 0;
        f.is_draining = r % 5 == 0;
        f.is_held = r % 3 == 0;
        f.proven_bps = r % 13 ? r & 0x7ffff : 0;
        f.limit_bps = r % 17 ? 0 : r & 0x7ffff;
        f.queue_ms = r >> 3 & 2047;
        f.capacity_bps = r & 2 ? (r >> 2 & 0xfffff) : 0;
        f.voice_lag_ms = r & 4 ? 0 : r >> 4 & 8191;
        f.picture_lag_ms = r & 8 ? 0 : r >> 5 & 4095;
        choose(r % 1000);
        const struct rung *rung = &ladder.rungs[s.rung];
        assert_true(rung_fits(rung, f.content));
        const struct rung_choice *picture = rung_picture(rung, f.content);
        if (picture->n == 0)
            continue;
        assert_false(f.is_hidden);
        assert_int_not_equal(f.mode, RUNG_VOICE);
        if (codec_is_still(ladder.specs[picture->rendition[0]].codec)) {
            assert_true(f.can_still);
        } else {
            assert_true(f.can_video);
            assert_int_equal(f.mode, RUNG_AUTO);
        }
    }
}

static void modes_have_names(void **state)
{
    (void)state;
    enum rung_mode mode;
    assert_int_equal(rung_mode_parse("save", &mode), 0);
    assert_int_equal(mode, RUNG_SAVE);
    assert_int_equal(rung_mode_parse("Save", &mode), -EINVAL);
    assert_int_equal(rung_mode_parse("", &mode), -EINVAL);
    assert_string_equal(rung_why_name(RUNG_WEAK), "weak");
}

#define CASE(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(everybody_begins_with_voice_and_a_still),
        CASE(a_link_is_climbed_at_once_to_what_it_has_shown),
        CASE(climbs_are_ten_seconds_apart),
        CASE(no_video_without_a_proof),
        CASE(a_limit_met_lately_is_minded),
        CASE(what_waits_for_the_window_is_no_link_to_climb),
        CASE(voice_and_stills_need_no_proof),
        CASE(a_fall_goes_at_once_to_four_fifths_of_the_capacity),
        CASE(a_burst_is_no_reason),
        CASE(a_lost_packet_is_no_reason),
        CASE(a_queue_that_is_not_ours_is_no_reason),
        CASE(what_the_last_rung_left_may_drain),
        CASE(while_nothing_is_acknowledged_nothing_changes),
        CASE(without_a_capacity_it_falls_step_by_step),
        CASE(video_held_back_for_long_is_a_rung_too_many),
        CASE(stills_take_what_the_voice_leaves_them),
        CASE(each_failed_climb_doubles_the_wait),
        CASE(a_climb_that_held_makes_the_next_ones_quicker),
        CASE(caps_act_at_once_and_lift_at_once),
        CASE(a_cap_long_gone_takes_nothing_away),
        CASE(a_fall_while_capped_is_remembered),
        CASE(the_rung_is_always_allowed),
        CASE(modes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
