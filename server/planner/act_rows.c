#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/acts.h"

/* ---- rows ---- */

static void write_row(struct planner_change *c, const struct plan *plan, const char *code,
                      const struct timetable_entry *e)
{
    struct store_place classes[STORE_ENTRY_CLASSES_MAX];
    const struct store_grid_row *before = plan_row(plan, c->school, code);
    size_t n = e->n_classes < STORE_ENTRY_CLASSES_MAX ? e->n_classes : STORE_ENTRY_CLASSES_MAX;
    for (size_t i = 0; i < n; i++)
        classes[i] =
            (struct store_place){.school = e->classes[i].school, .klass = e->classes[i].klass};
    batch_put_grid_row(c->batch,
                       &(struct store_grid_row){.school = c->school,
                                                .code = code,
                                                .title = e->title,
                                                .lecturer = e->lecturer,
                                                .link = e->link,
                                                .kind = (int)e->kind,
                                                .place = (int)e->place,
                                                .weeks = (int)e->weeks,
                                                .weekday = e->weekday,
                                                .start_min = e->start_min,
                                                .length_min = e->length_min,
                                                .from = e->from,
                                                .to = e->to,
                                                .published_ms = before ? before->published_ms : 0,
                                                .reason = act_reason_of(c),
                                                .classes = classes,
                                                .n_classes = n});
}

/* ---- whose it is ---- */

static bool may(const struct planner_change *c, const char *school)
{
    const struct planner_reach *r = c->reach;
    bool does = !r || r->is_all;
    for (size_t i = 0; !does && i < r->n; i++)
        does = strcmp(r->school[i], school) == 0;
    return does;
}

/* A row that is there, with the classes of others that it may have. */
static bool may_change(const struct planner_change *c, const struct store_grid_row *row)
{
    for (size_t i = 0; row && i < row->n_classes; i++) {
        if (!may(c, row->classes[i].school))
            return false;
    }
    return true;
}

static bool may_lecture(const struct planner_change *c, const struct plan *plan,
                        const struct store_grid_row *before, const char *lecturer)
{
    const struct store_person *p = *lecturer ? plan_person(plan, lecturer) : NULL;
    return !p || may(c, p->school) || (before && strcmp(before->lecturer, lecturer) == 0);
}

static bool may_put(const struct planner_change *c, const struct plan *plan,
                    const struct store_grid_row *before, const struct timetable_entry *e)
{
    for (size_t i = 0; i < e->n_classes; i++) {
        if (!may(c, e->classes[i].school))
            return false;
    }
    return may_change(c, before) && may_lecture(c, plan, before, e->lecturer);
}

/* ---- one row ---- */

/* What it names that is not there; NULL. */
static const char *missing(const struct plan *plan, const struct timetable_entry *e)
{
    if (e->lecturer[0] && !plan_person(plan, e->lecturer))
        return "lecturer";
    for (size_t i = 0; i < e->n_classes; i++) {
        if (!plan_class(plan, e->classes[i].school, e->classes[i].klass))
            return "classes";
    }
    return e->n_classes <= STORE_ENTRY_CLASSES_MAX ? NULL : "classes";
}

static int check_row(struct planner_change *c, const struct plan *plan,
                     const struct timetable_entry *e)
{
    const char *wrong = timetable_entry_check(e);
    if (!wrong)
        wrong = missing(plan, e);
    if (wrong)
        c->field = wrong;
    return wrong ? -EINVAL : 0;
}

static int make_put_row(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char id[PLAN_ID_MAX];
    const struct store_grid_row *before = plan_row(plan, c->school, c->code);
    plan_id(id, c->school, c->code);
    c->entry.id = id;
    int err = may_put(c, plan, before, &c->entry) ? check_row(c, plan, &c->entry) : -EPERM;
    if (!err)
        err = plan_judge(plan, &c->entry, before && before->published_ms, now_ms, &c->verdict);
    c->entry.id = c->code;
    if (!err)
        err = act_may(c);
    if (err)
        return err;
    write_row(c, plan, c->code, &c->entry);
    act_write_audit(c, "timetable.put", id);
    return 0;
}

static int make_drop_row(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char id[PLAN_ID_MAX];
    (void)now_ms;
    const struct store_grid_row *before = plan_row(plan, c->school, c->code);
    if (!before)
        return -ENOENT;
    if (!may_change(c, before))
        return -EPERM;
    plan_id(id, c->school, c->code);
    batch_drop_grid_row(c->batch, c->school, c->code);
    act_write_audit(c, "timetable.drop", id);
    return 0;
}

/* ---- many ---- */

/* The whole ids of `n` rows, one behind the other. */
static char *name_rows(struct planner_change *c)
{
    char *ids = malloc((c->n_rows + 1) * PLAN_ID_MAX);
    for (size_t i = 0; i < c->n_rows && ids; i++) {
        plan_id(ids + i * PLAN_ID_MAX, c->school, c->rows[i].id);
        c->rows[i].id = ids + i * PLAN_ID_MAX;
    }
    return ids;
}

