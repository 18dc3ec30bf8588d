#include "tests/unit/net/face.h"

#include <netinet/tcp.h>
#include <sys/resource.h>

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
    unsigned from = w.beats;
    net_close(w.net, on_world_closed, &w);
    turn_until(&w, w.is_closed);
    w.net = NULL;
    assert_int_equal(closed, N / 3);
    /* Players who answer nothing are waited for, but not longer than close_timeout_ms. */
    assert_true(w.beats - from < 1500);
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

/* How many descriptors the kernel has room for. */
static long room_for_files(void)
{
    char line[128];
    long room = 0;
    FILE *f = fopen("/proc/self/status", "re");
    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        if (strncmp(line, "FDSize:", 7) == 0)
            room = atol(line + 7);
    }
    fclose(f);
    return room;
}

static void nobody_who_comes_waits_until_there_is_room_for_descriptors(void **state)
{
    struct rlimit files;
    struct net_params p = params();
    (void)state;
    world_open(&w, &p);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    uint64_t wanted = p.max_connections + p.other_files;
    assert_true((uint64_t)room_for_files() >= (files.rlim_cur < wanted ? files.rlim_cur : wanted));
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
        TEST(the_admin_face_wants_this_machine_and_the_token),
        TEST(the_two_faces_do_not_show_each_others_routes),
        TEST(no_token_means_nobody_not_everybody),
        TEST(the_admin_face_can_be_left_out),
        TEST(it_listens_on_both_families_when_no_address_is_given),
        TEST(a_port_that_is_taken_is_an_error),
        TEST(senseless_parameters_are_errors),
        TEST(it_ends_with_connections_of_every_kind),
        TEST(descriptors_are_not_inherited),
        TEST(a_connection_is_set_up_for_weak_links),
        TEST(nobody_who_comes_waits_until_there_is_room_for_descriptors),
        TEST(a_failed_allocation_at_start_is_an_error),
        TEST(a_failed_allocation_costs_one_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
