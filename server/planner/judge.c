#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/plan.h"

/* How far ahead a row is looked at: a school year. */
enum { AHEAD_DAYS = 370 };

/* ---- findings ---- */

static bool is_same(const struct plan_finding *a, const struct plan_finding *b)
{
    return a->clash == b->clash && a->reason == b->reason && a->row == b->row &&
           a->other == b->other && a->klass == b->klass;
}

static void add(struct plan_verdict *v, const struct plan_finding *f)
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

static void add_reasons(struct plan_verdict *v, const struct policy_answer *a,
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
            add(v, &f);
    }
}

/* ---- clashes ---- */

static void judge_clashes(const struct plan *plan, const struct timetable_entry *row,
                          struct plan_verdict *v)
{
    for (size_t i = 0; i < plan->all.n_entries; i++) {
        const struct timetable_entry *other = &plan->all.entry[i];
        struct plan_finding f = {.verdict = POLICY_REFUSE, .row = row, .other = other};
        if (strcmp(other->id, row->id) == 0)
            continue;
        f.clash = timetable_clash(&plan->all, row, other, &f.date);
        if (f.clash != TIMETABLE_NO_CLASH)
            add(v, &f);
    }
}

/* ---- rules ---- */

static bool has_class(const struct timetable_entry *e, const struct timetable_class *k)
{
    for (size_t i = 0; i < e->n_classes; i++) {
        if (strcmp(e->classes[i].school, k->school) == 0 &&
            strcmp(e->classes[i].klass, k->klass) == 0)
            return true;
    }
    return false;
}

/* A class's days with a row in them: its other rows, and that one, which is the first. */
struct week {
    const struct plan *plan;
    const struct timetable_class *klass;
    unsigned grade;
    struct timetable t;
    struct timetable_entry *entry;
    struct timetable_lesson *lesson; /* room for a day */
};

static void week_release(struct week *w)
{
    free(w->entry);
    free(w->lesson);
}

static void week_begin(struct week *w, const struct plan *plan, const struct timetable_class *klass)
{
    const struct store_place *place = plan_class(plan, klass->school, klass->klass);
    *w = (struct week){.plan = plan, .klass = klass, .t = plan->all};
    w->grade = place && place->grade > 0 ? (unsigned)place->grade : 0;
}

static int week_init(struct week *w, const struct plan *plan, const struct timetable_entry *row,
                     const struct timetable_class *klass)
{
    week_begin(w, plan, klass);
    w->entry = malloc((plan->all.n_entries + 1) * sizeof(*w->entry));
    if (!w->entry)
        return -ENOMEM;
    size_t n = 0;
    w->entry[n++] = *row;
    for (size_t i = 0; i < plan->all.n_entries; i++) {
        const struct timetable_entry *e = &plan->all.entry[i];
        if (strcmp(e->id, row->id) != 0 && has_class(e, klass))
            w->entry[n++] = *e;
    }
    w->t.entry = w->entry;
    w->t.n_entries = n;
    w->lesson = malloc(n * sizeof(*w->lesson));
    return w->lesson ? 0 : -ENOMEM;
}

static void limits_of(const struct week *w, const struct timetable_entry *e,
                      struct policy_limits *out)
{
    policy_limits_of(&w->plan->policy, w->klass->school, w->grade, e->kind, out);
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
    limits_of(w, next->entry, &limits);
    if (next->start_s - l->end_s >= (int64_t)limits.break_minutes * 60)
        return;
    struct policy_answer a = {.reasons = 1u << POLICY_BREAK_TOO_SHORT};
    a.verdict = limits.may_override ? POLICY_NEEDS_OVERRIDE : POLICY_REFUSE;
    add_reasons(v, &a, row, w->klass, l->date);
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
    limits_of(w, row, &limits);
    struct policy_answer a = policy_decide(&limits, &question);
    if (!is_published)
        a.reasons &= ~(1u << POLICY_PUBLISHED_LATE);
    add_reasons(v, &a, row, w->klass, date);
    judge_next(w, n, which, row, v);
}

static int judge_class(const struct plan *plan, const struct timetable_entry *row,
                       const struct timetable_class *klass, bool is_published, int64_t now_ms,
                       struct plan_verdict *v)
{
    struct week w;
    int32_t today = plan_date(plan, now_ms);
    int32_t date = row->from > today ? row->from : today;
    int32_t last = row->to < date + AHEAD_DAYS ? row->to : date + AHEAD_DAYS;
    int err = week_init(&w, plan, row, klass);
    for (; date <= last && !err; date++)
        judge_day(&w, date, now_ms / 1000, is_published, row, v);
    week_release(&w);
    return err;
}

int plan_judge(const struct plan *plan, const struct timetable_entry *row, bool is_published,
               int64_t now_ms, struct plan_verdict *out)
{
    int err = 0;
    judge_clashes(plan, row, out);
    for (size_t i = 0; i < row->n_classes && row->place != TIMETABLE_AT_SCHOOL && !err; i++)
        err = judge_class(plan, row, &row->classes[i], is_published, now_ms, out);
    return err;
}

