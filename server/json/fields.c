#include "server/json/fields.h"

#include <errno.h>
#include <string.h>

bool field_text(const json_t *o, const char *name, char *out, size_t room)
{
    const json_t *v = json_object_get(o, name);
    out[0] = '\0';
    if (!v)
        return true;
    size_t len = json_string_length(v);
    if (!json_is_string(v) || len >= room || strlen(json_string_value(v)) != len)
        return false;
    memcpy(out, json_string_value(v), len + 1);
    return true;
}

bool field_u32(const json_t *o, const char *name, uint32_t *out, bool *is_there)
{
    const json_t *v = json_object_get(o, name);
    *is_there = v != NULL;
    *out = 0;
    if (!v)
        return true;
    double n = json_number_value(v);
    if (!json_is_number(v) || !(n >= 0 && n <= UINT32_MAX))
        return false;
    *out = (uint32_t)n;
    return true;
}

bool field_bool(const json_t *o, const char *name, bool otherwise, bool *out)
{
    const json_t *v = json_object_get(o, name);
    *out = v ? json_is_true(v) : otherwise;
    return !v || json_is_boolean(v);
}

int message_write(char *out, size_t room, json_t *o)
{
    if (!o)
        return -ENOMEM;
    size_t n = json_dumpb(o, out, room, JSON_COMPACT);
    json_decref(o);
    return n == 0 || n > room ? -EMSGSIZE : (int)n;
}
