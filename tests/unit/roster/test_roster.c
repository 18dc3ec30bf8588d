#include "tests/unit/roster/lists.h"

/* ---- what becomes of rows ---- */

static void each_row_has_its_fate(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, NOTHING, ALL), "2 new school s1 第一小学\n"
                                                         "3 new school s2 第二小学\n"
                                                         "2 new class s1/c1 三（1）班 3\n"
                                                         "3 new class s1/c2 三（2）班 3\n"
                                                         "4 new class s2/c1 一班 0\n"
                                                         "2 new person s1/p1 王芳\n"
                                                         "2 new student s1/p1 at s1/c1\n"
                                                         "3 new person s1/p2 李娜\n"
                                                         "3 new student s1/p2 at s1/c1\n"
                                                         "4 new person s1/t1 张伟\n"
                                                         "4 new homeroom s1/t1 at s1/c1\n");
}

static void files_may_come_in_any_order(void **state)
{
    (void)state;
    char forward[sizeof(told)];
    fate_of(&plainly, NOTHING, LISTS(CLASSES, PEOPLE, SCHOOLS));
    strcpy(forward, told);
    assert_null(strstr(forward, "refused"));
    assert_non_null(strstr(forward, "new homeroom s1/t1 at s1/c1"));
}

static void what_is_there_already_is_changed_not_doubled(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,编号,姓名,班级\ns1,p1,王芳,c1\ns1,p2,李 娜,c1\n")),
        "2 same person s1/p1 王芳\n"
        "2 same student s1/p1 at s1/c1\n"
        "3 changed person s1/p2 李 娜\n"
        "3 same student s1/p2 at s1/c1\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("班级编号,班级名称,学校\nc1,三（1）班,s1\n")),
                        "2 same class s1/c1 三（1）班 3\n");
}

static void a_pupil_moves_to_another_class(void **state)
{
    (void)state;
    assert_string_equal(fate_of(&plainly, ALL, LISTS("学校,编号,姓名,班级\ns1,p1,王芳,c2\n")),
                        "2 same person s1/p1 王芳\n"
                        "2 new student s1/p1 at s1/c2\n"
                        "2 removed student s1/p1 at s1/c1\n"
                        "!moved 2:4 c2\n");
}

/* Also when those of two schools are called alike. */
static void a_list_has_a_pupil_in_one_class(void **state)
{
    (void)state;
    static const char both[] = "学校,班级,人员学校,编号,角色\ns1,c1,s1,p1,学生\n";
    static const char *const others[] = {"s1,c2", "s2,c1"};
    for (size_t i = 0; i < 2; i++) {
        char list[256], expected[256];
        snprintf(list, sizeof(list), "%s%s,s1,p1,学生\n", both, others[i]);
        snprintf(expected, sizeof(expected),
                 "2 same student s1/p1 at s1/c1\n3 refused \n!two_classes 3:2 %s\n", others[i] + 3);
        assert_string_equal(fate_of(&plainly, ALL, LISTS(list)), expected);
    }
}

static void classes_and_schools_may_be_named(void **state)
{
    (void)state;
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,学号,姓名,班级\n第一小学,p9,赵敏,三(2)班\n")),
        "2 new person s1/p9 赵敏\n2 new student s1/p9 at s1/c2\n");
}

static void the_only_school_need_not_be_said(void **state)
{
    (void)state;
    const char *const one[] = {"学校编号,学校名称\ns1,第一小学\n", NULL};
    assert_string_equal(fate_of(&plainly, one, LISTS("班级编号,班级名称\nc1,一班\n")),
                        "2 new class s1/c1 一班 0\n");
    assert_string_equal(fate_of(&plainly, ALL, LISTS("班级编号,班级名称\nc9,一班\n")),
                        "2 refused \n!which_school 2:0 \n");
}

