#ifndef AIRCLASS_SERVER_BASE_BUF_H
#define AIRCLASS_SERVER_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

/*
 * A block of bytes that many readers share. It is written once, by whoever made it, and never
 * changed after the first buf_ref(). One thread only: the count is not atomic.
 */
struct buf {
    uint32_t refs;
    uint32_t len;
    uint8_t *data; /* BUF_HEADROOM writable bytes lie before it */
};

enum {
    /* Room in front of the bytes in which the WebSocket layer writes its frame header, so that one
     * block serves every viewer without a copy. At least libwebsockets' LWS_PRE. */
    BUF_HEADROOM = 32,
    BUF_MAX = 16 << 20,
};

/* A buffer of `len` bytes, content undefined, one reference. -ENOMEM; -EMSGSIZE over BUF_MAX. */
int buf_new(struct buf **out, size_t len);

/* As buf_new, filled with a copy of `bytes`. */
int buf_copy(struct buf **out, const void *bytes, size_t len);

struct buf *buf_ref(struct buf *buf);

/* Gives one reference back and sets *buf to NULL; accepts NULL. */
void buf_unref(struct buf **buf);

#endif
