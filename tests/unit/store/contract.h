#ifndef AIRCLASS_TESTS_UNIT_STORE_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_CONTRACT_H

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

enum { MANY = 200 }; /* at once */

#define ASK(list, kind, ...)                                                                       \
    scene_ask(&scene, store_##list, &(struct store_question){__VA_ARGS__}, scene_on_##kind)

static void assert_answer(const struct answered *a, const char *expected)
{
    assert_int_equal(a->err, 0);
    assert_string_equal(a->text, expected);
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

static const char roster_7b[] = "homeroom at S1/7B: S1/T1 王老师\n"
                                "student at S1/7B: S1/2026001 李雷\n"
                                "student at S1/7B: S1/2026002 韩梅梅\n";

#endif
