#include "tests/unit/unit.h"

#include <string.h>

#include "server/xlsx/format.h"

static void a_code_says_what_its_numbers_are(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum format_kind kind;
    } codes[] = {
        {"General",                        FORMAT_NUMBER   },
        {"G/通用格式",                 FORMAT_NUMBER   },
        {"0.00E+00",                       FORMAT_NUMBER   },
        {"#,##0.00;[Red]-#,##0.00",        FORMAT_NUMBER   },
        {"0\"days\"",                      FORMAT_NUMBER   },
        {"0\\d",                           FORMAT_NUMBER   },
        {"@",                              FORMAT_NUMBER   },
        {"_(* #,##0_);_(* (#,##0)",        FORMAT_NUMBER   },
        {"0;yyyy",                         FORMAT_NUMBER   },
        {"\"yyyy",                         FORMAT_NUMBER   },
        {"[yyyy",                          FORMAT_NUMBER   },
        {"",                               FORMAT_NUMBER   },
        {"\\",                             FORMAT_NUMBER   },
        {"yyyy\\-mm\\-dd",                 FORMAT_DATE     },
        {"yyyy\"年\"m\"月\"d\"日\";@",  FORMAT_DATE     },
        {"[$-804]e\"年\"m\"月\"",        FORMAT_DATE     },
        {"mmm",                            FORMAT_DATE     },
        {"h:mm",                           FORMAT_TIME     },
        {"[$-409]h:mm AM/PM;@",            FORMAT_TIME     },
        {"上午/下午h\"时\"mm\"分\"", FORMAT_TIME     },
        {"mm:ss",                          FORMAT_TIME     },
        {"[h]:mm:ss",                      FORMAT_HOURS    },
        {"[mm]:ss",                        FORMAT_HOURS    },
        {"[Magenta]0",                     FORMAT_NUMBER   },
        {"yyyy/m/d h:mm",                  FORMAT_DATE_TIME},
        {"DD.MM.YYYY HH:MM",               FORMAT_DATE_TIME},
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct format f = format_of_code(codes[i].code);
        if (f.kind != codes[i].kind)
            print_message("%s\n", codes[i].code);
        assert_int_equal(f.kind, codes[i].kind);
        assert_int_equal(f.zeros, 0);
    }
    assert_int_equal(format_of_code("00000").zeros, 5);
    assert_int_equal(format_of_code("00000").kind, FORMAT_NUMBER);
}

static void everybody_knows_some_numbers(void **state)
{
    (void)state;
    assert_int_equal(format_of_id(0).kind, FORMAT_NUMBER);
    assert_int_equal(format_of_id(13).kind, FORMAT_NUMBER);
    assert_int_equal(format_of_id(14).kind, FORMAT_DATE);
    assert_int_equal(format_of_id(20).kind, FORMAT_TIME);
    assert_int_equal(format_of_id(22).kind, FORMAT_DATE_TIME);
    assert_int_equal(format_of_id(31).kind, FORMAT_DATE);
    assert_int_equal(format_of_id(46).kind, FORMAT_HOURS);
    assert_int_equal(format_of_id(49).kind, FORMAT_NUMBER);
    assert_int_equal(format_of_id(4000000000u).kind, FORMAT_NUMBER);
}

static char printed[FORMAT_TEXT_SIZE];

static const char *print(const char *number, const char *code)
{
    return format_print(printed, number, format_of_code(code), false) ? printed : "lost";
}

static const char *print_1904(const char *number, const char *code)
{
    return format_print(printed, number, format_of_code(code), true) ? printed : "lost";
}

