#ifndef AIRCLASS_SERVER_TIMETABLE_TIMETABLE_H
#define AIRCLASS_SERVER_TIMETABLE_TIMETABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "server/base/date.h"
#include "server/policy/policy.h"

/*
 * Which lessons there are on a day: a weekly grid, the school year around it, and what is different
 * this week. Pure; all texts and arrays are borrowed and are looked at only during a call.
 *
 * Times are those of the district, whose clock stands at a fixed distance from UTC: all of China
 * has had +8:00 without summer time since 1991. A district with summer time is not served by
 * this.
 */

/* A class, by its school's code and its own. */
struct timetable_class {
    const char *school;
    const char *klass;
};

enum timetable_place {
    TIMETABLE_ONLINE,
    TIMETABLE_AT_SCHOOL, /* in the classroom, unless the school is online that day */
    TIMETABLE_ELSEWHERE, /* a TV channel, another platform: `link` says where */
};

enum timetable_weeks { TIMETABLE_EVERY_WEEK, TIMETABLE_ODD_WEEKS, TIMETABLE_EVEN_WEEKS };

/*
 * A row of the grid: each week on that day, from the first date to the last. Where both dates are
 * the same it is a single lesson, which holidays and swapped days do not touch.
 */
struct timetable_entry {
    const char *id; /* unique and for ever: calendars know the lesson by it */
    const char *title;
    const char *lecturer; /* a person's id; "": nobody of ours */
    const char *link;     /* http(s); "": none */
    const struct timetable_class *classes;
    size_t n_classes;
    enum policy_kind kind;
    enum timetable_place place;
    enum timetable_weeks weeks;
    uint8_t weekday; /* 1 is Monday; of a single lesson that of its date */
    uint16_t start_min;
    uint16_t length_min; /* ends by midnight */
    int32_t from;
    int32_t to; /* the last day itself */
};

struct timetable_days {
    int32_t from;
    int32_t to; /* the last day itself */
};

/* A day that is worked for another: the grid of `as` holds on `date`. */
struct timetable_swap {
    int32_t date;
    int32_t as;
};

/* A snow day: what the school would teach in its classrooms, it teaches online. */
struct timetable_closure {
    const char *school;
    struct timetable_days days;
};

struct timetable {
    const struct timetable_entry *entry;
    size_t n_entries;
    int32_t first_monday; /* of week 1, an odd one; before it no week is odd or even */
    int32_t utc_offset_min;
    const struct timetable_days *holiday;
    size_t n_holidays;
    const struct timetable_swap *swap; /* counts more than a holiday */
    size_t n_swaps;
    const struct timetable_closure *closure;
    size_t n_closures;
};

struct timetable_lesson {
    const struct timetable_entry *entry;
    int32_t date;
    int64_t start_s; /* since 1970, UTC */
    int64_t end_s;
    bool is_online; /* for one of its classes at least; not TIMETABLE_ELSEWHERE */
};

/* Whose lessons; NULL: everybody's. A class is named with its school. */
struct timetable_filter {
    const char *school;
    const char *klass;
    const char *lecturer;
    bool is_reached; /* only what somebody outside the classroom gets to: online, or with a link */
};

/* Whether an entry can be: times within a day, dates within the calendar, a weekday, a class, a
 * link that is a web address. NULL, or what is wrong (static text, "weekday"). */
const char *timetable_entry_check(const struct timetable_entry *entry);

/* The lessons of a day in the order of their beginning, and of their ids. How many there are;
 * `room` of them at most are put into `out`, which may be NULL when there is none. */
size_t timetable_day(const struct timetable *t, int32_t date, const struct timetable_filter *filter,
                     struct timetable_lesson *out, size_t room);

/* ---- what may not be at once ---- */

enum timetable_clash { TIMETABLE_NO_CLASH, TIMETABLE_TEACHER_CLASH, TIMETABLE_CLASS_CLASH };

/* Whether two rows want the same teacher or class at the same time, and when first: in the weeks,
 * and on the holidays and swapped days of `t`, whose rows do not count. */
enum timetable_clash timetable_clash(const struct timetable *t, const struct timetable_entry *a,
                                     const struct timetable_entry *b, int32_t *date);

/* The first class of `a` that is one of `b`, too; NULL: there is none. */
const struct timetable_class *timetable_common_class(const struct timetable_entry *a,
                                                     const struct timetable_entry *b);

/* Tells every such pair of `t` once, up to `max` of them. How many were told; -ENOMEM. n log n for
 * a grid in which nothing clashes. */
typedef void timetable_clash_fn(void *arg, const struct timetable_entry *a,
                                const struct timetable_entry *b, enum timetable_clash clash,
                                int32_t date);
int timetable_find_clashes(const struct timetable *t, size_t max, timetable_clash_fn *each,
                           void *arg);

/* ---- what the rules are asked ---- */

/*
 * What policy_decide() wants to know about lesson `which` of a class's day, which timetable_day()
 * gave: the lessons around it, and how long before it begins it is published.
 */
struct policy_lesson timetable_question(const struct timetable_lesson *day, size_t n, size_t which,
                                        int64_t published_s);

/* ---- calendars ---- */

struct timetable_feed {
    const char *name; /* of the calendar, for people */
    const char *host; /* ours: makes lessons' ids unique in the world */
    int64_t stamp_s;  /* when it was last changed; since 1970 */
};

/*
 * Writes a calendar (RFC 5545): times in UTC, lines folded at 75 bytes between characters, the same
 * UID for the same lesson each time. 0; -EIO: `out` says so.
 */
int timetable_write_ical(FILE *out, const struct timetable_feed *feed,
                         const struct timetable_lesson *lesson, size_t n);

#endif
