#include "server/store/trace.h"
#include "tests/unit/store/scene.h"

/* The last administrator of the district stays, whatever is done, and however many do it. */
static struct scene scene;

static const struct store_person zhao = {.school = "", .code = "D1", .name = "赵主任"};
static const struct store_person qian = {.school = "", .code = "D2", .name = "钱主任"};

static struct store_member admin(struct store_person who)
{
    return (struct store_member){
        .person = who, .role = STORE_DISTRICT_ADMIN, .school = "", .klass = ""};
}

static void add(struct batch *b, struct store_person who)
{
    struct store_member m = admin(who);
    batch_put_person(b, &who);
    batch_put_role(b, &m);
}

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    struct batch *b = scene_batch();
    add(b, zhao);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_end(&scene);
    return 0;
}

static void drop_role(struct batch *b, struct store_person who)
{
    struct store_member m = admin(who);
    batch_drop_role(b, &m);
}

static void drop_person(struct batch *b, struct store_person who)
{
    batch_drop_person(b, who.school, who.code);
}

static void erase_person(struct batch *b, struct store_person who)
{
    batch_erase_person(b, "console", who.school, who.code);
}

static void (*const ways[])(struct batch *b, struct store_person who) = {drop_role, drop_person,
                                                                         erase_person};
enum { WAYS = sizeof(ways) / sizeof(*ways) };

static const char *admins(void)
{
    const struct answered *a = scene_ask(&scene, store_list_members,
                                         &(struct store_question){.school = ""}, scene_on_members);
    assert_int_equal(a->err, 0);
    return a->text;
}

static void the_last_one_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        size_t at;
        struct batch *b = scene_batch();
        ways[i](b, zhao);
        assert_int_equal(scene_apply(&scene, b, &at), -EOWNERDEAD);
        assert_int_equal(at, SIZE_MAX);
        assert_string_equal(admins(), "district_admin at /: /D1 赵主任\n");
    }
}

static void one_of_two_may_go_and_a_batch_may_change_one_for_another(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    drop_role(b, zhao);
    add(b, qian);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(admins(), "district_admin at /: /D2 钱主任\n");
    b = scene_batch();
    add(b, zhao);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    b = scene_batch();
    drop_person(b, qian);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_string_equal(admins(), "district_admin at /: /D1 赵主任\n");
}

static void of_two_who_drop_each_other_one_stays(void **state)
{
    (void)state;
    struct batch *b = scene_batch();
    add(b, qian);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    for (size_t i = 0; i < WAYS; i++) {
        struct told told[2] = {{0}, {0}};
        struct batch *one = scene_batch(), *other = scene_batch();
        ways[i](one, qian);
        ways[i](other, zhao);
        assert_int_equal(store_apply(scene.store, &one, scene_on_applied, &told[0]), 0);
        assert_int_equal(store_apply(scene.store, &other, scene_on_applied, &told[1]), 0);
        uv_run(&scene.loop, UV_RUN_DEFAULT);
        assert_int_equal(told[0].err, 0);
        assert_int_equal(told[1].err, -EOWNERDEAD);
        assert_string_equal(admins(), "district_admin at /: /D1 赵主任\n");
        b = scene_batch();
        add(b, qian);
        assert_int_equal(scene_apply(&scene, b, NULL), 0);
    }
}

/* As before the first one has come in: people are made and dropped all the same. */
static void a_district_without_any_is_free(void **state)
{
    (void)state;
    scene_end(&scene);
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_person(b, &zhao);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    b = scene_batch();
    drop_person(b, zhao);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_one_stays),
        TEST(one_of_two_may_go_and_a_batch_may_change_one_for_another),
        TEST(of_two_who_drop_each_other_one_stays),
        TEST(a_district_without_any_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
