#include "server/table/table.h"

#include <errno.h>
#include <stdlib.h>

#include "server/xlsx/xlsx.h"

/* One of the two. */
struct table {
    struct csv_reader *csv;
    struct xlsx *xlsx;
};

int table_new(struct table **out, const struct table_file *file)
{
    struct table *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    bool is_workbook = xlsx_is_one(file->bytes, file->len);
    int err = is_workbook ? xlsx_new(&t->xlsx, file->bytes, file->len, file->sheet)
                          : csv_reader_new(&t->csv);
    if (err) {
        free(t);
        return err;
    }
    if (t->csv) {
        csv_feed(t->csv, file->bytes, file->len);
        csv_end(t->csv);
    }
    *out = t;
    return 0;
}

void table_free(struct table **table)
{
    struct table *t = *table;
    *table = NULL;
    if (!t)
        return;
    csv_reader_free(&t->csv);
    xlsx_free(&t->xlsx);
    free(t);
}

int table_next(struct table *t, struct csv_row *row)
{
    return t->xlsx ? xlsx_next(t->xlsx, row) : csv_next(t->csv, row);
}

const struct message *table_last_wrong(const struct table *t, struct csv_place *at)
{
    return t->xlsx ? xlsx_last_wrong(t->xlsx, at) : csv_message(csv_last_wrong(t->csv, at));
}
