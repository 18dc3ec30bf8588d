#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "server/csv/head.h"
#include "server/csv/note.h"

static void names_are_folded(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"School ID",            "schoolid"},
        {"school_id",            "schoolid"},
        {" *学号（必填）", "学号"  },
        {"姓 名：",           "姓名"  },
        {"",                     ""        },
        {"(hint)",               ""        }
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char folded[CSV_FOLDED_SIZE];
        csv_fold(folded, rows[i].text);
        assert_string_equal(folded, rows[i].want);
    }
}

static void a_long_name_is_cut_between_characters(void **state)
{
    (void)state;
    char text[3 * 30 + 1] = "";
    char folded[CSV_FOLDED_SIZE];
    for (int i = 0; i < 30; i++)
        strcat(text, "学");
    csv_fold(folded, text);
    assert_int_equal(strlen(folded), 63);
}

static void a_name_is_one_of_a_list_as_a_whole(void **state)
{
    (void)state;
    assert_true(csv_is_one_of("id", "schoolid|id"));
    assert_true(csv_is_one_of("school", "school|schoolid"));
    assert_false(csv_is_one_of("school", "schoolid|myschool"));
    assert_false(csv_is_one_of("", "a|b"));
    assert_false(csv_is_one_of("a", ""));
}

static void a_value_is_shown_in_whole_characters(void **state)
{
    (void)state;
    struct csv_note note;
    char text[3 * 30 + 1] = "";
    for (int i = 0; i < 30; i++)
        strcat(text, "学");
    csv_note_show(&note, text);
    assert_int_equal(strlen(note.value), 63);
    csv_note_show(&note, NULL);
    assert_string_equal(note.value, "");
}

static void a_note_says_where_and_what_in_both_languages(void **state)
{
    (void)state;
    struct csv_note note = {.other_row = 2, .what = csv_message(CSV_OPEN)};
    char text[200];
    csv_note_show(&note, "p9");
    note.at = (struct csv_place){.row = 7, .column = 3};
    csv_note_print(&note, LANGUAGE_ZH, text, sizeof(text));
    assert_string_equal(text, "第 7 行第 3 列：引号没有配对（第 2 行） “p9”");
    note.at.column = 0;
    csv_note_print(&note, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "row 7: a quote that nothing closes (row 2): p9");
    note = (struct csv_note){.what = csv_message(CSV_UTF16)};
    csv_note_print(&note, LANGUAGE_EN, text, 20);
    assert_string_equal(text, "the file: the file ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_folded),
        cmocka_unit_test(a_long_name_is_cut_between_characters),
        cmocka_unit_test(a_name_is_one_of_a_list_as_a_whole),
        cmocka_unit_test(a_value_is_shown_in_whole_characters),
        cmocka_unit_test(a_note_says_where_and_what_in_both_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
