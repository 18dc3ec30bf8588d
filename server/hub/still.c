#include "server/hub/still.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

static const uint32_t cut_bytes[STILL_CUTS] = {
    [STILL_THIN] = STILL_THIN_BYTES,
    [STILL_WIDE] = STILL_WIDE_BYTES,
};

struct still {
    uint32_t refs;
    uint32_t id;
    uint32_t pts_ms;
    uint8_t format;
    struct buf *file;
    struct buf **pieces[STILL_CUTS]; /* NULL until asked for */
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
    for (int cut = 0; cut < STILL_CUTS; cut++) {
        uint32_t n = still_pieces(s, (enum still_cut)cut);
        for (uint32_t i = 0; s->pieces[cut] && i < n; i++)
            buf_unref(&s->pieces[cut][i]);
        free(s->pieces[cut]);
    }
    buf_unref(&s->file);
    free(s);
}

uint32_t still_id(const struct still *still)
{
    return still->id;
}

uint32_t still_pieces(const struct still *still, enum still_cut cut)
{
    return (still->file->len + cut_bytes[cut] - 1) / cut_bytes[cut];
}

static int make_piece(struct still *s, uint32_t offset, uint32_t len, struct buf **out)
{
    uint8_t head[UNIT_PIECE_HEADER];
    uint8_t *p = put_u8(head, s->format);
    p = put_u32(p, s->id);
    p = put_u24(p, s->file->len);
    put_u24(p, offset);
    return unit_message(out, UNIT_STILL, UNIT_PIECE, s->pts_ms, head, sizeof(head),
                        s->file->data + offset, len);
}

int still_piece(struct still *still, enum still_cut cut, uint32_t index, struct buf **out)
{
    uint32_t n = still_pieces(still, cut);
    assert(index < n);
    if (!still->pieces[cut])
        still->pieces[cut] = calloc(n, sizeof(struct buf *));
    if (!still->pieces[cut])
        return -ENOMEM;
    struct buf **piece = &still->pieces[cut][index];
    if (!*piece) {
        uint32_t offset = index * cut_bytes[cut];
        uint32_t rest = still->file->len - offset;
        int err = make_piece(still, offset, rest < cut_bytes[cut] ? rest : cut_bytes[cut], piece);
        if (err)
            return err;
    }
    *out = *piece;
    return 0;
}
