#include <errno.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/timetable/timetable.h"

enum { LINE_MAX_BYTES = 75 };

/* A content line on its way out, folded as it goes. */
struct line {
    FILE *out;
    size_t len; /* bytes of the line that is being written */
};

/* One character as a whole. */
static void put(struct line *l, const char *text, size_t len)
{
    if (l->len + len > LINE_MAX_BYTES) {
        fputs("\r\n ", l->out);
        l->len = 1;
    }
    fwrite(text, 1, len, l->out);
    l->len += len;
}

/* The character that `text` begins with, or what is none, as one byte. */
static size_t char_len(const char *text)
{
    size_t n = utf8_next(text, strlen(text), NULL);
    return n > 0 ? n : 1;
}

static void put_plain(struct line *l, const char *text)
{
    for (size_t n; *text; text += n) {
        n = char_len(text);
        put(l, text, n);
    }
}

/* TEXT of RFC 5545, 3.3.11. Other control characters have no place in it. */
static void put_text(struct line *l, const char *text)
{
    for (size_t n; *text; text += n) {
        n = char_len(text);
        if (*text == '\n')
            put(l, "\\n", 2);
        else if (strchr("\\;,", *text))
            put(l, (const char[]){'\\', *text}, 2);
        else if ((unsigned char)*text >= 0x20 && *text != 0x7f)
            put(l, text, n);
    }
}

static void end(struct line *l)
{
    fputs("\r\n", l->out);
    l->len = 0;
}

static void line_plain(FILE *out, const char *name, const char *value)
{
    struct line l = {.out = out};
    put_plain(&l, name);
    put(&l, ":", 1);
    put_plain(&l, value);
    end(&l);
}

static void line_text(FILE *out, const char *name, const char *value)
{
    struct line l = {.out = out};
    put_plain(&l, name);
    put(&l, ":", 1);
    put_text(&l, value);
    end(&l);
}

static void line_time(FILE *out, const char *name, int64_t s)
{
    int year, month, day;
    char text[32];
    int32_t date = (int32_t)(s / DATE_DAY_S);
    unsigned of_day = (unsigned)(s % DATE_DAY_S);
    date_split(date, &year, &month, &day);
    snprintf(text, sizeof(text), "%04d%02d%02dT%02u%02u%02uZ", year, month, day, of_day / 3600,
             of_day / 60 % 60, of_day % 60);
    line_plain(out, name, text);
}

/* The row and its date: the same whatever else of it changes. */
static void line_uid(FILE *out, const struct timetable_feed *feed,
                     const struct timetable_lesson *lesson)
{
    struct line l = {.out = out};
    char date[DATE_TEXT_SIZE];
    date_print(date, lesson->date);
    put_plain(&l, "UID:");
    put_text(&l, lesson->entry->id);
    put(&l, "/", 1);
    put_plain(&l, date);
    put(&l, "@", 1);
    put_text(&l, feed->host);
    end(&l);
}

static void write_event(FILE *out, const struct timetable_feed *feed,
                        const struct timetable_lesson *lesson)
{
    const struct timetable_entry *e = lesson->entry;
    bool is_elsewhere = e->place == TIMETABLE_ELSEWHERE;
    line_plain(out, "BEGIN", "VEVENT");
    line_uid(out, feed, lesson);
    line_time(out, "DTSTAMP", feed->stamp_s);
    line_time(out, "DTSTART", lesson->start_s);
    line_time(out, "DTEND", lesson->end_s);
    line_text(out, "SUMMARY", e->title);
    line_text(out, "LOCATION",
              lesson->is_online ? "线上 online"
              : is_elsewhere    ? e->link
                                : "学校 at school");
    if (e->link[0])
        line_plain(out, "URL", e->link);
    line_plain(out, "END", "VEVENT");
}

int timetable_write_ical(FILE *out, const struct timetable_feed *feed,
                         const struct timetable_lesson *lesson, size_t n)
{
    line_plain(out, "BEGIN", "VCALENDAR");
    line_plain(out, "VERSION", "2.0");
    line_plain(out, "PRODID", "-//Airclass//Timetable//ZH");
    line_plain(out, "METHOD", "PUBLISH");
    line_text(out, "X-WR-CALNAME", feed->name);
    /* How often a calendar may come back: a change is also told on the devices that have joined. */
    line_plain(out, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for (size_t i = 0; i < n; i++)
        write_event(out, feed, &lesson[i]);
    line_plain(out, "END", "VCALENDAR");
    return ferror(out) ? -EIO : 0;
}
