#ifndef AIRCLASS_TESTS_UNIT_STORE_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_CONTRACT_H

#include "server/store/whole.h"
#include "tests/unit/store/scene.h"

/*
 * What store.h promises, whatever database is behind it. A driver is a row: how a fresh place is
 * made, how a store is opened in it (again and again), and how it goes away.
 */
struct driver {
    const char *name;
    void (*make)(struct scene *s);
    void (*open)(struct scene *s);
    void (*remove)(struct scene *s);
};

static const struct driver *driver;
static struct scene scene;

static int contract_setup(void **state)
{
    (void)state;
    driver->make(&scene);
    driver->open(&scene);
    return 0;
}

static int contract_teardown(void **state)
{
    (void)state;
    if (scene.store)
        scene_close(&scene);
    driver->remove(&scene);
    return 0;
}

#define CONTRACT(f) cmocka_unit_test_setup_teardown(f, contract_setup, contract_teardown)

/* How many fail, with all drivers together. */
static inline int contract_run_tests(const struct driver *drivers, size_t n,
                                     const struct CMUnitTest *tests, size_t n_tests)
{
    int failed = 0;
    for (size_t i = 0; i < n; i++) {
        driver = &drivers[i];
        failed += _cmocka_run_group_tests(driver->name, tests, n_tests, NULL, NULL);
    }
    return failed;
}

static void start_again(void)
{
    scene_close(&scene);
    driver->open(&scene);
}

/* -- what a district has ----------------------------------------------------------------------- */

static const struct store_place school_1 = {.school = "S1", .name = "第一小学"};
static const struct store_place school_2 = {.school = "S2", .name = "第二小学"};
static const struct store_place class_7b = {
    .school = "S1", .klass = "7B", .name = "七年级2班", .grade = 7};
static const struct store_person li = {.school = "S1", .code = "2026001", .name = "李雷"};
static const struct store_person han = {.school = "S1", .code = "2026002", .name = "韩梅梅"};
static const struct store_person wang = {.school = "S1", .code = "T1", .name = "王老师"};
static const struct store_person zhao = {.school = "", .code = "D1", .name = "赵主任"};

static struct store_member member(struct store_person person, enum store_role role,
                                  const char *school, const char *klass)
{
    return (struct store_member){.person = person, .role = role, .school = school, .klass = klass};
}

static void put_role(struct batch *b, struct store_person person, enum store_role role,
                     const char *school, const char *klass)
{
    struct store_member m = member(person, role, school, klass);
    batch_put_role(b, &m);
}

static struct batch *district_batch(void)
{
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.name = "高新区"});
    batch_put_place(b, &school_1);
    batch_put_place(b, &school_2);
    batch_put_place(b, &class_7b);
    batch_put_person(b, &li);
    batch_put_person(b, &han);
    batch_put_person(b, &wang);
    batch_put_person(b, &zhao);
    put_role(b, zhao, STORE_DISTRICT_ADMIN, "", "");
    put_role(b, wang, STORE_HOMEROOM, "S1", "7B");
    put_role(b, wang, STORE_LECTURER, "S1", "");
    put_role(b, li, STORE_STUDENT, "S1", "7B");
    put_role(b, han, STORE_STUDENT, "S1", "7B");
    return b;
}

static void make_district(void)
{
    assert_int_equal(scene_apply(&scene, district_batch(), NULL), 0);
}

