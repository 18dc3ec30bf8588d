#ifndef AIRCLASS_TESTS_UNIT_VIEWER_LAB_H
#define AIRCLASS_TESTS_UNIT_VIEWER_LAB_H

#include "tests/unit/unit.h"

#include <string.h>

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "server/hub/hub.h"
#include "server/ladder/ladder.h"
#include "server/viewer/feed.h"
#include "server/viewer/rung.h"
#include "tests/unit/link/tcp.h"
#include "tests/unit/viewer/fake_ws.h"
#include "tests/unit/viewer/player.h"

/*
 * One viewer behind a simulated link, in simulated time: encoders of the built-in ladder, a real
 * hub, feed, link and rung choice, TCP over a lossy bottleneck, and a player that checks what comes
 * and writes down how late.
 */
enum {
    LAB_TICK_MS = 10,
    LAB_SNDBUF = 64 << 10,
    LAB_STREAM = 512 << 10, /* bytes under way, and some */
    LAB_MESSAGES = 4096,
    LAB_SLIDE_MS = 20000,    /* the teacher turns a page */
    LAB_SETTLE_MS = 1000,    /* until the page is a still */
    LAB_ENCODER_MS = 150,    /* until a new encoder has something */
    LAB_SLIDE_BYTES = 18000, /* a still of Chinese and English text */
    LAB_BOARD_BYTES = 5000,  /* a still of a camera */
    LAB_LATE_STEP_MS = 20,
    LAB_LATE_STEPS = 3000,
};

struct lab_message {
    uint64_t end; /* the byte of the connection it ends at */
    size_t at, len;
    bool is_text;
};

/* What came of it; lab_forget() begins anew. */
struct lab_tally {
    uint32_t ups, downs, keys;
    uint32_t last_up_ms, shortest_up_ms; /* between two climbs */
    uint32_t rung_ms[LADDER_RUNGS_MAX];
    uint32_t frames;
    /* How much voice came how late after it was spoken, in ms of voice. */
    uint32_t voice_ms, late_ms[LAB_LATE_STEPS], latest_ms;
    uint32_t holes;
    uint32_t stills, still_latest_ms; /* from the page's settling to the last byte of its still */
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
    uint32_t now_ms; /* since the beginning */

    struct tcp tcp;
    uint8_t stream[LAB_STREAM];
    size_t stream_at;
    struct lab_message messages[LAB_MESSAGES];
    size_t first_message, end_message;
    struct player player;

    uint32_t wanted_since_ms[WIRE_RENDITIONS_MAX];
    bool is_key_due[WIRE_RENDITIONS_MAX];
    bool is_on[WIRE_RENDITIONS_MAX];
    uint32_t frame[WIRE_RENDITIONS_MAX];    /* since the keyframe */
    uint32_t frame_ms[WIRE_RENDITIONS_MAX]; /* the last one's time */

    struct lab_tally tally;
};

/* -- encoders --------------------------------------------------------------------------------- */

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
    lab->tally.keys++;
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

static inline void lab_configs(struct lab *lab)
{
    static const uint8_t avc[16] = {2, 128, 1, 104, 1, 77, 0, 30, 255, 225};
    static const uint8_t aac[] = {4, 0, 0, 0, 172, 68, 0x12, 0x08};
    for (uint8_t i = 0; i < lab->ladder.n_specs; i++) {
        const struct rendition_spec *s = &lab->ladder.specs[i];
        uint8_t opus[2];
        put_u16(opus, (uint16_t)(s->frame_ms * 48));
        if (s->codec == CODEC_AAC)
            lab_give(lab, i, WIRE_CONFIG, aac, sizeof(aac));
        else if (s->codec == CODEC_OPUS)
            lab_give(lab, i, WIRE_CONFIG, opus, sizeof(opus));
        else if (s->codec == CODEC_H264)
            lab_give(lab, i, WIRE_CONFIG, avc, sizeof(avc));
    }
}

static inline bool lab_is_slides(const struct lab *lab)
{
    return lab->facts.content == WIRE_CONTENT_SLIDES;
}

/* Whether something that happens every `ms` has happened in this tick. */
static inline bool lab_every(const struct lab *lab, uint32_t ms)
{
    return ms && lab->now_ms / ms != (lab->now_ms - LAB_TICK_MS) / ms;
}

/* A camera's keyframe is six ordinary frames, and the rest is spread so that the rate holds over a
 * group. A new page spends three quarters of what the encoder has saved up; then nothing moves. */
static inline size_t lab_frame_len(struct lab *lab, uint8_t i, bool is_new)
{
    enum { STILL_BYTES = 60, PAGE_MOST = 60000 };
    const struct rendition_spec *s = &lab->ladder.specs[i];
    if (!s->bitrate_bps) {
        size_t page = s->bufsize_bits / 8 * 3 / 4;
        return !is_new ? STILL_BYTES : page < PAGE_MOST ? page : PAGE_MOST;
    }
    size_t mean = s->bitrate_bps / 8 / s->fps;
    return is_new ? mean * 6 : mean * 95 / 100 + lab->frame[i] % 3;
}

