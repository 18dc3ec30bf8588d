#include "tests/unit/unit.h"

#include "tests/unit/codec/session.h"

/* The real program on a socketpair, fed with what the real ffmpeg makes. */

static void every_kind_of_rendition_arrives_and_decodes(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin((1u << R_COUNT) - 1);
    feed(&w, &camera, UINT32_MAX, 0);
    assert_int_equal(finish(&w), 0);
    assert_true(seen.is_ready);
    assert_false(seen.is_failed);
    assert_int_equal(seen.content, WIRE_CONTENT_CAMERA);
    check_video(R_C360P5, 640, 360);
    check_video(R_C540P5, 960, 540);
    check_video(R_C480P10, 854, 480);
    check_video(R_C480P15, 854, 480);
    check_video(R_S720P5, 1280, 720);
    check_still(R_WEBP, AV_CODEC_ID_WEBP);
    check_still(R_AVIF, AV_CODEC_ID_NONE);
    check_voice(R_OPUS8, 60);
    check_voice(R_OPUS10, 60);
    check_voice(R_OPUS24, 20);
    check_voice(R_AAC32, 32);
    assert_in_range(count(R_OPUS24, WIRE_PACKET), 240, 252);
    assert_in_range(count(R_C480P10, WIRE_DELTA) + count(R_C480P10, WIRE_KEYFRAME), 48, 51);
    const struct kept *packet = find(R_OPUS10, WIRE_PACKET);
    AVFrame *f = decoded(AV_CODEC_ID_OPUS, NULL, 0, packet->payload, packet->len);
    assert_non_null(f);
    av_frame_free(&f);
    const struct kept *asc = find(R_AAC32, WIRE_CONFIG);
    assert_int_equal(asc->payload[0] << 8 | asc->payload[1], 1024);
    packet = find(R_AAC32, WIRE_PACKET);
    f = decoded(AV_CODEC_ID_AAC, asc->payload + 6, asc->len - 6, packet->payload, packet->len);
    assert_non_null(f);
    assert_int_equal(f->sample_rate, 32000);
    av_frame_free(&f);
}

static void only_what_is_wanted_is_encoded(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10);
    feed(&w, &camera, 1500, 0);
    for (size_t i = 0; i < seen.n; i++)
        assert_int_equal(seen.units[i].rendition, R_OPUS10);
    /* A watcher comes: config and keyframe at once, in the middle of a group of pictures. */
    worker_want(&w, 1u << R_OPUS10 | 1u << R_C360P5);
    feed(&w, &camera, 1800, 0);
    assert_true(wait_for(&w, R_C360P5, WIRE_KEYFRAME, 1));
    assert_true(find(R_C360P5, WIRE_KEYFRAME)->pts_ms < 1800);
    /* And goes again. */
    worker_want(&w, 1u << R_OPUS10);
    feed(&w, &camera, 2500, 0);
    size_t then = count(R_C360P5, WIRE_DELTA);
    feed(&w, &camera, 4000, 0);
    assert_int_equal(count(R_C360P5, WIRE_DELTA), then);
    assert_int_equal(finish(&w), 0);
}

static void a_keyframe_comes_on_demand(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P10);
    feed(&w, &camera, 1000, 0);
    size_t before = count(R_C480P10, WIRE_KEYFRAME);
    worker_send(&w, WIRE_KEY, R_C480P10, 0, NULL, 0);
    feed(&w, &camera, 1400, 0);
    assert_int_equal(finish(&w), 0);
    assert_int_equal(count(R_C480P10, WIRE_KEYFRAME), before + 1);
}

static void slides_become_one_still_per_page(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_WEBP);
    feed(&w, &slides, UINT32_MAX, 0);
    assert_int_equal(finish(&w), 0);
    assert_int_equal(seen.content, WIRE_CONTENT_SLIDES);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 2);
}

static void the_present_still_comes_again_on_demand(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_AVIF);
    feed(&w, &slides, 2000, 0);
    assert_true(wait_for(&w, R_AVIF, WIRE_STILL, 1));
    worker_send(&w, WIRE_KEY, R_AVIF, 0, NULL, 0);
    assert_true(wait_for(&w, R_AVIF, WIRE_STILL, 2)); /* though no media comes */
    const struct kept *a = NULL, *b = NULL;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_STILL) {
            a = b;
            b = &seen.units[i];
        }
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->payload, b->payload, a->len);
    assert_int_equal(finish(&w), 0);
}

static void what_was_delivered_is_not_sent_again(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P10 | 1u << R_WEBP);
    worker_send(&w, WIRE_RESUME, 0, 3000, NULL, 0);
    uint64_t start = now_ms();
    pour(&w, &camera, 3500);
    assert_true(wait_for(&w, R_C480P10, WIRE_KEYFRAME, 1));
    print_message("from start to first new picture: %u ms\n", (unsigned)(now_ms() - start));
    assert_int_equal(finish(&w), 0);
    for (size_t i = 0; i < seen.n; i++)
        assert_true(seen.units[i].pts_ms >= 3000);
    check_voice(R_OPUS10, 60);
    assert_int_equal(find(R_OPUS10, WIRE_PACKET)->pts_ms, 3000);
    assert_true(find(R_C480P10, WIRE_KEYFRAME)->pts_ms < 3100);
}

static void a_ping_is_answered_while_no_media_comes(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(0);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    feed(&w, &small, 500, 0);
    worker_send(&w, WIRE_PING, 0, 0, "efgh", 4);
    assert_true(wait_for_pongs(&w, 2));
    assert_int_equal(finish(&w), 0);
}

static void control_overtakes_a_backlog_of_media(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P15 | 1u << R_S720P5);
    pour(&w, &camera, UINT32_MAX);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    assert_true(newest_voice_ms() < 4500);
    assert_int_equal(finish(&w), 0);
    /* Fed faster than life, the picture was thinned out and the voice was not. */
    check_voice(R_OPUS10, 60);
    assert_in_range(count(R_OPUS10, WIRE_PACKET), 80, 84);
    assert_true(count(R_C480P15, WIRE_DELTA) < 60);
}

static int clips_make(void **state)
{
    (void)state;
    return session_setup(CLIP_CAMERA | CLIP_SLIDES | CLIP_SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_rendition_arrives_and_decodes),
        cmocka_unit_test(only_what_is_wanted_is_encoded),
        cmocka_unit_test(a_keyframe_comes_on_demand),
        cmocka_unit_test(slides_become_one_still_per_page),
        cmocka_unit_test(the_present_still_comes_again_on_demand),
        cmocka_unit_test(what_was_delivered_is_not_sent_again),
        cmocka_unit_test(a_ping_is_answered_while_no_media_comes),
        cmocka_unit_test(control_overtakes_a_backlog_of_media),
    };
    return cmocka_run_group_tests(tests, clips_make, session_teardown);
}
