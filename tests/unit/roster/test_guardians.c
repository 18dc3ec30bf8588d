#include "tests/unit/roster/lists.h"

/* ---- lists of guardians ---- */

/* The codes that are made for those of p1. */
#define FATHER "3zy6z828g6-父"
/* Of p1, before there was a key. */
#define EARLY_FATHER "64wq8qncfc-父"
#define MOTHER       "xhsmy9qc4d-母"
#define UNCLE        "4mv6vwwby3-家长"
#define AUNT         "39sbes0whb-家长"
#define PARENT       "e8dqsqg9h4-家长"

#define GUARDIANS                                                                                                \
    "学号,姓名,班级,家长姓名,关系,联系电话\np1,王芳,三（1）班,王强,父亲,13800138000\n" \
    "p1,王芳,三（1）班,陈静,妈妈,-\np2,李娜,三（1）班,,,\n"
#define KNOWN LISTS(SCHOOLS, CLASSES, PEOPLE, "学校,学号,家长姓名,关系\ns1,p1,王强,父\n")

static const struct roster_options own = {.school = "s1"};

static void a_sheet_as_schools_have_it_is_taken(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&own, ALL, LISTS(GUARDIANS)),
        "2 new person s1/" FATHER " 王强\n2 new guardian s1/" FATHER " 王强 of s1/p1\n"
        "3 new person s1/" MOTHER " 陈静\n3 new guardian s1/" MOTHER " 陈静 of s1/p1\n"
        "4 skipped \n!ignored_column 1:3 班级\n!private_column 1:6 联系电话\n"
        "!no_guardian 4:4 \n");
}

static void guardians_may_come_with_their_pupils(void **state)
{
    (void)state;
    static const char one[] = "学号,家长姓名\np1,王强\n";
    assert_non_null(
        strstr(fate_of(&plainly, NOTHING,
                       LISTS(one, "学校编号,学校名称\ns1,一小\n", "班级编号,班级名称\nc1,一班\n",
                             "学号,姓名,班级\np1,王芳,c1\n")),
               "2 new guardian s1/" PARENT " 王强 of s1/p1\n"));
    assert_null(strstr(told, "refused"));
}

static void a_second_import_updates(void **state)
{
    (void)state;
    static const char same[] =
        "2 same person s1/" FATHER " 王强\n2 same guardian s1/" FATHER " 王强 of s1/p1\n";
    assert_string_equal(fate_of(&own, KNOWN, LISTS("学号,家长姓名,关系\np1,王强,爸爸\n")), same);
    /* Whoever is called so already is meant, however the relation is told. */
    assert_string_equal(fate_of(&own, KNOWN, LISTS("学号,家长姓名,关系\np1,王强,伯父\n")), same);
    assert_string_equal(fate_of(&own, KNOWN, LISTS("学号,家长姓名,家长编号\np1,王强," FATHER "\n")),
                        same);
    assert_string_equal(fate_of(&own, KNOWN, LISTS("学号,家长姓名,关系\np1,王 强,父亲\n")),
                        "2 changed person s1/" FATHER " 王 强\n2 same guardian s1/" FATHER
                        " 王 强 of s1/p1\n!keeps_login 2:2 王 强\n");
}

static const char *made_with(uint8_t key)
{
    static const char one[] = "学号,家长姓名,关系\np1,王强,父\n";
    struct roster_options options = {.school = "s1"};
    memset(options.key, key, sizeof(options.key));
    return fate_of(&options, ALL, LISTS(one));
}

/* Of a 学号 there are no more than some thousands: who tries them all finds nothing without the
 * key. */
static void a_made_code_tells_nothing_without_the_key(void **state)
{
    (void)state;
    char once[sizeof(told)];
    assert_null(strstr(made_with(0), EARLY_FATHER));
    snprintf(once, sizeof(once), "%s", made_with(1));
    assert_string_not_equal(made_with(0), once);
    assert_string_equal(made_with(1), once);
}

