#ifndef AIRCLASS_SERVER_XLSX_SHEET_H
#define AIRCLASS_SERVER_XLSX_SHEET_H

#include "server/csv/csv.h"
#include "server/xlsx/strings.h"
#include "server/xlsx/styles.h"

/* A sheet, row by row. Private to this folder. */
enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ERROR };

struct sheet {
    struct part part; /* first: what its parser calls with */
    const struct strings *strings;
    const struct styles *styles;
    bool is_1904;

    /* the row that is being read, or was last */
    uint64_t row; /* 0: none yet */
    bool is_in_row;
    uint32_t last_column; /* of which there was a cell */
    size_t n;             /* fields, up to the last that is not empty */
    size_t len;           /* bytes of them */
    const struct message *wrong;
    bool has_fault;
    const char *field[CSV_FIELDS_MAX];
    const struct message *fault[CSV_FIELDS_MAX];

    /* the cell */
    bool is_in_cell, is_in_text, has_value, has_formula;
    int in_phonetic;
    uint32_t column;
    enum cell_type type;
    size_t style;
    size_t begin; /* of its text in `text` */
    size_t end;   /* behind all that was put there */
    /* A cell of a number may become as long as FORMAT_TEXT_SIZE. */
    char text[CSV_ROW_MAX + CSV_FIELDS_MAX * FORMAT_TEXT_SIZE];
};

/* `s` is zeroed but for what it borrows (`strings`, `styles`, `is_1904`), or was another sheet of
 * the workbook before. Errors as part_open(). */
int sheet_open(struct sheet *s, struct package *package, const char *name);

/* The next row that is not empty. 0, also for one that is `wrong`; -ENODATA; -EINVAL: the sheet
 * is, as the package says; -ENOMEM. */
int sheet_next(struct sheet *s);

#endif
