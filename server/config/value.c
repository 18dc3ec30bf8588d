#include "server/config/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct suffix {
    const char *text;
    uint32_t factor;
};

enum { SUFFIXES_MAX = 4 };

/* Per unit, the largest last: number_print() takes the last that divides. */
static const struct suffix suffixes[][SUFFIXES_MAX] = {
    [UNIT_COUNT] = {{"", 1}          },
    [UNIT_MS] = {                      {"ms", 1},      {"s", 1000}, {"min", 60000}, {"h", 3600000}},
    [UNIT_S] = {        {"s", 1},                 {"min", 60}, {"h", 3600}},
    [UNIT_BYTES] = {                       {"B", 1},      {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}},
    [UNIT_MIB] = {                           {"MiB", 1},{"GiB", 1024}},
    [UNIT_BITS] = { {"", 1},                 {"k", 1000}, {"M", 1000000}},
    [UNIT_KBIT] = {  {"k", 1},                 {"M", 1000}},
};

static const struct suffix *suffix_find(enum value_unit unit, const char *text)
{
    for (size_t i = 0; i < SUFFIXES_MAX && suffixes[unit][i].text; i++) {
        if (strcmp(suffixes[unit][i].text, text) == 0)
            return &suffixes[unit][i];
    }
    return NULL;
}

int number_parse(const char *text, enum value_unit unit, uint32_t *out)
{
    uint64_t n = 0;
    const char *p = text;
    for (; isdigit((unsigned char)*p); p++) {
        /* Stays below 2^64 after the factor too: both are below 2^32. */
        if (n <= UINT32_MAX)
            n = n * 10 + (uint64_t)(*p - '0');
    }
    if (p == text)
        return -EINVAL;
    const char *rest = *p == ' ' ? p + 1 : p;
    const struct suffix *s = suffix_find(unit, rest);
    bool is_bare_zero = n == 0 && *p == '\0';
    if (!s && !is_bare_zero)
        return -EINVAL;
    if (n > UINT32_MAX || (s && n * s->factor > UINT32_MAX))
        return -ERANGE;
    *out = s ? (uint32_t)(n * s->factor) : 0;
    return 0;
}

void number_print(char out[NUMBER_TEXT_MAX], uint32_t n, enum value_unit unit)
{
    const struct suffix *s = &suffixes[unit][0];
    for (size_t i = 1; n > 0 && i < SUFFIXES_MAX && suffixes[unit][i].text; i++) {
        if (n % suffixes[unit][i].factor == 0)
            s = &suffixes[unit][i];
    }
    snprintf(out, NUMBER_TEXT_MAX, "%u%s", n / s->factor, s->text);
}

const char *unit_wants(enum value_unit unit)
{
    switch (unit) {
    case UNIT_COUNT: return "a whole number";
    case UNIT_MS: return "a time such as 250ms, 4s or 10min";
    case UNIT_S: return "a time such as 4s, 10min or 1h";
    case UNIT_BYTES: return "a size such as 64KiB or 1MiB";
    case UNIT_MIB: return "a size such as 512MiB or 2GiB";
    case UNIT_BITS: return "a number of bits such as 8000, 30k or 2M";
    case UNIT_KBIT: return "a rate such as 45k or 2M";
    }
    return "a number";
}

int bool_parse(const char *text, bool *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i % 2 == 1;
            return 0;
        }
    }
    return -EINVAL;
}

bool word_is_plain(const char *text)
{
    if (!*text)
        return false;
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && *text != '-' && *text != '_')
            return false;
    }
    return true;
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance with one row; words longer than a row are as far apart as can be. */
static unsigned edit_distance(const char *a, const char *b)
{
    unsigned row[sizeof(((struct nearest *)0)->best)];
    size_t n = strlen(b);
    if (n >= sizeof(row) / sizeof(row[0]) || strlen(a) >= sizeof(row) / sizeof(row[0]))
        return UINT32_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= n; j++) {
            unsigned above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[n];
}

void nearest_start(struct nearest *n, const char *word)
{
    *n = (struct nearest){.word = word, .distance = UINT32_MAX};
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    unsigned distance = edit_distance(n->word, candidate);
    if (distance >= n->distance)
        return;
    n->distance = distance;
    snprintf(n->best, sizeof(n->best), "%s", candidate);
}

const char *nearest_get(const struct nearest *n)
{
    size_t tolerance = 1 + strlen(n->word) / 4;
    return n->distance <= tolerance ? n->best : NULL;
}
