#include "tests/unit/board/pen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { AT_MS = 5000 };

static struct board *board;

static int open_board(void **state)
{
    (void)state;
    return board_new(&board);
}

static int close_board(void **state)
{
    (void)state;
    board_free(&board);
    return 0;
}

/* In a block of its own, so that a read too far shows. */
static int try_apply(const struct pen *p, uint32_t pts_ms, bool *has_turned)
{
    uint8_t *copy = malloc(p->len ? p->len : 1);
    assert_non_null(copy);
    memcpy(copy, p->bytes, p->len);
    int err = board_apply(board, pts_ms, copy, p->len, has_turned);
    free(copy);
    return err;
}

static bool apply(const struct pen *p)
{
    bool has_turned;
    assert_int_equal(try_apply(p, AT_MS, &has_turned), 0);
    return has_turned;
}

/* What is shown, a word an event: B5 begins stroke 5, P3 are three points, P for a page, and so on.
 * Reads independently of event.c. */
static void is_written(struct buf *page, const char *expected)
{
    char text[4096] = "";
    struct bytes b = bytes_of(page->data, page->len);
    while (bytes_left(&b) > 0) {
        char word[32];
        uint8_t op = bytes_u8(&b);
        uint8_t n;
        switch (op) {
        case 1:
            bytes_u8(&b);
            snprintf(word, sizeof(word), "B%u ", bytes_u16(&b));
            bytes_take(&b, 6);
            break;
        case 2:
            n = bytes_u8(&b);
            bytes_take(&b, 1 + 2 * (size_t)n);
            snprintf(word, sizeof(word), "p%u ", n);
            break;
        case 3: strcpy(word, "E "); break;
        case 6: snprintf(word, sizeof(word), "page%u ", bytes_u8(&b)); break;
        case 7: strcpy(word, "picture "); break;
        case 8: strcpy(word, "hidden "); break;
        case 9: snprintf(word, sizeof(word), "@%u ", bytes_u32(&b)); break;
        default: fail_msg("event %u", op);
        }
        strcat(text, word);
    }
    assert_false(b.bad);
    buf_unref(&page);
    if (text[0])
        text[strlen(text) - 1] = '\0';
    assert_string_equal(text, expected);
}

static void shows(const char *expected)
{
    struct buf *page;
    assert_int_equal(board_page(board, &page), 0);
    is_written(page, expected);
}

static void has_all(const char *expected)
{
    struct buf *pages;
    assert_int_equal(board_all(board, &pages), 0);
    is_written(pages, expected);
}

static void at_first_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(board_shown(board), BOARD_HIDDEN);
    shows("hidden");
    struct pen p = pen_new();
    pen_stroke(&p, 1); /* on nothing */
    assert_false(apply(&p));
    shows("hidden");
}

static void what_was_drawn_is_there(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    pen_begin(&p, 2);
    assert_true(apply(&p));
    assert_int_equal(board_shown(board), BOARD_BLANK);
    p = pen_new();
    pen_points(&p, 3);
    pen_points(&p, 4);
    pen_end(&p);
    assert_false(apply(&p));
    shows("page1 B1 p2 E B2 p3 p4 E");
}

static void a_stroke_that_is_erased_is_gone_and_may_come_again(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    for (uint8_t id = 1; id <= 3; id++)
        pen_stroke(&p, id);
    pen_erase(&p, 2);
    pen_erase(&p, 9);
    apply(&p);
    shows("page1 B1 p2 E B3 p2 E");
    p = pen_new();
    pen_stroke(&p, 2); /* undone: it lies where it lay */
    apply(&p);
    shows("page1 B1 p2 E B2 p2 E B3 p2 E");
    p = pen_new();
    pen_clear(&p);
    apply(&p);
    shows("page1");
}

static void an_open_stroke_comes_last_and_goes_on(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 7);
    pen_begin(&p, 3);
    pen_points(&p, 1);
    apply(&p);
    shows("page1 B7 p2 E B3 p1");
    p = pen_new();
    pen_points(&p, 1);
    pen_begin(&p, 9); /* ends it */
    pen_erase(&p, 9);
    pen_points(&p, 5); /* of no stroke */
    apply(&p);
    shows("page1 B3 p1 p1 B7 p2 E");
}

