#ifndef AIRCLASS_TESTS_UNIT_INGEST_WEB_PAGE_H
#define AIRCLASS_TESTS_UNIT_INGEST_WEB_PAGE_H

#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/bytes.h"

/* What a teacher's page sends, by hand: a message, unit by unit. */
enum { PAGE_MESSAGE_MAX = 128 << 10, VP8 = 3 };
enum { VOICE = 0, VIDEO = 1, STILL = 2, INK = 3, PROBE = 7 };
enum { CONFIG, KEY, DELTA, BUNDLE, PIECE, GAP, PART };

struct page_message {
    uint8_t bytes[PAGE_MESSAGE_MAX];
    size_t len;
};

static inline void page_unit(struct page_message *m, uint8_t track, uint8_t kind, uint32_t pts_ms,
                             const void *payload, size_t len)
{
    assert_true(m->len + 8 + len <= sizeof(m->bytes));
    uint8_t *p = put_u8(m->bytes + m->len, (uint8_t)(track << 4 | kind));
    p = put_u24(p, (uint32_t)len);
    p = put_u32(p, pts_ms);
    p = put_bytes(p, payload, len);
    m->len = (size_t)(p - m->bytes);
}

static inline void page_voice_config(struct page_message *m, uint32_t pts_ms)
{
    page_unit(m, VOICE, CONFIG, pts_ms, "\1\1\0\0\xbb\x80", 6);
}

static inline void page_video_config(struct page_message *m, uint32_t pts_ms)
{
    page_unit(m, VIDEO, CONFIG, pts_ms, "\3\1\x40\0\xb4", 5); /* VP8, 320 x 180 */
}

/* Packets of 20 ms, 3 bytes each. */
static inline void page_voice(struct page_message *m, uint32_t pts_ms, int n)
{
    uint8_t payload[64 * 4], *p = payload;
    assert_in_range(n, 1, 64);
    for (int i = 0; i < n; i++)
        p = put_bytes(p, "\3\x78\1\2", 4); /* its length; CELT, fullband, one frame */
    page_unit(m, VOICE, BUNDLE, pts_ms, payload, (size_t)(p - payload));
}

static inline void page_part(struct page_message *m, uint8_t kind, uint32_t pts_ms, uint32_t total,
                             uint32_t offset, size_t len)
{
    static uint8_t payload[7 + PAGE_MESSAGE_MAX];
    uint8_t *p = put_u24(put_u24(put_u8(payload, kind), total), offset);
    memset(p, (int)(offset & 255), len);
    page_unit(m, VIDEO, PART, pts_ms, payload, 7 + len);
}

static inline void page_frame(struct page_message *m, uint8_t kind, uint32_t pts_ms, size_t len)
{
    static uint8_t payload[PAGE_MESSAGE_MAX];
    memset(payload, 0x10, len);
    page_unit(m, VIDEO, kind, pts_ms, payload, len);
}

#endif
