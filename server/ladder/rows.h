#ifndef AIRCLASS_SERVER_LADDER_ROWS_H
#define AIRCLASS_SERVER_LADDER_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/spec.h"
#include "server/config/ini.h"

/* The keys of a [rendition ...] section, one row each. Private to this folder. */
enum spec_key_type { SPEC_NUMBER, SPEC_BOOL, SPEC_CODEC, SPEC_PROFILE, SPEC_BOX };

struct spec_key {
    const char *name;
    unsigned codecs;   /* bits 1 << enum codec_kind: which codecs have the key */
    unsigned required; /* the same: which can't do without */
    enum spec_key_type type;
    uint8_t unit;  /* enum value_unit, of a number */
    uint8_t width; /* bytes of the field, of a number */
    size_t offset; /* in struct rendition_spec */
};

extern const struct spec_key spec_keys[];
enum { SPEC_KEYS = 16 };

/* An index into spec_keys, or -1. */
int spec_key_find(const char *name);

/* Reads `value` into the field of `key`; what the numbers may be is spec_check()'s business. */
int spec_key_write(const struct spec_key *key, struct rendition_spec *spec, const char *value,
                   const struct complaint *c);

#endif
