#include "server/ingest/web/uplink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum track { TRACK_VOICE = 0, TRACK_VIDEO = 1, TRACK_INK = 3, TRACK_PROBE = 7 };
enum kind { KIND_CONFIG, KIND_KEY, KIND_DELTA, KIND_BUNDLE, KIND_PART = 6 };

struct unit {
    uint8_t track, kind;
    uint32_t pts_ms;
    struct bytes payload;
};

/* What a unit came to, when it is no error. */
enum outcome { NOTHING, AN_EVENT };

static int fail(const char **why, const char *text)
{
    *why = text;
    return -EPROTO;
}

void uplink_release(struct uplink *u)
{
    free(u->frame);
    u->frame = NULL;
    u->room = 0;
}

void uplink_reset(struct uplink *u)
{
    uint32_t probed = u->probed;
    uplink_release(u);
    *u = (struct uplink){.probed = probed};
}

void uplink_greeted(struct uplink *u)
{
    u->probed = 0;
}

/* -- events ----------------------------------------------------------------------------------- */

static int give_media(struct uplink_event *ev, enum media_type type, uint32_t pts_ms,
                      const uint8_t *body, size_t len, const char **why)
{
    struct media_info info;
    *ev = (struct uplink_event){
        .kind = UPLINK_MEDIA,
        .tag = {.container = MEDIA_PACKETS,
                .type = (uint8_t)type,
                .dts_ms = pts_ms,
                .body = body,
                .len = (uint32_t)len}
    };
    if (media_inspect(&info, &ev->tag) != 0 || info.unsupported)
        return fail(why, type == MEDIA_AUDIO ? "bad voice" : "bad picture");
    return AN_EVENT;
}

/* -- voice ------------------------------------------------------------------------------------ */

static int give_voice(struct uplink *u, struct uplink_event *ev, uint32_t pts_ms, uint8_t kind,
                      const uint8_t *bytes, size_t len, const char **why)
{
    packet_write_head(u->voice, PACKET_OPUS, kind);
    put_bytes(u->voice + PACKET_HEAD, bytes, len);
    return give_media(ev, MEDIA_AUDIO, pts_ms, u->voice, PACKET_HEAD + len, why);
}

/* Behind its byte for the codec it is the packet's config. */
static int on_voice_config(struct uplink *u, struct unit *unit, struct uplink_event *ev,
                           const char **why)
{
    uint8_t codec = bytes_u8(&unit->payload);
    size_t len = bytes_left(&unit->payload);
    if (unit->payload.bad || codec != PACKET_OPUS || len != PACKET_VOICE_CONFIG - PACKET_HEAD)
        return fail(why, "bad voice config");
    u->has_voice = true;
    return give_voice(u, ev, unit->pts_ms, PACKET_CONFIG, unit->payload.p, len, why);
}

/* A packet of a bundle, led by its length (RFC 6716 §3.2.1). */
static const uint8_t *next_packet(struct bytes *b, size_t *len)
{
    *len = bytes_u8(b);
    if (*len >= 252)
        *len += (size_t)bytes_u8(b) * 4;
    return bytes_take(b, *len);
}

static bool is_bundle(struct bytes b)
{
    size_t n = 0;
    for (; bytes_left(&b) > 0; n++) {
        size_t len;
        const uint8_t *packet = next_packet(&b, &len);
        if (!packet || packet_opus_samples(packet, len) == 0)
            return false;
    }
    return n > 0 && n <= UPLINK_PACKETS_MAX;
}

static int on_bundle(struct uplink *u, const struct unit *unit, const char **why)
{
    if (!u->has_voice)
        return fail(why, "voice before its config");
    if (!is_bundle(unit->payload))
        return fail(why, "bad bundle");
    u->bundle = unit->payload;
    u->bundle_ms = unit->pts_ms;
    u->bundle_samples = 0;
    return NOTHING; /* its packets follow */
}

static int next_of_bundle(struct uplink *u, struct uplink_event *ev, const char **why)
{
    size_t len;
    const uint8_t *packet = next_packet(&u->bundle, &len);
    uint32_t pts_ms = u->bundle_ms + u->bundle_samples / 48;
    u->bundle_samples += packet_opus_samples(packet, len);
    return give_voice(u, ev, pts_ms, PACKET_KEY, packet, len, why);
}

/* -- pictures --------------------------------------------------------------------------------- */

static int make_room(struct uplink *u, size_t len)
{
    if (u->room >= PACKET_HEAD + len)
        return 0;
    uint8_t *frame = realloc(u->frame, PACKET_HEAD + len);
    if (!frame)
        return -ENOMEM;
    u->frame = frame;
    u->room = PACKET_HEAD + len;
    return 0;
}

/* The page gave the unfinished picture up, and what it sends next builds on it. */
static void give_up_part(struct uplink *u)
{
    u->needs_key |= u->part.is_open;
    u->part.is_open = false;
}

static int on_video_config(struct uplink *u, struct unit *unit, struct uplink_event *ev,
                           const char **why)
{
    uint8_t codec = bytes_u8(&unit->payload);
    size_t len = bytes_left(&unit->payload);
    if (unit->payload.bad || packet_is_voice(codec) || len > PACKET_DESCRIPTION_MAX + 4)
        return fail(why, "bad picture config");
    int err = make_room(u, len);
    if (err)
        return err;
    u->part.is_open = false;
    u->video = codec;
    u->needs_key = true;
    packet_write_head(u->frame, codec, PACKET_CONFIG);
    put_bytes(u->frame + PACKET_HEAD, unit->payload.p, len);
    return give_media(ev, MEDIA_VIDEO, unit->pts_ms, u->frame, PACKET_HEAD + len, why);
}