static void a_school_touches_only_its_own(void **state)
{
    (void)state;
    const struct roster_options own = {.school = "s1"};
    assert_string_equal(fate_of(&own, ALL, LISTS("学号,姓名,班级\np9,赵敏,c2\n")),
                        "2 new person s1/p9 赵敏\n2 new student s1/p9 at s1/c2\n");
    assert_string_equal(fate_of(&own, ALL, LISTS("学校,学号,姓名\ns2,p9,赵敏\n")),
                        "2 refused \n!other_school 2:1 s2\n");
    assert_string_equal(fate_of(&own, ALL, LISTS("学校编号,学校名称\ns3,我的\n")),
                        "2 refused \n!other_school 2:1 s3\n");
}

#define PUPIL_OF_S2 "学校,编号,姓名,角色,班级\ns2,x9,赵云,学生,c1\n"
#define HERE_OF_S2  "学校,班级,人员学校,编号,角色\ns1,c1,s2,x9,学生\n"

/* Who is at home elsewhere is given nothing here, and leaves no class there for one here. */
static void a_school_takes_nobody_from_another(void **state)
{
    (void)state;
    static const char refused[] = "2 refused \n!other_school 2:4 x9\n";
    const struct roster_options own = {.school = "s1"};
    const char *const known[] = {SCHOOLS, CLASSES, PEOPLE, PUPIL_OF_S2, NULL};
    assert_string_equal(fate_of(&own, known, LISTS(HERE_OF_S2)), refused);
    assert_string_equal(fate_of(&own, known, LISTS("班级,学校,角色,编号\nc1,s1,学生,x9\n")),
                        refused);
    /* What the district has made them stays, and a list that says so is taken. */
    const char *const here[] = {SCHOOLS,    CLASSES, PEOPLE, "学校,编号,姓名\ns2,x9,赵云\n",
                                HERE_OF_S2, NULL};
    assert_string_equal(fate_of(&own, here, LISTS(HERE_OF_S2)), "2 same student s2/x9 at s1/c1\n");
}

static void a_school_is_named_by_the_district(void **state)
{
    (void)state;
    const struct roster_options own = {.school = "s1"};
    assert_string_equal(fate_of(&own, ALL, LISTS("学校编号,学校名称\ns1,我的\n")),
                        "2 skipped school s1 第一小学\n!name_kept 2:2 我的\n");
    assert_string_equal(fate_of(&own, ALL, LISTS("学校编号,学校名称\ns1,第一小学\n")),
                        "2 same school s1 第一小学\n");
}

/* Who is kept is more than lists can say: of the staff, whatever else. */
static void who_is_more_than_lists_say_is_no_pupil(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(know(r, LISTS(SCHOOLS, CLASSES, "学校,编号,姓名\ns1,a1,某某\n")), 0);
    assert_int_equal(roster_keep(r, "s1", "a1", ROSTER_IN_OFFICE), 0);
    assert_int_equal(give(r, "学校,编号,班级,角色\ns1,a1,c1,学生\n"), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_string_equal(print_plan(plan), "2 refused \n!pupil_and_staff 2:4 学生\n");
    roster_free(&r);
}

/* ---- removal ---- */

static void nothing_is_removed_unless_asked_for(void **state)
{
    (void)state;
    static const char people[] = "学校,编号,姓名,角色,班级\ns1,p1,王芳,学生,c1\n";
    assert_null(strstr(fate_of(&plainly, ALL, LISTS(people)), "removed"));
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,编号,姓名,状态\ns1,p1,王芳,tobedeleted\n")),
        "2 skipped person s1/p1 王芳\n!kept 2:4 \n");
}

static void what_the_lists_leave_out_goes_when_asked_for(void **state)
{
    (void)state;
    /* p2 goes; t1 stays, as the list is one of pupils; their roles are not listed one by one. */
    assert_string_equal(
        fate_of(&removing, ALL, LISTS("学校,编号,姓名,角色,班级\ns1,p1,王芳,学生,c1\n")),
        "2 same person s1/p1 王芳\n2 same student s1/p1 at s1/c1\n0 removed person s1/p2 李娜\n");
    assert_string_equal(fate_of(&removing, ALL, LISTS("学校,编号,角色,班级\ns1,p1,学生,c1\n")),
                        "2 same student s1/p1 at s1/c1\n0 removed student s1/p2 at s1/c1\n");
    assert_string_equal(
        fate_of(&removing, ALL, LISTS("学校,编号,姓名,状态\ns1,p1,王芳,tobedeleted\n")),
        "2 removed person s1/p1 王芳\n");
}

