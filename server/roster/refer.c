#include "server/roster/judge.h"

#include <errno.h>
#include <string.h>

struct roster_line *line_of(const struct roster *r, const struct draft *d)
{
    return &r->line[d->line];
}

static uint32_t column_of(const struct roster *r, const struct draft *d, enum field field)
{
    return field < FIELDS ? r->sheet[line_of(r, d)->file].column[field] : 0;
}

void note_draft(struct roster *r, const struct draft *d, enum field field,
                enum roster_reason reason, uint64_t other_row)
{
    const struct roster_line *line = line_of(r, d);
    struct csv_note note = {.file = line->file, .other_row = other_row};
    note.at = (struct csv_place){.row = line->row, .column = column_of(r, d, field)};
    note_add(r, note, reason, field < FIELDS ? d->value[field] : NULL);
}

void refuse(struct roster *r, const struct draft *d, enum field field, enum roster_reason reason)
{
    line_of(r, d)->fate = ROSTER_REFUSED;
    note_draft(r, d, field, reason, 0);
}

void must(struct roster *r, int err)
{
    r->has_failed |= err == -ENOMEM;
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

struct item *school_of(struct roster *r, const struct draft *d, enum field field)
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

struct item *class_of(struct roster *r, const struct draft *d, const char *school)
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

struct item *person_of(struct roster *r, const struct draft *d, const char *home)
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

bool may_touch(struct roster *r, const struct draft *d, enum field field, const char *school)
{
    if (!r->options.school || strcmp(r->options.school, school) == 0)
        return true;
    refuse(r, d, field, ROSTER_OTHER_SCHOOL);
    return false;
}