static void pages_keep_what_is_on_them(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    pen_page(&p, BOARD_PAGES);
    pen_stroke(&p, 1);
    pen_stroke(&p, 2);
    pen_page(&p, 1);
    pen_points(&p, 1); /* what was open was left behind */
    assert_true(apply(&p));
    shows("page1 B1 p2 E");
    p = pen_new();
    pen_hide(&p);
    pen_clear(&p); /* nothing is shown that it could clear */
    assert_true(apply(&p));
    assert_int_equal(board_shown(board), BOARD_HIDDEN);
    shows("hidden");
    p = pen_new();
    pen_page(&p, BOARD_PAGES);
    apply(&p);
    shows("page50 B1 p2 E B2 p2 E");
    has_all("page1 B1 p2 E page50 B1 p2 E B2 p2 E");
    p = pen_new();
    pen_page(&p, 2);
    apply(&p);
    has_all("page1 B1 p2 E page50 B1 p2 E B2 p2 E page2");
    p = pen_new();
    pen_hide(&p);
    apply(&p);
    has_all("page1 B1 p2 E page50 B1 p2 E B2 p2 E hidden");
    board_clear(board);
    has_all("hidden");
}

static void over_a_picture_it_is_told_how_old_each_stroke_is(void **state)
{
    (void)state;
    struct pen p = pen_new();
    p.bytes[0] = 50; /* begun 200 ms before */
    pen_picture(&p);
    pen_stroke(&p, 1); /* whose points took 40 ms */
    assert_true(apply(&p));
    assert_int_equal(board_shown(board), BOARD_PICTURE);
    shows("@4800 picture @4840 B1 p2 E");
    pen_hide(&p);
    pen_picture(&p); /* another picture: nothing of the last one */
    apply(&p);
    shows("@4840 picture");
}

static void said_twice_is_said_once(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    pen_stroke(&p, 2);
    pen_erase(&p, 1);
    pen_begin(&p, 3);
    pen_points(&p, 2);
    apply(&p);
    apply(&p);
    shows("page1 B2 p2 E B3 p2");
}

static void what_is_no_batch_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        size_t len;
        uint8_t bytes[16];
    } bad[] = {
        {"empty",               0,  {0}                                     },
        {"no op",               2,  {0, 0}                                  },
        {"unknown op",          2,  {0, 10}                                 },
        {"unknown bits",        2,  {0, 0x43}                               },
        {"pressure of an end",  2,  {0, 0x83}                               },
        {"short begin",         10, {0, 1, 0, 0, 1, 0, 1, 12, 0, 0}         },
        {"pressure is missing", 11, {0, 0x81, 0, 0, 1, 0, 1, 12, 0, 0, 0}   },
        {"tool",                11, {0, 1, 0, 0, 1, 2, 1, 12, 0, 0, 0}      },
        {"colour",              11, {0, 1, 0, 0, 1, 0, 16, 12, 0, 0, 0}     },
        {"width",               11, {0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0}       },
        {"below the page",      11, {0, 1, 0, 0, 1, 0, 1, 12, 0, 0x09, 0x00}},
        {"no points",           3,  {0, 2, 0}                               },
        {"0 points",            4,  {0, 2, 0, 1}                            },
        {"a point is missing",  6,  {0, 2, 2, 1, 1, 1}                      },
        {"half a far step",     6,  {0, 2, 1, 1, 0x80, 1}                   },
        {"short erase",         3,  {0, 4, 0}                               },
        {"page 0",              3,  {0, 6, 0}                               },
        {"page 51",             3,  {0, 6, 51}                              },
        {"a time",              6,  {0, 9, 0, 0, 0, 1}                      },
    };
    struct pen good = pen_new();
    pen_page(&good, 1);
    pen_stroke(&good, 1);
    apply(&good);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct pen p = {0};
        bool has_turned;
        pen_put(&p, bad[i].bytes, bad[i].len);
        if (try_apply(&p, AT_MS, &has_turned) != -EPROTO)
            fail_msg("taken: %s", bad[i].what);
        p = pen_new(); /* the good part before it is not done, either */
        pen_clear(&p);
        if (bad[i].len > 0) {
            pen_put(&p, bad[i].bytes + 1, bad[i].len - 1);
            assert_int_equal(try_apply(&p, AT_MS, &has_turned), -EPROTO);
        }
    }
    shows("page1 B1 p2 E");
    struct pen p = {.len = BOARD_BATCH_MAX + 1};
    bool has_turned;
    memset(p.bytes + 1, 5, BOARD_BATCH_MAX);
    assert_int_equal(try_apply(&p, AT_MS, &has_turned), -EPROTO);
}

