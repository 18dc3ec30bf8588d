#include "tests/unit/net/loopback.h"

#include <dirent.h>
#include <sys/resource.h>

#include <netinet/tcp.h>

static struct world w;
static int opened;
static int closed;

static void say_hello(struct http_request *req, void *app)
{
    (void)app;
    http_reply(req, 200, "text/plain", "hello", 5);
}

static bool on_open(struct ws *ws, void *arg)
{
    (void)arg;
    ws_set_user(ws, ws);
    opened++;
    return true;
}

static void on_text(void *user, const char *text, size_t len)
{
    (void)text;
    (void)len;
    ws_send_text(user, "heard", 5);
}

static void on_writable(void *user)
{
    (void)user;
}

static void on_close(void *user)
{
    (void)user;
    closed++;
}

static const struct ws_events events = {
    .on_open = on_open, .on_text = on_text, .on_writable = on_writable, .on_close = on_close};

static const struct route routes[] = {
    {HTTP_GET,     "/api/v1/hello", HTTP_PUBLIC, PERMIT_ANYBODY, say_hello, 0},
    {HTTP_POST, "/api/v1/keys", HTTP_ADMIN, PERMIT_ANYBODY, say_hello, 0},
    {HTTP_GET,   "/api/v1/keys/:id", HTTP_ADMIN, PERMIT_ANYBODY, say_hello, 0},
    {.path = NULL           },
};

#define UPGRADE                                                                                    \
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                 \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"                 \
    "Sec-WebSocket-Protocol: airclass.v1\r\n\r\n"

static struct net_params params(void)
{
    return world_params(&w, routes, &events);
}

static int start(void **state)
{
    (void)state;
    opened = closed = 0;
    world_start(&w);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    world_stop(&w);
    return 0;
}

static void open_default(void)
{
    struct net_params p = params();
    world_open(&w, &p);
}

static int ask(uint16_t port, const char *text)
{
    struct client c;
    int status = 0;
    client_open(&c, port, 0);
    client_send(&c, text);
    turn_until(&w, client_has(&c, "\r\n\r\n") || client_ended(&c));
    sscanf(c.in, "HTTP/1.1 %d", &status);
    client_close(&c);
    return status;
}

static int ask_admin(const char *head)
{
    char text[512];
    snprintf(text, sizeof(text), "GET /api/v1/keys/7 HTTP/1.1\r\n%s\r\n", head);
    return ask(net_admin_port(w.net), text);
}

#define TOKEN "Authorization: Bearer s3cret\r\n"

static void the_admin_face_wants_this_machine_and_the_token(void **state)
{
    (void)state;
    open_default();
    assert_int_equal(ask_admin("Host: localhost\r\n" TOKEN), 200);
    assert_int_equal(ask_admin("Host: 127.0.0.1:8081\r\n" TOKEN), 200);
    assert_int_equal(ask_admin("Host: [::1]:8081\r\n" TOKEN), 200);
    assert_int_equal(ask_admin("Host: localhost\r\nauthorization: bearer s3cret\r\n"), 200);

    assert_int_equal(ask_admin("Host: localhost\r\n"), 401);
    assert_int_equal(ask_admin("Host: localhost\r\nAuthorization: Bearer s3cres\r\n"), 401);
    assert_int_equal(ask_admin("Host: localhost\r\nAuthorization: Bearer s3cret2\r\n"), 401);
    assert_int_equal(ask_admin("Host: localhost\r\nAuthorization: Bearer \r\n"), 401);
    assert_int_equal(ask_admin("Host: localhost\r\nAuthorization: Basic s3cret\r\n"), 401);
    /* A page anywhere, and a name that was pointed at the loopback address. */
    assert_int_equal(ask_admin("Host: localhost\r\nOrigin: http://localhost\r\n" TOKEN), 403);
    assert_int_equal(ask_admin("Host: evil.example\r\n" TOKEN), 403);
    assert_int_equal(ask_admin("Host: localhost.evil.example\r\n" TOKEN), 403);
    assert_int_equal(ask_admin("Host: 127.0.0.1.evil.example\r\n" TOKEN), 403);
}

