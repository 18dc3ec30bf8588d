#include <errno.h>
#include <string.h>

#include "server/roster/impl.h"

/* Files, and the lists in them. */

/* A note about the file that is being read. */
struct here {
    struct roster *r;
    struct csv_place at;
};

static void note_here(struct roster *r, struct csv_place at, enum roster_reason reason,
                      const char *value)
{
    note_add(r, (struct csv_note){.file = r->n_lists - 1, .at = at}, reason, value);
}

static void on_column(void *arg, enum roster_reason reason, uint32_t column, const char *what)
{
    const struct here *h = arg;
    struct csv_place at = h->at;
    at.column = column;
    note_here(h->r, at, reason, what);
}

static void take_head(struct roster *r, const struct csv_row *row)
{
    struct here here = {r, row->at};
    enum roster_reason reason = sheet_read(&r->sheet[r->n_lists - 1], row, on_column, &here);
    struct sheet *sheet = &r->sheet[r->n_lists - 1];
    r->has_head = true;
    r->is_left_out = reason != ROSTER_FINE;
    r->n_lists_read += reason != ROSTER_UNKNOWN_FILE;
    values_know_sheet(sheet, r->list[r->n_lists - 1].sheet);
    sheet->is_of_many = r->is_all;
    if (reason == ROSTER_UNKNOWN_FILE && r->is_all)
        note_remark(r, r->n_lists - 1, 0, TABLE_IS_NONE);
    else if (reason == ROSTER_MISSING_COLUMN && r->is_all)
        note_remark(r, r->n_lists - 1, 0, TABLE_IS_PARTIAL);
    else if (reason == ROSTER_NOT_NEEDED || reason == ROSTER_UNKNOWN_FILE)
        note_here(r, row->at, reason, NULL);
}

/* `d` may be NULL: there was no memory. */
static void draft_add(struct roster *r, struct draft *d)
{
    if (!d) {
        r->has_failed = true;
        return;
    }
    if (r->last)
        r->last->next = d;
    else
        r->first = d;
    r->last = d;
}

/* What a row of people also says: what they are, and where. */
static bool gives_role(const struct values *v)
{
    return v->has_role && !v->wants_away &&
           (v->is_there[FIELD_CLASS] || v->role == ROSTER_LECTURER);
}

static void add_agents(struct roster *r, const struct values *v, uint64_t row)
{
    bool is_pupil = v->has_role && v->role == ROSTER_STUDENT;
    if (v->wants_away || (!is_pupil && !v->is_guardian))
        return;
    for (size_t i = 0; i < v->n_agents; i++)
        draft_add(r, draft_of_agent(v, i, line_add(r, r->n_lists - 1, row, ROSTER_FATES)));
}

/* False: there were too many before. */
static bool count_row(struct roster *r, struct csv_place at)
{
    if (++r->n_rows <= ROSTER_ROWS_MAX)
        return true;
    note_here(r, at, ROSTER_TOO_MANY, NULL);
    r->is_left_out = true;
    return false;
}

/* Fields that nobody may rely on. False: there are some. */
static bool check_faults(struct roster *r, const struct csv_row *row)
{
    const struct sheet *sheet = &r->sheet[r->n_lists - 1];
    bool is_fine = true;
    for (int i = 0; i < FIELDS && row->fault; i++) {
        uint32_t column = sheet->column[i];
        if (column == 0 || column > row->n || !row->fault[column - 1])
            continue;
        struct csv_note note = {.file = r->n_lists - 1, .at = row->at, .is_refusal = true};
        note.at.column = column;
        note.what = row->fault[column - 1];
        note_put(r, &note);
        is_fine = false;
    }
    return is_fine;
}

/* A row that is not of the table has its fate, too. */
static void leave_row(struct roster *r, struct csv_place at, enum table_remark remark)
{
    line_add(r, r->n_lists - 1, at.row, ROSTER_SKIPPED);
    note_remark(r, r->n_lists - 1, at.row, remark);
}

static bool is_around(struct roster *r, const struct csv_row *row)
{
    switch (table_sort_of(r->file, row)) {
    case TABLE_DATA: return false;
    case TABLE_HEAD_AGAIN: leave_row(r, row->at, TABLE_IS_HEAD_AGAIN); return true;
    case TABLE_BELOW: leave_row(r, row->at, TABLE_IS_BELOW); return true;
    }
    return false;
}

