#include "server/hub/lane.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

/* Listeners are told of video once for so much of it: most wait for the voice that goes with it. */
enum { VIDEO_SPAN_MS = 200 };

/* Half a minute of voice, more than anybody is given of the past; a group of pictures of 20 s. */
static const struct ring_limits voice_limits = {.messages = 256, .bytes = 512 << 10, .ms = 30000};
static const struct ring_limits video_limits = {.messages = 512, .bytes = 2 << 20, .ms = 20000};

int lane_init(struct lane *lane, uint8_t rendition, const struct rendition_spec *spec,
              uint16_t bundle_ms)
{
    *lane = (struct lane){.rendition = rendition, .spec = spec};
    lane->kind = codec_is_voice(spec->codec)   ? LANE_VOICE
                 : codec_is_still(spec->codec) ? LANE_STILL
                                               : LANE_VIDEO;
    lane->packer.span_ms = bundle_ms;
    if (lane->kind == LANE_STILL)
        return 0;
    return ring_new(&lane->ring, lane->kind == LANE_VOICE ? &voice_limits : &video_limits);
}

void lane_release(struct lane *lane)
{
    while (lane->n_subs > 0)
        lane_unsubscribe(lane->subs[lane->n_subs - 1]);
    free(lane->subs);
    packer_release(&lane->packer);
    ring_free(&lane->ring);
    buf_unref(&lane->config);
    still_unref(&lane->still);
    *lane = (struct lane){0};
}

void lane_clear(struct lane *lane)
{
    if (lane->ring)
        ring_clear(lane->ring);
    lane->packer.len = 0;
    still_unref(&lane->still);
}

static void set_config(struct lane *lane, struct buf *config)
{
    const struct buf *old = lane->config;
    bool same =
        old && old->len == config->len &&
        memcmp(old->data + UNIT_HEADER, config->data + UNIT_HEADER, config->len - UNIT_HEADER) == 0;
    if (same) {
        buf_unref(&config);
        return;
    }
    buf_unref(&lane->config);
    lane->config = config;
    lane->generation++;
    /* What the old encoder made means nothing under the new config. */
    ring_clear(lane->ring);
    lane->packer.len = 0;
}

/* For want of memory for the new config: no config is better than media under the wrong one. The
 * lane is silent until its encoder begins anew. */
static int no_config(struct lane *lane, int err)
{
    buf_unref(&lane->config);
    ring_clear(lane->ring);
    lane->packer.len = 0;
    return err;
}

/* An AudioSpecificConfig goes to every viewer: nothing oversized in its name. */
static bool is_sane_voice(bool is_aac, uint16_t samples, uint32_t rate, size_t extra)
{
    enum { ASC_LEAST = 2, ASC_MOST = 64 };
    if (samples == 0 || rate < 8000 || rate > 48000)
        return false;
    return is_aac ? extra >= ASC_LEAST && extra <= ASC_MOST : extra == 0;
}

static int voice_config(struct lane *lane, const struct wire_msg *m)
{
    bool is_aac = lane->spec->codec == CODEC_AAC;
    struct bytes b = bytes_of(m->payload, m->len);
    uint16_t samples = bytes_u16(&b);
    uint32_t rate = is_aac ? bytes_u32(&b) : 48000;
    if (b.bad || !is_sane_voice(is_aac, samples, rate, bytes_left(&b)))
        return -EPROTO;
    lane->packet_us = (uint32_t)((uint64_t)samples * 1000000 / rate);

    uint8_t head[8];
    uint8_t *p = put_u8(head, is_aac);
    p = put_u8(p, 1);
    p = put_u16(p, samples);
    put_u32(p, rate);
    struct buf *config;
    int err = unit_message(&config, UNIT_VOICE, UNIT_CONFIG, m->pts_ms, head, sizeof(head), b.p,
                           bytes_left(&b));
    if (err)
        return no_config(lane, err);
    set_config(lane, config);
    return 0;
}

static int video_config(struct lane *lane, const struct wire_msg *m)
{
    enum { SIZE = 4, AVCC_LEAST = 7, AVCC_MOST = 4096 };
    if (m->len < SIZE + AVCC_LEAST || m->len > SIZE + AVCC_MOST)
        return -EPROTO;
    struct buf *config;
    const uint8_t head[2] = {lane->rendition, 0};
    int err = unit_message(&config, UNIT_VIDEO, UNIT_CONFIG, m->pts_ms, head, sizeof(head),
                           m->payload, m->len);
    if (err)
        return no_config(lane, err);
    set_config(lane, config);
    return 0;
}

/* Into the ring, which keeps the message. */
static void publish(struct lane *lane, struct ring_entry *entry)
{
    ring_push(lane->ring, entry);
    buf_unref(&entry->message);
}

static void publish_bundle(struct lane *lane, const struct packed *packed)
{
    if (!packed->message)
        return;
    publish(lane, &(struct ring_entry){.message = packed->message,
                                       .pts_ms = packed->pts_ms,
                                       .duration_ms = packed->duration_ms,
                                       .is_start = true});
    lane->is_dirty = true;
}

