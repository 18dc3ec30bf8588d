#include "tests/unit/unit.h"

#include "codec/settle.h"
#include "tests/unit/codec/drawn.h"

enum { BEAT_MS = 12000, STEP_MS = 200 };

static struct drawn picture;
static struct thumb thumb;
static uint32_t now_ms, sent;

static enum settle_verdict look(struct settle *s)
{
    drawn_thumb(&picture, &thumb);
    enum settle_verdict v = settle_slides(s, &thumb, now_ms, BEAT_MS);
    if (v == SETTLE_SEND) {
        settle_sent(s, &thumb, now_ms);
        sent++;
    }
    now_ms += STEP_MS;
    return v;
}

static int on_each(void **state)
{
    (void)state;
    now_ms = 5000;
    sent = 0;
    drawn_page(&picture, 1);
    return 0;
}

static void the_first_picture_is_sent_at_once(void **state)
{
    (void)state;
    struct settle s = {0};
    assert_int_equal(look(&s), SETTLE_SEND);
    for (int i = 0; i < 50; i++)
        assert_int_equal(look(&s), SETTLE_SAME);
}

static void a_turned_page_is_sent_once_it_rests(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_page(&picture, 2);
    assert_int_equal(look(&s), SETTLE_WAIT);
    assert_int_equal(look(&s), SETTLE_WAIT);
    uint32_t turned = now_ms;
    while (look(&s) != SETTLE_SEND)
        ;
    assert_true(now_ms - turned <= 1000);
    for (int i = 0; i < 50; i++)
        assert_int_equal(look(&s), SETTLE_SAME);
}

static void a_pointer_sends_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 300; i++) {
        drawn_page(&picture, 1);
        drawn_pointer(&picture, 40 + i * 37 % 1200, 30 + i * 19 % 660);
        look(&s);
    }
    assert_int_equal(sent, 1);
}

static void a_resting_pointer_sends_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_pointer(&picture, 900, 600);
    for (int i = 0; i < 100; i++)
        look(&s);
    assert_int_equal(sent, 1);
}

static void a_new_line_of_text_is_sent(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    now_ms += 5000;
    for (int x = 60; x < 500; x += 16)
        drawn_box(&picture, x, 670, 8, 24, 30);
    for (int i = 0; i < 10; i++)
        look(&s);
    assert_int_equal(sent, 2);
}

static void a_few_letters_are_sent_after_a_while(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_box(&picture, 600, 668, 100, 34, 30); /* about 20 cells */
    for (int i = 0; i < 10; i++)
        look(&s);
    assert_int_equal(sent, 1);
    for (int i = 0; i < 20; i++)
        look(&s);
    assert_int_equal(sent, 2);
}

static void an_animation_is_sent_when_it_ends(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    now_ms += 1000;
    for (int i = 0; i < 12; i++) { /* a picture flies in for 2.4 s */
        drawn_page(&picture, 1);
        drawn_box(&picture, i * 60, 300, 300, 200, 90);
        assert_int_not_equal(look(&s), SETTLE_SEND);
    }
    for (int i = 0; i < 5; i++)
        look(&s);
    assert_int_equal(sent, 2);
}

static void an_animation_without_end_is_sent_each_beat(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 5 * 60; i++) { /* a minute */
        drawn_page(&picture, 1);
        drawn_box(&picture, i * 61 % 900, 300, 300, 200, 90);
        look(&s);
    }
    assert_in_range(sent, 3, 6);
}

static void handwriting_is_sent_every_few_seconds(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 5 * 20; i++) { /* 20 s of strokes */
        drawn_box(&picture, 60 + i * 11, 640 + i % 3 * 8, 24, 16, 20);
        look(&s);
    }
    assert_in_range(sent, 3, 9);
}

static void a_camera_is_sent_once_a_beat(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 5 * 60; i++, now_ms += STEP_MS) {
        if (i % 25 == 0)
            drawn_camera(&picture, i);
        drawn_thumb(&picture, &thumb);
        if (settle_camera(&s, &thumb, now_ms, BEAT_MS) != SETTLE_SEND)
            continue;
        settle_sent(&s, &thumb, now_ms);
        sent++;
    }
    assert_int_equal(sent, 5);
}

static void a_frozen_camera_is_not_sent_again(void **state)
{
    (void)state;
    struct settle s = {0};
    drawn_camera(&picture, 1);
    drawn_thumb(&picture, &thumb);
    assert_int_equal(settle_camera(&s, &thumb, 0, BEAT_MS), SETTLE_SEND);
    settle_sent(&s, &thumb, 0);
    for (uint32_t ms = 200; ms < 60000; ms += 200)
        assert_int_equal(settle_camera(&s, &thumb, ms, BEAT_MS), SETTLE_SAME);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, on_each)
    const struct CMUnitTest tests[] = {
        CASE(the_first_picture_is_sent_at_once),
        CASE(a_turned_page_is_sent_once_it_rests),
        CASE(a_pointer_sends_nothing),
        CASE(a_resting_pointer_sends_nothing),
        CASE(a_new_line_of_text_is_sent),
        CASE(a_few_letters_are_sent_after_a_while),
        CASE(an_animation_is_sent_when_it_ends),
        CASE(an_animation_without_end_is_sent_each_beat),
        CASE(handwriting_is_sent_every_few_seconds),
        CASE(a_camera_is_sent_once_a_beat),
        CASE(a_frozen_camera_is_not_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
