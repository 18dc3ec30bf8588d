#ifndef AIRCLASS_SERVER_BASE_BYTES_H
#define AIRCLASS_SERVER_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Reading foreign bytes, big-endian, without a chance to read too far: a read past the end gives 0
 * and sets `bad`, which sticks. Read a whole record, then ask once.
 */
struct bytes {
    const uint8_t *p;
    const uint8_t *end;
    bool bad;
};

static inline struct bytes bytes_of(const void *data, size_t len)
{
    const uint8_t *p = data;
    return (struct bytes){.p = p, .end = len ? p + len : p};
}

static inline size_t bytes_left(const struct bytes *b)
{
    return (size_t)(b->end - b->p);
}

/* The next `n` bytes, borrowed from the input; NULL and `bad` when there are fewer. */
static inline const uint8_t *bytes_take(struct bytes *b, size_t n)
{
    if (b->bad || bytes_left(b) < n) {
        b->bad = true;
        return NULL;
    }
    const uint8_t *p = b->p;
    b->p += n;
    return p;
}

static inline uint32_t bytes_uint(struct bytes *b, unsigned width)
{
    const uint8_t *p = bytes_take(b, width);
    uint32_t v = 0;
    for (unsigned i = 0; p && i < width; i++)
        v = v << 8 | p[i];
    return v;
}

static inline uint8_t bytes_u8(struct bytes *b)
{
    return (uint8_t)bytes_uint(b, 1);
}

static inline uint16_t bytes_u16(struct bytes *b)
{
    return (uint16_t)bytes_uint(b, 2);
}

static inline uint32_t bytes_u24(struct bytes *b)
{
    return bytes_uint(b, 3);
}

static inline uint32_t bytes_u32(struct bytes *b)
{
    return bytes_uint(b, 4);
}

/* Writing: `put_*` store big-endian at `p` and return the place behind. The caller knows the room.
 */
static inline uint8_t *put_uint(uint8_t *p, uint32_t v, unsigned width)
{
    for (unsigned i = 0; i < width; i++)
        p[i] = (uint8_t)(v >> (8 * (width - 1 - i)));
    return p + width;
}

static inline uint8_t *put_u8(uint8_t *p, uint8_t v)
{
    return put_uint(p, v, 1);
}

static inline uint8_t *put_u16(uint8_t *p, uint16_t v)
{
    return put_uint(p, v, 2);
}

static inline uint8_t *put_u24(uint8_t *p, uint32_t v)
{
    return put_uint(p, v, 3);
}

static inline uint8_t *put_u32(uint8_t *p, uint32_t v)
{
    return put_uint(p, v, 4);
}

static inline uint8_t *put_bytes(uint8_t *p, const void *src, size_t len)
{
    if (len > 0)
        memcpy(p, src, len);
    return p + len;
}

#endif
