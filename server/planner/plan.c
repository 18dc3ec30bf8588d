#include "server/planner/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/roster/name.h"

void plan_id(char out[PLAN_ID_MAX], const char *school, const char *code)
{
    snprintf(out, PLAN_ID_MAX, "%s/%s", school, code);
}

/* ---- making it ---- */

static void add_year(struct plan *p)
{
    const struct store_plan *s = p->stored;
    for (size_t i = 0; i < s->year.n_holidays; i++)
        p->holiday[i] = (struct timetable_days){s->year.holidays[i].from, s->year.holidays[i].to};
    for (size_t i = 0; i < s->year.n_swaps; i++)
        p->swap[i] = (struct timetable_swap){s->year.swaps[i].from, s->year.swaps[i].to};
    for (size_t i = 0; i < s->n_closures; i++)
        p->closure[i] = (struct timetable_closure){
            s->closures[i].school, {s->closures[i].days.from, s->closures[i].days.to}
        };
    p->all.first_monday = s->year.first_monday;
    p->all.utc_offset_min = s->year.utc_offset_min;
    p->all.holiday = p->holiday;
    p->all.n_holidays = s->year.n_holidays;
    p->all.swap = p->swap;
    p->all.n_swaps = s->year.n_swaps;
    p->all.closure = p->closure;
    p->all.n_closures = s->n_closures;
}

static int code_order(const void *one, const void *other)
{
    const struct store_person *a = *(const struct store_person *const *)one;
    const struct store_person *b = *(const struct store_person *const *)other;
    int order = strcmp(a->school, b->school);
    return order ? order : strcmp(a->code, b->code);
}

static void add_staff(struct plan *p)
{
    for (size_t i = 0; i < p->stored->n_staff; i++)
        p->by_code[i] = &p->stored->staff[i].person;
    if (p->stored->n_staff > 1)
        qsort(p->by_code, p->stored->n_staff, sizeof(struct store_person *), code_order);
}

static int make_room(struct plan *p, size_t n_parts)
{
    const struct store_plan *s = p->stored;
    p->part = calloc(n_parts + 1, sizeof(struct part *));
    p->holiday = calloc(s->year.n_holidays + 1, sizeof(*p->holiday));
    p->swap = calloc(s->year.n_swaps + 1, sizeof(*p->swap));
    p->closure = calloc(s->n_closures + 1, sizeof(*p->closure));
    p->by_code = calloc(s->n_staff + 1, sizeof(struct store_person *));
    return p->part && p->holiday && p->swap && p->closure && p->by_code ? 0 : -ENOMEM;
}

static int take_grid(struct plan *p, size_t i)
{
    struct store_grid *grid = p->stored->grids[i];
    p->stored->grids[i] = NULL;
    int err = part_new(&p->part[p->n_parts], grid);
    p->n_parts += !err;
    return err;
}

/* The schools of which there are new rows, and those of `before` that stay, in their order. */
static int gather_parts(struct plan *p, const struct plan_base *base)
{
    const struct store_plan *s = p->stored;
    size_t i = 0, k = 0, n_before = base->plan ? base->plan->n_parts : 0;
    int err = 0;
    while ((i < s->n_grids || k < n_before) && !err) {
        struct part *old = k < n_before ? base->plan->part[k] : NULL;
        if (old && base->school && strcmp(old->grid->school, base->school) == 0)
            k++;
        else if (!old || (i < s->n_grids && strcmp(s->grids[i]->school, old->grid->school) < 0))
            err = take_grid(p, i++);
        else
            p->part[p->n_parts++] = part_ref(base->plan->part[k++]);
    }
    return err;
}

static void add_entries(struct plan *p, bool are_published)
{
    for (size_t i = 0; i < p->n_parts; i++) {
        const struct part *part = p->part[i];
        size_t from = are_published ? 0 : part->n_published;
        size_t n = (are_published ? part->n_published : part->n) - from;
        memcpy(p->entry + p->all.n_entries, part->entry + from, n * sizeof(*p->entry));
        memcpy(p->row + p->all.n_entries, part->row + from, n * sizeof(struct store_grid_row *));
        p->all.n_entries += n;
    }
}

/* All rows one behind the other: those that are published, then the others. */
static int join_parts(struct plan *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_parts; i++)
        n += p->part[i]->n;
    p->entry = malloc((n + 1) * sizeof(*p->entry));
    p->row = malloc((n + 1) * sizeof(struct store_grid_row *));
    if (!p->entry || !p->row)
        return -ENOMEM;
    p->all.entry = p->entry;
    add_entries(p, true);
    p->published = p->all;
    add_entries(p, false);
    int err = row_index_by_class(&p->by_class, p->entry, n);
    return err ? err : row_index_by_lecturer(&p->by_lecturer, p->entry, n);
}

static bool read_policy(struct plan *p)
{
    struct policy_fault fault;
    const char *text = p->stored->policy;
    if (*text && policy_parse(&p->policy, text, strlen(text), &fault) == 0)
        return true;
    policy_built_in(&p->policy);
    return !*text;
}

