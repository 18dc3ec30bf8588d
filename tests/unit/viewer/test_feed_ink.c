#include "tests/unit/unit.h"

#include <errno.h>

#include "server/viewer/feed_impl.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/viewer/scene.h"

/* A pupil whose page draws, and who hears the voice in bundles of 300 ms. */
static int open_with_pen(void **state)
{
    open_scene(state);
    feed_take_ink(&feed, true);
    voice_runs();
    return 0;
}

static void writes(const struct pen *p)
{
    assert_int_equal(ink_batch(hub_ink(hub), (uint32_t)clock_ms(), p->bytes, p->len), 0);
}

/* Strokes on the page that is shown, in one batch. */
static void draws(uint8_t from_id, uint8_t strokes)
{
    struct pen p = pen_new();
    for (uint8_t i = 0; i < strokes; i++)
        pen_stroke(&p, (uint8_t)(from_id + i));
    writes(&p);
}

static void shows_page(uint8_t page)
{
    struct pen p = pen_new();
    pen_page(&p, page);
    writes(&p);
}

/* The next bundle, 300 ms later. */
static void voice_goes_on(void)
{
    static uint32_t at_ms;
    at_ms = feed.voice_pts_ms;
    fake_clock_advance(300);
    media_voice(hub, V10, at_ms, at_ms + 300);
    pump();
}

/* All that was sent so far is acknowledged. */
static void gets(const char *expected)
{
    sent(expected);
    fake_ack(&ws, UINT32_MAX);
}

/* A calm viewer is looked at every other time. */
static void looks(void)
{
    look(LINK_LOOK_MS);
    look(LINK_LOOK_MS);
}

static void page_runs(void)
{
    shows_page(1);
    looks();
    gets("B");
    voice_goes_on();
    gets("v");
}

static void a_lesson_without_a_pen_is_as_ever(void **state)
{
    (void)state;
    assert_null(ink_ring(hub_ink(hub)));
    assert_false(feed_has_ink_waiting(&feed));
    assert_false(feed_has_page_waiting(&feed));
    looks();
    voice_goes_on();
    gets("v");
}

static void who_does_not_draw_gets_nothing(void **state)
{
    (void)state;
    begin_anew();
    shows_page(1);
    draws(1, 2);
    assert_false(feed_is_covered(&feed));
    looks();
    gets("");
}

static void the_pen_goes_with_the_voice(void **state)
{
    (void)state;
    page_runs();
    draws(1, 1);
    feed_pump(&feed);
    gets(""); /* nobody draws it before its voice */
    draws(2, 1);
    voice_goes_on();
    gets("vii");
    voice_goes_on();
    gets("v");
}

static void a_voice_that_does_not_come_is_not_waited_for(void **state)
{
    (void)state;
    page_runs();
    draws(1, 1);
    look(100); /* since the last voice 350 ms */
    gets("");
    looks();
    gets("i");
}

static void a_late_joiner_gets_the_page_and_then_what_is_drawn(void **state)
{
    (void)state;
    shows_page(1);
    draws(1, 5);
    draws(6, 5);
    begin_anew();
    feed_take_ink(&feed, true);
    looks();
    struct fake_unit u = first_unit(0);
    gets("B");
    assert_int_equal(u.payload.p[0], 0); /* all at once */
    assert_int_equal(bytes_left(&u.payload), 1 + 2 + 10 * 18);
    draws(11, 1);
    draws(12, 1);
    looks();
    gets("ii");
}

static void a_long_page_comes_in_pieces_that_keep_to_the_window(void **state)
{
    (void)state;
    shows_page(1);
    for (int i = 0; i < 10; i++)
        draws((uint8_t)(i * 25), 25); /* 4500 bytes in all */
    looks();
    sent("B b b b"); /* a window full */
    voice_goes_on();
    draws(250, 1); /* which is not drawn before the page is there */
    sent("v");
    fake_ack(&ws, UINT32_MAX);
    feed_pump(&feed);
    gets("b");
    voice_goes_on();
    sent("vi");
}

static void a_page_that_is_left_is_not_finished(void **state)
{
    (void)state;
    shows_page(1);
    for (int i = 0; i < 10; i++)
        draws((uint8_t)(i * 25), 25);
    feed_pump(&feed);
    gets("B b b b");
    shows_page(2);
    draws(1, 1);
    feed_pump(&feed);
    struct fake_unit u = first_unit(0);
    gets("B");
    assert_int_equal(bytes_left(&u.payload), 1 + 2 + 18);
    shows_page(1);
    feed_pump(&feed);
    sent("B b b b");
}

static void who_is_far_behind_gets_the_page_instead(void **state)
{
    (void)state;
    page_runs();
    ws.room = 0;
    for (int i = 0; i < 40; i++) { /* 18 kB, and what is left of it is little */
        draws(1, 25);
        struct pen p = pen_new();
        pen_clear(&p);
        writes(&p);
    }
    draws(7, 1);
    ws.room = SIZE_MAX / 2;
    looks();
    struct fake_unit u = first_unit(0);
    gets("B");
    assert_int_equal(bytes_left(&u.payload), 1 + 2 + 18);
}

