#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>

#include "server/ingest/web/uplink.h"
#include "tests/unit/ingest/web/page.h"

static struct uplink u;
static struct page_message m;
static const char *why;

static int fresh(void **state)
{
    (void)state;
    u = (struct uplink){0};
    m.len = 0;
    why = NULL;
    return 0;
}

static int done(void **state)
{
    (void)state;
    uplink_release(&u);
    return 0;
}

static void again(void)
{
    done(NULL);
    fresh(NULL);
}

/* What the message gives, a word each: "V20" voice of 20 ms of the page's clock, "C" and "c"
 * configs of voice and video, "K100" and "D100" frames, "i" ink, "p" probe. The last is the error.
 */
static void gives(const char *expected)
{
    static char said[4096];
    struct bytes in = bytes_of(m.bytes, m.len);
    struct uplink_event ev;
    size_t n = 0;
    int err;
    said[0] = '\0';
    while ((err = uplink_next(&u, &in, &ev, &why)) == 0) {
        const struct media_tag *tag = &ev.tag;
        size_t room = sizeof(said) - n;
        char *at = said + n;
        if (ev.kind != UPLINK_MEDIA)
            n += (size_t)snprintf(at, room, ev.kind == UPLINK_INK ? "i " : "p ");
        else if (tag->body[1] == PACKET_CONFIG)
            n += (size_t)snprintf(at, room, tag->type == MEDIA_AUDIO ? "C " : "c ");
        else
            n += (size_t)snprintf(at, room, "%c%u ",
                                  tag->type == MEDIA_AUDIO     ? 'V'
                                  : tag->body[1] == PACKET_KEY ? 'K'
                                                               : 'D',
                                  tag->dts_ms);
        assert_true(n < sizeof(said));
    }
    assert_true(err == -EAGAIN || err == -EPROTO);
    assert_int_equal(err == -EPROTO, why != NULL);
    if (why)
        snprintf(said + n, sizeof(said) - n, "! %s", why);
    else if (n > 0)
        said[n - 1] = '\0';
    assert_string_equal(said, expected);
    m.len = 0;
}

/* Configs of both, and a keyframe. */
static void begin(void)
{
    page_voice_config(&m, 0);
    page_video_config(&m, 0);
    page_frame(&m, KEY, 0, 10);
    gives("C c K0");
}

static void packets_of_a_bundle_follow_on_each_other(void **state)
{
    (void)state;
    page_voice_config(&m, 900);
    page_voice(&m, 1000, 3);
    gives("C V1000 V1020 V1040");
    page_voice(&m, 4294967286u, 2); /* the clock wraps */
    gives("V4294967286 V10");
}

static void packets_last_what_they_say(void **state)
{
    (void)state;
    static const uint8_t payload[] = {
        2, 0x18, 0,       /* SILK, 60 ms */
        2, 0x80, 0,       /* CELT, 2.5 ms */
        4, 0x83, 4, 1, 2, /* four frames of them */
        2, 0x78, 0,       /* 20 ms */
    };
    page_voice_config(&m, 0);
    page_unit(&m, VOICE, BUNDLE, 100, payload, sizeof(payload));
    gives("C V100 V160 V162 V172");
}

static void a_packet_comes_as_it_was_sent(void **state)
{
    (void)state;
    uint8_t payload[2 + UPLINK_PACKET_MAX] = {255, 255, 0x78, 7};
    struct uplink_event ev;
    begin();
    page_unit(&m, VOICE, BUNDLE, 100, payload, sizeof(payload));
    struct bytes in = bytes_of(m.bytes, m.len);
    assert_int_equal(uplink_next(&u, &in, &ev, &why), 0);
    assert_int_equal(ev.tag.container, MEDIA_PACKETS);
    assert_int_equal(ev.tag.len, PACKET_HEAD + UPLINK_PACKET_MAX);
    assert_memory_equal(ev.tag.body, "\1\1\x78\7", 4);
    assert_int_equal(uplink_next(&u, &in, &ev, &why), -EAGAIN);
}

static void frames_come_whole_and_in_parts(void **state)
{
    (void)state;
    begin();
    page_part(&m, DELTA, 40, 100, 0, 60);
    gives("");
    page_part(&m, DELTA, 40, 100, 60, 40);
    page_frame(&m, DELTA, 80, 1);
    gives("D40 D80");
    for (uint32_t at = 0; at < UPLINK_FRAME_MAX; at += 65536) {
        page_part(&m, KEY, 120, UPLINK_FRAME_MAX, at, 65536);
        gives(at + 65536 < UPLINK_FRAME_MAX ? "" : "K120");
    }
}

