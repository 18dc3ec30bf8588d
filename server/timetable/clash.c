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

static bool are_on(const struct timetable *t, const struct timetable_entry *a,
                   const struct timetable_entry *b, int32_t date)
{
    int32_t grid = timetable_grid_of(t, date);
    return entry_is_on(t, a, date, grid) && entry_is_on(t, b, date, grid);
}

/* The first day from `first` to `last` that is its own and on which both are; -1: there is none.
 * Weeks repeat after two, and begin to at the first Monday: what is left to skip are holidays and
 * days that are swapped away. */
static int32_t first_plain(const struct timetable *t, const struct timetable_entry *a,
                           const struct timetable_entry *b, int32_t first, int32_t last)
{
    bool is_alternating = alternates(a) || alternates(b);
    if (a->weekday != b->weekday || (alternates(a) && alternates(b) && a->weeks != b->weeks))
        return -1;
    if (is_alternating && first < t->first_monday)
        first = t->first_monday;
    int32_t date = first + (a->weekday - date_weekday(first) + 7) % 7;
    for (; date <= last; date += 7) {
        if (are_on(t, a, b, date) && timetable_grid_of(t, date) == date)
            return date;
    }
    return -1;
}

/* The first date on which both are; -1: there is none. */
static int32_t common_date(const struct timetable *t, const struct timetable_entry *a,
                           const struct timetable_entry *b)
{
    int32_t first = a->from > b->from ? a->from : b->from;
    int32_t last = a->to < b->to ? a->to : b->to;
    if (first > last)
        return -1;
    if (first == last) /* as of a single lesson, which does not ask what is worked on its day */
        return are_on(t, a, b, first) ? first : -1;
    int32_t date = first_plain(t, a, b, first, last);
    for (size_t i = 0; i < t->n_swaps; i++) {
        int32_t swapped = t->swap[i].date;
        if ((date < 0 || swapped < date) && swapped >= first && are_on(t, a, b, swapped))
            date = swapped;
    }
    return date;
}

const struct timetable_class *timetable_common_class(const struct timetable_entry *a,
                                                     const struct timetable_entry *b)
{
    for (size_t i = 0; i < a->n_classes; i++) {
        for (size_t k = 0; k < b->n_classes; k++) {
            if (strcmp(a->classes[i].school, b->classes[k].school) == 0 &&
                strcmp(a->classes[i].klass, b->classes[k].klass) == 0)
                return &a->classes[i];
        }
    }
    return NULL;
}

enum timetable_clash timetable_clash(const struct timetable *t, const struct timetable_entry *a,
                                     const struct timetable_entry *b, int32_t *date)
{
    if (!overlap_in_time(a, b))
        return TIMETABLE_NO_CLASH;
    int32_t common = common_date(t, a, b);
    if (common < 0)
        return TIMETABLE_NO_CLASH;
    *date = common;
    if (a->lecturer[0] && strcmp(a->lecturer, b->lecturer) == 0)
        return TIMETABLE_TEACHER_CLASH;
    return timetable_common_class(a, b) ? TIMETABLE_CLASS_CLASH : TIMETABLE_NO_CLASH;
}

/* ---- a whole grid ---- */

/* Who is where, once for the teacher of a row and once for each of its classes. */
struct booking {
    const char *school; /* NULL: a teacher */
    const char *who;
    const struct timetable_entry *entry;
    int weekday; /* in whose grid; 0: a single lesson on a holiday */
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
    if (a->weekday != b->weekday)
        return a->weekday < b->weekday ? -1 : 1;
    if (a->entry->start_min != b->entry->start_min)
        return a->entry->start_min < b->entry->start_min ? -1 : 1;
    /* In the order of the grid, so that each pair is told the same way round. */
    return (a->entry > b->entry) - (a->entry < b->entry);
}

/* A single lesson meets what is worked on its day. */
static int weekday_of(const struct timetable *t, const struct timetable_entry *e)
{
    if (!entry_is_single(e))
        return e->weekday;
    int32_t grid = timetable_grid_of(t, e->from);
    return grid < 0 ? 0 : date_weekday(grid);
}

static size_t book(const struct timetable *t, struct booking *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_entries; i++) {
        const struct timetable_entry *e = &t->entry[i];
        struct booking b = {.entry = e, .weekday = weekday_of(t, e)};
        if (e->lecturer[0]) {
            b.who = e->lecturer;
            out[n++] = b;
        }
        for (size_t k = 0; k < e->n_classes; k++) {
            b.school = e->classes[k].school;
            b.who = e->classes[k].klass;
            out[n++] = b;
        }
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
        if (timetable_common_class(&one, other))
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
            if (b[k].weekday != b[i].weekday || b[k].entry->start_min >= end_min)
                break;
            if (b[k].entry == b[i].entry)
                continue;
            enum timetable_clash clash = timetable_clash(t, b[i].entry, b[k].entry, &date);
            if (clash == TIMETABLE_NO_CLASH || !is_told_here(&b[i], b[k].entry))
                continue;
            each(arg, b[i].entry, b[k].entry, clash, date);
            told++;
        }
    }
    free(b);
    return (int)told;
}
