#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/judge.h"

/* ---- publishing ---- */

/* The first lesson of a row that is still to come; 0: there is none. */
static size_t find_first(const struct plan *plan, const struct timetable_entry *row, int64_t now_ms,
                         struct timetable_lesson *out)
{
    const struct timetable_filter everybody = {.school = NULL};
    struct timetable t = plan->all;
    t.entry = row;
    t.n_entries = 1;
    int32_t today = plan_date(plan, now_ms);
    int32_t date = row->from > today ? row->from : today;
    int32_t last = row->to < date + JUDGE_AHEAD_DAYS ? row->to : date + JUDGE_AHEAD_DAYS;
    for (; date <= last; date++) {
        if (timetable_day(&t, date, &everybody, out, 1) > 0 && out->start_s >= now_ms / 1000)
            return 1;
    }
    return 0;
}

/* Later lessons are announced earlier: the first one decides. */
static void judge_lead(const struct plan *plan, const struct timetable_entry *row, int64_t now_ms,
                       struct plan_verdict *v)
{
    struct timetable_lesson first;
    size_t n = row->place == TIMETABLE_AT_SCHOOL ? 0 : find_first(plan, row, now_ms, &first);
    for (size_t i = 0; i < row->n_classes && n > 0; i++) {
        struct policy_lesson question = timetable_question(&first, 1, 0, now_ms / 1000);
        struct policy_limits limits;
        plan_limits_of(plan, &row->classes[i], row->kind, &limits);
        struct policy_answer a = policy_decide(&limits, &question);
        a.reasons &= 1u << POLICY_PUBLISHED_LATE;
        verdict_add_reasons(v, &a, row, &row->classes[i], first.date);
    }
}

void plan_judge_publishing(const struct plan *plan, const char *school, int64_t now_ms,
                           struct plan_verdict *out)
{
    for (size_t i = plan->published.n_entries; i < plan->all.n_entries; i++) {
        if (strcmp(plan->row[i]->school, school) == 0)
            judge_lead(plan, &plan->all.entry[i], now_ms, out);
    }
}

/* ---- closures ---- */

/* Said once for each row: the first day tells whom to call. */
static void judge_starting(const struct plan *plan, const struct timetable *t, const char *school,
                           int32_t date, struct timetable_lesson *room, struct plan_verdict *out)
{
    const struct timetable_filter of_school = {.school = school};
    size_t n = timetable_day(t, date, &of_school, room, t->n_entries);
    for (size_t i = 0; i < n; i++) {
        const struct plan_finding f = {
            .verdict = POLICY_WARN, .row = room[i].entry, .date = room[i].date};
        if (room[i].is_online && !plan_can_start(plan, f.row))
            verdict_add(out, &f);
    }
}

/* What the class gets of that day over the network, in minutes. */
static void judge_closed_day(const struct plan *plan, const struct timetable *t,
                             const struct store_place *place, int32_t date,
                             struct timetable_lesson *room, struct plan_verdict *out)
{
    const struct timetable_filter of_class = {.school = place->school, .klass = place->klass};
    size_t n = timetable_day(t, date, &of_class, room, t->n_entries);
    struct policy_limits limits;
    uint32_t minutes = 0;
    policy_limits_of(&plan->policy, place->school, (unsigned)place->grade, POLICY_LECTURE, &limits);
    for (size_t i = 0; i < n; i++) {
        bool is_taught =
            room[i].entry->kind == POLICY_LECTURE || room[i].entry->kind == POLICY_SEMINAR;
        minutes += is_taught && room[i].is_online ? room[i].entry->length_min : 0;
    }
    struct plan_finding f = {.reason = POLICY_MINUTES_OVER, .verdict = POLICY_WARN, .date = date};
    for (size_t i = 0; i < n && !f.klass; i++) {
        f.row = room[i].entry;
        for (size_t k = 0; k < f.row->n_classes; k++) {
            const struct timetable_class *c = &f.row->classes[k];
            if (strcmp(c->school, place->school) == 0 && strcmp(c->klass, place->klass) == 0)
                f.klass = c;
        }
    }
    if (limits.is_counted && f.klass && minutes > limits.group_minutes)
        verdict_add(out, &f);
}

int plan_judge_closure(const struct plan *plan, const struct timetable_closure *closure,
                       struct plan_verdict *out)
{
    struct timetable_lesson *room = malloc((plan->published.n_entries + 1) * sizeof(*room));
    if (!room)
        return -ENOMEM;
    struct timetable t = plan->published;
    t.closure = closure;
    t.n_closures = 1;
    for (int32_t date = closure->days.from; date <= closure->days.to; date++)
        judge_starting(plan, &t, closure->school, date, room, out);
    for (size_t i = 0; i < plan->stored->n_classes && out->n < PLAN_FINDINGS_MAX; i++) {
        const struct store_place *place = &plan->stored->classes[i];
        if (strcmp(place->school, closure->school) != 0)
            continue;
        for (int32_t date = closure->days.from; date <= closure->days.to; date++)
            judge_closed_day(plan, &t, place, date, room, out);
    }
    free(room);
    return 0;
}
