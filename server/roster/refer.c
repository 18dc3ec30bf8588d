#include "server/roster/judge.h"

#include <errno.h>
#include <string.h>

struct roster_line *line_of(const struct roster *r, const struct draft *d)
{
    return &r->line[d->line];
}

static uint32_t column_of(const struct roster *r, const struct draft *d, enum field field)
{
    return field < FIELDS ? r->sheet[line_of(r, d)->list].column[field] : 0;
}

void note_draft(struct roster *r, const struct draft *d, enum field field,
                enum roster_reason reason, const struct roster_line *other)
{
    const struct roster_line *line = line_of(r, d);
    struct csv_note note = {.file = line->list};
    if (other) {
        note.other_row = other->row;
        note.other_file = other->list;
    }
    note.at = (struct csv_place){.row = line->row, .column = column_of(r, d, field)};
    note_add(r, note, reason, field < FIELDS ? d->value[field] : NULL);
}

void refuse(struct roster *r, const struct draft *d, enum field field, enum roster_reason reason)
{
    line_of(r, d)->fate = ROSTER_REFUSED;
    note_draft(r, d, field, reason, NULL);
}

void must(struct roster *r, int err)
{
    r->has_failed |= err == -ENOMEM;
}

bool is_of_staff(const struct roster *r, const struct item *person)
{
    return person->is_staff ||
           items_is_marked(&r->table, "office", person->record.home, person->record.person);
}

/* What is there, or will be, under that key. */
static struct item *present(const struct roster *r, const struct roster_record *key)
{
    struct item *item = items_find(&r->table, key);
    return item && !item->is_gone ? item : NULL;
}

struct item *default_school(const struct roster *r)
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

/* As school_of(), silently. */
static struct item *find_school(const struct roster *r, const char *said, bool *is_ambiguous)
{
    *is_ambiguous = false;
    if (!said)
        return r->default_school;
    struct item *school =
        present(r, &(struct roster_record){.kind = ROSTER_SCHOOL, .school = said});
    return school ? school : items_find_named(&r->table, ROSTER_SCHOOL, "", said, is_ambiguous);
}

struct item *school_of(struct roster *r, const struct draft *d, enum field field)
{
    const char *said = d->value[field];
    bool is_ambiguous;
    struct item *school = find_school(r, said, &is_ambiguous);
    if (!school)
        refuse(r, d, field,
               is_ambiguous ? ROSTER_AMBIGUOUS
               : said       ? ROSTER_UNKNOWN_SCHOOL
                            : ROSTER_WHICH_SCHOOL);
    return school;
}

/* As class_of(), silently. */
static struct item *find_class(const struct roster *r, const char *school, const char *said,
                               bool *is_ambiguous)
{
    *is_ambiguous = false;
    struct item *klass =
        present(r, &(struct roster_record){.kind = ROSTER_CLASS, .school = school, .klass = said});
    if (!klass)
        klass = items_find_named(&r->table, ROSTER_CLASS, school, said, is_ambiguous);
    return klass && !klass->is_gone ? klass : NULL;
}

bool has_class(const struct roster *r, const struct draft *d)
{
    bool is_ambiguous;
    const struct item *school = find_school(r, d->value[FIELD_HOME], &is_ambiguous);
    return school && find_class(r, school->record.school, d->value[FIELD_CLASS], &is_ambiguous);
}

struct item *class_of(struct roster *r, const struct draft *d, const char *school)
{
    bool is_ambiguous;
    struct item *klass = find_class(r, school, d->value[FIELD_CLASS], &is_ambiguous);
    if (!klass)
        refuse(r, d, FIELD_CLASS, is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_CLASS);
    return klass;
}

struct item *find_person(const struct roster *r, const char *home, const char *code,
                         bool is_anywhere, bool *is_ambiguous)
{
    *is_ambiguous = false;
    struct item *person =
        present(r, &(struct roster_record){.kind = ROSTER_PERSON, .home = home, .person = code});
    if (!person && is_anywhere)
        person = items_find_named(&r->table, ROSTER_PERSON, "", code, is_ambiguous);
    return person && !person->is_gone ? person : NULL;
}

struct item *person_of(struct roster *r, const struct draft *d, const char *home)
{
    bool is_ambiguous;
    struct item *person =
        find_person(r, home, d->value[FIELD_PERSON], !d->value[FIELD_HOME], &is_ambiguous);
    if (!person)
        refuse(r, d, FIELD_PERSON, is_ambiguous ? ROSTER_AMBIGUOUS : ROSTER_UNKNOWN_PERSON);
    return person;
}

bool may_touch(struct roster *r, const struct draft *d, enum field field, const char *school)
{
    if (!r->options.school || strcmp(r->options.school, school) == 0)
        return true;
    refuse(r, d, field, ROSTER_OTHER_SCHOOL);
    return false;
}

bool may_change(struct roster *r, const struct draft *d, enum field field, const char *home,
                const char *person)
{
    if (!may_touch(r, d, field, home))
        return false;
    if (!items_is_marked(&r->table, "elsewhere", home, person))
        return true;
    refuse(r, d, field, ROSTER_MORE_ELSEWHERE);
    return false;
}
