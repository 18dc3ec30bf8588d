#include "tests/unit/unit.h"

#include "tests/unit/codec/packets.h"

/* Sources as browsers encode them, through the real program in its sandbox. */

#define VOICE  "-f lavfi -i sine=f=300:r=48000 "
#define CAMERA "-f lavfi -i testsrc2=s=640x360:r=15 "
#define SCREEN "-f lavfi -i \"color=white:s=960x600:r=5,drawgrid=w=97:h=61:t=3\" "
#define OPUS   "-c:a libopus -b:a 24k "
#define VP8    "-c:v libvpx -deadline realtime -cpu-used 8 -threads 1 -b:v 300k -g 300 "
#define VP9    "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -threads 1 -b:v 300k -g 300 "
#define AV1    "-c:v libaom-av1 -usage realtime -cpu-used 8 -threads 1 -b:v 300k -g 300 "
#define H264   "-c:v libx264 -preset ultrafast -tune zerolatency -threads 1 -pix_fmt yuv420p -g 300 "

enum { WANTED = 1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_WEBP };

static struct clip vp8, vp9, av1, h264, screen;

static void nothing_was_wrong(void)
{
    assert_false(seen.is_failed);
    assert_null(strstr(seen.warning, "the source's pictures"));
}

/* No packet of the voice is missing, from `from_ms` to `to_ms`. */
static void voice_is_whole(uint32_t from_ms, uint32_t to_ms)
{
    uint32_t next_ms = 0;
    for (size_t i = 0; i < seen.n; i++) {
        if (seen.units[i].rendition != R_OPUS10 || seen.units[i].kind != WIRE_PACKET)
            continue;
        if (next_ms)
            assert_int_equal(seen.units[i].pts_ms, next_ms);
        else
            assert_true(seen.units[i].pts_ms <= from_ms + 120);
        next_ms = seen.units[i].pts_ms + 60;
    }
    assert_true(next_ms + 120 >= to_ms);
}

static size_t pictures_since(uint32_t ms)
{
    size_t n = 0;
    for (size_t i = 0; i < seen.n; i++)
        n += seen.units[i].rendition == R_C360P5 && seen.units[i].kind != WIRE_CONFIG &&
             seen.units[i].pts_ms >= ms;
    return n;
}

static void every_codec_of_browsers_is_seen_and_heard(void **state)
{
    (void)state;
    skip_unless_possible();
    struct clip *const clips[] = {&vp8, &vp9, &av1, &h264};
    for (size_t i = 0; i < 4; i++) {
        struct worker w = begin(WANTED);
        clip_begin(&w, clips[i]);
        clip_feed(&w, clips[i], UINT32_MAX, 0);
        assert_int_equal(finish(&w), 0);
        nothing_was_wrong();
        check_video(R_C360P5, 640, 360);
        assert_in_range(pictures_since(0), 9, 11);
        assert_int_equal(count(R_WEBP, WIRE_STILL), 1);
        voice_is_whole(0, 1900);
        assert_int_equal(seen.keys_needed, 0);
    }
}

static void sources_follow_each_other_without_a_hole_in_the_voice(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(WANTED);
    clip_begin(&w, &vp8);
    clip_feed(&w, &vp8, UINT32_MAX, 0);
    screen.at = 0; /* the same page shows its screen: a new configuration, the same stream */
    clip_feed(&w, &screen, UINT32_MAX, 2000);
    clip_begin(&w, &av1); /* reloaded, with another codec */
    clip_feed(&w, &av1, UINT32_MAX, 4000);
    camera.at = 0; /* OBS */
    feed(&w, &camera, 1900, 6000);
    clip_begin(&w, &h264);
    clip_feed(&w, &h264, UINT32_MAX, 8000);
    assert_int_equal(finish(&w), 0);
    nothing_was_wrong();
    voice_is_whole(0, 9900);
    for (uint32_t ms = 0; ms < 10000; ms += 2000)
        assert_true(pictures_since(ms) >= (10000 - ms) / 200 * 9 / 10);
    assert_int_equal(count(R_C360P5, WIRE_CONFIG), 3); /* 640x360, 576x360, 640x360 */
    assert_int_equal(seen.keys_needed, 0);
}

