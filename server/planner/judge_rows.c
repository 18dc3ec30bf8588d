#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/planner/judge.h"

/*
 * The new rows, in front, and of the plan's that stay those which have to do with them: the same
 * lecturer, or a class in common. So a school's list costs what the school is, not the district.
 */
struct merged {
    const struct plan *plan;
    const struct timetable_entry *row;
    size_t n; /* new ones */
    struct timetable_entry *entry;
    const struct timetable_entry **lasting; /* that is meant by each of these copies, which go */
    const char **ids;                       /* of the new ones, sorted */
    struct plan after;                      /* with these rows alone */
    struct plan_verdict *verdict;
};

static int text_order(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The rows of `of` that have what those of `wanted` have, each of which is looked up once. */
static int pick_as(struct picked *out, const struct row_index *of, const struct row_index *wanted)
{
    int err = 0;
    for (size_t i = 0; i < wanted->n && !err; i++) {
        const struct row_ref *r = &wanted->ref[i];
        bool is_again =
            i > 0 && strcmp(r->first, r[-1].first) == 0 && strcmp(r->second, r[-1].second) == 0;
        if (!is_again)
            err = picked_add(out, of, r->first, r->second);
    }
    return err;
}

static int pick_related(const struct merged *m, struct picked *out)
{
    struct row_index classes = {.n = 0}, lecturers = {.n = 0};
    int err = row_index_by_class(&classes, m->row, m->n);
    if (!err)
        err = row_index_by_lecturer(&lecturers, m->row, m->n);
    if (!err)
        err = pick_as(out, &m->plan->by_class, &classes);
    if (!err)
        err = pick_as(out, &m->plan->by_lecturer, &lecturers);
    picked_sort(out);
    row_index_release(&lecturers);
    row_index_release(&classes);
    return err;
}

static void put(struct merged *m, const struct timetable_entry *row)
{
    size_t n = m->after.all.n_entries++;
    m->entry[n] = *row;
    m->lasting[n] = row;
}

static int make_room(struct merged *m, size_t n_related)
{
    size_t room = m->n + n_related + 1;
    m->entry = malloc(room * sizeof(*m->entry));
    m->lasting = malloc(room * sizeof(struct timetable_entry *));
    m->ids = malloc((m->n + 1) * sizeof(*m->ids));
    m->after.all.entry = m->entry;
    m->after.all.n_entries = 0;
    return m->entry && m->lasting && m->ids ? 0 : -ENOMEM;
}

static void fill(struct merged *m, const struct picked *related)
{
    for (size_t i = 0; i < m->n; i++) {
        put(m, &m->row[i]);
        m->ids[i] = m->row[i].id;
    }
    qsort(m->ids, m->n, sizeof(*m->ids), text_order);
    for (size_t i = 0; i < related->n; i++) {
        const struct timetable_entry *e = &m->plan->all.entry[related->entry[i]];
        if (!bsearch(&e->id, m->ids, m->n, sizeof(*m->ids), text_order))
            put(m, e);
    }
}

static int merged_init(struct merged *m, const struct plan *plan, const struct timetable_entry *row,
                       size_t n, struct plan_verdict *v)
{
    struct picked related = {.n = 0};
    struct row_index by_class = {.n = 0};
    *m = (struct merged){.plan = plan, .row = row, .n = n, .after = *plan, .verdict = v};
    m->after.by_class = m->after.by_lecturer = (struct row_index){.n = 0};
    int err = pick_related(m, &related);
    if (!err)
        err = make_room(m, related.n);
    if (!err) {
        fill(m, &related);
        err = row_index_by_class(&by_class, m->entry, m->after.all.n_entries);
        m->after.by_class = by_class;
    }
    picked_release(&related);
    return err;
}

static void merged_release(struct merged *m)
{
    row_index_release(&m->after.by_class);
    free(m->entry);
    free(m->lasting);
    free(m->ids);
}

static void on_clash(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                     enum timetable_clash clash, int32_t date)
{
    struct merged *m = arg;
    size_t one = (size_t)(a - m->entry), other = (size_t)(b - m->entry);
    if (one >= m->n && other >= m->n) /* both were there before */
        return;
    struct plan_finding f = {.clash = clash, .verdict = POLICY_REFUSE, .date = date};
    f.row = m->lasting[one < m->n ? one : other];
    f.other = m->lasting[one < m->n ? other : one];
    if (clash == TIMETABLE_CLASS_CLASH)
        f.klass = timetable_common_class(f.row, f.other);
    verdict_add(m->verdict, &f);
}

static int judge_rules(const struct merged *m, const char *school, int64_t now_ms)
{
    size_t skip = strlen(school) + 1;
    int err = 0;
    for (size_t i = 0; i < m->n && !err; i++) {
        const struct timetable_entry *row = &m->row[i];
        const struct store_grid_row *before = plan_row(m->plan, school, row->id + skip);
        bool is_published = before && before->published_ms;
        for (size_t k = 0; k < row->n_classes && row->place != TIMETABLE_AT_SCHOOL && !err; k++)
            err = plan_judge_class(&m->after, row, &row->classes[k], is_published, now_ms,
                                   m->verdict);
    }
    return err;
}

int plan_judge_rows(const struct plan *plan, const char *school, const struct timetable_entry *row,
                    size_t n, int64_t now_ms, struct plan_verdict *out)
{
    struct merged m;
    int err = merged_init(&m, plan, row, n, out);
    if (!err)
        err = timetable_find_clashes(&m.after.all, SIZE_MAX, on_clash, &m);
    if (err >= 0)
        err = judge_rules(&m, school, now_ms);
    merged_release(&m);
    return err;
}
