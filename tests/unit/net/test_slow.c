#include "tests/unit/net/face.h"

static void a_page_larger_than_every_buffer_arrives_whole(void **state)
{
    (void)state;
    enum { SIZE = 600 << 10 };
    char *big = malloc(SIZE);
    struct client c;
    for (int i = 0; i < SIZE; i++)
        big[i] = (char)(i * 31 + i / 1000);
    write_file(w.root, "big.mp4", big, SIZE);
    open_default();
    client_open(&c, net_port(w.net), 4096);
    client_send(&c, "GET /big.mp4 HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_until(&w, (client_take(&c), c.len > SIZE));
    turn_until(&w, memmem(c.in, c.len, big, SIZE));
    client_send(&c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_until(&w, client_has(&c, "<h1>hello</h1>"));
    assert_non_null(memmem(c.in, c.len, big, SIZE));
    client_close(&c);
    free(big);
}

/* Asks for more than fits into all buffers, and does not read it. */
static void ask_for_much(struct client *c, uint32_t stall_timeout_ms)
{
    enum { SIZE = 600 << 10 };
    char *big = calloc(1, SIZE);
    struct net_params p = params();
    p.stall_timeout_ms = stall_timeout_ms;
    write_file(w.root, "big.mp4", big, SIZE);
    free(big);
    world_open(&w, &p);
    client_open(c, net_port(w.net), 4096);
    client_send(c, "GET /big.mp4 HTTP/1.1\r\nHost: a\r\n\r\n");
}

static void one_who_does_not_read_a_page_is_cut_off(void **state)
{
    (void)state;
    struct client c;
    ask_for_much(&c, 500);
    turn_for(&w, 50);
    int64_t timeouts = refused("timeout");
    turn_without_spinning(&w, 200);
    turn_until(&w, refused("timeout") == timeouts + 1);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    client_close(&c);
}

/* lws would spin for as long as the answer waits. */
static void one_who_sends_instead_of_reading_is_cut_off_soon(void **state)
{
    (void)state;
    struct client c;
    ask_for_much(&c, 100 * PATIENCE_MS); /* it is not that which ends it */
    turn_for(&w, 20);
    client_send(&c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    client_close(&c);
}

/* It stops between two answers, too: what lws does not read it polls for. */
static void one_who_asks_without_end_and_reads_nothing_is_cut_off_soon(void **state)
{
    (void)state;
    struct net_params p = params();
    p.idle_timeout_ms = p.stall_timeout_ms = 100 * PATIENCE_MS; /* not these end it */
    p.send_buffer_bytes = 0;
    static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct client c;
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 2048);
    for (int i = 0; i < 1000; i++)
        send(c.fd, get, sizeof(get) - 1, MSG_NOSIGNAL);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 1);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    client_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_page_larger_than_every_buffer_arrives_whole),
        TEST(one_who_does_not_read_a_page_is_cut_off),
        TEST(one_who_sends_instead_of_reading_is_cut_off_soon),
        TEST(one_who_asks_without_end_and_reads_nothing_is_cut_off_soon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