/* ---- many rows ---- */

/* The new rows, in front, and those of the plan that stay. */
struct merged {
    const struct plan *plan;
    const struct timetable_entry *row;
    struct timetable t;
    struct timetable_entry *all;
    const char **ids; /* of the new ones, sorted */
    size_t n;         /* new ones */
    struct plan_verdict *verdict;
};

static int text_order(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static int merged_init(struct merged *m, const struct plan *plan, const struct timetable_entry *row,
                       size_t n)
{
    *m = (struct merged){.plan = plan, .row = row, .t = plan->all, .n = n};
    m->all = malloc((n + plan->all.n_entries + 1) * sizeof(*m->all));
    m->ids = malloc((n + 1) * sizeof(*m->ids));
    if (!m->all || !m->ids)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        m->all[i] = row[i];
        m->ids[i] = row[i].id;
    }
    qsort(m->ids, n, sizeof(*m->ids), text_order);
    size_t total = n;
    for (size_t i = 0; i < plan->all.n_entries; i++) {
        const char *id = plan->all.entry[i].id;
        if (!bsearch(&id, m->ids, n, sizeof(*m->ids), text_order))
            m->all[total++] = plan->all.entry[i];
    }
    m->t.entry = m->all;
    m->t.n_entries = total;
    return 0;
}

static void merged_release(struct merged *m)
{
    free(m->all);
    free(m->ids);
}

/* The row that is meant by one of the copies, which go. */
static const struct timetable_entry *lasting(const struct merged *m,
                                             const struct timetable_entry *copy)
{
    if (copy < m->all + m->n)
        return m->row + (copy - m->all);
    for (size_t i = 0; i < m->plan->all.n_entries; i++) {
        if (m->plan->all.entry[i].id == copy->id)
            return &m->plan->all.entry[i];
    }
    return copy;
}

static void on_clash(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                     enum timetable_clash clash, int32_t date)
{
    struct merged *m = arg;
    bool is_new = a < m->all + m->n;
    if (!is_new && b >= m->all + m->n) /* both were there before */
        return;
    struct plan_finding f = {.clash = clash, .verdict = POLICY_REFUSE, .date = date};
    f.row = lasting(m, is_new ? a : b);
    f.other = lasting(m, is_new ? b : a);
    add(m->verdict, &f);
}

/* Leaves of the rows that stay those which the school's classes have. */
static void narrow(struct merged *m, const char *school)
{
    size_t total = m->n;
    for (size_t i = m->n; i < m->t.n_entries; i++) {
        const struct timetable_entry *e = &m->all[i];
        bool is_of_school = false;
        for (size_t k = 0; k < e->n_classes; k++)
            is_of_school |= strcmp(e->classes[k].school, school) == 0;
        if (is_of_school)
            m->all[total++] = *e;
    }
    m->t.n_entries = total;
}

static int judge_merged(const struct merged *m, const char *school, int64_t now_ms,
                        struct plan_verdict *v)
{
    struct plan plan = *m->plan;
    size_t skip = strlen(school) + 1;
    int err = 0;
    plan.all = m->t;
    for (size_t i = 0; i < m->n && !err; i++) {
        const struct timetable_entry *row = &m->row[i];
        const struct store_grid_row *before = plan_row(m->plan, school, row->id + skip);
        bool is_published = before && before->published_ms;
        for (size_t k = 0; k < row->n_classes && row->place != TIMETABLE_AT_SCHOOL && !err; k++)
            err = judge_class(&plan, row, &row->classes[k], is_published, now_ms, v);
    }
    return err;
}

int plan_judge_rows(const struct plan *plan, const char *school, const struct timetable_entry *row,
                    size_t n, int64_t now_ms, struct plan_verdict *out)
{
    struct merged m;
    int err = merged_init(&m, plan, row, n);
    m.verdict = out;
    if (!err)
        err = timetable_find_clashes(&m.t, SIZE_MAX, on_clash, &m);
    if (err >= 0) {
        narrow(&m, school);
        err = judge_merged(&m, school, now_ms, out);
    }
    merged_release(&m);
    return err;
}

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
    int32_t last = row->to < date + AHEAD_DAYS ? row->to : date + AHEAD_DAYS;
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
        struct week w;
        week_begin(&w, plan, &row->classes[i]);
        struct policy_lesson question = timetable_question(&first, 1, 0, now_ms / 1000);
        struct policy_limits limits;
        limits_of(&w, row, &limits);
        struct policy_answer a = policy_decide(&limits, &question);
        a.reasons &= 1u << POLICY_PUBLISHED_LATE;
        add_reasons(v, &a, row, &row->classes[i], first.date);
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
        add(out, &f);
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
