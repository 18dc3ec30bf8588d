#include "tests/unit/viewer/looks.h"

/* -- window ----------------------------------------------------------------------------------- */

/* Each look finds a whole window sent and through. */
static void window_after_window(int n)
{
    while (n-- > 0)
        look(l.window_bytes, l.window_bytes);
}

static void the_window_widens_while_it_holds_something_back(void **state)
{
    (void)state;
    calm(LINK_LOOKS);
    uint32_t before = l.window_bytes;
    is_held = true;
    look(before / 2 + 1, before / 2 + 1);
    assert_in_range(l.window_bytes, before * 3 / 2, before * 3 / 2 + before / 8);
    before = l.window_bytes;
    look(before / 2, before / 2); /* a look is less than a round trip and a look */
    assert_int_equal(l.window_bytes, before);
    window_after_window(100);
    assert_in_range(l.window_bytes, LINK_WINDOW_MOST,
                    LINK_WINDOW_MOST + LINK_PATH_MOST_BPS / 8 * 50 / 1000);
}

static void it_does_not_widen_when_little_gets_through(void **state)
{
    (void)state;
    calm(LINK_LOOKS);
    uint32_t before = l.window_bytes;
    is_held = true;
    looks(20, before / 5, before / 5);
    assert_int_equal(l.window_bytes, before);
}

static void it_widens_by_little_where_a_limit_was_met(void **state)
{
    (void)state;
    full_then_empty(48000);
    is_held = true;
    look(0, 0);
    uint32_t before = l.window_bytes;
    looks(2, before / 2, before / 2);
    assert_true(l.limit_bps > 0);
    assert_int_equal(l.window_bytes, before + LINK_PACKET / 2);
}

static void it_does_not_widen_in_a_stall(void **state)
{
    (void)state;
    looks(4, 500, 0);
    assert_true(l.is_stuck);
    is_held = true;
    uint32_t before = l.window_bytes;
    looks(20, 500, 0);
    assert_int_equal(l.window_bytes, before);
}

static void it_narrows_to_what_goes_through(void **state)
{
    (void)state;
    is_held = true;
    looks(20, 0, 0);
    full(80000);
    assert_int_equal(l.window_bytes, 80 * (LINK_DELAY_MS + 50) / 8);
    full(16000);
    assert_int_equal(l.window_bytes, LINK_WINDOW_LEAST);
    assert_true(link_admits(&l, LINK_WINDOW_LEAST - 1));
    assert_false(link_admits(&l, LINK_WINDOW_LEAST));
}

static void it_holds_what_was_proven(void **state)
{
    (void)state;
    look(5000, 5000);
    assert_int_equal(l.window_bytes, (uint64_t)l.proven_bps * (LINK_DELAY_MS + 50) / 8000);
}

static void a_long_path_holds_more(void **state)
{
    (void)state;
    link_measured(&l, now_ms, 600, 600);
    is_held = true;
    looks(3, 60000, 0);
    looks(40, 60000, 60000);
    uint32_t path_bps = l.proven_bps < LINK_PATH_MOST_BPS ? l.proven_bps : LINK_PATH_MOST_BPS;
    assert_true(path_bps > LINK_PATH_LEAST_BPS);
    assert_int_equal(l.window_bytes, LINK_WINDOW_MOST + (uint64_t)path_bps * 600 / 8000);
}

static void what_was_sent_since_the_look_counts(void **state)
{
    (void)state;
    look(3000, 0);
    assert_true(link_surely_admits(&l));
    link_sent(&l, 999);
    assert_true(link_surely_admits(&l));
    link_sent(&l, 1);
    assert_false(link_surely_admits(&l)); /* it may be acknowledged: the kernel knows */
    assert_true(link_admits(&l, 3999));
}

static void pieces_are_as_long_as_the_proof(void **state)
{
    (void)state;
    assert_int_equal(link_piece_bytes(&l), LINK_PIECE_LEAST);
    l.proven_bps = 400000;
    assert_int_equal(link_piece_bytes(&l), 400 * LINK_PIECE_MS / 8);
    l.proven_bps = UINT32_MAX;
    assert_int_equal(link_piece_bytes(&l), LINK_PIECE_MOST);
}

static void pieces_are_large_where_nothing_ever_queued(void **state)
{
    (void)state;
    looks(8, 500, 500);
    assert_int_equal(link_piece_bytes(&l), LINK_PIECE_LEAST);
    link_measured(&l, now_ms, 50 + 50 / 8 + LINK_RTT_MS, 50);
    assert_int_equal(link_piece_bytes(&l), LINK_PIECE_MOST);
    link_measured(&l, now_ms, 50 + 50 / 8 + LINK_RTT_MS + 1, 50);
    assert_int_equal(link_piece_bytes(&l), LINK_PIECE_LEAST);
    link_measured(&l, now_ms, 50, 50);
    full_then_empty(48000);
    assert_true(link_piece_bytes(&l) < LINK_PIECE_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_window_widens_while_it_holds_something_back),
        CASE(it_does_not_widen_when_little_gets_through),
        CASE(it_widens_by_little_where_a_limit_was_met),
        CASE(it_does_not_widen_in_a_stall),
        CASE(it_narrows_to_what_goes_through),
        CASE(it_holds_what_was_proven),
        CASE(a_long_path_holds_more),
        CASE(what_was_sent_since_the_look_counts),
        CASE(pieces_are_as_long_as_the_proof),
        CASE(pieces_are_large_where_nothing_ever_queued),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
