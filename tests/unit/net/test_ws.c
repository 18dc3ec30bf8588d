#include "tests/unit/net/player.h"

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
        JOINED(the_end_of_the_server_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
