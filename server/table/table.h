#ifndef AIRCLASS_SERVER_TABLE_TABLE_H
#define AIRCLASS_SERVER_TABLE_TABLE_H

#include <stddef.h>

#include "server/csv/csv.h"

/* The rows of a file from a spreadsheet, whichever kind it is: CSV (server/csv) or a workbook
 * (server/xlsx), which is told by how it begins. */
struct table_file {
    const void *bytes;
    size_t len;
    const char *sheet; /* of a workbook; NULL or "": the first that is not hidden */
};

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

#endif