static void the_two_faces_do_not_show_each_others_routes(void **state)
{
    (void)state;
    open_default();
    assert_int_equal(
        ask(net_port(w.net), "GET /api/v1/keys/7 HTTP/1.1\r\nHost: localhost\r\n" TOKEN "\r\n"),
        404);
    assert_int_equal(ask(net_admin_port(w.net),
                         "GET /api/v1/hello HTTP/1.1\r\nHost: localhost\r\n" TOKEN "\r\n"),
                     404);
    assert_int_equal(
        ask(net_admin_port(w.net), "GET / HTTP/1.1\r\nHost: localhost\r\n" TOKEN "\r\n"), 404);
    assert_int_equal(
        ask(net_admin_port(w.net), "GET /api/v1/keys HTTP/1.1\r\nHost: localhost\r\n" TOKEN "\r\n"),
        405);
    /* No player there, either. */
    assert_int_equal(ask(net_admin_port(w.net), UPGRADE), 403);
}

static void no_token_means_nobody_not_everybody(void **state)
{
    (void)state;
    struct net_params p = params();
    p.admin_token = "";
    world_open(&w, &p);
    assert_int_equal(ask_admin("Host: localhost\r\n"), 401);
    assert_int_equal(ask_admin("Host: localhost\r\nAuthorization: Bearer \r\n"), 401);
}

