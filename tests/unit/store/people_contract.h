#ifndef AIRCLASS_TESTS_UNIT_STORE_PEOPLE_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_PEOPLE_CONTRACT_H

#include "tests/unit/store/contract.h"

/* What store.h promises of places, people and their roles, and of batches of changes. */

/* -- places and people ------------------------------------------------------------------------- */

static void a_fresh_store_has_a_district_and_nothing_in_it(void **state)
{
    (void)state;
    assert_answer(ASK(list_places, places, .school = ""), "");
    assert_answer(ASK(list_people, people, .school = ""), "");
    assert_answer(ASK(list_members, members, .school = ""), "");
    assert_answer(ASK(list_audit, audit, .school = NULL), "");
}

static void a_batch_makes_a_district_that_outlives_a_restart(void **state)
{
    (void)state;
    make_district();
    for (int i = 0; i < 2; i++) {
        assert_answer(ASK(list_places, places, .school = ""), "S1/ 第一小学 0\nS2/ 第二小学 0\n");
        assert_answer(ASK(list_places, places, .school = "S1"), "S1/7B 七年级2班 7\n");
        assert_answer(ASK(list_people, people, .school = ""), "/D1 赵主任\n");
        assert_answer(ASK(list_people, people, .school = "S1"),
                      "S1/2026001 李雷\nS1/2026002 韩梅梅\nS1/T1 王老师\n");
        assert_answer(ASK(list_members, members, .school = "S1", .klass = "7B"), roster_7b);
        assert_answer(ASK(list_members, members, .school = "S1"),
                      "lecturer at S1/: S1/T1 王老师\n");
        start_again();
    }
}

static void the_same_batch_again_changes_nothing(void **state)
{
    (void)state;
    char id[STORE_NAME_MAX];
    make_district();
    const struct answered *a =
        ASK(list_members, members, .school = "S1", .klass = "7B", .limit = 1);
    assert_true(snprintf(id, sizeof(id), "%s", a->next) < STORE_NAME_MAX); /* the person's id */
    make_district();
    a = ASK(list_members, members, .school = "S1", .klass = "7B", .limit = 1);
    assert_string_equal(a->next, id);
    assert_answer(ASK(list_members, members, .school = "S1", .klass = "7B"), roster_7b);
}

static void what_is_put_again_is_renamed_and_keeps_its_roles(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    struct store_place renamed = class_7b;
    renamed.name = "八年级2班";
    renamed.grade = 8;
    batch_put_place(b, &renamed);
    batch_put_person(b, &(struct store_person){.school = "S1", .code = "2026001", .name = "李磊"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_places, places, .school = "S1"), "S1/7B 八年级2班 8\n");
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "2026001"),
                  "student at S1/7B: S1/2026001 李磊\n");
}

static void codes_belong_to_their_school(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S2", .klass = "7B", .name = "其他"});
    batch_put_person(b,
                     &(struct store_person){.school = "S2", .code = "2026001", .name = "另一个"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(find_person, people, .school = "S1", .code = "2026001"), "S1/2026001 李雷\n");
    assert_answer(ASK(find_person, people, .school = "S2", .code = "2026001"),
                  "S2/2026001 另一个\n");
    assert_answer(ASK(list_members, members, .school = "S2", .klass = "7B"), "");
}

static void a_person_is_found_with_all_roles_everywhere(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    put_role(b, wang, STORE_TUTOR, "S1", "7B");
    put_role(b, wang, STORE_REPORTER, "S2", "");
    put_role(b, wang, STORE_PATROL_COUNTY, "", "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "T1"),
                  "homeroom at S1/7B: S1/T1 王老师\n"
                  "lecturer at S1/: S1/T1 王老师\n"
                  "tutor at S1/7B: S1/T1 王老师\n"
                  "patrol_county at /: S1/T1 王老师\n"
                  "reporter at S2/: S1/T1 王老师\n");
    assert_int_equal(ASK(list_roles, members, .school = "S1", .code = "T2")->err, -ENOENT);
    assert_int_equal(ASK(find_person, people, .school = "S3", .code = "T1")->err, -ENOENT);
}

static void a_guardian_has_wards(void **state)
{
    (void)state;
    const struct store_person mother = {.school = "S1", .code = "G1", .name = "家长"};
    make_district();
    struct batch *b = scene_batch();
    batch_put_person(b, &mother);
    batch_put_guardian(b, &mother, &han);
    batch_put_guardian(b, &mother, &li);
    batch_put_guardian(b, &mother, &li);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_wards, people, .school = "S1", .code = "G1"),
                  "S1/2026001 李雷\nS1/2026002 韩梅梅\n");
    b = scene_batch();
    batch_drop_guardian(b, &mother, &li);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_wards, people, .school = "S1", .code = "G1"), "S1/2026002 韩梅梅\n");
}

