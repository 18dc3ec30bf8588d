#include "tests/unit/unit.h"

#include "server/worker/reached.h"

enum { VOICE, VOICE_TOO, VIDEO, STILL, RENDITIONS };
enum { ALL = (1 << RENDITIONS) - 1 };

static const struct rendition_spec specs[] = {[VOICE] = {.codec = CODEC_OPUS},
                                              [VOICE_TOO] = {.codec = CODEC_AAC},
                                              [VIDEO] = {.codec = CODEC_H264},
                                              [STILL] = {.codec = CODEC_WEBP}};

static struct reached fresh(void)
{
    struct reached r;
    reached_init(&r, specs, RENDITIONS);
    reached_restart(&r);
    return r;
}

static enum reached_verdict take(struct reached *r, uint8_t rendition, uint8_t kind,
                                 uint32_t pts_ms)
{
    const struct wire_msg m = {
        .type = WIRE_UNIT, .rendition = rendition, .kind = kind, .pts_ms = pts_ms};
    return reached_take(r, &m);
}

static void what_a_fresh_process_says_again_is_known(void **state)
{
    (void)state;
    struct reached r = fresh();
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 60), REACHED_NEWS);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 120), REACHED_NEWS);
    reached_restart(&r);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 60), REACHED_KNOWN);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 120), REACHED_KNOWN);
    assert_int_equal(take(&r, VOICE_TOO, WIRE_PACKET, 120), REACHED_NEWS);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 180), REACHED_NEWS);
}

static void frames_without_a_keyframe_of_their_process_are_of_no_use(void **state)
{
    (void)state;
    struct reached r = fresh();
    assert_int_equal(take(&r, VIDEO, WIRE_DELTA, 0), REACHED_KNOWN);
    assert_int_equal(take(&r, VIDEO, WIRE_KEYFRAME, 100), REACHED_NEWS);
    assert_int_equal(take(&r, VIDEO, WIRE_DELTA, 200), REACHED_NEWS);
    reached_restart(&r);
    assert_int_equal(take(&r, VIDEO, WIRE_KEYFRAME, 100), REACHED_KEY_LOST);
    assert_int_equal(take(&r, VIDEO, WIRE_DELTA, 300), REACHED_KNOWN);
    assert_int_equal(take(&r, VIDEO, WIRE_KEYFRAME, 400), REACHED_NEWS);
    assert_int_equal(take(&r, VIDEO, WIRE_DELTA, 500), REACHED_NEWS);
}

static void headers_and_stills_are_always_news(void **state)
{
    (void)state;
    struct reached r = fresh();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(take(&r, VIDEO, WIRE_CONFIG, 0), REACHED_NEWS);
        assert_int_equal(take(&r, STILL, WIRE_STILL, 0), REACHED_NEWS);
        reached_restart(&r);
    }
}

static void what_is_wanted_goes_on_where_the_least_of_it_had_come(void **state)
{
    (void)state;
    struct reached r = fresh();
    uint32_t ms = 7;
    assert_false(reached_voice(&r, ALL, &ms));
    take(&r, VOICE, WIRE_PACKET, 600);
    take(&r, VOICE_TOO, WIRE_PACKET, 500);
    take(&r, STILL, WIRE_STILL, 100);
    assert_false(reached_video(&r, ALL, &ms));
    assert_int_equal(ms, 7);
    assert_true(reached_voice(&r, ALL, &ms));
    assert_int_equal(ms, 500);
    assert_true(reached_voice(&r, 1u << VOICE, &ms));
    assert_int_equal(ms, 600);
    take(&r, VIDEO, WIRE_KEYFRAME, 400);
    assert_true(reached_video(&r, ALL, &ms));
    assert_int_equal(ms, 400);
    assert_false(reached_video(&r, 1u << VOICE, &ms));
}

static void the_clock_may_wrap(void **state)
{
    (void)state;
    struct reached r = fresh();
    uint32_t ms;
    take(&r, VOICE_TOO, WIRE_PACKET, UINT32_MAX - 20);
    take(&r, VOICE, WIRE_PACKET, UINT32_MAX - 10);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, 50), REACHED_NEWS);
    assert_int_equal(take(&r, VOICE, WIRE_PACKET, UINT32_MAX - 10), REACHED_KNOWN);
    assert_true(reached_voice(&r, ALL, &ms));
    assert_int_equal(ms, UINT32_MAX - 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_fresh_process_says_again_is_known),
        cmocka_unit_test(frames_without_a_keyframe_of_their_process_are_of_no_use),
        cmocka_unit_test(headers_and_stills_are_always_news),
        cmocka_unit_test(what_is_wanted_goes_on_where_the_least_of_it_had_come),
        cmocka_unit_test(the_clock_may_wrap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
