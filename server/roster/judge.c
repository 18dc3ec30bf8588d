#include <errno.h>
#include <string.h>

#include "server/roster/impl.h"

/* ---- small things ---- */

static struct roster_line *line_of(const struct roster *r, const struct draft *d)
{
    return &r->line[d->line];
}

static uint32_t column_of(const struct roster *r, const struct draft *d, enum field field)
{
    return field < FIELDS ? r->sheet[line_of(r, d)->file].column[field] : 0;
}

static void note_draft(struct roster *r, const struct draft *d, enum field field,
                       enum roster_reason reason, uint64_t other_row)
{
    const struct roster_line *line = line_of(r, d);
    struct csv_note note = {.file = line->file, .other_row = other_row};
    note.at = (struct csv_place){.row = line->row, .column = column_of(r, d, field)};
    note_add(r, note, reason, field < FIELDS ? d->value[field] : NULL);
}

static void refuse(struct roster *r, const struct draft *d, enum field field,
                   enum roster_reason reason)
{
    line_of(r, d)->fate = ROSTER_REFUSED;
    note_draft(r, d, field, reason, 0);
}

/* An error of the table is want of memory: what a row can say was checked before. */
static void must(struct roster *r, int err)
{
    r->has_failed |= err == -ENOMEM;
}

static bool is_staff_role(enum roster_role role)
{
    return role != ROSTER_STUDENT;
}

/* ---- what a row refers to ---- */

/* What is there, or will be, under that key. */
static struct item *present(const struct roster *r, const struct roster_record *key)
{
    struct item *item = items_find(&r->table, key);
    return item && !item->is_gone ? item : NULL;
}

/* Which school is meant where none is said. */
static struct item *default_school(const struct roster *r)
{
    struct item *only = NULL;
    if (r->options.school)
        return present(r,
                       &(struct roster_record){.kind = ROSTER_SCHOOL, .school = r->options.school});
    for (struct item *i = r->table.first; i; i = i->next) {
        if (i->record.kind != ROSTER_SCHOOL)
            continue;
        if (only)
            return NULL;
        only = i;
    }
    return only;
}

/* Which school the row means: as said, or the importer's own, or the only one. NULL: refused. */
static struct item *school_of(struct roster *r, const struct draft *d, enum field field)
{
    const char *said = d->value[field];
    bool is_ambiguous = false;
    struct item *school = r->default_school;
    if (said) {
        school = present(r, &(struct roster_record){.kind = ROSTER_SCHOOL, .school = said});
        if (!school)
            school = items_find_named(&r->table, ROSTER_SCHOOL, "", said, &is_ambiguous);
    }
    if (!school)
        refuse(r, d, field,
               is_ambiguous ? ROSTER_AMBIGUOUS
               : said       ? ROSTER_UNKNOWN_SCHOOL
                            : ROSTER_WHICH_SCHOOL);
    return school;
}

/* NULL: refused. */
static struct item *class_of(struct roster *r, const struct draft *d, const char *school)
{
    const char *said = d->value[FIELD_CLASS];
    bool is_ambiguous = false;
    struct item *klass =
        present(r, &(struct roster_record){.kind = ROSTER_CLASS, .school = school, .klass = said});
    if (!klass)
        klass = items_find_named(&r->table, ROSTER_CLASS, school, said, &is_ambiguous);
    if (!klass || klass->is_gone) {
        refuse(r, d, FIELD_CLASS, is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_CLASS);
        return NULL;
    }
    return klass;
}

/* Who of a list of roles: one of the place's school, or the only one in the district with that
 * code. NULL: refused. */
static struct item *person_of(struct roster *r, const struct draft *d, const char *home)
{
    const char *code = d->value[FIELD_PERSON];
    bool is_ambiguous = false;
    struct item *person =
        present(r, &(struct roster_record){.kind = ROSTER_PERSON, .home = home, .person = code});
    if (!person && !d->value[FIELD_HOME])
        person = items_find_named(&r->table, ROSTER_PERSON, "", code, &is_ambiguous);
    if (!person || person->is_gone) {
        refuse(r, d, FIELD_PERSON, is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_PERSON);
        return NULL;
    }
    return person;
}

/* False: not theirs to touch, refused. */
static bool may_touch(struct roster *r, const struct draft *d, enum field field, const char *school)
{
    if (!r->options.school || strcmp(r->options.school, school) == 0)
        return true;
    refuse(r, d, field, ROSTER_OTHER_SCHOOL);
    return false;
}

