#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/worker/backlog.h"

static struct backlog b;
static char told[8192];

static int add(uint8_t type, bool is_key, bool is_config, uint32_t dts_ms, size_t len)
{
    struct buf *bytes;
    int err = buf_new(&bytes, len);
    if (err)
        return err;
    memset(bytes->data, 0, len);
    snprintf((char *)bytes->data, len, "%c%u ",
             type == MEDIA_AUDIO ? (is_config ? 'A' : 'a')
                                 : (is_config ? 'V'
                                    : is_key  ? 'K'
                                              : 'v'),
             dts_ms);
    const struct media_tag tag = {.type = type, .dts_ms = dts_ms, .len = (uint32_t)len};
    const struct media_info info = {.is_key = is_key || (is_config && type == MEDIA_VIDEO),
                                    .is_config = is_config};
    err = backlog_add(&b, &tag, &info, bytes, dts_ms);
    buf_unref(&bytes);
    return err;
}

static void sound(uint32_t dts_ms)
{
    assert_int_equal(add(MEDIA_AUDIO, false, false, dts_ms, 32), 0);
}

static void picture(uint32_t dts_ms, bool is_key)
{
    assert_int_equal(add(MEDIA_VIDEO, is_key, false, dts_ms, 32), 0);
}

static void configs(void)
{
    assert_int_equal(add(MEDIA_VIDEO, false, true, 0, 32), 0);
    assert_int_equal(add(MEDIA_AUDIO, false, true, 0, 32), 0);
}

static void give(void *arg, const struct backlog_tag *tag)
{
    assert_ptr_equal(arg, &b);
    assert_true(strlen(told) + 32 < sizeof(told));
    strcat(told, (const char *)tag->bytes->data);
}

static const char *replay(uint32_t from_ms, bool with_video)
{
    told[0] = '\0';
    backlog_replay(&b, from_ms, with_video, give, &b);
    return told;
}

static int release(void **state)
{
    (void)state;
    backlog_release(&b);
    return 0;
}

static void headers_come_first_then_sound_then_pictures(void **state)
{
    (void)state;
    picture(5, false); /* before any keyframe: of no use */
    configs();
    picture(10, true);
    sound(11);
    picture(50, false);
    sound(51);
    assert_string_equal(replay(0, true), "A0 V0 a11 a51 K10 v50 ");
    assert_string_equal(replay(12, true), "A0 V0 a51 K10 v50 ");
    assert_string_equal(replay(12, false), "A0 a51 ");
}

static void a_keyframe_ends_what_was_before(void **state)
{
    (void)state;
    configs();
    picture(10, true);
    picture(50, false);
    picture(90, true);
    assert_string_equal(replay(0, true), "A0 V0 K90 ");
    assert_int_equal(add(MEDIA_VIDEO, false, true, 100, 32), 0); /* another encoder */
    assert_string_equal(replay(0, true), "A0 V100 ");
    picture(110, false);
    assert_string_equal(replay(0, true), "A0 V100 ");
}

static void sound_is_kept_for_three_seconds(void **state)
{
    (void)state;
    for (uint32_t t = 0; t < 60000; t += 100)
        sound(t);
    assert_int_equal(b.n_audio, BACKLOG_SOUND_MS / 100 + 1);
    assert_memory_equal(replay(0, true), "a56900 ", 7);
    assert_memory_equal(replay(59900, true), "a59900 ", 8);
}

static void sound_across_the_clocks_wrap_stays_in_order(void **state)
{
    (void)state;
    sound(UINT32_MAX - 99);
    sound(0);
    sound(100);
    assert_string_equal(replay(UINT32_MAX - 50, true), "a0 a100 ");
}

static void a_group_that_grows_too_large_is_dropped_whole(void **state)
{
    (void)state;
    picture(0, true);
    for (uint32_t i = 1; i < BACKLOG_TAGS_MAX; i++)
        picture(i, false);
    assert_int_equal(b.n_video, BACKLOG_TAGS_MAX);
    picture(5000, false);
    assert_string_equal(replay(0, true), "");
    picture(5001, true);
    assert_string_equal(replay(0, true), "K5001 ");

    for (uint32_t i = 0; i < 8; i++) {
        assert_int_equal(add(MEDIA_VIDEO, i == 0, false, i, 1 << 20), 0);
        assert_true(b.video_bytes <= BACKLOG_BYTES_MAX);
    }
    assert_string_equal(replay(0, true), "");
}

static void sound_at_one_moment_is_bounded_by_number(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 3 * BACKLOG_TAGS_MAX; i++)
        sound(7);
    assert_int_equal(b.n_audio, BACKLOG_TAGS_MAX);
}

static void another_source_begins_with_nothing(void **state)
{
    (void)state;
    configs();
    picture(0, true);
    sound(0);
    backlog_clear(&b);
    assert_string_equal(replay(0, true), "");
    assert_int_equal(add(MEDIA_SCRIPT, false, false, 0, 32), 0);
    assert_string_equal(replay(0, true), "");
}

static int scene(void)
{
    int err = add(MEDIA_AUDIO, false, true, 0, 32);
    if (!err)
        err = add(MEDIA_AUDIO, false, false, 0, 32);
    if (!err)
        err = add(MEDIA_VIDEO, true, false, 0, 32);
    backlog_release(&b);
    return err;
}

static void failing_allocations_leak_nothing(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(scene), 5);
}

#define CASE(test) cmocka_unit_test_teardown(test, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(headers_come_first_then_sound_then_pictures),
        CASE(a_keyframe_ends_what_was_before),
        CASE(sound_is_kept_for_three_seconds),
        CASE(sound_across_the_clocks_wrap_stays_in_order),
        CASE(a_group_that_grows_too_large_is_dropped_whole),
        CASE(sound_at_one_moment_is_bounded_by_number),
        CASE(another_source_begins_with_nothing),
        CASE(failing_allocations_leak_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