static void a_code_from_before_there_was_a_key_stays(void **state)
{
    (void)state;
    const char *const known[] = {SCHOOLS, CLASSES, PEOPLE,
                                 "学校,学号,家长姓名,家长编号\ns1,p1,王强," EARLY_FATHER "\n",
                                 NULL};
    assert_string_equal(fate_of(&own, known, LISTS("学号,家长姓名,关系\np1,王强,父\n")),
                        "2 same person s1/" EARLY_FATHER " 王强\n2 same guardian s1/" EARLY_FATHER
                        " 王强 of s1/p1\n");
    assert_string_equal(fate_of(&own, known, LISTS("学号,家长姓名,关系\np1,王 强,父\n")),
                        "2 changed person s1/" EARLY_FATHER
                        " 王 强\n2 same guardian s1/" EARLY_FATHER
                        " 王 强 of s1/p1\n!keeps_login 2:2 王 强\n");
}

/* At home here, and in a class there: who looks after them is not this school's to say alone. */
static void a_pupil_who_is_elsewhere_gets_no_guardian_by_a_schools_list(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, &own), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(roster_keep(r, "s1", "p1", ROSTER_ELSEWHERE), 0);
    assert_int_equal(give(r, "学号,家长编号,家长姓名\np1,g1,王强\n"), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_non_null(strstr(print_plan(plan), "refused"));
    assert_non_null(strstr(told, "!more_elsewhere 2:1 p1"));
    roster_free(&r);
}

/* Their pupil has gone, and another has the pupil's code: no stranger is given a child. */
static void a_code_that_is_made_again_is_nobody_elses(void **state)
{
    (void)state;
    const char *const former[] = {SCHOOLS, CLASSES, PEOPLE,
                                  "学校,编号,姓名,角色\ns1," FATHER ",王强,家长\n", NULL};
    assert_string_equal(fate_of(&own, former, LISTS("学号,家长姓名,关系\np1,李刚,父\n")),
                        "2 refused \n!former_guardian 2:2 李刚\n");
    assert_string_equal(fate_of(&own, former, LISTS("学号,家长姓名,关系\np1,王强,父\n")),
                        "2 same person s1/" FATHER " 王强\n2 new guardian s1/" FATHER
                        " 王强 of s1/p1\n");
    assert_string_equal(fate_of(&own, former, LISTS("学号,家长编号,家长姓名\np1,g7,李刚\n")),
                        "2 new person s1/g7 李刚\n2 new guardian s1/g7 李刚 of s1/p1\n");
}

static void one_code_is_one_guardian_of_several_pupils(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&own, ALL, LISTS("学号,家长编号,家长姓名\np1,g1,王强\np2,g1,王强\n")),
        "2 new person s1/g1 王强\n2 new guardian s1/g1 王强 of s1/p1\n"
        "3 same person s1/g1 王强\n3 new guardian s1/g1 王强 of s1/p2\n");
    assert_string_equal(
        fate_of(&own, ALL, LISTS("学号,家长编号,家长姓名\np1,g1,王强\np2,g1,李刚\n")),
        "2 new person s1/g1 王强\n2 new guardian s1/g1 王强 of s1/p1\n3 refused \n"
        "!duplicate 3:2 g1\n");
    /* Who teaches there keeps the one login. */
    assert_string_equal(fate_of(&own, ALL, LISTS("学号,家长编号,家长姓名\np1,t1,张伟\n")),
                        "2 same person s1/t1 张伟\n2 new guardian s1/t1 张伟 of s1/p1\n");
}