static int judge_rows(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    int err = 0;
    size_t skip = strlen(c->school) + 1;
    for (size_t i = 0; i < c->n_rows && !err; i++) {
        const struct store_grid_row *before = plan_row(plan, c->school, c->rows[i].id + skip);
        err = may_put(c, plan, before, &c->rows[i]) ? check_row(c, plan, &c->rows[i]) : -EPERM;
    }
    if (!err)
        err = plan_judge_rows(plan, c->school, c->rows, c->n_rows, now_ms, &c->verdict);
    return err ? err : act_may(c);
}

static int make_put_rows(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    char detail[32];
    c->ids = name_rows(c); /* the verdict names rows until the end */
    int err = c->ids ? judge_rows(c, plan, now_ms) : -ENOMEM;
    size_t skip = strlen(c->school) + 1;
    for (size_t i = 0; i < c->n_rows && !err; i++)
        write_row(c, plan, c->rows[i].id + skip, &c->rows[i]);
    snprintf(detail, sizeof(detail), "%zu rows", c->n_rows);
    if (!err)
        act_write_audit(c, "timetable.import", c->school);
    return err;
}

/* ---- lists ---- */

/* What a list is read for. */
struct reading {
    const struct planner_change *change;
    const struct plan *plan;
};

static const char *list_find_class(void *arg, const char *school, const char *klass)
{
    const struct reading *r = arg;
    const struct store_place *place = plan_class(r->plan, school, klass);
    if (!place)
        place = plan_class_named(r->plan, school, klass);
    return place ? place->klass : NULL;
}

static const char *list_find_teacher(void *arg, const char *school, const char *code)
{
    const struct reading *r = arg;
    const struct store_person *p = plan_staff(r->plan, school, code);
    return p ? p->id : NULL;
}

static bool list_may_name(void *arg, const char *school)
{
    const struct reading *r = arg;
    return may(r->change, school);
}

static bool list_may_replace(void *arg, const char *id)
{
    const struct reading *r = arg;
    return may_change(r->change, plan_row(r->plan, r->change->school, id));
}

static int read_list(struct planner_change *c, const struct plan *plan)
{
    struct reading reading = {c, plan};
    const struct timetable_list_options options = {.school = c->school,
                                                   .is_own_only = true,
                                                   .from = c->term.from,
                                                   .to = c->term.to,
                                                   .calendar = &plan->all,
                                                   .find_class = list_find_class,
                                                   .find_teacher = list_find_teacher,
                                                   .may_name = list_may_name,
                                                   .may_replace = list_may_replace,
                                                   .arg = &reading};
    int err = timetable_list_new(&c->list, &options);
    return err ? err : timetable_list_read(c->list, &c->file, &c->list_rows);
}

/* The entries are the list's, which lives as long as the change. */
static int make_put_list(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    int err = read_list(c, plan);
    if (err)
        return err;
    c->rows = (struct timetable_entry *)c->list_rows->entry;
    c->n_rows = c->list_rows->n;
    return c->list_rows->is_applicable ? make_put_rows(c, plan, now_ms) : -EPERM;
}

/* ---- publishing ---- */

static bool has_drafts(const struct plan *plan, const char *school)
{
    for (size_t i = plan->published.n_entries; i < plan->all.n_entries; i++) {
        if (strcmp(plan->row[i]->school, school) == 0)
            return true;
    }
    return false;
}

static int make_publish(struct planner_change *c, const struct plan *plan, int64_t now_ms)
{
    if (!has_drafts(plan, c->school)) /* nothing to be done, nor to be logged */
        return 0;
    plan_judge_publishing(plan, c->school, now_ms, &c->verdict);
    int err = act_may(c);
    if (err)
        return err;
    const struct store_reason reason = act_reason_of(c);
    batch_publish_grid(c->batch, c->school, now_ms, &reason);
    act_write_audit(c, "timetable.publish", c->school);
    return 0;
}

/* ---- whom it concerns ---- */

static bool has_class(const struct timetable_entry *e, const struct store_place *klass)
{
    for (size_t i = 0; i < e->n_classes; i++) {
        if (strcmp(e->classes[i].school, klass->school) == 0 &&
            strcmp(e->classes[i].klass, klass->klass) == 0)
            return true;
    }
    return false;
}

/* Who has the row: who has had it, and who gets it. */
static bool concerns_row(const struct planner_change *c, const struct plan *plan,
                         const struct timetable_entry *e)
{
    const struct store_grid_row *row = plan_row(plan, c->school, c->code);
    for (size_t i = 0; row && i < row->n_classes; i++) {
        if (has_class(e, &row->classes[i]))
            return true;
    }
    return false;
}

const struct planner_act act_put_row = {STORE_GRID_SCHOOL, make_put_row, concerns_row};
const struct planner_act act_drop_row = {STORE_GRID_SCHOOL, make_drop_row, concerns_row};
const struct planner_act act_put_rows = {STORE_GRID_SCHOOL, make_put_rows, act_concerns_grid};
const struct planner_act act_put_list = {STORE_GRID_SCHOOL, make_put_list, act_concerns_grid};
const struct planner_act act_publish = {STORE_GRID_SCHOOL, make_publish, act_concerns_grid};
