#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/timetable/list_impl.h"

/* What the rows are to one another. */

uint64_t timetable_list_row(const struct timetable_list *l, const struct timetable_entry *e)
{
    return l->row[e - l->entry].at;
}

uint32_t timetable_list_sheet(const struct timetable_list *l, const struct timetable_entry *e)
{
    return l->row[e - l->entry].sheet;
}

static void note_pair(struct timetable_list *l, const struct timetable_entry *a,
                      const struct timetable_entry *b, enum list_field field,
                      enum list_reason reason, const char *value)
{
    const struct row *one = &l->row[a - l->entry], *other = &l->row[b - l->entry];
    const struct row *first = one < other ? one : other, *second = one < other ? other : one;
    struct csv_note note = {.file = second->sheet,
                            .is_refusal = true,
                            .what = list_message(reason),
                            .other_row = first->at,
                            .other_file = first->sheet};
    note.at.row = second->at;
    note.at.column = second->column[field];
    csv_note_show(&note, value);
    list_note(l, &note);
}

static void on_clash(void *arg, const struct timetable_entry *a, const struct timetable_entry *b,
                     enum timetable_clash clash, int32_t date)
{
    struct timetable_list *l = arg;
    char day[DATE_TEXT_SIZE];
    date_print(day, date);
    if (clash == TIMETABLE_TEACHER_CLASH)
        note_pair(l, a, b, LIST_LECTURER, LIST_TEACHER_CLASH, day);
    else
        note_pair(l, a, b, LIST_CLASS, LIST_CLASS_CLASH, day);
}

struct named {
    const char *id;
    const struct timetable_entry *entry;
};

static int id_order(const void *one, const void *other)
{
    const struct named *a = one;
    const struct named *b = other;
    int order = strcmp(a->id, b->id);
    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static void find_doubles(struct timetable_list *l)
{
    struct named *by_id = malloc((l->n + 1) * sizeof(*by_id));
    if (!by_id) {
        l->has_failed = true;
        return;
    }
    for (size_t i = 0; i < l->n; i++)
        by_id[i] = (struct named){l->entry[i].id, &l->entry[i]};
    qsort(by_id, l->n, sizeof(*by_id), id_order);
    for (size_t i = 1; i < l->n; i++) {
        if (strcmp(by_id[i].id, by_id[i - 1].id) == 0)
            note_pair(l, by_id[i - 1].entry, by_id[i].entry, LIST_ID, LIST_DUPLICATE, by_id[i].id);
    }
    free(by_id);
}

int list_judge(struct timetable_list *l)
{
    struct timetable t = *l->options.calendar;
    t.entry = l->entry;
    t.n_entries = l->n;
    find_doubles(l);
    if (timetable_find_clashes(&t, TIMETABLE_NOTES_MAX, on_clash, l) < 0 || l->has_failed)
        return -ENOMEM;
    l->n_notes = csv_note_sort(l->note, l->n_notes);
    return 0;
}
