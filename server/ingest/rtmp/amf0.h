#ifndef AIRCLASS_SERVER_INGEST_RTMP_AMF0_H
#define AIRCLASS_SERVER_INGEST_RTMP_AMF0_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/bytes.h"

/* AMF0 (Action Message Format, Adobe 2007), as RTMP commands and metadata use it. Nothing here
 * allocates or recurses. */

enum amf0_type {
    AMF0_NUMBER = 0,
    AMF0_BOOL = 1,
    AMF0_STRING = 2,
    AMF0_OBJECT = 3,
    AMF0_NULL = 5,
    AMF0_UNDEFINED = 6,
    AMF0_REFERENCE = 7,
    AMF0_ECMA_ARRAY = 8,
    AMF0_OBJECT_END = 9,
    AMF0_STRICT_ARRAY = 10,
    AMF0_DATE = 11,
    AMF0_LONG_STRING = 12,
    AMF0_UNSUPPORTED = 13,
    AMF0_XML = 15,
    AMF0_TYPED_OBJECT = 16,
};

enum {
    AMF0_DEPTH_MAX = 16,
    AMF0_VALUES_MAX = 4096, /* inside one value, all levels together */
    AMF0_NAME_MAX = 255,    /* a property's name */
    AMF0_TEXT_MAX = 64 << 10,
};

struct amf0_text {
    const char *p; /* borrowed from the input; not terminated, any byte may occur */
    uint32_t len;
};

/*
 * Readers take one whole value from `in`: 0, or -EPROTO when it is another type, truncated, or over
 * a limit; `in` is then as it was, except after amf0_skip().
 */
int amf0_read_number(struct bytes *in, double *out);
int amf0_read_text(struct bytes *in, struct amf0_text *out); /* a string, long or short */
int amf0_skip(struct bytes *in);                             /* any value */

/*
 * Looks for a text property of the object (or ECMA array) that comes next in `in`. 0; -ENOENT when
 * there is none of that name, or it is no text; -EPROTO as above, also when what comes is no
 * object.
 */
int amf0_find_text(const struct bytes *in, const char *name, struct amf0_text *out);

bool amf0_text_is(struct amf0_text text, const char *word);

/* Copies `text` with a NUL behind it. -EMSGSIZE when it does not fit; -EPROTO when it has a NUL. */
int amf0_text_copy(char *out, size_t room, struct amf0_text text);

/* Writing. What does not fit sets `is_full`, which sticks; ask once, at the end. */
struct amf0_writer {
    uint8_t *p;
    uint8_t *end;
    bool is_full;
};

void amf0_put_number(struct amf0_writer *w, double v);
void amf0_put_text(struct amf0_writer *w, const char *text);
void amf0_put_null(struct amf0_writer *w);
void amf0_put_undefined(struct amf0_writer *w);
void amf0_begin_object(struct amf0_writer *w);
void amf0_put_name(struct amf0_writer *w, const char *name); /* a value must follow */
void amf0_end_object(struct amf0_writer *w);

#endif
