#include "server/timetable/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/timetable/list_impl.h"

int timetable_list_new(struct timetable_list **out, const struct timetable_list_options *options)
{
    struct timetable_list *l = calloc(1, sizeof(*l));
    if (!l)
        return -ENOMEM;
    l->options = *options;
    *out = l;
    return 0;
}

void timetable_list_free(struct timetable_list **list)
{
    struct timetable_list *l = *list;
    *list = NULL;
    if (!l)
        return;
    for (size_t i = 0; i < l->n; i++)
        free(l->row[i].block);
    table_free(&l->file);
    free(l->entry);
    free(l->row);
    free(l->note);
    free(l);
}

/* ---- notes ---- */

void list_note(struct timetable_list *l, const struct csv_note *note)
{
    l->is_refused |= note->is_refusal;
    if (l->n_notes == TIMETABLE_NOTES_MAX) {
        l->notes_left_out++;
        return;
    }
    if (l->n_notes == l->notes_room) {
        size_t room = l->notes_room ? 2 * l->notes_room : 32;
        struct csv_note *grown = realloc(l->note, room * sizeof(*grown));
        if (!grown) {
            l->has_failed = true;
            return;
        }
        l->note = grown;
        l->notes_room = room;
    }
    l->note[l->n_notes++] = *note;
}

static void note_add(struct timetable_list *l, struct csv_place at, enum list_reason reason,
                     const char *value)
{
    struct csv_note note = {.at = at, .what = list_message(reason)};
    note.is_refusal = reason != LIST_IGNORED_COLUMN;
    csv_note_show(&note, value);
    list_note(l, &note);
}

/* ---- the row that names the columns ---- */

/* Of each pair one is enough. */
static const enum list_field needed[][2] = {
    {LIST_CLASS,   LIST_CLASS },
    {LIST_TITLE,   LIST_TITLE },
    {LIST_START,   LIST_START },
    {LIST_END,     LIST_LENGTH},
    {LIST_WEEKDAY, LIST_DATE  }
};
enum { NEEDED = sizeof(needed) / sizeof(needed[0]) };

static void take_head(struct timetable_list *l, const struct csv_row *row)
{
    l->has_head = true;
    for (size_t i = 0; i < row->n; i++) {
        enum list_field field = list_field_of(row->field[i]);
        struct csv_place at = row->at;
        at.column = (uint32_t)i + 1;
        if (field == LIST_FIELDS) {
            if (row->field[i][0])
                note_add(l, at, LIST_IGNORED_COLUMN, row->field[i]);
        } else if (l->column[field]) {
            note_add(l, at, LIST_DOUBLE_COLUMN, row->field[i]);
            l->is_left_out = true;
        } else {
            l->column[field] = at.column;
        }
    }
    for (size_t i = 0; i < NEEDED; i++) {
        if (l->column[needed[i][0]] || l->column[needed[i][1]])
            continue;
        note_add(l, row->at, LIST_MISSING_COLUMN, list_field_name(needed[i][0]));
        l->is_left_out = true;
    }
}

/* ---- the list ---- */

static void take_wrong(struct timetable_list *l)
{
    struct csv_note note = {.is_refusal = true};
    note.what = table_last_wrong(l->file, &note.at);
    list_note(l, &note);
    l->is_left_out |= !l->has_head;
    l->has_head = true;
}

static bool count_row(struct timetable_list *l, struct csv_place at)
{
    if (++l->n_read <= TIMETABLE_ROWS_MAX)
        return true;
    note_add(l, at, LIST_TOO_MANY, NULL);
    l->is_left_out = true;
    return false;
}

/* ---- what stands around them ---- */

static enum table_names names_of(void *arg, const struct csv_row *row)
{
    bool has[LIST_FIELDS] = {false};
    size_t n = 0;
    (void)arg;
    for (size_t i = 0; i < row->n; i++) {
        enum list_field field = list_field_of(row->field[i]);
        n += field != LIST_FIELDS;
        if (field != LIST_FIELDS)
            has[field] = true;
    }
    for (size_t i = 0; i < NEEDED; i++) {
        if (!has[needed[i][0]] && !has[needed[i][1]])
            return n < 2 ? TABLE_NO_NAMES : TABLE_SOME_NAMES;
    }
    return TABLE_ALL_NAMES;
}

