#include "server/roster/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/roster/impl.h"

const char *roster_fate_name(enum roster_fate fate)
{
    static const char *const names[ROSTER_FATES] = {"new",     "changed", "same",
                                                    "removed", "skipped", "refused"};
    return fate < ROSTER_FATES ? names[fate] : "";
}

int roster_new(struct roster **out, const struct roster_options *options)
{
    struct roster *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->options = *options;
    if (options->school) {
        if (strlen(options->school) >= sizeof(r->own_school)) {
            free(r);
            return -EINVAL;
        }
        memcpy(r->own_school, options->school, strlen(options->school) + 1);
        r->options.school = r->own_school;
    }
    *out = r;
    return 0;
}

void roster_free(struct roster **roster)
{
    struct roster *r = *roster;
    *roster = NULL;
    if (!r)
        return;
    for (struct draft *d = r->first, *next; d; d = next) {
        next = d->next;
        free(d);
    }
    table_free(&r->file);
    items_release(&r->table);
    free(r->line);
    free(r->note);
    free(r);
}

/* ---- lines and notes ---- */

/* Room for one more element of `size` bytes; NULL: no memory, and `array` is as it was. */
static void *grow(void *array, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return array;
    size_t more = *room ? 2 * *room : 64;
    void *grown = realloc(array, more * size);
    if (grown)
        *room = more;
    return grown;
}

size_t line_add(struct roster *r, uint32_t file, uint64_t row, enum roster_fate fate)
{
    struct roster_line *grown = grow(r->line, r->n_lines, &r->lines_room, sizeof(*r->line));
    if (!grown) {
        r->has_failed = true;
        return 0;
    }
    r->line = grown;
    r->line[r->n_lines] = (struct roster_line){.fate = fate, .file = file, .row = row};
    return r->n_lines++;
}

static bool is_refusal(enum roster_reason reason)
{
    switch (reason) {
    case ROSTER_FINE:
    case ROSTER_NOT_NEEDED:
    case ROSTER_PRIVATE_COLUMN:
    case ROSTER_IGNORED_COLUMN:
    case ROSTER_STRIPPED:
    case ROSTER_NOT_A_SCHOOL:
    case ROSTER_ROLE_BY_HAND:
    case ROSTER_MOVED:
    case ROSTER_KEPT_BACK: return false;
    default: return true;
    }
}

static void note_put(struct roster *r, const struct csv_note *note)
{
    r->is_refused |= note->is_refusal;
    if (r->n_notes == ROSTER_NOTES_MAX) {
        r->notes_left_out++;
        return;
    }
    struct csv_note *grown = grow(r->note, r->n_notes, &r->notes_room, sizeof(*r->note));
    if (!grown) {
        r->has_failed = true;
        return;
    }
    r->note = grown;
    r->note[r->n_notes++] = *note;
}

void note_add(struct roster *r, struct csv_note note, enum roster_reason reason, const char *value)
{
    note.what = roster_message(reason);
    note.is_refusal = is_refusal(reason);
    csv_note_show(&note, value);
    note_put(r, &note);
}

/* ---- what is there ---- */

int roster_know(struct roster *roster, const struct roster_record *record)
{
    struct roster *r = roster;
    struct item *item;
    if (items_find(&r->table, record))
        return -EEXIST;
    int err = items_add(&r->table, record, &item);
    if (err)
        return err;
    item->is_known = true;
    item->before = item->record;
    return 0;
}

/* ---- files ---- */

/* A note about the file that is being read. */
struct here {
    struct roster *r;
    struct csv_place at;
};

static void note_here(struct roster *r, struct csv_place at, enum roster_reason reason,
                      const char *value)
{
    note_add(r, (struct csv_note){.file = r->n_files - 1, .at = at}, reason, value);
}

static void on_column(void *arg, enum roster_reason reason, uint32_t column, const char *name)
{
    const struct here *h = arg;
    struct csv_place at = h->at;
    at.column = column;
    note_here(h->r, at, reason, name);
}

static void on_value(void *arg, enum roster_reason reason, enum field field, const char *value)
{
    const struct here *h = arg;
    const struct sheet *sheet = &h->r->sheet[h->r->n_files - 1];
    struct csv_place at = h->at;
    at.column = field < FIELDS ? sheet->column[field] : sheet->n + 1;
    note_here(h->r, at, reason, value);
}

static void take_head(struct roster *r, const struct csv_row *row)
{
    struct here here = {r, row->at};
    enum roster_reason reason = sheet_read(&r->sheet[r->n_files - 1], row, on_column, &here);
    r->has_head = true;
    r->is_left_out = reason != ROSTER_FINE;
    if (reason == ROSTER_NOT_NEEDED || reason == ROSTER_UNKNOWN_FILE)
        note_here(r, row->at, reason, NULL);
}