/* As a worker is told that takes over from a dead one. */
static void what_was_delivered_is_not_sent_again(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(WANTED);
    worker_send(&w, WIRE_RESUME, 0, 1200, NULL, 0);
    clip_begin(&w, &vp9);
    clip_feed(&w, &vp9, UINT32_MAX, 0);
    assert_int_equal(finish(&w), 0);
    for (size_t i = 0; i < seen.n; i++)
        assert_true(seen.units[i].pts_ms >= 1200 || seen.units[i].kind == WIRE_CONFIG);
    voice_is_whole(1200, 1900);
    assert_int_equal(find(R_OPUS10, WIRE_PACKET)->pts_ms, 1200);
    assert_in_range(find(R_C360P5, WIRE_KEYFRAME)->pts_ms, 1200, 1300);
    assert_int_equal(seen.keys_needed, 0);
}

/* Bytes that no decoder makes a picture of: it is said, for each source. */
static void what_cannot_be_decoded_at_all_is_said(void **state)
{
    (void)state;
    skip_unless_possible();
    static const char expected[] = "the source's pictures can't be decoded";
    uint8_t config[PACKET_VIDEO_CONFIG], body[PACKET_HEAD + 40];
    struct worker w = begin(WANTED);
    memset(body, 0x5a, sizeof(body));
    for (uint8_t codec = PACKET_VP8; codec <= PACKET_AV1; codec++) {
        seen.warning[0] = '\0';
        clip_begin(&w, &vp8);
        packet_write_video_config(config, codec, 640, 360);
        packet_write_head(body, codec, PACKET_KEY);
        say_packet(&w, 0, codec * 1000u, config, sizeof(config));
        for (uint32_t i = 0; i < 80; i++)
            say_packet(&w, 0, codec * 1000u + i, body, sizeof(body));
        worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
        assert_true(wait_for_pongs(&w, codec - PACKET_VP8 + 1u));
        for (int patience = 100; strcmp(seen.warning, expected) && patience > 0; patience--)
            listen_for(&w, 100);
        assert_string_equal(seen.warning, expected);
    }
    clip_begin(&w, &vp8);
    clip_feed(&w, &vp8, UINT32_MAX, 9000);
    assert_int_equal(finish(&w), 0);
    assert_true(pictures_since(9000) >= 9);
}

static void what_cannot_be_decoded_yet_is_asked_for(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10);
    clip_begin(&w, &vp8);
    size_t first = 0;
    while (vp8.packets[first].is_config || vp8.packets[first].is_voice)
        first++; /* the keyframe */
    size_t len = vp8.packets[first].len;
    vp8.packets[first].len = 0; /* is lost */
    clip_feed(&w, &vp8, 900, 0);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    assert_int_equal(seen.keys_needed, 0); /* nobody watches */
    worker_want(&w, WANTED);
    clip_feed(&w, &vp8, UINT32_MAX, 0);
    vp8.packets[first].len = len;
    clip_begin(&w, &vp8);
    clip_feed(&w, &vp8, UINT32_MAX, 2000);
    assert_int_equal(finish(&w), 0);
    assert_in_range(seen.keys_needed, 1, 2);
    assert_in_range(find(R_C360P5, WIRE_KEYFRAME)->pts_ms, 2000, 2020);
    assert_true(pictures_since(2000) >= 9);
}

