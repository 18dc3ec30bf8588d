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
    static const enum field *const fields[] = {of_school, of_class, of_person, of_role};
    return fields[kind];
}

static const char *value_of(const struct roster_record *rec, enum field field,
                            enum roster_language language, char grade[4])
{
    switch (field) {
    case FIELD_SCHOOL: return rec->school;
    case FIELD_CLASS: return rec->klass;
    case FIELD_HOME: return rec->home;
    case FIELD_PERSON: return rec->person;
    case FIELD_NAME: return rec->name;
    case FIELD_ROLE: return role_label(rec->role, language);
    case FIELD_GRADE: snprintf(grade, 4, "%u", rec->grade % 100u); return rec->grade ? grade : "";
    case FIELD_FAMILY:
    case FIELD_GIVEN:
    case FIELD_PRIMARY:
    case FIELD_STATUS:
    case FIELD_TYPE:
    case FIELDS: break;
    }
    return "";
}

int roster_write_head(struct csv_writer *w, enum roster_kind kind, enum roster_language language)
{
    const enum field *fields = fields_of(kind);
    const char *names[FIELDS];
    size_t n = 0;
    for (; fields[n] != FIELDS; n++)
        names[n] = field_name(kind, fields[n], language);
    return csv_write(w, names, n);
}

int roster_write(struct csv_writer *w, const struct roster_record *record,
                 enum roster_language language)
{
    const enum field *fields = fields_of(record->kind);
    const char *values[FIELDS];
    char grade[4];
    size_t n = 0;
    for (; fields[n] != FIELDS; n++)
        values[n] = value_of(record, fields[n], language, grade);
    return csv_write(w, values, n);
}

/* ---- notes ---- */

static int print_place(const struct csv_place *at, bool is_zh, char *out, size_t size)
{
    unsigned long long row = at->row;
    if (row == 0)
        return snprintf(out, size, "%s", is_zh ? "整个文件" : "the file");
    if (at->column == 0)
        return snprintf(out, size, is_zh ? "第 %llu 行" : "row %llu", row);
    return snprintf(out, size, is_zh ? "第 %llu 行第 %u 列" : "row %llu, column %u", row,
                    at->column);
}

void roster_note_print(const struct roster_note *note, enum roster_language language, char *out,
                       size_t size)
{
    bool is_zh = language == ROSTER_ZH;
    char place[64];
    char other[64] = "";
    print_place(&note->at, is_zh, place, sizeof(place));
    if (note->other_row)
        snprintf(other, sizeof(other), is_zh ? "（第 %llu 行）" : " (row %llu)",
                 (unsigned long long)note->other_row);
    bool has_value = note->value[0];
    snprintf(out, size, is_zh ? "%s：%s%s%s%s%s" : "%s: %s%s%s%s%s", place,
             is_zh ? note->what->zh : note->what->en, other,
             !has_value ? ""
             : is_zh    ? " “"
                        : ": ",
             note->value, has_value && is_zh ? "”" : "");
}
