#include "tests/unit/roster/lists.h"
#include "tests/unit/xlsx/book.h"

static const char *fate_of_workbook(const struct book *book)
{
    struct roster *r;
    const struct roster_plan *plan;
    size_t len;
    char *bytes = book_make(book, &len);
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(roster_read(r, &(struct table_file){.bytes = bytes, .len = len}), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    print_plan(plan);
    assert_int_equal(plan->is_applicable, !strstr(told, "refused"));
    roster_free(&r);
    free(bytes);
    return told;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workbook_is_a_list_as_any_other),
        cmocka_unit_test(what_a_sheet_has_lost_matters_where_it_is_read),
        cmocka_unit_test(a_workbook_that_cannot_be_read_refuses_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
