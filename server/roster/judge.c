#include "server/roster/judge.h"

#include <string.h>

static struct item *holder(const struct roster *r, const struct item *role)
{
    return items_find(&r->table, &(struct roster_record){.kind = ROSTER_PERSON,
                                                         .home = role->record.home,
                                                         .person = role->record.person});
}

static void know_roles(struct roster *r)
{
    for (struct item *i = r->table.first; i; i = i->next) {
        name_item(r, i);
        struct item *person = i->record.kind == ROSTER_ROLE ? holder(r, i) : NULL;
        if (!person)
            continue;
        if (is_staff_role(i->record.role)) {
            person->is_staff = true;
        } else {
            person->is_pupil = true;
            person->seat = i;
        }
    }
}

/* Whether the lists are about this, and so leave it out on purpose. */
static bool is_listed(const struct roster *r, const struct item *i)
{
    const struct roster_record *rec = &i->record;
    switch (rec->kind) {
    case ROSTER_SCHOOL: return false;
    case ROSTER_CLASS: return items_is_marked(&r->table, "classes", rec->school, "");
    case ROSTER_PERSON:
        return (i->is_pupil && items_is_marked(&r->table, "pupils", rec->home, "")) ||
               (i->is_staff && items_is_marked(&r->table, "staff", rec->home, ""));
    case ROSTER_ROLE:
        return items_is_marked(&r->table, roster_role_name(rec->role), rec->school, rec->klass);
    case ROSTER_KINDS: break;
    }
    return false;
}

/* People first: who goes takes their roles along. */
static void remove_unlisted(struct roster *r, bool is_role)
{
    for (struct item *i = r->table.first; i; i = i->next) {
        if ((i->record.kind == ROSTER_ROLE) != is_role)
            continue;
        const struct item *person = is_role ? holder(r, i) : NULL;
        if (!i->is_known || i->is_given || i->is_gone || (person && person->is_gone) ||
            !is_listed(r, i))
            continue;
        i->line = line_add(r, 0, 0, ROSTER_REMOVED);
        if (r->has_failed)
            return;
        r->line[i->line].record = &i->record;
        i->is_gone = true;
    }
}

static void count_pupils(struct roster *r)
{
    for (const struct item *i = r->table.first; i; i = i->next) {
        if (i->record.kind != ROSTER_ROLE || is_staff_role(i->record.role) || i->is_gone)
            continue;
        const struct item *person = holder(r, i);
        struct roster_record key = {
            .kind = ROSTER_CLASS, .school = i->record.school, .klass = i->record.klass};
        struct item *klass = items_find(&r->table, &key);
        if (klass && person && !person->is_gone)
            klass->n_pupils++;
    }
}

/* A class that goes must be empty: pupils are not lost by a list of classes. */
static void keep_full_classes(struct roster *r)
{
    for (const struct item *i = r->table.first; i; i = i->next) {
        if (i->record.kind != ROSTER_CLASS || !i->is_gone || i->n_pupils == 0)
            continue;
        struct roster_line *line = &r->line[i->line];
        struct csv_note note = {.file = line->list, .at = {.row = line->row}};
        line->fate = ROSTER_REFUSED;
        note_add(r, note, ROSTER_HAS_PUPILS, i->record.name);
    }
}

/* ---- sheets that are called like a class ---- */

/* The row says nothing of a class. */
static void forget_class(struct roster *r, struct draft *d)
{
    bool is_person = d->kind == ROSTER_PERSON;
    d->value[FIELD_CLASS] = NULL;
    if (is_person) {
        d->has_role = d->is_role_said;
    } else if (d->role == ROSTER_STUDENT) {
        d->kind = ROSTER_KINDS; /* judged by nobody */
        line_of(r, d)->fate = ROSTER_FATES;
    } else {
        refuse(r, d, FIELD_CLASS, ROSTER_ROLE_WANTS_CLASS);
        d->kind = ROSTER_KINDS;
    }
}

/* Behind the classes, in whichever file they stand, and before people. */
static void find_classes_of_sheets(struct roster *r)
{
    for (struct draft *d = r->first; d; d = d->next) {
        if (!d->has_class_by_sheet)
            continue;
        struct sheet *sheet = &r->sheet[line_of(r, d)->list];
        bool is_class = has_class(r, d);
        sheet->is_class |= is_class;
        sheet->is_no_class |= !is_class;
        if (!is_class)
            forget_class(r, d);
    }
    for (uint32_t i = 0; i < r->n_lists; i++) {
        if (r->sheet[i].is_class)
            note_remark(r, i, 0, TABLE_IS_CLASS);
        if (r->sheet[i].is_no_class && r->sheet[i].is_of_many)
            note_remark(r, i, 0, TABLE_IS_NOBODYS);
    }
}

void judge(struct roster *r)
{
    typedef void judge_fn(struct roster * r, struct draft * d);
    static judge_fn *const judges[ROSTER_KINDS] = {
        [ROSTER_SCHOOL] = judge_school,
        [ROSTER_CLASS] = judge_class,
        [ROSTER_PERSON] = judge_person,
        [ROSTER_ROLE] = judge_role,
    };
    know_roles(r);
    for (int kind = 0; kind < ROSTER_KINDS; kind++) {
        for (struct draft *d = r->first; d && !r->has_failed; d = d->next) {
            if (d->kind == (enum roster_kind)kind)
                judges[kind](r, d);
        }
        if (kind == ROSTER_SCHOOL)
            r->default_school = default_school(r);
        if (kind == ROSTER_CLASS)
            find_classes_of_sheets(r);
    }
    if (r->options.may_remove) {
        remove_unlisted(r, false);
        remove_unlisted(r, true);
    }
    count_pupils(r);
    keep_full_classes(r);
}
