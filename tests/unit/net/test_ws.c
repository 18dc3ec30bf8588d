#include "tests/unit/net/frames.h"
#include "tests/unit/net/loopback.h"

#include <sys/ioctl.h>

#include <linux/filter.h>

enum { TEXT_MAX = 1024, TEXTS_PER_S = 20 };

static struct world w;
static struct client c;

/* What the application sees. */
static struct {
    struct ws *ws;
    int opened;
    int closed;
    int writable;
    int texts;
    int byes;
    bool says_no;
    char last[TEXT_MAX + 1];
    bool echoes;
} app;

static bool on_open(struct ws *ws, void *arg)
{
    assert_ptr_equal(arg, &w);
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return !app.says_no;
}

static void on_text(void *user, const char *text, size_t len)
{
    assert_ptr_equal(user, &app);
    assert_int_equal(strlen(text), len);
    memcpy(app.last, text, len + 1);
    app.texts++;
    if (app.echoes)
        assert_int_equal(ws_send_text(app.ws, text, len), 0);
}

static void on_writable(void *user)
{
    assert_ptr_equal(user, &app);
    app.writable++;
}

static void on_close(void *user)
{
    assert_ptr_equal(user, &app);
    app.closed++;
    app.byes += app.ws && ws_said_bye(app.ws);
    app.ws = NULL;
}

static const struct ws_events events = {.on_open = on_open,
                                        .on_text = on_text,
                                        .on_writable = on_writable,
                                        .on_close = on_close,
                                        .arg = &w};
static const struct route routes[] = {{.path = NULL}};

#define UPGRADE_WITHOUT_PROTOCOL                                                                   \
    "GET /ws HTTP/1.1\r\nHost: a.example:80\r\nUpgrade: websocket\r\n"                             \
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"                             \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE UPGRADE_WITHOUT_PROTOCOL "Sec-WebSocket-Protocol: other, airclass.v1\r\n"

static void join(struct client *client, int receive_buffer)
{
    int before = app.opened;
    client_open(client, net_port(w.net), receive_buffer);
    client_send(client, UPGRADE "\r\n");
    turn_until(&w, client_has(client, "\r\n\r\n"));
    assert_true(client_has(client, "HTTP/1.1 101 Switching Protocols\r\n"));
    assert_int_equal(app.opened, before + 1);
    client_forget(client);
}

static int start(void **state)
{
    (void)state;
    memset(&app, 0, sizeof(app));
    world_start(&w);
    struct net_params p = world_params(&w, routes, &events);
    world_open(&w, &p);
    return 0;
}

