#include "tests/unit/timetable/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"

enum { EIGHT = 8 * 60 };

static const struct timetable_feed feed = {
    .name = "三（1）班; 课表", .host = "school.example", .stamp_s = 1709164800};

/* The calendar of `row`'s lesson on a day. To be freed. */
static char *calendar_of(const struct timetable_entry *row, const char *date)
{
    struct timetable t = a_term(row, 1);
    struct timetable_lesson lesson;
    const struct timetable_filter everybody = {.school = NULL};
    assert_int_equal(timetable_day(&t, day_of(date), &everybody, &lesson, 1), 1);
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    assert_int_equal(timetable_write_ical(f, &feed, &lesson, 1), 0);
    fclose(f);
    return text;
}

static void a_lesson_is_an_event(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, EIGHT);
    char *text = calendar_of(&row, "2024-02-29");
    assert_string_equal(text, "BEGIN:VCALENDAR\r\n"
                              "VERSION:2.0\r\n"
                              "PRODID:-//Airclass//Timetable//ZH\r\n"
                              "METHOD:PUBLISH\r\n"
                              "X-WR-CALNAME:三（1）班\\; 课表\r\n"
                              "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"
                              "BEGIN:VEVENT\r\n"
                              "UID:m1/2024-02-29@school.example\r\n"
                              "DTSTAMP:20240229T000000Z\r\n"
                              "DTSTART:20240229T000000Z\r\n"
                              "DTEND:20240229T004000Z\r\n"
                              "SUMMARY:数学\r\n"
                              "LOCATION:线上 online\r\n"
                              "END:VEVENT\r\n"
                              "END:VCALENDAR\r\n");
    free(text);
}

static void an_id_stays_when_all_else_changes(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, EIGHT);
    row.title = "语文";
    row.start_min = 600;
    row.lecturer = "t9";
    char *text = calendar_of(&row, "2024-02-29");
    assert_non_null(strstr(text, "UID:m1/2024-02-29@school.example\r\n"));
    free(text);
}

static void text_can_not_break_out_of_its_line(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, EIGHT);
    row.title = "a,b;c\\d\nEND:VEVENT\r\x01\x7fz";
    char *text = calendar_of(&row, "2024-02-29");
    assert_non_null(strstr(text, "SUMMARY:a\\,b\\;c\\\\d\\nEND:VEVENTz\r\n"));
    free(text);
}

static void links_are_told(void **state)
{
    (void)state;
    struct timetable_entry row = a_row("m1", 4, EIGHT);
    row.place = TIMETABLE_ELSEWHERE;
    row.link = "https://tv.example/a,b";
    char *text = calendar_of(&row, "2024-02-29");
    assert_non_null(
        strstr(text, "LOCATION:https://tv.example/a\\,b\r\nURL:https://tv.example/a,b\r\n"));
    free(text);
    row.place = TIMETABLE_AT_SCHOOL;
    row.link = "";
    text = calendar_of(&row, "2024-02-29");
    assert_non_null(strstr(text, "LOCATION:学校 at school\r\nEND"));
    free(text);
}

/* Takes the folds out of `text`, in place; looks at each line on the way. */
static void unfold(char *text)
{
    char *to = text;
    for (char *line = text; *line;) {
        char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 75);
        assert_true(utf8_is_valid(line, (size_t)(end - line)));
        if (*line == ' ') {
            line++;
            to -= 2;
        }
        size_t len = (size_t)(end - line) + 2;
        memmove(to, line, len);
        to += len;
        line = end + 2;
    }
    *to = '\0';
}

static void long_lines_are_folded_between_characters(void **state)
{
    (void)state;
    static const char *const parts[] = {"数", "x", "𠮷", ";"};
    for (size_t front = 0; front < 8; front++) {
        char title[2048] = "";
        char want[4096] = "SUMMARY:";
        for (size_t i = 0; i < front; i++)
            strcat(title, "y");
        for (int i = 0; i < 100; i++)
            strcat(title, parts[(size_t)i % 4]);
        size_t n = strlen(want);
        for (const char *p = title; *p; p++) {
            if (*p == ';')
                want[n++] = '\\';
            want[n++] = *p;
        }
        strcpy(want + n, "\r\n");
        struct timetable_entry row = a_row("m1", 4, EIGHT);
        row.title = title;
        char *text = calendar_of(&row, "2024-02-29");
        assert_null(strstr(text, want));
        unfold(text);
        assert_non_null(strstr(text, want));
        free(text);
    }
}

static void a_full_disk_is_told(void **state)
{
    (void)state;
    FILE *f = fopen("/dev/full", "w");
    setvbuf(f, NULL, _IONBF, 0);
    assert_int_equal(timetable_write_ical(f, &feed, NULL, 0), -EIO);
    fclose(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lesson_is_an_event),
        cmocka_unit_test(an_id_stays_when_all_else_changes),
        cmocka_unit_test(text_can_not_break_out_of_its_line),
        cmocka_unit_test(links_are_told),
        cmocka_unit_test(long_lines_are_folded_between_characters),
        cmocka_unit_test(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