static void far_steps_and_pressure_are_taken_as_they_are(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    PEN(&p, 0x81, 0, 0, 1, 1, 15, 255, 0xff, 0xf8, 0xff, 128);
    PEN(&p, 0x82, 2, 1, 0x80, 0x7f, 0xff, 3, 200, 4, 0x80, 0x80, 0x00, 1);
    apply(&p);
    struct buf *page;
    assert_int_equal(board_page(board, &page), 0);
    assert_int_equal(page->len, p.len - 1);
    assert_memory_equal(page->data, p.bytes + 1, page->len);
    buf_unref(&page);
}

/* Fills page after page; how many strokes fitted before -ENOSPC. */
static size_t fill(uint8_t page)
{
    struct pen p = pen_new();
    pen_page(&p, page);
    for (uint8_t id = 0; id < 40; id++)
        pen_stroke(&p, id);
    size_t strokes = 0;
    bool has_turned;
    for (uint16_t round = 0;; round++, strokes += 40) {
        for (size_t at = 3, id = 0; id < 40; id++, at += 18)
            put_u16(&p.bytes[at + 2], (uint16_t)(round * 40 + id));
        int err = try_apply(&p, AT_MS, &has_turned);
        assert_true(err == 0 || err == -ENOSPC);
        if (err)
            return strokes;
    }
}

static void pages_and_board_have_an_end(void **state)
{
    (void)state;
    assert_in_range(fill(1), 1000, BOARD_PAGE_BYTES / 64);
    size_t pages = 1;
    while (pages < BOARD_PAGES && fill((uint8_t)(pages + 1)) > 0)
        pages++;
    assert_in_range(pages, BOARD_BYTES / BOARD_PAGE_BYTES, BOARD_BYTES / BOARD_PAGE_BYTES + 2);
    struct pen p = pen_new();
    pen_page(&p, 1); /* what takes no room is always done */
    pen_clear(&p);
    apply(&p);
    shows("page1");
    assert_true(fill(1) > 1000);
}

static void a_stroke_has_an_end(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_begin(&p, 1);
    apply(&p);
    struct pen more = pen_new();
    for (int n = 0; n < 4; n++)
        pen_points(&more, 250);
    apply(&more);
    apply(&more);
    bool has_turned;
    struct pen last = pen_new();
    pen_points(&last, 1);
    assert_int_equal(try_apply(&last, AT_MS, &has_turned), -ENOSPC);
    p = pen_new();
    pen_begin(&p, 2); /* another one has as many */
    pen_points(&p, 1);
    apply(&p);
    apply(&more);
    assert_int_equal(try_apply(&more, AT_MS, &has_turned), -ENOSPC);
}

static void a_cut_never_parts_an_event(void **state)
{
    (void)state;
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);   /* 10 + 7 + 1 */
    pen_begin(&p, 2);    /* 10 */
    pen_points(&p, 100); /* 203 */
    const uint8_t *events = p.bytes + 1;
    size_t len = p.len - 1;
    assert_int_equal(board_cut(events, len, 1), 2); /* at least one */
    assert_int_equal(board_cut(events, len, 11), 2);
    assert_int_equal(board_cut(events, len, 12), 12);
    assert_int_equal(board_cut(events, len, 229), 30);
    assert_int_equal(board_cut(events, len, 5000), len);
    assert_int_equal(board_cut(events + 30, len - 30, 10), 203);
}

static int drawing(void)
{
    struct board *b;
    struct buf *page = NULL;
    int err = board_new(&b);
    if (err)
        return err;
    struct pen p = pen_new();
    pen_page(&p, 1);
    for (uint8_t id = 0; id < 70; id++)
        pen_stroke(&p, id);
    bool has_turned;
    err = board_apply(b, AT_MS, p.bytes, p.len, &has_turned);
    if (!err)
        err = board_page(b, &page);
    buf_unref(&page);
    board_free(&b);
    return err;
}

static void want_of_memory_leaks_nothing(void **state)
{
    (void)state;
    assert_true(oom_levels(drawing) > 70);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_board, close_board)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(at_first_there_is_none),
        CASE(what_was_drawn_is_there),
        CASE(a_stroke_that_is_erased_is_gone_and_may_come_again),
        CASE(an_open_stroke_comes_last_and_goes_on),
        CASE(pages_keep_what_is_on_them),
        CASE(over_a_picture_it_is_told_how_old_each_stroke_is),
        CASE(said_twice_is_said_once),
        CASE(what_is_no_batch_changes_nothing),
        CASE(far_steps_and_pressure_are_taken_as_they_are),
        CASE(pages_and_board_have_an_end),
        CASE(a_stroke_has_an_end),
        CASE(a_cut_never_parts_an_event),
        cmocka_unit_test(want_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
