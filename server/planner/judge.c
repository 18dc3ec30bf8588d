#include "server/planner/judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- findings ---- */

static bool is_same(const struct plan_finding *a, const struct plan_finding *b)
{
    return a->clash == b->clash && a->reason == b->reason && a->row == b->row &&
           a->other == b->other && a->klass == b->klass;
}

void verdict_add(struct plan_verdict *v, const struct plan_finding *f)
{
    for (size_t i = 0; i < v->n; i++) {
        if (is_same(&v->finding[i], f))
            return;
    }
    if (f->verdict > v->worst)
        v->worst = f->verdict;
    if (v->n < PLAN_FINDINGS_MAX)
        v->finding[v->n++] = *f;
}

void verdict_add_reasons(struct plan_verdict *v, const struct policy_answer *a,
                         const struct timetable_entry *row, const struct timetable_class *klass,
                         int32_t date)
{
    for (int reason = POLICY_FINE + 1; reason < POLICY_REASONS; reason++) {
        struct plan_finding f = {.reason = (enum policy_reason)reason,
                                 .verdict = reason < POLICY_MINUTES_NEAR ? a->verdict : POLICY_WARN,
                                 .row = row,
                                 .klass = klass,
                                 .date = date};
        if (a->reasons >> reason & 1u)
            verdict_add(v, &f);
    }
}

/* ---- clashes ---- */

/* The rows with the same lecturer, or a class in common: none else can clash. */
static int pick_related(const struct plan *plan, const struct timetable_entry *row,
                        struct picked *out)
{
    int err = row->lecturer[0] ? picked_add(out, &plan->by_lecturer, row->lecturer, "") : 0;
    for (size_t i = 0; i < row->n_classes && !err; i++)
        err = picked_add(out, &plan->by_class, row->classes[i].school, row->classes[i].klass);
    picked_sort(out);
    return err;
}

static int judge_clashes(const struct plan *plan, const struct timetable_entry *row,
                         struct plan_verdict *v)
{
    struct picked related = {.n = 0};
    int err = pick_related(plan, row, &related);
    for (size_t i = 0; i < related.n && !err; i++) {
        const struct timetable_entry *other = &plan->all.entry[related.entry[i]];
        struct plan_finding f = {.verdict = POLICY_REFUSE, .row = row, .other = other};
        if (strcmp(other->id, row->id) == 0)
            continue;
        f.clash = timetable_clash(&plan->all, row, other, &f.date);
        if (f.clash == TIMETABLE_CLASS_CLASH)
            f.klass = timetable_common_class(row, other);
        if (f.clash != TIMETABLE_NO_CLASH)
            verdict_add(v, &f);
    }
    picked_release(&related);
    return err;
}

/* ---- rules ---- */

void plan_limits_of(const struct plan *plan, const struct timetable_class *klass,
                    enum policy_kind kind, struct policy_limits *out)
{
    const struct store_place *place = plan_class(plan, klass->school, klass->klass);
    unsigned grade = place && place->grade > 0 ? (unsigned)place->grade : 0;
    policy_limits_of(&plan->policy, klass->school, grade, kind, out);
}

/* A class's days with a row in them: its other rows, and that one, which is the first. */
struct week {
    const struct plan *plan;
    const struct timetable_class *klass;
    struct timetable t;
    struct timetable_entry *entry;
    struct timetable_lesson *lesson; /* room for a day */
};

static void week_release(struct week *w)
{
    free(w->entry);
    free(w->lesson);
}

static int week_fill(struct week *w, const struct timetable_entry *row, const struct picked *rows)
{
    size_t n = 0;
    w->entry = malloc((rows->n + 1) * sizeof(*w->entry));
    w->lesson = malloc((rows->n + 1) * sizeof(*w->lesson));
    if (!w->entry || !w->lesson)
        return -ENOMEM;
    w->entry[n++] = *row;
    for (size_t i = 0; i < rows->n; i++) {
        const struct timetable_entry *e = &w->plan->all.entry[rows->entry[i]];
        if (strcmp(e->id, row->id) != 0)
            w->entry[n++] = *e;
    }
    w->t.entry = w->entry;
    w->t.n_entries = n;
    return 0;
}

static int week_init(struct week *w, const struct plan *plan, const struct timetable_entry *row,
                     const struct timetable_class *klass)
{
    struct picked rows = {.n = 0};
    *w = (struct week){.plan = plan, .klass = klass, .t = plan->all};
    int err = picked_add(&rows, &plan->by_class, klass->school, klass->klass);
    picked_sort(&rows);
    if (!err)
        err = week_fill(w, row, &rows);
    picked_release(&rows);
    return err;
}

/* Who comes after it has a break, too. */
static void judge_next(const struct week *w, size_t n, size_t which,
                       const struct timetable_entry *row, struct plan_verdict *v)
{
    const struct timetable_lesson *l = &w->lesson[which];
    if (which + 1 == n || w->lesson[which + 1].entry->place == TIMETABLE_AT_SCHOOL)
        return;
    const struct timetable_lesson *next = &w->lesson[which + 1];
    struct policy_limits limits;
    plan_limits_of(w->plan, w->klass, next->entry->kind, &limits);
    if (next->start_s - l->end_s >= (int64_t)limits.break_minutes * 60)
        return;
    struct policy_answer a = {.reasons = 1u << POLICY_BREAK_TOO_SHORT};
    a.verdict = limits.may_override ? POLICY_NEEDS_OVERRIDE : POLICY_REFUSE;
    verdict_add_reasons(v, &a, row, w->klass, l->date);
}

/* What speaks against the row, the first of the week's, on that day. */
static void judge_day(const struct week *w, int32_t date, int64_t now_s, bool is_published,
                      const struct timetable_entry *row, struct plan_verdict *v)
{
    const struct timetable_filter everybody = {.school = NULL};
    size_t n = timetable_day(&w->t, date, &everybody, w->lesson, w->t.n_entries);
    size_t which = 0;
    while (which < n && w->lesson[which].entry != w->entry)
        which++;
    if (which == n || w->lesson[which].start_s < now_s)
        return;
    struct policy_limits limits;
    struct policy_lesson question = timetable_question(w->lesson, n, which, now_s);
    plan_limits_of(w->plan, w->klass, row->kind, &limits);
    struct policy_answer a = policy_decide(&limits, &question);
    if (!is_published)
        a.reasons &= ~(1u << POLICY_PUBLISHED_LATE);
    verdict_add_reasons(v, &a, row, w->klass, date);
    judge_next(w, n, which, row, v);
}

int plan_judge_class(const struct plan *plan, const struct timetable_entry *row,
                     const struct timetable_class *klass, bool is_published, int64_t now_ms,
                     struct plan_verdict *v)
{
    struct week w;
    int32_t today = plan_date(plan, now_ms);
    int32_t date = row->from > today ? row->from : today;
    int32_t last = row->to < date + JUDGE_AHEAD_DAYS ? row->to : date + JUDGE_AHEAD_DAYS;
    int err = week_init(&w, plan, row, klass);
    for (; date <= last && !err; date++)
        judge_day(&w, date, now_ms / 1000, is_published, row, v);
    week_release(&w);
    return err;
}

int plan_judge(const struct plan *plan, const struct timetable_entry *row, bool is_published,
               int64_t now_ms, struct plan_verdict *out)
{
    int err = judge_clashes(plan, row, out);
    for (size_t i = 0; i < row->n_classes && row->place != TIMETABLE_AT_SCHOOL && !err; i++)
        err = plan_judge_class(plan, row, &row->classes[i], is_published, now_ms, out);
    return err;
}
