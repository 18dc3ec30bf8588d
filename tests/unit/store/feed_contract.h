#ifndef AIRCLASS_TESTS_UNIT_STORE_FEED_CONTRACT_H
#define AIRCLASS_TESTS_UNIT_STORE_FEED_CONTRACT_H

#include "server/store/feed.h"
#include "tests/unit/store/door_contract.h"

/* What feed.h promises, whatever database is behind it. */

static void scene_on_feeds(void *arg, const struct store_answer *answer)
{
    answered_begin(arg, answer);
    for (size_t i = 0; i < answer->n; i++) {
        const struct store_feed *f = &answer->feeds[i];
        assert_true(f->made_ms > 0);
        answered_say(arg, "%s%s/%s %s\n", *f->person ? "person" : "", f->school, f->klass, f->name);
    }
}

static const char *feed_at(const char *hash)
{
    const struct answered *a = ASK(find_feed, feeds, .after = hash);
    assert_int_equal(a->err, *a->text ? 0 : -ENOENT);
    return a->text;
}

static int put_class_feed(const char *klass, const char *hash)
{
    struct batch *b = scene_batch();
    batch_put_class_feed(b, "S1", klass, hash);
    return scene_apply(&scene, b, NULL);
}

static int class_feed_of(const char *klass)
{
    return ASK(find_class_feed, feeds, .school = "S1", .klass = klass)->err;
}

static void a_persons_calendar_has_one_address(void **state)
{
    (void)state;
    make_district();
    char id[STORE_ID_MAX];
    snprintf(id, sizeof(id), "%s", id_of("S1", "2026001"));
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_put_feed(b, id, i ? "h2" : "h1");
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
        assert_string_equal(feed_at("h1"), i ? "" : "person/ \n");
        assert_string_equal(feed_at("h2"), i ? "person/ \n" : "");
        start_again();
    }
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_drop_feed(b, id);
        assert_int_equal(scene_apply(&scene, b, NULL), i ? -ENOENT : 0);
        assert_string_equal(feed_at("h2"), "");
    }
    struct batch *b = scene_batch();
    batch_put_feed(b, "nobody", "h3");
    assert_int_equal(scene_apply(&scene, b, NULL), -ENOENT);
}

static void a_class_has_one_address_of_its_own(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(class_feed_of("7B"), -ENOENT);
    assert_int_equal(put_class_feed("none", "h1"), -ENOENT);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(put_class_feed("7B", i ? "h2" : "h1"), 0);
        start_again();
        assert_int_equal(class_feed_of("7B"), 0);
        assert_string_equal(feed_at("h1"), i ? "" : "S1/7B 七年级2班\n");
    }
    assert_string_equal(feed_at("h2"), "S1/7B 七年级2班\n");
    for (int i = 0; i < 2; i++) {
        struct batch *b = scene_batch();
        batch_drop_class_feed(b, "S1", "7B");
        assert_int_equal(scene_apply(&scene, b, NULL), i ? -ENOENT : 0);
        assert_string_equal(feed_at("h2"), "");
    }
}

/* A class that is made again under its old code is another. */
static void an_address_goes_with_its_class(void **state)
{
    (void)state;
    make_district();
    assert_int_equal(put_class_feed("7B", "h1"), 0);
    struct batch *b = scene_batch();
    batch_drop_place(b, "S1", "7B");
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(feed_at("h1"), "");
    b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "七年级2班"});
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(feed_at("h1"), "");
    assert_int_equal(class_feed_of("7B"), -ENOENT);
}

static inline int feed_contract_run(const struct driver *drivers, size_t n)
{
    static const struct CMUnitTest tests[] = {
        CONTRACT(a_persons_calendar_has_one_address),
        CONTRACT(a_class_has_one_address_of_its_own),
        CONTRACT(an_address_goes_with_its_class),
    };
    return contract_run_tests(drivers, n, tests, sizeof(tests) / sizeof(*tests));
}

#endif