static void take_row(struct roster *r, const struct csv_row *row)
{
    struct values v;
    struct here here = {r, row->at};
    uint32_t list = r->n_lists - 1;
    enum roster_kind kind = r->sheet[list].kind;
    if (!count_row(r, row->at) || is_around(r, row))
        return;
    if (!check_faults(r, row)) {
        line_add(r, list, row->at.row, ROSTER_REFUSED);
        return;
    }
    enum roster_reason wrong = values_read(&v, &r->sheet[list], row, on_column, &here);
    size_t line =
        line_add(r, list, row->at.row, reason_refuses(wrong) ? ROSTER_REFUSED : ROSTER_SKIPPED);
    if (wrong)
        return;
    draft_add(r, draft_new(&v, kind, line));
    if (kind == ROSTER_PERSON && gives_role(&v))
        draft_add(r, draft_new(&v, ROSTER_ROLE, line_add(r, list, row->at.row, ROSTER_SKIPPED)));
    if (kind == ROSTER_GUARDIAN) /* who looks after whom; the first is the person's */
        line_add(r, list, row->at.row, ROSTER_FATES);
    add_agents(r, &v, row->at.row);
}

/* A row that is no table's: without its head the file says nothing. */
static void take_wrong(struct roster *r)
{
    struct csv_place at;
    const struct message *wrong = table_last_wrong(r->file, &at);
    if (!count_row(r, at))
        return;
    const struct csv_note note = {
        .file = r->n_lists - 1, .at = at, .is_refusal = true, .what = wrong};
    note_put(r, &note);
    if (at.row > 0)
        line_add(r, note.file, at.row, ROSTER_REFUSED);
    r->is_left_out |= !r->has_head;
    r->has_head = true;
}

/* Up to the row that names the columns, and that. */
static int take_front(struct roster *r)
{
    struct table_head head;
    struct csv_row row = {.n = 0};
    int err = table_find_head(r->file, sheet_names, NULL, &head);
    for (size_t i = 0; !err && i < head.above; i++) {
        if (table_next(r->file, &row))
            take_wrong(r);
        else
            leave_row(r, row.at, TABLE_IS_TITLE);
    }
    if (err || r->is_left_out || head.row == 0)
        return err;
    if (head.rival) {
        note_remark(r, r->n_lists - 1, head.rival, TABLE_IS_RIVAL);
        r->is_left_out = r->has_head = true;
    } else if (table_next(r->file, &row) == 0) {
        take_head(r, &row);
    }
    return 0;
}

static int take_rows(struct roster *r)
{
    struct csv_row row;
    int err = take_front(r);
    while (!r->has_failed && (err == 0 || err == -EINVAL)) {
        err = table_next(r->file, &row);
        if (r->is_left_out)
            continue;
        if (err == -EINVAL)
            take_wrong(r);
        else if (!err)
            take_row(r, &row);
    }
    if (!r->has_head && !r->is_all)
        note_here(r, (struct csv_place){.row = 0}, ROSTER_UNKNOWN_FILE, NULL);
    return r->has_failed || err == -ENOMEM ? -ENOMEM : 0;
}

/* False: there are too many. */
static bool list_add(struct roster *r, const struct xlsx_sheet *sheet)
{
    if (r->n_lists == ROSTER_LISTS_MAX) {
        note_here(r, (struct csv_place){.row = 0}, ROSTER_TOO_MANY_LISTS, NULL);
        return false;
    }
    struct roster_list *list = &r->list[r->n_lists++];
    *list = (struct roster_list){.file = r->n_files - 1};
    if (sheet)
        memcpy(list->sheet, sheet->name, sizeof(list->sheet));
    r->has_head = r->is_left_out = false;
    return true;
}

static int take_sheets(struct roster *r)
{
    const struct xlsx_sheet *sheet;
    size_t n = table_sheets(r->file, &sheet);
    int err = 0;
    r->n_lists_read = 0;
    for (size_t i = 0; !err && i < n && list_add(r, &sheet[i]); i++) {
        if (sheet[i].is_hidden) {
            note_remark(r, r->n_lists - 1, 0, TABLE_IS_HIDDEN);
            continue;
        }
        table_turn(r->file, i);
        err = take_rows(r);
    }
    if (!err && r->n_lists_read == 0)
        note_here(r, (struct csv_place){.row = 0}, ROSTER_UNKNOWN_FILE, NULL);
    return err;
}

int roster_read(struct roster *roster, const struct table_file *file)
{
    struct roster *r = roster;
    const struct xlsx_sheet *sheet;
    if (r->n_files == ROSTER_FILES_MAX)
        return -E2BIG;
    int err = table_new(&r->file, file);
    if (err)
        return err;
    r->n_files++;
    /* What is no readable workbook is told as one list. */
    r->is_all = table_is_all(file) && table_sheets(r->file, &sheet) > 0;
    if (r->is_all)
        err = take_sheets(r);
    else if (list_add(r, table_sheet(r->file)))
        err = take_rows(r);
    table_free(&r->file);
    return err;
}
