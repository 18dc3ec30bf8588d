#include "tests/unit/unit.h"

#include <errno.h>

#include "server/viewer/parcel.h"
#include "tests/unit/viewer/fake_ws.h"

static struct parcel parcel;
static struct ws ws;

static int open_parcel(void **state)
{
    (void)state;
    fake_init(&ws);
    return parcel_init(&parcel);
}

static int close_parcel(void **state)
{
    (void)state;
    parcel_release(&parcel);
    return 0;
}

static void add(const char *text)
{
    uint32_t len = (uint32_t)strlen(text);
    uint8_t *at = parcel_add(&parcel, len);
    assert_non_null(at);
    put_bytes(at, text, len);
}

static void is_sent(size_t i, const char *text)
{
    assert_true(i < ws.n_sent);
    assert_int_equal(ws.sent[i].len, strlen(text));
    assert_memory_equal(ws.sent[i].bytes, text, strlen(text));
}

static void what_is_added_goes_as_one_message(void **state)
{
    (void)state;
    add("voice");
    add("picture");
    assert_int_equal(ws.n_sent, 0);
    assert_int_equal(parcel_send(&parcel, &ws), 0);
    assert_int_equal(ws.n_sent, 1);
    is_sent(0, "voicepicture");
}

static void it_is_empty_for_the_next_viewer(void **state)
{
    (void)state;
    add("mine");
    assert_int_equal(parcel_send(&parcel, &ws), 0);
    assert_int_equal(parcel.len, 0);
    add("yours");
    assert_int_equal(parcel_send(&parcel, &ws), 0);
    is_sent(1, "yours");
}

static void an_empty_one_is_not_sent(void **state)
{
    (void)state;
    assert_int_equal(parcel_send(&parcel, &ws), 0);
    assert_int_equal(ws.n_sent, 0);
}

static void what_does_not_fit_leaves_it_as_it_was(void **state)
{
    (void)state;
    add("first");
    assert_null(parcel_add(&parcel, PARCEL_BYTES));
    assert_null(parcel_add(&parcel, UINT32_MAX));
    assert_non_null(parcel_add(&parcel, PARCEL_BYTES - 5)); /* to the last byte */
    assert_null(parcel_add(&parcel, 1));
    assert_int_equal(parcel_send(&parcel, &ws), 0);
    assert_int_equal(ws.sent[0].len, PARCEL_BYTES);
    assert_memory_equal(ws.sent[0].bytes, "first", 5);
}

static void what_an_ending_socket_refuses_is_gone(void **state)
{
    (void)state;
    add("lost");
    ws_close(&ws, WS_CLOSE_GOING_AWAY, "test");
    assert_int_equal(parcel_send(&parcel, &ws), -EPIPE);
    assert_int_equal(parcel.len, 0); /* the next viewer does not get it */
}

static int scene(void)
{
    struct parcel p;
    int err = parcel_init(&p);
    if (!err)
        parcel_release(&p);
    return err;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_true(oom_levels(scene) >= 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, open_parcel, close_parcel)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_added_goes_as_one_message),
        CASE(it_is_empty_for_the_next_viewer),
        CASE(an_empty_one_is_not_sent),
        CASE(what_does_not_fit_leaves_it_as_it_was),
        CASE(what_an_ending_socket_refuses_is_gone),
        CASE(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
