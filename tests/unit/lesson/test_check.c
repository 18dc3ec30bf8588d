#include "tests/unit/unit.h"

#include <string.h>

#include "server/lesson/lesson.h"

static const struct lesson good = {
    .id = "math-7b", .title = "数学 7B", .stream_key = "teach-1234", .watch_key = "watch-1234"};

static void ids_are_short_plain_words(void **state)
{
    (void)state;
    assert_true(lesson_id_is_valid("a"));
    assert_true(lesson_id_is_valid("Math_7b-2026"));
    assert_true(lesson_id_is_valid("123456789012345678901234567890123456789"));
    assert_false(lesson_id_is_valid("1234567890123456789012345678901234567890"));
    assert_false(lesson_id_is_valid(""));
    static const char *const bad[] = {"a b", "a/b", "..", "a.b", "a%62", "数学", "a\n", "a\"b"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(lesson_id_is_valid(bad[i]));
}

static void keys_have_at_least_eight_letters(void **state)
{
    (void)state;
    assert_true(lesson_key_is_valid("12345678"));
    assert_false(lesson_key_is_valid("1234567"));
    assert_false(lesson_key_is_valid(""));
    assert_true(lesson_key_is_valid("123456789012345678901234567890123456789"));
    assert_false(lesson_key_is_valid("1234567890123456789012345678901234567890"));
    assert_false(lesson_key_is_valid("1234567?"));
}

static void titles_are_text_in_any_script(void **state)
{
    (void)state;
    assert_true(lesson_title_is_valid(""));
    assert_true(lesson_title_is_valid("二次函数 \"y = ax²\" — 😀"));
    assert_true(lesson_title_is_valid("\xf4\x8f\xbf\xbf"));
}

static void titles_hold_no_control_characters_or_broken_bytes(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a\nb",  "a\tb",      "\x1b[31m",     "a\x7f",        "\xc2\x85",         "\x80",
        "\xc3",  "\xc0\xaf",  "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
        "\xe4z", "\xe4\xb8z", "\xf0\x9f\x98"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(lesson_title_is_valid(bad[i]));
}

static void titles_are_at_most_255_bytes(void **state)
{
    (void)state;
    char title[LESSON_TITLE_MAX + 1];
    memset(title, 'x', sizeof(title));
    title[255] = '\0';
    assert_true(lesson_title_is_valid(title));
    title[255] = 'x';
    title[256] = '\0';
    assert_false(lesson_title_is_valid(title));
}

/* The field that lesson_check() complains about. */
static void assert_field(const struct lesson *l, const char *field)
{
    const char *wrong = lesson_check(l);
    assert_non_null(wrong);
    assert_int_equal(strncmp(wrong, field, strlen(field)), 0);
}

static void a_lesson_says_which_field_is_wrong(void **state)
{
    (void)state;
    assert_null(lesson_check(&good));
    struct lesson l = good;
    l.id[0] = '/';
    assert_field(&l, "id:");
    l = good;
    l.title[0] = '\n';
    assert_field(&l, "title:");
    l = good;
    l.stream_key[3] = '\0';
    assert_field(&l, "stream_key:");
    l = good;
    l.watch_key[3] = '\0';
    assert_field(&l, "watch_key:");
    l = good;
    memset(l.id, 'x', sizeof(l.id));
    assert_field(&l, "id:");
}

static void only_an_open_lesson_does_without_a_watch_key(void **state)
{
    (void)state;
    struct lesson l = good;
    l.watch_key[0] = '\0';
    assert_field(&l, "watch_key:");
    l.is_open = true;
    assert_null(lesson_check(&l));
}

static void who_may_watch_is_not_given_the_stream_key(void **state)
{
    (void)state;
    struct lesson l = good;
    strcpy(l.watch_key, l.stream_key);
    assert_field(&l, "watch_key:");
    l.is_open = true;
    assert_field(&l, "watch_key:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_short_plain_words),
        cmocka_unit_test(keys_have_at_least_eight_letters),
        cmocka_unit_test(titles_are_text_in_any_script),
        cmocka_unit_test(titles_hold_no_control_characters_or_broken_bytes),
        cmocka_unit_test(titles_are_at_most_255_bytes),
        cmocka_unit_test(a_lesson_says_which_field_is_wrong),
        cmocka_unit_test(only_an_open_lesson_does_without_a_watch_key),
        cmocka_unit_test(who_may_watch_is_not_given_the_stream_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