static void a_number_keeps_its_fifteen_digits(void **state)
{
    (void)state;
    assert_string_equal(print("12", "General"), "12");
    assert_string_equal(print("12.0", "General"), "12");
    assert_string_equal(print("-0", "General"), "0");
    assert_string_equal(print("20230101001", "0"), "20230101001");
    assert_string_equal(print("1.23456789012345E+14", "General"), "123456789012345");
    assert_string_equal(print("7.0000000000000007E-2", "General"), "0.07");
    assert_string_equal(print("-7.5", "General"), "-7.5");
    assert_string_equal(print("1.23456789012345E+17", "General"), "lost");
    assert_string_equal(print("1000000000000000", "General"), "lost");
    assert_string_equal(print("-1e300", "General"), "lost");
    assert_string_equal(print("1e999", "yyyy"), "lost");
    assert_string_equal(print("12", "0000"), "0012");
    assert_string_equal(print("12345", "0000"), "12345");
    assert_string_equal(print("1.5", "0000"), "1.5");
}

static void what_is_no_number_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "x", "1x", "nan", "inf", "0x10", "--1", " 1"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_string_equal(print(texts[i], "yyyy"), texts[i]);
    char text[2 * FORMAT_TEXT_SIZE] = "";
    memset(text, '1', sizeof(text) - 1);
    assert_string_equal(print(text, "0"), "lost");
    memset(text, 'x', sizeof(text) - 1);
    assert_int_equal(strlen(print(text, "0")), FORMAT_TEXT_SIZE - 1);
}

static void days_count_from_1900_with_one_that_never_was(void **state)
{
    (void)state;
    assert_string_equal(print("1", "yyyy-mm-dd"), "1900-01-01");
    assert_string_equal(print("59", "yyyy-mm-dd"), "1900-02-28");
    assert_string_equal(print("60", "yyyy-mm-dd"), "1900-02-29");
    assert_string_equal(print("61", "yyyy-mm-dd"), "1900-03-01");
    assert_string_equal(print("25569", "m/d/yy"), "1970-01-01");
    assert_string_equal(print("45351", "yyyy/m/d"), "2024-02-29");
    assert_string_equal(print("2957003", "yyyy/m/d"), "9995-12-30");
    assert_string_equal(print("3000000", "yyyy/m/d"), "3000000");
    assert_string_equal(print("-1", "yyyy/m/d"), "-1");
}

static void days_count_from_1904_on_old_macintoshes(void **state)
{
    (void)state;
    assert_string_equal(print_1904("1", "yyyy-mm-dd"), "1904-01-02");
    assert_string_equal(print_1904("43889", "yyyy-mm-dd"), "2024-02-29");
    assert_string_equal(print_1904("0.5", "h:mm"), "12:00");
}

static void times_are_to_the_second(void **state)
{
    (void)state;
    assert_string_equal(print("0.33333333333333331", "h:mm"), "08:00");
    assert_string_equal(print("0.3611111111111111", "h:mm AM/PM"), "08:40");
    assert_string_equal(print("0.361458333333333", "h:mm"), "08:40:30");
    assert_string_equal(print("0.999999999", "h:mm"), "00:00");
    assert_string_equal(print("0", "h:mm"), "00:00");
    assert_string_equal(print("45351.3333333333", "h:mm"), "08:00");
    assert_string_equal(print("1.5", "[h]:mm"), "36:00");
    assert_string_equal(print("45351.3333333333", "yyyy/m/d h:mm"), "2024-02-29 08:00");
    assert_string_equal(print("45351", "yyyy/m/d h:mm"), "2024-02-29");
    assert_string_equal(print("45351.3333333333", "yyyy/m/d"), "2024-02-29");
    assert_string_equal(print("0.3333333333", "yyyy/m/d h:mm"), "08:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_says_what_its_numbers_are),
        cmocka_unit_test(everybody_knows_some_numbers),
        cmocka_unit_test(a_number_keeps_its_fifteen_digits),
        cmocka_unit_test(what_is_no_number_stays),
        cmocka_unit_test(days_count_from_1900_with_one_that_never_was),
        cmocka_unit_test(days_count_from_1904_on_old_macintoshes),
        cmocka_unit_test(times_are_to_the_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
