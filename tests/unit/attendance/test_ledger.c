#include "tests/unit/unit.h"

#include <errno.h>

#include "server/attendance/ledger.h"
#include "tests/unit/store/scene.h"

/* A day in a real store. */
static struct scene scene;
static struct ledger *ledger;
static char ids[2][STORE_ID_MAX];

enum { DAY = 19790, T0 = 8 * 3600 };

static void keep_id(void *arg, const struct store_answer *answer)
{
    assert_int_equal(answer->n, 1);
    snprintf(arg, STORE_ID_MAX, "%s", answer->people[0].id);
}

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){"s", "", "一小", 0});
    batch_put_place(b, &(struct store_place){"s", "c", "一班", 1});
    for (int i = 0; i < 2; i++) {
        struct store_member m = {.role = STORE_STUDENT, .school = "s", .klass = "c"};
        m.person = (struct store_person){.school = "s", .code = i ? "b" : "a", .name = "学生"};
        batch_put_person(b, &m.person);
        batch_put_role(b, &m);
    }
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    for (int i = 0; i < 2; i++) {
        const struct store_question q = {.school = "s", .code = i ? "b" : "a"};
        assert_int_equal(store_find_person(scene.store, &q, keep_id, ids[i]), 0);
        uv_run(&scene.loop, UV_RUN_DEFAULT);
    }
    assert_int_equal(ledger_new(&ledger, DAY), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ledger_free(&ledger);
    scene_end(&scene);
    return 0;
}

static struct ledger_visit *enters(int who, const char *lesson)
{
    struct ledger_visit *v;
    assert_int_equal(ledger_enter(ledger, ids[who], lesson, "数学", &v), 0);
    return v;
}

static void sees(struct ledger_visit *v, uint32_t from_s, uint32_t to_s, bool has_picture)
{
    const struct ledger_span span = {T0 + from_s, T0 + to_s, has_picture, true};
    ledger_count(ledger, v, &span, 0);
}

static void has_had(int who, uint32_t group_s, uint32_t voice_s)
{
    struct policy_day d = ledger_day(ledger, ids[who]);
    assert_int_equal(d.date, DAY);
    assert_int_equal(d.group_s, group_s);
    assert_int_equal(d.voice_s, voice_s);
}

/* How many pupils were written at that time. */
static size_t writes(uint64_t now_ms, bool is_hasty)
{
    struct batch *b = scene_batch();
    size_t n = ledger_take(ledger, b, now_ms, is_hasty);
    int err = n ? scene_apply(&scene, b, NULL) : 0;
    if (!n)
        batch_free(&b);
    if (n)
        ledger_written(ledger, err, now_ms);
    assert_int_equal(err, 0);
    return n;
}

static void on_roll(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_roll *r = &answer->roll[i];
        answered_say(arg, "%s:", r->person.code);
        for (size_t k = 0; k < r->n_visits; k++) {
            const struct store_visit *v = &r->visits[k];
            answered_say(arg, " %s %u-%u %u+%u", v->lesson, v->first_s - T0, v->last_s - T0,
                         v->group_s, v->voice_s);
        }
        answered_say(arg, "\n");
    }
}

static const char *roll(void)
{
    const struct store_question q = {.school = "s", .klass = "c", .code = "19790"};
    return scene_ask(&scene, store_list_roll, &q, on_roll)->text;
}

/* -- counting ---------------------------------------------------------------------------------- */

static void pictures_and_voice_are_counted_apart(void **state)
{
    (void)state;
    struct ledger_visit *v = enters(0, "m");
    sees(v, 0, 10, true);
    sees(v, 10, 20, false);
    has_had(0, 10, 10);
    has_had(1, 0, 0);
    sees(v, 30, 31, true);
    has_had(0, 11, 10);
    ledger_leave(v);
}

static void a_second_on_two_devices_counts_once(void **state)
{
    (void)state;
    struct ledger_visit *phone = enters(0, "m"), *tv = enters(0, "m"), *other = enters(0, "e");
    for (uint32_t t = 0; t < 100; t++) {
        sees(phone, t, t + 1, true);
        sees(tv, t, t + 1, true);
        sees(other, t, t + 1, true);
    }
    has_had(0, 100, 0);
    ledger_leave(phone);
    ledger_leave(tv);
    ledger_leave(other);
    assert_int_equal(writes(0, true), 1);
    assert_string_equal(roll(), "a: m 0-100 100+0\nb:\n");
}

/* Whichever comes first. */
static void one_device_with_a_picture_makes_it_a_second_with_a_picture(void **state)
{
    (void)state;
    struct ledger_visit *phone = enters(0, "m"), *tv = enters(0, "m");
    sees(tv, 0, 1, true);
    for (uint32_t t = 1; t < 100; t++) {
        sees(phone, t, t + 1, false);
        sees(tv, t, t + 1, true);
    }
    has_had(0, 100, 0);
    for (uint32_t t = 100; t < 200; t++)
        sees(phone, t, t + 1, false);
    has_had(0, 100 + LEDGER_PICTURE_S, 100 - LEDGER_PICTURE_S);
    ledger_leave(phone);
    ledger_leave(tv);
}

static void what_does_not_count_is_in_the_roll_alone(void **state)
{
    (void)state;
    struct ledger_visit *v = enters(0, "q");
    const struct ledger_span span = {T0, T0 + 60, true, false};
    ledger_count(ledger, v, &span, 0);
    has_had(0, 0, 0);
    ledger_leave(v);
    assert_int_equal(writes(0, true), 1);
    assert_string_equal(roll(), "a: q 0-60 60+0\nb:\n");
}

/* -- to and from the disk ---------------------------------------------------------------------- */

