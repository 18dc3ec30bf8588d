#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/acts.h"

static bool is_date(int32_t date)
{
    return date >= DATE_MIN && date <= DATE_MAX;
}

static int wrong_field(struct planner_change *c, const char *field)
{
    c->field = field;
    return -EINVAL;
}

/* ---- the year ---- */

static void tell_clash(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                       enum timetable_clash clash, int32_t date)
{
    struct plan_verdict *v = arg;
    v->worst = POLICY_WARN;
    if (v->n < PLAN_FINDINGS_MAX)
        v->finding[v->n++] = (struct plan_finding){
            .clash = clash, .verdict = POLICY_WARN, .row = a, .other = b, .date = date};
}

/* The clashes of the grid in another year. -ENOMEM. */
static int judge_year(const struct plan *plan, const struct store_year *y, struct plan_verdict *v)
{
    struct timetable t = plan->all;
    struct timetable_days *holidays = calloc(y->n_holidays + 1, sizeof(*holidays));
    struct timetable_swap *swaps = calloc(y->n_swaps + 1, sizeof(*swaps));
    int err = holidays && swaps ? 0 : -ENOMEM;
    for (size_t i = 0; i < y->n_holidays && !err; i++)
        holidays[i] = (struct timetable_days){y->holidays[i].from, y->holidays[i].to};
    for (size_t i = 0; i < y->n_swaps && !err; i++)
        swaps[i] = (struct timetable_swap){y->swaps[i].from, y->swaps[i].to};
    t.first_monday = y->first_monday;
    t.holiday = holidays;
    t.n_holidays = y->n_holidays;
    t.swap = swaps;
    t.n_swaps = y->n_swaps;
    if (!err)
        err = timetable_find_clashes(&t, PLAN_FINDINGS_MAX, tell_clash, v);
    free(swaps);
    free(holidays);
    return err < 0 ? err : 0;
}

static int check_year(struct planner_change *c)
{
    enum { OFFSET_MAX_MIN = 14 * 60 };
    const struct store_year *y = &c->year;
    if (!is_date(y->first_monday) || date_weekday(y->first_monday) != 1)
        return wrong_field(c, "first_monday");
    if (y->utc_offset_min < -OFFSET_MAX_MIN || y->utc_offset_min > OFFSET_MAX_MIN)
        return wrong_field(c, "utc_offset_min");
    if (y->n_holidays > STORE_YEAR_DAYS_MAX || y->n_swaps > STORE_YEAR_DAYS_MAX)
        return wrong_field(c, y->n_swaps > STORE_YEAR_DAYS_MAX ? "swaps" : "holidays");
    for (size_t i = 0; i < y->n_holidays; i++) {
        const struct store_days *d = &y->holidays[i];
        if (!is_date(d->from) || !is_date(d->to) || d->to < d->from)
            return wrong_field(c, "holidays");
        for (size_t k = 0; k < i; k++) {
            if (y->holidays[k].from == d->from)
                return wrong_field(c, "holidays");
        }
    }
    for (size_t i = 0; i < y->n_swaps; i++) {
        if (!is_date(y->swaps[i].from) || !is_date(y->swaps[i].to))
            return wrong_field(c, "swaps");
        for (size_t k = 0; k < i; k++) {
            if (y->swaps[k].from == y->swaps[i].from)
                return wrong_field(c, "swaps");
        }
    }
    return 0;
}

static int make_put_year(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    (void)now_ms;
    int err = check_year(c);
    if (!err)
        err = judge_year(plan, &c->year, &c->verdict);
    if (err)
        return err;
    batch_put_year(c->batch, &c->year);
    act_write_audit(c, "timetable.year", "");
    return 0;
}

/* ---- closures ---- */

/* "S1 2024-02-26 2024-02-27" */
static void print_closure(const struct planner_change *c, char out[STORE_NAME_MAX])
{
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
    date_print(from, c->days.from);
    date_print(to, c->days.to);
    snprintf(out, STORE_NAME_MAX, "%s %s %s", c->school, from, to);
}

static struct store_closure closure_of(const struct planner_change *c)
{
    return (struct store_closure){
        c->school, {c->days.from, c->days.to}
    };
}

static int make_close(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    enum { CLOSED_DAYS_MAX = 60 };
    char subject[STORE_NAME_MAX];
    const struct timetable_days *d = &c->days;
    const struct store_closure closure = closure_of(c);
    (void)now_ms;
    if (!is_date(d->from) || !is_date(d->to) || d->to < d->from ||
        d->to - d->from >= CLOSED_DAYS_MAX)
        return wrong_field(c, "to");
    int err = plan_judge_closure(plan, &(struct timetable_closure){c->school, *d}, &c->verdict);
    if (err)
        return err;
    print_closure(c, subject);
    batch_put_closure(c->batch, &closure);
    act_write_audit(c, "school.close", subject);
    return 0;
}

static int make_open(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char subject[STORE_NAME_MAX];
    const struct store_closure closure = closure_of(c);
    (void)plan;
    (void)now_ms;
    if (!is_date(c->days.from) || !is_date(c->days.to))
        return wrong_field(c, "from");
    print_closure(c, subject);
    batch_drop_closure(c->batch, &closure);
    act_write_audit(c, "school.open", subject);
    return 0;
}

/* ---- rules ---- */

static int make_put_rules(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    (void)plan;
    (void)now_ms;
    struct policy *policy = malloc(sizeof(*policy));
    if (!policy)
        return -ENOMEM;
    int err = c->text[0] ? policy_parse(policy, c->text, strlen(c->text), &c->fault) : 0;
    free(policy);
    if (err)
        return err;
    batch_put_policy(c->batch, c->text);
    act_write_audit(c, "policy.put", "");
    return 0;
}

/* ---- whom it concerns ---- */

static bool concerns_all(const struct planner_change *c, const struct plan *before,
                         const struct timetable_entry *e)
{
    (void)c;
    (void)before;
    (void)e;
    return true;
}

static bool concerns_nobody(const struct planner_change *c, const struct plan *before,
                            const struct timetable_entry *e)
{
    return !concerns_all(c, before, e);
}

const struct planner_act act_put_year = {STORE_GRID_NONE, make_put_year, concerns_all};
const struct planner_act act_close = {STORE_GRID_NONE, make_close, act_concerns_school};
const struct planner_act act_open = {STORE_GRID_NONE, make_open, act_concerns_school};
const struct planner_act act_put_rules = {STORE_GRID_NONE, make_put_rules, concerns_nobody};
