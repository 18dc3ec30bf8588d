#include "tests/unit/net/asking.h"

static void a_slow_head_is_cut_off(void **state)
{
    (void)state;
    int64_t before = refused("timeout");
    unsigned from = w.beats;
    client_send(&c, "GET /");
    while (!client_ended(&c) && w.beats - from < 1000) {
        send(c.fd, "G", 1, MSG_NOSIGNAL);
        turn_for(&w, 20);
    }
    assert_true(c.is_over); /* the limit is 300 ms, whatever trickles in */
    assert_int_equal(refused("timeout"), before + 1);
}

static void silence_after_connecting_is_cut_off(void **state)
{
    (void)state;
    turn_until(&w, client_ended(&c));
}

static void a_slow_body_is_cut_off(void **state)
{
    (void)state;
    client_send(&c, "POST /api/v1/echo HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nabc");
    turn_until(&w, client_ended(&c));
}

static void an_idle_connection_is_closed_without_complaint(void **state)
{
    (void)state;
    int64_t before = refused("timeout");
    ask("GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n");
    turn_until(&w, client_ended(&c));
    assert_int_equal(refused("timeout"), before);
}

static void a_second_slow_head_is_cut_off(void **state)
{
    (void)state;
    ask("GET /api/v1/hello HTTP/1.1\r\n" HOST "\r\n");
    client_send(&c, "GET /api");
    turn_until(&w, client_ended(&c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_slow_head_is_cut_off),        TEST(silence_after_connecting_is_cut_off),
        TEST(a_slow_body_is_cut_off),        TEST(an_idle_connection_is_closed_without_complaint),
        TEST(a_second_slow_head_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
