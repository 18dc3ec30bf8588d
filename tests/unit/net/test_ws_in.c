#include "tests/unit/net/frames.h"
#include "tests/unit/net/loopback.h"

#include <ifaddrs.h>
#include <net/if.h>

/* Messages that come in, by a subprotocol that takes binary ones beside one that does not. */
enum { TEXT_MAX = 100, BINARY_MAX = WS_MESSAGE_MAX, BYTES_PER_S = 100000 };

static struct world w;
static struct client c;

static struct {
    struct ws *ws;
    int opened, closed, texts, binaries;
    uint8_t last[BINARY_MAX + 1];
    size_t len;
} app;

static bool on_open(struct ws *ws, void *arg)
{
    assert_ptr_equal(arg, &w);
    app.ws = ws;
    app.opened++;
    ws_set_user(ws, &app);
    return true;
}

static void on_text(void *user, const char *text, size_t len)
{
    assert_ptr_equal(user, &app);
    assert_int_equal(strlen(text), len);
    app.texts++;
}

static void on_binary(void *user, const uint8_t *data, size_t len)
{
    assert_ptr_equal(user, &app);
    memcpy(app.last, data, len);
    app.len = len;
    app.binaries++;
}

static void on_close(void *user)
{
    assert_ptr_equal(user, &app);
    app.closed++;
    app.ws = NULL;
}

static const struct ws_events teacher_events = {.on_open = on_open,
                                                .on_text = on_text,
                                                .on_binary = on_binary,
                                                .on_close = on_close,
                                                .arg = &w};
static const struct ws_events player_events = {
    .on_open = on_open, .on_text = on_text, .on_close = on_close, .arg = &w};
static const struct ws_protocol teacher = {.name = "airclass.teach.v1",
                                           .events = &teacher_events,
                                           .text_max = TEXT_MAX,
                                           .texts_per_s = 20,
                                           .binary_max = BINARY_MAX,
                                           .binary_bytes_per_s = BYTES_PER_S,
                                           .needs_private = true};
static const struct route routes[] = {{.path = NULL}};

#define UPGRADE_TO(host, protocol)                                                                 \
    "GET /ws HTTP/1.1\r\nHost: " host "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"          \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                 \
    "Sec-WebSocket-Protocol: " protocol "\r\n\r\n"

static void join(const char *request)
{
    client_open(&c, net_port(w.net), 0);
    client_send(&c, request);
    turn_until(&w, client_has(&c, "\r\n\r\n"));
}

static void open_world(const char *bind)
{
    memset(&app, 0, sizeof(app));
    world_start(&w);
    struct net_params p = world_params(&w, routes, &player_events);
    w.protocols[1] = &teacher;
    p.bind = bind;
    world_open(&w, &p);
}

static int start(void **state)
{
    (void)state;
    open_world("127.0.0.1");
    return 0;
}

