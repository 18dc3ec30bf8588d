#include "server/base/buf.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int buf_new(struct buf **out, size_t len)
{
    if (len > BUF_MAX)
        return -EMSGSIZE;
    struct buf *b = malloc(sizeof(*b) + BUF_HEADROOM + len);
    if (!b)
        return -ENOMEM;
    b->refs = 1;
    b->len = (uint32_t)len;
    b->data = (uint8_t *)(b + 1) + BUF_HEADROOM;
    *out = b;
    return 0;
}

int buf_copy(struct buf **out, const void *bytes, size_t len)
{
    struct buf *b;
    int err = buf_new(&b, len);
    if (err)
        return err;
    if (len > 0)
        memcpy(b->data, bytes, len);
    *out = b;
    return 0;
}

struct buf *buf_ref(struct buf *buf)
{
    assert(buf->refs > 0);
    buf->refs++;
    return buf;
}

void buf_unref(struct buf **buf)
{
    struct buf *b = *buf;
    *buf = NULL;
    if (b && --b->refs == 0)
        free(b);
}