static int start_joined(void **state)
{
    start(state);
    join(&c, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    client_close(&c);
    world_stop(&w);
    assert_null(app.ws);
    return 0;
}

static void send_frame(uint8_t first, const void *payload, size_t len)
{
    static uint8_t frame[128 << 10];
    client_send_bytes(&c, frame, make_frame(frame, first, payload, len, true));
}

static void send_text(const char *text)
{
    send_frame(0x81, text, strlen(text));
}

static int64_t closed_by(const char *reason)
{
    return metric_get_named(METRIC_WS_CLOSED, reason);
}

static void a_player_is_welcomed(void **state)
{
    (void)state;
    client_open(&c, net_port(w.net), 0);
    client_send(&c, UPGRADE "Origin: http://a.example:80\r\n\r\n");
    turn_until(&w, client_has(&c, "\r\n\r\n"));
    /* The example of RFC 6455, 1.3. */
    assert_true(client_has(&c, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_true(client_has(&c, "Sec-WebSocket-Protocol: airclass.v1\r\n"));
    assert_false(client_has(&c, "xtension"));
    assert_string_equal(ws_peer(app.ws), "127.0.0.1");
}

static void texts_arrive_and_leave_whole(void **state)
{
    (void)state;
    app.echoes = true;
    send_text("{\"t\":\"hello\"}");
    turn_until(&w, client_has(&c, "{\"t\":\"hello\"}"));
    assert_int_equal((uint8_t)c.in[0], 0x81);
    assert_int_equal(c.in[1], 13);
    char longest[TEXT_MAX + 1];
    memset(longest, 'x', TEXT_MAX);
    longest[TEXT_MAX] = '\0';
    client_forget(&c);
    send_text(longest);
    turn_until(&w, client_has(&c, longest));
    send_text("");
    turn_until(&w, app.texts == 3);
}

static void a_text_in_fragments_and_pieces_is_one_message(void **state)
{
    (void)state;
    uint8_t all[256];
    size_t len = make_frame(all, 0x01, "pi\xe2\x82", 4, true);
    len += make_frame(all + len, 0x89, "ping", 4, true);
    len += make_frame(all + len, 0x00, "", 0, true);
    len += make_frame(all + len, 0x80,
                      "\xac"
                      "ece",
                      4, true);
    for (size_t i = 0; i < len; i++) {
        client_send_bytes(&c, all + i, 1);
        turn(&w);
    }
    turn_until(&w, app.texts == 1);
    assert_string_equal(app.last, "pi\xe2\x82\xac"
                                  "ece");
    turn_until(&w, client_has(&c, "\x8a\x04ping"));
}

static void frames_sent_behind_the_request_are_not_lost(void **state)
{
    (void)state;
    uint8_t all[512];
    static const char head[] = UPGRADE "\r\n";
    memcpy(all, head, sizeof(head) - 1);
    size_t len = sizeof(head) - 1;
    len += make_frame(all + len, 0x81, "early", 5, true);
    client_open(&c, net_port(w.net), 0);
    client_send_bytes(&c, all, len);
    turn_until(&w, app.texts == 1);
    assert_string_equal(app.last, "early");
}

static void wrong_frames_end_the_connection(void **state)
{
    (void)state;
    static const uint8_t reserved[] = {0xc1, 0x80, 0, 0, 0, 0};
    static const uint8_t unknown[] = {0x83, 0x80, 0, 0, 0, 0};
    static const uint8_t unknown_control[] = {0x8b, 0x80, 0, 0, 0, 0};
    static const uint8_t binary[] = {0x82, 0x81, 0, 0, 0, 0, 'x'};
    static const uint8_t nothing_to_continue[] = {0x80, 0x80, 0, 0, 0, 0};
    static const uint8_t nested[] = {0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0};
    static const uint8_t split_ping[] = {0x09, 0x80, 0, 0, 0, 0};
    /* Of what is announced we hear with the first byte of it. */
    static const uint8_t gigabyte[] = {0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 'x'};
    static const uint8_t endless[] = {0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0,    0,    0,    0,    'x'};
    static const uint8_t too_big[] = {0x81, 0xfe, 0x04, 0x01, 0, 0, 0, 0, 'x'};
    static const uint8_t bad_utf8[] = {0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28};
    static const uint8_t cut_utf8[] = {0x81, 0x81, 0, 0, 0, 0, 0xc3};
    static const uint8_t overlong_utf8[] = {0x81, 0x82, 0, 0, 0, 0, 0xc0, 0x80};
#define CASE(bytes, code)                                                                          \
    {                                                                                              \
#        bytes, bytes, sizeof(bytes), code                                                         \
    }
    static const struct {
        const char *name;
        const uint8_t *bytes;
        size_t len;
        unsigned code;
    } cases[] = {
        CASE(reserved, 1002),
        CASE(unknown, 1002),
        CASE(unknown_control, 1002),
        CASE(binary, 1003),
        CASE(nothing_to_continue, 1002),
        CASE(nested, 1002),
        CASE(split_ping, 1002),
        CASE(gigabyte, 1009),
        CASE(endless, 1009),
        CASE(too_big, 1009),
        CASE(bad_utf8, 1007),
        CASE(cut_utf8, 1007),
        CASE(overlong_utf8, 1007),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t before = closed_by("protocol");
        join(&c, 0);
        client_send_bytes(&c, cases[i].bytes, cases[i].len);
        turn_until(&w, client_ended(&c));
        if (close_code(&c) != cases[i].code)
            fail_msg("%u, not %u, for: %s", close_code(&c), cases[i].code, cases[i].name);
        assert_int_equal(app.texts, 0);
        turn_until(&w, closed_by("protocol") == before + 1);
        assert_int_equal(app.closed, (int)i + 1);
        client_close(&c);
    }
    c.fd = dup(0);
}

static void endless_fragments_end_the_connection(void **state)
{
    (void)state;
    send_frame(0x01, "a", 1);
    for (int i = 0; i < 40; i++)
        send_frame(0x00, "", 0);
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1002);
}

static void fragments_may_not_add_up_to_more_than_a_message(void **state)
{
    (void)state;
    char half[600];
    memset(half, 'x', sizeof(half));
    send_frame(0x01, half, sizeof(half));
    send_frame(0x80, half, sizeof(half));
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1009);
}

static void a_flood_of_texts_ends_the_connection(void **state)
{
    (void)state;
    for (int i = 0; i < 2 * TEXTS_PER_S; i++)
        send_text("{}");
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), WS_CLOSE_TOO_MANY);
    assert_true(app.texts <= TEXTS_PER_S + 2);
}

