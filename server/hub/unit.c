#include "server/hub/unit.h"

#include <assert.h>
#include <errno.h>

#include "server/base/bytes.h"

uint8_t *unit_write_header(uint8_t *p, enum unit_track track, enum unit_kind kind, uint32_t len,
                           uint32_t pts_ms)
{
    assert(len <= UNIT_PAYLOAD_MAX);
    p = put_u8(p, (uint8_t)((unsigned)track << 4 | (unsigned)kind));
    p = put_u24(p, len);
    return put_u32(p, pts_ms);
}

int unit_message(struct buf **out, enum unit_track track, enum unit_kind kind, uint32_t pts_ms,
                 const void *a, size_t a_len, const void *b, size_t b_len)
{
    size_t len = a_len + b_len;
    if (len > UNIT_PAYLOAD_MAX)
        return -EMSGSIZE;
    int err = buf_new(out, UNIT_HEADER + len);
    if (err)
        return err;
    uint8_t *p = unit_write_header((*out)->data, track, kind, (uint32_t)len, pts_ms);
    p = put_bytes(p, a, a_len);
    put_bytes(p, b, b_len);
    return 0;
}

uint8_t *unit_write_packet_len(uint8_t *p, uint32_t len)
{
    assert(len <= UNIT_PACKET_MAX);
    if (len < 252)
        return put_u8(p, (uint8_t)len);
    uint32_t low = 252 + (len & 3);
    p = put_u8(p, (uint8_t)low);
    return put_u8(p, (uint8_t)((len - low) / 4));
}
