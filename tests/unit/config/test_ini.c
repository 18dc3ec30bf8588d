#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/ini.h"

static struct ini_item item;

/* The item behind `n` others in `text`. */
static struct ini nth(const char *text, int n)
{
    struct ini ini;
    const struct message *wrong;
    ini_start(&ini, text, strlen(text));
    for (int i = 0; i <= n; i++)
        assert_int_equal(ini_next(&ini, &item, &wrong), 0);
    return ini;
}

static void sections_and_entries_come_in_order_with_their_lines(void **state)
{
    (void)state;
    static const char text[] =
        "# head\n\n[server]\nport = 80\n\n  # more\n[lesson  a-1 ]\n title=Hi\n";
    assert_int_equal(nth(text, 0).line, 3);
    assert_int_equal(item.kind, INI_SECTION);
    assert_string_equal(item.name, "server");
    assert_string_equal(item.id, "");
    assert_int_equal(nth(text, 1).line, 4);
    assert_int_equal(item.kind, INI_ENTRY);
    assert_string_equal(item.name, "port");
    assert_string_equal(item.value, "80");
    assert_int_equal(nth(text, 2).line, 7);
    assert_string_equal(item.name, "lesson");
    assert_string_equal(item.id, "a-1");
    assert_int_equal(nth(text, 3).line, 8);
    assert_string_equal(item.name, "title");
    nth(text, 4);
    assert_int_equal(item.kind, INI_END);
}

static void a_value_goes_to_the_end_of_its_line(void **state)
{
    (void)state;
    nth("title = Lesson #3; a = b \t\n", 0);
    assert_string_equal(item.value, "Lesson #3; a = b");
    nth("title =\n", 0);
    assert_string_equal(item.value, "");
    nth("title = 分数 ½\n", 0);
    assert_string_equal(item.value, "分数 ½");
    nth("title = \"Hamlet\" today", 0);
    assert_string_equal(item.value, "\"Hamlet\" today");
}

static void windows_lines_and_a_byte_order_mark_are_fine(void **state)
{
    (void)state;
    assert_int_equal(nth("\xef\xbb\xbf[server]\r\nport = 80\r\n", 1).line, 2);
    assert_string_equal(item.value, "80");
}

static void an_indented_line_does_not_continue_the_one_above(void **state)
{
    (void)state;
    nth("title = one\n   two = 2\n", 1);
    assert_string_equal(item.name, "two");
}

static void broken_lines_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *wrong;
    } rows[] = {
        {"[server",                  "expected ']' at the end of the line"   },
        {"[server] # here",          "expected ']' at the end of the line"   },
        {"[]",                       "a section needs a name"                },
        {"[   ]",                    "a section needs a name"                },
        {"[",                        "expected ']' at the end of the line"   },
        {"port 80",                  "expected 'key = value'"                },
        {"; comment",                "comments begin with '#'"               },
        {";port = 80",               "comments begin with '#'"               },
        {"= 80",                     "expected a key before '='"             },
        {"title = \"quoted\"",       "write the value without quotes"        },
        {"title = a\tb\x01",         "not UTF-8 text, or a control character"},
        {"title = \xff",             "not UTF-8 text, or a control character"},
        {"title = \xc0\xaf",         "not UTF-8 text, or a control character"}, /* overlong */
        {"title = \xe0\x80\xaf",     "not UTF-8 text, or a control character"}, /* overlong */
        {"title = \xed\xa0\x80",     "not UTF-8 text, or a control character"}, /* surrogate */
        {"title = \xf4\x90\x80\x80", "not UTF-8 text, or a control character"}, /* > 10FFFF */
        {"title = \xe5\x88",         "not UTF-8 text, or a control character"}, /* cut short */
        {"title = \xc2\x85",         "not UTF-8 text, or a control character"}, /* C1 */
        {"title = a\rb",             "not UTF-8 text, or a control character"},
        {"# a comment with \x1b",    "not UTF-8 text, or a control character"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ini ini;
        const struct message *wrong = NULL;
        ini_start(&ini, rows[i].text, strlen(rows[i].text));
        assert_int_equal(ini_next(&ini, &item, &wrong), -EINVAL);
        assert_string_equal(wrong->en, rows[i].wrong);
    }
}

