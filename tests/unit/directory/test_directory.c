#include "tests/unit/store/scene.h"

#include "server/directory/directory.h"
#include "server/directory/people.h"

static struct scene scene;
static struct directory *d;

static const struct store_person zhao = {.school = "", .code = "D1", .name = "赵主任"};
static const struct store_person wang = {.school = "S1", .code = "T1", .name = "王老师"};
static const struct store_person li = {.school = "S1", .code = "1", .name = "李雷"};
static const struct store_person han = {.school = "S1", .code = "2", .name = "韩梅梅"};
static const struct store_person lis_mother = {.school = "S1", .code = "G1", .name = "李妈妈"};

static void put_role(struct batch *b, const struct store_person *p, enum store_role role,
                     const char *school, const char *klass)
{
    struct store_member m = {.person = *p, .role = role, .school = school, .klass = klass};
    batch_put_role(b, &m);
}

static int setup(void **state)
{
    (void)state;
    scene_start(&scene);
    struct batch *b = scene_batch();
    batch_put_place(b, &(struct store_place){.school = "S1", .name = "第一小学"});
    batch_put_place(b, &(struct store_place){.school = "S2", .name = "第二小学"});
    batch_put_place(b, &(struct store_place){.school = "S1", .klass = "7B", .name = "七2班"});
    const struct store_person *const all[] = {&zhao, &wang, &li, &han, &lis_mother};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        batch_put_person(b, all[i]);
    put_role(b, &zhao, STORE_DISTRICT_ADMIN, "", "");
    put_role(b, &wang, STORE_HOMEROOM, "S1", "7B");
    put_role(b, &wang, STORE_LECTURER, "S1", "");
    put_role(b, &wang, STORE_LECTURER, "S2", "");
    put_role(b, &li, STORE_STUDENT, "S1", "7B");
    put_role(b, &han, STORE_STUDENT, "S1", "7B");
    batch_put_guardian(b, &lis_mother, &li);
    batch_put_guardian(b, &lis_mother, &han);
    assert_int_equal(scene_apply(&scene, b, NULL), 0);
    assert_int_equal(directory_open(&d, scene.store), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scene_close(&scene);
    directory_free(&d);
    directory_free(&d);
    scene_end(&scene);
    return 0;
}

static bool holds(const struct directory_person *p, enum store_role role, const char *school,
                  const char *klass)
{
    for (size_t i = 0; i < p->n_roles; i++) {
        const struct directory_role *r = &p->roles[i];
        if (r->role == role && strcmp(r->school, school) == 0 && strcmp(r->klass, klass) == 0)
            return true;
    }
    return false;
}

static void everybody_is_found_by_code_and_by_id(void **state)
{
    (void)state;
    const struct directory_person *teacher = directory_find_code(d, "S1", "T1");
    assert_int_equal(directory_count(d), 5);
    assert_non_null(teacher);
    assert_string_equal(teacher->school, "S1");
    assert_string_equal(teacher->code, "T1");
    assert_ptr_equal(directory_find(d, teacher->id), teacher);
    assert_string_equal(directory_find_code(d, "", "D1")->school, "");
    assert_null(directory_find_code(d, "S2", "T1"));
    assert_null(directory_find_code(d, "S1T", "1"));
    assert_null(directory_find_code(d, "S1", ""));
    assert_null(directory_find(d, ""));
    assert_null(directory_find(d, "T1"));
}

static void each_has_their_own_roles_and_wards(void **state)
{
    (void)state;
    const struct directory_person *teacher = directory_find_code(d, "S1", "T1");
    const struct directory_person *mother = directory_find_code(d, "S1", "G1");
    assert_int_equal(teacher->n_roles, 3);
    assert_true(holds(teacher, STORE_HOMEROOM, "S1", "7B"));
    assert_true(holds(teacher, STORE_LECTURER, "S1", ""));
    assert_true(holds(teacher, STORE_LECTURER, "S2", ""));
    assert_int_equal(teacher->n_wards, 0);
    assert_true(holds(directory_find_code(d, "", "D1"), STORE_DISTRICT_ADMIN, "", ""));
    assert_true(holds(directory_find_code(d, "S1", "1"), STORE_STUDENT, "S1", "7B"));
    assert_int_equal(mother->n_roles, 0);
    assert_int_equal(mother->n_wards, 2);
    assert_non_null(directory_find(d, mother->wards[0]));
    assert_string_equal(directory_find(d, mother->wards[1])->school, "S1");
}

static void places_are_known(void **state)
{
    (void)state;
    assert_true(directory_has_place(d, "", ""));
    assert_true(directory_has_place(d, "S1", ""));
    assert_true(directory_has_place(d, "S1", "7B"));
    assert_false(directory_has_place(d, "S2", "7B"));
    assert_false(directory_has_place(d, "", "7B"));
    assert_false(directory_has_place(d, "S3", ""));
}

static struct waiting {
    struct directory_wait wait;
    int times, err;
    const struct directory_person *seen;
} waiting[3];

static void on_fresh(struct directory_wait *wait, int err)
{
    struct waiting *w = (struct waiting *)wait;
    w->times++;
    w->err = err;
    w->seen = directory_find_code(d, "S2", "9");
}

static void a_change_is_in_force_when_it_is_told(void **state)
{
    (void)state;
    memset(waiting, 0, sizeof(waiting));
    for (size_t i = 0; i < 3; i++) {
        waiting[i].wait.done = on_fresh;
        if (i == 1) { /* while the first reading is under way */
            struct batch *b = scene_batch();
            struct store_person lin = {.school = "S2", .code = "9", .name = "林"};
            batch_put_person(b, &lin);
            batch_drop_person(b, "S1", "2");
            assert_int_equal(store_apply_now(scene.store, &b, NULL), 0);
        }
        directory_refresh(d, &waiting[i].wait);
        assert_int_equal(waiting[i].times, 0);
    }
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(waiting[i].times, 1);
        assert_int_equal(waiting[i].err, 0);
    }
    assert_non_null(waiting[1].seen);
    assert_non_null(waiting[2].seen);
    assert_null(directory_find_code(d, "S1", "2"));
    assert_int_equal(directory_find_code(d, "S1", "G1")->n_wards, 1);
}

