#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/lane.h"
#include "server/hub/unit.h"
#include "tests/unit/hub/media.h"

static struct ladder ladder;

static int load(void **state)
{
    (void)state;
    media_ladder(&ladder);
    return 0;
}

static void init(struct lane *lane, uint8_t rendition, uint16_t bundle_ms)
{
    assert_int_equal(lane_init(lane, rendition, &ladder.specs[rendition], bundle_ms), 0);
}

static int give(struct lane *lane, uint8_t kind, uint32_t pts_ms, const void *payload, size_t len)
{
    struct wire_msg m = media_msg(lane->rendition, kind, pts_ms, payload, len);
    return lane_unit(lane, &m);
}

static const uint8_t opus[] = {0x0b, 0x40}; /* 2880 samples: 60 ms */
static const uint8_t avc[] = {2, 128, 1, 104, 1, 77, 0, 30, 255, 225, 0};

static void the_voice_config_says_what_the_player_needs(void **state)
{
    (void)state;
    static const uint8_t opus_expected[] = {0, 0, 0,    8,    0, 0, 0,   9,
                                            0, 1, 0x0b, 0x40, 0, 0, 187, 128};
    static const uint8_t aac[] = {4, 0, 0, 0, 172, 68, 0x12, 0x08};
    static const uint8_t aac_expected[] = {0, 0, 0, 10, 0, 0,   0,  9,    1,
                                           1, 4, 0, 0,  0, 172, 68, 0x12, 0x08};
    struct lane lane;
    init(&lane, V10, 300);
    assert_null(lane.config);
    assert_int_equal(give(&lane, WIRE_CONFIG, 9, opus, sizeof(opus)), 0);
    assert_int_equal(lane.config->len, sizeof(opus_expected));
    assert_memory_equal(lane.config->data, opus_expected, sizeof(opus_expected));
    lane_release(&lane);

    init(&lane, AAC32, 300);
    assert_int_equal(give(&lane, WIRE_CONFIG, 9, aac, sizeof(aac)), 0);
    assert_int_equal(lane.config->len, sizeof(aac_expected));
    assert_memory_equal(lane.config->data, aac_expected, sizeof(aac_expected));
    lane_release(&lane);
}

static void the_generation_grows_only_with_other_bytes(void **state)
{
    (void)state;
    struct lane lane;
    init(&lane, LOW, 0);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc)), 0);
    assert_int_equal(lane.generation, 1);
    assert_int_equal(give(&lane, WIRE_KEYFRAME, 0, "key", 3), 0);
    assert_int_equal(give(&lane, WIRE_CONFIG, 5000, avc, sizeof(avc)), 0); /* only later */
    assert_int_equal(lane.generation, 1);
    assert_int_equal(ring_tail(lane.ring), 0);

    uint8_t other[sizeof(avc)];
    memcpy(other, avc, sizeof(avc));
    other[10] = 7;
    assert_int_equal(give(&lane, WIRE_DELTA, 5100, "old", 3), 0);
    assert_int_equal(give(&lane, WIRE_CONFIG, 5200, other, sizeof(other)), 0);
    assert_int_equal(lane.generation, 2);
    assert_int_equal(ring_head(lane.ring), ring_tail(lane.ring)); /* nothing of the old encoder */
    lane_release(&lane);

    init(&lane, V10, 300);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, opus, sizeof(opus)), 0);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, "old", 3), 0); /* lies in the packer */
    assert_int_equal(give(&lane, WIRE_CONFIG, 60, "\x03\xc0", 2), 0);
    lane_flush(&lane);
    assert_int_equal(ring_head(lane.ring), 0);
    lane_release(&lane);
}

/* Message `seq` is one unit of this kind. */
static void holds(const struct lane *lane, uint64_t seq, uint8_t track_kind, uint32_t pts_ms,
                  const char *payload)
{
    struct ring_entry e;
    assert_int_equal(ring_get(lane->ring, seq, &e), 0);
    assert_int_equal(e.pts_ms, pts_ms);
    assert_int_equal(e.is_start, track_kind != (UNIT_VIDEO << 4 | UNIT_DELTA));
    struct bytes b = bytes_of(e.message->data, e.message->len);
    assert_int_equal(bytes_u8(&b), track_kind);
    assert_int_equal(bytes_u24(&b), strlen(payload));
    assert_int_equal(bytes_u32(&b), pts_ms);
    assert_int_equal(bytes_left(&b), strlen(payload));
    assert_memory_equal(b.p, payload, strlen(payload));
}

