#include "server/table/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/csv/utf16.h"
#include "server/table/impl.h"

bool table_is_all(const struct table_file *file)
{
    return file->sheet && strcmp(file->sheet, TABLE_ALL) == 0 &&
           xlsx_is_one(file->bytes, file->len);
}

static int open_csv(struct table *t, const struct table_file *file)
{
    const void *bytes = file->bytes;
    size_t len = file->len;
    int err = csv_reader_new(&t->csv);
    if (!err && utf16_is_one(bytes, len)) {
        err = utf16_to_utf8(file->bytes, file->len, &t->utf8, &len);
        bytes = t->utf8;
    }
    if (err)
        return err;
    csv_feed(t->csv, bytes, len);
    csv_end(t->csv);
    return 0;
}

int table_new(struct table **out, const struct table_file *file)
{
    struct table *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    bool is_workbook = xlsx_is_one(file->bytes, file->len);
    const char *sheet = table_is_all(file) ? NULL : file->sheet;
    int err = is_workbook ? xlsx_new(&t->xlsx, file->bytes, file->len, sheet) : open_csv(t, file);
    if (err) {
        table_free(&t);
        return err;
    }
    *out = t;
    return 0;
}

static void forget_rows(struct table *t)
{
    for (size_t i = 0; i < TABLE_AHEAD_MAX; i++)
        ahead_release(&t->ahead[i]);
    ahead_release(&t->taken);
    ahead_release(&t->head);
    t->n = 0;
    t->was_ahead = false;
}

void table_free(struct table **table)
{
    struct table *t = *table;
    *table = NULL;
    if (!t)
        return;
    forget_rows(t);
    csv_reader_free(&t->csv);
    xlsx_free(&t->xlsx);
    free(t->utf8);
    free(t);
}

/* ---- sheets ---- */

size_t table_sheets(const struct table *t, const struct xlsx_sheet **out)
{
    *out = NULL;
    return t->xlsx ? xlsx_sheets(t->xlsx, out) : 0;
}

const struct xlsx_sheet *table_sheet(const struct table *t)
{
    const struct xlsx_sheet *sheet;
    size_t i;
    bool is_one = table_sheets(t, &sheet) > 0 && xlsx_sheet(t->xlsx, &i) == 0;
    return is_one ? &sheet[i] : NULL;
}

void table_turn(struct table *t, size_t i)
{
    forget_rows(t);
    xlsx_turn(t->xlsx, i);
}

/* ---- rows ---- */

static int read_row(struct table *t, struct csv_row *row)
{
    return t->xlsx ? xlsx_next(t->xlsx, row) : csv_next(t->csv, row);
}

static const struct message *wrong_row(const struct table *t, struct csv_place *at)
{
    return t->xlsx ? xlsx_last_wrong(t->xlsx, at) : csv_message(csv_last_wrong(t->csv, at));
}

int table_next(struct table *t, struct csv_row *row)
{
    t->was_ahead = t->n > 0;
    if (!t->was_ahead)
        return read_row(t, row);
    ahead_release(&t->taken);
    t->taken = t->ahead[t->first];
    t->ahead[t->first] = (struct ahead){.block = NULL};
    t->first = (t->first + 1) % TABLE_AHEAD_MAX;
    t->n--;
    *row = t->taken.row;
    return t->taken.err;
}

const struct message *table_last_wrong(const struct table *t, struct csv_place *at)
{
    if (!t->was_ahead)
        return wrong_row(t, at);
    *at = t->taken.at;
    return t->taken.wrong;
}

/* One more row ahead of what was taken. */
static int look(struct table *t)
{
    struct csv_row row = {.n = 0};
    struct ahead *a = &t->ahead[(t->first + t->n) % TABLE_AHEAD_MAX];
    int err = read_row(t, &row);
    if (err == -ENOMEM || (!err && ahead_keep(a, &row)))
        return -ENOMEM;
    a->err = err;
    if (err == -EINVAL)
        a->wrong = wrong_row(t, &a->at);
    t->n++;
    return 0;
}

int table_peek(struct table *t, size_t i, struct csv_row *row)
{
    while (t->n <= i) {
        int err = look(t);
        if (err)
            return err;
    }
    const struct ahead *a = &t->ahead[(t->first + i) % TABLE_AHEAD_MAX];
    *row = a->row;
    return a->err;
}