static void who_waits_is_told_before_the_store_closes(void **state)
{
    (void)state;
    memset(waiting, 0, sizeof(waiting));
    waiting[0].wait.done = waiting[1].wait.done = on_fresh;
    directory_refresh(d, &waiting[0].wait);
    scene_close(&scene);
    assert_int_equal(waiting[0].times, 1);
    directory_free(&d);
    scene_open(&scene);
    assert_int_equal(directory_open(&d, scene.store), 0);
}

/* -- one state of it --------------------------------------------------------------------------- */

static struct people *crowd(size_t n, int *err)
{
    struct people *p = NULL;
    struct store_row school = {
        .kind = STORE_ROW_PLACE, .place = {.school = "S", .klass = ""}
    };
    *err = people_new(&p);
    if (!*err)
        *err = people_add(p, &school);
    char id[32], code[32];
    for (size_t i = 0; i < n && !*err; i++) {
        snprintf(id, sizeof(id), "i%06zu", i);
        snprintf(code, sizeof(code), "%zu", i);
        struct store_row row = {
            .kind = STORE_ROW_PERSON, .person = {.id = id, .school = "S", .code = code}
        };
        *err = people_add(p, &row);
    }
    for (size_t i = 0; i < n && !*err; i++) {
        snprintf(id, sizeof(id), "i%06zu", i);
        struct store_row row = {
            .kind = STORE_ROW_ROLE,
            .member = {.person = {.id = id}, .role = STORE_LECTURER, .school = "S", .klass = ""}
        };
        if (i % 3 == 0)
            *err = people_add(p, &row);
    }
    if (!*err)
        *err = people_seal(p);
    return p;
}

static void a_crowd_is_told_apart(void **state)
{
    (void)state;
    enum { N = 20000 };
    int err;
    struct people *p = crowd(N, &err);
    assert_int_equal(err, 0);
    assert_int_equal(people_count(p), N);
    for (size_t i = 0; i < N; i++) {
        char code[32];
        snprintf(code, sizeof(code), "%zu", i);
        const struct directory_person *person = people_find_code(p, "S", code);
        assert_non_null(person);
        assert_int_equal(person->n_roles, i % 3 == 0);
        assert_ptr_equal(people_find(p, person->id), person);
    }
    people_free(&p);
}

static int build(void)
{
    int err;
    struct people *p = crowd(100, &err);
    people_free(&p);
    return err;
}

static void without_memory_nothing_leaks(void **state)
{
    (void)state;
    assert_true(oom_levels(build) > 5);
}

static void an_empty_one_knows_the_district_alone(void **state)
{
    (void)state;
    struct people *p;
    assert_int_equal(people_new(&p), 0);
    assert_int_equal(people_seal(p), 0);
    assert_null(people_find(p, "x"));
    assert_null(people_find_code(p, "", ""));
    assert_true(people_has_place(p, "", ""));
    people_free(&p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(everybody_is_found_by_code_and_by_id),
        TEST(each_has_their_own_roles_and_wards),
        TEST(places_are_known),
        TEST(a_change_is_in_force_when_it_is_told),
        TEST(who_waits_is_told_before_the_store_closes),
        cmocka_unit_test(a_crowd_is_told_apart),
        cmocka_unit_test(without_memory_nothing_leaks),
        cmocka_unit_test(an_empty_one_knows_the_district_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
