#include "tests/unit/roster/lists.h"

/* ---- what is wrong ---- */

static void what_does_not_exist_is_told_with_row_and_column(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,学号,姓名,班级\ns1,p9,赵敏,c7\n")),
                        "2 new person s1/p9 赵敏\n2 refused \n!unknown_class 2:4 c7\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,班级编号,班级名称\ns7,c1,一班\n")),
                        "2 refused \n!unknown_school 2:1 s7\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,编号,角色,班级\ns1,p7,学生,c1\n")),
                        "2 refused \n!unknown_person 2:2 p7\n");
}

static void a_code_stands_once_in_a_list(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,学号,姓名\ns1,p9,赵敏\ns1,p9,钱敏\n")),
                        "2 new person s1/p9 赵敏\n3 refused \n!duplicate 3:2 p9\n");
    assert_non_null(
        strstr(fate_of(&plainly, NOTHING, LISTS(SCHOOLS "s1,又一所\n")), "!duplicate 4:1 s1"));
}

static void who_is_two_things_stands_in_a_list_twice(void **state)
{
    (void)state;
    static const char head[] = "学校,编号,姓名,角色,班级\n";
    char list[400];
    snprintf(list, sizeof(list), "%ss1,t9,赵敏,班主任,c1\ns1,t9,赵敏,主讲教师,\n", head);
    assert_string_equal(fate_of(&plainly, ALL, LISTS(list)),
                        "2 new person s1/t9 赵敏\n2 new homeroom s1/t9 at s1/c1\n"
                        "3 same person s1/t9 赵敏\n3 new lecturer s1/t9 at s1/\n");
    snprintf(list, sizeof(list), "%ss1,t9,赵敏,班主任,c1\ns1,t9,钱敏,主讲教师,\n", head);
    assert_non_null(strstr(fate_of(&plainly, ALL, LISTS(list)), "!duplicate 3:2 t9"));
    snprintf(list, sizeof(list), "%ss1,t9,赵敏,班主任,c1\ns1,t9,赵敏,班主任,c1\n", head);
    assert_non_null(strstr(fate_of(&plainly, ALL, LISTS(list)), "!duplicate 3:2 t9"));
}

static void a_name_that_several_have_is_not_guessed(void **state)
{
    (void)state;
    static const char twins[] = "学校,班级编号,班级名称\ns1,c8,实验班\ns1,c9,实验班\n";
    assert_non_null(
        strstr(fate_of(&plainly, ALL, LISTS(twins, "学校,学号,姓名,班级\ns1,p9,赵敏,实验班\n")),
               "!ambiguous 2:4 实验班"));
}

static void roles_must_fit(void **state)
{
    (void)state;
    static const char head[] = "学校,编号,角色,班级\n";
    static const struct {
        const char *row;
        const char *want;
    } rows[] = {
        {"s1,p1,校长,c1\n",                  "!bad_role 2:3 校长"          },
        {"s1,p1,班主任,c1\n",               "!pupil_and_staff 2:3 班主任"},
        {"s1,t1,学生,c1\n",                  "!pupil_and_staff 2:3 学生"   },
        {"s1,t1,主讲教师,c1\n",            "!role_not_in_class 2:3 "       },
        {"s1,t1,辅导教师,\n",              "!role_wants_class 2:4 "        },
        {"s1,t1,主讲教师,\n",              "2 new lecturer s1/t1 at s1/\n" },
        {"s1,t1,教师,c2\n",                  "2 new tutor s1/t1 at s1/c2\n"  },
        {"s1,p1,学生,c2\ns1,p1,学生,c1\n", "!two_classes 3:4 c1"           },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        snprintf(text, sizeof(text), "%s%s", head, rows[i].row);
        assert_non_null(strstr(fate_of(&plainly, ALL, LISTS(text)), rows[i].want));
    }
}

static void no_list_makes_administrators(void **state)
{
    (void)state;
    static const char *const roles[] = {"administrator", "学校管理员",    "区县管理员",
                                        "校级巡课",      "patrol_county", "信息员"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        char text[256], want[128];
        snprintf(text, sizeof(text), "学校,编号,姓名,角色\ns1,a1,周强,%s\n", roles[i]);
        snprintf(want, sizeof(want), "2 skipped \n!role_by_hand 2:4 %s\n", roles[i]);
        assert_string_equal(fate_of(&plainly, ALL, LISTS(text)), want);
    }
}

static void private_columns_are_ignored_and_private_values_not_repeated(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&plainly, ALL,
                LISTS("学校,学号,姓名,家长电话,身份证号,爱好\ns1,p9,13800138000,1,2,3\n")),
        "2 refused \n!private_column 1:4 家长电话\n!private_column 1:5 身份证号\n"
        "!ignored_column 1:6 爱好\n!looks_like_a_phone 2:3 \n");
}

static void every_wrong_value_of_a_row_is_told(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,班级编号,班级名称,年级\ns1,c 1,,十三年级,x\n")),
        "2 refused \n!bad_code 2:2 c 1\n!empty 2:3 \n!bad_grade 2:4 十三年级\n!extra_field 2:5 x\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,学号,姓名\ns1\n")),
                        "2 refused \n!empty 2:2 \n!empty 2:3 \n");
}

static void a_stripped_name_is_told_and_taken(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,学号,姓名\ns1,p9,\u202e赵敏\n")),
                        "2 new person s1/p9 赵敏\n!stripped 2:3 赵敏\n");
}

static void a_file_must_be_one_of_ours(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, ALL, LISTS("")), "!unknown_file 0:0 \n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("a,b\n1,2\n")), "!unknown_file 1:0 \n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,姓名\ns1,王芳\n")),
                        "!missing_column 1:0 编号 / personid\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学号,编号,姓名\n1,2,3\n")),
                        "!double_column 1:2 编号\n");
}

static void heads_are_read_as_people_write_them(void **state)
{
    (void)state;
    assert_non_null(
        strstr(fate_of(&plainly, ALL, LISTS("School ID,*学号（必填）,Full_Name\ns1,p9,赵敏\n")),
               "2 new person s1/p9 赵敏\n"));
}

static void a_row_that_is_no_table_row_is_refused(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,学号,姓名\ns1,p9,\"赵\"敏\ns1,p8,钱敏\n")),
        "2 refused \n3 new person s1/p8 钱敏\n!text_behind_quote 2:3 \n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("\"学号\"x,姓名\ns1,p9\n")),
                        "1 refused \n!text_behind_quote 1:1 \n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_exist_is_told_with_row_and_column),
        cmocka_unit_test(a_code_stands_once_in_a_list),
        cmocka_unit_test(who_is_two_things_stands_in_a_list_twice),
        cmocka_unit_test(a_name_that_several_have_is_not_guessed),
        cmocka_unit_test(roles_must_fit),
        cmocka_unit_test(no_list_makes_administrators),
        cmocka_unit_test(private_columns_are_ignored_and_private_values_not_repeated),
        cmocka_unit_test(every_wrong_value_of_a_row_is_told),
        cmocka_unit_test(a_stripped_name_is_told_and_taken),
        cmocka_unit_test(a_file_must_be_one_of_ours),
        cmocka_unit_test(heads_are_read_as_people_write_them),
        cmocka_unit_test(a_row_that_is_no_table_row_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
