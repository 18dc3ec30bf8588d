#include "tests/unit/unit.h"

#include "codec/settle.h"
#include "tests/unit/codec/drawn.h"

/* A page of 10 kB at 8 kbit/s. */
enum { BEAT_MS = 12000, STEP_MS = 200, CARRY_MS = 10000, SECOND = 1000 / STEP_MS };

static struct drawn picture;
static struct thumb thumb;
static uint32_t now_ms, sent, sent_ms;

static enum settle_verdict look_at(struct settle *s, bool is_camera)
{
    drawn_thumb(&picture, &thumb);
    enum settle_verdict v = is_camera ? settle_camera(s, &thumb, now_ms, BEAT_MS)
                                      : settle_slides(s, &thumb, now_ms, BEAT_MS);
    if (v == SETTLE_SEND) {
        settle_sent(s, &thumb, now_ms, CARRY_MS);
        sent++;
        sent_ms = now_ms;
    }
    now_ms += STEP_MS;
    return v;
}

static enum settle_verdict look(struct settle *s)
{
    return look_at(s, false);
}

static void look_for(struct settle *s, int seconds)
{
    for (int i = 0; i < seconds * SECOND; i++)
        look(s);
}

/* The first still is out, and a thin link has had the time for it. */
static struct settle settled(void)
{
    struct settle s = {0};
    look(&s);
    now_ms += CARRY_MS;
    look(&s);
    return s;
}

static int on_each(void **state)
{
    (void)state;
    now_ms = 5000;
    sent = sent_ms = 0;
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
    look(&s); /* a link may still be busy with the first */
    drawn_page(&picture, 2);
    uint32_t turned = now_ms;
    assert_int_equal(look(&s), SETTLE_WAIT);
    assert_int_equal(look(&s), SETTLE_WAIT);
    while (look(&s) != SETTLE_SEND)
        ;
    assert_true(sent_ms - turned <= 1000);
    for (int i = 0; i < 50; i++)
        assert_int_equal(look(&s), SETTLE_SAME);
}

static void a_fade_is_one_still(void **state)
{
    (void)state;
    static struct drawn from, to;
    struct settle s = settled();
    drawn_page(&from, 1);
    drawn_page(&to, 2);
    for (int k = 0; k <= SECOND; k++) {
        for (size_t i = 0; i < sizeof(picture.luma); i++)
            picture.luma[i] = (uint8_t)((from.luma[i] * (SECOND - k) + to.luma[i] * k) / SECOND);
        assert_int_not_equal(look(&s), SETTLE_SEND);
    }
    uint32_t ended = now_ms;
    look_for(&s, 30);
    assert_int_equal(sent, 2);
    assert_true(sent_ms - ended <= 1000);
}

static void pages_turned_fast_are_bounded(void **state)
{
    (void)state;
    struct settle s = settled();
    for (uint32_t page = 2; page < 32; page++) { /* one every 2 s */
        drawn_page(&picture, page);
        look_for(&s, 2);
    }
    assert_in_range(sent, 2, 16);
    look_for(&s, 3);
    uint32_t n = sent;
    look_for(&s, 30);
    assert_int_equal(sent, n); /* the last one was sent within 3 s */
}

static void a_pointer_sends_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 50 * SECOND; i++) {
        drawn_page(&picture, 1);
        drawn_pointer(&picture, 40 + i * 37 % 1200, 30 + i * 19 % 660);
        look(&s);
    }
    assert_int_equal(sent, 1);
}

static void a_resting_pointer_is_sent_after_a_minute_at_most_once(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_pointer(&picture, 900, 600);
    look_for(&s, 50);
    assert_int_equal(sent, 1);
    look_for(&s, 90);
    assert_int_equal(sent, 2);
}

static void a_single_digit_is_not_wrong_for_long(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_box(&picture, 700, 655, 16, 28, 30);
    look_for(&s, 70);
    assert_int_equal(sent, 2);
}

static void a_caret_sends_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 80 * SECOND; i++) {
        drawn_page(&picture, 1);
        if (i % SECOND < 2)
            drawn_box(&picture, 620, 655, 3, 34, 0);
        look(&s);
    }
    assert_int_equal(sent, 1);
}

static void noise_sends_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 70 * SECOND; i++) {
        drawn_page(&picture, 1);
        picture.dice = (uint32_t)i;
        drawn_noise(&picture, 21);
        look(&s);
    }
    assert_int_equal(sent, 1);
}

static void a_new_line_of_text_is_sent(void **state)
{
    (void)state;
    struct settle s = settled();
    for (int x = 60; x < 500; x += 16)
        drawn_box(&picture, x, 670, 8, 24, 30);
    look_for(&s, 2);
    assert_int_equal(sent, 2);
}

static void lines_come_no_faster_than_a_link_takes_them(void **state)
{
    (void)state;
    struct settle s = settled();
    for (int line = 0; line < 10; line++) { /* one every 2 s */
        drawn_box(&picture, 1120, 60 + line * 60, 120, 24, 30);
        for (int i = 0; i < 2 * SECOND; i++)
            look(&s);
    }
    assert_in_range(sent, 3, 4);
    look_for(&s, CARRY_MS / 1000 + 1);
    uint32_t n = sent;
    look_for(&s, 30);
    assert_int_equal(sent, n); /* nothing was left out */
}

static void while_nothing_may_be_sent_nobody_looks_closely(void **state)
{
    (void)state;
    struct settle s = {0};
    look(&s);
    drawn_box(&picture, 1120, 60, 120, 24, 30);
    while (now_ms < sent_ms + CARRY_MS)
        assert_int_equal(look(&s), SETTLE_SAME);
    look_for(&s, 1);
    assert_int_equal(sent, 2);
}