static void a_class_with_pupils_stays(void **state)
{
    (void)state;
    static const char only_c2[] = "学校,班级编号,班级名称\ns1,c2,三（2）班\n";
    assert_string_equal(fate_of(&removing, ALL, LISTS(only_c2)),
                        "2 same class s1/c2 三（2）班 3\n0 refused class s1/c1 三（1）班 3\n"
                        "!has_pupils 0:0 三（1）班\n");
    static const char only_c1[] = "学校,班级编号,班级名称\ns1,c1,三（1）班\n";
    assert_string_equal(fate_of(&removing, ALL, LISTS(only_c1)),
                        "2 same class s1/c1 三（1）班 3\n0 removed class s1/c2 三（2）班 3\n");
}

/* ---- the plan as a whole ---- */

static int note_kind(void *arg, const struct roster_line *line)
{
    char *out = arg;
    strcat(out, line->fate == ROSTER_REMOVED ? "-" : "+");
    strncat(out, &"SCPRG"[line->record->kind], 1);
    return 0;
}

static void changes_come_in_an_order_that_a_database_takes(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    char order[64] = "";
    assert_int_equal(roster_new(&r, &removing), 0);
    assert_int_equal(know(r, ALL), 0);
    assert_int_equal(
        give_all(r, LISTS("学校,编号,姓名,角色,班级\ns1,p1,王芳,学生,c3\n",
                          "学校,班级编号,班级名称\ns1,c1,三（1）班\ns1,c3,三（3）班\n")),
        0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_true(plan->is_applicable);
    assert_int_equal(roster_each_change(plan, note_kind, order), 0);
    assert_string_equal(order, "+C+R-R-P-C");
    assert_int_equal(plan->count[ROSTER_NEW], 2);
    assert_int_equal(plan->count[ROSTER_REMOVED], 3);
    roster_free(&r);
}

static void one_refused_row_refuses_all(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(give_all(r, LISTS(SCHOOLS, CLASSES "s1,c3,,\n")), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    assert_false(plan->is_applicable);
    assert_int_equal(plan->count[ROSTER_REFUSED], 1);
    roster_free(&r);
}

/* Writes a list of this one, and gives `r`, which knows it, the list. */
static void write_and_give(struct roster *r, const struct roster_record *record,
                           enum language language)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    struct csv_writer *w;
    assert_int_equal(csv_writer_new(&w, f, CSV_UTF8), 0);
    assert_int_equal(roster_write_head(w, record->kind, language), 0);
    assert_int_equal(roster_write(w, record, language), 0);
    csv_writer_free(&w);
    fclose(f);
    assert_int_equal(roster_know(r, record), -EEXIST);
    assert_int_equal(give(r, text), 0);
    free(text);
}

static void what_is_written_reads_back_as_the_same(void **state)
{
    (void)state;
    static const enum language languages[] = {LANGUAGE_ZH, LANGUAGE_EN};
    static const struct roster_record records[] = {
        {ROSTER_SCHOOL,   "s1", "",   "",   "",   "=第一小学", 0, 0,              "",   ""         },
        {ROSTER_CLASS,    "s1", "c1", "",   "",   "三（1）班", 3, 0,              "",   ""         },
        {ROSTER_PERSON,   "",   "",   "s1", "p1", "王,\"芳",     0, 0,              "",   ""         },
        {ROSTER_PERSON,   "",   "",   "s1", "g1", "+王强",       0, 0,              "",   ""         },
        {ROSTER_ROLE,     "s1", "c1", "s1", "p1", "",              0, ROSTER_STUDENT, "",   ""         },
        {ROSTER_GUARDIAN, "s1", "",   "s1", "g1", "+王强",       0, 0,              "p1", "王,\"芳"},
    };
    enum { RECORDS = sizeof(records) / sizeof(*records) };
    for (size_t l = 0; l < 2; l++) {
        struct roster *r;
        const struct roster_plan *plan;
        assert_int_equal(roster_new(&r, &plainly), 0);
        for (size_t i = 0; i < RECORDS; i++)
            assert_int_equal(roster_know(r, &records[i]), 0);
        for (size_t i = 0; i < RECORDS; i++)
            write_and_give(r, &records[i], languages[l]);
        assert_int_equal(roster_finish(r, &plan), 0);
        assert_int_equal(plan->n_notes, 0);
        assert_int_equal(plan->count[ROSTER_SAME], RECORDS + 1); /* a guardian is a person, too */
        assert_int_equal(plan->n_lines, RECORDS + 1);
        roster_free(&r);
    }
}

static void a_note_reads_in_both_languages(void **state)
{
    (void)state;
    struct csv_note note = {.other_row = 2, .what = roster_message(ROSTER_DUPLICATE)};
    note.at = (struct csv_place){.row = 7, .column = 3};
    char text[200];
    strcpy(note.value, "p9");
    csv_note_print(&note, LANGUAGE_ZH, text, sizeof(text));
    assert_string_equal(text, "第 7 行第 3 列：与前面的一行重复（第 2 行） “p9”");
    csv_note_print(&note, LANGUAGE_EN, text, sizeof(text));
    assert_string_equal(text, "row 7, column 3: was there before in another row (row 2): p9");
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    static const char head[] = "学校编号,学校名称\n", row[] = "s1,x y\n";
    char *text = malloc(sizeof(head) + (ROSTER_ROWS_MAX + 10) * (sizeof(row) - 1));
    char *end = stpcpy(text, head);
    for (int i = 0; i < ROSTER_ROWS_MAX + 10; i++)
        end = stpcpy(end, row);
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(give(r, text), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    free(text);
    assert_false(plan->is_applicable);
    assert_int_equal(plan->n_lines, ROSTER_ROWS_MAX);
    assert_int_equal(plan->n_notes, ROSTER_NOTES_MAX);
    assert_int_equal(plan->n_notes + plan->notes_left_out, ROSTER_ROWS_MAX);
    roster_free(&r);
}

static int import_everything(void)
{
    struct roster *r = NULL;
    const struct roster_plan *plan;
    int err = roster_new(&r, &removing);
    if (!err)
        err = know(r, ALL);
    if (!err)
        err = give_all(r, LISTS(SCHOOLS, "学校,编号,姓名,班级\ns1,p1,王芳,c2\ns1,p3,钱敏,c9\n"));
    if (!err)
        err = roster_finish(r, &plan);
    roster_free(&r);
    return err;
}

static void a_full_memory_is_an_error(void **state)
{
    (void)state;
    assert_true(oom_levels(import_everything) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_has_its_fate),
        cmocka_unit_test(files_may_come_in_any_order),
        cmocka_unit_test(what_is_there_already_is_changed_not_doubled),
        cmocka_unit_test(a_pupil_moves_to_another_class),
        cmocka_unit_test(a_list_has_a_pupil_in_one_class),
        cmocka_unit_test(classes_and_schools_may_be_named),
        cmocka_unit_test(the_only_school_need_not_be_said),
        cmocka_unit_test(a_school_touches_only_its_own),
        cmocka_unit_test(a_school_takes_nobody_from_another),
        cmocka_unit_test(a_school_is_named_by_the_district),
        cmocka_unit_test(who_is_more_than_lists_say_is_no_pupil),
        cmocka_unit_test(nothing_is_removed_unless_asked_for),
        cmocka_unit_test(what_the_lists_leave_out_goes_when_asked_for),
        cmocka_unit_test(a_class_with_pupils_stays),
        cmocka_unit_test(changes_come_in_an_order_that_a_database_takes),
        cmocka_unit_test(one_refused_row_refuses_all),
        cmocka_unit_test(what_is_written_reads_back_as_the_same),
        cmocka_unit_test(a_note_reads_in_both_languages),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