static void each_frame_is_a_message_at_once(void **state)
{
    (void)state;
    struct lane lane;
    init(&lane, LOW, 0);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc)), 0);
    assert_int_equal(give(&lane, WIRE_KEYFRAME, 100, "key", 3), 0);
    assert_int_equal(give(&lane, WIRE_DELTA, 110, "delta", 5), 0);
    assert_int_equal(ring_head(lane.ring), 2);
    holds(&lane, 0, UNIT_VIDEO << 4 | UNIT_KEY, 100, "key");
    holds(&lane, 1, UNIT_VIDEO << 4 | UNIT_DELTA, 110, "delta");
    lane_release(&lane);
}

static void voice_waits_for_its_bundle(void **state)
{
    (void)state;
    struct lane lane;
    init(&lane, V10, 120);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, opus, sizeof(opus)), 0);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, "a", 1), 0);
    assert_int_equal(ring_head(lane.ring), 0);
    assert_int_equal(give(&lane, WIRE_PACKET, 60, "b", 1), 0);
    holds(&lane, 0, UNIT_VOICE << 4 | UNIT_BUNDLE, 0, "\1a\1b");
    assert_int_equal(give(&lane, WIRE_PACKET, 120, "c", 1), 0);
    lane_flush(&lane); /* nothing more will come */
    holds(&lane, 1, UNIT_VOICE << 4 | UNIT_BUNDLE, 120, "\1c");
    lane_release(&lane);
}

static void what_the_codec_does_not_send_is_refused(void **state)
{
    (void)state;
    struct lane lane;
    static const uint8_t big[5000];
    init(&lane, V10, 300);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, "x", 1), -EPROTO); /* no config yet */
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, opus, 1), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, big, 2), -EPROTO); /* packets of no length */
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, "\x0b\x40garbage", 9), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, opus, sizeof(opus)), 0);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, "", 0), -EPROTO);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, big, 1276), -EMSGSIZE);
    assert_int_equal(give(&lane, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
    assert_int_equal(give(&lane, WIRE_STILL, 0, "12345", 5), -EPROTO);
    assert_int_equal(give(&lane, 99, 0, "x", 1), -EPROTO);
    lane_release(&lane);

    init(&lane, AAC32, 300);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, "\4\0\0\0\xac\x44", 6), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, "\4\0\0\0\0\1\x12\x08", 8), -EPROTO); /* 1 Hz */
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, big, sizeof(big)), -EPROTO);
    lane_release(&lane);

    init(&lane, LOW, 0);
    assert_int_equal(give(&lane, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, avc, 10), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, big, sizeof(big)), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc)), 0);
    assert_int_equal(give(&lane, WIRE_DELTA, 0, "", 0), -EPROTO);
    assert_int_equal(give(&lane, WIRE_PACKET, 0, "x", 1), -EPROTO);
    lane_release(&lane);

    init(&lane, AVIF, 0);
    assert_int_equal(give(&lane, WIRE_STILL, 0, "1234", 4), -EPROTO);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, opus, 2), -EPROTO);
    assert_null(lane.still);
    lane_release(&lane);
}

static void the_same_still_again_is_no_news(void **state)
{
    (void)state;
    struct lane lane;
    init(&lane, AVIF, 0);
    assert_int_equal(give(&lane, WIRE_STILL, 0, "1234first", 9), 0);
    const struct still *first = lane.still;
    assert_non_null(first);
    assert_int_equal(give(&lane, WIRE_STILL, 900, "1234first", 9), 0);
    assert_ptr_equal(lane.still, first);
    assert_int_equal(give(&lane, WIRE_STILL, 999, "1234other", 9), 0);
    assert_ptr_not_equal(lane.still, first);
    lane_clear(&lane);
    assert_null(lane.still);
    lane_release(&lane);
}

/* -- subscribers ---------------------------------------------------------------------------- */

enum { LISTENERS = 40 };

struct listener {
    struct lane_sub sub;
    unsigned calls;
    bool leaves;
};

static struct listener listeners[LISTENERS];