int plan_new(struct plan **out, struct store_plan *stored, const struct plan_base *base,
             bool *has_bad_rules)
{
    struct plan *p = calloc(1, sizeof(*p));
    if (!p) {
        store_plan_free(&stored);
        return -ENOMEM;
    }
    p->stored = stored;
    int err = make_room(p, stored->n_grids + (base->plan ? base->plan->n_parts : 0));
    if (!err) {
        add_year(p);
        add_staff(p);
        err = gather_parts(p, base);
    }
    if (!err)
        err = join_parts(p);
    if (err) {
        plan_free(&p);
        return err;
    }
    *has_bad_rules = !read_policy(p);
    *out = p;
    return 0;
}

void plan_free(struct plan **plan)
{
    struct plan *p = *plan;
    *plan = NULL;
    if (!p)
        return;
    store_plan_free(&p->stored);
    for (size_t i = 0; i < p->n_parts; i++)
        part_unref(&p->part[i]);
    free(p->part);
    free(p->entry);
    free(p->row);
    free(p->holiday);
    free(p->swap);
    free(p->closure);
    free(p->by_code);
    row_index_release(&p->by_class);
    row_index_release(&p->by_lecturer);
    free(p);
}

/* ---- finding ---- */

static int class_order(const void *key, const void *element)
{
    const struct timetable_class *k = key;
    const struct store_place *c = element;
    int order = strcmp(k->school, c->school);
    return order ? order : strcmp(k->klass, c->klass);
}

/* bsearch() may not be given NULL, even of nothing. */
static void *search(const void *key, const void *all, size_t n, size_t size,
                    int (*order)(const void *, const void *))
{
    return n > 0 ? bsearch(key, all, n, size, order) : NULL;
}

static int school_of_order(const void *key, const void *element)
{
    return strcmp(key, ((const struct store_place *)element)->school);
}

const struct store_place *plan_school(const struct plan *plan, const char *school)
{
    return search(school, plan->stored->schools, plan->stored->n_schools,
                  sizeof(struct store_place), school_of_order);
}

const struct store_place *plan_class(const struct plan *plan, const char *school, const char *klass)
{
    const struct timetable_class key = {school, klass};
    return search(&key, plan->stored->classes, plan->stored->n_classes, sizeof(struct store_place),
                  class_order);
}

static bool is_called(const struct store_place *place, const char *name)
{
    char folded[CODE_SIZE];
    return code_read(folded, place->name) == ROSTER_FINE && strcmp(folded, name) == 0;
}

const struct store_place *plan_class_named(const struct plan *plan, const char *school,
                                           const char *name)
{
    const struct store_place *all = plan->stored->classes, *end = all + plan->stored->n_classes;
    const struct store_place *found = NULL;
    const struct store_place *one =
        search(school, all, plan->stored->n_classes, sizeof(*all), school_of_order);
    if (!one)
        return NULL;
    while (one > all && strcmp(one[-1].school, school) == 0)
        one--;
    for (; one < end && strcmp(one->school, school) == 0; one++) {
        if (!is_called(one, name))
            continue;
        if (found)
            return NULL;
        found = one;
    }
    return found;
}

static int id_order(const void *key, const void *element)
{
    return strcmp(key, ((const struct store_staff *)element)->person.id);
}

static const struct store_staff *find_staff(const struct plan *plan, const char *id)
{
    return search(id, plan->stored->staff, plan->stored->n_staff, sizeof(struct store_staff),
                  id_order);
}

const struct store_person *plan_person(const struct plan *plan, const char *id)
{
    const struct store_staff *staff = find_staff(plan, id);
    return staff ? &staff->person : NULL;
}

bool plan_can_start(const struct plan *plan, const struct timetable_entry *entry)
{
    const struct store_staff *staff = find_staff(plan, entry->lecturer);
    return staff && staff->has_account;
}

const struct store_person *plan_staff(const struct plan *plan, const char *school, const char *code)
{
    const struct store_person person = {.school = school, .code = code};
    const struct store_person *key = &person;
    const struct store_person **found = search(&key, plan->by_code, plan->stored->n_staff,
                                               sizeof(struct store_person *), code_order);
    return found ? *found : NULL;
}

static int school_order(const void *key, const void *element)
{
    return strcmp(key, (*(struct part *const *)element)->grid->school);
}

static const struct part *find_part(const struct plan *plan, const char *school)
{
    struct part *const *found =
        search(school, plan->part, plan->n_parts, sizeof(struct part *), school_order);
    return found ? *found : NULL;
}

const struct store_grid_row *plan_row(const struct plan *plan, const char *school, const char *code)
{
    const struct part *part = find_part(plan, school);
    return part ? part_row(part, code) : NULL;
}

const struct store_grid_row *plan_rows(const struct plan *plan, const char *school, size_t *n)
{
    const struct part *part = find_part(plan, school);
    *n = part ? part->grid->n_rows : 0;
    return part ? part->grid->rows : NULL;
}

const struct store_grid_row *plan_row_of(const struct plan *plan,
                                         const struct timetable_entry *entry)
{
    return plan->row[entry - plan->entry];
}