static void the_admin_face_can_be_left_out(void **state)
{
    (void)state;
    struct net_params p = params();
    p.admin_port = UINT16_MAX;
    world_open(&w, &p);
    assert_int_equal(net_admin_port(w.net), 0);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

static void it_listens_on_both_families_when_no_address_is_given(void **state)
{
    (void)state;
    struct net_params p = params();
    p.bind = NULL;
    world_open(&w, &p);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

static void a_port_that_is_taken_is_an_error(void **state)
{
    (void)state;
    open_default();
    struct net_params p = params();
    struct net *second = NULL;
    p.port = net_port(w.net);
    assert_int_equal(net_open(&second, &p), -EADDRINUSE);
    assert_null(second);
}

static void senseless_parameters_are_errors(void **state)
{
    (void)state;
    struct net *net = NULL;
    struct net_params p = params();
    p.bind = "nowhere";
    assert_int_equal(net_open(&net, &p), -EINVAL);
    p = params();
    p.congestion = "telepathy";
    assert_int_equal(net_open(&net, &p), -EPROTONOSUPPORT);
    p = params();
    char nowhere[80];
    snprintf(nowhere, sizeof(nowhere), "%s/none", w.root);
    p.web_root = nowhere;
    assert_int_equal(net_open(&net, &p), -ENOENT);
    p.web_root = "/proc/self/fdinfo";
    assert_true(net_open(&net, &p) < 0);
    assert_null(net);
}

static void an_address_gets_no_more_than_its_share(void **state)
{
    (void)state;
    enum { SHARE = 5, MORE = 4 };
    struct client all[SHARE + MORE];
    struct net_params p = params();
    int64_t before = refused("address_limit");
    p.max_per_address = SHARE;
    p.head_timeout_ms = 2000;
    world_open(&w, &p);
    for (int i = 0; i < SHARE + MORE; i++)
        client_open(&all[i], net_port(w.net), 0);
    turn_until(&w, refused("address_limit") == before + MORE);
    for (int i = 0; i < SHARE; i++)
        assert_false(client_ended(&all[i]));
    for (int i = SHARE; i < SHARE + MORE; i++)
        turn_until(&w, client_ended(&all[i]));
    client_close(&all[0]);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == SHARE - 1);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    for (int i = 1; i < SHARE + MORE; i++)
        client_close(&all[i]);
}

/* Its end is known before its beginning is: it is nobody's, and must not be counted as such. */
static void those_who_left_before_they_were_let_in_are_not_counted(void **state)
{
    (void)state;
    enum { SHARE = 5 };
    static const struct linger reset = {.l_onoff = 1};
    struct client all[SHARE];
    struct client gone;
    struct net_params p = params();
    p.max_per_address = SHARE;
    p.head_timeout_ms = 2000;
    world_open(&w, &p);
    for (int i = 0; i < SHARE; i++) {
        client_open(&gone, net_port(w.net), 0);
        setsockopt(gone.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        client_close(&gone);
    }
    for (int i = 0; i < SHARE; i++)
        client_open(&all[i], net_port(w.net), 0);
    int64_t most = 0;
    for (int i = 0; i < 20; i++) {
        turn(&w);
        if (metric_get(METRIC_CONNECTIONS, 0) > most)
            most = metric_get(METRIC_CONNECTIONS, 0);
    }
    assert_int_equal(most, SHARE);
    for (int i = 0; i < SHARE; i++) {
        assert_false(client_ended(&all[i]));
        client_close(&all[i]);
    }
}

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void those_beyond_the_limit_are_turned_away(void **state)
{
    (void)state;
    enum { LIMIT = 10, MORE = 50 };
    struct client all[LIMIT + MORE];
    struct net_params p = params();
    int64_t before = refused("limit");
    p.max_connections = LIMIT;
    p.head_timeout_ms = 2000;
    world_open(&w, &p);
    for (int i = 0; i < LIMIT + MORE; i++)
        client_open(&all[i], net_port(w.net), 0);
    turn_until(&w, refused("limit") == before + MORE);
    assert_int_equal(metric_get(METRIC_CONNECTIONS, 0), LIMIT);
    double from = cpu_seconds();
    turn_for(&w, 200);
    assert_true(cpu_seconds() - from < 0.1);
    for (int i = 0; i < LIMIT + MORE; i++)
        client_close(&all[i]);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

/* Whoever listens is told again and again of those that wait. */
static void without_descriptors_they_wait_and_nothing_spins(void **state)
{
    (void)state;
    enum { WAITING = 5 };
    struct client all[WAITING];
    struct rlimit before;
    open_default();
    turn(&w);
    for (int i = 0; i < WAITING; i++)
        client_open(&all[i], net_port(w.net), 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit none = {.rlim_cur = 3, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    double from = cpu_seconds();
    turn_for(&w, 250);
    double spent = cpu_seconds() - from;
    setrlimit(RLIMIT_NOFILE, &before);
    assert_true(spent < 0.1);
    assert_int_equal(metric_get(METRIC_CONNECTIONS, 0), 0);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == WAITING);
    for (int i = 0; i < WAITING; i++)
        client_close(&all[i]);
}

static void the_last_places_are_kept_for_admins(void **state)
{
    (void)state;
    enum { LIMIT = 20, RESERVE = 8 };
    struct client all[LIMIT];
    struct net_params p = params();
    int64_t before = refused("limit");
    p.max_connections = LIMIT;
    p.head_timeout_ms = 2000;
    world_open(&w, &p);
    for (int i = 0; i < LIMIT; i++)
        client_open(&all[i], net_port(w.net), 0);
    turn_until(&w, refused("limit") == before + RESERVE);
    assert_int_equal(ask_admin("Host: localhost\r\n" TOKEN), 200);
    for (int i = 0; i < LIMIT; i++)
        client_close(&all[i]);
}

static int open_fds(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void two_thousand_who_come_and_go_leave_nothing(void **state)
{
    (void)state;
    enum { ROUNDS = 40, AT_ONCE = 50 };
    struct client all[AT_ONCE];
    open_default();
    int fds = open_fds();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < AT_ONCE; i++) {
            client_open(&all[i], net_port(w.net), 0);
            if (i % 3 == 1)
                client_send(&all[i], UPGRADE);
            if (i % 3 == 2)
                client_send(&all[i], "GET / HT");
        }
        for (int i = 0; i < 3; i++)
            turn(&w);
        for (int i = 0; i < AT_ONCE; i++)
            client_close(&all[i]);
    }
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    turn_for(&w, 10);
    assert_int_equal(open_fds(), fds);
    assert_int_equal(opened, closed);
    assert_true(opened > 0);
    assert_int_equal(metric_get(METRIC_WS_CONNECTIONS, 0), 0);
}

static void it_ends_with_connections_of_every_kind(void **state)
{
    (void)state;
    enum { N = 30 };
    struct client all[N];
    open_default();
    for (int i = 0; i < N; i++) {
        client_open(&all[i], net_port(w.net), 0);
        if (i % 3 == 1)
            client_send(&all[i], UPGRADE);
        if (i % 3 == 2)
            client_send(&all[i], "POST /api/v1/hello HTTP/1.1\r\n");
    }
    turn_until(&w, opened == N / 3);
    uint64_t from_ms = real_ms();
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, w.is_closed);
    w.net = NULL;
    assert_int_equal(closed, N / 3);
    /* Players who answer nothing are waited for, but not longer than close_timeout_ms. */
    assert_true(real_ms() - from_ms < 1500);
    for (int i = 0; i < N; i++) {
        assert_true(client_ended(&all[i]));
        client_close(&all[i]);
    }
}

static void descriptors_are_not_inherited(void **state)
{
    (void)state;
    struct client c;
    open_default();
    client_open(&c, net_port(w.net), 0);
    client_send(&c, UPGRADE);
    turn_until(&w, opened == 1);
    for (int fd = 3; fd < 64; fd++) {
        struct stat st;
        if (fd != c.fd && fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
            assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    }
    client_close(&c);
}

/* The server's end of a client's connection. */
static int server_end_of(const struct client *c)
{
    struct sockaddr_in own;
    struct sockaddr_in peer;
    socklen_t len = sizeof(own);
    assert_int_equal(getsockname(c->fd, (struct sockaddr *)&own, &len), 0);
    for (int fd = 3; fd < 64; fd++) {
        len = sizeof(peer);
        if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_port == own.sin_port)
            return fd;
    }
    fail_msg("the server has no end of it");
    return -1;
}

static int option_of(int fd, int level, int option)
{
    int value = 0;
    socklen_t len = sizeof(value);
    return getsockopt(fd, level, option, &value, &len) ? -errno : value;
}

/* On an accepted socket, not on the one that listens: what counts is what it is used with. */
static void a_connection_is_set_up_for_weak_links(void **state)
{
    (void)state;
    enum { RTO_MAX_MS = 44, AGES_MS = 40000 };
    struct client c;
    char congestion[16] = "";
    socklen_t len = sizeof(congestion);
    struct net_params p = params();
    p.congestion = "reno"; /* every kernel has it */
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 0);
    client_send(&c, UPGRADE);
    turn_until(&w, opened == 1);
    int fd = server_end_of(&c);
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_NODELAY), 1);
    assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS), 1);
    assert_in_range(option_of(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 1, 16 << 10);
    assert_in_range(option_of(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), AGES_MS + 1, 2 * AGES_MS);
    assert_int_equal(option_of(fd, SOL_SOCKET, SO_SNDBUF), 2 * (int)p.send_buffer_bytes);
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, &len), 0);
    assert_string_equal(congestion, "reno");
    if (option_of(c.fd, IPPROTO_TCP, RTO_MAX_MS) > 0) /* before Linux 6.15 there is none */
        assert_in_range(option_of(fd, IPPROTO_TCP, RTO_MAX_MS), 1000, 3000);
    client_close(&c);
}

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

