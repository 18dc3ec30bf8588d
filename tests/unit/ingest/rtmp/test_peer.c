#include "tests/unit/unit.h"

#include "server/ingest/rtmp/peer.h"

static struct peer v4(const char *host)
{
    struct sockaddr_in at;
    struct peer p;
    assert_int_equal(uv_ip4_addr(host, 50000, &at), 0);
    peer_at(&p, (const struct sockaddr *)&at);
    return p;
}

static struct peer v6(const char *host)
{
    struct sockaddr_in6 at;
    struct peer p;
    assert_int_equal(uv_ip6_addr(host, 50000, &at), 0);
    peer_at(&p, (const struct sockaddr *)&at);
    return p;
}

static bool is_same(struct peer a, struct peer b)
{
    return peer_is_same_home(&a, &b);
}

static void a_peer_is_named_by_address_and_port(void **state)
{
    (void)state;
    assert_string_equal(v4("192.0.2.1").text, "192.0.2.1:50000");
    assert_string_equal(v6("2001:db8::1").text, "[2001:db8::1]:50000");
    assert_string_equal(v6("::ffff:192.0.2.1").text, "192.0.2.1:50000");
    assert_string_equal(v6("1111:2222:3333:4444:5555:6666:7777:8888").text,
                        "[1111:2222:3333:4444:5555:6666:7777:8888]:50000");
}

static void an_ipv4_address_or_an_ipv6_64_is_one_home(void **state)
{
    (void)state;
    assert_true(is_same(v4("192.0.2.1"), v4("192.0.2.1")));
    assert_true(is_same(v4("192.0.2.1"), v6("::ffff:192.0.2.1")));
    assert_false(is_same(v4("192.0.2.1"), v4("192.0.2.2")));
    assert_true(is_same(v6("2001:db8:1:2::1"), v6("2001:db8:1:2:ffff::9")));
    assert_false(is_same(v6("2001:db8:1:2::1"), v6("2001:db8:1:3::1")));
    assert_false(is_same(v6("::1"), v4("0.0.0.1")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_is_named_by_address_and_port),
        cmocka_unit_test(an_ipv4_address_or_an_ipv6_64_is_one_home),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
