#include "tests/unit/unit.h"

#include "server/session/source_clock.h"

static struct source_clock c;
static bool jumped;

static int fresh(void **state)
{
    (void)state;
    c = (struct source_clock){0};
    return 0;
}

static uint32_t map(uint32_t dts_ms, uint32_t now_ms)
{
    return source_clock_map(&c, SOURCE_VOICE, dts_ms, now_ms, &jumped);
}

static uint32_t map_picture(uint32_t dts_ms, uint32_t now_ms)
{
    return source_clock_map(&c, SOURCE_PICTURE, dts_ms, now_ms, &jumped);
}

static void the_first_tag_is_now(void **state)
{
    (void)state;
    assert_int_equal(map(123456, 700), 700);
    assert_false(jumped);
    assert_int_equal(map(123476, 725), 720);
    assert_false(jumped);
}

static void nothing_comes_before_the_clocks_beginning(void **state)
{
    (void)state;
    assert_int_equal(map(40, 0), 0);
    assert_int_equal(map(0, 0), 0); /* a picture from before the first sound */
    assert_int_equal(map(60, 20), 20);
}

static void a_stalled_uplink_delivers_late_and_in_order(void **state)
{
    (void)state;
    map(0, 1000);
    for (uint32_t t = 20; t <= 20000; t += 20) /* a burst of 20 s, all at once */
        assert_int_equal(map(t, 21000), 1000 + t);
    for (uint32_t t = 20020; t < 40000; t += 20) {
        assert_int_equal(map(t, 1000 + t), 1000 + t);
        assert_false(jumped);
    }
}

static void a_source_faster_than_time_stays_in_order(void **state)
{
    (void)state;
    map(0, 1000);
    for (uint32_t t = 20; t < 600000; t += 20)
        assert_int_equal(map(t, 1000 + t / 100), 1000 + t);
    /* The next source goes on behind it. */
    source_clock_restart(&c);
    assert_int_equal(map(0, 8000), 600980);
    assert_false(jumped);
}

static void another_source_is_tied_to_the_present(void **state)
{
    (void)state;
    map(5000, 0);
    map(9000, 4000);
    source_clock_restart(&c);
    assert_int_equal(map(5000, 64000), 64000);
    assert_false(jumped);
}

static void a_jump_of_the_sources_clock_ties_it_anew(void **state)
{
    (void)state;
    map(0, 1000);
    map(20, 1020);
    assert_int_equal(map(9000000, 1040), 1040); /* forwards */
    assert_true(jumped);
    assert_int_equal(map(9000020, 1060), 1060);
    assert_false(jumped);
    assert_int_equal(map(0, 1080), 1080); /* back to nothing */
    assert_true(jumped);
}

static void a_clock_that_was_stopped_is_tied_anew(void **state)
{
    (void)state;
    map(0, 1000);
    assert_int_equal(map(20, 300000), 300000); /* a phone that slept */
    assert_true(jumped);
}

static void a_hole_up_to_the_present_is_no_jump(void **state)
{
    (void)state;
    map(0, 1000);
    assert_int_equal(map(30000, 31200), 31000); /* what was between was left out */
    assert_false(jumped);
    assert_int_equal(map(50000, 31220), 31220); /* that one is from the future */
    assert_true(jumped);
}

/* On 48 kbit/s a keyframe takes ten seconds, and voice passes it. */
static void a_picture_may_come_long_behind_the_voice(void **state)
{
    (void)state;
    map(0, 1000);
    map_picture(0, 1000);
    for (uint32_t t = 20; t <= 20000; t += 20)
        map(t, 1000 + t);
    assert_int_equal(map_picture(2000, 21000), 3000);
    assert_false(jumped);
    assert_int_equal(map(20020, 21020), 21020);
    assert_false(jumped);
}

static void one_jump_of_both_tracks_ties_once(void **state)
{
    (void)state;
    map(50000, 1000);
    map_picture(50000, 1000);
    assert_int_equal(map(0, 2000), 2000);
    assert_true(jumped);
    assert_int_equal(map_picture(0, 2010), 2000);
    assert_false(jumped);
}

/* -- a source that comes back ----------------------------------------------------------------- */

static void teach(uint32_t from_ms, uint32_t to_ms)
{
    for (uint32_t t = from_ms; t < to_ms; t += 20) {
        map(t, t - 5000);
        map_picture(t, t - 5000);
    }
}

