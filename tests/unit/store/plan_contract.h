#ifndef AIRCLASS_TESTS_UNIT_STORE_PLAN_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_PLAN_CONTRACT_H

#include "server/store/door.h"
#include "server/store/plan.h"
#include "tests/unit/store/contract.h"

/* What plan.h promises, whatever database is behind it. */

static void say_grid(void *arg, const struct store_grid *g)
{
    assert_true(g->n_rows > 0);
    for (size_t i = 0; i < g->n_rows; i++) {
        const struct store_grid_row *e = &g->rows[i];
        assert_string_equal(e->school, g->school);
        answered_say(arg, "%s/%s %s %s %s %d%d%d %d %d+%d %d-%d @%d", e->school, e->code, e->title,
                     e->lecturer[0] ? "somebody" : "nobody", e->link, e->kind, e->place, e->weeks,
                     e->weekday, e->start_min, e->length_min, e->from, e->to, (int)e->published_ms);
        for (size_t k = 0; k < e->n_classes; k++)
            answered_say(arg, " %s/%s", e->classes[k].school, e->classes[k].klass);
        answered_say(arg, "\n");
    }
}

/* The answer's text: all of the plan, a line for each thing. */
static void on_plan(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    if (answer->err)
        return;
    const struct store_plan *p = *answer->plan;
    for (size_t i = 0; i < p->n_grids; i++)
        say_grid(arg, p->grids[i]);
    answered_say(arg, "year %d %d", p->year.first_monday, p->year.utc_offset_min);
    for (size_t i = 0; i < p->year.n_holidays; i++)
        answered_say(arg, " %d-%d", p->year.holidays[i].from, p->year.holidays[i].to);
    for (size_t i = 0; i < p->year.n_swaps; i++)
        answered_say(arg, " %d as %d", p->year.swaps[i].from, p->year.swaps[i].to);
    for (size_t i = 0; i < p->n_closures; i++)
        answered_say(arg, "\nclosed %s %d-%d", p->closures[i].school, p->closures[i].days.from,
                     p->closures[i].days.to);
    answered_say(arg, "\npolicy %s\n", p->policy);
}

static int read_plan(struct store *store, const struct store_question *q, store_answer_fn *answer,
                     void *arg)
{
    return store_read_plan(store, q->code ? STORE_GRID_SCHOOL : STORE_GRID_ALL, q->code, answer,
                           arg);
}

/* Without the rows of other schools. */
static const char *plan_of(const char *school)
{
    const struct answered *a =
        scene_ask(&scene, read_plan, &(struct store_question){.code = school}, on_plan);
    assert_int_equal(a->err, 0);
    return a->text;
}

static int read_no_grid(struct store *store, const struct store_question *q,
                        store_answer_fn *answer, void *arg)
{
    (void)q;
    return store_read_plan(store, STORE_GRID_NONE, NULL, answer, arg);
}

static const char *plan_now(void)
{
    const struct answered *a =
        scene_ask(&scene, read_plan, &(struct store_question){.limit = 1}, on_plan);
    assert_int_equal(a->err, 0);
    return a->text;
}

static const struct store_place plan_classes[] = {
    {.school = "S1", .klass = "7B"},
    {.school = "S2", .klass = "7B"}
};

static struct store_grid_row grid_row(const char *code)
{
    return (struct store_grid_row){.school = "S1",
                                   .code = code,
                                   .title = "数学",
                                   .link = "",
                                   .kind = 1,
                                   .place = 2,
                                   .weeks = 0,
                                   .weekday = 3,
                                   .start_min = 480,
                                   .length_min = 40,
                                   .from = 19779,
                                   .to = 19900,
                                   .classes = plan_classes,
                                   .n_classes = 1};
}

static char teacher_id[STORE_ID_MAX];

static void keep_id(void *arg, const struct store_answer *answer)
{
    scene_on_people(arg, answer);
    if (answer->n > 0)
        snprintf(teacher_id, sizeof(teacher_id), "%s", answer->people[0].id);
}

/* The district, with a class 7B in the second school, too; the id of teacher Wang. */
static const char *make_schools(void)
{
    make_district();
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S2", .klass = "7B", .name = "7-2"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    scene_ask(&scene, store_find_person, &(struct store_question){.school = "S1", .code = "T1"},
              keep_id);
    return teacher_id;
}

static void put_grid_row(const struct store_grid_row *e, int expected)
{
    struct batch *b = scene_batch();
    batch_put_grid_row(b, e);
    assert_int_equal(scene_apply(&scene, b, NULL), expected);
}