static void draft_add(struct roster *r, const struct values *v, enum roster_kind kind, size_t line)
{
    struct draft *d = draft_new(v, kind, line);
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
    const struct sheet *sheet = &r->sheet[r->n_files - 1];
    bool is_fine = true;
    for (int i = 0; i < FIELDS && row->fault; i++) {
        uint32_t column = sheet->column[i];
        if (column == 0 || column > row->n || !row->fault[column - 1])
            continue;
        struct csv_note note = {.file = r->n_files - 1, .at = row->at, .is_refusal = true};
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
    const struct csv_note note = {.file = r->n_files - 1, .at = at, .what = table_message(remark)};
    line_add(r, note.file, at.row, ROSTER_SKIPPED);
    note_put(r, &note);
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
    uint32_t file = r->n_files - 1;
    enum roster_kind kind = r->sheet[file].kind;
    if (!count_row(r, row->at) || is_around(r, row))
        return;
    if (!check_faults(r, row)) {
        line_add(r, file, row->at.row, ROSTER_REFUSED);
        return;
    }
    enum roster_reason wrong = values_read(&v, &r->sheet[file], row, on_value, &here);
    size_t line =
        line_add(r, file, row->at.row, is_refusal(wrong) ? ROSTER_REFUSED : ROSTER_SKIPPED);
    if (wrong)
        return;
    draft_add(r, &v, kind, line);
    if (kind == ROSTER_PERSON && gives_role(&v))
        draft_add(r, &v, ROSTER_ROLE, line_add(r, file, row->at.row, ROSTER_SKIPPED));
}

/* A row that is no table's: without its head the file says nothing. */
static void take_wrong(struct roster *r)
{
    struct csv_place at;
    const struct message *wrong = table_last_wrong(r->file, &at);
    if (!count_row(r, at))
        return;
    const struct csv_note note = {
        .file = r->n_files - 1, .at = at, .is_refusal = true, .what = wrong};
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
        struct csv_note note = {.file = r->n_files - 1, .at = {.row = head.rival}};
        note.is_refusal = r->is_left_out = r->has_head = true;
        note.what = table_message(TABLE_IS_RIVAL);
        note.other_row = head.row;
        note_put(r, &note);
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
    if (!r->has_head)
        note_here(r, (struct csv_place){.row = 0}, ROSTER_UNKNOWN_FILE, NULL);
    return r->has_failed || err == -ENOMEM ? -ENOMEM : 0;
}

int roster_read(struct roster *roster, const struct table_file *file)
{
    struct roster *r = roster;
    if (r->n_files == ROSTER_FILES_MAX)
        return -E2BIG;
    int err = table_new(&r->file, file);
    if (err)
        return err;
    r->n_files++;
    r->has_head = false;
    r->is_left_out = false;
    err = take_rows(r);
    table_free(&r->file);
    return err;
}

/* ---- the plan ---- */

int roster_finish(struct roster *roster, const struct roster_plan **plan)
{
    struct roster *r = roster;
    judge(r);
    if (r->has_failed)
        return -ENOMEM;
    if (r->n_notes > 0)
        qsort(r->note, r->n_notes, sizeof(*r->note), csv_note_order);
    r->plan = (struct roster_plan){
        .line = r->line,
        .n_lines = r->n_lines,
        .note = r->note,
        .n_notes = r->n_notes,
        .notes_left_out = r->notes_left_out,
        .is_applicable = !r->is_refused,
    };
    for (size_t i = 0; i < r->n_lines; i++)
        r->plan.count[r->line[i].fate]++;
    *plan = &r->plan;
    return 0;
}

static int each_of(const struct roster_plan *plan, enum roster_kind kind, bool is_removal,
                   roster_change_fn *each, void *arg)
{
    for (size_t i = 0; i < plan->n_lines; i++) {
        const struct roster_line *line = &plan->line[i];
        bool is_put = line->fate == ROSTER_NEW || line->fate == ROSTER_CHANGED;
        bool is_wanted = is_removal ? line->fate == ROSTER_REMOVED : is_put;
        int err = is_wanted && line->record->kind == kind ? each(arg, line) : 0;
        if (err)
            return err;
    }
    return 0;
}

int roster_each_change(const struct roster_plan *plan, roster_change_fn *each, void *arg)
{
    int err = 0;
    for (int kind = 0; !err && kind < ROSTER_KINDS; kind++)
        err = each_of(plan, (enum roster_kind)kind, false, each, arg);
    for (int kind = ROSTER_KINDS - 1; !err && kind >= 0; kind--)
        err = each_of(plan, (enum roster_kind)kind, true, each, arg);
    return err;
}
