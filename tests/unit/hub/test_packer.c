#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/packer.h"
#include "server/hub/unit.h"

static struct packed out[2];

static void drop_out(void)
{
    buf_unref(&out[0].message);
    buf_unref(&out[1].message);
}

static void voice(struct packer *p, uint32_t pts_ms, const char *packet)
{
    assert_int_equal(packer_voice(p, pts_ms, 60000, packet, strlen(packet), out), 0);
}

static void video(struct packer *p, uint32_t pts_ms, bool is_key, const char *frame)
{
    assert_int_equal(packer_video(p, pts_ms, is_key, frame, strlen(frame), out), 0);
}

static void is_unit(struct bytes *b, uint8_t track_kind, uint32_t pts_ms, const char *payload)
{
    assert_int_equal(bytes_u8(b), track_kind);
    uint32_t len = bytes_u24(b);
    assert_int_equal(bytes_u32(b), pts_ms);
    assert_int_equal(len, strlen(payload));
    assert_memory_equal(bytes_take(b, len), payload, len);
}

static void is_bundle(const struct packed *p, uint32_t pts_ms, uint32_t duration_ms,
                      const char *payload)
{
    assert_non_null(p->message);
    assert_int_equal(p->pts_ms, pts_ms);
    assert_int_equal(p->duration_ms, duration_ms);
    assert_true(p->is_start);
    struct bytes b = bytes_of(p->message->data, p->message->len);
    is_unit(&b, UNIT_VOICE << 4 | UNIT_BUNDLE, pts_ms, payload);
    assert_int_equal(bytes_left(&b), 0);
}

static void five_packets_of_60_ms_make_a_bundle_of_300(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    static const char *const packets[] = {"a", "bb", "c", "", "e"};
    for (uint32_t i = 0; i < 5; i++) {
        voice(&p, 1000 + 60 * i, packets[i]);
        assert_null(out[0].message);
        assert_int_equal(out[1].message != NULL, i == 4);
    }
    assert_non_null(out[1].message);
    struct bytes b = bytes_of(out[1].message->data, out[1].message->len);
    assert_int_equal(bytes_u8(&b), UNIT_VOICE << 4 | UNIT_BUNDLE);
    assert_int_equal(bytes_u24(&b), 10);
    assert_int_equal(bytes_u32(&b), 1000);
    assert_memory_equal(bytes_take(&b, 10), "\1a\2bb\1c\0\1e", 10);
    assert_int_equal(out[1].duration_ms, 300);
    drop_out();
    packer_release(&p);
}

static void a_hole_ends_a_bundle_early(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    voice(&p, 0, "a");
    voice(&p, 63, "b"); /* rounding, no hole */
    assert_null(out[0].message);
    voice(&p, 183, "c");
    is_bundle(&out[0], 0, 123, "\1a\1b");
    assert_null(out[1].message);
    drop_out();
    voice(&p, 100, "d"); /* backwards is a hole as well */
    is_bundle(&out[0], 183, 60, "\1c");
    drop_out();
    assert_int_equal(packer_flush(&p, true, &out[0]), 0);
    is_bundle(&out[0], 100, 60, "\1d");
    drop_out();
    assert_int_equal(packer_flush(&p, true, &out[0]), 0);
    assert_null(out[0].message);
    packer_release(&p);
}

static void one_packet_may_end_one_bundle_and_be_another(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 60};
    assert_int_equal(packer_voice(&p, 0, 20000, "a", 1, out), 0);
    assert_null(out[1].message);
    assert_int_equal(packer_voice(&p, 500, 60000, "b", 1, out), 0);
    is_bundle(&out[0], 0, 20, "\1a");
    is_bundle(&out[1], 500, 60, "\1b");
    drop_out();
    packer_release(&p);
}

static void bundles_go_on_across_the_clocks_wrap(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 120};
    voice(&p, UINT32_MAX - 29, "a");
    voice(&p, 30, "b");
    assert_null(out[0].message);
    is_bundle(&out[1], UINT32_MAX - 29, 120, "\1a\1b");
    drop_out();
    packer_release(&p);
}

static void a_keyframe_begins_a_message(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 200};
    video(&p, 0, true, "K");
    assert_null(out[0].message);
    video(&p, 100, false, "d");
    video(&p, 150, true, "L");
    struct bytes b = bytes_of(out[0].message->data, out[0].message->len);
    assert_true(out[0].is_start);
    is_unit(&b, UNIT_VIDEO << 4 | UNIT_KEY, 0, "K");
    is_unit(&b, UNIT_VIDEO << 4 | UNIT_DELTA, 100, "d");
    assert_int_equal(bytes_left(&b), 0);
    drop_out();
    video(&p, 350, false, "m"); /* the span is full */
    assert_null(out[0].message);
    assert_true(out[1].is_start);
    assert_int_equal(out[1].pts_ms, 150);
    drop_out();
    video(&p, 450, false, "n");
    video(&p, 450 + 401, false, "o"); /* a pause: what waited goes first */
    assert_int_equal(out[0].pts_ms, 450);
    assert_false(out[0].is_start);
    assert_null(out[1].message);
    drop_out();
    packer_release(&p);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct packer p = {.span_ms = 300};
    uint8_t *big = calloc(1, PACKER_BYTES_MAX + 1);
    assert_non_null(big);
    assert_int_equal(packer_voice(&p, 0, 60000, big, UNIT_PACKET_MAX + 1, out), -EMSGSIZE);
    assert_int_equal(packer_voice(&p, 0, 60000, big, UNIT_PACKET_MAX, out), 0);
    assert_int_equal(packer_flush(&p, true, &out[0]), 0);
    assert_int_equal(out[0].message->len, UNIT_HEADER + 2 + UNIT_PACKET_MAX);
    drop_out();
    assert_int_equal(packer_video(&p, 0, true, big, PACKER_BYTES_MAX + 1, out), -EMSGSIZE);
    assert_null(out[0].message);
    video(&p, 0, true, "K"); /* and it goes on */
    assert_int_equal(packer_flush(&p, false, &out[0]), 0);
    assert_int_equal(out[0].message->len, UNIT_HEADER + 1);
    drop_out();
    free(big);
    packer_release(&p);
}

static int voice_scene(void)
{
    struct packer p = {.span_ms = 120};
    int err = 0;
    for (uint32_t i = 0; i < 4 && !err; i++) { /* with a hole, so that both messages are made */
        err = packer_voice(&p, i * 60 + (i > 1 ? 500 : 0), 60000, "abc", 3, out);
        if (!err)
            drop_out();
        else
            assert_int_equal(p.len, 0);
    }
    packer_release(&p);
    return err;
}

static int video_scene(void)
{
    struct packer p = {.span_ms = 200};
    int err = 0;
    for (uint32_t i = 0; i < 4 && !err; i++) {
        err = packer_video(&p, i * 200, i % 2 == 0, "abc", 3, out);
        if (!err)
            drop_out();
    }
    packer_release(&p);
    return err;
}

static void failing_allocations_lose_a_message_and_nothing_else(void **state)
{
    (void)state;
    assert_true(oom_levels(voice_scene) >= 3);
    assert_true(oom_levels(video_scene) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_packets_of_60_ms_make_a_bundle_of_300),
        cmocka_unit_test(a_hole_ends_a_bundle_early),
        cmocka_unit_test(one_packet_may_end_one_bundle_and_be_another),
        cmocka_unit_test(bundles_go_on_across_the_clocks_wrap),
        cmocka_unit_test(a_keyframe_begins_a_message),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(failing_allocations_lose_a_message_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
