#include "tests/unit/roster/lists.h"
#include "tests/unit/xlsx/book.h"

/* What people write above, between and below the rows of a list. */

#define HEAD "学校,学号,姓名,班级\n"
#define ROW  "s1,p9,赵敏,c1\n"
#define TOLD " new person s1/p9 赵敏\n"

static const char *fate(const char *list)
{
    return fate_of(&plainly, ALL, LISTS(list));
}

static void a_title_stands_above_the_names_of_the_columns(void **state)
{
    (void)state;
    assert_string_equal(
        fate("第一小学2026年秋季学生名单,,,\n\n填表日期：2026-09-01,,,\n" HEAD ROW),
        "1 skipped \n3 skipped \n5 new person s1/p9 赵敏\n5 new student s1/p9 at s1/c1\n"
        "!title_row 1:0 \n!title_row 3:0 \n");
    assert_non_null(strstr(fate("名单\n学校;学号;姓名;班级\ns1;p9;赵敏;c1\n"), "3" TOLD));
}

static void what_a_list_lacks_is_told_of_the_row_that_has_most(void **state)
{
    (void)state;
    assert_string_equal(fate("名单,,\n学校,学号,班级\ns1,p9,c1\n"),
                        "1 skipped \n!title_row 1:0 \n!missing_column 2:0 姓名 / name\n");
    assert_string_equal(fate("名单\n甲,乙\n丙,丁\n"), "!unknown_file 1:0 \n");
    assert_string_equal(fate("\n\n"), "!unknown_file 0:0 \n");
}

static void names_of_columns_far_below_are_not_looked_for(void **state)
{
    (void)state;
    assert_non_null(strstr(fate("1\n2\n3\n4\n5\n6\n7\n8\n9\n" HEAD ROW), "11" TOLD));
    assert_non_null(strstr(fate("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n" HEAD ROW), "!unknown_file 1:0"));
}

static void nobody_guesses_between_two_heads(void **state)
{
    (void)state;
    assert_string_equal(fate(HEAD "school,studentId,name,class\n" ROW), "!two_heads 2:0 \n");
    assert_string_equal(fate("名单\n" HEAD ROW "编号,姓名,班级\n"),
                        "1 skipped \n!title_row 1:0 \n!two_heads 4:0 \n");
}

static void a_head_that_is_printed_on_every_page_is_one(void **state)
{
    (void)state;
    assert_string_equal(fate(HEAD ROW HEAD),
                        "2" TOLD "2 new student s1/p9 at s1/c1\n3 skipped \n!head_again 3:0 \n");
}

static void sums_and_remarks_are_left_out(void **state)
{
    (void)state;
    static const char *const below[] = {"合计,,45人,\n", "合计,45,45,45\n",
                                        "备注：转学的不在内,,,\n",
                                        ",,制表人：李老师,日期：9月1日\n", " 总计 ：,1,1,1\n"};
    for (size_t i = 0; i < sizeof(below) / sizeof(below[0]); i++) {
        char list[256];
        snprintf(list, sizeof(list), "%s", HEAD ROW);
        snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s", below[i]);
        assert_string_equal(fate(list), "2" TOLD "2 new student s1/p9 at s1/c1\n3 skipped \n"
                                        "!below_table 3:0 \n");
    }
}

static void a_row_that_lacks_something_is_no_remark(void **state)
{
    (void)state;
    assert_non_null(strstr(fate(HEAD "s1,p9,,\n"), "!empty 2:3"));
    assert_non_null(strstr(fate(HEAD "s1,,,\n"), "!empty 2:2"));
    assert_non_null(strstr(fate(HEAD "s1,备注9,日期,\n"), "2 new person s1/备注9 日期"));
}

static void names_in_two_rows_are_not_guessed_at(void **state)
{
    (void)state;
    assert_string_equal(fate("学校,学生信息,,班级\n,学号,姓名,\ns1,p9,赵敏,c1\n"),
                        "1 skipped \n!title_row 1:0 \n!two_heads 1:0 \n");
}

static void empty_fields_behind_the_last_column_are_nothing(void **state)
{
    (void)state;
    assert_non_null(strstr(fate(HEAD "s1,p9,赵敏,c1,, ,\n"), "2" TOLD));
    assert_non_null(strstr(fate(HEAD "s1,p9,赵敏,c1,,x\n"), "!extra_field 2:6 x"));
}

static void what_excel_does_to_codes_is_told_or_undone(void **state)
{
    (void)state;
    assert_non_null(strstr(fate(HEAD "s1,'001,赵敏,c1\n"), "2 new person s1/001 赵敏"));
    assert_non_null(
        strstr(fate(HEAD "s1,2.02301E+11,赵敏,c1\n"), "!shortened_number 2:2 2.02301E+11"));
}

static void unicode_text_of_excel_is_a_list_as_any_other(void **state)
{
    (void)state;
    static const char little[] = "\xff\xfe\x66\x5b\x21\x68\t\0i\0d\0\t\0n\0a\0m\0e\0\n\0"
                                 "s\0"
                                 "1\0\t\0p\0"
                                 "9\0\t\0\x75\xd8\xd4\xdf\x4f\x65\n\0";
    struct roster *r;
    const struct roster_plan *plan;
    const struct table_file file = {.bytes = little, .len = sizeof(little) - 1};
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(roster_read(r, &file), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_string_equal(print_plan(plan), "2 new person s1/p9 𭟔敏\n");
    roster_free(&r);
}

static void one_mistake_of_a_row_is_told_once(void **state)
{
    (void)state;
    assert_string_equal(fate(HEAD "s7,p9,赵敏,c1\n"),
                        "2 refused \n2 refused \n!unknown_school 2:1 s7\n");
}

#define TEXT(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"

static void a_merged_title_of_a_workbook_is_one(void **state)
{
    (void)state;
    static const struct book b = {
        .sheet = "<worksheet xmlns=\"" BOOK_MAIN "\"><sheetData><row r=\"1\">" TEXT(
            "第一小学名单") "<c/><c/></row><row r=\"3\">" TEXT("学校") TEXT("编号")
            TEXT("姓名") "</row><row r=\"4\">" TEXT("s1") TEXT("p9")
                TEXT("赵敏") "</row></sheetData><mergeCells><mergeCell ref=\"A1:C1\"/></mergeCells>"
                             "</worksheet>"};
    struct table_file file = {.sheet = NULL};
    char *bytes = book_make(&b, &file.len);
    file.bytes = bytes;
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(roster_read(r, &file), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_string_equal(print_plan(plan), "1 skipped \n4" TOLD "!title_row 1:0 \n");
    assert_true(plan->is_applicable);
    roster_free(&r);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_title_stands_above_the_names_of_the_columns),
        cmocka_unit_test(what_a_list_lacks_is_told_of_the_row_that_has_most),
        cmocka_unit_test(names_of_columns_far_below_are_not_looked_for),
        cmocka_unit_test(nobody_guesses_between_two_heads),
        cmocka_unit_test(a_head_that_is_printed_on_every_page_is_one),
        cmocka_unit_test(sums_and_remarks_are_left_out),
        cmocka_unit_test(a_row_that_lacks_something_is_no_remark),
        cmocka_unit_test(names_in_two_rows_are_not_guessed_at),
        cmocka_unit_test(empty_fields_behind_the_last_column_are_nothing),
        cmocka_unit_test(what_excel_does_to_codes_is_told_or_undone),
        cmocka_unit_test(unicode_text_of_excel_is_a_list_as_any_other),
        cmocka_unit_test(one_mistake_of_a_row_is_told_once),
        cmocka_unit_test(a_merged_title_of_a_workbook_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
