#include "tests/unit/unit.h"

#include "server/access/access.h"
#include "server/lesson/lesson.h"

static const struct lesson shut = {
    .id = "shut", .stream_key = "teach-1234", .watch_key = "watch-1234"};
static const struct lesson open_to_all = {
    .id = "open", .stream_key = "teach-1234", .watch_key = "watch-1234", .is_open = true};

static bool may(const char *key, enum access_act act, const struct lesson *lesson)
{
    return access_may(&(struct access_claim){.key = key}, act, lesson);
}

static void anybody_may_watch_an_open_lesson(void **state)
{
    (void)state;
    assert_true(may(NULL, ACCESS_WATCH, &open_to_all));
    assert_true(may("", ACCESS_WATCH, &open_to_all));
    assert_true(may("nonsense", ACCESS_WATCH, &open_to_all));
}

static void a_shut_lesson_is_watched_with_its_watch_key_only(void **state)
{
    (void)state;
    assert_true(may("watch-1234", ACCESS_WATCH, &shut));
    static const char *const wrong[] = {NULL,         "",           "watch-123", "watch-12345",
                                        "Watch-1234", "teach-1234", "shut"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_false(may(wrong[i], ACCESS_WATCH, &shut));
}

static void teaching_takes_the_stream_key_even_of_an_open_lesson(void **state)
{
    (void)state;
    assert_true(may("teach-1234", ACCESS_TEACH, &shut));
    assert_true(may("teach-1234", ACCESS_TEACH, &open_to_all));
    static const char *const wrong[] = {NULL, "", "watch-1234", "teach-123", "teach-12345", "open"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_false(may(wrong[i], ACCESS_TEACH, &shut));
        assert_false(may(wrong[i], ACCESS_TEACH, &open_to_all));
    }
}

static void a_missing_key_is_not_opened_by_an_empty_one(void **state)
{
    (void)state;
    struct lesson keyless = {.id = "keyless"};
    assert_false(may("", ACCESS_WATCH, &keyless));
    assert_false(may(NULL, ACCESS_WATCH, &keyless));
    assert_false(may("", ACCESS_TEACH, &keyless));
    assert_false(may(NULL, ACCESS_TEACH, &keyless));
}

static void an_act_that_nobody_knows_is_not_allowed(void **state)
{
    (void)state;
    assert_false(may("teach-1234", (enum access_act)99, &open_to_all));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(anybody_may_watch_an_open_lesson),
        cmocka_unit_test(a_shut_lesson_is_watched_with_its_watch_key_only),
        cmocka_unit_test(teaching_takes_the_stream_key_even_of_an_open_lesson),
        cmocka_unit_test(a_missing_key_is_not_opened_by_an_empty_one),
        cmocka_unit_test(an_act_that_nobody_knows_is_not_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
