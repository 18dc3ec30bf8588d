#ifndef AIRCLASS_TESTS_UNIT_VIEWER_PLAYER_H
#define AIRCLASS_TESTS_UNIT_VIEWER_PLAYER_H

#include "tests/unit/unit.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/viewer/fake_ws.h"

/*
 * A player that believes docs/protocol.md: puts together what comes and fails the test when it
 * can't. Frames have to begin with their own time and that of the frame they build on (a keyframe:
 * its own), so that one which is missing shows. Counts what it got.
 */
enum { PLAYER_KEPT = 8, PLAYER_FRAME_MAX = 64 << 10 };

struct player_still {
    uint32_t id, total, have; /* being put together; id 0: none */
    uint32_t kept[PLAYER_KEPT];
    uint32_t n_kept; /* ever */
    uint32_t shown;  /* id; 0: none */
    uint32_t shown_pts_ms;
};

struct player_video {
    bool has_config, has_key;
    uint32_t frame_ms; /* the last one that can be shown */
    /* a frame in parts */
    uint8_t kind;
    uint32_t pts_ms, total, have; /* have 0: none */
    uint8_t bytes[PLAYER_FRAME_MAX];
};

struct player {
    bool has_voice_config, has_voice;
    uint32_t voice_ms;  /* where the voice got ends */
    uint32_t again_ms;  /* so much of it came again, at most */
    uint32_t packet_ms; /* how long a packet plays */
    struct player_video video;
    struct player_still still;

    uint32_t bundles, holes, keys, deltas, parts, gaps, stills, names;
    /* When set: voice from `from_ms` to `to_ms` that was not there before has come whole. */
    void (*on_voice)(void *owner, uint32_t from_ms, uint32_t to_ms);
    void *owner;
};

static inline void player_init(struct player *p)
{
    memset(p, 0, sizeof(*p));
}

/* -- voice ------------------------------------------------------------------------------------ */

static inline void player_voice_config(struct player *p, struct bytes b)
{
    bytes_u16(&b);
    uint16_t samples = bytes_u16(&b);
    uint32_t rate = bytes_u32(&b);
    assert_false(b.bad);
    p->packet_ms = rate ? samples * 1000u / rate : 0;
    assert_true(p->packet_ms > 0);
    p->has_voice_config = true;
}

static inline uint32_t player_packets(struct bytes b)
{
    uint32_t n = 0;
    for (; bytes_left(&b) > 0; n++) {
        uint32_t len = bytes_u8(&b);
        if (len >= 252)
            len += 4u * bytes_u8(&b);
        assert_non_null(bytes_take(&b, len));
    }
    return n;
}

/* What comes again is less than a bundle. */
static inline void player_bundle(struct player *p, const struct fake_unit *u)
{
    assert_true(p->has_voice_config);
    uint32_t end_ms = u->pts_ms + player_packets(u->payload) * p->packet_ms;
    uint32_t from_ms = u->pts_ms;
    if (p->has_voice && (int32_t)(from_ms - p->voice_ms) > 0)
        p->holes++;
    if (p->has_voice && (int32_t)(from_ms - p->voice_ms) < 0) {
        uint32_t again_ms = p->voice_ms - from_ms;
        p->again_ms = again_ms > p->again_ms ? again_ms : p->again_ms;
        from_ms = p->voice_ms;
    }
    assert_true((int32_t)(end_ms - from_ms) > 0);
    p->bundles++;
    p->has_voice = true;
    p->voice_ms = end_ms;
    if (p->on_voice)
        p->on_voice(p->owner, from_ms, end_ms);
}

/* -- video ------------------------------------------------------------------------------------ */

static inline void player_frame(struct player *p, uint8_t kind, struct bytes b)
{
    struct player_video *v = &p->video;
    bool is_key = kind == UNIT_KEY;
    uint32_t own_ms = bytes_u32(&b);
    uint32_t base_ms = bytes_u32(&b);
    v->have = 0;
    assert_false(b.bad);
    assert_true(v->has_config);
    if (is_key)
        assert_int_equal(base_ms, own_ms);
    else if (!v->has_key || base_ms != v->frame_ms)
        fail_msg("frame %u builds on %u, which is not the last (%u)", own_ms, base_ms, v->frame_ms);
    v->has_key = true;
    v->frame_ms = own_ms;
    p->keys += is_key;
    p->deltas += !is_key;
}