static void a_frame_has_its_bytes(void **state)
{
    (void)state;
    struct uplink_event ev;
    begin();
    page_part(&m, KEY, 40, 700, 0, 300);
    page_part(&m, KEY, 40, 700, 300, 400);
    struct bytes in = bytes_of(m.bytes, m.len);
    assert_int_equal(uplink_next(&u, &in, &ev, &why), 0);
    assert_int_equal(ev.tag.len, PACKET_HEAD + 700);
    assert_memory_equal(ev.tag.body, "\3\1\0", 3);
    assert_int_equal(ev.tag.body[PACKET_HEAD + 299], 0);
    assert_int_equal(ev.tag.body[PACKET_HEAD + 300], 300 & 255);
    assert_int_equal(ev.tag.body[PACKET_HEAD + 699], 300 & 255);
}

static void voice_and_ink_pass_an_unfinished_frame(void **state)
{
    (void)state;
    begin();
    page_part(&m, DELTA, 40, 100, 0, 60);
    page_voice(&m, 60, 2);
    page_unit(&m, INK, DELTA, 60, "x", 1);
    page_part(&m, DELTA, 40, 100, 60, 40);
    gives("V60 V80 i D40");
}

static void a_frame_that_was_given_up_needs_a_keyframe(void **state)
{
    (void)state;
    begin();
    page_part(&m, DELTA, 40, 100, 0, 60);
    page_frame(&m, DELTA, 80, 10);
    gives("");
    assert_true(u.wants_key);
    u.wants_key = false;
    page_part(&m, DELTA, 120, 100, 0, 60);
    page_part(&m, KEY, 160, 100, 0, 100); /* another part 0 */
    page_frame(&m, DELTA, 200, 10);
    gives("K160 D200");
    assert_false(u.wants_key);
}

static void behind_a_config_comes_a_keyframe(void **state)
{
    (void)state;
    begin();
    page_part(&m, DELTA, 40, 100, 0, 60);
    page_video_config(&m, 80);
    page_frame(&m, DELTA, 80, 10);
    gives("c");
    assert_true(u.wants_key);
    page_part(&m, DELTA, 40, 100, 60, 40); /* what was open is void */
    gives("! part out of place");
}

static void another_source_begins_with_its_configs(void **state)
{
    (void)state;
    begin();
    page_unit(&m, PROBE, 0, 0, "abc", 3);
    page_part(&m, DELTA, 40, 100, 0, 60);
    gives("p");
    uplink_reset(&u);
    assert_int_equal(u.probed, 3);
    page_voice(&m, 0, 1);
    gives("! voice before its config");
    again();
    page_frame(&m, KEY, 0, 10);
    gives("! picture before its config");
    again();
    page_part(&m, KEY, 0, 10, 0, 10);
    gives("! picture before its config");
}

static void refused(uint8_t track, uint8_t kind, const void *payload, size_t len,
                    const char *reason)
{
    again();
    begin();
    page_unit(&m, track, kind, 500, payload, len);
    gives(reason);
}

static void what_is_no_voice_is_refused(void **state)
{
    (void)state;
    refused(VOICE, CONFIG, "", 0, "! bad voice config");
    refused(VOICE, CONFIG, "\2\1\0\0\xbb\x80", 6, "! bad voice config");
    refused(VOICE, CONFIG, "\1\1\0\0\xbb", 5, "! bad voice config");
    refused(VOICE, CONFIG, "\1\1\0\0\xbb\x80\0", 7, "! bad voice config");
    refused(VOICE, CONFIG, "\1\3\0\0\xbb\x80", 6, "! bad voice");
    refused(VOICE, CONFIG, "\1\1\0\0\0\0", 6, "! bad voice");
    refused(VOICE, BUNDLE, "", 0, "! bad bundle");
    refused(VOICE, BUNDLE, "\0", 1, "! bad bundle");
    refused(VOICE, BUNDLE, "\5\x78\1", 3, "! bad bundle");
    refused(VOICE, BUNDLE, "\xfc", 1, "! bad bundle");
    refused(VOICE, BUNDLE, "\2\x83\0", 3, "! bad bundle"); /* no frames in it */
    uint8_t many[65 * 3];
    for (size_t i = 0; i < sizeof(many); i += 3)
        memcpy(many + i, "\2\x78\1", 3);
    refused(VOICE, BUNDLE, many, sizeof(many), "! bad bundle");
    refused(VOICE, KEY, "x", 1, "! unknown unit");
}

static void what_is_no_picture_is_refused(void **state)
{
    (void)state;
    refused(VIDEO, CONFIG, "", 0, "! bad picture config");
    refused(VIDEO, CONFIG, "\1\1\x40\0\xb4", 5, "! bad picture config"); /* Opus */
    refused(VIDEO, CONFIG, "\6\1\x40\0\xb4", 5, "! bad picture");
    refused(VIDEO, CONFIG, "\3\0\0\0\xb4", 5, "! bad picture");
    refused(VIDEO, CONFIG, "\2\1\x40\0\xb4", 5, "! bad picture"); /* H.264 without avcC */
    uint8_t long_one[5 + PACKET_DESCRIPTION_MAX + 1] = {5, 1, 64, 0, 180};
    refused(VIDEO, CONFIG, long_one, sizeof(long_one), "! bad picture config");
    refused(VIDEO, KEY, "", 0, "! empty picture");
    refused(VIDEO, DELTA, "", 0, "! empty picture");
    refused(VIDEO, GAP, "", 0, "! unknown unit");
}

