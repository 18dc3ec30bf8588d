#ifndef AIRCLASS_SERVER_TIMETABLE_LIST_H
#define AIRCLASS_SERVER_TIMETABLE_LIST_H

#include "server/csv/note.h"
#include "server/table/table.h"
#include "server/timetable/timetable.h"

/*
 * A weekly grid from a list (CSV or XLSX). One row is one row of the grid or, with a date instead
 * of a weekday, one lesson:
 *
 *     学校 班级 课程 星期 开始 结束 主讲教师 单双周 ...      school class title weekday start end
 * lecturer weeks ...
 *
 * The columns are in list_columns.c; several classes stand in one field between ';', '；' or '、'.
 * A class or teacher of another school than the row's is SCHOOL/CODE; the district's office is "-".
 * All or nothing: with one refused row no row counts. A row without an id gets one made of its
 * class, day and time, so that a list that comes again changes what is there.
 */
enum { TIMETABLE_ROWS_MAX = 20000, TIMETABLE_NOTES_MAX = 2000, TIMETABLE_ROW_CLASSES_MAX = 512 };

struct timetable_list_options {
    const char *school; /* where a row does not say; "": the district's office; NULL: each must */
    bool is_own_only;   /* rows of other schools are refused */
    int32_t from;       /* the term: where a row does not say */
    int32_t to;
    const struct timetable *calendar; /* its weeks, holidays and swapped days; not its rows */
    /* What there is. */
    /* The code of the class that is called so, by its code or its name as code_read() leaves it;
     * NULL: none, or several are. Copied before the next call. */
    const char *(*find_class)(void *arg, const char *school, const char *klass);
    /* The id of a teacher of that school, copied before the next call; NULL: there is none. */
    const char *(*find_teacher)(void *arg, const char *school, const char *code);
    /* Whether rows of other schools may name classes and teachers of that one; NULL: of each. */
    bool (*may_name)(void *arg, const char *school);
    /* Whether a row may come in place of the one with that id; NULL: each. */
    bool (*may_replace)(void *arg, const char *id);
    void *arg;
};

struct timetable_list;

/* `options` is copied, its texts are borrowed until the end. -ENOMEM. */
int timetable_list_new(struct timetable_list **out, const struct timetable_list_options *options);
void timetable_list_free(struct timetable_list **list);

/* What was read; lives as long as the list. Rows that clash with one another are refused. */
struct timetable_rows {
    const struct timetable_entry *entry;
    size_t n;
    const struct csv_note *note; /* by sheet and row; `file` is the sheet */
    size_t n_notes;
    size_t notes_left_out;
    bool is_applicable; /* nothing was refused */
};
/* Once. Of a workbook whose every sheet was asked for all of them count, but hidden ones and such
 * without a list; where there is no column for the class, the class that the sheet is
 * called by. -ENOENT: it has no such sheet; -ENOMEM, after which only timetable_list_free() is
 * left; -ENOTSUP as csv_reader_new(). */
int timetable_list_read(struct timetable_list *list, const struct table_file *file,
                        const struct timetable_rows **out);

/* The row of the list that an entry of it came from, and its sheet (`file` of notes). */
uint64_t timetable_list_row(const struct timetable_list *list, const struct timetable_entry *entry);
uint32_t timetable_list_sheet(const struct timetable_list *list,
                              const struct timetable_entry *entry);

/* The sheets of its workbook, of CSV none; how many. */
size_t timetable_list_sheets(const struct timetable_list *list, const struct xlsx_sheet **out);

#endif