static void note_row(struct timetable_list *l, uint64_t row, enum table_remark remark)
{
    const struct csv_note note = {
        .at = {.row = row}, .is_refusal = remark == TABLE_IS_RIVAL, .what = table_message(remark)};
    list_note(l, &note);
}

static void take_row(struct timetable_list *l, const struct csv_row *row)
{
    switch (table_sort_of(l->file, row)) {
    case TABLE_DATA: list_take_row(l, row); break;
    case TABLE_HEAD_AGAIN: note_row(l, row->at.row, TABLE_IS_HEAD_AGAIN); break;
    case TABLE_BELOW: note_row(l, row->at.row, TABLE_IS_BELOW); break;
    }
}

/* Up to the row that names the columns, and that. */
static int take_front(struct timetable_list *l)
{
    struct table_head head;
    struct csv_row row = {.n = 0};
    int err = table_find_head(l->file, names_of, NULL, &head);
    for (size_t i = 0; !err && i < head.above; i++) {
        if (table_next(l->file, &row))
            take_wrong(l);
        else
            note_row(l, row.at.row, TABLE_IS_TITLE);
    }
    if (err || l->is_left_out || head.row == 0)
        return err;
    if (head.rival) {
        note_row(l, head.rival, TABLE_IS_RIVAL);
        l->is_left_out = l->has_head = true;
    } else if (table_next(l->file, &row) == 0) {
        take_head(l, &row);
    }
    return 0;
}

static int take_rows(struct timetable_list *l)
{
    struct csv_row row = {.n = 0};
    int err = take_front(l);
    while (!l->has_failed && (err == 0 || err == -EINVAL)) {
        err = table_next(l->file, &row);
        bool is_row = err == 0 || err == -EINVAL;
        if (!is_row || l->is_left_out || !count_row(l, row.at))
            continue;
        if (err)
            take_wrong(l);
        else
            take_row(l, &row);
    }
    if (!l->has_head)
        note_add(l, (struct csv_place){.row = 0}, LIST_MISSING_COLUMN, list_field_name(LIST_CLASS));
    return l->has_failed || err == -ENOMEM ? -ENOMEM : 0;
}

/* ---- what the rows are to one another ---- */

uint64_t timetable_list_row(const struct timetable_list *l, const struct timetable_entry *e)
{
    return l->row[e - l->entry].at;
}

static void note_pair(struct timetable_list *l, const struct timetable_entry *a,
                      const struct timetable_entry *b, enum list_field field,
                      enum list_reason reason, const char *value)
{
    uint64_t one = timetable_list_row(l, a), other = timetable_list_row(l, b);
    struct csv_note note = {.is_refusal = true, .what = list_message(reason)};
    note.at.row = one > other ? one : other;
    note.at.column = l->column[field];
    note.other_row = one > other ? other : one;
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

static int judge(struct timetable_list *l)
{
    struct timetable t = *l->options.calendar;
    t.entry = l->entry;
    t.n_entries = l->n;
    find_doubles(l);
    if (timetable_find_clashes(&t, TIMETABLE_NOTES_MAX, on_clash, l) < 0 || l->has_failed)
        return -ENOMEM;
    if (l->n_notes > 0)
        qsort(l->note, l->n_notes, sizeof(*l->note), csv_note_order);
    return 0;
}

int timetable_list_read(struct timetable_list *list, const struct table_file *file,
                        const struct timetable_rows **out)
{
    struct timetable_list *l = list;
    int err = table_new(&l->file, file);
    if (!err)
        err = take_rows(l);
    if (!err)
        err = judge(l);
    table_free(&l->file);
    if (err)
        return err;
    l->rows = (struct timetable_rows){.entry = l->entry,
                                      .n = l->n,
                                      .note = l->note,
                                      .n_notes = l->n_notes,
                                      .notes_left_out = l->notes_left_out,
                                      .is_applicable = !l->is_refused};
    *out = &l->rows;
    return 0;
}
