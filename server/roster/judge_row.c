#include <string.h>

#include "server/roster/judge.h"

/* A guardian's name is the person's. */
static bool is_changed(const struct item *item)
{
    if (item->record.kind == ROSTER_GUARDIAN)
        return false;
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
        note_draft(r, d, FIELD_STATUS, ROSTER_KEPT_BACK, NULL);
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
    case ROSTER_GUARDIAN: return FIELD_WARD;
    case ROSTER_KINDS: break;
    }
    return FIELDS;
}

/* A second row about the same. The rows of a list of people and one of roles may say one role both,
 * who is two things stands in a list of people twice, under one name, and who has two wards in one
 * of guardians; agents name each other. */
static void take_twice(struct roster *r, struct draft *d, const struct item *item, const char *name)
{
    struct roster_line *line = line_of(r, d);
    const struct roster_line *first = &r->line[item->line];
    bool is_link = item->record.kind == ROSTER_ROLE || item->record.kind == ROSTER_GUARDIAN;
    if (is_link && (line->list != first->list || d->is_agent))
        return;
    bool is_fuller = d->has_role || d->is_guardian || d->kind == ROSTER_GUARDIAN;
    if (item->record.kind == ROSTER_PERSON && is_fuller && !item->is_gone &&
        strcmp(item->record.name, name) == 0) {
        line->record = &item->record;
        line->fate = ROSTER_SAME;
        return;
    }
    bool is_made = d->kind == ROSTER_GUARDIAN && !d->value[FIELD_PERSON]; /* the code */
    line->fate = ROSTER_REFUSED;
    note_draft(r, d, is_made ? FIELD_NAME : key_field(item->record.kind),
               is_made ? ROSTER_WHICH_GUARDIAN : ROSTER_DUPLICATE, first);
}

/* What a name is found by: 三(1)班 is 三（1）班. As read_reference() has it. */
static const char *folded(char out[CODE_SIZE], const char *name)
{
    return code_read(out, name) == ROSTER_FINE ? out : name;
}

void name_item(struct roster *r, struct item *item)
{
    const struct roster_record *rec = &item->record;
    char code[CODE_SIZE];
    const char *name = folded(code, rec->name);
    switch (rec->kind) {
    case ROSTER_SCHOOL: must(r, items_name(&r->table, item, "", name)); break;
    case ROSTER_CLASS: must(r, items_name(&r->table, item, rec->school, name)); break;
    case ROSTER_PERSON: must(r, items_name(&r->table, item, "", rec->person)); break;
    case ROSTER_GUARDIAN: name_guardian(r, item); break;
    case ROSTER_ROLE:
    case ROSTER_KINDS: break;
    }
}

/* Nothing that is not so already becomes of who is at home in another school than the one whose
 * lists these are, or is something there: in the API that is as little theirs to say. */
static bool may_become(struct roster *r, struct draft *d, const struct item *item,
                       const struct roster_record *rec)
{
    bool is_person = rec->kind == ROSTER_PERSON;
    bool is_link = rec->kind == ROSTER_ROLE || rec->kind == ROSTER_GUARDIAN;
    bool is_so = item && item->is_known && (is_link || strcmp(item->record.name, rec->name) == 0);
    if (!r->options.school || is_so || !(is_person || is_link))
        return true;
    enum field field = d->value[FIELD_PERSON] ? FIELD_PERSON : FIELD_NAME;
    return may_change(r, d, field, rec->home, rec->person);
}

struct item *settle(struct roster *r, struct draft *d, const struct roster_record *rec)
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
    if (!may_become(r, d, item, rec))
        return NULL;
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

void judge_school(struct roster *r, struct draft *d)
{
    struct roster_record rec = {.kind = ROSTER_SCHOOL,
                                .school = d->value[FIELD_SCHOOL],
                                .klass = "",
                                .home = "",
                                .person = "",
                                .name = d->value[FIELD_NAME]};
    struct item *item = items_find(&r->table, &rec);
    if (!may_touch(r, d, FIELD_SCHOOL, rec.school))
        return;
    if (!r->options.school || !item || strcmp(item->record.name, rec.name) == 0) {
        settle(r, d, &rec);
        return;
    }
    line_of(r, d)->record = &item->record;
    line_of(r, d)->fate = ROSTER_SKIPPED;
    note_draft(r, d, FIELD_NAME, ROSTER_NAME_KEPT, NULL);
}

void judge_class(struct roster *r, struct draft *d)
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

void judge_person(struct roster *r, struct draft *d)
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
    struct item *person = settle(r, d, &rec);
    if (person && d->has_role)
        must(r, items_mark(&r->table, is_staff_role(d->role) ? "staff" : "pupils", rec.home, ""));
    if (person && d->is_guardian) {
        person->is_guardian = true;
        must(r, items_mark(&r->table, "guardians", rec.home, ""));
    }
}

/* ---- roles ---- */

/* Whether this person may be that, beside what else they are. */
static bool fits(struct roster *r, struct draft *d, const struct item *person,
                 const struct roster_record *rec)
{
    bool is_staff = is_staff_role(rec->role);
    if (is_staff ? person->is_pupil : is_of_staff(r, person)) {
        refuse(r, d, FIELD_ROLE, ROSTER_PUPIL_AND_STAFF);
        return false;
    }
    const struct item *seat = is_staff ? NULL : person->seat;
    bool is_same = seat && strcmp(seat->record.school, rec->school) == 0 &&
                   strcmp(seat->record.klass, rec->klass) == 0;
    if (seat && seat->is_given && !seat->is_gone && !is_same) {
        refuse(r, d, FIELD_CLASS, ROSTER_TWO_CLASSES);
        return false;
    }
    return true;
}

/* A pupil who is in another class now leaves the one before: that is what a move is. */
static void leave_seat(struct roster *r, const struct draft *d, struct item *seat)
{
    const struct roster_line at = *line_of(r, d);
    size_t line = line_add(r, at.list, at.row, ROSTER_REMOVED);
    if (r->has_failed)
        return;
    seat->is_gone = true;
    r->line[line].record = &seat->record;
    note_draft(r, d, FIELD_CLASS, ROSTER_MOVED, NULL);
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

void judge_role(struct roster *r, struct draft *d)
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
