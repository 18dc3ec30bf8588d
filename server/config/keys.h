#ifndef AIRCLASS_SERVER_CONFIG_KEYS_H
#define AIRCLASS_SERVER_CONFIG_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "server/config/ini.h"
#include "server/config/value.h"

/* The rows behind struct config. Private to this folder. */
enum key_type {
    KEY_TEXT,
    KEY_ADDRESS,   /* an IPv4 or IPv6 address, or empty */
    KEY_ADDRESSES, /* the same or ranges such as 10.0.0.0/8, separated by blanks, or empty */
    KEY_ORIGINS,   /* https://host[:port], separated by blanks, or empty */
    KEY_WORD,      /* letters, digits, '-' and '_', or empty */
    KEY_SECRET,    /* the same, at least SECRET_MIN of them; never said in an error */
    KEY_NUMBER,
    KEY_BOOL,
    KEY_LEVEL,
};

enum { SECRET_MIN = 8 };

struct config_key {
    const char *section;
    const char *name;
    const char *fallback; /* the default, as it stands in the file */
    const char *help;     /* lines of at most 96 bytes */
    size_t offset;        /* in struct config; of [lesson] keys in struct lesson_config */
    size_t size;          /* of the text */
    uint32_t min, max;    /* of a number */
    enum key_type type;
    enum value_unit unit;
};

/* The keys of the sections, section by section; ends with a row without a name. */
extern const struct config_key config_keys[];

/* The keys of each [lesson ID] section; ends likewise. */
extern const struct config_key lesson_keys[];

/* NULL if the table has no such key. */
const struct config_key *key_find(const struct config_key *keys, const char *section,
                                  const char *name);

/* Writes `value` into `base` (a struct config or lesson_config). On failure nothing is changed.
 * `shown` is the key's full name for the message. */
int key_write(const struct config_key *key, void *base, const char *shown, const char *value,
              const struct complaint *c);

/* The value in `base`, as text that key_write() takes: at most CONFIG_TEXT_MAX with its NUL. */
void key_read(const struct config_key *key, const void *base, char *out, size_t size);

/* Writes every default. */
void keys_reset(const struct config_key *keys, void *base);

#endif
