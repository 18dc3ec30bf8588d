#include "server/ingest/rtmp/amf0.h"

#include <errno.h>
#include <string.h>

/* What amf0_skip() is inside of. */
struct level {
    bool is_named; /* pairs up to an end marker; else `left` bare values */
    uint32_t left;
};

struct skipper {
    struct level levels[AMF0_DEPTH_MAX];
    unsigned depth;
    unsigned values;
};

static int enter(struct skipper *s, bool is_named, uint32_t left)
{
    if (s->depth == AMF0_DEPTH_MAX || left > AMF0_VALUES_MAX)
        return -EPROTO;
    s->levels[s->depth++] = (struct level){.is_named = is_named, .left = left};
    return 0;
}

static void skip_text(struct bytes *in, uint32_t len)
{
    if (len > AMF0_TEXT_MAX)
        in->bad = true;
    bytes_take(in, len);
}

static int enter_typed_object(struct skipper *s, struct bytes *in)
{
    skip_text(in, bytes_u16(in)); /* its class */
    return enter(s, true, 0);
}

/* One value, or only the opening of one that holds others. */
static int skip_opening(struct skipper *s, struct bytes *in)
{
    switch (bytes_u8(in)) {
    case AMF0_NUMBER: bytes_take(in, 8); return 0;
    case AMF0_BOOL: bytes_take(in, 1); return 0;
    case AMF0_STRING: skip_text(in, bytes_u16(in)); return 0;
    case AMF0_LONG_STRING:
    case AMF0_XML: skip_text(in, bytes_u32(in)); return 0;
    case AMF0_DATE: bytes_take(in, 10); return 0;
    case AMF0_REFERENCE: bytes_take(in, 2); return 0;
    case AMF0_NULL:
    case AMF0_UNDEFINED:
    case AMF0_UNSUPPORTED: return 0;
    case AMF0_OBJECT: return enter(s, true, 0);
    case AMF0_TYPED_OBJECT: return enter_typed_object(s, in);
    case AMF0_ECMA_ARRAY: bytes_take(in, 4); return enter(s, true, 0); /* its count is but a hint */
    case AMF0_STRICT_ARRAY: return enter(s, false, bytes_u32(in));
    default: return -EPROTO;
    }
}

/* The name of a property. 1: it was the end of the object instead. */
static int take_name(struct bytes *in, struct amf0_text *name)
{
    name->len = bytes_u16(in);
    name->p = (const char *)bytes_take(in, name->len);
    if (in->bad || name->len > AMF0_NAME_MAX)
        return -EPROTO;
    if (name->len > 0 || bytes_left(in) == 0 || *in->p != AMF0_OBJECT_END)
        return 0;
    bytes_u8(in);
    return 1;
}

/* Before the next value of the innermost level. 1: that level is done instead. */
static int step_inside(struct skipper *s, struct bytes *in)
{
    struct level *top = &s->levels[s->depth - 1];
    int end;
    if (top->is_named)
        end = take_name(in, &(struct amf0_text){0});
    else
        end = top->left-- == 0;
    if (end == 1)
        s->depth--;
    return end;
}

int amf0_skip(struct bytes *in)
{
    struct skipper s = {0};
    int err = skip_opening(&s, in);
    while (!err && !in->bad && s.depth > 0) {
        int end = step_inside(&s, in);
        if (end == 1)
            continue;
        if (end < 0 || ++s.values > AMF0_VALUES_MAX)
            return -EPROTO;
        err = skip_opening(&s, in);
    }
    return err || in->bad ? -EPROTO : 0;
}

int amf0_read_number(struct bytes *in, double *out)
{
    struct bytes b = *in;
    if (bytes_u8(&b) != AMF0_NUMBER)
        return -EPROTO;
    uint64_t bits = (uint64_t)bytes_u32(&b) << 32;
    bits |= bytes_u32(&b);
    if (b.bad)
        return -EPROTO;
    memcpy(out, &bits, sizeof(*out));
    *in = b;
    return 0;
}

int amf0_read_text(struct bytes *in, struct amf0_text *out)
{
    struct bytes b = *in;
    uint8_t type = bytes_u8(&b);
    if (type != AMF0_STRING && type != AMF0_LONG_STRING)
        return -EPROTO;
    uint32_t len = type == AMF0_STRING ? bytes_u16(&b) : bytes_u32(&b);
    const void *p = bytes_take(&b, len);
    if (b.bad || len > AMF0_TEXT_MAX)
        return -EPROTO;
    *out = (struct amf0_text){.p = p, .len = len};
    *in = b;
    return 0;
}

static int open_object(struct bytes *in)
{
    uint8_t type = bytes_u8(in);
    if (type == AMF0_ECMA_ARRAY)
        bytes_take(in, 4);
    else if (type != AMF0_OBJECT)
        return -EPROTO;
    return in->bad ? -EPROTO : 0;
}

int amf0_find_text(const struct bytes *in, const char *name, struct amf0_text *out)
{
    struct bytes b = *in;
    int err = open_object(&b);
    for (unsigned n = 0; !err && n < AMF0_VALUES_MAX; n++) {
        struct amf0_text have;
        int end = take_name(&b, &have);
        if (end != 0)
            return end < 0 ? end : -ENOENT;
        if (amf0_text_is(have, name))
            return amf0_read_text(&b, out) ? -ENOENT : 0;
        err = amf0_skip(&b);
    }
    return -EPROTO;
}

bool amf0_text_is(struct amf0_text text, const char *word)
{
    size_t len = strlen(word);
    return text.len == len && (len == 0 || memcmp(text.p, word, len) == 0);
}

int amf0_text_copy(char *out, size_t room, struct amf0_text text)
{
    if (text.len >= room)
        return -EMSGSIZE;
    if (text.len > 0 && memchr(text.p, 0, text.len))
        return -EPROTO;
    if (text.len > 0)
        memcpy(out, text.p, text.len);
    out[text.len] = 0;
    return 0;
}

static uint8_t *reserve(struct amf0_writer *w, size_t n)
{
    if (w->is_full || (size_t)(w->end - w->p) < n) {
        w->is_full = true;
        return NULL;
    }
    uint8_t *p = w->p;
    w->p += n;
    return p;
}

static void put_type(struct amf0_writer *w, enum amf0_type type)
{
    uint8_t *p = reserve(w, 1);
    if (p)
        put_u8(p, (uint8_t)type);
}

void amf0_put_number(struct amf0_writer *w, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof(bits));
    uint8_t *p = reserve(w, 9);
    if (!p)
        return;
    p = put_u8(p, AMF0_NUMBER);
    p = put_u32(p, (uint32_t)(bits >> 32));
    put_u32(p, (uint32_t)bits);
}

void amf0_put_name(struct amf0_writer *w, const char *name)
{
    size_t len = strlen(name);
    uint8_t *p = len <= UINT16_MAX ? reserve(w, 2 + len) : reserve(w, SIZE_MAX);
    if (p)
        put_bytes(put_u16(p, (uint16_t)len), name, len);
}

void amf0_put_text(struct amf0_writer *w, const char *text)
{
    put_type(w, AMF0_STRING);
    amf0_put_name(w, text);
}

void amf0_put_null(struct amf0_writer *w)
{
    put_type(w, AMF0_NULL);
}

void amf0_put_undefined(struct amf0_writer *w)
{
    put_type(w, AMF0_UNDEFINED);
}

void amf0_begin_object(struct amf0_writer *w)
{
    put_type(w, AMF0_OBJECT);
}

void amf0_end_object(struct amf0_writer *w)
{
    amf0_put_name(w, "");
    put_type(w, AMF0_OBJECT_END);
}
