#include "codec/encoder.h"

#include <errno.h>
#include <string.h>

#include "server/base/bytes.h"

static const struct encoder_kind *const kinds[] = {
    &encode_opus, &encode_aac, &encode_h264, &encode_avif, &encode_webp,
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct encoder_kind *kind_of(uint8_t codec)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i]->codec == codec)
            return kinds[i];
    return NULL;
}

int encoder_open(struct encoder **out, const struct rendition_spec *spec, const AVFrame *first,
                 unit_fn *emit, void *arg)
{
    const struct encoder_kind *kind = kind_of(spec->codec);
    struct encoder *e = NULL;
    if (!kind)
        return -ENOSYS;
    int err = kind->open(&e, spec, first);
    if (err)
        return err;
    e->kind = kind;
    e->spec = spec;
    e->emit = emit;
    e->arg = arg;
    *out = e;
    return 0;
}

void encoder_close(struct encoder **encoder)
{
    struct encoder *e = *encoder;
    if (e)
        e->kind->close(e);
    *encoder = NULL;
}

uint8_t encoder_quality(const struct encoder *e, enum wire_content content)
{
    return content == WIRE_CONTENT_SLIDES ? e->spec->quality : e->spec->camera_quality;
}

int encoder_emit_still(const struct encoder *e, const AVFrame *picture, uint32_t pts_ms,
                       const void *file, size_t len)
{
    uint8_t head[4];
    put_u16(put_u16(head, (uint16_t)picture->width), (uint16_t)picture->height);
    return e->emit(e->arg, &(struct unit){.kind = WIRE_STILL,
                                          .pts_ms = pts_ms,
                                          .head = head,
                                          .head_len = sizeof(head),
                                          .data = file,
                                          .len = len});
}
