#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "server/base/address.h"

static struct address parsed(const char *text)
{
    struct address a;
    if (address_parse(&a, text, strlen(text)))
        fail_msg("no address: %s", text);
    return a;
}

static void an_address_is_written_in_one_way(void **state)
{
    (void)state;
    static const struct {
        const char *read, *written;
    } cases[] = {
        {"192.0.2.7",        "192.0.2.7"      },
        {"::ffff:192.0.2.7", "192.0.2.7"      },
        {"FD00:0::0007",     "fd00::7"        },
        {"[fd00::7]",        "fd00::7"        },
        {"::",               "::"             },
        {"255.255.255.255",  "255.255.255.255"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[ADDRESS_TEXT_SIZE];
        struct address a = parsed(cases[i].read);
        address_text(&a, text);
        assert_string_equal(text, cases[i].written);
    }
}

static void what_is_none_is_not_read(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "a",
                                      "1.2.3",
                                      "1.2.3.4.5",
                                      "1.2.3.256",
                                      " 1.2.3.4",
                                      "[]",
                                      "[::1",
                                      "[1.2.3.4]",
                                      ":::",
                                      "1.2.3.4:80",
                                      "fe80::1%eth0",
                                      "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
    struct address a;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(address_parse(&a, bad[i], strlen(bad[i])), -EINVAL);
    assert_int_equal(address_parse(&a, "1.2.3.4\0", 8), -EINVAL);
}

static void a_socket_s_address_is_the_same(void **state)
{
    (void)state;
    struct sockaddr_storage from = {.ss_family = AF_INET};
    struct address a;
    struct address b = parsed("192.0.2.7");
    inet_pton(AF_INET, "192.0.2.7", &((struct sockaddr_in *)&from)->sin_addr);
    address_of(&a, &from);
    assert_memory_equal(&a, &b, sizeof(a));
    from = (struct sockaddr_storage){.ss_family = AF_INET6};
    inet_pton(AF_INET6, "::ffff:192.0.2.7", &((struct sockaddr_in6 *)&from)->sin6_addr);
    address_of(&a, &from);
    assert_memory_equal(&a, &b, sizeof(a));
}

static void only_this_machine_is_loopback(void **state)
{
    (void)state;
    static const char *const here[] = {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"};
    static const char *const there[] = {"128.0.0.1", "::", "::2", "fd00::1", "0.0.0.0", "7f00::1"};
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
        struct address a = parsed(here[i]);
        assert_true(address_is_loopback(&a));
    }
    for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
        struct address a = parsed(there[i]);
        assert_false(address_is_loopback(&a));
    }
}

static bool has(const struct address_set *set, const char *text)
{
    struct address a = parsed(text);
    return address_set_has(set, &a);
}

static void a_range_has_what_begins_as_it_does(void **state)
{
    (void)state;
    struct address_set set;
    assert_int_equal(address_set_parse(&set, "  10.0.0.0/8 192.0.2.7\tfd00:1::/33 172.16.0.0/12 "),
                     0);
    assert_int_equal(set.n, 4);
    static const char *const in[] = {"10.0.0.0",  "10.255.255.255", "192.0.2.7",
                                     "fd00:1::1", "172.31.255.255", "fd00:1:7fff::1"};
    static const char *const out[] = {"11.0.0.0",   "192.0.2.8", "fd00:1:8000::1",
                                      "172.32.0.0", "a00::",     "::"};
    for (size_t i = 0; i < sizeof(in) / sizeof(in[0]); i++)
        assert_true(has(&set, in[i]));
    for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
        assert_false(has(&set, out[i]));
    assert_int_equal(address_set_parse(&set, "0.0.0.0/0"), 0);
    assert_true(has(&set, "203.0.113.9"));
    assert_false(has(&set, "fd00::1"));
    assert_int_equal(address_set_parse(&set, ""), 0);
    assert_false(has(&set, "10.0.0.1"));
}

static void a_wrong_range_is_no_set(void **state)
{
    (void)state;
    static const char *const bad[] = {"10.0.0.0/33", "fd00::/129",   "10.0.0.0/", "10.0.0.0/-1",
                                      "/8",          "10.0.0.0/8x",  "10.0.0",    "10.0.0.0/8,::1",
                                      "::1 x",       "10.0.0.0/0008"};
    struct address_set set = {.n = 7};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (address_set_parse(&set, bad[i]) != -EINVAL)
            fail_msg("is a set: %s", bad[i]);
    }
    assert_int_equal(set.n, 7);
    char many[(ADDRESS_RANGES_MAX + 1) * 4 + 1] = "";
    for (int i = 0; i <= ADDRESS_RANGES_MAX; i++)
        strcat(many, "::1 ");
    assert_int_equal(address_set_parse(&set, many), -ENOSPC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_written_in_one_way),
        cmocka_unit_test(what_is_none_is_not_read),
        cmocka_unit_test(a_socket_s_address_is_the_same),
        cmocka_unit_test(only_this_machine_is_loopback),
        cmocka_unit_test(a_range_has_what_begins_as_it_does),
        cmocka_unit_test(a_wrong_range_is_no_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
