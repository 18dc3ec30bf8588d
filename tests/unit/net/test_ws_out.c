#include "tests/unit/net/player.h"

#include <linux/filter.h>

static struct buf *message_of(size_t len)
{
    struct buf *message;
    assert_int_equal(buf_new(&message, len), 0);
    for (size_t i = 0; i < len; i++)
        message->data[i] = (uint8_t)(i * 7 + i / 251);
    return message;
}

/* Somebody who reads nothing, and is sent messages of 4000 bytes until no more are taken. Returns
 * how many were; the caller gives the message back. */
static int fill(struct buf **message)
{
    int sent = 0;
    *message = message_of(4000);
    join(&c, 4096);
    while (ws_send(app.ws, *message) == 0)
        sent++;
    return sent;
}

static void one_buffer_serves_many_players(void **state)
{
    (void)state;
    enum { PLAYERS = 5, LEN = 70000 };
    struct client players[PLAYERS];
    struct ws *them[PLAYERS];
    struct buf *message = message_of(LEN);
    for (int i = 0; i < PLAYERS; i++) {
        join(&players[i], 4096); /* so small that every send is a partial one */
        them[i] = app.ws;
    }
    for (int i = 0; i < PLAYERS; i++)
        assert_int_equal(ws_send(them[i], message), 0);
    buf_unref(&message);
    struct buf *same = message_of(LEN);
    for (int i = 0; i < PLAYERS; i++) {
        turn_until(&w, (client_take(&players[i]), players[i].len == LEN + 10));
        assert_memory_equal(players[i].in, "\x82\x7f\0\0\0\0\0\x01\x11\x70", 10);
        assert_memory_equal(players[i].in + 10, same->data, LEN);
        client_close(&players[i]);
    }
    buf_unref(&same);
    turn_until(&w, app.closed == PLAYERS);
    app.ws = NULL;
    c.fd = dup(0);
}

static void one_who_reads_nothing_costs_one_message(void **state)
{
    (void)state;
    struct buf *message;
    int sent = fill(&message);
    assert_int_equal(ws_send(app.ws, message), -EAGAIN);
    assert_false(ws_is_ready(app.ws));
    assert_true(sent < 40);
    /* Ours is one reference to what everybody shares; the kernel's buffers are small, too. */
    assert_true(message->refs <= 2);
    assert_true(ws_queued(app.ws) <= 64 << 10);
    ws_want_writable(app.ws);
    turn_for(&w, 20);
    assert_int_equal(app.writable, 0);
    assert_int_equal(ws_send(app.ws, message), -EAGAIN);
    turn_until(&w, (client_take(&c), app.writable == 1));
    turn_until(&w, (client_take(&c), c.len == (size_t)sent * 4004));
    for (int i = 0; i < sent; i++)
        assert_memory_equal(c.in + (size_t)i * 4004 + 4, message->data, 4000);
    turn_for(&w, 20);
    assert_int_equal(app.writable, 1);
    assert_int_equal(ws_send(app.ws, message), 0);
    buf_unref(&message);
}

static void one_who_reads_nothing_is_still_heard(void **state)
{
    (void)state;
    struct buf *message;
    fill(&message);
    turn_for(&w, 10);
    send_text("I am slow");
    turn_until(&w, app.texts == 1);
    turn_without_spinning(&w, 100);
    ws_close(app.ws, WS_CLOSE_TOO_SLOW, "too slow");
    turn_until(&w, app.closed == 1);
    assert_int_equal(message->refs, 1);
    buf_unref(&message);
}

/* For lws it would have five seconds more, in which it spins. */
static void one_who_ends_without_having_read_is_gone_soon(void **state)
{
    (void)state;
    struct buf *message;
    fill(&message);
    turn_for(&w, 10);
    shutdown(c.fd, SHUT_WR);
    unsigned from = w.beats;
    turn_until(&w, app.closed == 1);
    assert_true(w.beats - from < 1500);
    buf_unref(&message);
}

static void pongs_nobody_reads_do_not_pile_up(void **state)
{
    (void)state;
    char payload[125];
    memset(payload, 'p', sizeof(payload));
    struct buf *message;
    fill(&message);
    for (int i = 0; i < 5; i++)
        send_frame(0x89, payload, sizeof(payload));
    turn_for(&w, 20);
    assert_int_equal(app.closed, 0);
    assert_true(ws_queued(app.ws) <= 64 << 10);
    buf_unref(&message);
}

static void an_empty_message_can_be_sent(void **state)
{
    (void)state;
    struct buf *message = message_of(0);
    assert_int_equal(ws_send(app.ws, message), 0);
    turn_until(&w, (client_take(&c), c.len == 2));
    assert_memory_equal(c.in, "\x82\x00", 2);
    buf_unref(&message);
}

static void a_text_that_is_too_long_is_not_sent(void **state)
{
    (void)state;
    static char text[WS_TEXT_OUT_MAX + 1];
    memset(text, 'x', sizeof(text));
    assert_int_equal(ws_send_text(app.ws, text, sizeof(text)), -EMSGSIZE);
    assert_int_equal(ws_send_text(app.ws, text, WS_TEXT_OUT_MAX), 0);
    turn_until(&w, (client_take(&c), c.len == WS_TEXT_OUT_MAX + 4));
}

static void the_link_is_measured(void **state)
{
    (void)state;
    struct ws_link link;
    assert_int_equal(ws_send_text(app.ws, "0123456789", 10), 0);
    turn_until(&w, (client_take(&c), c.len == 12));
    turn_until(&w, ws_queued(app.ws) == 0);
    ws_measure(app.ws, &link);
    assert_true(link.rtt_ms >= 1 && link.rtt_ms < 1000);
    assert_true(link.min_rtt_ms <= link.rtt_ms);
    assert_int_equal(link.resent_bytes, 0);
}

/* The client's kernel throws away what comes in, as a link that lost it would. */
static void lose_what_comes(bool is_lost)
{
    struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &drop};
    int option = is_lost ? SO_ATTACH_FILTER : SO_DETACH_FILTER;
    assert_int_equal(setsockopt(c.fd, SOL_SOCKET, option, &program, sizeof(program)), 0);
}

static void what_was_lost_is_counted_when_it_is_sent_again(void **state)
{
    (void)state;
    struct ws_link link;
    lose_what_comes(true);
    assert_int_equal(ws_send_text(app.ws, "0123456789", 10), 0);
    turn_until(&w, (ws_measure(app.ws, &link), link.resent_bytes >= 12));
    lose_what_comes(false);
    turn_until(&w, (client_take(&c), c.len == 12));
    assert_true(link.resent_bytes % 12 == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_buffer_serves_many_players),
        TEST(one_who_reads_nothing_costs_one_message),
        TEST(one_who_reads_nothing_is_still_heard),
        TEST(one_who_ends_without_having_read_is_gone_soon),
        TEST(pongs_nobody_reads_do_not_pile_up),
        JOINED(an_empty_message_can_be_sent),
        JOINED(a_text_that_is_too_long_is_not_sent),
        JOINED(the_link_is_measured),
        JOINED(what_was_lost_is_counted_when_it_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
