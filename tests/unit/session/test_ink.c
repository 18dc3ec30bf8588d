#include "tests/unit/unit.h"

#include <errno.h>

#include "server/hub/unit.h"
#include "tests/unit/board/pen.h"
#include "tests/unit/session/classroom.h"

/* A lesson's ink, and somebody who is there to see it. */
static struct classroom room;
static struct session *seat;

static int open_room(void **state)
{
    (void)state;
    classroom_open(&room);
    return session_seat(room.sessions, "demo", &seat);
}

static int close_room(void **state)
{
    (void)state;
    session_unseat(seat);
    classroom_close(&room);
    return 0;
}

static bool is_ended(struct classroom *c)
{
    struct session_facts facts;
    return sessions_facts(c->sessions, "demo", &facts) && facts.state == SESSION_ENDED;
}

static int ink(uint32_t pts_ms, const struct pen *p)
{
    return sessions_sink(room.sessions)->event(room.pub, pts_ms, p->bytes, p->len);
}

/* How long the events of the page are that is shown. */
static size_t page_len(void)
{
    return ink_page(hub_ink(session_hub(seat)))->events->len;
}

static void ink_is_there_until_the_session_ends(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 1000);
    struct pen p = pen_new();
    pen_page(&p, 1);
    pen_stroke(&p, 1);
    assert_int_equal(ink(1000, &p), 0);
    classroom_teach(&room, 600);
    classroom_unpublish(&room, SOURCE_LOST);
    classroom_begin(&room, "demo-stream-key", 0); /* a reload */
    assert_int_equal(page_len(), 2 + 18);
    struct buf *page = sessions_sink(room.sessions)->board(room.pub);
    assert_int_equal(page->len, 8 + 1 + 2 + 18);
    assert_int_equal(page->data[0], UNIT_EVENTS << 4 | UNIT_KEY);
    buf_unref(&page);
    classroom_unpublish(&room, SOURCE_STOPPED);
    fake_clock_advance(LINGER_S * 1000 + 1000);
    classroom_run(&room, is_ended);
    assert_int_equal(page_len(), 1); /* hidden */
}

static void ink_that_is_said_again_is_left_out(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 1000);
    struct pen first = pen_new(), next = pen_new();
    pen_page(&first, 1);
    pen_begin(&first, 1);
    pen_points(&next, 3);
    assert_int_equal(ink(1000, &first), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(ink(1250, &next), 0);
    assert_int_equal(page_len(), 2 + 10 + 9);
    assert_int_equal(ink(1251, &next), 0);
    assert_int_equal(page_len(), 2 + 10 + 9 + 9);
    classroom_unpublish(&room, SOURCE_LOST);
}

static void what_is_no_ink_is_refused_and_a_kicked_source_draws_no_more(void **state)
{
    (void)state;
    classroom_begin(&room, "demo-stream-key", 1000);
    struct pen p = {.len = 3};
    assert_int_equal(ink(1000, &p), -EPROTO);
    struct buf *nothing = sessions_sink(room.sessions)->board(room.pub);
    assert_int_equal(nothing->len, 8 + 1);
    buf_unref(&nothing);
    p = pen_new();
    pen_page(&p, 1);
    assert_int_equal(ink(1000, &p), 0);
    sessions_kick(room.sessions, "demo");
    pen_stroke(&p, 1);
    assert_int_equal(ink(1100, &p), 0);
    assert_int_equal(page_len(), 2);
    classroom_unpublish(&room, SOURCE_REFUSED);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_room, close_room)

int main(int argc, char **argv)
{
    child_main(argc, argv);
    const struct CMUnitTest tests[] = {
        CASE(ink_is_there_until_the_session_ends),
        CASE(ink_that_is_said_again_is_left_out),
        CASE(what_is_no_ink_is_refused_and_a_kicked_source_draws_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
