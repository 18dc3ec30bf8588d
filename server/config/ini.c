#include "server/config/ini.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/utf8.h"

struct span {
    const char *p;
    size_t len;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct span trim(const char *p, const char *end)
{
    while (p < end && is_blank(*p))
        p++;
    while (p < end && is_blank(end[-1]))
        end--;
    return (struct span){p, (size_t)(end - p)};
}

/* One of the two blocks of control characters; a tab is none. */
static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0);
}

static bool is_text(struct span s)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t code;
        size_t n = utf8_next(s.p + i, s.len - i, &code);
        if (n == 0 || is_control(code))
            return false;
        i += n;
    }
    return true;
}

static int copy_name(char out[INI_NAME_MAX], struct span s, const char **wrong)
{
    if (s.len >= INI_NAME_MAX) {
        *wrong = "a name of more than 63 bytes";
        return -EINVAL;
    }
    memcpy(out, s.p, s.len);
    out[s.len] = '\0';
    return 0;
}

static int parse_section(struct ini_item *item, struct span line, const char **wrong)
{
    if (line.p[line.len - 1] != ']') {
        *wrong = "expected ']' at the end of the line";
        return -EINVAL;
    }
    struct span inside = trim(line.p + 1, line.p + line.len - 1);
    const char *end = inside.p + inside.len;
    const char *blank = inside.p;
    while (blank < end && !is_blank(*blank))
        blank++;
    item->kind = INI_SECTION;
    if (inside.len == 0) {
        *wrong = "a section needs a name";
        return -EINVAL;
    }
    int err = copy_name(item->name, (struct span){inside.p, (size_t)(blank - inside.p)}, wrong);
    return err ? err : copy_name(item->id, trim(blank, end), wrong);
}

static int parse_entry(struct ini_item *item, struct span line, const char **wrong)
{
    const char *equals = memchr(line.p, '=', line.len);
    if (*line.p == ';' || !equals) {
        *wrong = *line.p == ';' ? "comments begin with '#'" : "expected 'key = value'";
        return -EINVAL;
    }
    struct span key = trim(line.p, equals);
    struct span value = trim(equals + 1, line.p + line.len);
    if (key.len == 0) {
        *wrong = "expected a key before '='";
        return -EINVAL;
    }
    if (value.len >= 2 && *value.p == '"' && value.p[value.len - 1] == '"') {
        *wrong = "write the value without quotes";
        return -EINVAL;
    }
    item->kind = INI_ENTRY;
    memcpy(item->value, value.p, value.len);
    item->value[value.len] = '\0';
    return copy_name(item->name, key, wrong);
}

/* The next line without its end; false at the end of the text. */
static bool next_line(struct ini *ini, struct span *out)
{
    if (ini->next == ini->end)
        return false;
    const char *newline = memchr(ini->next, '\n', (size_t)(ini->end - ini->next));
    const char *end = newline ? newline : ini->end;
    *out = (struct span){ini->next, (size_t)(end - ini->next)};
    if (newline && out->len > 0 && end[-1] == '\r')
        out->len--;
    ini->next = newline ? newline + 1 : ini->end;
    ini->line++;
    return true;
}

void ini_start(struct ini *ini, const char *text, size_t len)
{
    *ini = (struct ini){.next = text, .end = len ? text + len : text};
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        ini->next += 3;
}

int ini_next(struct ini *ini, struct ini_item *item, const char **wrong)
{
    struct span raw;
    item->kind = INI_END;
    item->name[0] = item->id[0] = item->value[0] = '\0';
    while (next_line(ini, &raw)) {
        if (raw.len >= INI_LINE_MAX) {
            *wrong = "a line of more than 1023 bytes";
            return -EINVAL;
        }
        if (!is_text(raw)) {
            *wrong = "not UTF-8 text, or a control character";
            return -EINVAL;
        }
        struct span line = trim(raw.p, raw.p + raw.len);
        if (line.len == 0 || *line.p == '#')
            continue;
        return *line.p == '[' ? parse_section(item, line, wrong) : parse_entry(item, line, wrong);
    }
    return 0;
}

static int read_all(FILE *f, char **out, size_t *len)
{
    char *text = malloc(INI_FILE_MAX + 1);
    if (!text)
        return -ENOMEM;
    errno = 0;
    size_t n = fread(text, 1, INI_FILE_MAX + 1, f);
    int err = ferror(f) ? -(errno ? errno : EIO) : n > INI_FILE_MAX ? -EFBIG : 0;
    if (err) {
        free(text);
        return err;
    }
    *out = text;
    *len = n;
    return 0;
}

int ini_read_file(char **out, size_t *len, const char *path)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return -errno;
    int err = read_all(f, out, len);
    fclose(f);
    return err;
}

int complain(const struct complaint *c, const char *format, ...)
{
    int n = c->line ? snprintf(c->text, c->size, "%s:%u: ", c->file, c->line)
                    : snprintf(c->text, c->size, "%s: ", c->file);
    if (n < 0 || (size_t)n >= c->size)
        return -EINVAL;
    va_list args;
    va_start(args, format);
    vsnprintf(c->text + n, c->size - (size_t)n, format, args);
    va_end(args);
    return -EINVAL;
}