/* It is in `frame`, whole. */
static int give_frame(struct uplink *u, struct uplink_event *ev, uint8_t kind, uint32_t pts_ms,
                      size_t len, const char **why)
{
    if (kind == KIND_DELTA && u->needs_key) {
        u->wants_key = true;
        return NOTHING;
    }
    u->needs_key = false;
    packet_write_head(u->frame, u->video, kind == KIND_KEY ? PACKET_KEY : PACKET_DELTA);
    return give_media(ev, MEDIA_VIDEO, pts_ms, u->frame, PACKET_HEAD + len, why);
}

static int on_frame(struct uplink *u, const struct unit *unit, struct uplink_event *ev,
                    const char **why)
{
    size_t len = bytes_left(&unit->payload);
    if (!u->video)
        return fail(why, "picture before its config");
    if (len == 0)
        return fail(why, "empty picture");
    int err = make_room(u, len);
    if (err)
        return err;
    give_up_part(u);
    put_bytes(u->frame + PACKET_HEAD, unit->payload.p, len);
    return give_frame(u, ev, unit->kind, unit->pts_ms, len, why);
}

static int begin_part(struct uplink *u, uint8_t kind, uint32_t pts_ms, uint32_t total,
                      const char **why)
{
    if (kind != KIND_KEY && kind != KIND_DELTA)
        return fail(why, "bad part");
    if (total > UPLINK_FRAME_MAX)
        return fail(why, "picture too big");
    int err = make_room(u, total);
    if (err)
        return err;
    give_up_part(u);
    u->part.is_open = true;
    u->part.kind = kind;
    u->part.pts_ms = pts_ms;
    u->part.total = total;
    u->part.have = 0;
    return 0;
}

static int on_part(struct uplink *u, struct unit *unit, struct uplink_event *ev, const char **why)
{
    struct bytes *b = &unit->payload;
    uint8_t kind = bytes_u8(b);
    uint32_t total = bytes_u24(b);
    uint32_t offset = bytes_u24(b);
    size_t len = bytes_left(b);
    if (!u->video)
        return fail(why, "picture before its config");
    if (b->bad || len == 0)
        return fail(why, "bad part");
    int err = offset == 0 ? begin_part(u, kind, unit->pts_ms, total, why) : 0;
    if (err)
        return err;
    if (!u->part.is_open || u->part.kind != kind || u->part.pts_ms != unit->pts_ms ||
        u->part.total != total || u->part.have != offset || len > total - offset)
        return fail(why, "part out of place");
    put_bytes(u->frame + PACKET_HEAD + offset, b->p, len);
    u->part.have += (uint32_t)len;
    if (u->part.have < total)
        return NOTHING;
    u->part.is_open = false;
    return give_frame(u, ev, kind, unit->pts_ms, total, why);
}

/* -- units ------------------------------------------------------------------------------------ */

static int on_ink(const struct unit *unit, struct uplink_event *ev, const char **why)
{
    size_t len = bytes_left(&unit->payload);
    if (unit->kind != KIND_DELTA || len == 0 || len > UPLINK_INK_MAX)
        return fail(why, "bad ink");
    *ev = (struct uplink_event){
        .kind = UPLINK_INK, .pts_ms = unit->pts_ms, .bytes = unit->payload.p, .len = len};
    return AN_EVENT;
}

static int on_probe(struct uplink *u, const struct unit *unit, struct uplink_event *ev,
                    const char **why)
{
    if (unit->kind != 0)
        return fail(why, "unknown unit");
    u->probed += (uint32_t)bytes_left(&unit->payload);
    if (u->probed > UPLINK_PROBE_MAX)
        return fail(why, "too much to measure with");
    *ev = (struct uplink_event){.kind = UPLINK_PROBE};
    return AN_EVENT;
}

static int on_unit(struct uplink *u, struct unit *unit, struct uplink_event *ev, const char **why)
{
    switch (unit->track << 4 | unit->kind) {
    case TRACK_VOICE << 4 | KIND_CONFIG: return on_voice_config(u, unit, ev, why);
    case TRACK_VOICE << 4 | KIND_BUNDLE: return on_bundle(u, unit, why);
    case TRACK_VIDEO << 4 | KIND_CONFIG: return on_video_config(u, unit, ev, why);
    case TRACK_VIDEO << 4 | KIND_KEY:
    case TRACK_VIDEO << 4 | KIND_DELTA: return on_frame(u, unit, ev, why);
    case TRACK_VIDEO << 4 | KIND_PART: return on_part(u, unit, ev, why);
    }
    if (unit->track == TRACK_INK)
        return on_ink(unit, ev, why);
    if (unit->track == TRACK_PROBE)
        return on_probe(u, unit, ev, why);
    return fail(why, "unknown unit");
}

static int next_unit(struct bytes *in, struct unit *out, const char **why)
{
    uint8_t head = bytes_u8(in);
    uint32_t len = bytes_u24(in);
    *out = (struct unit){.track = head >> 4, .kind = head & 15, .pts_ms = bytes_u32(in)};
    const uint8_t *payload = bytes_take(in, len);
    if (in->bad)
        return fail(why, "unit cut off");
    out->payload = bytes_of(payload, len);
    return 0;
}

int uplink_next(struct uplink *u, struct bytes *in, struct uplink_event *ev, const char **why)
{
    int outcome = NOTHING;
    while (outcome == NOTHING) {
        struct unit unit;
        if (bytes_left(&u->bundle) > 0) {
            outcome = next_of_bundle(u, ev, why);
        } else if (bytes_left(in) == 0) {
            return -EAGAIN;
        } else {
            outcome = next_unit(in, &unit, why);
            if (!outcome)
                outcome = on_unit(u, &unit, ev, why);
        }
    }
    return outcome < 0 ? outcome : 0;
}