static void who_leaves_a_class_stays_a_person(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    struct store_member m = member(li, STORE_STUDENT, "S1", "7B");
    batch_drop_role(b, &m);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "2026001"), "");
    assert_answer(ASK(find_person, people, .school = "S1", .code = "2026001"), "S1/2026001 李雷\n");
}

static void a_dropped_person_leaves_no_role_behind(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &li);
    batch_drop_person(b, "S1", "T1");
    batch_drop_person(b, "S1", "2026002");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_members, members, .school = "S1", .klass = "7B"),
                  "student at S1/7B: S1/2026001 李雷\n");
    assert_answer(ASK(list_members, members, .school = "S1"), "");
    /* Who comes back under the same code is somebody new. */
    b = scene_batch();
    batch_put_person(b, &wang);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "T1"), "");
    assert_answer(ASK(list_wards, people, .school = "S1", .code = "T1"), "");
}

static void a_place_with_something_in_it_stays(void **state)
{
    (void)state;
    size_t at;
    make_district();
    struct batch *b = scene_batch();
    batch_drop_place(b, "S2", "");
    batch_drop_place(b, "S1", "");
    assert_int_equal(scene_apply(&scene, b, &at), -ENOTEMPTY);
    assert_int_equal(at, 1);
    assert_answer(ASK(list_places, places, .school = ""), "S1/ 第一小学 0\nS2/ 第二小学 0\n");
    b = scene_batch();
    batch_drop_place(b, "S1", "7B");
    batch_drop_place(b, "S2", "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_places, places, .school = ""), "S1/ 第一小学 0\n");
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "T1"),
                  "lecturer at S1/: S1/T1 王老师\n");
}

/* -- all or nothing ---------------------------------------------------------------------------- */

static void a_batch_that_fails_at_its_end_changes_nothing(void **state)
{
    (void)state;
    size_t at;
    struct batch *b = district_batch();
    size_t n = batch_count(b);
    put_role(b, li, STORE_STUDENT, "S1", "9Z");
    batch_audit(b, "console", "test", "", "");
    assert_int_equal(scene_apply(&scene, b, &at), -ENOENT);
    assert_int_equal(at, n);
    assert_answer(ASK(list_places, places, .school = ""), "");
    assert_answer(ASK(list_audit, audit, .school = NULL), "");
    make_district();
}

static void each_kind_of_missing_thing_is_told(void **state)
{
    (void)state;
    static const struct store_person nobody = {.school = "S1", .code = "0"};
    static const struct store_place lost = {.school = "S9", .klass = "1", .name = "?"};
    static const struct store_person stray = {.school = "S9", .code = "1"};
    make_district();
    for (int i = 0; i < 10; i++) {
        size_t at;
        struct batch *b = scene_batch();
        struct store_member never = member(nobody, STORE_STUDENT, "S1", "7B");
        struct store_member not_it = member(li, STORE_TUTOR, "S1", "7B");
        batch_put_person(b, &li);
        switch (i) {
        case 0: batch_put_place(b, &lost); break;
        case 1: batch_put_person(b, &stray); break;
        case 2: batch_put_role(b, &never); break;
        case 3: batch_drop_role(b, &not_it); break;
        case 4: batch_drop_person(b, "S1", "0"); break;
        case 5: batch_drop_place(b, "S9", ""); break;
        case 6: batch_drop_place(b, "S1", "9Z"); break;
        case 7: batch_put_guardian(b, &wang, &nobody); break;
        case 8: batch_drop_guardian(b, &wang, &li); break;
        case 9: batch_drop_lesson(b, "none"); break;
        }
        assert_int_equal(scene_apply(&scene, b, &at), -ENOENT);
        assert_int_equal(at, 1);
    }
}

static void a_role_is_held_where_it_belongs(void **state)
{
    (void)state;
    static const struct {
        enum store_role role;
        const char *school, *klass;
    } wrong[] = {
        {STORE_DISTRICT_ADMIN, "S1", ""  },
        {STORE_SCHOOL_ADMIN,   "",   ""  },
        {STORE_SCHOOL_ADMIN,   "S1", "7B"},
        {STORE_HOMEROOM,       "S1", ""  },
        {STORE_STUDENT,        "",   ""  },
        {STORE_STUDENT,        "",   "7B"},
        {STORE_LECTURER,       "S1", "7B"},
        {STORE_GUARDIAN,       "S1", "7B"},
        {STORE_PATROL_CITY,    "S1", ""  },
        {0,                    "S1", ""  },
        {99,                   "S1", ""  },
    };
    make_district();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct batch *b = scene_batch();
        put_role(b, li, wrong[i].role, wrong[i].school, wrong[i].klass);
        assert_int_equal(scene_apply(&scene, b, NULL), -EINVAL);
    }
    assert_answer(ASK(list_roles, members, .school = "S1", .code = "2026001"),
                  "student at S1/7B: S1/2026001 李雷\n");
}

