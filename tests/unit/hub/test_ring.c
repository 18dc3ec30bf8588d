#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/hub/ring.h"

static const struct ring_limits roomy = {.messages = 8, .bytes = 1000, .ms = 10000};

static struct ring *ring_with(const struct ring_limits *limits)
{
    struct ring *r = NULL;
    assert_int_equal(ring_new(&r, limits), 0);
    return r;
}

static void push(struct ring *r, uint32_t pts_ms, bool is_start, size_t len)
{
    struct buf *b;
    assert_int_equal(buf_new(&b, len), 0);
    memset(b->data, 'x', len);
    const struct ring_entry e = {
        .message = b, .pts_ms = pts_ms, .duration_ms = 100, .is_start = is_start};
    ring_push(r, &e);
    buf_unref(&b);
}

/* "K..K": K a start, . another, 100 ms apart from `pts_ms` on, one byte each. */
static void push_all(struct ring *r, const char *kinds, uint32_t pts_ms)
{
    for (; *kinds; kinds++, pts_ms += 100)
        push(r, pts_ms, *kinds == 'K', 1);
}

static void messages_are_numbered_as_they_come(void **state)
{
    (void)state;
    struct ring *r = ring_with(&roomy);
    struct ring_entry e;
    assert_int_equal(ring_head(r), 0);
    assert_int_equal(ring_get(r, 0, &e), -EAGAIN);
    push_all(r, "K..", 500);
    assert_int_equal(ring_head(r), 3);
    for (uint64_t i = 0; i < 3; i++) {
        assert_int_equal(ring_get(r, i, &e), 0);
        assert_int_equal(e.pts_ms, 500 + 100 * i);
        assert_int_equal(e.is_start, i == 0);
    }
    assert_int_equal(ring_get(r, 3, &e), -EAGAIN);
    assert_int_equal(ring_get(r, UINT64_MAX, &e), -EAGAIN);
    ring_free(&r);
    assert_null(r);
    ring_free(&r);
}

static void a_message_lives_as_long_as_somebody_holds_it(void **state)
{
    (void)state;
    struct ring *r = ring_with(&roomy);
    struct buf *b;
    assert_int_equal(buf_copy(&b, "voice", 5), 0);
    ring_push(r, &(struct ring_entry){.message = b, .is_start = true});
    assert_int_equal(b->refs, 2);
    ring_free(&r);
    assert_int_equal(b->refs, 1);
    buf_unref(&b);
}

static void too_many_messages_push_out_the_oldest(void **state)
{
    (void)state;
    struct ring *r = ring_with(&(struct ring_limits){.messages = 4, .bytes = 1000, .ms = 10000});
    struct ring_entry e;
    push_all(r, "KKKKKKKKKK", 0);
    assert_int_equal(ring_head(r), 10);
    assert_true(ring_head(r) - ring_tail(r) <= 4);
    assert_int_equal(ring_get(r, ring_tail(r) - 1, &e), -ESTALE);
    assert_int_equal(ring_get(r, ring_tail(r), &e), 0);
    assert_int_equal(e.pts_ms, 100 * ring_tail(r));
    ring_free(&r);
}

static void too_many_bytes_push_out_the_oldest(void **state)
{
    (void)state;
    struct ring *r = ring_with(&(struct ring_limits){.messages = 64, .bytes = 100, .ms = 10000});
    struct ring_entry e;
    for (uint32_t i = 0; i < 10; i++)
        push(r, i, true, 30);
    assert_int_equal(ring_tail(r), 7);
    push(r, 10, true, 5000);
    assert_int_equal(ring_get(r, 9, &e), -ESTALE);
    assert_int_equal(ring_get(r, 10, &e), 0); /* what was pushed stays, however large */
    push(r, 11, true, 30);
    assert_int_equal(ring_tail(r), 11);
    ring_free(&r);
}

static void too_much_time_pushes_out_the_oldest(void **state)
{
    (void)state;
    struct ring *r = ring_with(&(struct ring_limits){.messages = 64, .bytes = 1000, .ms = 450});
    push_all(r, "KKKKKKKKKK", 0);
    assert_int_equal(ring_tail(r), 5);
    push_all(r, "K", 60000); /* the source was away */
    assert_int_equal(ring_tail(r), 10);
    ring_free(&r);
}

