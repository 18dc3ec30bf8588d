#ifndef AIRCLASS_TESTS_UNIT_VIEWER_LAB_H
#define AIRCLASS_TESTS_UNIT_VIEWER_LAB_H

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "server/hub/hub.h"
#include "server/hub/unit.h"
#include "server/ladder/ladder.h"
#include "server/viewer/feed.h"
#include "server/viewer/rung.h"
#include "tests/unit/viewer/fake_ws.h"

/*
 * One viewer behind a simulated link, in simulated time: the built-in ladder's encoders, a real
 * hub, feed, link and rung choice, and a bottleneck that carries `rate_bps` with `rtt_ms`. A model
 * of the bottleneck's queue, not of TCP: no loss, no slow start.
 */
enum {
    LAB_TICK_MS = 10,
    LAB_SNDBUF = 64 << 10,
    LAB_RTT_MOST_MS = 1000,
    LAB_PASSING = 512,
};

struct lab_voice {
    uint64_t end; /* the byte it ends at */
    uint32_t pts_ms;
};

struct lab {
    struct ladder ladder;
    struct hub *hub;
    struct parcel parcel;
    struct feed feed;
    struct ws ws;
    struct rung_state rung;
    enum rung_why why;
    struct rung_facts facts; /* the caller sets mode, content, is_hidden, can_* */
    enum wire_content lanes_for;

    uint32_t rate_bps, rtt_ms;
    double sent_bytes; /* that have left the bottleneck */
    uint64_t written;  /* bytes the socket took */
    double on_way[LAB_RTT_MOST_MS / LAB_TICK_MS];
    struct lab_voice passing[LAB_PASSING];
    size_t first_passing, n_passing;

    uint32_t now_ms; /* since the beginning */
    uint32_t wanted_since_ms[WIRE_RENDITIONS_MAX];
    bool is_key_due[WIRE_RENDITIONS_MAX];
    bool is_on[WIRE_RENDITIONS_MAX];
    uint32_t frame[WIRE_RENDITIONS_MAX];

    /* What came of it; lab_forget() begins anew. */
    uint32_t ups, downs, keys, frames;
    uint32_t voice_late_ms; /* the latest bundle came so long after its beginning */
    double rung_ms[LADDER_RUNGS_MAX];
    uint32_t last_up_ms, shortest_up_ms;
};

static inline void lab_on_want(void *arg, uint32_t mask)
{
    struct lab *lab = arg;
    for (uint8_t i = 0; i < lab->ladder.n_specs; i++) {
        bool is_on = mask & 1u << i;
        if (is_on && !lab->is_on[i]) {
            lab->wanted_since_ms[i] = lab->now_ms;
            lab->is_key_due[i] = true;
        }
        lab->is_on[i] = is_on;
    }
}

static inline void lab_on_key(void *arg, uint8_t rendition)
{
    struct lab *lab = arg;
    lab->is_key_due[rendition] = true;
    lab->keys++;
}

static inline void lab_give(struct lab *lab, uint8_t rendition, uint8_t kind, const void *payload,
                            size_t len)
{
    struct wire_msg m = {.type = WIRE_UNIT,
                         .rendition = rendition,
                         .kind = kind,
                         .pts_ms = lab->now_ms,
                         .len = (uint32_t)len,
                         .payload = payload};
    assert_int_equal(hub_unit(lab->hub, &m), 0);
}

static inline void lab_open(struct lab *lab, uint32_t rate_bps, uint32_t rtt_ms)
{
    static struct hub_events events;
    char error[LADDER_ERROR_MAX];
    memset(lab, 0, sizeof(*lab));
    fake_clock_start();
    assert_int_equal(ladder_load(&lab->ladder, NULL, error), 0);
    events = (struct hub_events){.on_want = lab_on_want, .on_key = lab_on_key, .arg = lab};
    assert_int_equal(hub_new(&lab->hub, &lab->ladder, &events), 0);
    fake_init(&lab->ws);
    lab->ws.room = LAB_SNDBUF;
    lab->ws.rtt_ms = lab->ws.min_rtt_ms = rtt_ms;
    lab->rate_bps = rate_bps;
    lab->rtt_ms = rtt_ms;
    assert_int_equal(parcel_init(&lab->parcel), 0);
    feed_init(&lab->feed, &lab->ws, lab->hub, &lab->parcel);
    lab->facts = (struct rung_facts){.ladder = &lab->ladder,
                                     .content = WIRE_CONTENT_CAMERA,
                                     .can_video = true,
                                     .can_still = true};
    static const uint8_t config[16] = {11, 64};
    static const uint8_t opus20[] = {3, 192};
    static const uint8_t aac[] = {4, 0, 0, 0, 172, 68, 0x12, 0x08};
    for (uint8_t i = 0; i < lab->ladder.n_specs; i++) {
        const struct rendition_spec *s = &lab->ladder.specs[i];
        if (s->codec == CODEC_AAC)
            lab_give(lab, i, WIRE_CONFIG, aac, sizeof(aac));
        else if (s->codec == CODEC_OPUS)
            lab_give(lab, i, WIRE_CONFIG, s->frame_ms == 20 ? opus20 : config, 2);
        else if (s->codec == CODEC_H264)
            lab_give(lab, i, WIRE_CONFIG, config, sizeof(config));
    }
}

