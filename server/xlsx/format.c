#include "server/xlsx/format.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/base/date.h"

/* ---- what a format says ---- */

struct format format_of_id(uint32_t id)
{
    static const struct {
        uint32_t first, last;
        enum format_kind kind;
    } known[] = {
        {14, 17, FORMAT_DATE     },
        {18, 21, FORMAT_TIME     },
        {22, 22, FORMAT_DATE_TIME},
        {27, 31, FORMAT_DATE     },
        {32, 35, FORMAT_TIME     },
        {36, 36, FORMAT_DATE     },
        {45, 45, FORMAT_TIME     },
        {46, 46, FORMAT_HOURS    },
        {47, 47, FORMAT_TIME     },
        {50, 54, FORMAT_DATE     },
        {55, 56, FORMAT_TIME     },
        {57, 58, FORMAT_DATE     },
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (id >= known[i].first && id <= known[i].last)
            return (struct format){.kind = known[i].kind};
    }
    return (struct format){.kind = FORMAT_NUMBER};
}

/* What was found in a code. An 'm' is a month, unless there are hours or seconds. */
struct found {
    bool has_day, has_time, has_m, is_length;
};

/* Bytes that mean nothing for us at `p`: quoted, escaped, words; 0: none. */
static size_t skip_at(const char *p)
{
    static const char *const words[] = {"General", "E+", "E-"};
    if (*p == '"') {
        const char *end = strchr(p + 1, '"');
        return end ? (size_t)(end + 1 - p) : strlen(p);
    }
    if (*p == '\\' || *p == '_' || *p == '*')
        return p[1] ? 2 : 1;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncasecmp(p, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    }
    return 0;
}

/* "[h]" and "[mm]" are lengths; "[Red]", "[>=5]", "[$-804]" mean nothing for us. */
static size_t take_brackets(const char *p, struct found *f)
{
    const char *end = strchr(p, ']');
    if (!end)
        return strlen(p);
    size_t n = strspn(p + 1, "hHmMsS");
    f->is_length |= n > 0 && p + 1 + n == end;
    return (size_t)(end + 1 - p);
}

/* The halves of a day. */
static size_t take_half(const char *p, struct found *f)
{
    static const char *const halves[] = {"AM/PM", "A/P", "上午/下午"};
    for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
        size_t len = strlen(halves[i]);
        if (strncasecmp(p, halves[i], len) == 0) {
            f->has_time = true;
            return len;
        }
    }
    return 0;
}

static size_t take_letter(const char *p, struct found *f)
{
    switch (tolower((unsigned char)*p)) {
    case 'y':
    case 'e':
    case 'd': f->has_day = true; break;
    case 'h':
    case 's': f->has_time = true; break;
    case 'm': f->has_m = true; break;
    }
    return 1;
}

/* Of its sections, which are for positive and negative numbers, the first. */
struct format format_of_code(const char *code)
{
    struct found f = {.has_day = false};
    size_t zeros = strspn(code, "0");
    if (zeros > 0 && !code[zeros])
        return (struct format){.kind = FORMAT_NUMBER, .zeros = (uint8_t)(zeros < 15 ? zeros : 15)};
    for (const char *p = code; *p && *p != ';';) {
        size_t n = skip_at(p);
        if (n == 0)
            n = *p == '[' ? take_brackets(p, &f) : take_half(p, &f);
        p += n ? n : take_letter(p, &f);
    }
    bool has_day = f.has_day || (f.has_m && !f.has_time);
    return (struct format){.kind = f.is_length             ? FORMAT_HOURS
                                   : has_day && f.has_time ? FORMAT_DATE_TIME
                                   : has_day               ? FORMAT_DATE
                                   : f.has_time            ? FORMAT_TIME
                                                           : FORMAT_NUMBER};
}

/* ---- numbers ---- */

static bool read_number(const char *text, double *out)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789+-.eE")])
        return false;
    *out = strtod(text, &end);
    return !*end;
}

/* Excel keeps 15 digits, and writes zeros for the others. */
static bool print_number(char out[FORMAT_TEXT_SIZE], double value, uint8_t zeros)
{
    if (fabs(value) >= 1e15)
        return false;
    if (value == 0)
        value = 0; /* not "-0" */
    bool is_whole = value >= 0 && value == floor(value);
    if (is_whole && zeros > 0)
        snprintf(out, FORMAT_TEXT_SIZE, "%0*.0f", (int)zeros, value);
    else
        snprintf(out, FORMAT_TEXT_SIZE, "%.15g", value);
    return true;
}

/* ---- days and times ---- */

enum {
    DAY_1970 = 25569,      /* of 1970-01-01, where 1900-01-01 is 1 */
    DAY_1904 = 1462,       /* of 1904-01-01, which is 0 in the workbooks of old Macintoshes */
    NO_SUCH_DAY = 60,      /* 1900-02-29, which Lotus 1-2-3 believed in */
    DAYS_MAX = 2958465 + 1 /* behind 9999-12-31 */
};

static void print_day(char out[DATE_TEXT_SIZE], int32_t day)
{
    if (day == NO_SUCH_DAY)
        memcpy(out, "1900-02-29", DATE_TEXT_SIZE);
    else
        date_print(out, day - DAY_1970 + (day < NO_SUCH_DAY));
}

static void print_time(char *out, size_t size, int64_t seconds)
{
    long long h = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;
    if (s)
        snprintf(out, size, "%02lld:%02lld:%02lld", h, m, s);
    else
        snprintf(out, size, "%02lld:%02lld", h, m);
}

/* False: it is a number, whatever its format says. */
static bool print_moment(char out[FORMAT_TEXT_SIZE], double value, enum format_kind kind,
                         bool is_1904)
{
    if (value < 0 || value >= DAYS_MAX - DAY_1904)
        return false;
    /* 08:40 is 0.361111111111111: to the second. */
    int64_t all = llround(value * DATE_DAY_S);
    int64_t seconds = all % DATE_DAY_S;
    int32_t day = (int32_t)(all / DATE_DAY_S);
    char date[DATE_TEXT_SIZE], time[32];
    print_time(time, sizeof(time), kind == FORMAT_HOURS ? all : seconds);
    print_day(date, is_1904 ? day + DAY_1904 : day);
    if (kind == FORMAT_HOURS || kind == FORMAT_TIME || day == 0)
        snprintf(out, FORMAT_TEXT_SIZE, "%s", time);
    else if (kind == FORMAT_DATE || seconds == 0)
        snprintf(out, FORMAT_TEXT_SIZE, "%s", date);
    else
        snprintf(out, FORMAT_TEXT_SIZE, "%s %s", date, time);
    return true;
}

bool format_print(char out[FORMAT_TEXT_SIZE], const char *text, struct format format, bool is_1904)
{
    double value;
    snprintf(out, FORMAT_TEXT_SIZE, "%s", text);
    if (!read_number(text, &value))
        return true;
    if (format.kind != FORMAT_NUMBER && print_moment(out, value, format.kind, is_1904))
        return true;
    return print_number(out, value, format.zeros);
}