static void who_comes_back_with_the_same_clock_keeps_its_place(void **state)
{
    (void)state;
    teach(10000, 20000); /* up to 15 s of the session */
    source_clock_resume(&c);
    assert_int_equal(map(16000, 75300), 11000); /* what had not arrived a minute ago */
    assert_false(jumped);
    for (uint32_t t = 16020; t < 20020; t += 20) {
        assert_int_equal(map(t, 75320), t - 5000);
        assert_false(jumped);
    }
    assert_int_equal(map(80300, 75320), 75300); /* and the present */
    assert_false(jumped);
    assert_int_equal(map_picture(80280, 75400), 75280);
    assert_false(jumped);
}

static void who_was_away_very_long_keeps_its_place_too(void **state)
{
    (void)state;
    teach(10000, 20000);
    source_clock_resume(&c);
    assert_int_equal(map(19000, 600000), 14000);
    assert_int_equal(map(605000, 600010), 600000);
    assert_false(jumped);
    assert_int_equal(map(605020, 700000), 700000); /* as late as that was only what was old */
    assert_true(jumped);
}

static void who_comes_back_with_another_clock_is_tied_to_the_present(void **state)
{
    (void)state;
    teach(10000, 20000);
    source_clock_resume(&c);
    assert_int_equal(map(0, 17000), 17000); /* it counts from 0 again */
    assert_false(jumped);
    source_clock_resume(&c);
    assert_int_equal(map(40000, 18000), 18000); /* faster than time: another clock */
    assert_int_equal(map(40020, 18020), 18020);
    assert_false(jumped);
}

static void a_first_source_has_nothing_to_come_back_to(void **state)
{
    (void)state;
    source_clock_resume(&c);
    assert_int_equal(map(123456, 700), 700);
    source_clock_restart(&c);
    source_clock_resume(&c);
    assert_int_equal(map(123476, 900), 900);
    assert_false(jumped);
}

static void both_clocks_may_wrap(void **state)
{
    (void)state;
    uint32_t dts = UINT32_MAX - 500;
    uint32_t now = UINT32_MAX - 5000;
    uint32_t last = map(dts, now);
    for (int i = 0; i < 1000; i++) {
        dts += 20;
        now += 20;
        uint32_t pts = map(dts, now);
        assert_false(jumped);
        assert_int_equal(pts - last, 20);
        last = pts;
    }
}

static void what_is_beside_the_tags_is_found_on_their_clock(void **state)
{
    (void)state;
    uint32_t at_ms;
    assert_false(source_clock_find(&c, 700, 5000, &at_ms)); /* no tag yet */
    assert_int_equal(at_ms, 5000);
    map(1000, 5000);
    assert_true(source_clock_find(&c, 1100, 5050, &at_ms));
    assert_int_equal(at_ms, 5100);
    assert_true(source_clock_find(&c, 500, 95000, &at_ms)); /* written while the line was away */
    assert_int_equal(at_ms, 4500);
    assert_false(source_clock_find(&c, 90000000, 95000, &at_ms)); /* another clock */
    assert_int_equal(at_ms, 95000);
    assert_int_equal(map(1020, 5020), 5020); /* and nothing was tied */
    assert_false(jumped);
}

/* Whatever a source says, what is given out never steps back by more than its own tags do. */
static void the_session_clock_never_goes_back(void **state)
{
    (void)state;
    uint32_t seed = 1, dts = 0, now = 0, newest = 0;
    for (int i = 0; i < 1000000; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t r = seed >> 8;
        dts += r % 1000 == 0 ? r : r % 50;
        now += r % 997 == 0 ? r % 100000 : r % 60;
        if (r % 5003 == 0)
            source_clock_restart(&c);
        if (r % 4999 == 0)
            source_clock_resume(&c);
        uint32_t pts = map(dts, now);
        assert_true(i == 0 || (int32_t)(pts - newest) >= 0);
        newest = pts;
    }
}

#define CASE(test) cmocka_unit_test_setup(test, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_tag_is_now),
        CASE(nothing_comes_before_the_clocks_beginning),
        CASE(a_stalled_uplink_delivers_late_and_in_order),
        CASE(a_source_faster_than_time_stays_in_order),
        CASE(another_source_is_tied_to_the_present),
        CASE(a_jump_of_the_sources_clock_ties_it_anew),
        CASE(a_clock_that_was_stopped_is_tied_anew),
        CASE(a_hole_up_to_the_present_is_no_jump),
        CASE(a_picture_may_come_long_behind_the_voice),
        CASE(one_jump_of_both_tracks_ties_once),
        CASE(who_comes_back_with_the_same_clock_keeps_its_place),
        CASE(who_was_away_very_long_keeps_its_place_too),
        CASE(who_comes_back_with_another_clock_is_tied_to_the_present),
        CASE(a_first_source_has_nothing_to_come_back_to),
        CASE(both_clocks_may_wrap),
        CASE(what_is_beside_the_tags_is_found_on_their_clock),
        CASE(the_session_clock_never_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
