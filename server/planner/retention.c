#include "server/planner/retention.h"

/* Nobody wrote down in what kind of lesson the minutes were: the longest counts. */
static uint32_t days_of(const struct policy *policy, const char *school, unsigned grade)
{
    uint32_t days = 0;
    for (int kind = 0; kind < POLICY_KINDS; kind++) {
        struct policy_limits limits;
        policy_limits_of(policy, school, grade, (enum policy_kind)kind, &limits);
        if (limits.retention_days > days)
            days = limits.retention_days;
    }
    return days;
}

static uint32_t days_of_class(const struct plan *plan, size_t i)
{
    const struct store_place *c = &plan->stored->classes[i];
    return days_of(&plan->policy, c->school, (unsigned)c->grade);
}

static uint32_t longest(const struct plan *plan)
{
    uint32_t most = days_of(&plan->policy, "", 0);
    for (size_t i = 0; i < plan->stored->n_classes; i++) {
        uint32_t days = days_of_class(plan, i);
        if (days > most)
            most = days;
    }
    return most;
}

/* The first day that is kept. */
static int32_t first_day(int32_t today, uint32_t days)
{
    return days < (uint32_t)today ? today - (int32_t)days : 0;
}

/* A row or a closure ended before `day`. */
static bool has_ended(const struct plan *plan, int32_t day)
{
    for (size_t i = 0; i < plan->stored->n_closures; i++) {
        if (plan->stored->closures[i].days.to < day)
            return true;
    }
    for (size_t i = 0; i < plan->n_parts; i++) {
        const struct store_grid *g = plan->part[i]->grid;
        for (size_t k = 0; k < g->n_rows; k++) {
            if (g->rows[k].to < day)
                return true;
        }
    }
    return false;
}

bool retention_end(struct batch *batch, const struct plan *plan, int32_t today)
{
    uint32_t most = longest(plan);
    bool ends_rows = most != POLICY_NO_LIMIT && has_ended(plan, first_day(today, most));
    if (most != POLICY_NO_LIMIT)
        batch_drop_minutes(batch, first_day(today, most));
    if (ends_rows)
        batch_end_grid(batch, first_day(today, most));
    for (size_t i = 0; i < plan->stored->n_classes; i++) {
        const struct store_place *c = &plan->stored->classes[i];
        uint32_t days = days_of_class(plan, i);
        if (days < most)
            batch_drop_class_minutes(batch, c->school, c->klass, first_day(today, days));
    }
    return ends_rows;
}