static inline void lab_close(struct lab *lab)
{
    feed_release(&lab->feed);
    parcel_release(&lab->parcel);
    hub_free(&lab->hub);
    fake_forget(&lab->ws);
    fake_clock_stop();
}

/* -- encoders ------------------------------------------------------------------------------- */

static const uint8_t lab_noise[64 << 10] = {1};

/* A keyframe is six ordinary frames; the rest is spread so that the rate holds over a group. */
static inline size_t lab_frame_len(struct lab *lab, uint8_t i, bool is_key)
{
    const struct rendition_spec *s = &lab->ladder.specs[i];
    uint32_t rate = s->bitrate_bps ? s->bitrate_bps : s->maxrate_bps * 6 / 10;
    size_t mean = rate / 8 / s->fps;
    return is_key ? mean * 6 : mean * 95 / 100 + lab->frame[i] % 3;
}

static inline void lab_encode(struct lab *lab, uint8_t i)
{
    const struct rendition_spec *s = &lab->ladder.specs[i];
    uint32_t t = lab->now_ms;
    uint32_t every = s->codec == CODEC_H264 ? 1000 / s->fps : s->frame_ms;
    if (!lab->is_on[i] || t < lab->wanted_since_ms[i] + 150)
        return;
    if (codec_is_still(s->codec)) {
        if (lab->is_key_due[i] || t % s->beat_ms < LAB_TICK_MS) {
            uint8_t still[5000] = {0};
            put_u32(still + 4, t);
            lab_give(lab, i, WIRE_STILL, still, sizeof(still));
            lab->is_key_due[i] = false;
        }
        return;
    }
    if (!every || t / every == (t - LAB_TICK_MS) / every)
        return;
    if (s->codec == CODEC_OPUS) {
        lab_give(lab, i, WIRE_PACKET, lab_noise, s->bitrate_bps / 8 * s->frame_ms / 1000);
        return;
    }
    bool is_key = lab->is_key_due[i] || lab->frame[i] * every >= s->gop_ms;
    lab->frame[i] = is_key ? 0 : lab->frame[i] + 1;
    lab->is_key_due[i] = false;
    lab_give(lab, i, is_key ? WIRE_KEYFRAME : WIRE_DELTA, lab_noise, lab_frame_len(lab, i, is_key));
}

/* -- link ----------------------------------------------------------------------------------- */

/* Takes note of what the socket took since the last time. */
static inline void lab_collect(struct lab *lab)
{
    for (size_t i = 0; i < lab->ws.n_sent; i++) {
        struct fake_message *m = &lab->ws.sent[i];
        lab->written += m->len + fake_header(m->len);
        struct bytes b = bytes_of(m->bytes, m->len);
        uint8_t head = bytes_u8(&b);
        bytes_u24(&b);
        uint32_t pts = bytes_u32(&b);
        lab->frames += head >> 4 == UNIT_VIDEO;
        if (head != (UNIT_VOICE << 4 | UNIT_BUNDLE))
            continue;
        assert_true(lab->n_passing < LAB_PASSING);
        size_t at = (lab->first_passing + lab->n_passing++) % LAB_PASSING;
        lab->passing[at] = (struct lab_voice){.end = lab->written, .pts_ms = pts};
    }
    fake_forget(&lab->ws);
}

