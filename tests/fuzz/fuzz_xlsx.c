#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/xlsx/xlsx.h"
#include "tests/unit/xlsx/book.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SEPARATOR = 0x1e }; /* between the parts of a workbook that is made of the input */

static void check_row(const struct csv_row *row)
{
    size_t len = 0;
    if (row->n == 0 || row->n > CSV_FIELDS_MAX || row->at.row == 0 || row->at.row > XLSX_ROW_MAX)
        abort();
    for (size_t i = 0; i < row->n; i++) {
        len += strlen(row->field[i]);
        if (!utf8_is_valid(row->field[i], strlen(row->field[i])))
            abort();
        if (row->fault && row->fault[i] && !row->fault[i]->en)
            abort();
    }
    if (len > CSV_ROW_MAX)
        abort();
}

static void read_rows(struct xlsx *x)
{
    struct csv_row row = {.n = 0};
    struct csv_place at;
    for (int err; (err = xlsx_next(x, &row)) != -ENODATA;) {
        if (err == 0)
            check_row(&row);
        else if (err != -EINVAL || !xlsx_last_wrong(x, &at)->en)
            abort();
    }
}

static void read_all(const char *bytes, size_t len)
{
    enum { TURNS_MAX = 4 };
    const struct xlsx_sheet *sheet;
    struct xlsx *x;
    if (xlsx_new(&x, bytes, len, NULL))
        abort();
    read_rows(x);
    size_t n = xlsx_sheets(x, &sheet);
    for (size_t i = 0; i < n && i < TURNS_MAX; i++) {
        if (!utf8_is_valid(sheet[i].name, strlen(sheet[i].name)))
            abort();
        xlsx_turn(x, i);
        read_rows(x);
    }
    xlsx_free(&x);
}

/* Up to the next separator; the text, to be freed. */
static char *next_part(const uint8_t **data, size_t *size)
{
    const uint8_t *end = *size ? memchr(*data, SEPARATOR, *size) : NULL;
    size_t len = end ? (size_t)(end - *data) : *size;
    char *text = malloc(len + 1);
    memcpy(text, *data, len);
    text[len] = '\0';
    *data += len + (end != NULL);
    *size -= len + (end != NULL);
    return text;
}

/* A file as it is; or the sheet, the texts, the styles and the workbook, of which a zip file is
 * made that no chance could make. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len;
    if (xlsx_is_one(data, size)) {
        char *copy = malloc(size);
        memcpy(copy, data, size);
        read_all(copy, size);
        free(copy);
        return 0;
    }
    char *part[4];
    for (size_t i = 0; i < 4; i++)
        part[i] = next_part(&data, &size);
    const struct book b = {.sheet = part[0],
                           .texts = *part[1] ? part[1] : NULL,
                           .styles = *part[2] ? part[2] : NULL,
                           .workbook = *part[3] ? part[3] : NULL};
    char *bytes = book_make(&b, &len);
    read_all(bytes, len);
    free(bytes);
    for (size_t i = 0; i < 4; i++)
        free(part[i]);
    return 0;
}