static inline void lab_frame(struct lab *lab, uint8_t i)
{
    static uint8_t frame[PLAYER_FRAME_MAX];
    const struct rendition_spec *s = &lab->ladder.specs[i];
    if (!lab_every(lab, 1000 / s->fps))
        return;
    bool is_key = lab->is_key_due[i] || lab->frame[i] * 1000 / s->fps >= s->gop_ms;
    uint32_t page_ms = lab->frame_ms[i] / LAB_SLIDE_MS;
    bool is_new = is_key || (lab_is_slides(lab) && lab->now_ms / LAB_SLIDE_MS != page_ms);
    lab->frame[i] = is_key ? 0 : lab->frame[i] + 1;
    lab->is_key_due[i] = false;
    put_u32(put_u32(frame, lab->now_ms), is_key ? lab->now_ms : lab->frame_ms[i]);
    lab->frame_ms[i] = lab->now_ms;
    lab_give(lab, i, is_key ? WIRE_KEYFRAME : WIRE_DELTA, frame, lab_frame_len(lab, i, is_new));
}

static inline void lab_still(struct lab *lab, uint8_t i)
{
    uint8_t still[LAB_SLIDE_BYTES] = {0};
    bool is_slides = lab_is_slides(lab);
    uint32_t beat_ms = lab->ladder.specs[i].beat_ms;
    bool is_new = is_slides ? lab_every(lab, LAB_SLIDE_MS) : lab_every(lab, beat_ms);
    if (!is_new && !lab->is_key_due[i])
        return;
    lab->is_key_due[i] = false;
    put_u32(still + 4, is_slides ? lab->now_ms / LAB_SLIDE_MS : lab->now_ms);
    lab_give(lab, i, WIRE_STILL, still, is_slides ? LAB_SLIDE_BYTES : LAB_BOARD_BYTES);
}

static inline void lab_encode(struct lab *lab, uint8_t i)
{
    static const uint8_t packet[1000];
    const struct rendition_spec *s = &lab->ladder.specs[i];
    if (lab->now_ms < lab->wanted_since_ms[i] + LAB_ENCODER_MS)
        return;
    if (codec_is_still(s->codec))
        lab_still(lab, i);
    else if (s->codec == CODEC_H264)
        lab_frame(lab, i);
    else if (s->codec == CODEC_OPUS && lab_every(lab, s->frame_ms))
        lab_give(lab, i, WIRE_PACKET, packet, s->bitrate_bps / 8 * s->frame_ms / 1000);
}

/* -- the way ---------------------------------------------------------------------------------- */

static inline void lab_send(struct lab *lab, const struct fake_message *m)
{
    if (lab->stream_at + m->len > LAB_STREAM)
        lab->stream_at = 0;
    assert_true(lab->end_message - lab->first_message < LAB_MESSAGES);
    tcp_write(&lab->tcp, (uint32_t)(m->len + fake_header(m->len)));
    lab->messages[lab->end_message++ % LAB_MESSAGES] = (struct lab_message){
        .end = lab->tcp.written, .at = lab->stream_at, .len = m->len, .is_text = m->is_text};
    memcpy(lab->stream + lab->stream_at, m->bytes, m->len);
    lab->stream_at += m->len;
}

static inline void lab_on_voice(void *owner, uint32_t from_ms, uint32_t to_ms)
{
    struct lab *lab = owner;
    struct lab_tally *y = &lab->tally;
    uint32_t late_ms = lab->now_ms - from_ms;
    uint32_t step = late_ms / LAB_LATE_STEP_MS;
    y->late_ms[step < LAB_LATE_STEPS ? step : LAB_LATE_STEPS - 1] += to_ms - from_ms;
    y->voice_ms += to_ms - from_ms;
    y->latest_ms = late_ms > y->latest_ms ? late_ms : y->latest_ms;
}

static inline void lab_receive(struct lab *lab)
{
    struct player *p = &lab->player;
    struct lab_tally *y = &lab->tally;
    while (lab->first_message < lab->end_message) {
        const struct lab_message *m = &lab->messages[lab->first_message % LAB_MESSAGES];
        if (m->end > lab->tcp.delivered)
            return;
        struct player before = {
            .stills = p->stills, .holes = p->holes, .keys = p->keys, .deltas = p->deltas};
        if (!m->is_text)
            player_message(p, lab->stream + m->at, m->len);
        lab->first_message++;
        y->holes += p->holes - before.holes;
        y->frames += p->keys - before.keys + p->deltas - before.deltas;
        if (p->stills > before.stills) {
            uint32_t late_ms = lab->now_ms - p->still.shown_pts_ms;
            y->stills++;
            y->still_latest_ms = late_ms > y->still_latest_ms ? late_ms : y->still_latest_ms;
        }
    }
}

