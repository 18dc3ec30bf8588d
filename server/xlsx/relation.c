#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/xlsx/package.h"

struct search {
    struct part part; /* first: what part_read() is called with */
    const char *id, *type;
    char target[PART_NAME_SIZE];
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), n = strlen(end);
    return len >= n && strcmp(text + len - n, end) == 0;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    struct search *s = arg;
    const char *id = part_attribute(attributes, "Id");
    const char *type = part_attribute(attributes, "Type");
    const char *target = part_attribute(attributes, "Target");
    const char *mode = part_attribute(attributes, "TargetMode");
    bool is_outside = mode && strcmp(mode, "External") == 0;
    if (strcmp(name, "Relationship") != 0 || !id || !type || !target || is_outside || s->target[0])
        return;
    bool is_it = s->id ? strcmp(id, s->id) == 0 : ends_with(type, s->type);
    if (is_it && strlen(target) < sizeof(s->target))
        memcpy(s->target, target, strlen(target) + 1);
}

static void on_end(void *arg, const char *name)
{
    (void)arg;
    (void)name;
}

/* "xl/" of "xl/workbook.xml" */
static int folder_len(const char *name)
{
    const char *slash = strrchr(name, '/');
    return slash ? (int)(slash + 1 - name) : 0;
}

int package_follow(struct package *package, const char *of, const char *id, const char *type,
                   char out[PART_NAME_SIZE])
{
    static const struct part_kind kind = {.start = on_start, .end = on_end};
    struct search s = {.id = id, .type = type};
    char name[PART_NAME_SIZE + 16];
    int folder = folder_len(of);
    snprintf(name, sizeof(name), "%.*s_rels/%s.rels", folder, of, of + folder);
    int err = part_read(&s.part, package, name, &kind);
    if (err)
        return err;
    if (!s.target[0])
        return -ENOENT;
    bool is_absolute = s.target[0] == '/';
    int n = snprintf(out, PART_NAME_SIZE, "%.*s%s", is_absolute ? 0 : folder, of,
                     s.target + is_absolute);
    return n < PART_NAME_SIZE ? 0 : -ENOENT;
}
