#ifndef AIRCLASS_TESTS_UNIT_STORE_LESSONS_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_LESSONS_CONTRACT_H

#include "tests/unit/store/contract.h"

/* What store.h promises of lessons, of the audit log, and of its end. */

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

static inline int lessons_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
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
