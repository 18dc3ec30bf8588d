#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#include "server/access/access.h"
#include "server/lesson/rehearsal.h"

static struct rehearsals all;
static const struct lesson math = {
    .id = "math", .title = "Maths", .stream_key = "math-stream-key", .is_open = true};

static int nothing(void **state)
{
    (void)state;
    rehearsals_release(&all);
    all = (struct rehearsals){.n = 0};
    return 0;
}

static const struct lesson *add(const char *of)
{
    struct lesson lesson = math;
    const struct lesson *out;
    strcpy(lesson.id, of);
    return rehearsals_add(&all, &lesson, &out) == 0 ? out : NULL;
}

static void it_opens_to_its_own_keys_alone(void **state)
{
    (void)state;
    const struct lesson *l = add("math");
    assert_string_equal(l->title, "Maths");
    assert_true(lesson_id_is_valid(l->id));
    assert_null(lesson_check(l));
    assert_int_equal(strlen(l->id), TOKEN_LEN);
    assert_int_equal(strlen(l->stream_key), TOKEN_LEN);
    assert_int_equal(strlen(l->watch_key), TOKEN_LEN);
    assert_false(access_may(&(struct access_claim){.key = ""}, ACCESS_WATCH, l));
    assert_false(access_may(&(struct access_claim){.key = math.stream_key}, ACCESS_TEACH, l));
    assert_true(access_may(&(struct access_claim){.key = l->watch_key}, ACCESS_WATCH, l));
    assert_ptr_equal(rehearsals_find(&all, l->id), l);
    assert_ptr_equal(rehearsals_find_by_key(&all, l->stream_key), l);
    assert_null(rehearsals_find(&all, "math"));
    assert_null(rehearsals_find_by_key(&all, l->watch_key));
    assert_null(rehearsals_find_by_key(&all, math.stream_key));
}

static void one_lesson_has_a_few_and_all_have_some(void **state)
{
    (void)state;
    char id[] = "a";
    for (size_t i = 0; i < LESSON_REHEARSALS_OF_ONE; i++)
        assert_non_null(add("math"));
    assert_null(add("math"));
    while (all.n < LESSON_REHEARSALS_MAX) {
        assert_non_null(add(id));
        id[0]++;
    }
    const struct lesson *out;
    assert_int_equal(rehearsals_add(&all, &math, &out), -ENOSPC);
    assert_null(add("other"));
}

static void what_is_removed_is_found_no_more(void **state)
{
    (void)state;
    char id[LESSON_ID_MAX];
    strcpy(id, add("math")->id);
    const struct lesson *other = add("math");
    rehearsals_remove(&all, id);
    rehearsals_remove(&all, id);
    assert_null(rehearsals_find(&all, id));
    assert_ptr_equal(rehearsals_find(&all, other->id), other);
    assert_int_equal(all.n, 1);
}

static int scene(void)
{
    const struct lesson *out;
    int err = rehearsals_add(&all, &math, &out);
    if (!err)
        rehearsals_remove(&all, out->id);
    return err;
}

static void a_failing_allocation_is_told(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(scene), 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, nothing, nothing)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_opens_to_its_own_keys_alone),
        CASE(one_lesson_has_a_few_and_all_have_some),
        CASE(what_is_removed_is_found_no_more),
        CASE(a_failing_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
