#include "tests/unit/unit.h"

#include "tests/unit/codec/session.h"

/* Sources of many shapes through the real program. */

/* A clip of its own: what comes of it with these renditions wanted. */
static void run_clip(const char *name, const char *what, uint32_t want)
{
    struct flv_file f = {0};
    make_clip(name, what, &f);
    if (why_not)
        fail_msg("%s: %s", name, why_not);
    struct worker w = begin(want);
    feed(&w, &f, UINT32_MAX, 0);
    free(f.data);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
}

static void a_new_encoder_with_another_shape_is_followed(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C360P5);
    feed(&w, &camera, 1500, 0);
    small.at = 13;
    feed(&w, &small, UINT32_MAX, 2000);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
    assert_int_equal(count(R_C360P5, WIRE_CONFIG), 2);
    const struct kept *last = NULL;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_CONFIG && seen.units[i].rendition == R_C360P5)
            last = &seen.units[i];
    assert_int_equal(last->payload[0] << 8 | last->payload[1], 192);
    assert_int_equal(last->payload[2] << 8 | last->payload[3], 108);
    assert_true(newest_voice_ms() > 3300);
}

static void pictures_of_any_usual_format_are_taken(void **state)
{
    (void)state;
    skip_unless_possible();
    const char *const formats[] = {"yuvj420p", "yuv422p", "yuv444p", "yuv420p10le"};
    for (size_t i = 0; i < 4; i++) {
        char what[256];
        snprintf(what, sizeof(what),
                 "-f lavfi -i testsrc=s=640x480:r=10 -f lavfi -i sine=r=48000 -t 1 -c:v libx264 "
                 "-preset ultrafast -threads 1 -pix_fmt %s -ac 2 -c:a aac",
                 formats[i]);
        run_clip(formats[i], what, 1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_WEBP);
        check_video(R_C360P5, 480, 360);
        assert_int_equal(count(R_WEBP, WIRE_STILL), 1);
        assert_true(count(R_OPUS10, WIRE_PACKET) > 10);
    }
}

static void sound_of_any_usual_number_of_channels_is_taken(void **state)
{
    (void)state;
    skip_unless_possible();
    const char *const layouts[] = {"mono", "stereo", "5.1", "7.1"};
    for (size_t i = 0; i < 4; i++) {
        char what[256];
        snprintf(what, sizeof(what),
                 "-f lavfi -i sine=r=48000,aformat=channel_layouts=%s -t 1 -c:a aac", layouts[i]);
        run_clip(layouts[i], what, 1u << R_OPUS10);
        assert_true(count(R_OPUS10, WIRE_PACKET) > 10);
    }
}

static void b_frames_come_out_in_showing_order(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("bframes",
             "-f lavfi -i testsrc2=s=640x360:r=15 -f lavfi -i sine=r=48000 -t 3 -c:v libx264 -bf 3 "
             "-preset veryfast -threads 1 -g 30 -c:a aac",
             1u << R_OPUS10 | 1u << R_C480P15);
    uint32_t last = 0;
    for (size_t i = 0; i < seen.n; i++) {
        if (seen.units[i].rendition != R_C480P15)
            continue;
        assert_true(seen.units[i].pts_ms >= last);
        last = seen.units[i].pts_ms;
    }
    assert_true(last > 2500);
    assert_true(count(R_C480P15, WIRE_DELTA) > 35);
}

static void a_source_of_one_kind_only_is_enough(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("voice", "-f lavfi -i sine=r=32000 -t 2 -c:a aac", UINT32_MAX >> (32 - R_COUNT));
    assert_in_range(count(R_OPUS10, WIRE_PACKET), 31, 35);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 0);
    run_clip("mute",
             "-f lavfi -i testsrc=s=640x360:r=10 -t 2 -c:v libx264 -preset ultrafast -threads 1",
             1u << R_OPUS10 | 1u << R_C360P5);
    assert_int_equal(count(R_OPUS10, WIRE_PACKET), 0);
    assert_true(count(R_C360P5, WIRE_DELTA) >= 8);
}

