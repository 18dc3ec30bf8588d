#include "server/timetable/timetable.h"

#include <stdlib.h>
#include <string.h>

#include "server/timetable/impl.h"

bool entry_is_single(const struct timetable_entry *e)
{
    return e->from == e->to;
}

static bool is_in(const struct timetable_days *days, int32_t date)
{
    return date >= days->from && date <= days->to;
}

/* One that a page may link to: no javascript:, nothing that ends a line or an attribute. */
static bool is_web_address(const char *link)
{
    size_t scheme = strncmp(link, "https://", 8) == 0  ? 8
                    : strncmp(link, "http://", 7) == 0 ? 7
                                                       : 0;
    if (scheme == 0 || !link[scheme])
        return false;
    for (const char *p = link; *p; p++) {
        if ((unsigned char)*p <= ' ' || strchr("\"<>\\\x7f", *p))
            return false;
    }
    return true;
}

const char *timetable_entry_check(const struct timetable_entry *e)
{
    if (!e->id[0])
        return "id";
    if (!e->title[0])
        return "title";
    if (e->n_classes == 0)
        return "classes";
    if (e->from < DATE_MIN || e->to > DATE_MAX || e->to < e->from)
        return "dates";
    if (e->weekday < 1 || e->weekday > 7 ||
        (entry_is_single(e) && e->weekday != date_weekday(e->from)))
        return "weekday";
    if (e->length_min == 0 || e->start_min + e->length_min > POLICY_DAY_MIN)
        return "time";
    if (e->link[0] ? !is_web_address(e->link) : e->place == TIMETABLE_ELSEWHERE)
        return "link";
    return NULL;
}

/* ---- whether it is that day ---- */

/* Whether its weeks include the one of `date`. */
static bool has_week(const struct timetable_entry *e, int32_t date, int32_t first_monday)
{
    if (e->weeks == TIMETABLE_EVERY_WEEK || entry_is_single(e))
        return true;
    if (date < first_monday)
        return false;
    bool is_odd = (date - first_monday) / 7 % 2 == 0;
    return is_odd == (e->weeks == TIMETABLE_ODD_WEEKS);
}

int32_t timetable_grid_of(const struct timetable *t, int32_t date)
{
    for (size_t i = 0; i < t->n_swaps; i++) {
        if (t->swap[i].date == date)
            return t->swap[i].as;
    }
    for (size_t i = 0; i < t->n_holidays; i++) {
        if (is_in(&t->holiday[i], date))
            return -1;
    }
    return date;
}

bool entry_is_on(const struct timetable *t, const struct timetable_entry *e, int32_t date,
                 int32_t grid)
{
    if (date < e->from || date > e->to)
        return false;
    if (entry_is_single(e))
        return true;
    return grid >= 0 && date_weekday(grid) == e->weekday && has_week(e, grid, t->first_monday);
}

static bool is_wanted(const struct timetable_entry *e, const struct timetable_filter *f)
{
    if (f->lecturer && strcmp(f->lecturer, e->lecturer) != 0)
        return false;
    if (!f->school)
        return true;
    for (size_t i = 0; i < e->n_classes; i++) {
        if (strcmp(e->classes[i].school, f->school) == 0 &&
            (!f->klass || strcmp(e->classes[i].klass, f->klass) == 0))
            return true;
    }
    return false;
}

/* ---- what it is ---- */

static bool is_closed(const struct timetable *t, const char *school, int32_t date)
{
    for (size_t i = 0; i < t->n_closures; i++) {
        if (is_in(&t->closure[i].days, date) && strcmp(t->closure[i].school, school) == 0)
            return true;
    }
    return false;
}

static bool is_online(const struct timetable *t, const struct timetable_entry *e, int32_t date)
{
    if (e->place != TIMETABLE_AT_SCHOOL)
        return e->place == TIMETABLE_ONLINE;
    for (size_t i = 0; i < e->n_classes; i++) {
        if (is_closed(t, e->classes[i].school, date))
            return true;
    }
    return false;
}

static struct timetable_lesson lesson_of(const struct timetable *t, const struct timetable_entry *e,
                                         int32_t date)
{
    struct timetable_lesson l = {.entry = e, .date = date, .is_online = is_online(t, e, date)};
    l.start_s = (int64_t)date * DATE_DAY_S + (int64_t)(e->start_min - t->utc_offset_min) * 60;
    l.end_s = l.start_s + (int64_t)e->length_min * 60;
    return l;
}

static int lesson_order(const void *one, const void *other)
{
    const struct timetable_lesson *a = one;
    const struct timetable_lesson *b = other;
    if (a->start_s != b->start_s)
        return a->start_s < b->start_s ? -1 : 1;
    return strcmp(a->entry->id, b->entry->id);
}

size_t timetable_day(const struct timetable *t, int32_t date, const struct timetable_filter *filter,
                     struct timetable_lesson *out, size_t room)
{
    size_t n = 0;
    int32_t grid = timetable_grid_of(t, date);
    for (size_t i = 0; i < t->n_entries; i++) {
        const struct timetable_entry *e = &t->entry[i];
        if (!entry_is_on(t, e, date, grid) || !is_wanted(e, filter))
            continue;
        if (filter->is_reached && !*e->link && !is_online(t, e, date))
            continue;
        if (n < room)
            out[n] = lesson_of(t, e, date);
        n++;
    }
    if (n > 1 && room > 1)
        qsort(out, n < room ? n : room, sizeof(*out), lesson_order);
    return n;
}

/* ---- what the rules are asked ---- */

/* What a pupil has of the day's minutes: lectures and seminars that are shown, by us or on TV. */
static bool is_group_teaching(const struct timetable_lesson *l)
{
    bool is_lesson = l->entry->kind == POLICY_LECTURE || l->entry->kind == POLICY_SEMINAR;
    return is_lesson && (l->is_online || l->entry->place == TIMETABLE_ELSEWHERE);
}

struct policy_lesson timetable_question(const struct timetable_lesson *day, size_t n, size_t which,
                                        int64_t published_s)
{
    const struct timetable_lesson *l = &day[which];
    struct policy_lesson q = {.start_min = l->entry->start_min,
                              .length_min = l->entry->length_min,
                              .break_before_min = POLICY_NO_LIMIT};
    if (l->start_s > published_s) {
        int64_t lead_min = (l->start_s - published_s) / 60;
        q.lead_min = lead_min < POLICY_NO_LIMIT ? (uint32_t)lead_min : POLICY_NO_LIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        const struct timetable_lesson *other = &day[i];
        if (i == which)
            continue;
        if (is_group_teaching(other))
            q.planned_group_min += other->entry->length_min;
        if (other->start_s > l->start_s)
            continue;
        int64_t gap_s = l->start_s - other->end_s;
        uint32_t gap_min = gap_s > 0 ? (uint32_t)(gap_s / 60) : 0;
        q.break_before_min = gap_min < q.break_before_min ? gap_min : q.break_before_min;
    }
    return q;
}
