#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/utf8.h"

static void well_formed_utf8_passes(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "abc",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xee\x80\x80",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf",
                                       "\xe7\xa9\xba"};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(utf8_is_valid(good[i], strlen(good[i])));
    assert_true(utf8_is_valid("a\0b", 3));
}

static void ill_formed_utf8_does_not(void **state)
{
    (void)state;
    static const char *const bad[] = {"\x80",
                                      "\xbf",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2\x7f",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xed\xbf\xbf",
                                      "\xe1\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "a\xfe",
                                      "\xf0\x90\x80",
                                      "\xf8\x88\x80\x80\x80"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(utf8_is_valid(bad[i], strlen(bad[i])));
}

static void each_character_says_its_length_and_number(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t code;
    } rows[] = {
        {"a",                'a'    },
        {"\xc2\xb7",         0xb7   },
        {"\xe7\xa9\xba",     0x7a7a },
        {"\xf0\xa0\xae\xb7", 0x20bb7}
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint32_t code = 0;
        assert_int_equal(utf8_next(rows[i].text, 4, &code), strlen(rows[i].text));
        assert_int_equal(code, rows[i].code);
    }
    assert_int_equal(utf8_next("\xe7\xa9\xba", 2, NULL), 0);
    assert_int_equal(utf8_next("a", 0, NULL), 0);
}

static void what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    char out[6];
    utf8_copy(out, sizeof(out), "abcde");
    assert_string_equal(out, "abcde");
    utf8_copy(out, sizeof(out), "abcdef");
    assert_string_equal(out, "abcde");
    utf8_copy(out, sizeof(out), "空中");
    assert_string_equal(out, "空");
    utf8_copy(out, sizeof(out), "ab\xffz");
    assert_string_equal(out, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_utf8_passes),
        cmocka_unit_test(ill_formed_utf8_does_not),
        cmocka_unit_test(each_character_says_its_length_and_number),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
