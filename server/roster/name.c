#include "server/roster/name.h"

#include <string.h>
#include <utf8proc.h>

enum {
    TEXT_MAX = 1024,  /* bytes that are looked at at all */
    CHARS_MAX = 2048, /* of a text taken apart */
    MARKS_MAX = 6,    /* on one letter; Tibetan stacks four */
};

/* ---- characters ---- */

struct chars {
    utf8proc_int32_t code[CHARS_MAX];
    size_t n;
};

static bool is_in(utf8proc_int32_t c, utf8proc_int32_t from, utf8proc_int32_t to)
{
    return c >= from && c <= to;
}

static enum roster_reason chars_read(struct chars *out, const char *text, utf8proc_option_t how)
{
    size_t len = strlen(text);
    if (len > TEXT_MAX)
        return ROSTER_TOO_LONG;
    how |= UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len,
                                            out->code, CHARS_MAX, how);
    if (n < 0)
        return ROSTER_UNASSIGNED;
    if (n > CHARS_MAX)
        return ROSTER_TOO_LONG;
    n = utf8proc_normalize_utf32(out->code, n, how);
    out->n = n > 0 ? (size_t)n : 0;
    return ROSTER_FINE;
}

/* False: no room in `size` bytes with a NUL. */
static bool chars_write(const struct chars *chars, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < chars->n; i++) {
        utf8proc_uint8_t utf8[4];
        size_t n = (size_t)utf8proc_encode_char(chars->code[i], utf8);
        if (len + n >= size)
            return false;
        memcpy(out + len, utf8, n);
        len += n;
    }
    out[len] = '\0';
    return true;
}

/* Joiners belong to the writing of Arabic to Sinhala, and of Mongolian; elsewhere they hide. */
static bool joins(utf8proc_int32_t c, utf8proc_int32_t before)
{
    bool is_joiner = c == 0x200c || c == 0x200d || c == 0x180e;
    return is_joiner && (is_in(before, 0x600, 0xdff) || is_in(before, 0x1800, 0x18af));
}

/* Letters without a shape: the fillers of Hangul, the empty pattern of Braille. */
static bool is_blank_letter(utf8proc_int32_t c)
{
    return c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || c == 0x2800;
}

/* Rare characters of names are newer than any library: planes 2 and 3 are all ideographs. */
static bool is_new_ideograph(utf8proc_int32_t c)
{
    return is_in(c, 0x20000, 0x3fffd) && (c & 0xfffe) != 0xfffe;
}

enum sort { SORT_LETTER, SORT_SIGN, SORT_MARK, SORT_BLANK, SORT_HIDDEN, SORT_CONTROL, SORT_NONE };

static enum sort sort_of(utf8proc_int32_t c, utf8proc_int32_t before)
{
    if (is_blank_letter(c))
        return SORT_HIDDEN;
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    /* GB18030 keeps some rare characters of names in the private area. */
    case UTF8PROC_CATEGORY_CO: return SORT_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return SORT_MARK;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return SORT_BLANK;
    case UTF8PROC_CATEGORY_CC: return is_in(c, '\t', '\r') ? SORT_BLANK : SORT_CONTROL;
    case UTF8PROC_CATEGORY_CF: return joins(c, before) ? SORT_MARK : SORT_HIDDEN;
    case UTF8PROC_CATEGORY_CN: return is_new_ideograph(c) ? SORT_LETTER : SORT_NONE;
    case UTF8PROC_CATEGORY_CS: return SORT_NONE;
    default: return SORT_SIGN;
    }
}

/* ---- numbers that we don't want ---- */

struct digits {
    char d[32];
    size_t n; /* may be more than d holds */
};

