#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/timetable/timetable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct timetable_class klass = {"s1", "c1"};

/* A date that is read prints as one that reads as the same. */
static int32_t try_date(const char *text)
{
    int32_t date, again;
    char printed[DATE_TEXT_SIZE];
    if (date_read(&date, text))
        return 20000;
    date_print(printed, date);
    if (date < DATE_MIN || date > DATE_MAX || date_read(&again, printed) || again != date)
        abort();
    return date;
}

/* No text makes a line of its own: each is of 75 bytes at most, folded between characters, and
 * there is one event. */
static void check_calendar(const char *text, size_t len, bool is_utf8)
{
    size_t events = 0;
    for (const char *line = text; line < text + len;) {
        const char *end = strstr(line, "\r\n");
        if (!end || end - line > 75 || memchr(line, '\n', (size_t)(end - line)))
            abort();
        if (is_utf8 && !utf8_is_valid(line, (size_t)(end - line)))
            abort();
        events += strncmp(line, "BEGIN:VEVENT", 12) == 0;
        line = end + 2;
    }
    if (events != 1)
        abort();
}

static void write_calendar(struct timetable_entry *e, bool is_utf8)
{
    const struct timetable_feed feed = {.name = e->title, .host = "h", .stamp_s = 1700000000};
    const struct timetable_filter everybody = {.school = NULL};
    struct timetable t = {.entry = e, .n_entries = 1, .utc_offset_min = 480};
    struct timetable_lesson lesson;
    char *text = NULL;
    size_t len;
    if (timetable_day(&t, e->from, &everybody, &lesson, 1) != 1)
        abort();
    FILE *f = open_memstream(&text, &len);
    if (timetable_write_ical(f, &feed, &lesson, 1))
        abort();
    fclose(f);
    check_calendar(text, len, is_utf8);
    free(text);
}

/* Three texts, each ended by a NUL: an id and title, a link, a date. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 3);
    memcpy(text, data, size);
    memset(text + size, 0, 3);
    const char *title = text;
    const char *link = title + strlen(title) + 1;
    const char *date = link < text + size ? link + strlen(link) + 1 : link;
    struct timetable_entry e = {.id = title,
                                .title = title,
                                .lecturer = "",
                                .link = link,
                                .classes = &klass,
                                .n_classes = 1,
                                .start_min = 480,
                                .length_min = 40};
    e.from = e.to = try_date(date < text + size ? date : "");
    e.weekday = (uint8_t)date_weekday(e.from);
    if (!timetable_entry_check(&e))
        write_calendar(&e,
                       utf8_is_valid(title, strlen(title)) && utf8_is_valid(link, strlen(link)));
    free(text);
    return 0;
}
