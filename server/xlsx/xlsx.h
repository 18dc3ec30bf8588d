#ifndef AIRCLASS_SERVER_XLSX_XLSX_H
#define AIRCLASS_SERVER_XLSX_XLSX_H

#include <stdbool.h>
#include <stddef.h>

#include "server/csv/csv.h"

/*
 * A sheet of a workbook (XLSX, ECMA-376), as Excel, WPS, LibreOffice and programs write it, in the
 * rows of server/csv. A value comes as it stands in the file, and as one would type it:
 *
 *     text          without the reading aids of East Asian text; its colours and sizes don't matter
 *     number        with its 15 digits; where the format is zeros alone ("0000"), so many of them
 *     date, time    2024-02-29, 08:05, or both; whether it is one is said by the cell's format
 *     formula       what it was when the workbook was saved
 *     merged cells  the first has the value, the others are empty
 *
 * An error (#N/A), a number that had more digits than Excel keeps and a formula that was never
 * worked out are faults of their fields: whoever reads that column refuses the row.
 *
 * Workbooks are hostile, as all files are: what is inflated is counted, nothing is believed about
 * its size; XML may not define entities, nest deeply, or go on for long without a tag; a part is
 * stored or deflated, as the standard says, and nothing else.
 */
enum {
    /* Bytes of XML in all. 50,000 pupils take 20 MB, 200,000 rows of 10 cells 90 MB. */
    XLSX_XML_MAX = 128 << 20,
    XLSX_STRINGS_MAX = 2 << 20,
    XLSX_TEXT_MAX = 64 << 20, /* bytes of all of them */
    XLSX_PARTS_MAX = 2000,    /* files in it; a sheet with its comments and drawings has ten */
    XLSX_TAG_MAX = 1 << 20,   /* bytes without a tag or a text */
    XLSX_DEPTH_MAX = 64,
    XLSX_ROW_MAX = 1 << 20, /* Excel's own limit */
    XLSX_SHEETS_MAX = 256,  /* that are known; a school has some 60 classes */
    XLSX_SHEET_SIZE = 128,  /* of a sheet's name with its NUL; Excel allows 31 characters */
};

/* Whether it is to be read here: a zip file, or what old Excel wrote and new Excel writes with a
 * password, of which at least a clear word can be said. */
bool xlsx_is_one(const void *bytes, size_t len);

struct xlsx;

struct xlsx_sheet {
    char name[XLSX_SHEET_SIZE]; /* cut to the size */
    bool is_hidden;
};

/* `bytes` is the whole file, borrowed until the end. `sheet`: its name; NULL or "": the first that
 * is not hidden. -ENOMEM; whatever is wrong with the file is told by xlsx_next(). */
int xlsx_new(struct xlsx **out, const void *bytes, size_t len, const char *sheet);
void xlsx_free(struct xlsx **xlsx);

/* The next row that is not empty. 0: `*row`, borrowed until the next call; -ENODATA: the end;
 * -EINVAL: something is wrong with this row, or with the file, which then ends here; -ENOMEM. */
int xlsx_next(struct xlsx *xlsx, struct csv_row *row);

/* The sheets there are, up to XLSX_SHEETS_MAX, in their order; how many. 0: it is no workbook. */
size_t xlsx_sheets(const struct xlsx *xlsx, const struct xlsx_sheet **out);
/* The one whose rows xlsx_next() gives; -ENOENT: none, what was asked for is not there. */
int xlsx_sheet(const struct xlsx *xlsx, size_t *out);
/* From here on the rows of the `i`th; what is inflated of all of them counts together. */
void xlsx_turn(struct xlsx *xlsx, size_t i);

/* What xlsx_next() refused last, and where; row 0: the file as a whole. */
const struct message *xlsx_last_wrong(const struct xlsx *xlsx, struct csv_place *at);

#endif
