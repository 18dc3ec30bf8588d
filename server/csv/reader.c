#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"
#include "server/csv/csv.h"
#include "server/csv/formula.h"
#include "server/csv/gb.h"
#include "server/csv/sniff.h"

enum place { AT_FIELD, IN_PLAIN, IN_QUOTES, BEHIND_QUOTE };

struct csv_reader {
    iconv_t from_gb;
    /* what was given and is not read yet */
    const uint8_t *in;
    const uint8_t *in_end;
    bool has_ended;
    /* the first bytes of the file, which are looked at before they are read */
    size_t window_len, window_at;
    bool has_begun;
    bool is_refused; /* as a whole */
    enum csv_encoding encoding;
    char separator;
    /* the row that is being read */
    enum place place;
    bool after_cr;
    uint64_t line; /* where the next byte stands */
    struct csv_place at;
    size_t raw_len;
    size_t n; /* fields that have ended */
    uint32_t end[CSV_FIELDS_MAX];
    enum csv_wrong wrong;
    uint32_t wrong_column;
    /* the row that was delivered last */
    enum csv_wrong last_wrong;
    struct csv_place last_at;
    const char *field[CSV_FIELDS_MAX];

    uint8_t window[CSV_WINDOW];
    uint8_t raw[CSV_ROW_MAX];
    char text[CSV_TEXT_MAX + CSV_FIELDS_MAX]; /* a NUL behind each field */
};

int csv_reader_new(struct csv_reader **out)
{
    struct csv_reader *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    int err = gb_open(&r->from_gb, "UTF-8", "GB18030");
    if (err) {
        free(r);
        return err;
    }
    r->in = r->in_end = r->window;
    r->line = 1;
    r->at = (struct csv_place){.row = 1, .line = 1};
    *out = r;
    return 0;
}

void csv_reader_free(struct csv_reader **reader)
{
    struct csv_reader *r = *reader;
    *reader = NULL;
    if (!r)
        return;
    iconv_close(r->from_gb);
    free(r);
}

void csv_feed(struct csv_reader *reader, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    reader->in = bytes;
    reader->in_end = reader->in + len;
}

void csv_end(struct csv_reader *reader)
{
    reader->has_ended = true;
}

enum csv_wrong csv_last_wrong(const struct csv_reader *reader, struct csv_place *at)
{
    *at = reader->last_at;
    return reader->last_wrong;
}

const char *csv_without_guard(const char *field)
{
    return field[0] == '\'' && formula_is_one(field) ? field + 1 : field;
}

/* ---- bytes ---- */

/* Whether enough of the file is there to begin; then it has begun. */
static bool begin(struct csv_reader *r)
{
    size_t room = CSV_WINDOW - r->window_len;
    size_t n = (size_t)(r->in_end - r->in);
    n = n < room ? n : room;
    if (n > 0)
        memcpy(r->window + r->window_len, r->in, n);
    r->in += n;
    r->window_len += n;
    if (r->window_len < CSV_WINDOW && !r->has_ended)
        return false;

    struct sniffed s = sniff(r->window, r->window_len, r->window_len == CSV_WINDOW);
    r->has_begun = true;
    r->is_refused = s.is_utf16;
    r->encoding = s.encoding;
    r->separator = s.separator;
    r->window_at = s.skip;
    r->line += s.lines;
    r->at.line = r->line;
    return true;
}

/* The next byte, or -1. */
static int next_byte(struct csv_reader *r)
{
    if (r->window_at < r->window_len)
        return r->window[r->window_at++];
    return r->in < r->in_end ? *r->in++ : -1;
}

/* ---- fields ---- */

/* The first thing wrong is what is told. */
static void set_wrong(struct csv_reader *r, enum csv_wrong wrong, size_t column)
{
    if (r->wrong == CSV_FINE) {
        r->wrong = wrong;
        r->wrong_column = (uint32_t)column;
    }
}

static void put(struct csv_reader *r, uint8_t c)
{
    if (c == 0)
        set_wrong(r, CSV_NUL, r->n + 1);
    else if (r->raw_len == CSV_ROW_MAX)
        set_wrong(r, CSV_LONG, 0);
    else
        r->raw[r->raw_len++] = c;
}

static void end_field(struct csv_reader *r)
{
    r->place = AT_FIELD;
    if (r->n == CSV_FIELDS_MAX)
        set_wrong(r, CSV_WIDE, 0);
    else
        r->end[r->n++] = (uint32_t)r->raw_len;
}

/* A byte outside quotes. True: the row is complete. */
static bool take_plain(struct csv_reader *r, uint8_t c)
{
    bool is_line_end = c == '\r' || c == '\n';
    if (is_line_end || c == (uint8_t)r->separator) {
        end_field(r);
    } else if (c == '"' && r->place == AT_FIELD) {
        r->place = IN_QUOTES;
    } else if (r->place != BEHIND_QUOTE) {
        r->place = IN_PLAIN;
        put(r, c);
    } else if (c != ' ') {
        set_wrong(r, CSV_QUOTE, r->n + 1);
    }
    return is_line_end;
}

