#include "tests/unit/roster/lists.h"

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
        "u1,active,,true,o1,student,wf,,芳,王,,,,,,\"u3,u4\",03,\n"
        "u2,active,,true,\"o1,o2\",teacher,jo,,Jo,Smith,,,,,,,,\n"
        "u3,active,,true,o1,guardian,x,,强,王,,,,,,u1,,\n"
        "u4,active,,true,o1,relative,x,,娜,李,,,,,,,,\n"
        "u5,active,,true,o1,administrator,x,,某,某,,,,,,,,\n";
    static const char enrollments[] =
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
        "beginDate,endDate\ne1,active,,k1,o1,u1,student,false,,\ne2,active,,k1,o1,u2,teacher,true,,\n";
    static const char sessions[] =
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,"
        "parentSourcedId,schoolYear\nt1,active,,春季,term,2024-02-29,,,2024\n";
    fate_of(&plainly, NOTHING, LISTS(orgs, classes, users, enrollments, sessions));
    assert_string_equal(strtok(told, "!"), "2 skipped \n3 new school o1 第一小学\n"
                                           "2 new class o1/k1 三（1）班 3\n"
                                           "2 new person o1/u1 王芳\n"
                                           "2 new guardian o1/u3 王强 of o1/u1\n"
                                           "2 new guardian o1/u4 李娜 of o1/u1\n"
                                           "3 new person o1/u2 Jo Smith\n"
                                           "3 new lecturer o1/u2 at o1/\n"
                                           "4 new person o1/u3 王强\n5 new person o1/u4 李娜\n"
                                           "6 skipped \n"
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

static void agents_are_guardians_and_pupils_alone(void **state)
{
    (void)state;
    static const char head[] =
        "sourcedId,orgSourcedIds,role,givenName,familyName,agentSourcedIds\n";
    char users[512];
    /* A brother is no guardian; a teacher's agents say nothing. */
    snprintf(users, sizeof(users), "%sp1,s1,student,芳,王,\"p2, t1 ,\"\nt1,s1,teacher,伟,张,p2\n",
             head);
    assert_string_equal(fate_of(&plainly, ALL, LISTS(users)),
                        "2 same person s1/p1 王芳\n2 new guardian s1/t1 张伟 of s1/p1\n"
                        "3 same person s1/t1 张伟\n3 new lecturer s1/t1 at s1/\n"
                        "!agent_left 2:6 p2\n");
    snprintf(users, sizeof(users), "%sp1,s1,student,芳,王,nobody\ng1,s1,parent,强,王,t1\n", head);
    assert_string_equal(fate_of(&plainly, ALL, LISTS(users)),
                        "2 same person s1/p1 王芳\n2 refused \n3 new person s1/g1 王强\n"
                        "3 refused \n!unknown_person 2:6 nobody\n!not_a_pupil 3:6 t1\n");
    snprintf(users, sizeof(users), "%sp1,s1,student,芳,王,13800138000\n", head);
    assert_string_equal(fate_of(&plainly, ALL, LISTS(users)),
                        "2 refused \n!looks_like_a_phone 2:6 \n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oneroster_files_are_taken_as_they_are),
        cmocka_unit_test(a_pupil_moves_by_oneroster_too),
        cmocka_unit_test(agents_are_guardians_and_pupils_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