static void texts_have_limits_and_codes_are_not_empty(void **state)
{
    (void)state;
    char long_code[STORE_CODE_MAX + 1], long_name[STORE_NAME_MAX + 1];
    memset(long_code, 'c', sizeof(long_code));
    memset(long_name, 'n', sizeof(long_name));
    long_code[STORE_CODE_MAX] = long_name[STORE_NAME_MAX] = '\0';
    const struct store_person wrong[] = {
        {.school = "",        .code = "",        .name = "x"      },
        {.school = "",        .code = NULL,      .name = "x"      },
        {.school = "",        .code = long_code, .name = "x"      },
        {.school = long_code, .code = "1",       .name = "x"      },
        {.school = "",        .code = "1",       .name = long_name},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct batch *b = scene_batch();
        batch_put_person(b, &zhao);
        batch_put_person(b, &wrong[i]);
        assert_int_equal(batch_count(b), 0);
        assert_int_equal(scene_apply(&scene, b, NULL), -EINVAL);
    }
    long_code[STORE_CODE_MAX - 1] = long_name[STORE_NAME_MAX - 1] = '\0';
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = long_code, .name = long_name});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(ASK(find_person, people, .code = long_code)->n, 1);
}

static void what_stands_in_a_text_is_only_text(void **state)
{
    (void)state;
    static const char nasty[] = "'; DROP TABLE person; -- \" \\ %s ${x} 😀\xff\x01";
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.code = nasty, .name = nasty});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    const struct answered *a = ASK(find_person, people, .code = nasty);
    char expected[256];
    snprintf(expected, sizeof(expected), "/%s %s\n", nasty, nasty);
    assert_answer(a, expected);
}

static void an_empty_batch_is_no_mistake(void **state)
{
    (void)state;
    assert_int_equal(scene_apply(&scene, scene_batch(), NULL), 0);
}

static struct batch *batch_that_expects(int64_t revision)
{
    struct batch *b = scene_batch();
    batch_expect(b, revision);
    batch_put_person(b, &(struct store_person){.code = "X", .name = "x"});
    return b;
}

static void a_batch_may_want_people_as_they_were_read(void **state)
{
    (void)state;
    size_t at;
    make_district();
    int64_t read = ASK(list_people, people, .school = "S1")->revision;
    /* What is no place and no person does not count; nor does a batch that failed. */
    assert_int_equal(put_lesson("a", "key", true), 0);
    struct batch *b = scene_batch();
    batch_drop_person(b, "S1", "nobody");
    assert_int_equal(scene_apply(&scene, b, NULL), -ENOENT);
    assert_int_equal(ASK(list_places, places, .school = "S1")->revision, read);
    assert_int_equal(scene_apply(&scene, batch_that_expects(read), NULL), 0);
    /* That was a change itself. */
    assert_int_equal(scene_apply(&scene, batch_that_expects(read), &at), -ECANCELED);
    assert_int_equal(at, 0);
    int64_t now = ASK(list_members, members, .school = "S1", .klass = "7B")->revision;
    assert_int_not_equal(now, read);
    assert_int_equal(ASK(list_wards, people, .code = "X")->revision, now);
    assert_int_equal(ASK(list_roles, members, .code = "X")->revision, now);
    start_again();
    assert_int_equal(scene_apply(&scene, batch_that_expects(now), NULL), 0);
}

static inline int people_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(a_fresh_store_has_a_district_and_nothing_in_it),
        CONTRACT(a_batch_makes_a_district_that_outlives_a_restart),
        CONTRACT(the_same_batch_again_changes_nothing),
        CONTRACT(what_is_put_again_is_renamed_and_keeps_its_roles),
        CONTRACT(codes_belong_to_their_school),
        CONTRACT(a_person_is_found_with_all_roles_everywhere),
        CONTRACT(a_guardian_has_wards),
        CONTRACT(who_leaves_a_class_stays_a_person),
        CONTRACT(a_dropped_person_leaves_no_role_behind),
        CONTRACT(a_place_with_something_in_it_stays),
        CONTRACT(a_batch_that_fails_at_its_end_changes_nothing),
        CONTRACT(each_kind_of_missing_thing_is_told),
        CONTRACT(a_role_is_held_where_it_belongs),
        CONTRACT(texts_have_limits_and_codes_are_not_empty),
        CONTRACT(what_stands_in_a_text_is_only_text),
        CONTRACT(an_empty_batch_is_no_mistake),
        CONTRACT(a_batch_may_want_people_as_they_were_read),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