static void who_is_a_little_behind_gets_what_was_missed(void **state)
{
    (void)state;
    page_runs();
    ws.room = 0;
    for (int i = 0; i < 20; i++)
        draws((uint8_t)i, 1);
    ws.room = SIZE_MAX / 2;
    voice_goes_on();
    gets("viiiiiiiiiiiiiiiiiiii");
}

static void a_board_that_is_put_away_is_told_once(void **state)
{
    (void)state;
    page_runs();
    draws(1, 1);
    struct pen p = pen_new();
    pen_hide(&p);
    writes(&p);
    looks();
    struct fake_unit u = first_unit(0);
    gets("B");
    assert_int_equal(u.payload.p[1], 8);
    looks();
    gets("");
    begin_anew();
    feed_take_ink(&feed, true);
    looks();
    gets("B"); /* it may have seen it on another connection */
}

static void the_end_of_the_session_wipes_the_board(void **state)
{
    (void)state;
    page_runs();
    draws(1, 5);
    hub_clear(hub);
    looks();
    struct fake_unit u = first_unit(0);
    gets("B");
    assert_int_equal(bytes_left(&u.payload), 2);
    assert_int_equal(u.payload.p[1], 8);
    shows_page(1);
    draws(1, 1);
    looks();
    u = first_unit(0);
    gets("B");
    assert_int_equal(bytes_left(&u.payload), 1 + 2 + 18);
}

static void the_pen_goes_before_pictures_and_the_page_after_stills(void **state)
{
    (void)state;
    page_runs();
    watches_stills();
    assert_int_equal(media_still(hub, 0, 1, 9000), 0);
    pump();
    sent("s s s s"); /* a window full */
    draws(1, 1);
    fake_ack(&ws, 1000);
    voice_goes_on();
    sent("vi s");
    shows_page(2);
    for (int i = 0; i < 9; i++) {
        fake_ack(&ws, UINT32_MAX);
        feed_pump(&feed);
    }
    sent("s s s s B"); /* the picture that it lies on first */
}

static void the_window_holds_the_pen_as_well(void **state)
{
    (void)state;
    page_runs();
    ws.queued = 20000;
    looks();
    draws(1, 1);
    voice_goes_on();
    sent("v");
    assert_true(feed.is_held);
    fake_ack(&ws, UINT32_MAX);
    looks();
    voice_goes_on();
    sent("vi");
}

static void white_pages_cover_the_picture(void **state)
{
    (void)state;
    assert_false(feed_is_covered(&feed));
    shows_page(1);
    assert_true(feed_is_covered(&feed));
    struct pen p = pen_new();
    pen_picture(&p);
    writes(&p);
    assert_false(feed_is_covered(&feed));
    shows_page(1);
    assert_true(feed_is_covered(&feed));
    hub_clear(hub);
    assert_false(feed_is_covered(&feed));
}

static void what_is_no_ink_is_sent_to_nobody(void **state)
{
    (void)state;
    page_runs();
    static const uint8_t bad[] = {0, 9, 0, 0, 0, 1};
    assert_int_equal(ink_batch(hub_ink(hub), 0, bad, sizeof(bad)), -EPROTO);
    looks();
    gets("");
}

static void one_page_serves_all_who_come_at_once(void **state)
{
    (void)state;
    shows_page(1);
    draws(1, 1);
    struct ink_page *first = ink_page_ref(ink_page(hub_ink(hub)));
    assert_ptr_equal(ink_page(hub_ink(hub)), first);
    draws(2, 1);
    assert_ptr_not_equal(ink_page(hub_ink(hub)), first);
    assert_int_equal(first->events->len, 2 + 18); /* whoever is being sent it keeps it */
    ink_page_unref(&first);
}

static int drawing(void)
{
    struct ink *ink;
    int err = ink_new(&ink);
    if (err)
        return err;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    err = ink_batch(ink, 0, p.bytes, p.len);
    if (!err && !ink_page(ink))
        err = -ENOMEM;
    if (!err)
        ink_clear(ink);
    ink_free(&ink);
    return err;
}

static void want_of_memory_leaks_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(drawing) >= 8);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_with_pen, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_lesson_without_a_pen_is_as_ever),
        CASE(who_does_not_draw_gets_nothing),
        CASE(the_pen_goes_with_the_voice),
        CASE(a_voice_that_does_not_come_is_not_waited_for),
        CASE(a_late_joiner_gets_the_page_and_then_what_is_drawn),
        CASE(a_long_page_comes_in_pieces_that_keep_to_the_window),
        CASE(a_page_that_is_left_is_not_finished),
        CASE(who_is_far_behind_gets_the_page_instead),
        CASE(who_is_a_little_behind_gets_what_was_missed),
        CASE(a_board_that_is_put_away_is_told_once),
        CASE(the_end_of_the_session_wipes_the_board),
        CASE(the_pen_goes_before_pictures_and_the_page_after_stills),
        CASE(the_window_holds_the_pen_as_well),
        CASE(white_pages_cover_the_picture),
        CASE(what_is_no_ink_is_sent_to_nobody),
        CASE(one_page_serves_all_who_come_at_once),
        CASE(want_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
