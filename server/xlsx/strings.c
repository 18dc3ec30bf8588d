#include "server/xlsx/strings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/xlsx/xlsx.h"

struct reading {
    struct part part; /* first: what part_read() is called with */
    struct strings *s;
    bool is_in_string, is_in_text;
    int in_phonetic; /* how a text is pronounced is not the text */
};

void strings_release(struct strings *s)
{
    free(s->text);
    free(s->at);
    *s = (struct strings){.n = 0};
}

const char *strings_get(const struct strings *s, size_t i, size_t *len)
{
    if (i >= s->n)
        return NULL;
    size_t end = i + 1 < s->n ? s->at[i + 1] : s->len;
    *len = end - s->at[i] - 1;
    return s->text + s->at[i];
}

/* ---- escapes ---- */

/* The four digits of "_x000D_"; 0: it is none, or one that can't stand in a text. */
static unsigned escape_at(const char *p)
{
    unsigned code = 0;
    if (p[0] != '_' || p[1] != 'x')
        return 0;
    for (int i = 2; i < 6; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *d = p[i] ? strchr(digits, p[i] >= 'A' && p[i] <= 'F' ? p[i] + 32 : p[i]) : NULL;
        if (!d)
            return 0;
        code = code << 4 | (unsigned)(d - digits);
    }
    return p[6] == '_' && (code < 0xd800 || code > 0xdfff) ? code : 0;
}

static char *put_code(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code >= 0x800) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        *to++ = (char)(0xc0 | code >> 6);
    }
    *to++ = (char)(0x80 | (code & 0x3f));
    return to;
}

size_t strings_unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        unsigned code = escape_at(from);
        if (code)
            to = put_code(to, code);
        else
            *to++ = *from;
        from += code ? 7 : 1;
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* ---- the part ---- */

static bool put(struct strings *s, const char *text, size_t len)
{
    if (s->len + len > s->text_room) {
        size_t room = s->text_room ? 2 * s->text_room : 64 << 10;
        while (room < s->len + len)
            room *= 2;
        char *grown = realloc(s->text, room);
        if (!grown)
            return false;
        s->text = grown;
        s->text_room = room;
    }
    memcpy(s->text + s->len, text, len);
    s->len += len;
    return true;
}

static bool add(struct strings *s)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 1024;
        uint32_t *grown = realloc(s->at, room * sizeof(*grown));
        if (!grown)
            return false;
        s->at = grown;
        s->room = room;
    }
    s->at[s->n++] = (uint32_t)s->len;
    return true;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct reading *r = arg;
    (void)attributes;
    if (strcmp(name, "si") == 0) {
        if (r->is_in_string || r->s->n == XLSX_STRINGS_MAX)
            part_fail(&r->part, -EINVAL, r->is_in_string ? WRONG_DAMAGED : WRONG_TOO_LARGE);
        else if (!add(r->s))
            part_fail(&r->part, -ENOMEM, WRONG_NOTHING);
        r->is_in_string = true;
    } else if (strcmp(name, "rPh") == 0) {
        r->in_phonetic++;
    } else if (strcmp(name, "t") == 0) {
        r->is_in_text = r->is_in_string && r->in_phonetic == 0;
    }
}

static void on_text(void *arg, const char *text, size_t len)
{
    struct reading *r = arg;
    if (!r->is_in_text)
        return;
    if (r->s->len + len >= XLSX_TEXT_MAX)
        part_fail(&r->part, -EINVAL, WRONG_TOO_LARGE);
    else if (!put(r->s, text, len))
        part_fail(&r->part, -ENOMEM, WRONG_NOTHING);
}

static void end_string(struct reading *r)
{
    struct strings *s = r->s;
    size_t at = s->at[s->n - 1];
    r->is_in_string = false;
    if (!put(s, "", 1))
        part_fail(&r->part, -ENOMEM, WRONG_NOTHING);
    else
        s->len = at + strings_unescape(s->text + at) + 1;
}

static void on_end(void *arg, const char *name)
{
    struct reading *r = arg;
    if (strcmp(name, "si") == 0)
        end_string(r);
    else if (strcmp(name, "rPh") == 0)
        r->in_phonetic--;
    else if (strcmp(name, "t") == 0)
        r->is_in_text = false;
}

int strings_read(struct strings *out, struct package *package, const char *name)
{
    static const struct part_kind kind = {.start = on_start, .end = on_end, .text = on_text};
    struct reading r = {.s = out};
    return part_read(&r.part, package, name, &kind);
}