static void rows_of_the_grid_are_made_changed_and_dropped(void **state)
{
    (void)state;
    struct store_grid_row e = grid_row("b");
    e.lecturer = make_schools();
    put_grid_row(&e, 0);
    e = grid_row("a/1");
    e.school = "";
    e.link = "https://tv.example/";
    e.n_classes = 2;
    put_grid_row(&e, 0);
    static const char both[] =
        "/a/1 数学 nobody https://tv.example/ 120 3 480+40 19779-19900 @0 S1/7B S2/7B\n"
        "S1/b 数学 somebody  120 3 480+40 19779-19900 @0 S1/7B\n"
        "year 4 480\npolicy \n";
    assert_string_equal(plan_now(), both);
    start_again();
    assert_string_equal(plan_now(), both);
    e = grid_row("b");
    e.title = "语文";
    e.classes = &plan_classes[1];
    put_grid_row(&e, 0);
    struct batch *b = scene_batch();
    batch_drop_grid_row(b, "", "a/1");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(plan_now(), "S1/b 语文 nobody  120 3 480+40 19779-19900 @0 S2/7B\n"
                                    "year 4 480\npolicy \n");
    b = scene_batch();
    batch_drop_grid_row(b, "", "a/1");
    assert_int_equal(scene_apply(&scene, b, NULL), -ENOENT);
}

static void a_row_names_what_is_there(void **state)
{
    (void)state;
    static const struct store_place nowhere = {.school = "S2", .klass = "9"};
    struct store_place many[STORE_ENTRY_CLASSES_MAX + 1];
    make_schools();
    struct store_grid_row e = grid_row("a");
    e.lecturer = "nobody";
    put_grid_row(&e, -ENOENT);
    e = grid_row("a");
    e.classes = &nowhere;
    put_grid_row(&e, -ENOENT);
    e = grid_row("a");
    e.school = "S9";
    put_grid_row(&e, -ENOENT);
    e = grid_row("");
    put_grid_row(&e, -EINVAL);
    e = grid_row("a");
    for (int i = 0; i <= STORE_ENTRY_CLASSES_MAX; i++)
        many[i] = plan_classes[0];
    e.classes = many;
    e.n_classes = STORE_ENTRY_CLASSES_MAX + 1;
    put_grid_row(&e, -EINVAL);
    assert_string_equal(plan_now(), "year 4 480\npolicy \n");
}

static void the_rows_of_one_school_are_read_alone(void **state)
{
    (void)state;
    make_schools();
    struct store_grid_row e = grid_row("a");
    e.n_classes = 2;
    put_grid_row(&e, 0);
    e.school = "S2";
    put_grid_row(&e, 0);
    e.school = "";
    put_grid_row(&e, 0);
    assert_string_equal(plan_of("S2"), "S2/a 数学 nobody  120 3 480+40 19779-19900 @0 S1/7B S2/7B\n"
                                       "year 4 480\npolicy \n");
    assert_string_equal(plan_of(""), "/a 数学 nobody  120 3 480+40 19779-19900 @0 S1/7B S2/7B\n"
                                     "year 4 480\npolicy \n");
    assert_string_equal(plan_of("S9"), "year 4 480\npolicy \n");
    const struct answered *a =
        scene_ask(&scene, read_no_grid, &(struct store_question){.code = ""}, on_plan);
    assert_string_equal(a->text, "year 4 480\npolicy \n");
}

/* What leaves the district leaves its timetable; the row stays for who repairs it. */
static void rows_outlive_their_classes_and_teachers(void **state)
{
    (void)state;
    struct store_grid_row e = grid_row("a");
    e.lecturer = make_schools();
    e.n_classes = 2;
    put_grid_row(&e, 0);
    struct batch *b = scene_batch();
    batch_drop_place(b, "S2", "7B");
    batch_drop_person(b, "S1", "T1");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(plan_now(), "S1/a 数学 nobody  120 3 480+40 19779-19900 @0 S1/7B\n"
                                    "year 4 480\npolicy \n");
}

static void publishing_stamps_what_was_not_published(void **state)
{
    (void)state;
    make_schools();
    struct store_grid_row e = grid_row("a");
    e.published_ms = 7;
    put_grid_row(&e, 0);
    e = grid_row("b");
    put_grid_row(&e, 0);
    e.school = "S2";
    put_grid_row(&e, 0);
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_publish_grid(b, "S1", 9 + i, &(struct store_reason){.text = i ? "again" : "soon"});
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
    }
    assert_string_equal(plan_now(), "S1/a 数学 nobody  120 3 480+40 19779-19900 @7 S1/7B\n"
                                    "S1/b 数学 nobody  120 3 480+40 19779-19900 @9 S1/7B\n"
                                    "S2/b 数学 nobody  120 3 480+40 19779-19900 @0 S1/7B\n"
                                    "year 4 480\npolicy \n");
}