static int start_teaching(void **state)
{
    start(state);
    join(UPGRADE_TO("localhost", "airclass.teach.v1"));
    assert_true(client_has(&c, "Sec-WebSocket-Protocol: airclass.teach.v1\r\n"));
    client_forget(&c);
    assert_int_equal(app.opened, 1);
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

static uint8_t frame[BINARY_MAX + 64];
static uint8_t noise[BINARY_MAX + 1];

/* What does not fit into the socket follows while the loop turns. */
static void send_frame(uint8_t first, const void *payload, size_t len)
{
    size_t size = make_frame(frame, first, payload, len, true);
    for (size_t sent = 0; sent < size && !client_ended(&c);) {
        ssize_t n = send(c.fd, frame + sent, size - sent, MSG_NOSIGNAL);
        if (n > 0)
            sent += (size_t)n;
        turn(&w);
    }
}

static void make_noise(void)
{
    for (size_t i = 0; i < sizeof(noise); i++)
        noise[i] = (uint8_t)(i * 7 + i / 256);
}

static void a_binary_message_arrives_whole(void **state)
{
    (void)state;
    make_noise();
    static const size_t sizes[] = {0, 1, 125, 126, 4096, 4097, 65535, BINARY_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        send_frame(0x82, noise, sizes[i]);
        turn_until(&w, app.binaries == (int)i + 1);
        assert_int_equal(app.len, sizes[i]);
        assert_memory_equal(app.last, noise, sizes[i]);
    }
    assert_int_equal(app.texts, 0);
    send_frame(0x81, "{}", 2);
    turn_until(&w, app.texts == 1);
}

static void fragments_are_one_binary_message(void **state)
{
    (void)state;
    make_noise();
    send_frame(0x02, noise, 30000);
    send_frame(0x89, "ping", 4);
    send_frame(0x00, noise + 30000, 0);
    send_frame(0x00, noise + 30000, 30000);
    send_frame(0x80, noise + 60000, 5536);
    turn_until(&w, app.binaries == 1);
    assert_int_equal(app.len, BINARY_MAX);
    assert_memory_equal(app.last, noise, BINARY_MAX);
    turn_until(&w, client_has(&c, "\x8a\x04ping"));
}

static void a_short_text_behind_a_long_binary_ends_where_it_ends(void **state)
{
    (void)state;
    make_noise();
    send_frame(0x82, noise, 5000);
    send_frame(0x81, "{\"t\":\"end\"}", 11);
    turn_until(&w, app.texts == 1);
}

static void hostile_frames_end_the_connection(void **state)
{
    (void)state;
    static const uint8_t too_big[] = {0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 'x'};
    static const uint8_t endless[] = {0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0,    0,    0,    0,    'x'};
    static const uint8_t long_text[] = {0x81, 0xe5, 0, 0, 0, 0, 'x'};
    static const uint8_t text_in_binary[] = {0x02, 0x81, 0, 0, 0, 0, 'x',
                                             0x81, 0x81, 0, 0, 0, 0, 'y'};
    static const uint8_t binary_in_text[] = {0x01, 0x81, 0, 0, 0, 0, 'x',
                                             0x82, 0x81, 0, 0, 0, 0, 'y'};
    static const uint8_t nothing_begun[] = {0x80, 0x81, 0, 0, 0, 0, 'x'};
    static const uint8_t reserved[] = {0xc2, 0x81, 0, 0, 0, 0, 'x'};
    static const uint8_t bad_utf8[] = {0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28};
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
        CASE(too_big, 1009),        CASE(endless, 1009),        CASE(long_text, 1009),
        CASE(text_in_binary, 1002), CASE(binary_in_text, 1002), CASE(nothing_begun, 1002),
        CASE(reserved, 1002),       CASE(bad_utf8, 1007),
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        join(UPGRADE_TO("127.0.0.1:80", "airclass.teach.v1"));
        client_forget(&c);
        client_send_bytes(&c, cases[i].bytes, cases[i].len);
        turn_until(&w, client_ended(&c));
        if (close_code(&c) != cases[i].code)
            fail_msg("%u, not %u, for: %s", close_code(&c), cases[i].code, cases[i].name);
        turn_until(&w, app.closed == (int)i + 1);
        client_close(&c);
    }
    assert_int_equal(app.texts + app.binaries, 0);
    c.fd = dup(0);
}

static void fragments_may_not_add_up_to_more_than_a_message(void **state)
{
    (void)state;
    send_frame(0x02, noise, 40000);
    send_frame(0x80, noise, 40000);
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1009);
    assert_int_equal(app.binaries, 0);
}

static void endless_fragments_end_the_connection(void **state)
{
    (void)state;
    send_frame(0x02, "a", 1);
    for (int i = 0; i < 40; i++)
        send_frame(0x00, "", 0);
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1002);
}

/* How many messages of `len` bytes are taken before the connection ends. */
static int flood(size_t len)
{
    app.binaries = 0;
    while (!close_code(&c)) {
        int before = app.binaries;
        send_frame(0x82, noise, len);
        turn_until(&w, app.binaries > before || close_code(&c));
    }
    assert_int_equal(close_code(&c), WS_CLOSE_TOO_MANY);
    return app.binaries;
}

static void a_burst_is_taken_and_a_flood_is_not(void **state)
{
    (void)state;
    enum { COST = 10000 + WS_FRAME_COST, BURST = BYTES_PER_S * WS_BURST_S / COST };
    fake_clock_start();
    for (int i = 0; i < BURST; i++)
        send_frame(0x82, noise, 10000);
    turn_until(&w, app.binaries == BURST);
    fake_clock_advance(1000);
    assert_in_range(flood(10000), BYTES_PER_S / COST, BYTES_PER_S / COST + 1);
    fake_clock_advance(1000);
    turn_until(&w, app.closed == 1);
    fake_clock_stop();
}

static void empty_messages_cost_something(void **state)
{
    (void)state;
    fake_clock_start();
    assert_int_equal(flood(0), BYTES_PER_S * WS_BURST_S / WS_FRAME_COST);
    fake_clock_advance(1000);
    turn_until(&w, app.closed == 1);
    fake_clock_stop();
}