static void pictures_too_large_cost_the_picture_not_the_voice(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("giant",
             "-f lavfi -i color=gray:s=5120x2880:r=25 -f lavfi -i sine=r=48000 -t 3 -c:v libx264 "
             "-preset ultrafast -threads 1 -c:a aac",
             1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_AVIF);
    assert_int_equal(count(R_C360P5, WIRE_KEYFRAME), 0);
    check_voice(R_OPUS10, 60);
    assert_true(count(R_OPUS10, WIRE_PACKET) >= 48);
    assert_string_equal(seen.warning, "the source's pictures of 5120x2880 are too large");
    assert_int_equal(seen.sources, 1);
    assert_int_equal(seen.content, WIRE_CONTENT_TOO_LARGE);
    assert_int_equal(seen.width, 5120);
}

static void the_screen_of_a_large_laptop_is_seen(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("4k",
             "-f lavfi -i testsrc=s=3840x2400:r=5 -f lavfi -i sine=r=48000 -t 2 -c:v libx264 "
             "-preset ultrafast -threads 1 -c:a aac",
             1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_AVIF);
    check_video(R_C360P5, 576, 360);
    assert_true(count(R_AVIF, WIRE_STILL) >= 1);
    assert_null(strstr(seen.warning, "too large"));
    assert_int_equal(seen.width, 3840);
}

static void a_page_turned_far_from_a_keyframe_is_seen(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip(
        "sparse",
        "-f lavfi -i \"color=white:s=1280x720:r=15,drawgrid=w=120:h=60:t=3:enable='lt(t,8)',"
        "drawgrid=w=80:h=90:t=4:enable='gte(t,8)'\" -f lavfi -i sine=r=48000 -t 10 "
        "-c:v libx264 -preset veryfast -tune zerolatency -threads 1 -g 53 -sc_threshold 0 -c:a aac",
        1u << R_OPUS10 | 1u << R_WEBP);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 2);
    /* The keyframes are at 7.1 and 10.6 s, the new page at 8. */
    uint32_t at = 0;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_STILL)
            at = seen.units[i].pts_ms;
    assert_in_range(at, 8000, 9200);
}

/* The small clip once more, `from_ms` later. */
static void feed_again(struct worker *w, uint32_t from_ms)
{
    small.at = 13;
    feed(w, &small, UINT32_MAX, from_ms);
}

static void a_short_hole_is_silence_and_a_long_one_a_leap(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10);
    feed(&w, &small, UINT32_MAX, 0);
    feed_again(&w, 2000); /* half a second of nothing */
    feed_again(&w, 9000); /* five and a half */
    assert_int_equal(finish(&w), 0);
    unsigned leaps = 0;
    uint32_t last = 0, leap_to = 0;
    for (size_t i = 0; i < seen.n; i++) {
        if (seen.units[i].kind != WIRE_PACKET)
            continue;
        if (last && seen.units[i].pts_ms != last + 60) {
            leaps++;
            leap_to = seen.units[i].pts_ms;
        }
        last = seen.units[i].pts_ms;
    }
    assert_int_equal(leaps, 1);
    assert_in_range(leap_to, 9000, 9120);
    assert_int_equal(leap_to % 60, 0);
}

static int clips_make(void **state)
{
    (void)state;
    return session_setup(CLIP_CAMERA | CLIP_SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_encoder_with_another_shape_is_followed),
        cmocka_unit_test(pictures_of_any_usual_format_are_taken),
        cmocka_unit_test(sound_of_any_usual_number_of_channels_is_taken),
        cmocka_unit_test(b_frames_come_out_in_showing_order),
        cmocka_unit_test(a_source_of_one_kind_only_is_enough),
        cmocka_unit_test(pictures_too_large_cost_the_picture_not_the_voice),
        cmocka_unit_test(the_screen_of_a_large_laptop_is_seen),
        cmocka_unit_test(a_page_turned_far_from_a_keyframe_is_seen),
        cmocka_unit_test(a_short_hole_is_silence_and_a_long_one_a_leap),
    };
    return cmocka_run_group_tests(tests, clips_make, session_teardown);
}