static void lengths_that_cannot_be_end_the_connection(void **state)
{
    (void)state;
    static const uint8_t long_ping[] = {0x89, 0xfe, 0, 126};
    static const uint8_t negative[] = {0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    join(&c, 0);
    client_send_bytes(&c, long_ping, sizeof(long_ping));
    turn_until(&w, client_ended(&c));
    client_close(&c);
    join(&c, 0);
    client_send_bytes(&c, negative, sizeof(negative));
    turn_until(&w, client_ended(&c));
    turn_until(&w, app.closed == 2);
}

static void an_odd_close_is_answered_with_its_error(void **state)
{
    (void)state;
    send_frame(0x88, "\x03\xed", 2);
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1002);
    turn_until(&w, app.closed == 1);
}

static void a_flood_of_pings_is_answered_with_few_pongs(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++)
        send_frame(0x89, "?", 1);
    send_text("after");
    turn_until(&w, app.texts == 1);
    turn_for(&w, 20);
    client_take(&c);
    assert_true(c.len < 1000); /* 3 bytes each: of those that come together one is answered */
}

static void wrong_requests_do_not_become_websockets(void **state)
{
    (void)state;
#define VERSION_KEY "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define HEAD        " /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#define PROTOCOL    "Sec-WebSocket-Protocol: airclass.v1\r\n"
    static const struct {
        const char *text;
        int status;
    } cases[] = {
        {"GET" HEAD
         "Sec-WebSocket-Version: 0\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" PROTOCOL,
         426                                                                                                  },
        {"GET" HEAD
         "Sec-WebSocket-Version: 99\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" PROTOCOL,
         426                                                                                                  },
        {"GET" HEAD "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n" PROTOCOL,                  400},
        {"GET" HEAD "Sec-WebSocket-Version: 13\r\n" PROTOCOL,                                              400},
        {"GET" HEAD VERSION_KEY,                                                                           400},
        {"GET" HEAD VERSION_KEY "Sec-WebSocket-Protocol: chat\r\n",                                        400},
        {"POST" HEAD VERSION_KEY PROTOCOL "Content-Length: 0\r\n",                                         400},
        {"HEAD" HEAD VERSION_KEY PROTOCOL,                                                                 400},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: http://evil.example\r\n",                                403},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: null\r\n",                                               403},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: http://a.evil.example\r\n",                              403},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: http://aa\r\n",                                          403},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: file://a\r\n",                                           403},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: https://school.example\r\n",                             101},
        {"GET" HEAD VERSION_KEY PROTOCOL "Origin: https://A\r\n",                                          101},
        {"GET" HEAD VERSION_KEY PROTOCOL VERSION_KEY,                                                      426},
        {"GET /ws HTTP/1.1\r\nHost: a\r\n" VERSION_KEY PROTOCOL,                                           426},
        {"GET /ws HTTP/1.0\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" VERSION_KEY
             PROTOCOL,                                                                            426},
        {"GET /other HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" VERSION_KEY
             PROTOCOL,                                                                            404},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int status = 0;
        client_open(&c, net_port(w.net), 0);
        client_send(&c, cases[i].text);
        client_send(&c, "\r\n");
        turn_until(&w, client_has(&c, "\r\n\r\n"));
        sscanf(c.in, "HTTP/1.1 %d", &status);
        if (status != cases[i].status)
            fail_msg("%d, not %d, for: %s", status, cases[i].status, cases[i].text);
        client_close(&c);
    }
    assert_int_equal(app.opened, 2);
    turn_until(&w, app.closed == 2);
    c.fd = dup(0);
}

