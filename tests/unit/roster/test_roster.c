#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/roster/roster.h"

#define SCHOOLS "学校编号,学校名称\ns1,第一小学\ns2,第二小学\n"
#define CLASSES                                                                                    \
    "学校,班级编号,班级名称,年级\ns1,c1,三（1）班,三年级\ns1,c2,三（2）班,3\ns2,c1,一班,\n"
#define PEOPLE                                                                                     \
    "学校,编号,姓名,角色,班级\ns1,p1,王芳,学生,c1\ns1,p2,李娜,学生,c1\ns1,t1,张伟,班主任,c1\n"
#define LISTS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NOTHING    ((const char *const[]){NULL})
#define ALL        LISTS(SCHOOLS, CLASSES, PEOPLE)

static const struct roster_options plainly = {.school = NULL};
static const struct roster_options removing = {.may_remove = true};

static int give(struct roster *r, const char *text)
{
    int err = roster_begin_file(r);
    if (!err)
        err = roster_feed(r, text, strlen(text));
    return err ? err : roster_end_file(r);
}

static int give_all(struct roster *r, const char *const *files)
{
    int err = 0;
    for (size_t i = 0; !err && files[i]; i++)
        err = give(r, files[i]);
    return err;
}

static int know_line(void *arg, const struct roster_line *line)
{
    return roster_know(arg, line->record);
}

/* Lets `r` know what these lists hold. */
static int know(struct roster *r, const char *const *lists)
{
    struct roster *reader = NULL;
    const struct roster_plan *plan = NULL;
    int err = roster_new(&reader, &plainly);
    if (!err)
        err = give_all(reader, lists);
    if (!err)
        err = roster_finish(reader, &plan);
    if (!err) {
        assert_true(plan->is_applicable);
        err = roster_each_change(plan, know_line, r);
    }
    roster_free(&reader);
    return err;
}

static size_t print_record(char *out, size_t size, const struct roster_record *r)
{
    int n = 0;
    switch (r->kind) {
    case ROSTER_SCHOOL: n = snprintf(out, size, "school %s %s", r->school, r->name); break;
    case ROSTER_CLASS:
        n = snprintf(out, size, "class %s/%s %s %d", r->school, r->klass, r->name, r->grade);
        break;
    case ROSTER_PERSON:
        n = snprintf(out, size, "person %s/%s %s", r->home, r->person, r->name);
        break;
    case ROSTER_ROLE:
        n = snprintf(out, size, "%s %s/%s at %s/%s", roster_role_name(r->role), r->home, r->person,
                     r->school, r->klass);
        break;
    case ROSTER_KINDS: break;
    }
    return (size_t)n;
}

static char told[16384];

/* "row fate record" for each line of the plan, then "!code row:column value" for each note. */
static const char *print_plan(const struct roster_plan *plan)
{
    size_t n = 0;
    told[0] = '\0';
    for (size_t i = 0; i < plan->n_lines; i++) {
        const struct roster_line *line = &plan->line[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "%d %s ", (int)line->row,
                              roster_fate_name(line->fate));
        if (line->record)
            n += print_record(told + n, sizeof(told) - n, line->record);
        n += (size_t)snprintf(told + n, sizeof(told) - n, "\n");
    }
    for (size_t i = 0; i < plan->n_notes; i++) {
        const struct csv_note *note = &plan->note[i];
        n += (size_t)snprintf(told + n, sizeof(told) - n, "!%s %d:%d %s\n", note->what->code,
                              (int)note->at.row, (int)note->at.column, note->value);
    }
    assert_true(n < sizeof(told));
    return told;
}

static const char *fate_of(const struct roster_options *options, const char *const *known,
                           const char *const *files)
{
    struct roster *r;
    const struct roster_plan *plan;
    assert_int_equal(roster_new(&r, options), 0);
    assert_int_equal(know(r, known), 0);
    assert_int_equal(give_all(r, files), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
    print_plan(plan);
    roster_free(&r);
    return told;
}

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
    assert_string_equal(
        fate_of(&plainly, ALL, LISTS("学校,编号,姓名,角色\ns1,a1,周强,administrator\n")),
        "2 skipped \n!role_by_hand 2:4 administrator\n");
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

/* ---- OneRoster 1.1 ---- */

static bool is_harmless(const char *note)
{
    static const char *const codes[] = {"ignored_column", "private_column", "not_needed",
                                        "not_a_school", "role_by_hand"};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strncmp(note, codes[i], strlen(codes[i])) == 0)
            return true;
    }
    return false;
}

