#include "tests/bench/client/units.h"

#include "server/base/bytes.h"

enum { TWO_BYTES = 252 };

static bool read_config(struct units *u, struct bytes *b)
{
    if (u->track == UNIT_VOICE) {
        bytes_take(b, 2);
        uint32_t samples = bytes_u16(b);
        uint32_t rate = bytes_u32(b);
        u->packet_us = rate ? (uint32_t)((uint64_t)samples * 1000000 / rate) : 0;
    }
    return !b->bad;
}

static bool read_bundle(struct units *u, struct bytes *b, uint32_t packet_us)
{
    while (bytes_left(b) > 0 && !b->bad) {
        uint32_t len = bytes_u8(b);
        if (len >= TWO_BYTES)
            len += 4u * bytes_u8(b);
        bytes_take(b, len);
        u->count++;
    }
    u->end_ms = u->pts_ms + (uint32_t)((uint64_t)u->count * packet_us / 1000);
    return !b->bad;
}

static void read_frame(struct units *u, uint32_t pts_ms)
{
    if (u->count > 0 && pts_ms - u->end_ms > u->step_ms)
        u->step_ms = pts_ms - u->end_ms;
    u->end_ms = pts_ms;
    u->count++;
}

bool units_read(struct units *out, const uint8_t *message, size_t len, uint32_t packet_us)
{
    struct bytes b = bytes_of(message, len);
    *out = (struct units){0};
    for (bool is_first = true; bytes_left(&b) > 0; is_first = false) {
        uint8_t head = bytes_u8(&b);
        uint32_t payload_len = bytes_u24(&b);
        uint32_t pts_ms = bytes_u32(&b);
        const uint8_t *payload = bytes_take(&b, payload_len);
        if (!payload || (!is_first && head >> 4 != (int)out->track))
            return false;
        if (is_first) {
            out->track = head >> 4;
            out->kind = head & 15;
            out->pts_ms = out->end_ms = pts_ms;
        }
        struct bytes unit = bytes_of(payload, payload_len);
        bool ok = true;
        if ((head & 15) == UNIT_CONFIG)
            ok = read_config(out, &unit);
        else if ((head & 15) == UNIT_BUNDLE)
            ok = read_bundle(out, &unit, packet_us);
        else if ((head & 15) == UNIT_KEY || (head & 15) == UNIT_DELTA)
            read_frame(out, pts_ms);
        if (!ok)
            return false;
    }
    return len > 0 && !b.bad;
}