static void on_ready(void *owner)
{
    struct listener *l = owner;
    assert_non_null(l->sub.lane); /* never after leaving */
    l->calls++;
    if (l->leaves)
        lane_unsubscribe(&l->sub);
}

static void fill(struct lane *lane, size_t n)
{
    memset(listeners, 0, sizeof(listeners));
    init(lane, V10, 60);
    assert_int_equal(give(lane, WIRE_CONFIG, 0, opus, sizeof(opus)), 0);
    for (size_t i = 0; i < n; i++) {
        listeners[i].sub = (struct lane_sub){.ready = on_ready, .owner = &listeners[i]};
        assert_int_equal(lane_subscribe(lane, &listeners[i].sub), 0);
    }
}

static void something_new(struct lane *lane, uint32_t pts_ms)
{
    assert_int_equal(give(lane, WIRE_PACKET, pts_ms, "abc", 3), 0);
}

static void everybody_is_told_once_and_only_of_news(void **state)
{
    (void)state;
    struct lane lane;
    size_t budget = 100;
    fill(&lane, LISTENERS);
    assert_false(lane_pump(&lane, &budget));
    assert_int_equal(budget, 100);
    something_new(&lane, 0);
    assert_false(lane_pump(&lane, &budget));
    assert_int_equal(budget, 100 - LISTENERS);
    for (size_t i = 0; i < LISTENERS; i++)
        assert_int_equal(listeners[i].calls, 1);
    lane_release(&lane);
    for (size_t i = 0; i < LISTENERS; i++)
        assert_null(listeners[i].sub.lane);
}

/* Listeners are told of a keyframe at once, of the rest five times a second. */
static void video_is_told_of_in_spans(void **state)
{
    (void)state;
    struct lane lane;
    struct listener l = {
        .sub = {.ready = on_ready, .owner = &l}
    };
    size_t budget = 100;
    init(&lane, LOW, 0);
    assert_int_equal(give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc)), 0);
    assert_int_equal(lane_subscribe(&lane, &l.sub), 0);
    static const struct {
        uint8_t kind;
        uint32_t pts_ms;
        unsigned calls;
    } frames[] = {
        {WIRE_KEYFRAME, UINT32_MAX - 20, 1},
        {WIRE_DELTA,    50,              1},
        {WIRE_DELTA,    178,             1},
        {WIRE_DELTA,    179,             2},
        {WIRE_DELTA,    300,             2},
        {WIRE_KEYFRAME, 310,             3},
        {WIRE_DELTA,    400,             3}
    };
    for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
        assert_int_equal(give(&lane, frames[i].kind, frames[i].pts_ms, "x", 1), 0);
        assert_false(lane_pump(&lane, &budget));
        assert_int_equal(l.calls, frames[i].calls);
    }
    lane_flush(&lane);
    assert_false(lane_pump(&lane, &budget));
    assert_int_equal(l.calls, 4);
    lane_release(&lane);
}

static void a_small_budget_takes_several_turns(void **state)
{
    (void)state;
    struct lane lane;
    fill(&lane, 10);
    something_new(&lane, 0);
    size_t budget = 4;
    assert_true(lane_pump(&lane, &budget));
    assert_int_equal(budget, 0);
    something_new(&lane, 60); /* in the middle of a round: one more round */
    budget = 100;
    assert_false(lane_pump(&lane, &budget));
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(listeners[i].calls, 2);
    lane_release(&lane);
}

static void leaving_from_inside_forgets_nobody(void **state)
{
    (void)state;
    struct lane lane;
    fill(&lane, LISTENERS);
    for (size_t i = 0; i < LISTENERS; i += 3)
        listeners[i].leaves = true;
    something_new(&lane, 0);
    size_t budget = 1000;
    assert_false(lane_pump(&lane, &budget));
    for (size_t i = 0; i < LISTENERS; i++) {
        assert_true(listeners[i].calls >= 1);
        assert_int_equal(listeners[i].sub.lane == NULL, i % 3 == 0);
        if (i % 3 == 0)
            assert_int_equal(listeners[i].calls, 1);
    }
    lane_release(&lane);
}

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 10) % sides;
}