static void a_nul_does_not_hide_the_rest_of_a_line(void **state)
{
    (void)state;
    struct ini ini;
    const struct message *wrong;
    ini_start(&ini, "port = 80\0 80", 13);
    assert_int_equal(ini_next(&ini, &item, &wrong), -EINVAL);
}

static void long_lines_and_names_are_refused_not_cut(void **state)
{
    (void)state;
    char text[2 * INI_LINE_MAX];
    struct ini ini;
    const struct message *wrong = NULL;
    memset(text, 'a', sizeof(text));
    memcpy(text, "k=", 2);
    ini_start(&ini, text, INI_LINE_MAX - 1);
    assert_int_equal(ini_next(&ini, &item, &wrong), 0);
    assert_int_equal(strlen(item.value), INI_LINE_MAX - 3);
    ini_start(&ini, text, INI_LINE_MAX);
    assert_int_equal(ini_next(&ini, &item, &wrong), -EINVAL);
    assert_string_equal(wrong->en, "a line of more than 1023 bytes");

    memset(text, 'a', sizeof(text));
    text[INI_NAME_MAX] = '=';
    ini_start(&ini, text, INI_NAME_MAX + 1);
    assert_int_equal(ini_next(&ini, &item, &wrong), -EINVAL);
    assert_string_equal(wrong->en, "a name of more than 63 bytes");
}

static void nothing_is_an_empty_file(void **state)
{
    (void)state;
    struct ini ini;
    const struct message *wrong;
    ini_start(&ini, NULL, 0);
    assert_int_equal(ini_next(&ini, &item, &wrong), 0);
    assert_int_equal(item.kind, INI_END);
}

static void files_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    char *text;
    size_t len;
    assert_int_equal(ini_read_file(&text, &len, "/nonexistent/x.conf"), -ENOENT);
    assert_int_equal(ini_read_file(&text, &len, "/"), -EISDIR);
    assert_int_equal(ini_read_file(&text, &len, "/dev/zero"), -EFBIG);
    assert_int_equal(ini_read_file(&text, &len, "/dev/null"), 0);
    assert_int_equal(len, 0);
    free(text);
}

static int read_scene(void)
{
    char *text;
    size_t len;
    int err = ini_read_file(&text, &len, "/dev/null");
    if (!err)
        free(text);
    return err;
}

static void reading_survives_a_failing_allocation(void **state)
{
    (void)state;
    assert_int_equal(oom_levels(read_scene), 1);
}

static void a_complaint_names_file_and_line_and_stays_in_its_room(void **state)
{
    (void)state;
    char text[20];
    struct complaint c = {.text = text, .size = sizeof(text), .file = "a.conf", .line = 12};
    assert_int_equal(complain(&c, "%s", "wrong"), -EINVAL);
    assert_string_equal(text, "a.conf:12: wrong");
    complain(&c, "%s", "very, very wrong");
    assert_string_equal(text, "a.conf:12: very, ve");
    c.line = 0;
    complain(&c, "wrong");
    assert_string_equal(text, "a.conf: wrong");
    c.file = "a-very-long-file-name.conf";
    assert_int_equal(complain(&c, "wrong"), -EINVAL);
    assert_int_equal(strlen(text), sizeof(text) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_and_entries_come_in_order_with_their_lines),
        cmocka_unit_test(a_value_goes_to_the_end_of_its_line),
        cmocka_unit_test(windows_lines_and_a_byte_order_mark_are_fine),
        cmocka_unit_test(an_indented_line_does_not_continue_the_one_above),
        cmocka_unit_test(broken_lines_are_refused),
        cmocka_unit_test(a_nul_does_not_hide_the_rest_of_a_line),
        cmocka_unit_test(long_lines_and_names_are_refused_not_cut),
        cmocka_unit_test(nothing_is_an_empty_file),
        cmocka_unit_test(files_are_read_whole_or_not_at_all),
        cmocka_unit_test(reading_survives_a_failing_allocation),
        cmocka_unit_test(a_complaint_names_file_and_line_and_stays_in_its_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