static void oneroster_files_are_taken_as_they_are(void **state)
{
    (void)state;
    static const char orgs[] =
        "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
        "o0,active,,County,district,,\no1,active,,第一小学,school,,o0\n";
    static const char classes[] =
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
        "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
        "k1,active,,三（1）班,03,x,,homeroom,,o1,,,,\n";
    static const char users[] =
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,"
        "familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
        "u1,active,,true,o1,student,wf,,芳,王,,,,,,,03,\n"
        "u2,active,,true,\"o1,o2\",teacher,jo,,Jo,Smith,,,,,,,,\n"
        "u3,active,,true,o1,guardian,x,,某,某,,,,,,,,\n";
    static const char enrollments[] =
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
        "beginDate,endDate\ne1,active,,k1,o1,u1,student,false,,\ne2,active,,k1,o1,u2,teacher,true,,\n";
    static const char sessions[] =
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
        "parentSourcedId,schoolYear\nt1,active,,春季,term,2024-02-29,,,2024\n";
    fate_of(&plainly, NOTHING, LISTS(orgs, classes, users, enrollments, sessions));
    assert_string_equal(strtok(told, "!"), "2 skipped \n3 new school o1 第一小学\n"
                                           "2 new class o1/k1 三（1）班 3\n"
                                           "2 new person o1/u1 王芳\n3 new person o1/u2 Jo Smith\n"
                                           "3 new lecturer o1/u2 at o1/\n4 skipped \n"
                                           "2 new student o1/u1 at o1/k1\n"
                                           "3 new homeroom o1/u2 at o1/k1\n");
    for (const char *note; (note = strtok(NULL, "!"));)
        assert_true(is_harmless(note));
}

static void a_pupil_moves_by_oneroster_too(void **state)
{
    (void)state;
    static const char moved[] = "classSourcedId,schoolSourcedId,userSourcedId,role,status\n"
                                "c2,s1,p1,student,active\nc1,s1,p1,student,tobedeleted\n";
    static const char expected[] =
        "2 new student s1/p1 at s1/c2\n3 skipped student s1/p1 at s1/c1\n"
        "2 removed student s1/p1 at s1/c1\n!moved 2:1 c2\n";
    assert_string_equal(fate_of(&removing, ALL, LISTS(moved)), expected);
    assert_string_equal(fate_of(&plainly, ALL, LISTS(moved)), expected);
}

/* ---- the plan as a whole ---- */

static int note_kind(void *arg, const struct roster_line *line)
{
    char *out = arg;
    strcat(out, line->fate == ROSTER_REMOVED ? "-" : "+");
    strncat(out, &"SCPR"[line->record->kind], 1);
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

/* Writes a list of this one, lets `r` know it, and gives it the list. */
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
    assert_int_equal(roster_know(r, record), 0);
    assert_int_equal(roster_know(r, record), -EEXIST);
    assert_int_equal(give(r, text), 0);
    free(text);
}

static void what_is_written_reads_back_as_the_same(void **state)
{
    (void)state;
    static const enum language languages[] = {LANGUAGE_ZH, LANGUAGE_EN};
    static const struct roster_record school = {ROSTER_SCHOOL, "s1", "", "", "", "=第一小学", 0, 0};
    static const struct roster_record klass = {ROSTER_CLASS, "s1", "c1", "", "", "三（1）班", 3, 0};
    static const struct roster_record person = {ROSTER_PERSON, "", "", "s1", "p1", "王,\"芳", 0, 0};
    static const struct roster_record role = {ROSTER_ROLE, "s1", "c1", "s1",
                                              "p1",        "",   0,    ROSTER_STUDENT};
    for (size_t l = 0; l < 2; l++) {
        struct roster *r;
        const struct roster_plan *plan;
        assert_int_equal(roster_new(&r, &plainly), 0);
        write_and_give(r, &school, languages[l]);
        write_and_give(r, &klass, languages[l]);
        write_and_give(r, &person, languages[l]);
        write_and_give(r, &role, languages[l]);
        assert_int_equal(roster_finish(r, &plan), 0);
        assert_int_equal(plan->n_notes, 0);
        assert_int_equal(plan->count[ROSTER_SAME], ROSTER_KINDS);
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
    for (int i = 0; i < ROSTER_REASONS; i++) {
        const struct message *m = roster_message((enum roster_reason)i);
        assert_true(m->code && m->zh && m->en);
    }
}

static void too_many_rows_are_refused(void **state)
{
    (void)state;
    struct roster *r;
    const struct roster_plan *plan;
    static const char row[] = "s1,x y\n";
    assert_int_equal(roster_new(&r, &plainly), 0);
    assert_int_equal(roster_begin_file(r), 0);
    assert_int_equal(roster_feed(r, "学校编号,学校名称\n", strlen("学校编号,学校名称\n")), 0);
    for (int i = 0; i < ROSTER_ROWS_MAX + 10; i++)
        assert_int_equal(roster_feed(r, row, sizeof(row) - 1), 0);
    assert_int_equal(roster_end_file(r), 0);
    assert_int_equal(roster_finish(r, &plan), 0);
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
        cmocka_unit_test(classes_and_schools_may_be_named),
        cmocka_unit_test(the_only_school_need_not_be_said),
        cmocka_unit_test(a_school_touches_only_its_own),
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
        cmocka_unit_test(nothing_is_removed_unless_asked_for),
        cmocka_unit_test(what_the_lists_leave_out_goes_when_asked_for),
        cmocka_unit_test(a_class_with_pupils_stays),
        cmocka_unit_test(oneroster_files_are_taken_as_they_are),
        cmocka_unit_test(a_pupil_moves_by_oneroster_too),
        cmocka_unit_test(changes_come_in_an_order_that_a_database_takes),
        cmocka_unit_test(one_refused_row_refuses_all),
        cmocka_unit_test(what_is_written_reads_back_as_the_same),
        cmocka_unit_test(a_note_reads_in_both_languages),
        cmocka_unit_test(too_many_rows_are_refused),
        cmocka_unit_test(a_full_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