static void a_hint_outweighs_what_pictures_look_like(void **state)
{
    (void)state;
    skip_unless_possible();
    const uint8_t hints[] = {WIRE_CONTENT_CAMERA, WIRE_CONTENT_UNKNOWN};
    struct worker w = begin(1u << R_OPUS10 | 1u << R_WEBP);
    worker_send(&w, WIRE_HINT, 0, 0, &hints[0], 1);
    clip_begin(&w, &screen);
    clip_feed(&w, &screen, UINT32_MAX, 0);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    assert_int_equal(seen.content, WIRE_CONTENT_CAMERA);
    worker_send(&w, WIRE_HINT, 0, 0, &hints[1], 1);
    screen.at = 0;
    clip_feed(&w, &screen, UINT32_MAX, 2000);
    assert_int_equal(finish(&w), 0);
    assert_int_equal(seen.content, WIRE_CONTENT_SLIDES);
}

static void pictures_that_say_they_are_too_large_are_refused(void **state)
{
    (void)state;
    skip_unless_possible();
    uint8_t config[PACKET_VIDEO_CONFIG];
    packet_write_video_config(config, PACKET_VP8, 10000, 10000);
    struct worker w = begin(WANTED);
    clip_begin(&w, &vp8);
    clip_feed(&w, &vp8, 0, 0); /* its configurations, and the first packets */
    say_packet(&w, 0, 0, config, sizeof(config));
    clip_feed(&w, &vp8, 1000, 0);
    worker_want(&w, 1u << R_OPUS10); /* for there is nothing to see */
    packet_write_video_config(config, PACKET_VP8, 640, 360);
    say_packet(&w, 0, 1000, config, sizeof(config));
    assert_int_equal(seen.content, WIRE_CONTENT_TOO_LARGE);
    clip_feed(&w, &vp8, UINT32_MAX, 0);
    assert_true(wait_for(&w, R_OPUS10, WIRE_PACKET, 30));
    assert_int_not_equal(seen.content, WIRE_CONTENT_TOO_LARGE);
    worker_want(&w, WANTED);
    clip_begin(&w, &vp8); /* with a keyframe */
    clip_feed(&w, &vp8, UINT32_MAX, 2000);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
    assert_string_equal(seen.warning, "the source's pictures of 10000x10000 are too large");
    voice_is_whole(0, 3900);
    assert_true(pictures_since(100) == pictures_since(2000));
    assert_true(pictures_since(2000) >= 9);
}

/* -- damage --------------------------------------------------------------------------------- */

enum { ROUNDS = 6 };

static uint32_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525u + 1013904223u;
    return (dice >> 8) % sides;
}

/* One packet in four: bits flipped, cut short, overwritten, or in the name of another codec. */
static size_t damage(uint8_t *body, size_t len)
{
    size_t at = roll((uint32_t)len);
    switch (roll(16)) {
    case 0: body[at] ^= (uint8_t)(1 << roll(8)); return len;
    case 1: return at + 1;
    case 2:
        for (size_t i = at; i < len && i < at + 64; i++)
            body[i] = (uint8_t)roll(256);
        return len;
    case 3: body[0] = (uint8_t)(1 + roll(5)); return len;
    default: return len;
    }
}

static void say_damaged(struct worker *w, const struct clip *c)
{
    for (size_t i = 0; i < c->n && !w->is_over; i++) {
        size_t len = c->packets[i].len;
        uint8_t *copy = malloc(len);
        memcpy(copy, c->packets[i].body, len);
        len = damage(copy, len);
        say_packet(w, 0, c->packets[i].ms, copy, len);
        free(copy);
        listen_for(w, 0);
    }
}

static void damaged_packets_never_break_out_or_hang(void **state)
{
    (void)state;
    skip_unless_possible();
    struct clip *const clips[] = {&vp8, &vp9, &av1, &h264};
    dice = 1;
    for (size_t i = 0; i < 4 * ROUNDS; i++) {
        struct worker w = begin(WANTED);
        clip_begin(&w, clips[i % 4]);
        say_damaged(&w, clips[i % 4]);
        clip_begin(&w, &vp8); /* and after it a sound one is seen and heard */
        clip_feed(&w, &vp8, UINT32_MAX, 3000);
        int status = finish(&w);
        if (!WIFEXITED(status) || WEXITSTATUS(status))
            fail_msg("round %zu: status %d", i, status);
        assert_false(seen.is_failed);
        assert_true(pictures_since(3000) >= 9);
        assert_true(newest_voice_ms() > 4800);
    }
}