static void a_few_letters_are_sent_after_a_while(void **state)
{
    (void)state;
    struct settle s = settled();
    drawn_box(&picture, 600, 668, 100, 34, 30); /* about 20 cells */
    look_for(&s, 2);
    assert_int_equal(sent, 1);
    look_for(&s, 4);
    assert_int_equal(sent, 2);
}

static void an_animation_is_sent_when_it_ends(void **state)
{
    (void)state;
    struct settle s = settled();
    for (int i = 0; i < 12; i++) { /* a picture flies in for 2.4 s */
        drawn_page(&picture, 1);
        drawn_box(&picture, i * 60, 300, 300, 200, 90);
        assert_int_not_equal(look(&s), SETTLE_SEND);
    }
    look_for(&s, 1);
    assert_int_equal(sent, 2);
}

static void an_animation_without_end_is_sent_each_beat(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 60 * SECOND; i++) {
        drawn_page(&picture, 1);
        drawn_box(&picture, i * 61 % 700, 200, 500, 350, (uint8_t)(90 + i % 2 * 40));
        look(&s);
    }
    assert_in_range(sent, 3, 6);
}

static void handwriting_is_sent_at_the_pace_of_a_link(void **state)
{
    (void)state;
    struct settle s = {0};
    for (int i = 0; i < 60 * SECOND; i++) { /* strokes, with a pause between them */
        int stroke = i / SECOND, at = i % SECOND;
        if (at < 2)
            drawn_box(&picture, 40 + stroke * 67 % 1100 + at * 20, 60 + stroke * 53 % 600, 24, 50,
                      120);
        look(&s);
    }
    assert_in_range(sent, 3, 1 + 60000 / CARRY_MS);
    look_for(&s, CARRY_MS / 1000 + 5);
    uint32_t n = sent;
    look_for(&s, 30);
    assert_int_equal(sent, n);
}

/* The teacher's face, or a film, of 6 % of the picture. */
static void draw_corner(uint32_t i)
{
    for (uint32_t k = 0; k < 6; k++) {
        uint32_t dice = (i * 6 + k) * 2654435761u;
        drawn_box(&picture, 950 + (int)k * 50, 530, 50, 180, (uint8_t)(60 + dice % 997 % 120));
    }
}

static void a_moving_corner_sends_next_to_nothing(void **state)
{
    (void)state;
    struct settle s = {0};
    for (uint32_t i = 0; i < 120 * SECOND; i++) {
        draw_corner(i);
        look(&s);
    }
    assert_in_range(sent, 2, 4);
}

static void a_page_turned_beside_a_moving_corner_is_sent_at_once(void **state)
{
    (void)state;
    struct settle s = {0};
    uint32_t turned = 0;
    for (uint32_t i = 0; i < 32 * SECOND; i++) {
        drawn_page(&picture, i < 30 * SECOND ? 1 : 2);
        if (i == 30 * SECOND)
            turned = now_ms;
        draw_corner(i);
        look(&s);
    }
    assert_in_range(sent_ms, turned, turned + 1000);
}

static void a_clock_that_leaps_back_delays_nothing(void **state)
{
    (void)state;
    now_ms = 3600000;
    struct settle s = {0};
    look(&s);
    now_ms = 1000;
    drawn_box(&picture, 1120, 60, 120, 24, 30);
    look_for(&s, 8);
    assert_int_equal(sent, 2);
}

static void look_at_camera(struct settle *s, int seconds, int step)
{
    for (int i = 0; i < seconds * SECOND; i++) {
        drawn_camera(&picture, i / step * step);
        look_at(s, true);
    }
}

static void a_camera_is_sent_once_a_beat(void **state)
{
    (void)state;
    struct settle s = {0};
    look_at_camera(&s, 60, 5);
    assert_int_equal(sent, 5);
}

static void a_camera_that_sees_the_same_sends_once(void **state)
{
    (void)state;
    struct settle s = {0};
    look_at_camera(&s, 60, 60 * SECOND); /* noise is all that changes */
    assert_int_equal(sent, 1);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, on_each)
    const struct CMUnitTest tests[] = {
        CASE(the_first_picture_is_sent_at_once),
        CASE(a_turned_page_is_sent_once_it_rests),
        CASE(a_fade_is_one_still),
        CASE(pages_turned_fast_are_bounded),
        CASE(a_pointer_sends_nothing),
        CASE(a_resting_pointer_is_sent_after_a_minute_at_most_once),
        CASE(a_single_digit_is_not_wrong_for_long),
        CASE(a_caret_sends_nothing),
        CASE(noise_sends_nothing),
        CASE(a_new_line_of_text_is_sent),
        CASE(lines_come_no_faster_than_a_link_takes_them),
        CASE(while_nothing_may_be_sent_nobody_looks_closely),
        CASE(a_few_letters_are_sent_after_a_while),
        CASE(an_animation_is_sent_when_it_ends),
        CASE(an_animation_without_end_is_sent_each_beat),
        CASE(handwriting_is_sent_at_the_pace_of_a_link),
        CASE(a_moving_corner_sends_next_to_nothing),
        CASE(a_page_turned_beside_a_moving_corner_is_sent_at_once),
        CASE(a_clock_that_leaps_back_delays_nothing),
        CASE(a_camera_is_sent_once_a_beat),
        CASE(a_camera_that_sees_the_same_sends_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
