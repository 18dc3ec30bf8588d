#include "server/xlsx/styles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What Excel allows is some 250 codes and 65,490 styles. */
enum { CODES_MAX = 1000, STYLES_MAX = 65536, ID_MAX = 65535 };

struct code {
    uint32_t id;
    struct format format;
};

struct reading {
    struct part part; /* first: what part_read() is called with */
    struct styles *s;
    bool is_in_styles, is_in_codes;
    size_t n_codes;
    struct code code[CODES_MAX];
};

void styles_release(struct styles *s)
{
    free(s->format);
    *s = (struct styles){.n = 0};
}

struct format styles_get(const struct styles *s, size_t i)
{
    return i < s->n ? s->format[i] : (struct format){.kind = FORMAT_NUMBER};
}

/* A code may have the number of one that everybody knows: then it counts. */
static struct format format_of(const struct reading *r, uint32_t id)
{
    for (size_t i = 0; i < r->n_codes; i++) {
        if (r->code[i].id == id)
            return r->code[i].format;
    }
    return format_of_id(id);
}

static void add_code(struct reading *r, const char **attributes)
{
    int64_t id = part_number(attributes, "numFmtId", ID_MAX);
    const char *code = part_attribute(attributes, "formatCode");
    if (id < 0 || !code)
        return;
    if (r->n_codes == CODES_MAX)
        part_fail(&r->part, -EINVAL, WRONG_TOO_LARGE);
    else
        r->code[r->n_codes++] = (struct code){(uint32_t)id, format_of_code(code)};
}

static int add_style(struct styles *s, struct format format)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct format *grown = realloc(s->format, room * sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        s->format = grown;
        s->room = room;
    }
    s->format[s->n++] = format;
    return 0;
}

static void take_style(struct reading *r, const char **attributes)
{
    int64_t id = part_number(attributes, "numFmtId", ID_MAX);
    if (r->s->n == STYLES_MAX)
        part_fail(&r->part, -EINVAL, WRONG_TOO_LARGE);
    else if (add_style(r->s, format_of(r, id < 0 ? 0 : (uint32_t)id)))
        part_fail(&r->part, -ENOMEM, WRONG_NOTHING);
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct reading *r = arg;
    if (strcmp(name, "numFmts") == 0)
        r->is_in_codes = true;
    else if (strcmp(name, "cellXfs") == 0)
        r->is_in_styles = true;
    else if (r->is_in_codes && strcmp(name, "numFmt") == 0)
        add_code(r, attributes);
    else if (r->is_in_styles && strcmp(name, "xf") == 0)
        take_style(r, attributes);
}

static void on_end(void *arg, const char *name)
{
    struct reading *r = arg;
    if (strcmp(name, "numFmts") == 0)
        r->is_in_codes = false;
    else if (strcmp(name, "cellXfs") == 0)
        r->is_in_styles = false;
}

int styles_read(struct styles *out, struct package *package, const char *name)
{
    static const struct part_kind kind = {.start = on_start, .end = on_end};
    struct reading *r = calloc(1, sizeof(*r));
    if (!r)
        return -ENOMEM;
    r->s = out;
    int err = part_read(&r->part, package, name, &kind);
    free(r);
    return err;
}
