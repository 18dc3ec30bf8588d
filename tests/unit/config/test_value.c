#include "tests/unit/unit.h"

#include <errno.h>

#include "server/config/value.h"

static uint32_t parsed(const char *text, enum value_unit unit)
{
    uint32_t n = 0xdead;
    assert_int_equal(number_parse(text, unit, &n), 0);
    return n;
}

static int refused(const char *text, enum value_unit unit)
{
    uint32_t n = 0xdead;
    int err = number_parse(text, unit, &n);
    assert_int_equal(n, 0xdead);
    return err;
}

static void numbers_are_read_with_their_unit(void **state)
{
    (void)state;
    assert_int_equal(parsed("8080", UNIT_COUNT), 8080);
    assert_int_equal(parsed("250ms", UNIT_MS), 250);
    assert_int_equal(parsed("4s", UNIT_MS), 4000);
    assert_int_equal(parsed("2min", UNIT_MS), 120000);
    assert_int_equal(parsed("1h", UNIT_S), 3600);
    assert_int_equal(parsed("64KiB", UNIT_BYTES), 65536);
    assert_int_equal(parsed("64 KiB", UNIT_BYTES), 65536);
    assert_int_equal(parsed("2GiB", UNIT_MIB), 2048);
    assert_int_equal(parsed("800k", UNIT_BITS), 800000);
    assert_int_equal(parsed("8000", UNIT_BITS), 8000);
    assert_int_equal(parsed("2M", UNIT_KBIT), 2000);
    assert_int_equal(parsed("4294967295", UNIT_COUNT), UINT32_MAX);
}

static void zero_needs_no_unit(void **state)
{
    (void)state;
    assert_int_equal(parsed("0", UNIT_S), 0);
    assert_int_equal(parsed("0", UNIT_BYTES), 0);
}

static void what_is_no_number_of_the_unit_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",   "s",     "10",   "-5s",   "+5s",   "1.5s", "5 s s",
                                      "5S", "5 ms ", "5  s", "0x10s", "10sec", "1e3s"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(refused(bad[i], UNIT_MS), -EINVAL);
    assert_int_equal(refused("64kb", UNIT_BYTES), -EINVAL);
    assert_int_equal(refused("80 80", UNIT_COUNT), -EINVAL);
    assert_int_equal(refused("45", UNIT_KBIT), -EINVAL);
}

static void what_does_not_fit_is_out_of_range(void **state)
{
    (void)state;
    assert_int_equal(refused("4294967296", UNIT_COUNT), -ERANGE);
    assert_int_equal(refused("5GiB", UNIT_BYTES), -ERANGE);
    assert_int_equal(refused("1194h", UNIT_MS), -ERANGE);
    assert_int_equal(refused("18446744073709551617", UNIT_COUNT), -ERANGE);
    assert_int_equal(refused("99999999999999999999999999999999h", UNIT_MS), -ERANGE);
}

static void a_number_is_printed_as_it_is_read(void **state)
{
    (void)state;
    static const struct {
        uint32_t n;
        enum value_unit unit;
        const char *text;
    } rows[] = {
        {0,          UNIT_MS,    "0ms"       },
        {250,        UNIT_MS,    "250ms"     },
        {1500,       UNIT_MS,    "1500ms"    },
        {60000,      UNIT_MS,    "1min"      },
        {90,         UNIT_S,     "90s"       },
        {86400,      UNIT_S,     "24h"       },
        {65536,      UNIT_BYTES, "64KiB"     },
        {65537,      UNIT_BYTES, "65537B"    },
        {1024,       UNIT_MIB,   "1GiB"      },
        {30000,      UNIT_BITS,  "30k"       },
        {8001,       UNIT_BITS,  "8001"      },
        {UINT32_MAX, UNIT_COUNT, "4294967295"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[NUMBER_TEXT_MAX];
        number_print(text, rows[i].n, rows[i].unit);
        assert_string_equal(text, rows[i].text);
        assert_int_equal(parsed(text, rows[i].unit), rows[i].n);
    }
}

static void yes_and_no_have_a_few_spellings(void **state)
{
    (void)state;
    bool b = false;
    assert_int_equal(bool_parse("yes", &b), 0);
    assert_true(b);
    assert_int_equal(bool_parse("off", &b), 0);
    assert_false(b);
    assert_int_equal(bool_parse("true", &b), 0);
    assert_true(b);
    assert_int_equal(bool_parse("1", &b), -EINVAL);
    assert_int_equal(bool_parse("", &b), -EINVAL);
    assert_int_equal(bool_parse("YES", &b), -EINVAL);
    assert_true(b);
}

static const char *meant(const char *word)
{
    static struct nearest n;
    nearest_start(&n, word);
    nearest_offer(&n, "server.port");
    nearest_offer(&n, "rtmp.port");
    nearest_offer(&n, "server.data-dir");
    return nearest_get(&n);
}

static void the_nearest_word_is_named_only_when_it_is_near(void **state)
{
    (void)state;
    assert_string_equal(meant("server.prot"), "server.port");
    assert_string_equal(meant("rtmp.prt"), "rtmp.port");
    assert_string_equal(meant("server.data_dir"), "server.data-dir");
    assert_null(meant("viewer.colour"));
    assert_null(meant(""));
}

static void an_endless_word_is_near_to_nothing(void **state)
{
    (void)state;
    char word[4000];
    for (size_t i = 0; i < sizeof(word); i++)
        word[i] = 's';
    word[sizeof(word) - 1] = '\0';
    assert_null(meant(word));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_with_their_unit),
        cmocka_unit_test(zero_needs_no_unit),
        cmocka_unit_test(what_is_no_number_of_the_unit_is_refused),
        cmocka_unit_test(what_does_not_fit_is_out_of_range),
        cmocka_unit_test(a_number_is_printed_as_it_is_read),
        cmocka_unit_test(yes_and_no_have_a_few_spellings),
        cmocka_unit_test(the_nearest_word_is_named_only_when_it_is_near),
        cmocka_unit_test(an_endless_word_is_near_to_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
