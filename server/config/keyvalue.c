#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "server/base/address.h"
#include "server/base/log.h"
#include "server/config/keys.h"

static bool address_is_valid(const char *text)
{
    unsigned char raw[16];
    return !*text || inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1;
}

static bool addresses_are_valid(const char *text)
{
    struct address_set set;
    return address_set_parse(&set, text) == 0;
}

/* An origin has no path, no user and no wildcard: just what a browser sends. */
static bool origin_is_valid(const char *p, size_t len)
{
    size_t scheme = strncmp(p, "https://", 8) == 0 ? 8 : strncmp(p, "http://", 7) == 0 ? 7 : 0;
    if (scheme == 0 || len <= scheme)
        return false;
    for (size_t i = scheme; i < len; i++) {
        if ((uint8_t)p[i] >= 0x80 || strchr("/@*?#\\\"'<>", p[i]))
            return false;
    }
    return true;
}

static bool origins_are_valid(const char *text)
{
    for (;;) {
        text += strspn(text, " \t");
        size_t len = strcspn(text, " \t");
        if (len == 0)
            return true;
        if (!origin_is_valid(text, len))
            return false;
        text += len;
    }
}

static int write_number(const struct config_key *key, uint32_t *out, const char *shown,
                        const char *value, const struct complaint *c)
{
    uint32_t n;
    int err = number_parse(value, key->unit, &n);
    if (err == -EINVAL)
        return complain(c, "%s: '%s' is not %s", shown, value, unit_wants(key->unit));
    if (err || n < key->min || n > key->max) {
        char low[NUMBER_TEXT_MAX];
        char high[NUMBER_TEXT_MAX];
        number_print(low, key->min, key->unit);
        number_print(high, key->max, key->unit);
        return complain(c, "%s: %s is out of range: %s to %s", shown, value, low, high);
    }
    *out = n;
    return 0;
}

/* NULL when a text of this type may be `value`, else what is wrong with it. */
static const char *text_check(const struct config_key *key, const char *value)
{
    switch (key->type) {
    case KEY_ADDRESS: return address_is_valid(value) ? NULL : "is not an IP address";
    case KEY_ADDRESSES:
        return addresses_are_valid(value)
                   ? NULL
                   : "is not a list of IP addresses or ranges like 10.0.0.0/8";
    case KEY_ORIGINS:
        return origins_are_valid(value) ? NULL : "is not a list of origins like https://a.example";
    case KEY_WORD:
    case KEY_SECRET:
        return !*value || word_is_plain(value) ? NULL
                                               : "may have letters, digits, '-' and '_' only";
    case KEY_TEXT:
    case KEY_NUMBER:
    case KEY_BOOL:
    case KEY_LEVEL: return NULL;
    }
    return NULL;
}

static int write_text(const struct config_key *key, char *out, const char *shown, const char *value,
                      const struct complaint *c)
{
    size_t len = strlen(value);
    if (len >= key->size)
        return complain(c, "%s: more than %zu bytes", shown, key->size - 1);
    if (key->type == KEY_SECRET && len > 0 && len < SECRET_MIN)
        return complain(c, "%s: at least %d letters, or it can be guessed", shown, SECRET_MIN);
    const char *wrong = text_check(key, value);
    if (wrong && key->type == KEY_SECRET)
        return complain(c, "%s %s", shown, wrong);
    if (wrong)
        return complain(c, "%s: '%s' %s", shown, value, wrong);
    memcpy(out, value, len + 1);
    return 0;
}

int key_write(const struct config_key *key, void *base, const char *shown, const char *value,
              const struct complaint *c)
{
    void *field = (char *)base + key->offset;
    switch (key->type) {
    case KEY_NUMBER: return write_number(key, field, shown, value, c);
    case KEY_BOOL:
        return bool_parse(value, field) ? complain(c, "%s: '%s' is not yes or no", shown, value)
                                        : 0;
    case KEY_LEVEL:
        return log_level_parse(value, field)
                   ? complain(c, "%s: '%s' is not error, warn, info, debug or trace", shown, value)
                   : 0;
    case KEY_TEXT:
    case KEY_ADDRESS:
    case KEY_ADDRESSES:
    case KEY_ORIGINS:
    case KEY_WORD:
    case KEY_SECRET: return write_text(key, field, shown, value, c);
    }
    return -EINVAL;
}

void key_read(const struct config_key *key, const void *base, char *out, size_t size)
{
    static const char *const levels[] = {"error", "warn", "info", "debug", "trace"};
    const void *field = (const char *)base + key->offset;
    switch (key->type) {
    case KEY_NUMBER: {
        char text[NUMBER_TEXT_MAX];
        number_print(text, *(const uint32_t *)field, key->unit);
        snprintf(out, size, "%s", text);
        return;
    }
    case KEY_BOOL: snprintf(out, size, "%s", *(const bool *)field ? "yes" : "no"); return;
    case KEY_LEVEL: snprintf(out, size, "%s", levels[*(const enum log_level *)field]); return;
    case KEY_TEXT:
    case KEY_ADDRESS:
    case KEY_ADDRESSES:
    case KEY_ORIGINS:
    case KEY_WORD:
    case KEY_SECRET: snprintf(out, size, "%s", (const char *)field); return;
    }
}

void keys_reset(const struct config_key *keys, void *base)
{
    char text[128];
    struct complaint c = {.text = text, .size = sizeof(text), .file = "default"};
    for (; keys->name; keys++) {
        int err = key_write(keys, base, keys->name, keys->fallback, &c);
        assert(err == 0);
        (void)err;
    }
}
