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
    free(l->sheets);
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
    struct csv_note note = {.file = l->sheet, .at = at, .what = list_message(reason)};
    note.is_refusal = reason != LIST_IGNORED_COLUMN;
    csv_note_show(&note, value);
    list_note(l, &note);
}

static void note_row(struct timetable_list *l, uint64_t row, enum table_remark remark)
{
    const struct csv_note note = {.file = l->sheet,
                                  .at = {.row = row},
                                  .is_refusal = remark == TABLE_IS_RIVAL,
                                  .what = table_message(remark)};
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

/* By a column, or by what the sheet is called. */
static bool is_said(const struct timetable_list *l, const uint32_t column[LIST_FIELDS],
                    const enum list_field pair[2])
{
    return column[pair[0]] || column[pair[1]] || (pair[0] == LIST_CLASS && l->klass[0]);
}

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
        if (is_said(l, l->column, needed[i]))
            continue;
        note_add(l, row->at, LIST_MISSING_COLUMN, list_field_name(needed[i][0]));
        l->is_left_out = true;
    }
    if (l->klass[0] && !l->column[LIST_CLASS])
        note_row(l, 0, TABLE_IS_CLASS);
}

/* ---- the list ---- */

static void take_wrong(struct timetable_list *l)
{
    struct csv_note note = {.file = l->sheet, .is_refusal = true};
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
    const struct timetable_list *l = arg;
    uint32_t column[LIST_FIELDS] = {0};
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        enum list_field field = list_field_of(row->field[i]);
        if (field == LIST_FIELDS)
            continue;
        column[field] = (uint32_t)i + 1;
        n++;
    }
    for (size_t i = 0; i < NEEDED; i++) {
        if (!is_said(l, column, needed[i]))
            return n < 2 ? TABLE_NO_NAMES : TABLE_SOME_NAMES;
    }
    return TABLE_ALL_NAMES;
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
    int err = table_find_head(l->file, names_of, l, &head);
    for (size_t i = 0; !err && i < head.above; i++) {
        if (table_next(l->file, &row))
            take_wrong(l);
        else
            note_row(l, row.at.row, TABLE_IS_TITLE);
    }
    if (err || l->is_left_out || head.row == 0)
        return err;
    l->n_lists += head.are != TABLE_NO_NAMES;
    if (l->is_all && head.are == TABLE_NO_NAMES) {
        note_row(l, 0, TABLE_IS_NONE);
        l->is_left_out = l->has_head = true;
    } else if (head.rival) {
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
    return l->has_failed || err == -ENOMEM ? -ENOMEM : 0;
}

/* ---- sheets ---- */

static int begin_sheet(struct timetable_list *l, const struct xlsx_sheet *sheet)
{
    const struct timetable_list_options *o = &l->options;
    l->has_head = l->is_left_out = false;
    memset(l->column, 0, sizeof(l->column));
    if (!sheet || !o->school || code_read(l->klass, sheet->name) ||
        !o->find_class(o->arg, o->school, l->klass))
        l->klass[0] = '\0';
    return take_rows(l);
}

static int take_sheets(struct timetable_list *l)
{
    int err = 0;
    for (size_t i = 0; !err && i < l->n_sheets; i++) {
        l->sheet = (uint32_t)i;
        if (l->sheets[i].is_hidden) {
            note_row(l, 0, TABLE_IS_HIDDEN);
            continue;
        }
        table_turn(l->file, i);
        err = begin_sheet(l, &l->sheets[i]);
    }
    return err;
}

/* They are asked for when the file is gone. -ENOENT: there are some, but not the one. */
static int keep_sheets(struct timetable_list *l)
{
    const struct xlsx_sheet *sheets, *sheet = table_sheet(l->file);
    size_t n = table_sheets(l->file, &sheets);
    if (n == 0)
        return 0;
    l->sheets = malloc(n * sizeof(*sheets));
    if (!l->sheets)
        return -ENOMEM;
    memcpy(l->sheets, sheets, n * sizeof(*sheets));
    l->n_sheets = n;
    l->sheet = sheet ? (uint32_t)(sheet - sheets) : 0;
    return sheet ? 0 : -ENOENT;
}

static int take_file(struct timetable_list *l, const struct table_file *file)
{
    int err = table_new(&l->file, file);
    if (!err)
        err = keep_sheets(l);
    if (err)
        return err;
    l->is_all = table_is_all(file) && l->n_sheets > 0;
    err = l->is_all ? take_sheets(l) : begin_sheet(l, table_sheet(l->file));
    if (l->is_all ? l->n_lists == 0 : !l->has_head)
        note_add(l, (struct csv_place){.row = 0}, LIST_MISSING_COLUMN, list_field_name(LIST_CLASS));
    return err;
}

size_t timetable_list_sheets(const struct timetable_list *l, const struct xlsx_sheet **out)
{
    *out = l->sheets;
    return l->n_sheets;
}

int timetable_list_read(struct timetable_list *list, const struct table_file *file,
                        const struct timetable_rows **out)
{
    struct timetable_list *l = list;
    int err = take_file(l, file);
    if (!err)
        err = list_judge(l);
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