static void noise_in_the_name_of_any_codec_is_passed_over(void **state)
{
    (void)state;
    skip_unless_possible();
    uint8_t body[2000], config[PACKET_VIDEO_CONFIG + 16] = {0};
    struct worker w = begin(WANTED);
    clip_begin(&w, &vp8);
    dice = 7;
    for (uint32_t i = 0; i < 400; i++) {
        uint8_t codec = (uint8_t)(PACKET_H264 + i / 100);
        packet_write_video_config(config, codec, (uint16_t)(1 + roll(2000)),
                                  (uint16_t)(1 + roll(2000)));
        for (size_t k = PACKET_VIDEO_CONFIG; k < sizeof(config); k++)
            config[k] = (uint8_t)roll(256);
        if (i % 10 == 0)
            say_packet(&w, 0, i * 10, config, sizeof(config));
        size_t len = 3 + roll(sizeof(body) - 3);
        for (size_t k = 0; k < len; k++)
            body[k] = (uint8_t)roll(256);
        packet_write_head(body, i % 7 ? codec : PACKET_OPUS, i % 3 ? PACKET_DELTA : PACKET_KEY);
        say_packet(&w, 0, i * 10, body, len);
        listen_for(&w, 0);
    }
    vp8.at = 0;
    clip_feed(&w, &vp8, UINT32_MAX, 5000);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
    assert_true(pictures_since(5000) >= 9);
}

static void a_size_that_changes_with_every_picture_is_followed(void **state)
{
    (void)state;
    skip_unless_possible();
    struct clip *const clips[] = {&vp8, &screen};
    struct worker w = begin(WANTED);
    for (uint32_t i = 0; i < 60; i++) {
        struct clip *c = clips[i % 2];
        bool has_key = false;
        for (size_t k = 0; k < c->n && !has_key; k++) {
            if (c->packets[k].is_voice)
                continue;
            say_packet(&w, 0, i * 100, c->packets[k].body, c->packets[k].len);
            has_key = !c->packets[k].is_config;
        }
        listen_for(&w, 0);
    }
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
    assert_true(count(R_C360P5, WIRE_CONFIG) >= 2);
}

static int clips_make(void **state)
{
    (void)state;
    int err = session_setup(CLIP_CAMERA);
    if (err || why_not)
        return err;
    clip_make(&vp8, "vp8", CAMERA VOICE VP8 OPUS "-t 2");
    clip_make(&vp9, "vp9", CAMERA VOICE VP9 OPUS "-t 2");
    clip_make(&av1, "av1", CAMERA VOICE AV1 OPUS "-t 2");
    clip_make(&h264, "h264", CAMERA VOICE H264 OPUS "-t 2");
    clip_make(&screen, "screen", SCREEN VOICE VP8 OPUS "-t 2");
    return 0;
}

static int clips_free(void **state)
{
    struct clip *const clips[] = {&vp8, &vp9, &av1, &h264, &screen};
    for (size_t i = 0; i < 5; i++)
        clip_free(clips[i]);
    return session_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_codec_of_browsers_is_seen_and_heard),
        cmocka_unit_test(sources_follow_each_other_without_a_hole_in_the_voice),
        cmocka_unit_test(what_was_delivered_is_not_sent_again),
        cmocka_unit_test(what_cannot_be_decoded_at_all_is_said),
        cmocka_unit_test(what_cannot_be_decoded_yet_is_asked_for),
        cmocka_unit_test(a_hint_outweighs_what_pictures_look_like),
        cmocka_unit_test(pictures_that_say_they_are_too_large_are_refused),
        cmocka_unit_test(damaged_packets_never_break_out_or_hang),
        cmocka_unit_test(noise_in_the_name_of_any_codec_is_passed_over),
        cmocka_unit_test(a_size_that_changes_with_every_picture_is_followed),
    };
    return cmocka_run_group_tests(tests, clips_make, clips_free);
}
