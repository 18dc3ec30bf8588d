#ifndef AIRCLASS_SERVER_TIMETABLE_LIST_COLUMNS_H
#define AIRCLASS_SERVER_TIMETABLE_LIST_COLUMNS_H

#include "server/csv/csv.h"
#include "server/timetable/timetable.h"

/* How the columns of a list are called and what may stand in them. Private to this folder. */
enum list_field {
    LIST_ID,
    LIST_SCHOOL,
    LIST_CLASS,
    LIST_TITLE,
    LIST_LECTURER,
    LIST_WEEKDAY,
    LIST_DATE,
    LIST_START,
    LIST_END,
    LIST_LENGTH,
    LIST_WEEKS,
    LIST_FROM,
    LIST_TO,
    LIST_KIND,
    LIST_PLACE,
    LIST_LINK,
    LIST_FIELDS
};

enum list_reason {
    LIST_MISSING_COLUMN,
    LIST_DOUBLE_COLUMN,
    LIST_IGNORED_COLUMN,
    LIST_TOO_MANY,
    LIST_EMPTY,
    LIST_BAD_WEEKDAY,
    LIST_BAD_DATE,
    LIST_BAD_TIME,
    LIST_BAD_LENGTH,
    LIST_BAD_WEEKS,
    LIST_BAD_KIND,
    LIST_BAD_PLACE,
    LIST_BAD_LINK,
    LIST_TOO_MANY_CLASSES,
    LIST_WHICH_SCHOOL,
    LIST_OTHER_SCHOOL,
    LIST_UNKNOWN_CLASS,
    LIST_UNKNOWN_TEACHER,
    LIST_OTHERS,
    LIST_OTHERS_ROW,
    LIST_LONG_ID,
    LIST_DUPLICATE,
    LIST_TEACHER_CLASH,
    LIST_CLASS_CLASH,
    LIST_REASONS
};

const struct message *list_message(enum list_reason reason);

/* The field that a column of this name is; LIST_FIELDS: none of ours. */
enum list_field list_field_of(const char *name);

/* As we call it, in both languages: "班级 / class". */
const char *list_field_name(enum list_field field);

/* "星期一" -> 1; "单周" -> TIMETABLE_ODD_WEEKS; "答疑" -> POLICY_QA; "线上" -> TIMETABLE_ONLINE.
 * False: no word of that field. */
bool list_word(enum list_field field, const char *text, int *out);

#endif