static void a_row_that_cannot_be_is_refused_where_it_is_wrong(void **state)
{
    (void)state;
    static const char head[] = "学校,学号,学生姓名,家长编号,家长姓名,关系\n";
    static const struct {
        const char *row, *told;
    } rows[] = {
        {",p9,,,王强,",             "2 refused \n!unknown_pupil 2:2 p9\n"      },
        {"s9,p1,,,王强,",           "2 refused \n!unknown_school 2:1 s9\n"     },
        {"s2,p1,,,王强,",           "2 refused \n!other_school 2:1 s2\n"       },
        {",t1,,,王强,",             "2 refused \n!not_a_pupil 2:2 t1\n"        },
        {",p1,李娜,,王强,",       "2 refused \n!other_name 2:3 李娜\n"     },
        {",p1,,p2,李娜,",           "2 refused \n!not_a_guardian 2:4 p2\n"     },
        {",p1,,t1,王强,",           "2 refused \n!other_name 2:5 王强\n"     },
        {",,,,王强,",               "2 refused \n!empty 2:2 \n"                },
        {",p1,,g1,,",                 "2 refused \n!empty 2:5 \n"                },
        {",p1,,,13800138000,",        "2 refused \n!looks_like_a_phone 2:5 \n"   },
        {",p1,,13800138000,王强,",  "2 refused \n!looks_like_a_phone 2:4 \n"   },
        {",p1,,,110101199003070031,", "2 refused \n!looks_like_an_id_card 2:5 \n"},
        {",p1,,=1+1,王强,",         "2 refused \n!bad_code 2:4 =1+1\n"         },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char list[256];
        snprintf(list, sizeof(list), "%s%s\n", head, rows[i].row);
        assert_string_equal(fate_of(&own, ALL, LISTS(list)), rows[i].told);
    }
    assert_string_equal(fate_of(&own, ALL, LISTS("学号,家长姓名\np1,王强\np1,陈静\n")),
                        "2 new person s1/" PARENT " 王强\n2 new guardian s1/" PARENT
                        " 王强 of s1/p1\n3 refused \n"
                        "!which_guardian 3:2 陈静\n");
}

static void what_is_not_to_be_seen_or_kept_is_left_out(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&own, ALL, LISTS("学号,家长姓名,关系\np1,\u202e王强,13800138000\n")),
        "2 new person s1/" PARENT " 王强\n2 new guardian s1/" PARENT " 王强 of s1/p1\n"
        "!stripped 2:2 王强\n");
}

static void another_relation_is_another_guardian(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&own, ALL, LISTS("学号,家长姓名,关系\np1,王强,李娜的舅舅\np1,陈静,姑姑\n")),
        "2 new person s1/" UNCLE " 王强\n2 new guardian s1/" UNCLE " 王强 of s1/p1\n"
        "3 new person s1/" AUNT " 陈静\n3 new guardian s1/" AUNT " 陈静 of s1/p1\n");
}

static void two_of_one_name_want_a_code(void **state)
{
    (void)state;
    static const char two[] = "学校,学号,家长编号,家长姓名\ns1,p1,g1,王强\ns1,p1,g2,王强\n";
    assert_string_equal(
        fate_of(&own, LISTS(SCHOOLS, CLASSES, PEOPLE, two), LISTS("学号,家长姓名\np1,王强\n")),
        "2 refused \n!ambiguous 2:2 王强\n");
}

static void a_list_of_pupils_with_a_parent_stays_one(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&own, ALL, LISTS("学号,姓名,班级,家长姓名\np9,赵敏,c2,赵刚\n")),
        "2 new person s1/p9 赵敏\n2 new student s1/p9 at s1/c2\n!guardians_left 1:4 家长姓名\n");
    assert_string_equal(fate_of(&own, ALL, LISTS("编号,姓名,角色\ng9,赵刚,家长\n")),
                        "2 new person s1/g9 赵刚\n");
}

/* ---- removal ---- */

static void a_pupils_guardians_are_those_listed(void **state)
{
    (void)state;
    static const char mother[] = "学号,家长姓名,关系\np1,陈静,母\n";
    static const char new_one[] =
        "2 new person s1/" MOTHER " 陈静\n2 new guardian s1/" MOTHER " 陈静 of s1/p1\n";
    const struct roster_options removing_own = {.school = "s1", .may_remove = true};
    assert_string_equal(fate_of(&own, KNOWN, LISTS(mother)), new_one);
    fate_of(&removing_own, KNOWN, LISTS(mother));
    assert_true(strncmp(told, new_one, strlen(new_one)) == 0);
    assert_string_equal(told + strlen(new_one), "0 removed guardian s1/" FATHER " 王强 of s1/p1\n"
                                                "0 removed person s1/" FATHER " 王强\n");
    /* Of p1 the list says nothing. */
    assert_null(
        strstr(fate_of(&removing_own, KNOWN, LISTS("学号,家长姓名\np2,李刚\n")), "removed"));
}

