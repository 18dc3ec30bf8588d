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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oneroster_files_are_taken_as_they_are),
        cmocka_unit_test(a_pupil_moves_by_oneroster_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
