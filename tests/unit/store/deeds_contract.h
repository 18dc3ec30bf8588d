#ifndef AIRCLASS_TESTS_UNIT_STORE_DEEDS_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_DEEDS_CONTRACT_H

#include "server/store/deeds.h"
#include "server/store/trace.h"
#include "tests/unit/store/door_contract.h"

/* What deeds.h promises: the audit log, newest first. */

static void say_person(void *arg, const struct store_person *p)
{
    if (*p->id)
        answered_say(arg, " %s/%s %s", p->school, p->code, p->name);
    else
        answered_say(arg, " -");
}

static int64_t newest_ms; /* of the last answer */

static void scene_on_deeds(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_deed *d = &answer->deeds[i];
        assert_int_equal(strlen(d->entry.hash), 64);
        newest_ms = i ? newest_ms : d->entry.at_ms;
        answered_say(arg, "%" PRId64 " %s:", d->entry.seq, d->entry.act);
        say_person(arg, &d->actor);
        answered_say(arg, " >");
        say_person(arg, &d->subject);
        answered_say(arg, "\n");
    }
}

/* Wang resets Li's code, is given a role and signs in; the console drops a class. */
static void do_deeds(char wang_id[STORE_ID_MAX])
{
    make_district();
    snprintf(wang_id, STORE_ID_MAX, "%s", id_of("S1", "T1"));
    struct batch *b = scene_batch();
    batch_audit_person(b, wang_id, "codes.make", &li, "1 codes");
    batch_audit_person(b, "console", "role.put", &wang, "lecturer at S1");
    batch_audit(b, wang_id, "door.sign_in", wang_id, "");
    batch_audit(b, "console", "class.drop", "class:S1/8A", "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

static void the_newest_deed_comes_first_with_the_names_of_now(void **state)
{
    (void)state;
    char wang_id[STORE_ID_MAX];
    do_deeds(wang_id);
    assert_answer(ASK(list_deeds, deeds, .limit = 10),
                  "4 class.drop: - > -\n"
                  "3 door.sign_in: S1/T1 王老师 > S1/T1 王老师\n"
                  "2 role.put: - > S1/T1 王老师\n"
                  "1 codes.make: S1/T1 王老师 > S1/2026001 李雷\n");
    struct batch *b = scene_batch();
    batch_put_person(b, &(struct store_person){.school = "S1", .code = "T1", .name = "王校长"});
    batch_erase_person(b, "console", "S1", "2026001");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_answer(ASK(list_deeds, deeds, .act = "codes.make"), "1 codes.make: S1/T1 王校长 > -\n");
    assert_answer(ASK(list_deeds, deeds, .limit = 1), "5 person.erase: - > -\n");
}

static void deeds_come_in_pages_of_any_size(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 7, 60, 1000};
    struct batch *b = scene_batch();
    for (int i = 0; i < 60; i++) /* most of them in the same millisecond */
        batch_audit(b, "console", i % 2 ? "odd" : "even", "", "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        char after[STORE_NAME_MAX] = "";
        long seq = 61;
        do {
            const struct answered *a =
                ASK(list_deeds, deeds, .act = "odd", .after = after, .limit = limits[i]);
            assert_int_equal(a->err, 0);
            for (const char *line = a->text; *line; line = strchr(line, '\n') + 1) {
                assert_int_equal(strtol(line, NULL, 10), seq - 1);
                seq -= 2;
            }
            strcpy(after, a->next);
        } while (after[0]);
        assert_int_equal(seq, 1);
    }
}

static void what_somebody_did_and_what_was_done_to_them_is_found_once_each(void **state)
{
    (void)state;
    char wang_id[STORE_ID_MAX], li_id[STORE_ID_MAX];
    do_deeds(wang_id);
    snprintf(li_id, sizeof(li_id), "%s", id_of("S1", "2026001"));
    assert_answer(ASK(list_deeds, deeds, .person = wang_id),
                  "3 door.sign_in: S1/T1 王老师 > S1/T1 王老师\n"
                  "2 role.put: - > S1/T1 王老师\n"
                  "1 codes.make: S1/T1 王老师 > S1/2026001 李雷\n");
    const struct answered *a = ASK(list_deeds, deeds, .person = wang_id, .limit = 2);
    assert_int_equal(a->n, 2);
    char after[STORE_NAME_MAX];
    strcpy(after, a->next);
    assert_answer(ASK(list_deeds, deeds, .person = wang_id, .limit = 2, .after = after),
                  "1 codes.make: S1/T1 王老师 > S1/2026001 李雷\n");
    assert_answer(ASK(list_deeds, deeds, .person = li_id, .act = "codes.make"),
                  "1 codes.make: S1/T1 王老师 > S1/2026001 李雷\n");
    assert_answer(ASK(list_deeds, deeds, .person = li_id, .act = "role.put"), "");
    assert_answer(ASK(list_deeds, deeds, .person = "x' OR ''='"), "");
}

static void deeds_are_found_by_when_they_were_done(void **state)
{
    (void)state;
    char wang_id[STORE_ID_MAX];
    do_deeds(wang_id);
    assert_int_equal(ASK(list_deeds, deeds, .act = "class.drop")->n, 1);
    const int64_t at = newest_ms;
    assert_int_equal(ASK(list_deeds, deeds, .act = "class.drop", .from_ms = at)->n, 1);
    assert_int_equal(ASK(list_deeds, deeds, .act = "class.drop", .from_ms = at + 1)->n, 0);
    assert_int_equal(ASK(list_deeds, deeds, .act = "class.drop", .to_ms = at + 1)->n, 1);
    assert_int_equal(ASK(list_deeds, deeds, .act = "class.drop", .to_ms = at)->n, 0);
    /* A place in the list is one within the days that are asked for. */
    assert_int_equal(ASK(list_deeds, deeds, .to_ms = at - 3600000, .after = "9999999999999/9")->n,
                     0);
    assert_int_equal(ASK(list_deeds, deeds, .from_ms = at - 3600000, .to_ms = at + 3600000)->n, 4);
}

static void a_bad_place_among_deeds_is_an_error(void **state)
{
    (void)state;
    static const char *const bad[] = {"x",    "1",    "1/",   "/1",   "1/x",
                                      "-1/1", "1/1x", "01/1", "1/-1", "9999999999999999999/1"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(ASK(list_deeds, deeds, .after = bad[i])->err, -EINVAL);
}

static inline int deeds_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(the_newest_deed_comes_first_with_the_names_of_now),
        CONTRACT(deeds_come_in_pages_of_any_size),
        CONTRACT(what_somebody_did_and_what_was_done_to_them_is_found_once_each),
        CONTRACT(deeds_are_found_by_when_they_were_done),
        CONTRACT(a_bad_place_among_deeds_is_an_error),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
