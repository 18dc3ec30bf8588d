#include "codec/avcc.h"

#include <errno.h>

#include "server/base/bytes.h"

enum { NAL_SEI = 6, NAL_SPS = 7, NAL_PPS = 8, NAL_DELIMITER = 9, NAL_FILLER = 12 };

struct nal {
    const uint8_t *data; /* NULL: there is none */
    size_t len;
};

static const uint8_t *find_start(const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 3; p++)
        if (p[0] == 0 && p[1] == 0 && p[2] == 1)
            return p;
    return end;
}

/* The next NAL unit at or after *at, which moves behind it. */
static struct nal next_nal(const uint8_t **at, const uint8_t *end)
{
    struct nal nal = {0};
    while (!nal.len) {
        const uint8_t *start = find_start(*at, end);
        if (start == end) {
            *at = end;
            return (struct nal){0};
        }
        nal.data = start + 3;
        *at = find_start(nal.data, end);
        nal.len = (size_t)(*at - nal.data);
        /* Zeroes before a start code belong to it; none ends a NAL unit. */
        while (nal.len && nal.data[nal.len - 1] == 0)
            nal.len--;
    }
    return nal;
}

static int nal_type(struct nal nal)
{
    return nal.data[0] & 0x1f;
}

static int is_dropped(int type)
{
    return type == NAL_SEI || type == NAL_SPS || type == NAL_PPS || type == NAL_DELIMITER ||
           type == NAL_FILLER;
}

size_t avcc_from_annexb(uint8_t *out, const uint8_t *data, size_t len)
{
    uint8_t *p = out;
    const uint8_t *at = data, *end = data + len;
    for (struct nal nal = next_nal(&at, end); nal.data; nal = next_nal(&at, end)) {
        if (is_dropped(nal_type(nal)))
            continue;
        p = put_u32(p, (uint32_t)nal.len);
        p = put_bytes(p, nal.data, nal.len);
    }
    return (size_t)(p - out);
}

static struct nal find_nal(const uint8_t *data, size_t len, int type)
{
    const uint8_t *at = data, *end = data + len;
    struct nal nal;
    do
        nal = next_nal(&at, end);
    while (nal.data && nal_type(nal) != type);
    return nal;
}

int avcc_config(uint8_t *out, size_t room, const uint8_t *data, size_t len)
{
    struct nal sps = find_nal(data, len, NAL_SPS);
    struct nal pps = find_nal(data, len, NAL_PPS);
    if (!sps.data || sps.len < 4 || sps.len > UINT16_MAX || !pps.data || pps.len > UINT16_MAX)
        return -EINVAL;
    if (room < 11 + sps.len + pps.len)
        return -ENOSPC;
    uint8_t *p = put_u8(out, 1);
    p = put_bytes(p, sps.data + 1, 3); /* profile, constraints, level */
    p = put_u8(p, 0xff);               /* lengths of 4 bytes */
    p = put_u8(p, 0xe1);               /* one SPS */
    p = put_u16(p, (uint16_t)sps.len);
    p = put_bytes(p, sps.data, sps.len);
    p = put_u8(p, 1);
    p = put_u16(p, (uint16_t)pps.len);
    p = put_bytes(p, pps.data, pps.len);
    return (int)(p - out);
}