static inline void player_part(struct player *p, const struct fake_unit *u)
{
    struct player_video *v = &p->video;
    struct bytes b = u->payload;
    uint8_t kind = bytes_u8(&b);
    uint32_t total = bytes_u24(&b);
    uint32_t offset = bytes_u24(&b);
    size_t len = bytes_left(&b);
    assert_true(!b.bad && len > 0 && total <= PLAYER_FRAME_MAX && len <= total - offset);
    if (offset == 0) {
        v->kind = kind;
        v->pts_ms = u->pts_ms;
        v->total = total;
    } else {
        assert_true(v->have > 0);
        assert_true(v->kind == kind && v->pts_ms == u->pts_ms && v->total == total);
        assert_int_equal(v->have, offset);
    }
    memcpy(v->bytes + offset, b.p, len);
    v->have = offset + (uint32_t)len;
    p->parts++;
    if (v->have == v->total)
        player_frame(p, kind, bytes_of(v->bytes, v->total));
}

static inline void player_video(struct player *p, const struct fake_unit *u)
{
    struct player_video *v = &p->video;
    switch (u->kind) {
    case UNIT_CONFIG:
        v->has_config = true;
        v->has_key = false;
        v->have = 0;
        break;
    case UNIT_KEY:
    case UNIT_DELTA: player_frame(p, u->kind, u->payload); break;
    case UNIT_GAP:
        v->has_config = v->has_key = false;
        v->have = 0;
        p->gaps++;
        break;
    case UNIT_PART: player_part(p, u); break;
    default: fail_msg("video of kind %u", u->kind);
    }
}

/* -- stills ----------------------------------------------------------------------------------- */

static inline bool player_keeps(const struct player_still *s, uint32_t id)
{
    for (uint32_t i = 0; i < PLAYER_KEPT && i < s->n_kept; i++) {
        if (s->kept[i] == id)
            return true;
    }
    return false;
}

static inline void player_still(struct player *p, const struct fake_unit *u)
{
    struct player_still *s = &p->still;
    struct bytes b = u->payload;
    assert_int_equal(u->kind, UNIT_PIECE);
    bytes_u8(&b);
    uint32_t id = bytes_u32(&b);
    uint32_t total = bytes_u24(&b);
    uint32_t offset = bytes_u24(&b);
    uint32_t len = (uint32_t)bytes_left(&b);
    assert_false(b.bad);
    if (len == 0) {
        assert_int_equal(offset, total);
        assert_true(player_keeps(s, id));
        s->shown = id;
        s->shown_pts_ms = u->pts_ms;
        p->names++;
        return;
    }
    if (offset == 0) {
        s->id = id;
        s->total = total;
        s->have = 0;
    }
    assert_true(s->id == id && s->total == total && s->have == offset && len <= total - offset);
    s->have += len;
    if (s->have < total)
        return;
    assert_false(player_keeps(s, id)); /* its name would have done */
    s->kept[s->n_kept++ % PLAYER_KEPT] = s->shown = id;
    s->shown_pts_ms = u->pts_ms;
    s->id = 0;
    p->stills++;
}

/* -- messages --------------------------------------------------------------------------------- */

static inline void player_message(struct player *p, const void *bytes, size_t len)
{
    struct bytes b = bytes_of(bytes, len);
    struct fake_unit u;
    while (fake_unit(&b, &u)) {
        switch (u.track) {
        case UNIT_VOICE:
            if (u.kind == UNIT_CONFIG)
                player_voice_config(p, u.payload);
            else
                player_bundle(p, &u);
            break;
        case UNIT_VIDEO: player_video(p, &u); break;
        case UNIT_STILL: player_still(p, &u); break;
        default: fail_msg("track %u", u.track);
        }
    }
}

/* All that was sent. */
static inline void player_read(struct player *p, const struct ws *ws)
{
    for (size_t i = 0; i < ws->n_sent; i++)
        player_message(p, ws->sent[i].bytes, ws->sent[i].len);
}

#endif