static void a_group_longer_than_the_ring_goes_on_for_who_is_in_it(void **state)
{
    (void)state;
    struct ring *r = ring_with(&(struct ring_limits){.messages = 64, .bytes = 1000, .ms = 500});
    struct ring_entry e;
    push_all(r, "K.....", 0);
    assert_int_equal(ring_newest_start(r), 0);
    for (uint32_t i = 6; i < 40; i++) {
        push(r, 100 * i, false, 1);
        assert_int_equal(ring_get(r, ring_head(r) - 3, &e), 0); /* a reader 200 ms behind */
    }
    assert_int_equal(ring_newest_start(r), ring_head(r)); /* but nobody can begin */
    push(r, 4000, true, 1);
    assert_int_equal(ring_newest_start(r), ring_head(r) - 1);
    ring_free(&r);
}

static void the_newest_start_is_where_to_begin_again(void **state)
{
    (void)state;
    struct ring *r = ring_with(&roomy);
    assert_int_equal(ring_newest_start(r), ring_head(r));
    push_all(r, "..", 0);
    assert_int_equal(ring_newest_start(r), 2);
    push_all(r, "K.K.", 200);
    assert_int_equal(ring_newest_start(r), 4);
    ring_clear(r);
    assert_int_equal(ring_newest_start(r), ring_head(r));
    assert_int_equal(ring_head(r), 6); /* numbers go on */
    assert_int_equal(ring_tail(r), 6);
    struct ring_entry e;
    assert_int_equal(ring_get(r, 5, &e), -ESTALE);
    ring_free(&r);
}

static void a_start_is_found_by_time(void **state)
{
    (void)state;
    struct ring *r = ring_with(&roomy);
    uint64_t seq = 99;
    assert_false(ring_start_before(r, 1000, &seq));
    push_all(r, "K.K.", 1000);
    assert_false(ring_start_before(r, 999, &seq));
    assert_int_equal(seq, 99);
    assert_true(ring_start_before(r, 1000, &seq));
    assert_int_equal(seq, 0);
    assert_true(ring_start_before(r, 1199, &seq));
    assert_int_equal(seq, 0);
    assert_true(ring_start_before(r, 1200, &seq));
    assert_int_equal(seq, 2);
    assert_true(ring_start_before(r, 500000, &seq));
    assert_int_equal(seq, 2);
    ring_free(&r);
}

static void the_clock_may_wrap(void **state)
{
    (void)state;
    struct ring *r = ring_with(&roomy);
    uint64_t seq;
    push_all(r, "KKKK", UINT32_MAX - 149); /* the third is behind the wrap */
    assert_int_equal(ring_tail(r), 0);
    assert_int_equal(ring_lag_ms(r, 0), 300);
    assert_true(ring_start_before(r, 10, &seq));
    assert_int_equal(seq, 1);
    assert_true(ring_start_before(r, UINT32_MAX, &seq));
    assert_int_equal(seq, 1);
    assert_true(ring_start_before(r, 60, &seq));
    assert_int_equal(seq, 2);
    assert_false(ring_start_before(r, UINT32_MAX - 150, &seq));
    ring_free(&r);
}

static void lag_is_media_time_behind_the_newest(void **state)
{
    (void)state;
    struct ring *r = ring_with(&(struct ring_limits){.messages = 4, .bytes = 1000, .ms = 10000});
    assert_int_equal(ring_lag_ms(r, 0), 0);
    push_all(r, "KKKKKK", 0);
    assert_int_equal(ring_lag_ms(r, 6), 0);
    assert_int_equal(ring_lag_ms(r, 5), 0);
    assert_int_equal(ring_lag_ms(r, 4), 100);
    assert_int_equal(ring_lag_ms(r, 0), 100 * (5 - ring_tail(r))); /* gone: from the oldest */
    ring_free(&r);
}

static int new_scene(void)
{
    struct ring *r;
    int err = ring_new(&r, &roomy);
    if (!err)
        ring_free(&r);
    return err;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(new_scene), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_numbered_as_they_come),
        cmocka_unit_test(a_message_lives_as_long_as_somebody_holds_it),
        cmocka_unit_test(too_many_messages_push_out_the_oldest),
        cmocka_unit_test(too_many_bytes_push_out_the_oldest),
        cmocka_unit_test(too_much_time_pushes_out_the_oldest),
        cmocka_unit_test(a_group_longer_than_the_ring_goes_on_for_who_is_in_it),
        cmocka_unit_test(the_newest_start_is_where_to_begin_again),
        cmocka_unit_test(a_start_is_found_by_time),
        cmocka_unit_test(the_clock_may_wrap),
        cmocka_unit_test(lag_is_media_time_behind_the_newest),
        cmocka_unit_test(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
