#include "server/hub/still.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

struct still {
    uint32_t refs;
    uint32_t id;
    uint32_t pts_ms;
    uint8_t format;
    struct buf *file;
};

static uint32_t hash_of(const uint8_t *p, size_t len) /* FNV-1a */
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 16777619u;
    return h ? h : 1;
}

int still_new(struct still **out, uint8_t format, uint32_t pts_ms, const void *file, size_t len)
{
    if (len == 0 || len > STILL_MAX)
        return -EMSGSIZE;
    struct still *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->refs = 1;
    s->format = format;
    s->pts_ms = pts_ms;
    s->id = hash_of(file, len);
    int err = buf_copy(&s->file, file, len);
    if (err) {
        free(s);
        return err;
    }
    *out = s;
    return 0;
}

struct still *still_ref(struct still *still)
{
    still->refs++;
    return still;
}

void still_unref(struct still **still)
{
    struct still *s = *still;
    *still = NULL;
    if (!s || --s->refs > 0)
        return;
    buf_unref(&s->file);
    free(s);
}

uint32_t still_id(const struct still *still)
{
    return still->id;
}

uint32_t still_len(const struct still *still)
{
    return still->file->len;
}

uint8_t *still_write_piece(const struct still *still, uint32_t offset, uint32_t len, uint8_t *out)
{
    assert(offset <= still->file->len && len <= still->file->len - offset);
    uint8_t *p =
        unit_write_header(out, UNIT_STILL, UNIT_PIECE, UNIT_PIECE_HEADER + len, still->pts_ms);
    p = put_u8(p, still->format);
    p = put_u32(p, still->id);
    p = put_u24(p, still->file->len);
    p = put_u24(p, offset);
    return put_bytes(p, still->file->data + offset, len);
}
