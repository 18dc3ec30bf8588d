#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/plan.h"

static int64_t local_s(const struct plan *plan, int64_t now_ms)
{
    return now_ms / 1000 + (int64_t)plan->all.utc_offset_min * 60;
}

bool plan_wants_first_monday(const struct plan *plan)
{
    const struct timetable *t = &plan->all;
    bool is_alternating = false;
    for (size_t i = 0; i < t->n_entries && !is_alternating; i++)
        is_alternating = t->entry[i].weeks != TIMETABLE_EVERY_WEEK;
    return is_alternating && t->first_monday == PLAN_NO_FIRST_MONDAY;
}

int32_t plan_date(const struct plan *plan, int64_t now_ms)
{
    return (int32_t)(local_s(plan, now_ms) / DATE_DAY_S);
}

uint32_t plan_second(const struct plan *plan, int64_t now_ms)
{
    return (uint32_t)(local_s(plan, now_ms) % DATE_DAY_S);
}

static int add_day(const struct timetable *t, int32_t date, const struct timetable_filter *filter,
                   struct timetable_lesson **out, size_t *n)
{
    size_t more = timetable_day(t, date, filter, NULL, 0);
    if (more == 0)
        return 0;
    if (*n + more > PLAN_LESSONS_MAX)
        return -E2BIG;
    struct timetable_lesson *grown = realloc(*out, (*n + more) * sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    *out = grown;
    *n += timetable_day(t, date, filter, grown + *n, more);
    return 0;
}

static int add_days(const struct timetable *t, const struct timetable_days *days,
                    const struct timetable_filter *filter, struct timetable_lesson **out, size_t *n)
{
    struct timetable_lesson *all = NULL;
    int err = days->to - days->from < PLAN_DAYS_MAX ? 0 : -E2BIG;
    *n = 0;
    for (int32_t date = days->from; date <= days->to && !err; date++)
        err = add_day(t, date, filter, &all, n);
    if (err) {
        free(all);
        *n = 0;
        return err;
    }
    *out = all;
    return 0;
}

/* The same of a few rows of `t`, which are those of the plan from the first on. */
static int add_days_of(const struct plan *plan, const struct timetable *t,
                       const struct picked *picked, const struct timetable_days *days,
                       const struct timetable_filter *filter, struct timetable_lesson **out,
                       size_t *n)
{
    struct timetable few = *t;
    struct timetable_entry *own = malloc((picked->n + 1) * sizeof(*own));
    if (!own)
        return -ENOMEM;
    few.entry = own;
    few.n_entries = 0;
    for (size_t i = 0; i < picked->n && picked->entry[i] < t->n_entries; i++)
        own[few.n_entries++] = plan->entry[picked->entry[i]];
    int err = add_days(&few, days, filter, out, n);
    for (size_t i = 0; i < *n && !err; i++)
        (*out)[i].entry = &plan->entry[picked->entry[(*out)[i].entry - own]];
    free(own);
    return err;
}

int plan_lessons(const struct plan *plan, const struct timetable_days *days,
                 const struct timetable_filter *filter, bool is_office,
                 struct timetable_lesson **out, size_t *n)
{
    const struct timetable *t = is_office ? &plan->all : &plan->published;
    struct picked picked = {.entry = NULL};
    if (!filter->school && !filter->lecturer)
        return add_days(t, days, filter, out, n);
    int err = filter->lecturer
                  ? picked_add(&picked, &plan->by_lecturer, filter->lecturer, "")
                  : picked_add(&picked, &plan->by_class, filter->school, filter->klass);
    picked_sort(&picked);
    if (!err)
        err = add_days_of(plan, t, &picked, days, filter, out, n);
    picked_release(&picked);
    return err;
}

bool plan_is_of(const struct timetable_entry *e, const struct plan_whose *whose)
{
    if (whose->lecturer && strcmp(whose->lecturer, e->lecturer) == 0)
        return true;
    for (size_t i = 0; i < e->n_classes; i++) {
        for (size_t k = 0; k < whose->n; k++) {
            if (strcmp(whose->klass[k].school, e->classes[i].school) == 0 &&
                strcmp(whose->klass[k].klass, e->classes[i].klass) == 0)
                return true;
        }
    }
    return false;
}

int plan_lessons_of(const struct plan *plan, const struct timetable_days *days,
                    const struct plan_whose *whose, struct timetable_lesson **out, size_t *n)
{
    const struct timetable_filter everybody = {.school = NULL};
    struct picked picked = {.entry = NULL};
    int err = whose->lecturer ? picked_add(&picked, &plan->by_lecturer, whose->lecturer, "") : 0;
    for (size_t i = 0; i < whose->n && !err; i++)
        err = picked_add(&picked, &plan->by_class, whose->klass[i].school, whose->klass[i].klass);
    picked_sort(&picked);
    if (!err)
        err = add_days_of(plan, &plan->published, &picked, days, &everybody, out, n);
    picked_release(&picked);
    return err;
}