static void what_is_no_part_is_refused(void **state)
{
    (void)state;
    refused(VIDEO, PART, "\1\0\0\4\0\0", 6, "! bad part");
    refused(VIDEO, PART, "\1\0\0\4\0\0\0", 7, "! bad part");
    refused(VIDEO, PART, "\0\0\0\4\0\0\0xxxx", 11, "! bad part");
    refused(VIDEO, PART, "\3\0\0\4\0\0\0xxxx", 11, "! bad part");
    refused(VIDEO, PART, "\1\x10\0\1\0\0\0xxxx", 11, "! picture too big");
    refused(VIDEO, PART, "\1\0\0\3\0\0\0xxxx", 11, "! part out of place");
    refused(VIDEO, PART, "\1\0\0\0\0\0\0xxxx", 11, "! part out of place");
    refused(VIDEO, PART, "\1\0\0\x8\0\0\4xxxx", 11, "! part out of place");
    refused(VIDEO, PART, "\1\0\0\x8\xff\xff\xffxxxx", 11, "! part out of place");
}

static void parts_of_one_frame_agree(void **state)
{
    (void)state;
    static const struct {
        uint8_t kind;
        uint32_t pts_ms, total, offset;
    } wrong[] = {
        {KEY,   40, 100, 60},
        {DELTA, 41, 100, 60},
        {DELTA, 40, 101, 60},
        {DELTA, 40, 100, 59},
        {DELTA, 40, 100, 61}
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        again();
        begin();
        page_part(&m, DELTA, 40, 100, 0, 60);
        page_part(&m, wrong[i].kind, wrong[i].pts_ms, wrong[i].total, wrong[i].offset, 10);
        gives("! part out of place");
    }
}

static void what_is_no_unit_is_refused(void **state)
{
    (void)state;
    refused(STILL, PIECE, "x", 1, "! unknown unit");
    refused(4, CONFIG, "x", 1, "! unknown unit");
    refused(15, 15, "x", 1, "! unknown unit");
    refused(PROBE, KEY, "x", 1, "! unknown unit");
    refused(INK, KEY, "x", 1, "! bad ink");
    refused(INK, DELTA, "", 0, "! bad ink");
    uint8_t much[UPLINK_INK_MAX + 1] = {0};
    refused(INK, DELTA, much, sizeof(much), "! bad ink");
    again();
    page_unit(&m, PROBE, 0, 0, "abcdef", 6);
    m.len--;
    gives("! unit cut off");
    again();
    page_unit(&m, PROBE, 0, 0, "", 0);
    m.len--;
    gives("! unit cut off");
}

static void probes_are_bounded_from_one_hello_to_the_next(void **state)
{
    (void)state;
    enum { MESSAGES = 32 };
    static uint8_t payload[UPLINK_PROBE_MAX / MESSAGES];
    for (int i = 0; i < 2 * MESSAGES; i++) {
        if (i == MESSAGES)
            uplink_greeted(&u);
        page_unit(&m, PROBE, 0, 0, payload, sizeof(payload));
        gives("p");
    }
    page_unit(&m, PROBE, 0, 0, payload, 1);
    gives("! too much to measure with");
}

static int scene(void)
{
    struct uplink_event ev;
    int err = 0;
    u = (struct uplink){0};
    m.len = 0;
    page_video_config(&m, 0);
    page_frame(&m, KEY, 0, 100);
    page_part(&m, KEY, 40, 5000, 0, 5000);
    struct bytes in = bytes_of(m.bytes, m.len);
    while (!err)
        err = uplink_next(&u, &in, &ev, &why);
    uplink_release(&u);
    return err == -EAGAIN ? 0 : err;
}

static void failing_allocations_are_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(scene), 3);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(packets_of_a_bundle_follow_on_each_other),
        CASE(packets_last_what_they_say),
        CASE(a_packet_comes_as_it_was_sent),
        CASE(frames_come_whole_and_in_parts),
        CASE(a_frame_has_its_bytes),
        CASE(voice_and_ink_pass_an_unfinished_frame),
        CASE(a_frame_that_was_given_up_needs_a_keyframe),
        CASE(behind_a_config_comes_a_keyframe),
        CASE(another_source_begins_with_its_configs),
        CASE(what_is_no_voice_is_refused),
        CASE(what_is_no_picture_is_refused),
        CASE(what_is_no_part_is_refused),
        CASE(parts_of_one_frame_agree),
        CASE(what_is_no_unit_is_refused),
        CASE(probes_are_bounded_from_one_hello_to_the_next),
        CASE(failing_allocations_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
