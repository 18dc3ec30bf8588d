#include "server/csv/sniff.h"

#include <string.h>
#include <strings.h>

#include "server/base/utf8.h"

static const char separators[] = {',', ';', '\t'};

static bool begins_with(const uint8_t *bytes, size_t len, const char *text, size_t text_len)
{
    return len >= text_len && memcmp(bytes, text, text_len) == 0;
}

static bool is_line_end(uint8_t c)
{
    return c == '\r' || c == '\n';
}

/*
 * UTF-8 unless more bytes speak against it than characters of three bytes and more for it. In
 * GB18030 text four bytes of five are no UTF-8, and one place in fifty looks like such a
 * character; characters of two bytes say little, "通" in GB18030 is one.
 */
enum csv_encoding sniff_encoding(const uint8_t *bytes, size_t len, bool is_cut)
{
    size_t good = 0, bad = 0, little = 0;
    for (size_t i = 0, n; i < len; i += n) {
        n = utf8_next(bytes + i, len - i, NULL);
        if (n == 0 && is_cut && len - i < 4)
            break;
        good += n > 2;
        little += n == 2;
        bad += n == 0;
        n += n == 0;
    }
    if (bad > good)
        return CSV_GB18030;
    return good || little ? CSV_UTF8 : CSV_ASCII;
}

bool sniff_is_rather_utf8(const uint8_t *bytes, size_t len)
{
    bool has_low = false;
    for (size_t i = 0; i < len; i++)
        has_low |= bytes[i] >= 0x80 && bytes[i] <= 0xa0;
    return has_low && utf8_is_valid(bytes, len);
}

/* Counts the separators outside quotes from `i` to the end of that row, and returns it. */
static size_t count_separators(const uint8_t *bytes, size_t len, size_t i,
                               size_t count[sizeof(separators)])
{
    bool is_quoted = false;
    for (; i < len && (is_quoted || !is_line_end(bytes[i])); i++) {
        is_quoted ^= bytes[i] == '"';
        const char *found = memchr(separators, bytes[i], sizeof(separators));
        if (found && !is_quoted)
            count[found - separators]++;
    }
    return i;
}

/* The separator that stands most often in the first row that has one: a title has none. */
static char first_row_separator(const uint8_t *bytes, size_t len)
{
    enum { ROWS_MAX = 10 };
    size_t count[sizeof(separators)] = {0};
    size_t best = 0;
    for (size_t i = 0, row = 0; i < len && row < ROWS_MAX && count[best] == 0; row++) {
        while (i < len && is_line_end(bytes[i]))
            i++;
        i = count_separators(bytes, len, i, count);
        for (size_t k = 0; k < sizeof(separators); k++)
            best = count[k] > count[best] ? k : best;
    }
    return separators[best];
}

/* Bytes of a line "sep=;" at the front, with its end; 0: there is none. */
static size_t sep_line_len(const uint8_t *bytes, size_t len)
{
    if (len < 6 || strncasecmp((const char *)bytes, "sep=", 4) != 0 || !is_line_end(bytes[5]) ||
        !memchr(separators, bytes[4], sizeof(separators)))
        return 0;
    return len > 6 && bytes[5] == '\r' && bytes[6] == '\n' ? 7 : 6;
}

/* Bytes of a byte order mark, and what it says. */
static size_t read_mark(struct sniffed *s, const uint8_t *bytes, size_t len)
{
    s->is_utf16 = begins_with(bytes, len, "\xff\xfe", 2) || begins_with(bytes, len, "\xfe\xff", 2);
    if (begins_with(bytes, len, "\xef\xbb\xbf", 3)) {
        s->encoding = CSV_UTF8;
        return 3;
    }
    if (begins_with(bytes, len, "\x84\x31\x95\x33", 4)) {
        s->encoding = CSV_GB18030;
        return 4;
    }
    return 0;
}

struct sniffed sniff(const uint8_t *bytes, size_t len, bool is_cut)
{
    struct sniffed s = {.encoding = CSV_ASCII};
    s.skip = read_mark(&s, bytes, len);
    if (s.encoding == CSV_ASCII)
        s.encoding = sniff_encoding(bytes + s.skip, len - s.skip, is_cut);
    size_t sep_len = sep_line_len(bytes + s.skip, len - s.skip);
    s.lines = sep_len > 0;
    s.separator = first_row_separator(bytes + s.skip, len - s.skip);
    if (sep_len > 0)
        memcpy(&s.separator, bytes + s.skip + 4, 1);
    s.skip += sep_len;
    return s;
}
