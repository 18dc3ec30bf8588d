#include "tests/unit/roster/lists.h"
#include "tests/unit/xlsx/book.h"

static const char *fate_of_sheet(const struct book *book, const char *sheet)
{
    struct roster *r;
    const struct roster_plan *plan;
    size_t len;
    char *bytes = book_make(book, &len);
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(
        roster_read(r, &(struct table_file){.bytes = bytes, .len = len, .sheet = sheet}), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    print_plan(plan);
    assert_int_equal(plan->is_applicable, !strstr(told, "refused") && !strstr(told, "unknown"));
    roster_free(&r);
    free(bytes);
    return told;
}

static const char *fate_of_workbook(const struct book *book)
{
    return fate_of_sheet(book, NULL);
}

#define TEXT(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define HEAD       TEXT("学校") TEXT("编号") TEXT("姓名") TEXT("班级") TEXT("身份证号")
#define LOST       "<c><v>1.1E+17</v></c>"

static void a_workbook_is_a_list_as_any_other(void **state)
{
    (void)state;
    static const struct book b = {.sheet = BOOK_SHEET("<row>" HEAD "</row><row>" TEXT(
                                      "s1") "<c><v>7</v></c>" TEXT("赵敏") TEXT("c2") "</row>")};
    assert_string_equal(fate_of_workbook(&b), "2 new person s1/7 赵敏\n"
                                              "2 new student s1/7 at s1/c2\n"
                                              "!private_column 1:5 身份证号\n");
}

static void what_a_sheet_has_lost_matters_where_it_is_read(void **state)
{
    (void)state;
    static const struct book unread = {
        .sheet = BOOK_SHEET("<row>" HEAD "</row><row>" TEXT("s1") "<c><v>7</v></c>" TEXT("赵敏")
                                TEXT("c2") LOST "</row>")};
    static const struct book read = {.sheet = BOOK_SHEET("<row>" HEAD "</row><row>" TEXT(
                                         "s1") LOST TEXT("赵敏") TEXT("c2") "</row>")};
    assert_non_null(strstr(fate_of_workbook(&unread), "2 new person s1/7 赵敏\n"));
    assert_string_equal(fate_of_workbook(&read),
                        "2 refused \n!private_column 1:5 身份证号\n!lost_digits 2:2 \n");
}

static void a_workbook_that_cannot_be_read_refuses_the_file(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(give(r, "PK\3\4 and then something else"), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_string_equal(print_plan(plan), "!damaged_workbook 0:0 \n");
    assert_false(plan->is_applicable);
    roster_free(&r);
}

#define SHEETS(first, second)                                                                      \
    BOOK_SHEETS("", "<sheet name=\"" first "\" sheetId=\"1\" r:id=\"r1\"/>"                        \
                    "<sheet name=\"" second "\" sheetId=\"2\" r:id=\"r2\"/>")
#define NAMES       "<row>" TEXT("学校") TEXT("编号") TEXT("姓名") "</row>"
#define PUPIL(code) "<row>" TEXT("s1") TEXT(code) TEXT("赵敏") "</row>"
#define SEAT(code, klass)                                                                          \
    " new person s1/" code " 赵敏\n2 new student s1/" code " at s1/" klass "\n"

static void each_sheet_is_a_class(void **state)
{
    (void)state;
    static const struct book b = {.workbook = SHEETS("三(1)班", "c2"),
                                  .sheet = BOOK_SHEET(NAMES PUPIL("p8")),
                                  .sheet2 = BOOK_SHEET(NAMES PUPIL("p9"))};
    assert_string_equal(
        fate_of_sheet(&b, TABLE_ALL),
        "2" SEAT("p8", "c1") "2" SEAT("p9", "c2") "!class_by_sheet 0:0 \n!class_by_sheet 0:0 \n");
    assert_string_equal(fate_of_sheet(&b, "c2"), "2" SEAT("p9", "c2") "!class_by_sheet 0:0 \n");
}

static void a_column_says_more_than_the_name_of_a_sheet(void **state)
{
    (void)state;
    static const struct book b = {.workbook = SHEETS("c1", "x"),
                                  .sheet = BOOK_SHEET("<row>" HEAD "</row><row>" TEXT("s1") TEXT(
                                      "p9") TEXT("赵敏") TEXT("c2") "</row>")};
    assert_string_equal(fate_of_workbook(&b),
                        "2" SEAT("p9", "c2") "!private_column 1:5 身份证号\n");
}

static void a_lecturer_is_in_no_class_by_a_sheet(void **state)
{
    (void)state;
    static const struct book b = {
        .workbook = SHEETS("c1", "x"),
        .sheet = BOOK_SHEET("<row>" TEXT("学校") TEXT("编号") TEXT("姓名") TEXT(
            "角色") "</row>"
                    "<row>" TEXT("s1") TEXT("t8") TEXT("赵敏")
                                TEXT("主讲教师") "</row>"
                                                 "<row>" TEXT("s1") TEXT("t9") TEXT("钱敏")
                                                     TEXT("班主任") "</row>")};
    assert_string_equal(fate_of_workbook(&b),
                        "2 new person s1/t8 赵敏\n2 new lecturer s1/t8 at s1/\n"
                        "3 new person s1/t9 钱敏\n3 new homeroom s1/t9 at s1/c1\n"
                        "!class_by_sheet 0:0 \n");
}

static void a_sheet_that_is_no_class_has_people_without_one(void **state)
{
    (void)state;
    static const struct book b = {.workbook = SHEETS("七年级", "封面"),
                                  .sheet = BOOK_SHEET(NAMES PUPIL("p8")),
                                  .sheet2 = BOOK_SHEET("<row>" TEXT("填写说明") "</row>")};
    assert_string_equal(fate_of_sheet(&b, TABLE_ALL), "2 new person s1/p8 赵敏\n!no_class 0:0 \n"
                                                      "!no_table 0:0 \n");
    assert_string_equal(fate_of_workbook(&b), "2 new person s1/p8 赵敏\n");
}

static void the_class_of_a_sheet_may_come_in_another_sheet(void **state)
{
    (void)state;
    static const struct book b = {.workbook = SHEETS("c9", "班级"),
                                  .sheet = BOOK_SHEET(NAMES PUPIL("p9")),
                                  .sheet2 = BOOK_SHEET("<row>" TEXT("学校") TEXT("班级编号")
                                                           TEXT("班级名称") "</row><row>" TEXT("s1")
                                                               TEXT("c9") TEXT("九班") "</row>")};
    assert_string_equal(fate_of_sheet(&b, TABLE_ALL),
                        "2" SEAT("p9", "c9") "2 new class s1/c9 九班 0\n"
                                             "!class_by_sheet 0:0 \n");
}

static void hidden_sheets_are_left_out_and_one_wrong_row_refuses_all(void **state)
{
    (void)state;
    struct book b = {
        .workbook = BOOK_SHEETS("", BOOK_ONE "<sheet name=\"旧\" state=\"hidden\" r:id=\"r2\"/>"),
        .sheet = BOOK_SHEET(NAMES PUPIL("p8")),
        .sheet2 = BOOK_SHEET(NAMES PUPIL(""))};
    assert_string_equal(fate_of_sheet(&b, TABLE_ALL),
                        "2 new person s1/p8 赵敏\n!no_class 0:0 \n!hidden_sheet 0:0 \n");
    b.workbook = SHEETS("c1", "c2");
    assert_string_equal(fate_of_sheet(&b, TABLE_ALL),
                        "2" SEAT("p8", "c1") "2 refused \n"
                                             "!class_by_sheet 0:0 \n!empty 2:2 \n");
}

static void sheets_without_any_list_are_told(void **state)
{
    (void)state;
    static const struct book b = {.workbook = SHEETS("封面", "说明"),
                                  .sheet = BOOK_SHEET("<row>" TEXT("填写说明") "</row>")};
    assert_string_equal(fate_of_sheet(&b, TABLE_ALL), "!no_table 0:0 \n!unknown_file 0:0 \n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workbook_is_a_list_as_any_other),
        cmocka_unit_test(what_a_sheet_has_lost_matters_where_it_is_read),
        cmocka_unit_test(each_sheet_is_a_class),
        cmocka_unit_test(a_column_says_more_than_the_name_of_a_sheet),
        cmocka_unit_test(a_lecturer_is_in_no_class_by_a_sheet),
        cmocka_unit_test(a_sheet_that_is_no_class_has_people_without_one),
        cmocka_unit_test(the_class_of_a_sheet_may_come_in_another_sheet),
        cmocka_unit_test(hidden_sheets_are_left_out_and_one_wrong_row_refuses_all),
        cmocka_unit_test(sheets_without_any_list_are_told),
        cmocka_unit_test(a_workbook_that_cannot_be_read_refuses_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
