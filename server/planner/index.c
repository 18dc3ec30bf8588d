#include "server/planner/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int ref_order(const void *one, const void *other)
{
    const struct row_ref *a = one, *b = other;
    int order = strcmp(a->first, b->first);
    if (!order)
        order = strcmp(a->second, b->second);
    if (!order)
        order = (a->entry > b->entry) - (a->entry < b->entry);
    return order;
}

static int index_new(struct row_index *out, size_t room)
{
    out->n = 0;
    out->ref = calloc(room + 1, sizeof(*out->ref));
    return out->ref ? 0 : -ENOMEM;
}

int row_index_by_class(struct row_index *out, const struct timetable_entry *entry, size_t n)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += entry[i].n_classes;
    if (index_new(out, room))
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < entry[i].n_classes; k++)
            out->ref[out->n++] = (struct row_ref){entry[i].classes[k].school,
                                                  entry[i].classes[k].klass, (uint32_t)i};
    }
    qsort(out->ref, out->n, sizeof(*out->ref), ref_order);
    return 0;
}

int row_index_by_lecturer(struct row_index *out, const struct timetable_entry *entry, size_t n)
{
    if (index_new(out, n))
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        if (entry[i].lecturer[0])
            out->ref[out->n++] = (struct row_ref){entry[i].lecturer, "", (uint32_t)i};
    }
    qsort(out->ref, out->n, sizeof(*out->ref), ref_order);
    return 0;
}

void row_index_release(struct row_index *index)
{
    free(index->ref);
    *index = (struct row_index){.ref = NULL};
}

/* Where the first that is not before these begins. */
static size_t lower_bound(const struct row_index *index, const char *first, const char *second)
{
    const struct row_ref key = {first, second, 0};
    size_t from = 0, to = index->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (ref_order(&index->ref[middle], &key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static int picked_push(struct picked *picked, uint32_t entry)
{
    if (picked->n == picked->room) {
        size_t room = picked->room ? 2 * picked->room : 64;
        uint32_t *grown = realloc(picked->entry, room * sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        picked->entry = grown;
        picked->room = room;
    }
    picked->entry[picked->n++] = entry;
    return 0;
}

int picked_add(struct picked *picked, const struct row_index *index, const char *first,
               const char *second)
{
    int err = 0;
    for (size_t i = lower_bound(index, first, second ? second : ""); i < index->n && !err; i++) {
        const struct row_ref *r = &index->ref[i];
        if (strcmp(r->first, first) != 0 || (second && strcmp(r->second, second) != 0))
            break;
        err = picked_push(picked, r->entry);
    }
    return err;
}

static int number_order(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

void picked_sort(struct picked *picked)
{
    size_t n = 0;
    if (picked->n == 0)
        return;
    qsort(picked->entry, picked->n, sizeof(*picked->entry), number_order);
    for (size_t i = 0; i < picked->n; i++) {
        if (n == 0 || picked->entry[i] != picked->entry[n - 1])
            picked->entry[n++] = picked->entry[i];
    }
    picked->n = n;
}

void picked_release(struct picked *picked)
{
    free(picked->entry);
    *picked = (struct picked){.entry = NULL};
}