/* Carries what the socket took, as far as it comes in a tick. */
static inline void lab_carry(struct lab *lab)
{
    for (size_t i = 0; i < lab->ws.n_sent; i++)
        lab_send(lab, &lab->ws.sent[i]);
    fake_forget(&lab->ws);
    tcp_run(&lab->tcp, (uint64_t)lab->now_ms * 1000);
    lab_receive(lab);
    lab->ws.queued = tcp_queued(&lab->tcp);
    lab->ws.room = lab->ws.queued < LAB_SNDBUF ? LAB_SNDBUF - lab->ws.queued : 0;
    lab->ws.rtt_ms = (uint32_t)(lab->tcp.srtt_us / 1000);
}

/* -- viewer, as viewer.c does it -------------------------------------------------------------- */

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

static inline void lab_count_change(struct lab *lab, int from)
{
    struct lab_tally *y = &lab->tally;
    if (lab->rung.rung < from) {
        y->downs++;
        return;
    }
    uint32_t since = lab->now_ms - y->last_up_ms;
    if (y->ups > 0 && since < y->shortest_up_ms)
        y->shortest_up_ms = since;
    y->last_up_ms = lab->now_ms;
    y->ups++;
}

static inline void lab_look(struct lab *lab)
{
    static const char text[] = "{\"t\":\"rung\",\"rung\":\"R2\",\"kbps\":21,\"picture\":\"still\"}";
    struct rung_facts *f = &lab->facts;
    feed_tell(&lab->feed, clock_ms(), f);
    struct rung_state old = lab->rung;
    rung_choose(&lab->rung, f, &lab->why);
    bool is_moved = !old.is_set || old.rung != lab->rung.rung;
    if (old.is_set && is_moved)
        lab_count_change(lab, old.rung);
    if (is_moved) {
        feed_mark(&lab->feed);
        ws_send_text(&lab->ws, text, sizeof(text));
    }
    if (is_moved || lab->lanes_for != f->content)
        lab_take(lab, is_moved && lab->why == RUNG_WEAK);
    feed_look(&lab->feed, clock_ms());
}

/* -- the whole -------------------------------------------------------------------------------- */

static inline void lab_forget(struct lab *lab)
{
    lab->tally = (struct lab_tally){.shortest_up_ms = UINT32_MAX};
}

static inline void lab_open(struct lab *lab, const struct tcp_setting *way)
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
    lab->ws.rtt_ms = lab->ws.min_rtt_ms = way->rtt_ms;
    tcp_init(&lab->tcp, way);
    player_init(&lab->player);
    lab->player.on_voice = lab_on_voice;
    lab->player.owner = lab;
    assert_int_equal(parcel_init(&lab->parcel), 0);
    feed_init(&lab->feed, &lab->ws, lab->hub, &lab->parcel);
    lab->facts = (struct rung_facts){.ladder = &lab->ladder,
                                     .content = WIRE_CONTENT_CAMERA,
                                     .can_video = true,
                                     .can_still = true};
    lab_configs(lab);
    lab_forget(lab);
}

static inline void lab_close(struct lab *lab)
{
    feed_release(&lab->feed);
    parcel_release(&lab->parcel);
    hub_free(&lab->hub);
    fake_clock_stop();
}

static inline void lab_tick(struct lab *lab)
{
    fake_clock_advance(LAB_TICK_MS);
    lab->now_ms += LAB_TICK_MS;
    for (uint8_t i = 0; i < lab->ladder.n_specs; i++) {
        if (lab->is_on[i])
            lab_encode(lab, i);
    }
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
    lab->tally.rung_ms[lab->rung.rung] += LAB_TICK_MS;
}

static inline void lab_run(struct lab *lab, uint32_t ms)
{
    for (uint32_t t = 0; t < ms; t += LAB_TICK_MS)
        lab_tick(lab);
}

/* So late at most was all of the voice but `permille` of it. */
static inline uint32_t lab_late_ms(const struct lab *lab, uint32_t permille)
{
    uint64_t left = (uint64_t)lab->tally.voice_ms * permille / 1000;
    for (size_t i = LAB_LATE_STEPS; i > 0; i--) {
        if (lab->tally.late_ms[i - 1] > left)
            return (uint32_t)i * LAB_LATE_STEP_MS;
        left -= lab->tally.late_ms[i - 1];
    }
    return 0;
}

/* The highest rung that needs at most `kbps`. */
static inline int lab_fitting(const struct lab *lab, uint32_t kbps)
{
    int best = 0;
    for (int i = 0; i < (int)lab->ladder.n_rungs; i++) {
        const struct rung *r = &lab->ladder.rungs[i];
        if (rung_fits(r, lab->facts.content) && r->wire_kbps <= kbps)
            best = i;
    }
    return best;
}

#endif
