#include "server/store/cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS_MAX = 18 }; /* of any number that an int64_t holds */

/* The number that the text begins with, as it is printed: no sign, no blank, no zero before others.
 * NULL: none; else what is behind it. */
static const char *number_parse(int64_t *out, const char *text)
{
    size_t len = strspn(text, "0123456789");
    if (len == 0 || len > DIGITS_MAX || (*text == '0' && len > 1))
        return NULL;
    *out = 0;
    for (size_t i = 0; i < len; i++)
        *out = *out * 10 + (text[i] - '0');
    return text + len;
}

int member_cursor_parse(struct member_cursor *out, const char *text)
{
    int64_t role = 0;
    *out = (struct member_cursor){.code = ""};
    if (!*text)
        return 0;
    const char *id = number_parse(&role, text);
    if (!id || *id++ != '/' || role > UINT8_MAX)
        return -EINVAL;
    size_t len = strcspn(id, "/");
    if (id[len] != '/' || len >= sizeof(out->id))
        return -EINVAL;
    out->role = (int)role;
    memcpy(out->id, id, len);
    out->code = id + len + 1;
    return 0;
}

void member_cursor_print(char out[STORE_NAME_MAX], const struct store_member *m)
{
    snprintf(out, STORE_NAME_MAX, "%d/%s/%s", (int)m->role, m->person.id, m->person.code);
}

int seq_cursor_parse(int64_t *out, const char *text)
{
    *out = 0;
    if (!*text)
        return 0;
    const char *end = number_parse(out, text);
    return end && !*end ? 0 : -EINVAL;
}

void seq_cursor_print(char out[STORE_NAME_MAX], int64_t seq)
{
    snprintf(out, STORE_NAME_MAX, "%" PRId64, seq);
}

int moment_cursor_parse(struct moment_cursor *out, const char *text)
{
    *out = (struct moment_cursor){.at_ms = INT64_MAX};
    if (!*text)
        return 0;
    const char *seq = number_parse(&out->at_ms, text);
    if (!seq || *seq++ != '/')
        return -EINVAL;
    const char *end = number_parse(&out->seq, seq);
    return end && !*end ? 0 : -EINVAL;
}

void moment_cursor_print(char out[STORE_NAME_MAX], const struct moment_cursor *cursor)
{
    snprintf(out, STORE_NAME_MAX, "%" PRId64 "/%" PRId64, cursor->at_ms, cursor->seq);
}