static inline void lab_carry(struct lab *lab)
{
    lab_collect(lab);
    double waiting = (double)lab->written - lab->sent_bytes;
    double can = (double)lab->rate_bps / 8000 * LAB_TICK_MS;
    double goes = waiting < can ? waiting : can;
    size_t slots = lab->rtt_ms / LAB_TICK_MS;
    size_t slot = lab->now_ms / LAB_TICK_MS % slots;
    uint32_t acked = (uint32_t)(lab->on_way[slot] + 0.5);
    lab->on_way[slot] = goes;
    lab->sent_bytes += goes;
    fake_ack(&lab->ws, acked);
    if (lab->sent_bytes >= (double)lab->written - 1 && acked == 0 && goes < 1)
        fake_ack(&lab->ws, lab->ws.queued < 8 ? lab->ws.queued : 0); /* rounding */
    lab->ws.room = lab->ws.queued < LAB_SNDBUF ? LAB_SNDBUF - lab->ws.queued : 0;
    uint32_t rtt = lab->rtt_ms + (uint32_t)(waiting * 8000 / lab->rate_bps);
    if (acked > 0)
        lab->ws.rtt_ms = (lab->ws.rtt_ms * 15 + rtt) / 16;
    while (lab->n_passing > 0 &&
           (double)lab->passing[lab->first_passing].end <= lab->sent_bytes + 1) {
        uint32_t late = lab->now_ms + lab->rtt_ms / 2 - lab->passing[lab->first_passing].pts_ms;
        if (late > lab->voice_late_ms)
            lab->voice_late_ms = late;
        lab->first_passing = (lab->first_passing + 1) % LAB_PASSING;
        lab->n_passing--;
    }
}

/* -- viewer, as viewer.c does it ------------------------------------------------------------ */

static inline struct lane *lab_lane(struct lab *lab, const struct rung_choice *c, uint16_t bundle)
{
    return c->n ? hub_lane(lab->hub, c->rendition[0], bundle) : NULL;
}

static inline void lab_take(struct lab *lab, bool at_once)
{
    const struct rung *r = &lab->ladder.rungs[lab->rung.rung];
    struct lane *picture = lab_lane(lab, rung_picture(r, lab->facts.content), 0);
    bool is_video = picture && picture->kind == LANE_VIDEO;
    feed_set_voice(&lab->feed, lab_lane(lab, &r->voice, r->bundle_ms));
    feed_set_video(&lab->feed, is_video ? picture : NULL, at_once);
    feed_set_still(&lab->feed, picture && !is_video ? picture : NULL);
    lab->lanes_for = lab->facts.content;
}

static inline void lab_look(struct lab *lab)
{
    struct rung_facts *f = &lab->facts;
    feed_tell(&lab->feed, clock_ms(), f);
    struct rung_state old = lab->rung;
    rung_choose(&lab->rung, f, &lab->why);
    if (old.is_set && lab->rung.rung > old.rung) {
        uint32_t since = lab->now_ms - lab->last_up_ms;
        if (lab->ups > 0 && since < lab->shortest_up_ms)
            lab->shortest_up_ms = since;
        lab->last_up_ms = lab->now_ms;
        lab->ups++;
    }
    lab->downs += old.is_set && lab->rung.rung < old.rung;
    if (!old.is_set || old.rung != lab->rung.rung)
        feed_mark(&lab->feed);
    if (!old.is_set || old.rung != lab->rung.rung || lab->lanes_for != f->content)
        lab_take(lab, lab->why == RUNG_WEAK);
    feed_look(&lab->feed, clock_ms());
}

static inline void lab_forget(struct lab *lab)
{
    lab->ups = lab->downs = lab->keys = lab->frames = lab->voice_late_ms = 0;
    lab->shortest_up_ms = UINT32_MAX;
    memset(lab->rung_ms, 0, sizeof(lab->rung_ms));
}

static inline void lab_tick(struct lab *lab)
{
    fake_clock_advance(LAB_TICK_MS);
    lab->now_ms += LAB_TICK_MS;
    for (uint8_t i = 0; i < lab->ladder.n_specs; i++)
        lab_encode(lab, i);
    hub_tick(lab->hub);
    while (hub_pump(lab->hub)) {
    }
    lab_carry(lab);
    if (lab->ws.wants_writable && lab->ws.room > 0) {
        lab->ws.wants_writable = false;
        feed_pump(&lab->feed);
    }
    if (lab->now_ms % LINK_LOOK_MS < LAB_TICK_MS)
        lab_look(lab);
    lab->rung_ms[lab->rung.rung] += LAB_TICK_MS;
}

static inline void lab_run(struct lab *lab, uint32_t ms)
{
    for (uint32_t t = 0; t < ms; t += LAB_TICK_MS)
        lab_tick(lab);
}

#endif
