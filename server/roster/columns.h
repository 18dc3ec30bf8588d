#ifndef AIRCLASS_SERVER_ROSTER_COLUMNS_H
#define AIRCLASS_SERVER_ROSTER_COLUMNS_H

#include <stdbool.h>
#include <stdint.h>

#include "server/csv/csv.h"
#include "server/roster/name.h"
#include "server/roster/roster.h"

/* Which lists there are and how their columns are called: the table is in columns.c. Private to
 * this folder. */
enum field {
    FIELD_SCHOOL,
    FIELD_CLASS,
    FIELD_HOME,
    FIELD_PERSON,
    FIELD_NAME,
    FIELD_WARD,      /* the pupil, of a guardian */
    FIELD_WARD_NAME, /* looked at, to find codes that slipped into another row */
    FIELD_RELATION,
    FIELD_AGENTS, /* OneRoster: guardians of a pupil, wards of a guardian */
    FIELD_FAMILY,
    FIELD_GIVEN,
    FIELD_GRADE,
    FIELD_ROLE,
    FIELD_PRIMARY, /* OneRoster: of the teachers of a class, the first */
    FIELD_STATUS,
    FIELD_TYPE, /* OneRoster: of an org */
    FIELDS
};

/* What the row that names the columns says. */
struct sheet {
    enum roster_kind kind;
    uint32_t column[FIELDS]; /* from 1; 0: the file does not have it */
    uint32_t n;              /* columns in all */
    char klass[NAME_SIZE];   /* the sheet's own name, where that may be the class; else "" */
    bool is_of_many;         /* all sheets of a workbook were asked for */
    bool is_class;           /* it was one; judged at the end */
    bool is_no_class;        /* it was none */
};

/* Told of each column that is not simply taken, with its name as the file has it, or as we call it;
 * and of each such value, NULL: not to be repeated. */
typedef void column_note_fn(void *arg, enum roster_reason reason, uint32_t column,
                            const char *what);

/* ROSTER_FINE; ROSTER_NOT_NEEDED or ROSTER_UNKNOWN_FILE: not one of ours; another reason: it was
 * noted for the columns at fault. */
enum roster_reason sheet_read(struct sheet *out, const struct csv_row *head, column_note_fn *note,
                              void *arg);

/* How much of such a row a row is; a table_names_fn. */
enum table_names sheet_names(void *arg, const struct csv_row *row);

/* As we call a field of that list; NULL: it has none such. */
const char *field_name(enum roster_kind kind, enum field field, enum language language);

#endif
