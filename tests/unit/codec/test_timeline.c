#include "tests/unit/unit.h"

#include "codec/timeline.h"
#include "codec/voice_track.h"

enum { FRAME = 1024 }; /* of AAC at 48 kHz: 21.33 ms */

static void wobbling_timestamps_change_nothing(void **state)
{
    (void)state;
    struct timeline t = {0};
    assert_true(timeline_place(&t, 1000, 0).is_restart);
    timeline_advance(&t, FRAME);
    for (int i = 1; i < 1000; i++) {
        int64_t pts = 1000 + (int64_t)i * FRAME / VOICE_PER_MS + i % 3 * 20 - 20;
        struct timeline_step s = timeline_place(&t, pts, 0);
        assert_false(s.is_restart);
        assert_int_equal(s.silence + s.skip, 0);
        timeline_advance(&t, FRAME);
    }
    assert_int_equal(t.next, 1000 * VOICE_PER_MS + 1000 * FRAME);
}

static void a_hole_is_filled_with_its_length(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_place(&t, 0, 0);
    timeline_advance(&t, 480);
    struct timeline_step s = timeline_place(&t, 510, 0); /* 10 ms were there */
    assert_false(s.is_restart);
    assert_int_equal(s.silence, 500 * VOICE_PER_MS);
    timeline_advance(&t, s.silence + 480);
    s = timeline_place(&t, 520, 0);
    assert_int_equal(s.silence + s.skip, 0);
}

static void an_overlap_is_cut(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_place(&t, 0, 0);
    timeline_advance(&t, 48000);
    struct timeline_step s = timeline_place(&t, 900, 0);
    assert_false(s.is_restart);
    assert_int_equal(s.skip, 100 * VOICE_PER_MS);
}

static void beyond_a_second_time_jumps(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_place(&t, 0, 0);
    timeline_advance(&t, 480);
    assert_false(timeline_place(&t, 1010, 0).is_restart);
    assert_true(timeline_place(&t, 1011, 0).is_restart);
    assert_int_equal(t.next, 1011 * VOICE_PER_MS);
    assert_true(timeline_place(&t, 5, 0).is_restart);
    assert_int_equal(t.next, 5 * VOICE_PER_MS);
}

static void what_is_in_the_resampler_counts(void **state)
{
    (void)state;
    struct timeline t = {0};
    timeline_place(&t, 0, 0);
    timeline_advance(&t, 4800 - 2000);
    struct timeline_step s = timeline_place(&t, 110, 2000);
    assert_int_equal(s.silence, 0);
}

static void a_clock_that_drifts_is_corrected_in_one_step(void **state)
{
    (void)state;
    struct timeline t = {0};
    uint64_t silence = 0, corrections = 0;
    for (int i = 0; i < 100000; i++) { /* 33 minutes, the source's card 100 ppm slow */
        int64_t pts = (int64_t)(i * (FRAME * 1.0001) / VOICE_PER_MS);
        struct timeline_step s = timeline_place(&t, pts, 0);
        assert_int_equal(s.skip, 0);
        corrections += s.silence > 0;
        silence += s.silence;
        timeline_advance(&t, s.silence + FRAME);
    }
    assert_in_range(corrections, 3, 4);
    assert_in_range(silence, 3 * 2880, 4 * 2900);
}

static void packets_begin_at_multiples_of_their_length(void **state)
{
    (void)state;
    /* Opus: 60 ms, decoded 6.5 ms late. */
    assert_int_equal(voice_track_align(0, 2880, 312, 0), 312);
    assert_int_equal(voice_track_align(312, 2880, 312, 0), 312);
    assert_int_equal(voice_track_align(313, 2880, 312, 0), 2880 + 312);
    assert_int_equal(voice_track_align(100000, 2880, 312, 0), 35 * 2880 + 312);
    /* Not before what has been delivered already. */
    assert_int_equal(voice_track_align(0, 2880, 312, 3000 * 48), 50 * 2880 + 312);
    for (int64_t at = 0; at < 10000; at += 7) {
        int64_t start = voice_track_align(at, 960, 312, 0);
        assert_true(start >= at);
        assert_int_equal((start - 312) % 960, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wobbling_timestamps_change_nothing),
        cmocka_unit_test(a_hole_is_filled_with_its_length),
        cmocka_unit_test(an_overlap_is_cut),
        cmocka_unit_test(beyond_a_second_time_jumps),
        cmocka_unit_test(what_is_in_the_resampler_counts),
        cmocka_unit_test(a_clock_that_drifts_is_corrected_in_one_step),
        cmocka_unit_test(packets_begin_at_multiples_of_their_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
