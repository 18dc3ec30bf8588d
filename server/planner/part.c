#include "server/planner/part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_known(const struct store_grid_row *r)
{
    return r->kind >= 0 && r->kind < POLICY_KINDS && r->place >= TIMETABLE_ONLINE &&
           r->place <= TIMETABLE_ELSEWHERE && r->weeks >= TIMETABLE_EVERY_WEEK &&
           r->weeks <= TIMETABLE_EVEN_WEEKS && r->start_min >= 0 && r->length_min > 0 &&
           r->start_min + r->length_min <= POLICY_DAY_MIN;
}

static struct timetable_entry entry_of(const struct store_grid_row *r,
                                       struct timetable_class *klass, const char *id)
{
    for (size_t i = 0; i < r->n_classes; i++)
        klass[i] = (struct timetable_class){r->classes[i].school, r->classes[i].klass};
    return (struct timetable_entry){.id = id,
                                    .title = r->title,
                                    .lecturer = r->lecturer,
                                    .link = r->link,
                                    .classes = klass,
                                    .n_classes = r->n_classes,
                                    .kind = (enum policy_kind)r->kind,
                                    .place = (enum timetable_place)r->place,
                                    .weeks = (enum timetable_weeks)r->weeks,
                                    .weekday = (uint8_t)r->weekday,
                                    .start_min = (uint16_t)r->start_min,
                                    .length_min = (uint16_t)r->length_min,
                                    .from = r->from,
                                    .to = r->to};
}

static int make_room(struct part *p)
{
    const struct store_grid *g = p->grid;
    size_t classes = 0, bytes = 0;
    for (size_t i = 0; i < g->n_rows; i++) {
        classes += g->rows[i].n_classes;
        bytes += strlen(g->school) + strlen(g->rows[i].code) + 2;
    }
    p->entry = calloc(g->n_rows + 1, sizeof(*p->entry));
    p->row = calloc(g->n_rows + 1, sizeof(struct store_grid_row *));
    p->klass = calloc(classes + 1, sizeof(*p->klass));
    p->ids = malloc(bytes + 1);
    return p->entry && p->row && p->klass && p->ids ? 0 : -ENOMEM;
}

/* Adds the rows that are published, or those that are not. */
static void add_rows(struct part *p, bool are_published, struct timetable_class **klass, char **id)
{
    for (size_t i = 0; i < p->grid->n_rows; i++) {
        const struct store_grid_row *r = &p->grid->rows[i];
        if ((r->published_ms != 0) != are_published || !is_known(r))
            continue;
        struct timetable_entry e = entry_of(r, *klass, *id);
        *id += sprintf(*id, "%s/%s", r->school, r->code) + 1;
        if (timetable_entry_check(&e))
            continue;
        p->row[p->n] = r;
        p->entry[p->n++] = e;
        *klass += r->n_classes;
    }
}

static void part_free(struct part *p)
{
    store_grid_free(&p->grid);
    free(p->entry);
    free(p->row);
    free(p->klass);
    free(p->ids);
    free(p);
}

int part_new(struct part **out, struct store_grid *grid)
{
    struct part *p = calloc(1, sizeof(*p));
    if (!p) {
        store_grid_free(&grid);
        return -ENOMEM;
    }
    p->refs = 1;
    p->grid = grid;
    if (make_room(p)) {
        part_free(p);
        return -ENOMEM;
    }
    struct timetable_class *klass = p->klass;
    char *id = p->ids;
    add_rows(p, true, &klass, &id);
    p->n_published = p->n;
    add_rows(p, false, &klass, &id);
    *out = p;
    return 0;
}

struct part *part_ref(struct part *part)
{
    part->refs++;
    return part;
}

void part_unref(struct part **part)
{
    struct part *p = *part;
    *part = NULL;
    if (p && --p->refs == 0)
        part_free(p);
}

static int code_order(const void *key, const void *element)
{
    return strcmp(key, ((const struct store_grid_row *)element)->code);
}

const struct store_grid_row *part_row(const struct part *part, const char *code)
{
    const struct store_grid *g = part->grid; /* of at least one row */
    return bsearch(code, g->rows, g->n_rows, sizeof(*g->rows), code_order);
}
