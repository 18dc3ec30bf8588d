#include <stdio.h>
#include <string.h>

#include "server/roster/impl.h"

/* The columns of each list that we write, in their order, up to FIELDS. */
static const enum field *fields_of(enum roster_kind kind)
{
    static const enum field of_school[] = {FIELD_SCHOOL, FIELD_NAME, FIELDS};
    static const enum field of_class[] = {FIELD_SCHOOL, FIELD_CLASS, FIELD_NAME, FIELD_GRADE,
                                          FIELDS};
    static const enum field of_person[] = {FIELD_HOME, FIELD_PERSON, FIELD_NAME, FIELDS};
    static const enum field of_role[] = {FIELD_SCHOOL, FIELD_CLASS, FIELD_HOME,
                                         FIELD_PERSON, FIELD_ROLE,  FIELDS};
    static const enum field of_guardian[] = {FIELD_SCHOOL, FIELD_WARD, FIELD_WARD_NAME, FIELD_HOME,
                                             FIELD_PERSON, FIELD_NAME, FIELDS};
    static const enum field *const fields[ROSTER_KINDS] = {
        [ROSTER_SCHOOL] = of_school, [ROSTER_CLASS] = of_class,       [ROSTER_PERSON] = of_person,
        [ROSTER_ROLE] = of_role,     [ROSTER_GUARDIAN] = of_guardian,
    };
    return fields[kind];
}

static const char *value_of(const struct roster_record *rec, enum field field,
                            enum language language, char grade[4])
{
    switch (field) {
    case FIELD_SCHOOL: return rec->school;
    case FIELD_CLASS: return rec->klass;
    case FIELD_HOME: return rec->home;
    case FIELD_PERSON: return rec->person;
    case FIELD_NAME: return rec->name;
    case FIELD_ROLE: return role_label(rec->role, language);
    case FIELD_GRADE: snprintf(grade, 4, "%u", rec->grade % 100u); return rec->grade ? grade : "";
    case FIELD_WARD: return rec->ward;
    case FIELD_WARD_NAME: return rec->ward_name;
    case FIELD_RELATION:
    case FIELD_AGENTS:
    case FIELD_FAMILY:
    case FIELD_GIVEN:
    case FIELD_PRIMARY:
    case FIELD_STATUS:
    case FIELD_TYPE:
    case FIELDS: break;
    }
    return "";
}

int roster_write_head(struct csv_writer *w, enum roster_kind kind, enum language language)
{
    const enum field *fields = fields_of(kind);
    const char *names[FIELDS];
    size_t n = 0;
    for (; fields[n] != FIELDS; n++)
        names[n] = field_name(kind, fields[n], language);
    return csv_write(w, names, n);
}

int roster_write(struct csv_writer *w, const struct roster_record *record, enum language language)
{
    const enum field *fields = fields_of(record->kind);
    const char *values[FIELDS];
    char grade[4];
    size_t n = 0;
    for (; fields[n] != FIELDS; n++)
        values[n] = value_of(record, fields[n], language, grade);
    return csv_write(w, values, n);
}