static void one_who_does_not_read_a_page_is_cut_off(void **state)
{
    (void)state;
    enum { SIZE = 600 << 10 };
    char *big = calloc(1, SIZE);
    struct client c;
    write_file(w.root, "big.mp4", big, SIZE);
    open_default();
    client_open(&c, net_port(w.net), 4096);
    client_send(&c, "GET /big.mp4 HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_for(&w, 50);
    double before = cpu_seconds();
    int64_t timeouts = refused("timeout");
    turn_for(&w, 200);
    assert_true(cpu_seconds() - before < 0.1);
    turn_until(&w, refused("timeout") == timeouts + 1);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    client_close(&c);
    free(big);
}

/* lws would spin for as long as the answer waits. */
static void one_who_sends_instead_of_reading_is_cut_off_soon(void **state)
{
    (void)state;
    enum { SIZE = 600 << 10 };
    char *big = calloc(1, SIZE);
    struct client c;
    write_file(w.root, "big.mp4", big, SIZE);
    open_default();
    client_open(&c, net_port(w.net), 4096);
    client_send(&c, "GET /big.mp4 HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_for(&w, 20);
    uint64_t from_ms = real_ms();
    client_send(&c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    assert_true(real_ms() - from_ms < 400); /* stall_timeout_ms is 500 */
    client_close(&c);
    free(big);
}

/* It stops between two answers, too: what lws does not read it polls for. */
static void one_who_asks_without_end_and_reads_nothing_is_cut_off_soon(void **state)
{
    (void)state;
    enum { IDLE_MS = 3000 };
    struct net_params p = params();
    p.idle_timeout_ms = p.stall_timeout_ms = IDLE_MS;
    p.send_buffer_bytes = 0;
    static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct client c;
    world_open(&w, &p);
    client_open(&c, net_port(w.net), 2048);
    for (int i = 0; i < 1000; i++)
        send(c.fd, get, sizeof(get) - 1, MSG_NOSIGNAL);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 1);
    uint64_t from_ms = real_ms();
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    assert_true(real_ms() - from_ms < IDLE_MS / 2);
    client_close(&c);
}

static int open_and_close(void)
{
    struct net_params p = params();
    w.is_closed = false;
    int err = net_open(&w.net, &p);
    if (!err) {
        net_close(w.net, on_world_closed, &w);
        w.net = NULL;
    }
    for (int i = 0; i < 60; i++) /* what was begun ends on the loop */
        turn(&w);
    assert_int_equal(w.is_closed, !err);
    return err;
}

static void a_failed_allocation_at_start_is_an_error(void **state)
{
    (void)state;
    assert_true(oom_levels(open_and_close) >= 8);
}

static int fetch_and_join(void)
{
    struct client c;
    client_open(&c, net_port(w.net), 0);
    client_send(&c, "GET /api/v1/hello HTTP/1.1\r\nHost: a\r\n\r\n" UPGRADE "\x81\x81"
                    "aaaa "
                    "\x88\x80"
                    "aaaa");
    turn_until(&w, client_ended(&c));
    bool is_served = client_has(&c, "101 Switching") && client_has(&c, "heard");
    client_close(&c);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    return is_served ? 0 : -ENOMEM;
}

static void a_failed_allocation_costs_one_connection(void **state)
{
    (void)state;
    open_default();
    assert_true(oom_levels(fetch_and_join) > 8);
    assert_int_equal(opened, closed);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
        TEST(the_admin_face_wants_this_machine_and_the_token),
        TEST(the_two_faces_do_not_show_each_others_routes),
        TEST(no_token_means_nobody_not_everybody),
        TEST(the_admin_face_can_be_left_out),
        TEST(it_listens_on_both_families_when_no_address_is_given),
        TEST(a_port_that_is_taken_is_an_error),
        TEST(senseless_parameters_are_errors),
        TEST(an_address_gets_no_more_than_its_share),
        TEST(those_who_left_before_they_were_let_in_are_not_counted),
        TEST(those_beyond_the_limit_are_turned_away),
        TEST(without_descriptors_they_wait_and_nothing_spins),
        TEST(the_last_places_are_kept_for_admins),
        TEST(two_thousand_who_come_and_go_leave_nothing),
        TEST(it_ends_with_connections_of_every_kind),
        TEST(descriptors_are_not_inherited),
        TEST(a_connection_is_set_up_for_weak_links),
        TEST(a_page_larger_than_every_buffer_arrives_whole),
        TEST(one_who_does_not_read_a_page_is_cut_off),
        TEST(one_who_sends_instead_of_reading_is_cut_off_soon),
        TEST(one_who_asks_without_end_and_reads_nothing_is_cut_off_soon),
        TEST(a_failed_allocation_at_start_is_an_error),
        TEST(a_failed_allocation_costs_one_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