#define ASK(list, kind, ...)                                                                       \
    scene_ask(&scene, store_##list, &(struct store_question){__VA_ARGS__}, scene_on_##kind)

static void assert_answer(const struct answered *a, const char *expected)
{
    assert_int_equal(a->err, 0);
    assert_string_equal(a->text, expected);
}

static int put_lesson(const char *id, const char *stream_key, bool is_open);

static const char roster_7b[] = "homeroom at S1/7B: S1/T1 王老师\n"
                                "student at S1/7B: S1/2026001 李雷\n"
                                "student at S1/7B: S1/2026002 韩梅梅\n";

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
    snprintf(id, sizeof(id), "%s", a->next); /* holds the person's id */
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

/* -- many at once ------------------------------------------------------------------------------ */

enum { MANY = 200 };

static void changes_asked_for_together_are_told_one_by_one(void **state)
{
    (void)state;
    static struct told told[MANY];
    memset(told, 0, sizeof(told));
    for (int i = 0; i < MANY; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%04d", i);
        struct batch *b = scene_batch();
        batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
        if (i % 10 == 3)
            batch_drop_person(b, "", "nobody"); /* fails, and takes its own person back */
        assert_int_equal(store_apply(scene.store, &b, scene_on_applied, &told[i]), 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(told[i].times, 1);
        assert_int_equal(told[i].err, i % 10 == 3 ? -ENOENT : 0);
    }
    const struct answered *a = ASK(list_people, people, .school = "");
    assert_int_equal(a->n, MANY - MANY / 10);
    assert_null(strstr(a->text, "/0003 "));
    assert_non_null(strstr(a->text, "/0004 "));
}

static void what_was_told_is_seen_by_every_question_after(void **state)
{
    (void)state;
    for (int i = 1; i <= 20; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%04d", i);
        struct batch *b = scene_batch();
        batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
        assert_int_equal(ASK(list_people, people, .school = "")->n, i);
    }
}

static void a_place_is_found_by_its_codes(void **state)
{
    (void)state;
    make_district();
    assert_answer(ASK(find_place, places, .school = ""), "/ 高新区 0\n");
    assert_answer(ASK(find_place, places, .school = "S1"), "S1/ 第一小学 0\n");
    assert_answer(ASK(find_place, places, .school = "S1", .klass = "7B"), "S1/7B 七年级2班 7\n");
    assert_int_equal(ASK(find_place, places, .school = "S9")->err, -ENOENT);
    assert_int_equal(ASK(find_place, places, .school = "S2", .klass = "7B")->err, -ENOENT);
}

struct whole_told {
    struct answered rows;
    int rows_left; /* then a row says -E2BIG; 0: never */
};

static int on_whole_row(void *arg, const struct store_row *row)
{
    struct whole_told *t = arg;
    const struct store_member *m = &row->member;
    switch (row->kind) {
    case STORE_ROW_PLACE:
        answered_say(&t->rows, "%s/%s %s %d\n", row->place.school, row->place.klass,
                     row->place.name, row->place.grade);
        break;
    case STORE_ROW_PERSON:
        assert_true(strlen(row->person.id) > 0);
        answered_say(&t->rows, "%s/%s %s\n", row->person.school, row->person.code,
                     row->person.name);
        break;
    case STORE_ROW_ROLE:
        assert_true(strlen(m->person.id) > 0);
        t->rows.n++;
        if (m->role == STORE_STUDENT)
            answered_say(&t->rows, "%s/%s in %s/%s\n", m->person.school, m->person.code, m->school,
                         m->klass);
        break;
    case STORE_ROW_WARD:
        answered_say(&t->rows, "ward %d\n", strcmp(row->guardian, row->ward) != 0);
        break;
    }
    return t->rows_left && --t->rows_left == 0 ? -E2BIG : 0;
}

static void on_whole_read(void *arg, int err, int64_t revision)
{
    struct whole_told *t = arg;
    t->rows.times++;
    t->rows.err = err;
    t->rows.revision = revision;
}

static void read_whole(struct whole_told *t)
{
    memset(t, 0, sizeof(*t));
    assert_int_equal(store_read_whole(scene.store, on_whole_row, on_whole_read, t), 0);
    assert_int_equal(t->rows.times, 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(t->rows.times, 1);
    assert_int_equal(t->rows.err, 0);
}

static void everything_is_read_as_of_one_moment(void **state)
{
    static struct whole_told t;
    (void)state;
    read_whole(&t);
    assert_string_equal(t.rows.text, "");
    int64_t before = t.rows.revision;
    make_district();
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &li);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    read_whole(&t);
    char *students = strstr(t.rows.text, "S1/2026001 in");
    assert_non_null(students);
    assert_non_null(strstr(students, "S1/7B\n"));
    assert_non_null(strstr(t.rows.text, "S1/2026002 in S1/7B\n"));
    assert_non_null(strstr(t.rows.text, "ward 1\n"));
    assert_int_equal(t.rows.n, 5);
    static const char first[] = "S1/ 第一小学 0\nS2/ 第二小学 0\nS1/7B 七年级2班 7\n/D1 赵主任\n"
                                "S1/2026001 李雷\nS1/2026002 韩梅梅\nS1/T1 王老师\n";
    assert_memory_equal(t.rows.text, first, sizeof(first) - 1);
    assert_true(t.rows.revision > before);
    assert_int_equal(t.rows.revision, ASK(list_people, people, .school = "S1")->revision);
}

static void on_about(void *arg, const struct store_answer *answer)
{
    struct whole_told *t = arg;
    t->rows.times++;
    t->rows.err = answer->err;
    for (size_t i = 0; i < answer->n; i++)
        on_whole_row(t, &answer->rows[i]);
}

static const struct whole_told *read_about(const char *school, const char *klass, const char *code)
{
    static struct whole_told t;
    struct store_about about = {.code = ""};
    memset(&t, 0, sizeof(t));
    snprintf(about.school, sizeof(about.school), "%s", school);
    snprintf(about.klass, sizeof(about.klass), "%s", klass);
    snprintf(about.code, sizeof(about.code), "%s", code);
    assert_int_equal(store_read_about(scene.store, &about, on_about, &t), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(t.rows.times, 1);
    assert_int_equal(t.rows.err, 0);
    return &t;
}

static void one_person_or_place_is_read_with_all_that_is_theirs(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    batch_put_guardian(b, &wang, &li);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(read_about("S1", "", "2026001")->rows.text,
                        "S1/2026001 李雷\nS1/2026001 in S1/7B\n");
    const struct whole_told *t = read_about("S1", "", "T1");
    assert_string_equal(t->rows.text, "S1/T1 王老师\nward 1\n");
    assert_int_equal(t->rows.n, 2);
    assert_string_equal(read_about("S1", "", "")->rows.text, "S1/ 第一小学 0\n");
    t = read_about("S1", "7B", "");
    assert_memory_equal(t->rows.text, "S1/7B 七年级2班 7\n", 10);
    assert_true(strstr(t->rows.text, "S1/2026001 in S1/7B\n"));
    assert_true(strstr(t->rows.text, "S1/2026002 in S1/7B\n"));
    assert_int_equal(read_about("", "", "")->rows.n, 1); /* the role of its administrator alone */
    assert_string_equal(read_about("S1", "", "nobody")->rows.text, "");
    assert_string_equal(read_about("S9", "9", "")->rows.text, "");
}

static void a_batch_knows_whom_it_is_about(void **state)
{
    struct store_about about;
    (void)state;
    struct batch *b = scene_batch();
    assert_false(batch_about(b, &about));
    batch_drop_role(b, &(struct store_member){
                           .person = li, .role = STORE_STUDENT, .school = "S1", .klass = "7B"});
    batch_put_role(b, &(struct store_member){
                          .person = li, .role = STORE_STUDENT, .school = "S1", .klass = "7A"});
    batch_audit(b, "console", "role.put", "", "");
    assert_true(batch_about(b, &about));
    assert_string_equal(about.school, li.school);
    assert_string_equal(about.klass, "");
    assert_string_equal(about.code, li.code);
    batch_put_person(b, &wang);
    assert_false(batch_about(b, &about));
    batch_put_person(b, &wang);
    assert_false(batch_about(b, &about));
    batch_free(&b);
    b = scene_batch();
    batch_put_guardian(b, &wang, &li);
    assert_true(batch_about(b, &about));
    assert_string_equal(about.code, wang.code);
    batch_free(&b);
    b = scene_batch();
    batch_drop_place(b, "S1", "7B");
    assert_true(batch_about(b, &about));
    assert_string_equal(about.klass, "7B");
    assert_string_equal(about.code, "");
    batch_free(&b);
}

static void a_reader_of_everything_may_have_enough(void **state)
{
    static struct whole_told t;
    int64_t revision;
    (void)state;
    make_district();
    memset(&t, 0, sizeof(t));
    t.rows_left = 2;
    assert_int_equal(store_read_whole_now(scene.store, on_whole_row, &t, &revision), -E2BIG);
    assert_string_equal(t.rows.text, "S1/ 第一小学 0\nS2/ 第二小学 0\n");
    /* Nothing of it stays begun. */
    make_district();
    assert_answer(ASK(find_place, places, .school = "S1"), "S1/ 第一小学 0\n");
}

static void pages_hold_everybody_once(void **state)
{
    (void)state;
    struct batch *b = district_batch();
    for (int i = 0; i < 100; i++) {
        char code[16];
        snprintf(code, sizeof(code), "p/%d", i * 7919 % 1000);
        const struct store_person p = {.school = "S1", .code = code, .name = "x"};
        batch_put_person(b, &p);
        put_role(b, p, i % 2 ? STORE_STUDENT : STORE_TUTOR, "S1", "7B");
    }
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    static const size_t limits[] = {1, 7, 103, 1000};
    for (size_t i = 0; i < 4; i++) {
        char after[STORE_NAME_MAX] = "", after_member[STORE_NAME_MAX] = "";
        size_t people = 0, members = 0;
        do {
            const struct answered *a =
                ASK(list_people, people, .school = "S1", .after = after, .limit = limits[i]);
            assert_int_equal(a->err, 0);
            people += a->n;
            strcpy(after, a->next);
        } while (after[0]);
        do {
            const struct answered *a = ASK(list_members, members, .school = "S1", .klass = "7B",
                                           .after = after_member, .limit = limits[i]);
            assert_int_equal(a->err, 0);
            members += a->n;
            strcpy(after_member, a->next);
        } while (after_member[0]);
        assert_int_equal(people, 103);
        assert_int_equal(members, 103);
    }
}

static void a_bad_place_in_a_list_is_an_error(void **state)
{
    (void)state;
    char far[STORE_NAME_MAX + 1];
    make_district();
    static const char *const bad[] = {"x",
                                      "1",
                                      "1/",
                                      "1/noslash",
                                      "1/an-id-that-is-much-too-long-to-be-one-of-ours-ever/x",
                                      " 1/a/x",
                                      "+1/a/x",
                                      "01/a/x",
                                      "-1/a/x",
                                      "256/a/x",
                                      "9999999999999999999999/a/x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(
            ASK(list_members, members, .school = "S1", .klass = "7B", .after = bad[i])->err,
            -EINVAL);
    static const char *const no_numbers[] = {"1x", "-1", " 1", "1.0", "9999999999999999999999"};
    for (size_t i = 0; i < sizeof(no_numbers) / sizeof(*no_numbers); i++)
        assert_int_equal(ASK(list_audit, audit, .after = no_numbers[i])->err, -EINVAL);
    memset(far, 'x', sizeof(far));
    far[STORE_NAME_MAX] = '\0';
    assert_int_equal(ASK(list_people, people, .school = "S1", .after = far)->err, -EINVAL);
    assert_int_equal(ASK(list_people, people, .school = "S9")->err, -ENOENT);
    assert_int_equal(ASK(list_members, members, .school = "S1", .klass = "9Z")->err, -ENOENT);
}

static void people_are_found_by_a_part_of_their_name_or_code(void **state)
{
    (void)state;
    struct batch *b = district_batch();
    static const struct store_person people[] = {
        {.school = "S1", .code = "a_1", .name = "Smith 50%"},
        {.school = "S1", .code = "a-1", .name = "Miss!"    },
        {.school = "S2", .code = "a-2", .name = "韩梅"   },
    };
    for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
        batch_put_person(b, &people[i]);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    static const struct {
        const char *find, *want;
    } finds[] = {
        {"梅",       "S1/2026002 韩梅梅\n"                   },
        {"2026",      "S1/2026001 李雷\nS1/2026002 韩梅梅\n"},
        {"smith",     "S1/a_1 Smith 50%\n"                       },
        {"MI",        "S1/a-1 Miss!\nS1/a_1 Smith 50%\n"         },
        {"%",         "S1/a_1 Smith 50%\n"                       },
        {"_",         "S1/a_1 Smith 50%\n"                       },
        {"!",         "S1/a-1 Miss!\n"                           },
        {"\\",        ""                                         },
        {"x' OR ''=", ""                                         },
    };
    for (size_t i = 0; i < sizeof(finds) / sizeof(*finds); i++)
        assert_answer(ASK(list_people, people, .school = "S1", .find = finds[i].find),
                      finds[i].want);
    const struct answered *a = ASK(list_people, people, .school = "S1", .find = "2026", .limit = 1);
    assert_string_equal(a->next, "2026001");
    assert_answer(ASK(list_people, people, .school = "S1", .find = "2026", .after = "2026001"),
                  "S1/2026002 韩梅梅\n");
}

/* -- lessons ----------------------------------------------------------------------------------- */

static char lessons_text[4096];

static int say_lesson(void *arg, const struct store_lesson *l)
{
    size_t used = strlen(lessons_text);
    snprintf(lessons_text + used, sizeof(lessons_text) - used, "%s '%s' %s %s %d\n", l->id,
             l->title, l->stream_key, l->watch_key, l->is_open);
    return arg && strcmp(l->id, arg) == 0 ? -ECANCELED : 0;
}

static const char *lessons_now(void)
{
    lessons_text[0] = '\0';
    assert_int_equal(store_each_lesson(scene.store, say_lesson, NULL), 0);
    return lessons_text;
}

static int put_lesson(const char *id, const char *stream_key, bool is_open)
{
    struct batch *b = scene_batch();
    batch_put_lesson(b, &(struct store_lesson){.id = id,
                                               .title = "数学",
                                               .stream_key = stream_key,
                                               .watch_key = is_open ? "" : "watch",
                                               .is_open = is_open});
    return scene_apply(&scene, b, NULL);
}

static void lessons_are_made_changed_and_dropped(void **state)
{
    (void)state;
    assert_int_equal(put_lesson("b", "key-b", true), 0);
    assert_int_equal(put_lesson("a", "key-a", false), 0);
    assert_string_equal(lessons_now(), "a '数学' key-a watch 0\nb '数学' key-b  1\n");
    assert_int_equal(put_lesson("b", "key-c", false), 0);
    start_again();
    assert_string_equal(lessons_now(), "a '数学' key-a watch 0\nb '数学' key-c watch 0\n");
    struct batch *b = scene_batch();
    batch_drop_lesson(b, "a");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(lessons_now(), "b '数学' key-c watch 0\n");
}

static void a_stream_key_opens_one_lesson(void **state)
{
    (void)state;
    assert_int_equal(put_lesson("a", "key", false), 0);
    assert_int_equal(put_lesson("b", "key", false), -EEXIST);
    assert_string_equal(lessons_now(), "a '数学' key watch 0\n");
}

static void there_may_be_more_lessons_than_fit_a_page(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    char id[16];
    for (int i = 0; i < STORE_PAGE_MAX + 5; i++) {
        snprintf(id, sizeof(id), "%d", i);
        batch_put_lesson(b, &(struct store_lesson){.id = id, .stream_key = id});
    }
    assert_int_equal(store_apply_now(scene.store, &b, NULL), 0);
    lessons_now();
    /* Whoever reads may stop. */
    lessons_text[0] = '\0';
    assert_int_equal(store_each_lesson(scene.store, say_lesson, (void *)"10"), -ECANCELED);
    assert_string_equal(lessons_text, "0 '' 0  0\n1 '' 1  0\n10 '' 10  0\n");
}

/* -- the audit log ----------------------------------------------------------------------------- */

static void the_audit_log_keeps_the_order_and_every_word(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    batch_audit(b, "console", "setup", "", "first");
    batch_audit(b, "console", "roster.import", "school:S1", "2 pupils\n'and' more");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    start_again();
    b = scene_batch();
    batch_audit(b, "p-17", "lesson.create", "a", NULL);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_audit, audit, .after = NULL),
                  "1 console setup  first\n"
                  "2 console roster.import school:S1 2 pupils\n'and' more\n"
                  "3 p-17 lesson.create a \n");
    assert_answer(ASK(list_audit, audit, .after = "1", .limit = 1),
                  "2 console roster.import school:S1 2 pupils\n'and' more\n");
    b = scene_batch();
    batch_audit(b, "", "act", "", "");
    assert_int_equal(scene_apply(&scene, b, NULL), -EINVAL);
}

/* -- the end ----------------------------------------------------------------------------------- */

static void the_log_knows_people_by_their_ids(void **state)
{
    (void)state;
    make_district();
    struct batch *b = scene_batch();
    struct store_person new_one = {.school = "S1", .code = "2026003", .name = "新"};
    batch_put_person(b, &new_one);
    batch_audit_person(b, "console", "person.put", &new_one, "");
    batch_audit_person(b, "console", "person.drop", &li, "");
    batch_drop_person(b, "S1", "2026001");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    const struct answered *a = ASK(list_audit, audit, .school = NULL);
    assert_int_equal(a->n, 2);
    assert_non_null(strstr(a->text, "1 console person.put person:"));
    assert_non_null(strstr(a->text, "2 console person.drop person:"));
    assert_null(strstr(a->text, "2026"));
    b = scene_batch();
    batch_audit_person(b, "console", "person.drop", &li, "");
    assert_int_equal(scene_apply(&scene, b, NULL), -ENOENT);
}

static void closing_finishes_what_was_begun(void **state)
{
    (void)state;
    static struct told told[MANY];
    memset(told, 0, sizeof(told));
    for (int i = 0; i < MANY; i++) {
        char code[16];
        snprintf(code, sizeof(code), "%d", i);
        struct batch *b = scene_batch();
        batch_put_person(b, &(struct store_person){.code = code, .name = "x"});
        assert_int_equal(store_apply(scene.store, &b, scene_on_applied, &told[i]), 0);
    }
    store_close(scene.store, scene_on_closed, &scene);
    struct batch *b = scene_batch();
    assert_int_equal(store_apply(scene.store, &b, scene_on_applied, NULL), -ESHUTDOWN);
    assert_null(b);
    assert_int_equal(
        store_list_people(scene.store, &(struct store_question){.limit = 1}, scene_on_people, NULL),
        -ESHUTDOWN);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_true(scene.is_closed);
    for (int i = 0; i < MANY; i++)
        assert_true(told[i].times == 1 && told[i].err == 0);
    driver->open(&scene);
    assert_int_equal(ASK(list_people, people, .school = "")->n, MANY);
}

static void who_is_forgotten_is_not_told_but_obeyed(void **state)
{
    (void)state;
    struct told gone = {0}, stays = {0};
    static struct answered never;
    struct batch *b = scene_batch(), *other = scene_batch();
    batch_put_person(b, &zhao);
    batch_put_person(other, &zhao);
    assert_int_equal(store_apply(scene.store, &b, scene_on_applied, &gone), 0);
    assert_int_equal(store_apply(scene.store, &other, scene_on_applied, &stays), 0);
    assert_int_equal(store_list_people(scene.store, &(struct store_question){.limit = 1},
                                       scene_on_people, &never),
                     0);
    store_forget(scene.store, &gone);
    store_forget(scene.store, &never);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(gone.times, 0);
    assert_int_equal(never.times, 0);
    assert_int_equal(stays.times, 1);
    assert_int_equal(ASK(list_people, people, .school = "")->n, 1);
}

static void apply_next(void *arg, int err, size_t at)
{
    (void)at;
    assert_int_equal(err, 0);
    struct batch *b = scene_batch();
    batch_put_person(b, &zhao);
    assert_int_equal(store_apply(scene.store, &b, scene_on_applied, arg), 0);
}

static void who_is_told_may_ask_for_more(void **state)
{
    (void)state;
    struct told told = {0};
    struct batch *b = scene_batch();
    assert_int_equal(store_apply(scene.store, &b, apply_next, &told), 0);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(told.times, 1);
    assert_int_equal(told.err, 0);
}

static inline int contract_run(const struct driver *drivers, size_t n)
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
        CONTRACT(changes_asked_for_together_are_told_one_by_one),
        CONTRACT(what_was_told_is_seen_by_every_question_after),
        CONTRACT(a_place_is_found_by_its_codes),
        CONTRACT(everything_is_read_as_of_one_moment),
        CONTRACT(one_person_or_place_is_read_with_all_that_is_theirs),
        CONTRACT(a_batch_knows_whom_it_is_about),
        CONTRACT(a_reader_of_everything_may_have_enough),
        CONTRACT(pages_hold_everybody_once),
        CONTRACT(people_are_found_by_a_part_of_their_name_or_code),
        CONTRACT(a_bad_place_in_a_list_is_an_error),
        CONTRACT(lessons_are_made_changed_and_dropped),
        CONTRACT(a_stream_key_opens_one_lesson),
        CONTRACT(there_may_be_more_lessons_than_fit_a_page),
        CONTRACT(the_audit_log_keeps_the_order_and_every_word),
        CONTRACT(the_log_knows_people_by_their_ids),
        CONTRACT(closing_finishes_what_was_begun),
        CONTRACT(who_is_forgotten_is_not_told_but_obeyed),
        CONTRACT(who_is_told_may_ask_for_more),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
