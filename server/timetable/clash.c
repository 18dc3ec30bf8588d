#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/timetable/impl.h"

/* ---- two rows ---- */

static bool overlap_in_time(const struct timetable_entry *a, const struct timetable_entry *b)
{
    return a->start_min < b->start_min + b->length_min &&
           b->start_min < a->start_min + a->length_min;
}

static bool alternates(const struct timetable_entry *e)
{
    return e->weeks != TIMETABLE_EVERY_WEEK && !entry_is_single(e);
}

/* The first date on which both are; -1: there is none. Weeks repeat after two, and begin to at the
 * first Monday. */
static int32_t common_date(const struct timetable_entry *a, const struct timetable_entry *b,
                           int32_t first_monday)
{
    int32_t first = a->from > b->from ? a->from : b->from;
    int32_t last = a->to < b->to ? a->to : b->to;
    if (first < first_monday && (alternates(a) || alternates(b)))
        first = first_monday;
    int32_t date = first + (a->weekday - date_weekday(first) + 7) % 7;
    for (int weeks = 0; weeks < 2 && date <= last; weeks++, date += 7) {
        if (entry_has_week(a, date, first_monday) && entry_has_week(b, date, first_monday))
            return date;
    }
    return -1;
}

static bool have_common_class(const struct timetable_entry *a, const struct timetable_entry *b)
{
    for (size_t i = 0; i < a->n_classes; i++) {
        for (size_t k = 0; k < b->n_classes; k++) {
            if (strcmp(a->classes[i].school, b->classes[k].school) == 0 &&
                strcmp(a->classes[i].klass, b->classes[k].klass) == 0)
                return true;
        }
    }
    return false;
}

enum timetable_clash timetable_clash(const struct timetable_entry *a,
                                     const struct timetable_entry *b, int32_t first_monday,
                                     int32_t *date)
{
    if (a->weekday != b->weekday || !overlap_in_time(a, b))
        return TIMETABLE_NO_CLASH;
    int32_t common = common_date(a, b, first_monday);
    if (common < 0)
        return TIMETABLE_NO_CLASH;
    *date = common;
    if (a->lecturer[0] && strcmp(a->lecturer, b->lecturer) == 0)
        return TIMETABLE_TEACHER_CLASH;
    return have_common_class(a, b) ? TIMETABLE_CLASS_CLASH : TIMETABLE_NO_CLASH;
}

/* ---- a whole grid ---- */

/* Who is where, once for the teacher of a row and once for each of its classes. */
struct booking {
    const char *school; /* NULL: a teacher */
    const char *who;
    const struct timetable_entry *entry;
};

static int who_order(const struct booking *a, const struct booking *b)
{
    if (!a->school != !b->school)
        return a->school ? 1 : -1;
    int order = a->school ? strcmp(a->school, b->school) : 0;
    return order ? order : strcmp(a->who, b->who);
}

static int booking_order(const void *one, const void *other)
{
    const struct booking *a = one;
    const struct booking *b = other;
    int who = who_order(a, b);
    if (who)
        return who;
    if (a->entry->weekday != b->entry->weekday)
        return a->entry->weekday < b->entry->weekday ? -1 : 1;
    if (a->entry->start_min != b->entry->start_min)
        return a->entry->start_min < b->entry->start_min ? -1 : 1;
    /* In the order of the grid, so that each pair is told the same way round. */
    return (a->entry > b->entry) - (a->entry < b->entry);
}

static size_t book(const struct timetable *t, struct booking *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_entries; i++) {
        const struct timetable_entry *e = &t->entry[i];
        if (e->lecturer[0])
            out[n++] = (struct booking){.who = e->lecturer, .entry = e};
        for (size_t k = 0; k < e->n_classes; k++)
            out[n++] = (struct booking){
                .school = e->classes[k].school, .who = e->classes[k].klass, .entry = e};
    }
    return n;
}

static size_t count_bookings(const struct timetable *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_entries; i++)
        n += t->entry[i].n_classes + 1;
    return n;
}

/* A pair with several classes in common is told for the first of them only; one with the teacher in
 * common for the teacher. */
static bool is_told_here(const struct booking *b, const struct timetable_entry *other)
{
    const struct timetable_entry *e = b->entry;
    if (!b->school)
        return true;
    if (e->lecturer[0] && strcmp(e->lecturer, other->lecturer) == 0)
        return false;
    for (size_t i = 0; i < e->n_classes; i++) {
        struct timetable_entry one = *e;
        one.classes = &e->classes[i];
        one.n_classes = 1;
        if (have_common_class(&one, other))
            return strcmp(e->classes[i].school, b->school) == 0 &&
                   strcmp(e->classes[i].klass, b->who) == 0;
    }
    return false;
}

int timetable_find_clashes(const struct timetable *t, size_t max, timetable_clash_fn *each,
                           void *arg)
{
    struct booking *b = malloc((count_bookings(t) + 1) * sizeof(*b));
    if (!b)
        return -ENOMEM;
    size_t n = book(t, b);
    size_t told = 0;
    qsort(b, n, sizeof(*b), booking_order);
    for (size_t i = 0; i < n && told < max; i++) {
        uint32_t end_min = (uint32_t)b[i].entry->start_min + b[i].entry->length_min;
        for (size_t k = i + 1; k < n && told < max && who_order(&b[i], &b[k]) == 0; k++) {
            int32_t date;
            if (b[k].entry->weekday != b[i].entry->weekday || b[k].entry->start_min >= end_min)
                break;
            if (b[k].entry == b[i].entry)
                continue;
            enum timetable_clash clash =
                timetable_clash(b[i].entry, b[k].entry, t->first_monday, &date);
            if (clash == TIMETABLE_NO_CLASH || !is_told_here(&b[i], b[k].entry))
                continue;
            each(arg, b[i].entry, b[k].entry, clash, date);
            told++;
        }
    }
    free(b);
    return (int)told;
}