static bool is_birthday(const char *d)
{
    int year = (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + d[3] - '0';
    int month = (d[4] - '0') * 10 + d[5] - '0';
    int day = (d[6] - '0') * 10 + d[7] - '0';
    return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* GB 11643: six digits of a place, a birthday, three digits, a check digit or X. */
static bool is_id_card(const struct digits *run, bool has_x)
{
    return run->n + has_x == 18 && run->d[0] != '0' && is_birthday(run->d + 6);
}

/* Eleven digits from 13 on, with or without the country's 86. */
static bool is_phone(const struct digits *run)
{
    const char *d = run->d;
    if (run->n == 13 && d[0] == '8' && d[1] == '6')
        d += 2;
    else if (run->n != 11)
        return false;
    return d[0] == '1' && d[1] >= '3';
}

static int digit_of(utf8proc_int32_t c)
{
    if (is_in(c, '0', '9'))
        return c - '0';
    return is_in(c, 0xff10, 0xff19) ? c - 0xff10 : -1;
}

static bool is_gap(utf8proc_int32_t c)
{
    return c == ' ' || c == '-';
}

/* Gaps within a number count only in names: codes are built with them ("13-2023-00123"). */
static enum roster_reason find_number(const struct chars *chars, bool is_code)
{
    struct digits run = {.n = 0};
    bool is_whole = true; /* the number is all there is */
    for (size_t i = 0; i <= chars->n; i++) {
        utf8proc_int32_t c = i < chars->n ? chars->code[i] : 0;
        int digit = digit_of(c);
        if (digit >= 0) {
            if (run.n < sizeof(run.d))
                run.d[run.n] = (char)('0' + digit);
            run.n++;
            continue;
        }
        if (!is_code && is_gap(c) && run.n > 0)
            continue;
        is_whole &= i == chars->n || (i == 0 && c == '+');
        if (is_id_card(&run, c == 'x' || c == 'X'))
            return ROSTER_ID_CARD;
        if (is_phone(&run) && (is_whole || !is_code))
            return ROSTER_PHONE;
        run.n = 0;
    }
    return ROSTER_FINE;
}

/* ---- names ---- */

/* Leaves out what is not to be seen, joins blanks, and refuses what no name has. */
static enum roster_reason tidy(struct chars *chars, bool *is_stripped)
{
    size_t n = 0, marks = 0, letters = 0, width = 0;
    for (size_t i = 0; i < chars->n; i++) {
        utf8proc_int32_t c = chars->code[i];
        enum sort sort = sort_of(c, n > 0 ? chars->code[n - 1] : 0);
        *is_stripped |= sort == SORT_HIDDEN;
        if (sort == SORT_HIDDEN || (sort == SORT_BLANK && (n == 0 || chars->code[n - 1] == ' ')))
            continue;
        if (sort == SORT_CONTROL)
            return ROSTER_CONTROL;
        if (sort == SORT_NONE)
            return ROSTER_UNASSIGNED;
        marks = sort == SORT_MARK ? marks + 1 : 0;
        if (marks > MARKS_MAX)
            return ROSTER_MARKS;
        letters += sort == SORT_LETTER;
        chars->code[n++] = sort == SORT_BLANK ? ' ' : c;
        width += (size_t)utf8proc_charwidth(c);
    }
    n -= n > 0 && chars->code[n - 1] == ' ';
    chars->n = n;
    if (n == 0)
        return ROSTER_EMPTY;
    if (letters == 0)
        return ROSTER_NO_LETTER;
    return width > NAME_WIDTH ? ROSTER_TOO_LONG : ROSTER_FINE;
}

enum roster_reason name_read(struct name *out, const char *text)
{
    struct chars chars;
    struct name name = {.is_stripped = false};
    enum roster_reason wrong = chars_read(&chars, text, 0);
    if (!wrong)
        wrong = tidy(&chars, &name.is_stripped);
    if (!wrong)
        wrong = find_number(&chars, false);
    if (!wrong && !chars_write(&chars, name.text, sizeof(name.text)))
        wrong = ROSTER_TOO_LONG;
    if (!wrong)
        *out = name;
    return wrong;
}

/* ---- codes ---- */

static enum roster_reason check_code(struct chars *chars)
{
    while (chars->n > 0 && sort_of(chars->code[chars->n - 1], 0) == SORT_BLANK)
        chars->n--;
    size_t front = 0;
    while (front < chars->n && sort_of(chars->code[front], 0) == SORT_BLANK)
        front++;
    chars->n -= front;
    memmove(chars->code, chars->code + front, chars->n * sizeof(chars->code[0]));
    size_t letters = 0;
    for (size_t i = 0; i < chars->n; i++) {
        utf8proc_int32_t c = chars->code[i];
        letters += sort_of(c, 0) == SORT_LETTER;
        if (sort_of(c, 0) != SORT_LETTER && (c > 0x7f || c == 0 || !strchr("-_./()", c)))
            return ROSTER_BAD_CODE;
    }
    return letters > 0 ? ROSTER_FINE : chars->n > 0 ? ROSTER_BAD_CODE : ROSTER_EMPTY;
}

/* "1.0E+10", as Excel writes a long number into a CSV file: what was behind is lost. */
static bool is_shortened(const char *text)
{
    size_t front = strspn(text, "0123456789."), n = strspn(text + front, "Ee");
    return front > 0 && n == 1 && text[front + 1] == '+' &&
           strspn(text + front + 2, "0123456789") == strlen(text + front + 2);
}

enum roster_reason code_read(char out[CODE_SIZE], const char *text)
{
    struct chars chars;
    char code[CODE_SIZE];
    text += *text == '\''; /* by which Excel is told that a number is a text */
    if (is_shortened(text))
        return ROSTER_SHORTENED;
    enum roster_reason wrong = chars_read(&chars, text, UTF8PROC_COMPAT);
    if (!wrong)
        wrong = check_code(&chars);
    if (!wrong)
        wrong = find_number(&chars, true);
    if (!wrong && !chars_write(&chars, code, sizeof(code)))
        wrong = ROSTER_TOO_LONG;
    if (!wrong)
        memcpy(out, code, sizeof(code));
    return wrong;
}

/* ---- grades ---- */

/* Takes the first of `words` (ended by NULL) that `*text` begins with; its index, or -1. */
static int take_word(const char **text, const char *const *words)
{
    for (int i = 0; words[i]; i++) {
        size_t len = strlen(words[i]);
        if (strncmp(*text, words[i], len) == 0) {
            *text += len;
            return i;
        }
    }
    return -1;
}

/* 一 to 十二, or ASCII digits; 0: none. */
static int take_number(const char **text)
{
    static const char *const numbers[] = {"十二", "十一", "十", "一", "二", "三", "四",
                                          "五",   "六",   "七", "八", "九", NULL};
    static const uint8_t values[] = {12, 11, 10, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    int i = take_word(text, numbers);
    if (i >= 0)
        return values[i];
    int n = 0;
    for (; **text >= '0' && **text <= '9' && n < 100; (*text)++)
        n = n * 10 + (**text - '0');
    return n;
}

enum roster_reason grade_read(uint8_t *out, const char *text)
{
    /* The grades before each stage; as OneRoster (CEDS) names what is before or beside school. */
    static const char *const stages[] = {"小学", "初中", "初", "高中", "高", NULL};
    static const uint8_t before[] = {0, 6, 6, 9, 9};
    static const uint8_t years[] = {6, 3, 3, 3, 3};
    static const char *const none[] = {"IT", "PR", "PK", "TK", "KG", "UG", "Other", "学前", NULL};
    const char *p = text;
    *out = 0;
    if (!*p || take_word(&p, none) >= 0)
        return ROSTER_FINE;
    int stage = take_word(&p, stages);
    int n = take_number(&p);
    static const char *const ends[] = {"年级", "年", NULL};
    take_word(&p, ends);
    int most = stage >= 0 ? years[stage] : GRADE_MAX;
    if (n < 1 || n > most || (*p && *p != ','))
        return ROSTER_BAD_GRADE;
    *out = (uint8_t)(n + (stage >= 0 ? before[stage] : 0));
    return ROSTER_FINE;
}