/* ---- what becomes of a row ---- */

static bool is_changed(const struct item *item)
{
    return strcmp(item->record.name, item->before.name) != 0 ||
           item->record.grade != item->before.grade;
}

static void take_away(struct roster *r, struct draft *d, struct item *item)
{
    struct roster_line *line = line_of(r, d);
    line->record = item ? &item->record : NULL;
    if (!item || !item->is_known || item->is_gone)
        return;
    if (!r->options.may_remove || item->record.kind == ROSTER_SCHOOL) {
        note_draft(r, d, FIELD_STATUS, ROSTER_KEPT_BACK, 0);
        return;
    }
    item->is_gone = true;
    item->line = d->line;
    line->fate = ROSTER_REMOVED;
}

static enum field key_field(enum roster_kind kind)
{
    switch (kind) {
    case ROSTER_SCHOOL: return FIELD_SCHOOL;
    case ROSTER_CLASS: return FIELD_CLASS;
    case ROSTER_PERSON:
    case ROSTER_ROLE: return FIELD_PERSON;
    case ROSTER_KINDS: break;
    }
    return FIELDS;
}

/* A second row about the same. The rows of a list of people and one of roles may say one role both,
 * and who is two things stands in a list of people twice, under one name. */
static void take_twice(struct roster *r, struct draft *d, const struct item *item, const char *name)
{
    struct roster_line *line = line_of(r, d);
    const struct roster_line *first = &r->line[item->line];
    if (item->record.kind == ROSTER_ROLE && line->file != first->file)
        return;
    if (item->record.kind == ROSTER_PERSON && d->has_role && !item->is_gone &&
        strcmp(item->record.name, name) == 0) {
        line->record = &item->record;
        line->fate = ROSTER_SAME;
        return;
    }
    line->fate = ROSTER_REFUSED;
    note_draft(r, d, key_field(item->record.kind), ROSTER_DUPLICATE, first->row);
}

/* What a name is found by: 三(1)班 is 三（1）班. As read_reference() has it. */
static const char *folded(char out[CODE_SIZE], const char *name)
{
    return code_read(out, name) == ROSTER_FINE ? out : name;
}

static void name_item(struct roster *r, struct item *item)
{
    const struct roster_record *rec = &item->record;
    char code[CODE_SIZE];
    const char *name = folded(code, rec->name);
    switch (rec->kind) {
    case ROSTER_SCHOOL: must(r, items_name(&r->table, item, "", name)); break;
    case ROSTER_CLASS: must(r, items_name(&r->table, item, rec->school, name)); break;
    case ROSTER_PERSON: must(r, items_name(&r->table, item, "", rec->person)); break;
    case ROSTER_ROLE:
    case ROSTER_KINDS: break;
    }
}

/* The item that the row makes or changes; NULL when it does neither. */
static struct item *settle(struct roster *r, struct draft *d, const struct roster_record *rec)
{
    struct roster_line *line = line_of(r, d);
    struct item *item = items_find(&r->table, rec);
    if (item && (item->is_given || (item->is_gone && !d->wants_away))) {
        take_twice(r, d, item, rec->name);
        return NULL;
    }
    if (d->wants_away) {
        take_away(r, d, item);
        return NULL;
    }
    if (!item)
        must(r, items_add(&r->table, rec, &item));
    if (!item)
        return NULL;
    item->is_given = true;
    item->line = d->line;
    item->record.name = rec->name;
    if (d->value[FIELD_GRADE])
        item->record.grade = rec->grade;
    name_item(r, item);
    line->record = &item->record;
    line->before = item->is_known && is_changed(item) ? &item->before : NULL;
    line->fate = !item->is_known ? ROSTER_NEW : line->before ? ROSTER_CHANGED : ROSTER_SAME;
    return item;
}

static void judge_school(struct roster *r, struct draft *d)
{
    struct roster_record rec = {.kind = ROSTER_SCHOOL,
                                .school = d->value[FIELD_SCHOOL],
                                .klass = "",
                                .home = "",
                                .person = "",
                                .name = d->value[FIELD_NAME]};
    if (may_touch(r, d, FIELD_SCHOOL, rec.school))
        settle(r, d, &rec);
}

