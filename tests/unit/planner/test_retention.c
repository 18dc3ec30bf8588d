#include "tests/unit/planner/office.h"

/* The rules of these tests: 30 days, 7 for the first grade, 100 in school s2. */
static const char rules[] = "[rule all]\nretention-days = 30\nhours = 08:00-12:00\n"
                            "[rule small]\ngrades = 1\nretention-days = 7\n"
                            "[rule other]\nschool = s2\nretention-days = 100\n";

static const struct {
    const char *school, *klass, *code;
} pupils[] = {
    {"s1", "c1", "first"  },
    {"s1", "c7", "seventh"},
    {"s2", "c7", "other"  },
    {"s1", NULL, "left"   },
};
enum { PUPILS = sizeof(pupils) / sizeof(*pupils) };

static void put_rules(const char *text)
{
    struct batch *b = scene_batch();
    batch_put_policy(b, text);
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
}

static void put_minutes(const char *code, const char *school, const int32_t *days, size_t n)
{
    char id[STORE_ID_MAX];
    const struct store_question q = {.school = school, .code = code};
    assert_int_equal(store_find_person(office.scene.store, &q, office_keep_id, id), 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    struct batch *b = scene_batch();
    for (size_t i = 0; i < n; i++)
        batch_put_minutes(b, &(struct store_minutes){.person = id, .day = days[i], .group_s = 60});
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
}

/* Everybody was there so many days ago. */
static void put_pupils(void)
{
    static const int32_t ago[] = {101, 100, 31, 30, 8, 7, 0};
    int32_t days[7], today = day_of("2024-03-05");
    struct batch *b = scene_batch();
    for (size_t i = 0; i < 7; i++)
        days[i] = today - ago[i];
    for (size_t i = 0; i < PUPILS; i++) {
        struct store_member m = {
            .role = STORE_STUDENT, .school = pupils[i].school, .klass = pupils[i].klass};
        m.person = (struct store_person){
            .school = pupils[i].school, .code = pupils[i].code, .name = "学生"};
        batch_put_person(b, &m.person);
        if (m.klass)
            batch_put_role(b, &m);
    }
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    for (size_t i = 0; i < PUPILS; i++)
        put_minutes(pupils[i].code, pupils[i].school, days, 7);
}

static void count_rows(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->err, 0);
    *(size_t *)arg = answer->n;
}

/* How many have minutes of that day. */
static size_t there(int32_t ago)
{
    char day[16];
    size_t n = 0;
    snprintf(day, sizeof(day), "%d", day_of("2024-03-05") - ago);
    const struct store_question q = {.code = day};
    assert_int_equal(store_list_minutes(office.scene.store, &q, count_rows, &n), 0);
    uv_run(&office.scene.loop, UV_RUN_DEFAULT);
    return n;
}

/* A new day, and what comes with it is on the disk: changes are made in the order of asking. */
static void begin_day(void)
{
    office_set_clock("2024-03-05", 0, 1);
    office_restart();
    assert_int_equal(scene_apply(&office.scene, scene_batch(), NULL), 0);
}

static void minutes_are_kept_as_long_as_the_rules_of_a_class_say(void **state)
{
    (void)state;
    put_rules(rules);
    put_pupils();
    begin_day();
    assert_int_equal(there(101), 0);
    assert_int_equal(there(100), 2); /* of school s2, and of who is in no class */
    assert_int_equal(there(31), 2);
    assert_int_equal(there(30), 3);
    assert_int_equal(there(8), 3);
    assert_int_equal(there(7), PUPILS);
    assert_int_equal(there(0), PUPILS);
}

static void without_a_limit_minutes_are_kept_for_ever(void **state)
{
    (void)state;
    put_rules("[rule all]\nretention-days = none\n[rule small]\ngrades = 1\nretention-days = 0\n");
    put_pupils();
    begin_day();
    assert_int_equal(there(101), PUPILS - 1);
    assert_int_equal(there(7), PUPILS - 1);
    assert_int_equal(there(0), PUPILS);
}

static void put_row(struct batch *b, const char *code, const char *from, const char *to)
{
    static const struct store_place klass = {.school = "s1", .klass = "c7"};
    batch_put_grid_row(b, &(struct store_grid_row){.school = "s1",
                                                   .code = code,
                                                   .title = "数学",
                                                   .link = "",
                                                   .weekday = 1,
                                                   .start_min = EIGHT,
                                                   .length_min = 40,
                                                   .from = day_of(from),
                                                   .to = day_of(to),
                                                   .classes = &klass,
                                                   .n_classes = 1});
}

static void put_closure(struct batch *b, const char *day)
{
    const struct store_closure c = {
        .school = "s1", .days = {day_of(day), day_of(day)}
    };
    batch_put_closure(b, &c);
}

/* School s2 keeps for 100 days: what ended on the 101st day before is gone on the disk, and as soon
 * in memory. */
static void rows_and_closures_that_are_over_are_kept_as_long(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    put_rules(rules);
    put_row(b, "over", "2023-09-04", "2023-11-25");
    put_row(b, "last", "2023-09-04", "2023-11-26");
    put_closure(b, "2023-11-25");
    put_closure(b, "2023-11-26");
    assert_int_equal(scene_apply(&office.scene, b, NULL), 0);
    begin_day();
    for (int i = 0; i < 2; i++) {
        const struct plan *plan = planner_plan(office.planner);
        assert_null(plan_row(plan, "s1", "over"));
        assert_non_null(plan_row(plan, "s1", "last"));
        assert_int_equal(plan->stored->n_closures, 1);
        office_restart();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(minutes_are_kept_as_long_as_the_rules_of_a_class_say),
        TEST(without_a_limit_minutes_are_kept_for_ever),
        TEST(rows_and_closures_that_are_over_are_kept_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