static void a_reason_stays_with_its_row(void **state)
{
    (void)state;
    struct store_plan *plan;
    make_schools();
    struct store_grid_row e = grid_row("a");
    e.reason = (struct store_reason){.text = "家长要求", .salt = "grain"};
    put_grid_row(&e, 0);
    e = grid_row("b");
    put_grid_row(&e, 0);
    struct batch *b = scene_batch();
    batch_publish_grid(b, "S1", 9, &(struct store_reason){.text = "雪天", .salt = "sea"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(store_read_plan_now(scene.store, &plan), 0);
    assert_int_equal(plan->grids[0]->n_rows, 2);
    assert_string_equal(plan->grids[0]->rows[0].reason.text, "家长要求");
    assert_string_equal(plan->grids[0]->rows[0].reason.salt, "grain");
    assert_string_equal(plan->grids[0]->rows[1].reason.text, "雪天");
    assert_string_equal(plan->grids[0]->rows[1].reason.salt, "sea");
    store_plan_free(&plan);
    e = grid_row("a");
    put_grid_row(&e, 0);
    assert_int_equal(store_read_plan_now(scene.store, &plan), 0);
    assert_string_equal(plan->grids[0]->rows[0].reason.text, "");
    store_plan_free(&plan);
    b = scene_batch();
    char far[STORE_REASON_MAX + 1];
    memset(far, 'x', sizeof(far));
    far[STORE_REASON_MAX] = '\0';
    e.reason.text = far;
    batch_put_grid_row(b, &e);
    assert_int_equal(scene_apply(&scene, b, NULL), -EINVAL);
}

static void the_year_closed_days_and_rules_are_kept(void **state)
{
    (void)state;
    static const struct store_days holidays[] = {
        {10, 12},
        {5,  5 }
    };
    static const struct store_days swaps[] = {
        {14, 10}
    };
    struct store_closure closure = {
        "S1", {20, 21}
    };
    make_schools();
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_put_year(b, &(struct store_year){18, 360, holidays, 2, swaps, 1});
        batch_put_closure(b, &closure);
        batch_put_policy(b, "[rule a]\n");
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
        start_again();
        assert_string_equal(plan_now(),
                            "year 18 360 5-5 10-12 14 as 10\nclosed S1 20-21\npolicy [rule a]\n\n");
    }
    struct batch *b = scene_batch();
    batch_put_year(b, &(struct store_year){.first_monday = 25});
    batch_drop_closure(b, &closure);
    batch_put_policy(b, "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(plan_now(), "year 25 0\npolicy \n");
    b = scene_batch();
    batch_drop_closure(b, &closure);
    assert_int_equal(scene_apply(&scene, b, NULL), -ENOENT);
}

static void on_minutes(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_minutes *m = &answer->minutes[i];
        assert_string_equal(m->person, teacher_id);
        answered_say(arg, "%d %u %u %u\n", (int)m->day, m->until_s, m->group_s, m->voice_s);
    }
}

static const char *minutes_of(const char *day)
{
    const struct answered *a =
        scene_ask(&scene, store_list_minutes, &(struct store_question){.code = day}, on_minutes);
    return a->err ? "error" : a->text;
}

static void a_pupils_day_is_kept_until_it_is_dropped(void **state)
{
    (void)state;
    const char *id = make_schools();
    struct batch *b = scene_batch();
    batch_put_minutes(b, &(struct store_minutes){id, 7, 100, 60, 40});
    batch_put_minutes(b, &(struct store_minutes){id, 7, 160, 120, 40});
    batch_put_minutes(b, &(struct store_minutes){id, 8, 30, 0, 30});
    batch_put_minutes(b, &(struct store_minutes){"gone", 8, 30, 0, 30});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(minutes_of("7"), "7 160 120 40\n");
    assert_string_equal(minutes_of("8"), "8 30 0 30\n");
    assert_string_equal(minutes_of("x"), "error");
    b = scene_batch();
    batch_drop_minutes(b, 8);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(minutes_of("7"), "");
    assert_string_equal(minutes_of("8"), "8 30 0 30\n");
    b = scene_batch();
    batch_drop_person(b, "S1", "T1");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(minutes_of("8"), "");
}

/* Who is there to teach: neither pupils nor who is nothing. */
static void a_plan_names_classes_and_staff(void **state)
{
    (void)state;
    struct store_plan *p;
    make_schools();
    struct batch *b = scene_batch();
    batch_put_account(b, &(struct store_person){.school = "S1", .code = "T1"}, "wang", "$1");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(store_read_plan_now(scene.store, &p), 0);
    assert_int_equal(p->n_classes, 2);
    assert_string_equal(p->classes[0].name, "七年级2班");
    assert_int_equal(p->classes[0].grade, 7);
    assert_int_equal(p->n_staff, 2);
    for (size_t i = 0; i < p->n_staff; i++) {
        bool is_t1 = strcmp(p->staff[i].person.code, "T1") == 0;
        assert_true(is_t1 || strcmp(p->staff[i].person.code, "D1") == 0);
        assert_int_equal(p->staff[i].has_account, is_t1);
    }
    store_plan_free(&p);
    assert_null(p);
}

static inline int plan_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(rows_of_the_grid_are_made_changed_and_dropped),
        CONTRACT(a_row_names_what_is_there),
        CONTRACT(the_rows_of_one_school_are_read_alone),
        CONTRACT(rows_outlive_their_classes_and_teachers),
        CONTRACT(publishing_stamps_what_was_not_published),
        CONTRACT(a_reason_stays_with_its_row),
        CONTRACT(the_year_closed_days_and_rules_are_kept),
        CONTRACT(a_pupils_day_is_kept_until_it_is_dropped),
        CONTRACT(a_plan_names_classes_and_staff),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