static int voice_packet(struct lane *lane, const struct wire_msg *m)
{
    if (!lane->config || m->len == 0)
        return -EPROTO;
    struct packed out[2];
    int err = packer_add(&lane->packer, m->pts_ms, lane->packet_us, m->payload, m->len, out);
    if (err)
        return err;
    publish_bundle(lane, &out[0]);
    publish_bundle(lane, &out[1]);
    return 0;
}

static int video_frame(struct lane *lane, const struct wire_msg *m)
{
    if (!lane->config || m->len == 0)
        return -EPROTO;
    struct ring_entry e = {.pts_ms = m->pts_ms, .is_start = m->kind == WIRE_KEYFRAME};
    int err = unit_message(&e.message, UNIT_VIDEO, e.is_start ? UNIT_KEY : UNIT_DELTA, m->pts_ms,
                           m->payload, m->len, NULL, 0);
    if (err)
        return err;
    publish(lane, &e);
    if (e.is_start || m->pts_ms - lane->told_pts_ms >= VIDEO_SPAN_MS) {
        lane->told_pts_ms = m->pts_ms;
        lane->is_dirty = true;
    }
    return 0;
}

static int still_picture(struct lane *lane, const struct wire_msg *m)
{
    enum { SIZE = 4 };
    if (m->len <= SIZE)
        return -EPROTO;
    uint8_t format = lane->spec->codec == CODEC_AVIF ? UNIT_AVIF : UNIT_WEBP;
    struct still *still;
    int err = still_new(&still, format, m->pts_ms, m->payload + SIZE, m->len - SIZE);
    if (err)
        return err;
    if (lane->still && still_id(lane->still) == still_id(still)) {
        still_unref(&still); /* viewers have this picture, or are getting it */
        return 0;
    }
    still_unref(&lane->still);
    lane->still = still;
    lane->is_dirty = true;
    return 0;
}

int lane_unit(struct lane *lane, const struct wire_msg *m)
{
    switch (lane->kind) {
    case LANE_VOICE:
        if (m->kind == WIRE_CONFIG)
            return voice_config(lane, m);
        return m->kind == WIRE_PACKET ? voice_packet(lane, m) : -EPROTO;
    case LANE_VIDEO:
        if (m->kind == WIRE_CONFIG)
            return video_config(lane, m);
        return m->kind == WIRE_KEYFRAME || m->kind == WIRE_DELTA ? video_frame(lane, m) : -EPROTO;
    case LANE_STILL: return m->kind == WIRE_STILL ? still_picture(lane, m) : -EPROTO;
    }
    return -EPROTO;
}

void lane_flush(struct lane *lane)
{
    struct packed out;
    if (lane->kind == LANE_VOICE && packer_flush(&lane->packer, &out) == 0)
        publish_bundle(lane, &out);
    if (lane->kind == LANE_VIDEO)
        lane->is_dirty = true;
}

int lane_subscribe(struct lane *lane, struct lane_sub *sub)
{
    assert(!sub->lane);
    if (lane->n_subs == lane->subs_room) {
        size_t room = lane->subs_room ? lane->subs_room * 2 : 4;
        struct lane_sub **subs = realloc(lane->subs, room * sizeof(struct lane_sub *));
        if (!subs)
            return -ENOMEM;
        lane->subs = subs;
        lane->subs_room = room;
    }
    sub->lane = lane;
    sub->index = (uint32_t)lane->n_subs;
    lane->subs[lane->n_subs++] = sub;
    return 0;
}

void lane_unsubscribe(struct lane_sub *sub)
{
    struct lane *lane = sub->lane;
    if (!lane)
        return;
    struct lane_sub *last = lane->subs[--lane->n_subs];
    lane->subs[sub->index] = last;
    last->index = sub->index;
    /* The last one moved to a place that this round has passed: another round, or it would wait. */
    if (lane->is_pumping && last != sub && sub->index < lane->pump_at)
        lane->is_dirty = true;
    sub->lane = NULL;
}

/* With thousands of listeners each one's memory is cold; on its way while others are served, it
 * costs a tenth less. */
static void fetch_ahead(const struct lane *lane)
{
    enum { AHEAD = 8 };
    if (lane->pump_at + AHEAD < lane->n_subs)
        __builtin_prefetch(lane->subs[lane->pump_at + AHEAD]);
    if (lane->pump_at + AHEAD / 2 < lane->n_subs) {
        __builtin_prefetch(lane->subs[lane->pump_at + AHEAD / 2]->owner);
        __builtin_prefetch(lane->subs[lane->pump_at + AHEAD / 2]->ahead);
    }
}

bool lane_pump(struct lane *lane, size_t *budget)
{
    for (;;) {
        if (!lane->is_pumping) {
            if (!lane->is_dirty)
                return false;
            lane->is_dirty = false;
            lane->is_pumping = true;
            lane->pump_at = 0;
        }
        while (lane->pump_at < lane->n_subs) {
            if (*budget == 0)
                return true;
            --*budget;
            fetch_ahead(lane);
            struct lane_sub *sub = lane->subs[lane->pump_at++];
            sub->ready(sub->owner);
        }
        lane->is_pumping = false;
    }
}