/* Between the turns of one round anybody may come or go. Whoever stays through it all is told. */
static void coming_and_going_between_turns_forgets_nobody(void **state)
{
    (void)state;
    for (seed = 1; seed < 500; seed++) {
        uint32_t keep = seed;
        struct lane lane;
        fill(&lane, LISTENERS / 2);
        bool stays[LISTENERS] = {false};
        for (size_t i = 0; i < LISTENERS / 2; i++)
            stays[i] = true;
        something_new(&lane, 0);
        size_t next = LISTENERS / 2;
        for (int turn = 0; turn < 100; turn++) {
            size_t budget = dice(5);
            bool more = lane_pump(&lane, &budget);
            if (!more && next == LISTENERS)
                break;
            size_t who = dice(LISTENERS);
            if (listeners[who].sub.lane && dice(2)) {
                lane_unsubscribe(&listeners[who].sub);
                stays[who] = false;
            }
            if (next < LISTENERS && dice(2)) {
                listeners[next].sub =
                    (struct lane_sub){.ready = on_ready, .owner = &listeners[next]};
                assert_int_equal(lane_subscribe(&lane, &listeners[next++].sub), 0);
            }
        }
        size_t budget = 1000;
        assert_false(lane_pump(&lane, &budget));
        for (size_t i = 0; i < LISTENERS; i++) {
            if (stays[i])
                assert_true(listeners[i].calls > 0);
        }
        lane_release(&lane);
        seed = keep;
    }
}

/* -- memory --------------------------------------------------------------------------------- */

static int voice_scene(void)
{
    struct lane lane;
    struct lane_sub sub = {.ready = on_ready};
    int err = lane_init(&lane, V10, &ladder.specs[V10], 120);
    if (!err)
        err = lane_subscribe(&lane, &sub);
    if (!err)
        err = give(&lane, WIRE_CONFIG, 0, opus, sizeof(opus));
    for (uint32_t i = 0; i < 4 && !err; i++)
        err = give(&lane, WIRE_PACKET, i * 60, "abc", 3);
    lane_release(&lane);
    return err;
}

static int video_scene(void)
{
    struct lane lane;
    int err = lane_init(&lane, LOW, &ladder.specs[LOW], 0);
    if (!err)
        err = give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc));
    if (!err) {
        err = give(&lane, WIRE_KEYFRAME, 0, "key", 3);
        if (err) /* left out */
            assert_int_equal(ring_head(lane.ring), 0);
    }
    lane_release(&lane);
    return err;
}

static int still_scene(void)
{
    struct lane lane;
    int err = lane_init(&lane, AVIF, &ladder.specs[AVIF], 0);
    if (!err)
        err = give(&lane, WIRE_STILL, 0, "1234first", 9);
    lane_release(&lane);
    return err;
}

static int other_config_scene(void)
{
    struct lane lane;
    int err = lane_init(&lane, LOW, &ladder.specs[LOW], 0);
    if (!err)
        err = give(&lane, WIRE_CONFIG, 0, avc, sizeof(avc));
    if (!err)
        err = give(&lane, WIRE_CONFIG, 9, avc, sizeof(avc)); /* the same again */
    uint8_t other[sizeof(avc)] = {2, 128, 1, 104, 1, 66};
    if (!err) {
        err = give(&lane, WIRE_CONFIG, 0, other, sizeof(other));
        if (err) /* no media under the wrong config */
            assert_int_equal(give(&lane, WIRE_KEYFRAME, 0, "x", 1), -EPROTO);
    }
    lane_release(&lane);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(voice_scene) >= 4);
    assert_true(oom_levels(video_scene) >= 3);
    assert_true(oom_levels(still_scene) >= 2);
    assert_true(oom_levels(other_config_scene) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_voice_config_says_what_the_player_needs),
        cmocka_unit_test(the_generation_grows_only_with_other_bytes),
        cmocka_unit_test(each_frame_is_a_message_at_once),
        cmocka_unit_test(voice_waits_for_its_bundle),
        cmocka_unit_test(what_the_codec_does_not_send_is_refused),
        cmocka_unit_test(the_same_still_again_is_no_news),
        cmocka_unit_test(everybody_is_told_once_and_only_of_news),
        cmocka_unit_test(video_is_told_of_in_spans),
        cmocka_unit_test(a_small_budget_takes_several_turns),
        cmocka_unit_test(leaving_from_inside_forgets_nobody),
        cmocka_unit_test(coming_and_going_between_turns_forgets_nobody),
        cmocka_unit_test(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
