#ifndef AIRCLASS_TESTS_UNIT_STORE_TRACE_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_TRACE_CONTRACT_H

#include "server/store/trace.h"
#include "tests/unit/store/door_contract.h"

/* What trace.h promises, whatever database is behind it. */

static void scene_on_facts(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_fact *f = &answer->facts[i];
        if (f->text)
            answered_say(arg, "%s.%zu.%s '%s'\n", f->kind, f->row, f->name, f->text);
        else
            answered_say(arg, "%s.%zu.%s %" PRId64 "\n", f->kind, f->row, f->name, f->number);
    }
}

static const struct store_person mother = {.school = "S1", .code = "G1", .name = "李妈妈"};

static void give_li_everything(void)
{
    make_district();
    char *id = strdup(id_of("S1", "2026001"));
    struct batch *b = scene_batch();
    batch_put_person(b, &mother);
    batch_put_guardian(b, &mother, &li);
    batch_put_account(b, &li, "lilei", "hashed-password");
    batch_put_invitation(
        b, &(struct store_invitation){.person = id, .hash = "hashed-invitation", .until_ms = 7});
    batch_put_session(
        b, &(struct store_session){
               .id = "s", .hash = "hashed-session", .person = id, .made_ms = 1, .seen_ms = 2});
    batch_put_entry(b, id, "S1", "hashed-code");
    batch_put_device(b, id, "hashed-code", 1,
                     &(struct store_device){.device = 5, .made_ms = 3, .seen_ms = 4});
    batch_audit(b, id, "me.password", "", "");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    free(id);
}

static void assert_says(const struct answered *a, const char *fact)
{
    if (!strstr(a->text, fact))
        fail_msg("no '%s' in\n%s", fact, a->text);
}

static void all_that_is_kept_about_a_person_is_shown_but_no_hash(void **state)
{
    (void)state;
    static const char *const facts[] = {
        "person.0.code '2026001'\nperson.0.name '李雷'\n",
        "roles.0.role 'student'\nroles.0.above 'S1'\nroles.0.place '7B'\n",
        "guardians.0.code 'G1'\nguardians.0.name '李妈妈'\n",
        "account.0.login 'lilei'\naccount.0.has_totp 0\n",
        "invitation.0.until_ms 7\n",
        "sessions.0.made_ms 1\nsessions.0.seen_ms 2\n",
        "entry_code.0.codes_made 1\n",
        "devices.0.kind 1\ndevices.0.made_ms 3\ndevices.0.seen_ms 4\n",
        "audit.0.act 'me.password'\n",
    };
    give_li_everything();
    const struct answered *a = ASK(list_facts, facts, .school = "S1", .code = "2026001");
    assert_int_equal(a->err, 0);
    for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
        assert_says(a, facts[i]);
    assert_null(strstr(a->text, "hashed"));
    assert_null(strstr(a->text, "韩梅梅"));
    a = ASK(list_facts, facts, .school = "S1", .code = "G1");
    assert_says(a, "wards.0.code '2026001'\nwards.0.name '李雷'\n");
    assert_int_equal(ASK(list_facts, facts, .school = "S1", .code = "0")->err, -ENOENT);
}

static void who_is_erased_leaves_an_entry_with_an_id_and_nothing_else(void **state)
{
    (void)state;
    char expected[128], id[STORE_ID_MAX];
    give_li_everything();
    snprintf(id, sizeof(id), "%s", id_of("S1", "2026001"));
    int64_t before = ASK(list_people, people, .school = "S1")->revision;
    struct batch *b = scene_batch();
    batch_erase_person(b, "console", "S1", "2026001");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    for (int i = 0; i < 2; i++) {
        assert_answer(ASK(list_people, people, .school = "S1"),
                      "S1/2026002 韩梅梅\nS1/G1 李妈妈\nS1/T1 王老师\n");
        assert_answer(ASK(list_wards, people, .school = "S1", .code = "G1"), "");
        assert_int_equal(ASK(find_account, accounts, .code = "lilei")->err, -ENOENT);
        snprintf(expected, sizeof(expected), "2 console person.erase person:%s \n", id);
        assert_answer(ASK(list_audit, audit, .after = "1"), expected);
        start_again();
    }
    assert_int_not_equal(ASK(list_people, people, .school = "S1")->revision, before);
}

static void nobody_can_be_erased_twice_nor_half(void **state)
{
    (void)state;
    size_t at;
    make_district();
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_erase_person(b, "console", "S1", "2026002");
        batch_erase_person(b, "console", "S1", i ? "2026001" : "nobody");
        assert_int_equal(scene_apply(&scene, b, &at), i ? 0 : -ENOENT);
        assert_int_equal(at, i ? SIZE_MAX : 1);
        assert_answer(ASK(list_people, people, .school = "S1"),
                      i ? "S1/T1 王老师\n" : "S1/2026001 李雷\nS1/2026002 韩梅梅\nS1/T1 王老师\n");
        assert_int_equal(ASK(list_audit, audit, .after = NULL)->n, i ? 2 : 0);
    }
    struct batch *b = scene_batch();
    batch_erase_person(b, "", "S1", "T1"); /* by whom? */
    assert_int_equal(scene_apply(&scene, b, NULL), -EINVAL);
}

static void changes_go_on_around_an_erasure(void **state)
{
    (void)state;
    struct told told[21] = {0};
    make_district();
    for (int i = 0; i < 21; i++) {
        char code[16];
        struct batch *b = scene_batch();
        snprintf(code, sizeof(code), "N%02d", i);
        if (i == 10)
            batch_erase_person(b, "console", "S1", "2026001");
        else
            batch_put_person(b, &(struct store_person){.school = "S2", .code = code, .name = "x"});
        assert_int_equal(store_apply(scene.store, &b, scene_on_applied, &told[i]), 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (int i = 0; i < 21; i++)
        assert_true(told[i].times == 1 && told[i].err == 0);
    assert_int_equal(ASK(list_people, people, .school = "S2")->n, 20);
    assert_int_equal(ASK(find_person, people, .school = "S1", .code = "2026001")->err, -ENOENT);
}

static inline int trace_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(all_that_is_kept_about_a_person_is_shown_but_no_hash),
        CONTRACT(who_is_erased_leaves_an_entry_with_an_id_and_nothing_else),
        CONTRACT(nobody_can_be_erased_twice_nor_half),
        CONTRACT(changes_go_on_around_an_erasure),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
