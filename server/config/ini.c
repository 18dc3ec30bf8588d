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

/* clang-format off */
const struct message *ini_message(enum ini_wrong wrong)
{
    static const struct message messages[INI_WRONGS] = {
        [INI_LONG_LINE] = {"long_line", "一行超过 1023 个字节", "a line of more than 1023 bytes"},
        [INI_NO_TEXT] = {"no_text", "不是 UTF-8 文字，或含有控制字符", "not UTF-8 text, or a control character"},
        [INI_LONG_NAME] = {"long_name", "名称超过 63 个字节", "a name of more than 63 bytes"},
        [INI_NO_BRACKET] = {"no_bracket", "这一行应以“]”结尾", "expected ']' at the end of the line"},
        [INI_NO_SECTION] = {"no_section", "方括号里没有名称", "a section needs a name"},
        [INI_NO_EQUALS] = {"no_equals", "应写成“名称 = 值”", "expected 'key = value'"},
        [INI_NO_KEY] = {"no_key", "“=”前面没有名称", "expected a key before '='"},
        [INI_COMMENT] = {"comment", "注释应以“#”开头", "comments begin with '#'"},
        [INI_QUOTES] = {"quotes", "值不要加引号", "write the value without quotes"},
    };
    return &messages[wrong];
}
/* clang-format on */

static int refuse(const struct message **out, enum ini_wrong wrong)
{
    *out = ini_message(wrong);
    return -EINVAL;
}

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

static int copy_name(char out[INI_NAME_MAX], struct span s, const struct message **wrong)
{
    if (s.len >= INI_NAME_MAX)
        return refuse(wrong, INI_LONG_NAME);
    memcpy(out, s.p, s.len);
    out[s.len] = '\0';
    return 0;
}

static int parse_section(struct ini_item *item, struct span line, const struct message **wrong)
{
    if (line.p[line.len - 1] != ']')
        return refuse(wrong, INI_NO_BRACKET);
    struct span inside = trim(line.p + 1, line.p + line.len - 1);
    const char *end = inside.p + inside.len;
    const char *blank = inside.p;
    while (blank < end && !is_blank(*blank))
        blank++;
    item->kind = INI_SECTION;
    if (inside.len == 0)
        return refuse(wrong, INI_NO_SECTION);
    int err = copy_name(item->name, (struct span){inside.p, (size_t)(blank - inside.p)}, wrong);
    return err ? err : copy_name(item->id, trim(blank, end), wrong);
}

static int parse_entry(struct ini_item *item, struct span line, const struct message **wrong)
{
    const char *equals = memchr(line.p, '=', line.len);
    if (*line.p == ';' || !equals)
        return refuse(wrong, *line.p == ';' ? INI_COMMENT : INI_NO_EQUALS);
    struct span key = trim(line.p, equals);
    struct span value = trim(equals + 1, line.p + line.len);
    if (key.len == 0)
        return refuse(wrong, INI_NO_KEY);
    if (value.len >= 2 && *value.p == '"' && value.p[value.len - 1] == '"')
        return refuse(wrong, INI_QUOTES);
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

int ini_next(struct ini *ini, struct ini_item *item, const struct message **wrong)
{
    struct span raw;
    item->kind = INI_END;
    item->name[0] = item->id[0] = item->value[0] = '\0';
    while (next_line(ini, &raw)) {
        if (raw.len >= INI_LINE_MAX)
            return refuse(wrong, INI_LONG_LINE);
        if (!is_text(raw))
            return refuse(wrong, INI_NO_TEXT);
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
