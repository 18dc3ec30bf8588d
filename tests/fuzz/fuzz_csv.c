#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/csv/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Gives the file in pieces of `piece` bytes, each in a block of its own. */
static int next(struct csv_reader *r, struct csv_row *row, const uint8_t **p, size_t *left,
                size_t piece, uint8_t **block)
{
    for (;;) {
        int err = csv_next(r, row);
        if (err != -EAGAIN)
            return err;
        size_t n = *left < piece ? *left : piece;
        if (n == 0) {
            csv_end(r);
            continue;
        }
        free(*block);
        *block = malloc(n);
        memcpy(*block, *p, n);
        csv_feed(r, *block, n);
        *p += n;
        *left -= n;
    }
}

static void check_row(const struct csv_row *row)
{
    if (row->n == 0 || row->n > CSV_FIELDS_MAX)
        abort();
    for (size_t i = 0; i < row->n; i++) {
        if (!utf8_is_valid(row->field[i], strlen(row->field[i])))
            abort();
    }
}

/* All rows, written as UTF-8. To be freed. */
static char *rewritten(const uint8_t *data, size_t size, size_t piece, size_t *len, size_t *wrong)
{
    struct csv_reader *r;
    struct csv_writer *w;
    struct csv_row row;
    char *text = NULL;
    uint8_t *block = NULL;
    FILE *f = open_memstream(&text, len);
    if (csv_reader_new(&r) || csv_writer_new(&w, f, CSV_UTF8))
        abort();
    *wrong = 0;
    for (int err; (err = next(r, &row, &data, &size, piece, &block)) != -ENODATA;) {
        if (err == 0) {
            check_row(&row);
            if (csv_write(w, row.field, row.n))
                abort();
        } else {
            *wrong += 1;
        }
    }
    csv_reader_free(&r);
    csv_writer_free(&w);
    fclose(f);
    free(block);
    return text;
}

/* The same however it comes in; and what was written reads as the same again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t len[3], wrong[3];
    char *text[3];
    text[0] = rewritten(data, size, size + 1, &len[0], &wrong[0]);
    text[1] = rewritten(data, size, size > 0 ? data[0] % 61 + 1 : 1, &len[1], &wrong[1]);
    text[2] = rewritten((const uint8_t *)text[0], len[0], 4096, &len[2], &wrong[2]);
    for (size_t i = 1; i < 3; i++) {
        if (len[i] != len[0] || memcmp(text[i], text[0], len[0]) != 0)
            abort();
    }
    if (wrong[0] != wrong[1] || wrong[2] != 0)
        abort();
    for (size_t i = 0; i < 3; i++)
        free(text[i]);
    return 0;
}