static bool take(struct csv_reader *r, uint8_t c)
{
    bool ends_cr = r->after_cr && c == '\n';
    r->line += c == '\r' || (c == '\n' && !ends_cr);
    r->after_cr = c == '\r';
    if (r->place == IN_QUOTES) {
        if (c == '"')
            r->place = BEHIND_QUOTE;
        else
            put(r, c);
        return false;
    }
    if (r->place == BEHIND_QUOTE && c == '"') {
        r->place = IN_QUOTES;
        put(r, c);
        return false;
    }
    return ends_cr ? false : take_plain(r, c);
}

/* ---- rows ---- */

static bool is_ascii(const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (p[i] >= 0x80)
            return false;
    }
    return true;
}

/* Puts field `raw` as UTF-8 at `out`; the bytes written, or -1 for what is no GB18030. */
static ptrdiff_t gb_to_utf8(struct csv_reader *r, const uint8_t *raw, size_t len, char *out)
{
    char *in = (char *)raw;
    char *to = out;
    size_t left = (size_t)(r->text + CSV_TEXT_MAX - out);
    iconv(r->from_gb, NULL, NULL, NULL, NULL);
    if (iconv(r->from_gb, &in, &len, &to, &left) == (size_t)-1)
        return -1;
    return to - out;
}

/* As gb_to_utf8() for whatever encoding the file has. */
static ptrdiff_t decode(struct csv_reader *r, const uint8_t *raw, size_t len, char *out)
{
    bool is_plain = is_ascii(raw, len);
    if (r->encoding == CSV_GB18030 && !is_plain)
        return sniff_is_rather_utf8(raw, len) ? -1 : gb_to_utf8(r, raw, len, out);
    if (!is_plain && !utf8_is_valid(raw, len))
        return -1;
    memcpy(out, raw, len);
    return (ptrdiff_t)len;
}

/* Whether a field that could not be decoded is of the encoding that the file has not. */
static bool is_of_the_other(struct csv_reader *r, const uint8_t *raw, size_t len, char *scratch)
{
    return r->encoding == CSV_GB18030 ? utf8_is_valid(raw, len)
                                      : gb_to_utf8(r, raw, len, scratch) >= 0;
}

static void decode_row(struct csv_reader *r)
{
    char *out = r->text;
    size_t start = 0;
    if (r->encoding == CSV_ASCII)
        r->encoding = sniff_encoding(r->raw, r->raw_len, false);
    for (size_t i = 0; i < r->n; i++) {
        const uint8_t *raw = r->raw + start;
        size_t len = r->end[i] - start;
        ptrdiff_t n = decode(r, raw, len, out);
        if (n < 0) {
            set_wrong(r, is_of_the_other(r, raw, len, out) ? CSV_MIXED : CSV_ENCODING, i + 1);
            return;
        }
        out[n] = '\0';
        r->field[i] = csv_without_guard(out);
        out += n + 1;
        start = r->end[i];
    }
}

/* The row that has just ended: 0, -EINVAL, or -EAGAIN for an empty one, which is none. */
static int deliver(struct csv_reader *r, struct csv_row *row)
{
    bool is_empty = r->raw_len == 0 && r->wrong == CSV_FINE;
    if (!is_empty && r->wrong == CSV_FINE)
        decode_row(r);
    *row = (struct csv_row){.at = r->at, .n = r->n, .field = r->field};
    r->last_wrong = r->wrong;
    r->last_at = r->at;
    r->last_at.column = r->wrong_column;

    r->at.row++;
    r->at.line = r->line;
    r->raw_len = 0;
    r->n = 0;
    r->place = AT_FIELD;
    r->wrong = CSV_FINE;
    r->wrong_column = 0;
    if (r->last_wrong != CSV_FINE)
        return -EINVAL;
    return is_empty ? -EAGAIN : 0;
}

/* The end of the file ends a row too. */
static int deliver_last(struct csv_reader *r, struct csv_row *row)
{
    if (r->n == 0 && r->raw_len == 0 && r->place == AT_FIELD && r->wrong == CSV_FINE)
        return -ENODATA;
    if (r->place == IN_QUOTES) {
        r->wrong = CSV_OPEN;
        r->wrong_column = (uint32_t)r->n + 1;
    } else {
        end_field(r);
    }
    int err = deliver(r, row);
    return err == -EAGAIN ? -ENODATA : err;
}

/* Told once, about the first row; the rest is not looked at. */
static int refuse(struct csv_reader *r)
{
    if (r->last_wrong == CSV_UTF16)
        return -ENODATA;
    r->last_wrong = CSV_UTF16;
    r->last_at = r->at;
    return -EINVAL;
}

int csv_next(struct csv_reader *reader, struct csv_row *row)
{
    struct csv_reader *r = reader;
    if (!r->has_begun && !begin(r))
        return -EAGAIN;
    if (r->is_refused)
        return refuse(r);
    for (int c; (c = next_byte(r)) >= 0;) {
        if (!take(r, (uint8_t)c))
            continue;
        int err = deliver(r, row);
        if (err != -EAGAIN)
            return err;
    }
    return r->has_ended ? deliver_last(r, row) : -EAGAIN;
}