static void a_refused_player_is_told_and_never_heard_of(void **state)
{
    (void)state;
    app.says_no = true;
    client_open(&c, net_port(w.net), 0);
    client_send(&c, UPGRADE "\r\n");
    turn_until(&w, client_has(&c, "too many connections"));
    assert_true(client_has(&c, "\r\n\r\n\x88\x16\x0f\xbd")); /* 4029 */
    turn_until(&w, metric_get(METRIC_WS_CONNECTIONS, 0) == 0);
    assert_int_equal(app.closed, 0);
    app.ws = NULL;
}

static void a_close_of_ours_is_said_and_answered(void **state)
{
    (void)state;
    int64_t before = closed_by("no_lesson");
    ws_close(app.ws, WS_CLOSE_NO_LESSON, "no such lesson");
    ws_close(app.ws, WS_CLOSE_TOO_SLOW, "again");
    assert_int_equal(ws_send_text(app.ws, "x", 1), -EPIPE);
    assert_false(ws_is_ready(app.ws));
    assert_int_equal(app.closed, 0); /* never from inside the call */
    turn_until(&w, close_code(&c) == WS_CLOSE_NO_LESSON);
    assert_true(client_has(&c, "no such lesson"));
    send_text("ignored");
    send_frame(0x88, "\x0f\xa4", 2);
    turn_until(&w, client_ended(&c));
    assert_int_equal(app.closed, 1);
    assert_int_equal(app.texts, 0);
    assert_int_equal(closed_by("no_lesson"), before + 1);
}

static void a_close_that_is_not_answered_is_final_all_the_same(void **state)
{
    (void)state;
    ws_close(app.ws, WS_CLOSE_NOT_ALLOWED, "no");
    turn_until(&w, app.closed == 1);
    assert_int_equal(close_code(&c), WS_CLOSE_NOT_ALLOWED);
}

static void a_close_of_the_players_is_answered(void **state)
{
    (void)state;
    int64_t before = closed_by("peer");
    send_frame(0x88,
               "\x03\xe8"
               "bye",
               5);
    turn_until(&w, close_code(&c) == 1000);
    turn_until(&w, client_ended(&c));
    client_close(&c);
    turn_until(&w, app.closed == 1);
    assert_int_equal(closed_by("peer"), before + 1);
    assert_int_equal(app.byes, 1);
    c.fd = dup(0);
}

static void a_player_who_vanishes_is_noticed(void **state)
{
    (void)state;
    close(c.fd);
    c.fd = dup(0);
    turn_until(&w, app.closed == 1);
    assert_int_equal(app.byes, 0);
}

static void a_close_from_within_a_callback_is_safe(void **state)
{
    (void)state;
    app.echoes = false;
    send_text("1");
    send_text("2");
    turn_until(&w, app.texts >= 1);
    ws_close(app.ws, WS_CLOSE_BAD_MESSAGE, "bad");
    turn_until(&w, app.closed == 1);
}

