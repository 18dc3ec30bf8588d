#ifndef AIRCLASS_SERVER_NET_SLICE_H
#define AIRCLASS_SERVER_NET_SLICE_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A piece of somebody else's text; not NUL-terminated. `p` is NULL when there is none. */
struct slice {
    const char *p;
    size_t len;
};

static inline struct slice slice_of(const char *text)
{
    return (struct slice){.p = text, .len = strlen(text)};
}

static inline bool slice_is(struct slice s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.p, text, s.len) == 0;
}

/* ASCII letters of either case are the same. */
static inline bool slice_is_nocase(struct slice s, const char *text)
{
    return s.len == strlen(text) && strncasecmp(s.p, text, s.len) == 0;
}

static inline struct slice slice_trim(struct slice s)
{
    while (s.len && (*s.p == ' ' || *s.p == '\t')) {
        s.p++;
        s.len--;
    }
    while (s.len && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* The next element of a list, trimmed; moves `*list` behind it. False at the end. */
static inline bool slice_next(struct slice *list, char separator, struct slice *out)
{
    if (!list->len)
        return false;
    const char *end = memchr(list->p, separator, list->len);
    size_t len = end ? (size_t)(end - list->p) : list->len;
    *out = slice_trim((struct slice){.p = list->p, .len = len});
    list->p += len + (end != NULL);
    list->len -= len + (end != NULL);
    return true;
}

static inline bool slice_has_token(struct slice list, const char *token)
{
    for (struct slice item; slice_next(&list, ',', &item);) {
        if (slice_is_nocase(item, token))
            return true;
    }
    return false;
}

#endif
