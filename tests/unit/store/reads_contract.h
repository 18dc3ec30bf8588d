#ifndef AIRCLASS_TESTS_UNIT_STORE_READS_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_READS_CONTRACT_H

#include "server/store/whole.h"
#include "tests/unit/store/contract.h"

/* What store.h promises of questions: asked many at once, by pages, or for everything. */

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
        answered_say(&t->rows, "ward %d\n", strcmp(row->guardian.id, row->ward.id) != 0);
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

static inline int reads_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
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
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
