#include "tests/unit/unit.h"

#include <string.h>

#include "server/roster/name.h"

static const char *name_or_code(const char *text)
{
    static struct name name;
    enum roster_reason wrong = name_read(&name, text);
    return wrong ? roster_message(wrong)->code : name.text;
}

static const char *code_or_wrong(const char *text)
{
    static char code[CODE_SIZE];
    enum roster_reason wrong = code_read(code, text);
    return wrong ? roster_message(wrong)->code : code;
}

static void names_of_all_peoples_pass(void **state)
{
    (void)state;
    static const char *const names[] = {
        "王芳",
        "买买提·艾力",
        "阿依古丽",
        "བཀྲ་ཤིས་དོན་གྲུབ", /* stacked letters and vowels */
        "ᠮᠣᠩᠭ᠎ᠠ",      /* with the vowel separator that Mongolian needs */
        "مۇھەممەت",    /* Uyghur */
        "Jo O'Neill-Smith",
        "𠮷野",
        "\xee\xa0\x9e丽",   /* a private character, as GB18030 has them */
        "\xf0\xb2\x8e\xb0", /* U+323B0, newer than the library */
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_string_equal(name_or_code(names[i]), names[i]);
}

static void blanks_are_joined_and_letters_composed(void **state)
{
    (void)state;
    assert_string_equal(name_or_code("  王\t 芳\n"), "王 芳");
    assert_string_equal(name_or_code("　王芳　"), "王芳");
    assert_string_equal(name_or_code("Rene\xcc\x81"), "Ren\xc3\xa9");
}

static void html_is_text(void **state)
{
    (void)state;
    assert_string_equal(name_or_code("<b>王芳</b>"), "<b>王芳</b>");
    assert_string_equal(name_or_code("<script>x</script>"), "<script>x</script>");
}

static void what_hides_is_stripped_and_said(void **state)
{
    (void)state;
    static const char *const hidden[] = {"\u202e王芳",    "王\u200b芳", "王芳\u2066\u2069",
                                         "\ufeff王芳",    "王\u200d芳", "王\u3164芳\u2800",
                                         "\U000e0041王芳"};
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        struct name name;
        assert_int_equal(name_read(&name, hidden[i]), ROSTER_FINE);
        assert_string_equal(name.text, "王芳");
        assert_true(name.is_stripped);
    }
    struct name name;
    assert_int_equal(name_read(&name, "王芳"), ROSTER_FINE);
    assert_false(name.is_stripped);
}

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    assert_string_equal(name_or_code(""), "empty");
    assert_string_equal(name_or_code(" \u200b "), "empty");
    assert_string_equal(name_or_code("--"), "no_letter");
    assert_string_equal(name_or_code("王\x07芳"), "control_character");
    assert_string_equal(name_or_code("\u0378"), "unassigned_character");
    assert_string_equal(name_or_code("\U0001fffe王"), "unassigned_character");
    assert_string_equal(name_or_code("王\xff"), "unassigned_character");
    assert_string_equal(name_or_code("a\u0316\u0317\u0318\u0319\u031c\u031d\u031e"),
                        "too_many_marks");
}

static void a_name_has_a_largest_width(void **state)
{
    (void)state;
    char text[3 * 31 + 1] = "";
    for (int i = 0; i < 30; i++)
        strcat(text, "王");
    assert_string_equal(name_or_code(text), text);
    strcat(text, "芳");
    assert_string_equal(name_or_code(text), "too_long");
    char huge[4096];
    memset(huge, 'a', sizeof(huge) - 1);
    huge[sizeof(huge) - 1] = '\0';
    assert_string_equal(name_or_code(huge), "too_long");
    assert_string_equal(code_or_wrong(huge), "too_long");
}

static void private_numbers_are_refused(void **state)
{
    (void)state;
    assert_string_equal(name_or_code("王芳 13800138000"), "looks_like_a_phone");
    assert_string_equal(name_or_code("138-0013-8000"), "looks_like_a_phone");
    assert_string_equal(name_or_code("１３８００１３８０００"), "looks_like_a_phone");
    assert_string_equal(name_or_code("+86 13800138000"), "looks_like_a_phone");
    assert_string_equal(name_or_code("11010519491231002X"), "looks_like_an_id_card");
    assert_string_equal(code_or_wrong("11010519491231002x"), "looks_like_an_id_card");
    assert_string_equal(code_or_wrong("G110105194912310021"), "looks_like_an_id_card");
    assert_string_equal(code_or_wrong("13800138000"), "looks_like_a_phone");
    assert_string_equal(code_or_wrong("8613800138000"), "looks_like_a_phone");
}

static void a_code_is_more_than_signs(void **state)
{
    (void)state;
    static const char *const signs[] = {"-", ".", "..", "/", "(-)", "__"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
        assert_string_equal(code_or_wrong(signs[i]), "bad_code");
    assert_string_equal(code_or_wrong("-1"), "-1");
}

static void codes_that_only_resemble_them_pass(void **state)
{
    (void)state;
    static const char *const codes[] = {"20230101",           "12800138000",  "13-2023-00123",
                                        "110105199913310021", "S13800138000", "七（3）班",
                                        "a.b_c/d-E9(1)"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        bool is_wide = i == 5; /* brackets become ordinary ones */
        assert_string_equal(code_or_wrong(codes[i]), is_wide ? "七(3)班" : codes[i]);
    }
}

static void codes_are_letters_and_digits(void **state)
{
    (void)state;
    assert_string_equal(code_or_wrong(" ２０２３Ａ "), "2023A");
    assert_string_equal(code_or_wrong("a b"), "bad_code");
    assert_string_equal(code_or_wrong("a\u200bb"), "bad_code");
    assert_string_equal(code_or_wrong("=1"), "bad_code");
    assert_string_equal(code_or_wrong("<b>"), "bad_code");
    assert_string_equal(code_or_wrong("  "), "empty");
}

static void grades_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int grade;
    } rows[] = {
        {"1",               1 },
        {"07",              7 },
        {"12",              12},
        {"一年级",       1 },
        {"十二年级",    12},
        {"初一",          7 },
        {"初三",          9 },
        {"高二",          11},
        {"高中3",         12},
        {"小学六年级", 6 },
        {"初中二年级", 8 },
        {"九年",          9 },
        {"KG",              0 },
        {"",                0 },
        {"08,09",           8 }
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t grade = 99;
        assert_int_equal(grade_read(&grade, rows[i].text), ROSTER_FINE);
        assert_int_equal(grade, rows[i].grade);
    }
    static const char *const bad[] = {"0", "13", "初四", "三班", "99999999999999", "-1", "小学"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t grade;
        assert_int_equal(grade_read(&grade, bad[i]), ROSTER_BAD_GRADE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_all_peoples_pass),
        cmocka_unit_test(blanks_are_joined_and_letters_composed),
        cmocka_unit_test(html_is_text),
        cmocka_unit_test(what_hides_is_stripped_and_said),
        cmocka_unit_test(what_is_no_name_is_refused),
        cmocka_unit_test(a_name_has_a_largest_width),
        cmocka_unit_test(private_numbers_are_refused),
        cmocka_unit_test(a_code_is_more_than_signs),
        cmocka_unit_test(codes_that_only_resemble_them_pass),
        cmocka_unit_test(codes_are_letters_and_digits),
        cmocka_unit_test(grades_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
