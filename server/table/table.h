#ifndef AIRCLASS_SERVER_TABLE_TABLE_H
#define AIRCLASS_SERVER_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "server/csv/csv.h"
#include "server/xlsx/xlsx.h"

/* The rows of a file from a spreadsheet, whichever kind it is: CSV (server/csv), also as
 * UTF-16 (Excel's "Unicode text"), or a workbook (server/xlsx), which is told by how it begins. */
struct table_file {
    const void *bytes;
    size_t len;
    const char *sheet; /* of a workbook; NULL or "": the first that is not hidden; TABLE_ALL */
};

/* Each of its sheets, by table_turn(). No sheet can be called so. */
#define TABLE_ALL "*"
bool table_is_all(const struct table_file *file);

struct table;

/* The bytes are borrowed until the end. -ENOMEM; -ENOTSUP as csv_reader_new(). */
int table_new(struct table **out, const struct table_file *file);
void table_free(struct table **table);

/* The next row that is not empty. 0: `*row`, borrowed until the next call; -ENODATA: the end;
 * -EINVAL: this row is wrong, table_last_wrong() says how, and there may be more behind it;
 * -ENOMEM. */
int table_next(struct table *table, struct csv_row *row);

/* What table_next() refused last, and where; row 0: the file as a whole. */
const struct message *table_last_wrong(const struct table *table, struct csv_place *at);

/* The sheets of a workbook, of CSV none; how many. Borrowed until the end. */
size_t table_sheets(const struct table *table, const struct xlsx_sheet **out);
/* The one that is read; NULL: the file has none, or not the one that was asked for. */
const struct xlsx_sheet *table_sheet(const struct table *table);
/* On to the rows of the `i`th sheet. */
void table_turn(struct table *table, size_t i);

/* Rows at the front that are looked at for the names of the columns. */
enum { TABLE_AHEAD_MAX = 10 };

/* The row that table_next() gives when it has given `i` others, without taking any: the same
 * answer, borrowed until table_next() takes it. `i` is below TABLE_AHEAD_MAX. */
int table_peek(struct table *table, size_t i, struct csv_row *row);

/* ---- what people write around a table (around.c) ---- */

/* How much of a list's first row a row is. */
enum table_names {
    TABLE_NO_NAMES,
    TABLE_SOME_NAMES, /* it names columns, but lacks some that there must be */
    TABLE_ALL_NAMES,
};
typedef enum table_names table_names_fn(void *arg, const struct csv_row *row);

struct table_head {
    size_t above;         /* rows that table_next() gives before it: a title, a date, a hint */
    uint64_t row;         /* its number; 0: there is no row at all */
    uint64_t rival;       /* of another one that could be it as well; 0: there is none */
    enum table_names are; /* TABLE_NO_NAMES: `above` is 0, the first row is as good as any */
};

/* Which of the first rows names the columns: the first that has all names, or where none has the
 * first that has some. Another one with all names but other words is a rival, and nobody may guess
 * between them. -ENOMEM. */
int table_find_head(struct table *table, table_names_fn *names, void *arg, struct table_head *out);

/* What a row below the head is. */
enum table_sort {
    TABLE_DATA,
    TABLE_HEAD_AGAIN, /* word for word, as lists have it that are printed page by page */
    TABLE_BELOW,      /* a sum, a remark, who has filled it in */
};
enum table_sort table_sort_of(const struct table *table, const struct csv_row *row);

/* What is said of such rows, and of sheets. */
enum table_remark {
    TABLE_IS_TITLE,
    TABLE_IS_HEAD_AGAIN,
    TABLE_IS_BELOW,
    TABLE_IS_RIVAL,   /* refuses the list */
    TABLE_IS_HIDDEN,  /* a sheet: it is left out */
    TABLE_IS_NONE,    /* a sheet without a list: the same */
    TABLE_IS_PARTIAL, /* a sheet that lacks columns, of many: it may be no list */
    TABLE_IS_CLASS,   /* there is no column for the class: the sheet has its name */
    TABLE_IS_NOBODYS, /* nor has the sheet the name of a class */
    TABLE_REMARKS
};
const struct message *table_message(enum table_remark remark);

#endif
