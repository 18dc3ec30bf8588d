#ifndef AIRCLASS_TESTS_UNIT_NET_FRAMES_H
#define AIRCLASS_TESTS_UNIT_NET_FRAMES_H

#include "server/base/bytes.h"
#include "tests/unit/net/loopback.h"

/* What a WebSocket client says and hears, byte by byte. */

/* A frame as a client sends it: masked, unless `first` or `masked` say otherwise. */
static inline size_t make_frame(uint8_t *out, uint8_t first, const void *payload, size_t len,
                                bool is_masked)
{
    static const uint8_t mask[4] = {0x11, 0x22, 0x33, 0x44};
    uint8_t bit = is_masked ? 0x80 : 0;
    uint8_t *p = put_u8(out, first);
    if (len < 126)
        p = put_u8(p, (uint8_t)len | bit);
    else if (len < 65536)
        p = put_u16(put_u8(p, 126 | bit), (uint16_t)len);
    else
        p = put_u32(put_u32(put_u8(p, 127 | bit), 0), (uint32_t)len);
    if (is_masked)
        p = put_bytes(p, mask, sizeof(mask));
    for (size_t i = 0; i < len; i++)
        *p++ = ((const uint8_t *)payload)[i] ^ (is_masked ? mask[i & 3] : 0);
    return (size_t)(p - out);
}

/* The code of the close frame that the client got, or 0. */
static inline unsigned close_code(struct client *c)
{
    client_take(c);
    const uint8_t *p = (const uint8_t *)c->in;
    for (size_t at = 0; at + 4 <= c->len;) {
        size_t len = p[at + 1] & 0x7f;
        size_t header = 2;
        if (len == 126) {
            len = (size_t)p[at + 2] << 8 | p[at + 3];
            header = 4;
        }
        if (p[at] == 0x88)
            return (unsigned)p[at + 2] << 8 | p[at + 3];
        at += header + len;
    }
    return 0;
}

#endif
