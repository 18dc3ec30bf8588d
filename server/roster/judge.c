#include "server/roster/judge.h"

#include <string.h>

/* What somebody is to a place, or to a pupil: it goes with them. */
static bool is_link(const struct item *i)
{
    return i->record.kind == ROSTER_ROLE || i->record.kind == ROSTER_GUARDIAN;
}

static struct item *person_called(const struct roster *r, const char *home, const char *code)
{
    return items_find(&r->table,
                      &(struct roster_record){.kind = ROSTER_PERSON, .home = home, .person = code});
}

static struct item *holder(const struct roster *r, const struct item *link)
{
    return person_called(r, link->record.home, link->record.person);
}

static void know_roles(struct roster *r)
{
    for (struct item *i = r->table.first; i; i = i->next) {
        name_item(r, i);
        struct item *person = is_link(i) ? holder(r, i) : NULL;
        if (!person)
            continue;
        if (i->record.kind == ROSTER_GUARDIAN) {
            person->is_guardian = true;
        } else if (is_staff_role(i->record.role)) {
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
               (i->is_staff && items_is_marked(&r->table, "staff", rec->home, "")) ||
               (is_mere_guardian(r, i) && items_is_marked(&r->table, "guardians", rec->home, ""));
    case ROSTER_ROLE:
        return items_is_marked(&r->table, roster_role_name(rec->role), rec->school, rec->klass);
    case ROSTER_GUARDIAN: return is_guardian_left(r, i);
    case ROSTER_KINDS: break;
    }
    return false;
}

/* One of the two has gone, and takes it along. */
static bool is_void(const struct roster *r, const struct item *link)
{
    const struct roster_record *rec = &link->record;
    const struct item *person = holder(r, link);
    const struct item *ward =
        rec->kind == ROSTER_GUARDIAN ? person_called(r, rec->school, rec->ward) : NULL;
    return (person && person->is_gone) || (ward && ward->is_gone);
}

static void remove_item(struct roster *r, struct item *i)
{
    i->line = line_add(r, 0, 0, ROSTER_REMOVED);
    if (r->has_failed)
        return;
    r->line[i->line].record = &i->record;
    i->is_gone = true;
}

static void remove_unlisted(struct roster *r, bool are_links)
{
    for (struct item *i = r->table.first; i && !r->has_failed; i = i->next) {
        if (is_link(i) != are_links || !i->is_known || i->is_given || i->is_gone)
            continue;
        if (is_listed(r, i) && !(are_links && is_void(r, i)))
            remove_item(r, i);
    }
}

/* Nobody keeps a login for the sake of a pupil who has left. */
static void remove_wardless(struct roster *r)
{
    for (const struct item *i = r->table.first; i; i = i->next) {
        struct item *guardian = i->record.kind == ROSTER_GUARDIAN ? holder(r, i) : NULL;
        if (guardian && !i->is_gone && !is_void(r, i))
            guardian->n_wards++;
    }
    for (struct item *i = r->table.first; i && !r->has_failed; i = i->next) {
        bool is_left = i->record.kind == ROSTER_PERSON && i->is_known && !i->is_given &&
                       !i->is_gone && i->n_wards == 0;
        if (is_left && is_mere_guardian(r, i))
            remove_item(r, i);
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
            if (d->kind == (enum roster_kind)kind && judges[kind])
                judges[kind](r, d);
        }
        if (kind == ROSTER_SCHOOL)
            r->default_school = default_school(r);
        if (kind == ROSTER_CLASS)
            find_classes_of_sheets(r);
    }
    judge_guardians(r);
    if (r->options.may_remove) {
        remove_unlisted(r, false); /* who goes takes their roles along */
        remove_unlisted(r, true);
        remove_wardless(r);
    }
    count_pupils(r);
    keep_full_classes(r);
}
