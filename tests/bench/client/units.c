#include "tests/bench/client/units.h"

enum { TWO_BYTES = 252 };

/* FNV-1a. */
static uint64_t hash_more(uint64_t h, const uint8_t *p, size_t len)
{
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * 0x100000001b3u;
    return h;
}

static uint64_t hash_begin(enum unit_track track, enum unit_kind kind, uint32_t pts_ms)
{
    uint8_t head[UNIT_HEADER];
    unit_write_header(head, track, kind, 0, pts_ms);
    return hash_more(0xcbf29ce484222325u, head, sizeof(head));
}

static bool read_config(struct units *u, const struct unit_in *in, struct bytes b)
{
    if (in->track != UNIT_VOICE)
        return true;
    bytes_take(&b, 2);
    uint32_t samples = bytes_u16(&b);
    uint32_t rate = bytes_u32(&b);
    u->packet_us = rate ? (uint32_t)((uint64_t)samples * 1000000 / rate) : 0;
    return !b.bad;
}

static bool read_bundle(const struct units *u, struct unit_in *in, struct bytes b)
{
    while (bytes_left(&b) > 0 && !b.bad) {
        uint32_t len = bytes_u8(&b);
        if (len >= TWO_BYTES)
            len += 4u * bytes_u8(&b);
        bytes_take(&b, len);
        in->count++;
    }
    in->end_ms = in->pts_ms + (uint32_t)((uint64_t)in->count * u->packet_us / 1000);
    return !b.bad;
}

/* The same hash as if the frame had come in one. */
static bool read_part(struct units *u, struct unit_in *in, struct bytes b)
{
    enum unit_kind kind = bytes_u8(&b);
    uint32_t total = bytes_u24(&b);
    uint32_t offset = bytes_u24(&b);
    if (offset == 0) {
        u->part_hash = hash_begin(in->track, kind, in->pts_ms);
        u->part_have = 0;
    }
    if (b.bad || offset != u->part_have)
        return false;
    u->part_hash = hash_more(u->part_hash, b.p, bytes_left(&b));
    u->part_have += (uint32_t)bytes_left(&b);
    if (u->part_have < total)
        return true;
    in->kind = kind;
    in->hash = u->part_hash;
    in->len = total;
    in->count = 1;
    return u->part_have == total;
}

bool units_next(struct units *u, struct bytes *message, struct unit_in *out)
{
    uint8_t head = bytes_u8(message);
    size_t len = bytes_u24(message);
    uint32_t pts_ms = bytes_u32(message);
    const uint8_t *payload = bytes_take(message, len);
    if (!payload)
        return false;
    *out = (struct unit_in){
        .track = head >> 4, .kind = head & 15, .len = len, .pts_ms = pts_ms, .end_ms = pts_ms};
    uint32_t said_ms = out->kind == UNIT_CONFIG ? 0 : pts_ms;
    out->hash = hash_more(hash_begin(out->track, out->kind, said_ms), payload, len);
    switch (out->kind) {
    case UNIT_CONFIG: return read_config(u, out, bytes_of(payload, len));
    case UNIT_BUNDLE: return read_bundle(u, out, bytes_of(payload, len));
    case UNIT_KEY:
    case UNIT_DELTA: out->count = 1; return true;
    case UNIT_PART: return read_part(u, out, bytes_of(payload, len));
    case UNIT_PIECE:
    case UNIT_GAP: return true;
    }
    return false;
}