static void what_is_new_is_written_when_it_is_due(void **state)
{
    (void)state;
    struct ledger_visit *v = enters(0, "m"), *w = enters(1, "m");
    assert_true(ledger_is_written(ledger));
    assert_int_equal(writes(1000000, true), 0);
    sees(v, 0, 10, true);
    sees(v, 10, 20, true);
    assert_false(ledger_is_written(ledger));
    assert_int_equal(writes(LEDGER_DUE_MS - 1, false), 0);
    assert_int_equal(writes(LEDGER_DUE_MS, false), 1);
    assert_true(ledger_is_written(ledger));
    assert_string_equal(roll(), "a: m 0-20 20+0\nb:\n");
    sees(v, 20, 25, false);
    sees(w, 22, 25, false);
    ledger_leave(v);
    assert_int_equal(writes(0, true), 2);
    assert_string_equal(roll(), "a: m 0-25 20+5\nb: m 22-25 0+3\n");
    v = enters(0, "m"); /* comes again */
    sees(v, 50, 60, true);
    assert_int_equal(writes(0, true), 1);
    assert_string_equal(roll(), "a: m 0-60 30+5\nb: m 22-25 0+3\n");
    ledger_leave(v);
    ledger_leave(w);
}

static void what_could_not_be_written_is_written_later(void **state)
{
    (void)state;
    struct ledger_visit *v = enters(0, "m");
    struct batch *b = scene_batch();
    sees(v, 0, 10, true);
    assert_int_equal(ledger_take(ledger, b, 0, true), 1);
    sees(v, 10, 20, true); /* meanwhile */
    assert_int_equal(ledger_take(ledger, b, 0, true), 0);
    batch_free(&b);
    ledger_written(ledger, -ENOSPC, 5);
    assert_false(ledger_is_written(ledger));
    assert_int_equal(writes(LEDGER_DUE_MS + 5, false), 1);
    assert_string_equal(roll(), "a: m 0-20 20+0\nb:\n");
    ledger_leave(v);
    assert_true(ledger_is_written(ledger));
}

static void one_portion_is_written_after_the_other(void **state)
{
    (void)state;
    enum { MANY = 2 * LEDGER_PORTION + 5 };
    static struct ledger_visit *visits[MANY];
    for (int i = 0; i < MANY; i++) {
        char id[STORE_ID_MAX];
        snprintf(id, sizeof(id), "gone%d", i);
        assert_int_equal(ledger_enter(ledger, id, "m", "", &visits[i]), 0);
        sees(visits[i], 0, 1, true);
    }
    assert_int_equal(writes(0, true), LEDGER_PORTION);
    assert_int_equal(writes(0, true), LEDGER_PORTION);
    assert_int_equal(writes(0, true), 5);
    assert_true(ledger_is_written(ledger));
    assert_string_equal(roll(), "a:\nb:\n"); /* of whom nobody knows nothing is kept */
    for (int i = 0; i < MANY; i++)
        ledger_leave(visits[i]);
    assert_false(ledger_shrink(ledger, MANY - 1));
    assert_true(ledger_shrink(ledger, MANY));
}

/* After a restart: what the disk has comes later than the first seconds. */
static void a_day_goes_on_where_it_was(void **state)
{
    (void)state;
    struct ledger_visit *v = enters(0, "m");
    sees(v, 0, 60, true);
    ledger_leave(v);
    assert_int_equal(writes(0, true), 1);
    ledger_free(&ledger);
    assert_int_equal(ledger_new(&ledger, DAY), 0);
    v = enters(0, "m");
    sees(v, 60, 70, false);
    const struct store_minutes saved = {ids[0], DAY, T0 + 60, 60, 0};
    assert_int_equal(ledger_add(ledger, &saved), 0);
    has_had(0, 60, 10);
    sees(v, 50, 75, false); /* some of that was counted */
    has_had(0, 60, 15);
    assert_int_equal(writes(0, true), 1);
    assert_string_equal(roll(), "a: m 0-75 60+15\nb:\n");
    ledger_leave(v);
}

static int scene_without_memory(void)
{
    struct ledger *b;
    struct ledger_visit *v;
    int err = ledger_new(&b, DAY);
    if (err)
        return err;
    err = ledger_enter(b, "p", "m", "", &v);
    if (!err)
        ledger_leave(v);
    if (!err)
        err = ledger_add(b, &(struct store_minutes){.person = "q", .day = DAY});
    ledger_free(&b);
    return err;
}

/* A reading that fails on its way begins anew. */
static void what_the_disk_has_counts_once_however_often_it_is_read(void **state)
{
    (void)state;
    const struct store_minutes saved = {
        .person = ids[0], .day = DAY, .until_s = T0, .group_s = 60, .voice_s = 30};
    struct ledger_visit *v = enters(0, "m");
    sees(v, 0, 10, true);
    assert_int_equal(ledger_add(ledger, &saved), 0);
    has_had(0, 70, 30);
    assert_int_equal(ledger_add(ledger, &saved), 0);
    has_had(0, 70, 30);
    ledger_leave(v);
}

static void without_memory_nothing_is_counted(void **state)
{
    (void)state;
    assert_true(oom_levels(scene_without_memory) >= 5);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pictures_and_voice_are_counted_apart),
        TEST(a_second_on_two_devices_counts_once),
        TEST(one_device_with_a_picture_makes_it_a_second_with_a_picture),
        TEST(what_does_not_count_is_in_the_roll_alone),
        TEST(what_is_new_is_written_when_it_is_due),
        TEST(what_could_not_be_written_is_written_later),
        TEST(one_portion_is_written_after_the_other),
        TEST(a_day_goes_on_where_it_was),
        TEST(what_the_disk_has_counts_once_however_often_it_is_read),
        TEST(without_memory_nothing_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
