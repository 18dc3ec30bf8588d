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

size_t line_add(struct roster *r, uint32_t list, uint64_t row, enum roster_fate fate)
{
    struct roster_line *grown = grow(r->line, r->n_lines, &r->lines_room, sizeof(*r->line));
    if (!grown) {
        r->has_failed = true;
        return 0;
    }
    r->line = grown;
    r->line[r->n_lines] = (struct roster_line){.fate = fate, .list = list, .row = row};
    return r->n_lines++;
}

bool reason_refuses(enum roster_reason reason)
{
    switch (reason) {
    case ROSTER_FINE:
    case ROSTER_NOT_NEEDED:
    case ROSTER_PRIVATE_COLUMN:
    case ROSTER_IGNORED_COLUMN:
    case ROSTER_GUARDIANS_LEFT:
    case ROSTER_STRIPPED:
    case ROSTER_NOT_A_SCHOOL:
    case ROSTER_ROLE_BY_HAND:
    case ROSTER_NO_GUARDIAN:
    case ROSTER_AGENT_LEFT:
    case ROSTER_KEEPS_LOGIN:
    case ROSTER_MOVED:
    case ROSTER_KEPT_BACK: return false;
    default: return true;
    }
}

void note_put(struct roster *r, const struct csv_note *note)
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
    note.is_refusal = reason_refuses(reason);
    csv_note_show(&note, value);
    note_put(r, &note);
}

void note_remark(struct roster *r, uint32_t list, uint64_t row, enum table_remark remark)
{
    const struct csv_note note = {.file = list,
                                  .at = {.row = row},
                                  .is_refusal = remark == TABLE_IS_RIVAL,
                                  .what = table_message(remark)};
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

int roster_keep(struct roster *roster, const char *home, const char *person, unsigned more)
{
    int err = items_mark(&roster->table, "more", home, person);
    if (!err && more & ROSTER_IN_OFFICE)
        err = items_mark(&roster->table, "office", home, person);
    if (!err && more & ROSTER_ELSEWHERE)
        err = items_mark(&roster->table, "elsewhere", home, person);
    return err;
}

/* ---- the plan ---- */

/* Of rows that turned out to say less: their sheet is not called like a class, their pupil was
 * refused. */
static void drop_void_lines(struct roster *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_lines; i++) {
        if (r->line[i].fate != ROSTER_FATES)
            r->line[n++] = r->line[i];
    }
    r->n_lines = n;
}

int roster_finish(struct roster *roster, const struct roster_plan **plan)
{
    struct roster *r = roster;
    judge(r);
    if (r->has_failed)
        return -ENOMEM;
    drop_void_lines(r);
    r->n_notes = csv_note_sort(r->note, r->n_notes);
    r->plan = (struct roster_plan){
        .list = r->list,
        .n_lists = r->n_lists,
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
