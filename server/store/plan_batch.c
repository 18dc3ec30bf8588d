#include <errno.h>
#include <string.h>

#include "server/store/batch.h"

/* The verbs of plan.h: what is given is copied and looked at; the SQL is in plan.c. */

static const struct store_place *copy_classes(struct batch *b, const struct store_grid_row *e)
{
    if (e->n_classes > STORE_ENTRY_CLASSES_MAX)
        batch_fail(b, -EINVAL);
    struct store_place *copy =
        b->err ? NULL : arena_take(&b->arena, (e->n_classes + 1) * sizeof(*copy));
    if (!copy) {
        batch_fail(b, -ENOMEM);
        return NULL;
    }
    for (size_t i = 0; i < e->n_classes; i++) {
        copy[i].school = batch_word(b, e->classes[i].school, STORE_CODE_MAX);
        copy[i].klass = batch_word(b, e->classes[i].klass, STORE_CODE_MAX);
    }
    return copy;
}

static struct store_reason copy_reason(struct batch *b, const struct store_reason *r)
{
    return (struct store_reason){.text = batch_text(b, r->text, STORE_REASON_MAX),
                                 .salt = batch_text(b, r->salt, STORE_ID_MAX)};
}

void batch_put_grid_row(struct batch *batch, const struct store_grid_row *entry)
{
    struct change c = {.grid_row = *entry};
    c.grid_row.school = batch_text(batch, entry->school, STORE_CODE_MAX);
    c.grid_row.code = batch_word(batch, entry->code, STORE_NAME_MAX);
    c.grid_row.title = batch_text(batch, entry->title, STORE_NAME_MAX);
    c.grid_row.lecturer = batch_text(batch, entry->lecturer, STORE_ID_MAX);
    c.grid_row.link = batch_text(batch, entry->link, STORE_LINK_MAX);
    c.grid_row.classes = copy_classes(batch, entry);
    c.grid_row.reason = copy_reason(batch, &entry->reason);
    batch_add(batch, grid_row_put, &c);
}

void batch_drop_grid_row(struct batch *batch, const char *school, const char *code)
{
    struct change c = {
        .grid_row = {.school = batch_text(batch, school, STORE_CODE_MAX),
                     .code = batch_word(batch, code, STORE_NAME_MAX)}
    };
    batch_add(batch, grid_row_drop, &c);
}

void batch_publish_grid(struct batch *batch, const char *school, int64_t at_ms,
                        const struct store_reason *reason)
{
    struct change c = {
        .grid_row = {.school = batch_text(batch, school, STORE_CODE_MAX),
                     .published_ms = at_ms,
                     .reason = copy_reason(batch, reason)}
    };
    batch_add(batch, grid_publish, &c);
}

static const struct store_days *copy_days(struct batch *b, const struct store_days *days, size_t n)
{
    if (n > STORE_YEAR_DAYS_MAX)
        batch_fail(b, -EINVAL);
    struct store_days *copy = b->err ? NULL : arena_take(&b->arena, (n + 1) * sizeof(*copy));
    if (!copy)
        batch_fail(b, -ENOMEM);
    else if (n > 0)
        memcpy(copy, days, n * sizeof(*copy));
    return copy;
}

void batch_put_year(struct batch *batch, const struct store_year *year)
{
    struct change c = {.year = *year};
    c.year.holidays = copy_days(batch, year->holidays, year->n_holidays);
    c.year.swaps = copy_days(batch, year->swaps, year->n_swaps);
    batch_add(batch, year_put, &c);
}

static struct change closure_change(struct batch *b, const struct store_closure *closure)
{
    return (struct change){
        .closure = {.school = batch_word(b, closure->school, STORE_CODE_MAX),
                    .days = closure->days}
    };
}

void batch_put_closure(struct batch *batch, const struct store_closure *closure)
{
    struct change c = closure_change(batch, closure);
    batch_add(batch, closure_put, &c);
}

void batch_drop_closure(struct batch *batch, const struct store_closure *closure)
{
    struct change c = closure_change(batch, closure);
    batch_add(batch, closure_drop, &c);
}

void batch_end_grid(struct batch *batch, int32_t day)
{
    struct change c = {.closure.days.to = day};
    batch_add(batch, grid_expire, &c);
}

void batch_put_policy(struct batch *batch, const char *text)
{
    struct change c = {.text = batch_text(batch, text, STORE_POLICY_MAX)};
    batch_add(batch, policy_put, &c);
}

void batch_put_minutes(struct batch *batch, const struct store_minutes *minutes)
{
    struct change c = {.minutes = *minutes};
    c.minutes.person = batch_word(batch, minutes->person, STORE_ID_MAX);
    batch_add(batch, minutes_put, &c);
}

void batch_drop_minutes(struct batch *batch, int32_t day)
{
    struct change c = {.minutes.day = day};
    batch_add(batch, minutes_drop, &c);
}

void batch_drop_class_minutes(struct batch *batch, const char *school, const char *klass,
                              int32_t day)
{
    struct change c = {
        .class_minutes = {.school = batch_word(batch, school, STORE_CODE_MAX),
                          .klass = batch_word(batch, klass, STORE_CODE_MAX),
                          .day = day}
    };
    batch_add(batch, class_minutes_drop, &c);
}