static void a_row_may_take_a_guardian_away(void **state)
{
    (void)state;
    static const char away[] = "学校,学号,家长姓名,状态\ns1,p1,王强,tobedeleted\n";
    assert_string_equal(fate_of(&removing, KNOWN, LISTS(away)),
                        "2 removed guardian s1/" FATHER " 王强 of s1/p1\n"
                        "0 removed person s1/" FATHER " 王强\n");
    assert_string_equal(fate_of(&plainly, KNOWN, LISTS(away)),
                        "2 skipped guardian s1/" FATHER " 王强 of s1/p1\n!kept 2:4 \n");
    assert_string_equal(fate_of(&removing, ALL, LISTS(away)), "2 skipped \n");
}

static void who_has_no_ward_left_goes_with_the_pupil(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    static const char only_p2[] = "学校,编号,姓名,角色,班级\ns1,p2,李娜,学生,c1\n";
    assert_non_null(strstr(fate_of(&removing, KNOWN, LISTS(only_p2)),
                           "0 removed person s1/p1 王芳\n0 removed person s1/" FATHER " 王强\n"));
    assert_int_equal(roster_new(&r, &removing), 0);
    assert_int_equal(know(r, KNOWN), 0);
    assert_int_equal(roster_keep(r, "s1", FATHER, ROSTER_IN_OFFICE), 0); /* is a patrol, say */
    assert_int_equal(give(r, only_p2), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_null(strstr(print_plan(plan), FATHER));
    roster_free(&r);
}

static void a_school_leaves_other_schools_guardians_alone(void **state)
{
    (void)state;
    static const char far[] = "学校,学号,家长学校,家长编号,家长姓名\ns1,p1,s2,g1,王强\n";
    const struct roster_options removing_own = {.school = "s1", .may_remove = true};
    assert_string_equal(fate_of(&own, ALL, LISTS(far)), "2 refused \n!other_school 2:3 s2\n");
    const char *const with_far[] = {SCHOOLS, CLASSES, PEOPLE, far, NULL};
    assert_string_equal(fate_of(&own, with_far, LISTS(far)),
                        "2 same person s2/g1 王强\n2 same guardian s2/g1 王强 of s1/p1\n");
    assert_null(
        strstr(fate_of(&removing_own, with_far, LISTS("学号,家长姓名\np1,陈静\n")), "removed"));
}

/* ---- as a whole ---- */

static int import_guardians(void)
{
    struct roster *r = NULL;
    const struct roster_plan *plan;
    int err = roster_new(&r, &removing);
    if (!err)
        err = know(r, KNOWN);
    if (!err)
        err = roster_keep(r, "s1", "t1", ROSTER_IN_OFFICE | ROSTER_ELSEWHERE);
    if (!err)
        err = give_all(r, LISTS("学校,学号,家长姓名,关系\ns1,p1,陈静,母\ns1,p2,李刚,叔叔\n",
                                "编号,学校,姓名,角色,agents\np1,s1,王芳,学生,\"t1,p2\"\n"));
    if (!err)
        err = roster_finish(r, &plan);
    roster_free(&r);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_true(oom_levels(import_guardians) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_as_schools_have_it_is_taken),
        cmocka_unit_test(guardians_may_come_with_their_pupils),
        cmocka_unit_test(a_second_import_updates),
        cmocka_unit_test(a_made_code_tells_nothing_without_the_key),
        cmocka_unit_test(a_pupil_who_is_elsewhere_gets_no_guardian_by_a_schools_list),
        cmocka_unit_test(a_code_from_before_there_was_a_key_stays),
        cmocka_unit_test(a_code_that_is_made_again_is_nobody_elses),
        cmocka_unit_test(one_code_is_one_guardian_of_several_pupils),
        cmocka_unit_test(a_row_that_cannot_be_is_refused_where_it_is_wrong),
        cmocka_unit_test(what_is_not_to_be_seen_or_kept_is_left_out),
        cmocka_unit_test(another_relation_is_another_guardian),
        cmocka_unit_test(two_of_one_name_want_a_code),
        cmocka_unit_test(a_list_of_pupils_with_a_parent_stays_one),
        cmocka_unit_test(a_pupils_guardians_are_those_listed),
        cmocka_unit_test(a_row_may_take_a_guardian_away),
        cmocka_unit_test(who_has_no_ward_left_goes_with_the_pupil),
        cmocka_unit_test(a_school_leaves_other_schools_guardians_alone),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
