#include "codec/wire/wire.h"

#include <errno.h>

#include "server/base/bytes.h"

void wire_write_header(uint8_t out[WIRE_HEADER], const struct wire_msg *m)
{
    uint8_t *p = put_u32(out, m->len);
    p = put_u8(p, m->type);
    p = put_u8(p, m->rendition);
    p = put_u8(p, m->kind);
    p = put_u8(p, m->flags);
    put_u32(p, m->pts_ms);
}

int wire_parse(struct wire_msg *m, const void *data, size_t len, size_t *used)
{
    struct bytes b = bytes_of(data, len);
    struct wire_msg out = {.len = bytes_u32(&b)};
    out.type = bytes_u8(&b);
    out.rendition = bytes_u8(&b);
    out.kind = bytes_u8(&b);
    out.flags = bytes_u8(&b);
    out.pts_ms = bytes_u32(&b);
    if (b.bad) {
        *used = WIRE_HEADER;
        return -EAGAIN;
    }
    if (out.len > WIRE_PAYLOAD_MAX)
        return -EMSGSIZE;
    *used = WIRE_HEADER + (size_t)out.len;
    out.payload = bytes_take(&b, out.len);
    if (b.bad)
        return -EAGAIN;
    *m = out;
    return 0;
}

const char *wire_content_name(enum wire_content content)
{
    switch (content) {
    case WIRE_CONTENT_SLIDES: return "slides";
    case WIRE_CONTENT_CAMERA: return "camera";
    case WIRE_CONTENT_TOO_LARGE: return "too large";
    case WIRE_CONTENT_UNKNOWN: break;
    }
    return "unknown";
}