static struct buf *message_of(size_t len)
{
    struct buf *message;
    assert_int_equal(buf_new(&message, len), 0);
    for (size_t i = 0; i < len; i++)
        message->data[i] = (uint8_t)(i * 7 + i / 251);
    return message;
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
    struct buf *message = message_of(4000);
    join(&c, 4096);
    int sent = 0;
    int err;
    while ((err = ws_send(app.ws, message)) == 0)
        sent++;
    assert_int_equal(err, -EAGAIN);
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
    struct buf *message = message_of(4000);
    join(&c, 4096);
    while (ws_send(app.ws, message) == 0)
        continue;
    turn_for(&w, 10);
    send_text("I am slow");
    turn_until(&w, app.texts == 1);
    /* And waiting for it does not spin. */
    uint64_t turns = 0;
    for (uint64_t end_ms = real_ms() + 100; real_ms() < end_ms; turns++)
        turn(&w);
    assert_true(turns < 1000);
    ws_close(app.ws, WS_CLOSE_TOO_SLOW, "too slow");
    turn_until(&w, app.closed == 1);
    assert_int_equal(message->refs, 1);
    buf_unref(&message);
}

/* For lws it would have five seconds more, in which it spins. */
static void one_who_ends_without_having_read_is_gone_soon(void **state)
{
    (void)state;
    struct buf *message = message_of(4000);
    join(&c, 4096);
    while (ws_send(app.ws, message) == 0)
        continue;
    turn_for(&w, 10);
    shutdown(c.fd, SHUT_WR);
    uint64_t from_ms = real_ms();
    turn_until(&w, app.closed == 1);
    assert_true(real_ms() - from_ms < 1500);
    buf_unref(&message);
}

static void pongs_nobody_reads_do_not_pile_up(void **state)
{
    (void)state;
    char payload[125];
    memset(payload, 'p', sizeof(payload));
    struct buf *message = message_of(4000);
    join(&c, 4096);
    while (ws_send(app.ws, message) == 0)
        continue;
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

static void the_end_of_the_server_is_said(void **state)
{
    (void)state;
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, close_code(&c) == WS_CLOSE_GOING_AWAY);
    send_frame(0x88, "\x03\xe9", 2);
    turn_until(&w, w.is_closed);
    assert_int_equal(app.closed, 1);
    w.net = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)   cmocka_unit_test_setup_teardown(name, start, stop)
#define JOINED(name) cmocka_unit_test_setup_teardown(name, start_joined, stop)
        TEST(a_player_is_welcomed),
        JOINED(texts_arrive_and_leave_whole),
        JOINED(a_text_in_fragments_and_pieces_is_one_message),
        TEST(frames_sent_behind_the_request_are_not_lost),
        TEST(wrong_frames_end_the_connection),
        JOINED(endless_fragments_end_the_connection),
        JOINED(fragments_may_not_add_up_to_more_than_a_message),
        JOINED(a_flood_of_texts_ends_the_connection),
        JOINED(a_flood_of_pings_is_answered_with_few_pongs),
        TEST(lengths_that_cannot_be_end_the_connection),
        JOINED(an_odd_close_is_answered_with_its_error),
        TEST(wrong_requests_do_not_become_websockets),
        TEST(a_refused_player_is_told_and_never_heard_of),
        JOINED(a_close_of_ours_is_said_and_answered),
        JOINED(a_close_that_is_not_answered_is_final_all_the_same),
        JOINED(a_close_of_the_players_is_answered),
        JOINED(a_player_who_vanishes_is_noticed),
        JOINED(a_close_from_within_a_callback_is_safe),
        TEST(one_buffer_serves_many_players),
        TEST(one_who_reads_nothing_costs_one_message),
        TEST(one_who_reads_nothing_is_still_heard),
        TEST(one_who_ends_without_having_read_is_gone_soon),
        TEST(pongs_nobody_reads_do_not_pile_up),
        JOINED(an_empty_message_can_be_sent),
        JOINED(a_text_that_is_too_long_is_not_sent),
        JOINED(the_link_is_measured),
        JOINED(what_was_lost_is_counted_when_it_is_sent_again),
        JOINED(the_end_of_the_server_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
