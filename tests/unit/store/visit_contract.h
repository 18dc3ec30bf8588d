#ifndef AIRCLASS_TESTS_UNIT_STORE_VISIT_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_VISIT_CONTRACT_H

#include "server/store/visit.h"
#include "tests/unit/store/trace_contract.h"

/* What visit.h promises, whatever database is behind it. */

static void scene_on_roll(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_roll *r = &answer->roll[i];
        answered_say(arg, "%s %s", r->person.code, r->person.name);
        for (size_t k = 0; k < r->n_visits; k++) {
            const struct store_visit *v = &r->visits[k];
            answered_say(arg, " %s'%s' %u-%u %u+%u", v->lesson, v->title, v->first_s, v->last_s,
                         v->group_s, v->voice_s);
        }
        answered_say(arg, "\n");
    }
}

#define ROLL(day, ...) ASK(list_roll, roll, .school = "S1", .klass = "7B", .code = day, __VA_ARGS__)

static void visits_add_up(void **state)
{
    (void)state;
    make_district();
    const char *id = id_of("S1", "2026001");
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_add_visit(b, &(struct store_visit){id, 7, "m-7", NULL, 100, 160, 60, 0});
        batch_add_visit(b, &(struct store_visit){id, 7, "m-7", NULL, 80, 150, 0, 5});
        batch_add_visit(b, &(struct store_visit){id, 7, "e-7", NULL, 50, 60, 10, 0});
        batch_add_visit(b, &(struct store_visit){id, 8, "m-8", NULL, 1, 2, 1, 0});
        batch_add_visit(b, &(struct store_visit){"gone", 7, "m-7", NULL, 1, 2, 1, 0});
        batch_put_visit_title(b, 7, "m-7", i ? "数学" : "");
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_answer(ROLL("7"), "2026001 李雷 e-7'' 50-60 20+0 m-7'数学' 80-160 120+10\n"
                                 "2026002 韩梅梅\n");
        assert_answer(ROLL("9"), "2026001 李雷\n2026002 韩梅梅\n");
        start_again();
    }
}

static void a_roll_comes_in_pages_of_pupils(void **state)
{
    (void)state;
    char next[STORE_NAME_MAX];
    make_district();
    const struct answered *a = ROLL("7", .limit = 1);
    assert_answer(a, "2026001 李雷\n");
    assert_true(snprintf(next, sizeof(next), "%s", a->next) < STORE_NAME_MAX);
    assert_answer(ROLL("7", .after = next, .limit = 1), "2026002 韩梅梅\n");
    assert_int_equal(ROLL("x")->err, -EINVAL);
    assert_int_equal(ROLL("7", .after = "nonsense")->err, -EINVAL);
    assert_int_equal(ASK(list_roll, roll, .school = "S1", .klass = "none", .code = "7")->err,
                     -ENOENT);
}

static void a_visit_ends_with_its_day_and_with_who_made_it(void **state)
{
    (void)state;
    make_district();
    char *id = strdup(id_of("S1", "2026001"));
    struct batch *b = scene_batch();
    for (int32_t day = 7; day <= 9; day++) {
        batch_add_visit(b, &(struct store_visit){id, day, "m", NULL, 1, 2, 1, 0});
        batch_put_visit_title(b, day, "m", "数学");
    }
    batch_drop_minutes(b, 8);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ROLL("7"), "2026001 李雷\n2026002 韩梅梅\n");
    assert_answer(ROLL("8"), "2026001 李雷 m'数学' 1-2 1+0\n2026002 韩梅梅\n");
    b = scene_batch();
    batch_drop_class_minutes(b, "S1", "7B", 9);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ROLL("8"), "2026001 李雷\n2026002 韩梅梅\n");
    assert_says(ASK(list_facts, facts, .school = "S1", .code = "2026001"),
                "lessons.0.day 9\nlessons.0.title '数学'\nlessons.0.first_s 1\n");
    b = scene_batch();
    batch_erase_person(b, "console", "S1", "2026001");
    batch_add_visit(b, &(struct store_visit){id, 9, "m", NULL, 1, 2, 1, 0});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ROLL("9"), "2026002 韩梅梅\n");
    free(id);
}

static inline int visit_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(visits_add_up),
        CONTRACT(a_roll_comes_in_pages_of_pupils),
        CONTRACT(a_visit_ends_with_its_day_and_with_who_made_it),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
