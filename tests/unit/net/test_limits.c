#include "tests/unit/net/face.h"

#include <dirent.h>
#include <sys/resource.h>

/* So many at once, who ask for nothing: for two seconds, longer than any test of them takes. */
static void open_all(struct client *all, int n, struct net_params p)
{
    p.head_timeout_ms = 2000;
    world_open(&w, &p);
    for (int i = 0; i < n; i++)
        client_open(&all[i], net_port(w.net), 0);
}

static void close_all(struct client *all, int n)
{
    for (int i = 0; i < n; i++)
        client_close(&all[i]);
}

static void an_address_gets_no_more_than_its_share(void **state)
{
    (void)state;
    enum { SHARE = 5, MORE = 4 };
    struct client all[SHARE + MORE];
    struct net_params p = params();
    int64_t before = refused("address_limit");
    p.max_per_address = SHARE;
    open_all(all, SHARE + MORE, p);
    turn_until(&w, refused("address_limit") == before + MORE);
    for (int i = 0; i < SHARE; i++)
        assert_false(client_ended(&all[i]));
    for (int i = SHARE; i < SHARE + MORE; i++)
        turn_until(&w, client_ended(&all[i]));
    client_close(&all[0]);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == SHARE - 1);
    assert_int_equal(ask(net_port(w.net), "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    close_all(all + 1, SHARE + MORE - 1);
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

static void those_beyond_the_limit_are_turned_away(void **state)
{
    (void)state;
    enum { LIMIT = 10, MORE = 50 };
    struct client all[LIMIT + MORE];
    struct net_params p = params();
    int64_t before = refused("limit");
    p.max_connections = LIMIT;
    open_all(all, LIMIT + MORE, p);
    turn_until(&w, refused("limit") == before + MORE);
    assert_int_equal(metric_get(METRIC_CONNECTIONS, 0), LIMIT);
    turn_without_spinning(&w, 200);
    close_all(all, LIMIT + MORE);
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
    turn_without_spinning(&w, 250);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(metric_get(METRIC_CONNECTIONS, 0), 0);
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == WAITING);
    close_all(all, WAITING);
}

static void the_last_places_are_kept_for_admins(void **state)
{
    (void)state;
    enum { LIMIT = 20, RESERVE = 8 };
    struct client all[LIMIT];
    struct net_params p = params();
    int64_t before = refused("limit");
    p.max_connections = LIMIT;
    open_all(all, LIMIT, p);
    turn_until(&w, refused("limit") == before + RESERVE);
    assert_int_equal(ask_admin("Host: localhost\r\n" TOKEN), 200);
    close_all(all, LIMIT);
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
        close_all(all, AT_ONCE);
    }
    turn_until(&w, metric_get(METRIC_CONNECTIONS, 0) == 0);
    turn_for(&w, 10);
    assert_int_equal(open_fds(), fds);
    assert_int_equal(opened, closed);
    assert_true(opened > 0);
    assert_int_equal(metric_get(METRIC_WS_CONNECTIONS, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_address_gets_no_more_than_its_share),
        TEST(those_who_left_before_they_were_let_in_are_not_counted),
        TEST(those_beyond_the_limit_are_turned_away),
        TEST(without_descriptors_they_wait_and_nothing_spins),
        TEST(the_last_places_are_kept_for_admins),
        TEST(two_thousand_who_come_and_go_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
