#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/base/utf8.h"
#include "server/csv/csv.h"
#include "server/csv/formula.h"
#include "server/csv/gb.h"

struct csv_writer {
    FILE *file;
    iconv_t to_gb; /* of a GB18030 writer */
    bool is_gb;
    bool has_begun;
};

int csv_writer_new(struct csv_writer **out, FILE *file, enum csv_encoding encoding)
{
    if (encoding == CSV_ASCII)
        return -EINVAL;
    struct csv_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->file = file;
    w->is_gb = encoding == CSV_GB18030;
    int err = w->is_gb ? gb_open(&w->to_gb, "GB18030", "UTF-8") : 0;
    if (err) {
        free(w);
        return err;
    }
    *out = w;
    return 0;
}

void csv_writer_free(struct csv_writer **writer)
{
    struct csv_writer *w = *writer;
    *writer = NULL;
    if (!w)
        return;
    if (w->is_gb)
        iconv_close(w->to_gb);
    free(w);
}

/* Whole characters, well-formed. A failed write is found by ferror(). */
static void put(struct csv_writer *w, const char *text, size_t len)
{
    if (!w->is_gb) {
        fwrite(text, 1, len, w->file);
        return;
    }
    char *in = (char *)text;
    while (len > 0) {
        char piece[512];
        char *to = piece;
        size_t left = sizeof(piece);
        /* GB18030 has a place for every character; the only failure is a full piece. */
        size_t before = len;
        iconv(w->to_gb, &in, &len, &to, &left);
        fwrite(piece, 1, (size_t)(to - piece), w->file);
        if (len == before)
            return;
    }
}

/* Also what only another separator than ours would need, so that whoever reads it can't be misled.
 */
static bool wants_quotes(const char *text)
{
    size_t len = strlen(text);
    return text[strcspn(text, "\",;\t\r\n")] ||
           (len > 0 && (*text == ' ' || text[len - 1] == ' ')) || strncasecmp(text, "sep=", 4) == 0;
}

static void put_quoted(struct csv_writer *w, const char *text)
{
    for (;;) {
        size_t n = strcspn(text, "\"");
        put(w, text, n);
        if (!text[n])
            return;
        put(w, "\"\"", 2);
        text += n + 1;
    }
}

static void put_field(struct csv_writer *w, const char *text)
{
    bool is_quoted = wants_quotes(text);
    if (is_quoted)
        put(w, "\"", 1);
    if (formula_is_one(text))
        put(w, "'", 1);
    put_quoted(w, text);
    if (is_quoted)
        put(w, "\"", 1);
}

int csv_write(struct csv_writer *writer, const char *const *field, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (field[i] && !utf8_is_valid(field[i], strlen(field[i])))
            return -EILSEQ;
    }
    if (!writer->has_begun && !writer->is_gb)
        put(writer, "\xef\xbb\xbf", 3);
    writer->has_begun = true;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            put(writer, ",", 1);
        put_field(writer, field[i] ? field[i] : "");
    }
    put(writer, "\r\n", 2);
    return ferror(writer->file) ? -EIO : 0;
}