static void players_may_not_send_binaries(void **state)
{
    (void)state;
    static const uint8_t binary[] = {0x82, 0x81, 0, 0, 0, 0, 'x'};
    join(UPGRADE_TO("localhost", "airclass.v1"));
    assert_true(client_has(&c, "Sec-WebSocket-Protocol: airclass.v1\r\n"));
    client_forget(&c);
    client_send_bytes(&c, binary, sizeof(binary));
    turn_until(&w, client_ended(&c));
    assert_int_equal(close_code(&c), 1003);
}

static void the_first_name_that_is_known_is_taken(void **state)
{
    (void)state;
    join(UPGRADE_TO("localhost", "Airclass.V1, airclass.teach.v1, airclass.v1"));
    assert_true(client_has(&c, "Sec-WebSocket-Protocol: airclass.teach.v1\r\n"));
    client_close(&c);
    turn_until(&w, app.closed == 1);
    join(UPGRADE_TO("localhost", "AIRCLASS.V1"));
    assert_true(client_has(&c, "HTTP/1.1 400 "));
}

static void what_others_may_not_read_is_not_said_by_plain_http(void **state)
{
    (void)state;
    int64_t before = metric_get_named(METRIC_WS_CLOSED, "needs_https");
    /* So speaks a program on this machine that passes others' requests on. */
    join(UPGRADE_TO("school.example", "airclass.teach.v1"));
    turn_until(&w, client_has(&c, "needs https"));
    assert_true(client_has(&c, "\r\n\r\n\x88\x0d\x0f\xa5")); /* 4005 */
    turn_until(&w, client_ended(&c));
    assert_int_equal(app.opened, 0);
    assert_int_equal(app.closed, 0);
    turn_until(&w, metric_get_named(METRIC_WS_CLOSED, "needs_https") == before + 1);
}

/* An address of this machine by which others reach it. */
static bool own_address(struct sockaddr_in *out)
{
    struct ifaddrs *all;
    bool is_found = false;
    assert_int_equal(getifaddrs(&all), 0);
    for (struct ifaddrs *a = all; a && !is_found; a = a->ifa_next) {
        is_found = a->ifa_addr && a->ifa_addr->sa_family == AF_INET &&
                   !(a->ifa_flags & IFF_LOOPBACK) && (a->ifa_flags & IFF_UP);
        if (is_found)
            memcpy(out, a->ifa_addr, sizeof(*out));
    }
    freeifaddrs(all);
    return is_found;
}

static void a_name_alone_makes_nobody_local(void **state)
{
    (void)state;
    struct sockaddr_in to;
    open_world("");
    c = (struct client){.fd = dup(0)};
    if (!own_address(&to)) {
        print_message("skipped: this machine has the loopback address only\n");
        return;
    }
    client_close(&c);
    client_open_at(&c, &to, net_port(w.net), 0);
    client_send(&c, UPGRADE_TO("localhost", "airclass.teach.v1"));
    turn_until(&w, client_has(&c, "needs https"));
    assert_int_equal(app.opened, 0);
}

static void too_many_protocols_are_not_opened(void **state)
{
    (void)state;
    const struct ws_protocol *many[WS_PROTOCOLS_MAX + 2] = {NULL};
    for (size_t i = 0; i <= WS_PROTOCOLS_MAX; i++)
        many[i] = &teacher;
    world_start(&w);
    struct net_params p = world_params(&w, routes, &player_events);
    p.protocols = many;
    struct net *net;
    assert_int_equal(net_open(&net, &p), -EINVAL);
    world_stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name)     cmocka_unit_test_setup_teardown(name, start, stop)
#define TEACHING(name) cmocka_unit_test_setup_teardown(name, start_teaching, stop)
        TEACHING(a_binary_message_arrives_whole),
        TEACHING(fragments_are_one_binary_message),
        TEACHING(a_short_text_behind_a_long_binary_ends_where_it_ends),
        TEST(hostile_frames_end_the_connection),
        TEACHING(fragments_may_not_add_up_to_more_than_a_message),
        TEACHING(endless_fragments_end_the_connection),
        TEACHING(a_burst_is_taken_and_a_flood_is_not),
        TEACHING(empty_messages_cost_something),
        TEST(players_may_not_send_binaries),
        TEST(the_first_name_that_is_known_is_taken),
        TEST(what_others_may_not_read_is_not_said_by_plain_http),
        cmocka_unit_test_teardown(a_name_alone_makes_nobody_local, stop),
        cmocka_unit_test(too_many_protocols_are_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