static void judge_class(struct roster *r, struct draft *d)
{
    const struct item *school = school_of(r, d, FIELD_SCHOOL);
    if (!school || !may_touch(r, d, FIELD_SCHOOL, school->record.school))
        return;
    struct roster_record rec = {.kind = ROSTER_CLASS,
                                .school = school->record.school,
                                .klass = d->value[FIELD_CLASS],
                                .home = "",
                                .person = "",
                                .name = d->value[FIELD_NAME],
                                .grade = d->grade};
    if (settle(r, d, &rec))
        must(r, items_mark(&r->table, "classes", rec.school, ""));
}

static void judge_person(struct roster *r, struct draft *d)
{
    const struct item *school = school_of(r, d, FIELD_HOME);
    if (!school || !may_touch(r, d, FIELD_HOME, school->record.school))
        return;
    struct roster_record rec = {.kind = ROSTER_PERSON,
                                .school = "",
                                .klass = "",
                                .home = school->record.school,
                                .person = d->value[FIELD_PERSON],
                                .name = d->value[FIELD_NAME]};
    if (settle(r, d, &rec) && d->has_role)
        must(r, items_mark(&r->table, is_staff_role(d->role) ? "staff" : "pupils", rec.home, ""));
}

/* ---- roles ---- */

/* Whether this person may be that, beside what else they are. */
static bool fits(struct roster *r, struct draft *d, const struct item *person,
                 const struct roster_record *rec)
{
    bool is_staff = is_staff_role(rec->role);
    if (is_staff ? person->is_pupil : person->is_staff) {
        refuse(r, d, FIELD_ROLE, ROSTER_PUPIL_AND_STAFF);
        return false;
    }
    const struct item *seat = is_staff ? NULL : person->seat;
    if (seat && seat->is_given && !seat->is_gone && strcmp(seat->record.klass, rec->klass) != 0) {
        refuse(r, d, FIELD_CLASS, ROSTER_TWO_CLASSES);
        return false;
    }
    return true;
}

/* A pupil who is in another class now leaves the one before: that is what a move is. */
static void leave_seat(struct roster *r, const struct draft *d, struct item *seat)
{
    const struct roster_line at = *line_of(r, d);
    size_t line = line_add(r, at.file, at.row, ROSTER_REMOVED);
    if (r->has_failed)
        return;
    seat->is_gone = true;
    r->line[line].record = &seat->record;
    note_draft(r, d, FIELD_CLASS, ROSTER_MOVED, 0);
}

static void sit_down(struct roster *r, const struct draft *d, struct item *person,
                     struct item *role)
{
    if (is_staff_role(role->record.role)) {
        person->is_staff = true;
        return;
    }
    if (person->seat && person->seat != role && !person->seat->is_gone)
        leave_seat(r, d, person->seat);
    person->is_pupil = true;
    person->seat = role;
}

static void give_role(struct roster *r, struct draft *d, const char *school, const char *klass,
                      struct item *person)
{
    struct roster_record rec = {.kind = ROSTER_ROLE,
                                .school = school,
                                .klass = klass,
                                .home = person->record.home,
                                .person = person->record.person,
                                .name = "",
                                .role = d->role};
    if (!d->wants_away && !fits(r, d, person, &rec))
        return;
    struct item *role = settle(r, d, &rec);
    if (!role)
        return;
    sit_down(r, d, person, role);
    must(r, items_mark(&r->table, roster_role_name(rec.role), school, klass));
}

static void judge_role(struct roster *r, struct draft *d)
{
    enum field place = d->value[FIELD_SCHOOL] ? FIELD_SCHOOL : FIELD_HOME;
    enum field home = d->value[FIELD_HOME] ? FIELD_HOME : FIELD_SCHOOL;
    const struct item *school = school_of(r, d, place);
    if (!school || !may_touch(r, d, place, school->record.school))
        return;
    const struct item *klass = NULL;
    if (d->value[FIELD_CLASS]) {
        klass = class_of(r, d, school->record.school);
        if (!klass)
            return;
    }
    const struct item *at_home = home == place ? school : school_of(r, d, home);
    struct item *person = at_home ? person_of(r, d, at_home->record.school) : NULL;
    if (person)
        give_role(r, d, school->record.school, klass ? klass->record.klass : "", person);
}

/* ---- before and after the rows ---- */

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
        struct csv_note note = {.file = line->file, .at = {.row = line->row}};
        line->fate = ROSTER_REFUSED;
        note_add(r, note, ROSTER_HAS_PUPILS, i->record.name);
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
    }
    if (r->options.may_remove) {
        remove_unlisted(r, false);
        remove_unlisted(r, true);
    }
    count_pupils(r);
    keep_full_classes(r);
}
