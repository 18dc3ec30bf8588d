#include "server/viewer/feed.h"

#include <errno.h>

#include "server/base/clock.h"
#include "server/hub/unit.h"
#include "server/metrics/metrics.h"
#include "server/viewer/viewer.h"

/* What became of an attempt to send the next message of a kind. */
enum step { STEP_SENT, STEP_IDLE, STEP_BLOCKED };

enum {
    /* Messages in one call: a viewer who catches up must not hold up the others. */
    PUMP_MESSAGES_MAX = 32,
    /* A new lane that stays silent for so long is switched to all the same. */
    SWITCH_PATIENCE_MS = 3000,
    /* Longer than any bundle: so much more voice than a lane has can come from another one. */
    VOICE_AHEAD_MS = 2000,
    /* A keyframe older than this is not worth joining at; a new one is asked for. */
    KEY_FRESH_MS = 1500,
    /* Below this, stills go in small pieces so that voice waits less behind each. */
    THIN_LINK_BPS = 64000,
};

static void on_ready(void *owner);

void feed_init(struct feed *f, struct ws *ws, struct hub *hub)
{
    const struct lane_sub sub = {.ready = on_ready, .owner = f};
    *f = (struct feed){.ws = ws, .hub = hub, .still_sub = sub};
    f->voice.subs[0] = f->voice.subs[1] = f->video.subs[0] = f->video.subs[1] = sub;
    link_init(&f->link);
}

static void track_leave(struct feed *f, struct track *t)
{
    hub_leave(f->hub, &t->subs[0]);
    hub_leave(f->hub, &t->subs[1]);
}

void feed_release(struct feed *f)
{
    track_leave(f, &f->voice);
    track_leave(f, &f->video);
    hub_leave(f->hub, &f->still_sub);
    still_unref(&f->still);
}

void feed_resume(struct feed *f, uint32_t pts_ms)
{
    f->voice_pts_ms = pts_ms;
    f->has_voice_pts = true;
}

static struct lane *track_lane(const struct track *t)
{
    return t->subs[t->at].lane;
}

static struct lane *track_next(const struct track *t)
{
    return t->subs[1 - t->at].lane;
}

/* -- voice ---------------------------------------------------------------------------------- */

/* The message of `lane` that goes on at `pts_ms`: the one that holds it, or the one behind. When
 * the ring does not reach back that far, its oldest: the hole is then as small as it can be. */
static uint64_t voice_seq_at(const struct lane *lane, uint32_t pts_ms)
{
    uint64_t seq;
    struct ring_entry e;
    if (!ring_start_before(lane->ring, pts_ms, &seq) || ring_get(lane->ring, seq, &e) != 0)
        return ring_tail(lane->ring);
    return (int32_t)(e.pts_ms + e.duration_ms - pts_ms) <= 0 ? seq + 1 : seq;
}

/* Where the newest message ends; false when there is none. */
static bool voice_end(const struct lane *lane, uint32_t *pts_ms)
{
    struct ring_entry newest;
    uint64_t head = ring_head(lane->ring);
    if (head == 0 || ring_get(lane->ring, head - 1, &newest) != 0)
        return false;
    *pts_ms = newest.pts_ms + newest.duration_ms;
    return true;
}

/* Near live, a little back so that the player can begin at once. */
static uint64_t voice_seq_live(const struct lane *lane)
{
    uint32_t end_ms;
    if (!voice_end(lane, &end_ms))
        return ring_head(lane->ring);
    return voice_seq_at(lane, end_ms - VIEWER_BURST_MS);
}

/* Whether a player who has voice up to `pts_ms` can go on from there. It may have a little more
 * than this lane: the bundles of another lane are shorter. */
static bool is_recent(const struct lane *lane, uint32_t pts_ms)
{
    uint32_t end_ms;
    if (!voice_end(lane, &end_ms))
        return false;
    int32_t behind = (int32_t)(end_ms - pts_ms);
    return behind > -VOICE_AHEAD_MS && behind < VIEWER_VOICE_LAG_MS;
}

/* Whether the other lane has sent all of this message already. */
static bool is_sent(const struct feed *f, const struct ring_entry *e)
{
    int32_t rest_ms = (int32_t)(e->pts_ms + e->duration_ms - f->voice_pts_ms);
    return f->has_voice_pts && rest_ms <= 0 && rest_ms > -VOICE_AHEAD_MS;
}

static void voice_place(struct feed *f, const struct lane *lane)
{
    f->voice.generation = 0;
    f->voice.seq = f->has_voice_pts && is_recent(lane, f->voice_pts_ms)
                       ? voice_seq_at(lane, f->voice_pts_ms)
                       : voice_seq_live(lane);
}

int feed_set_voice(struct feed *f, struct lane *lane)
{
    struct track *t = &f->voice;
    if (track_lane(t) == lane) {
        hub_leave(f->hub, &t->subs[1 - t->at]);
        return 0;
    }
    if (track_next(t) == lane)
        return 0;
    bool is_first = !track_lane(t);
    struct lane_sub *sub = &t->subs[is_first ? t->at : 1 - t->at];
    hub_leave(f->hub, sub);
    int err = hub_join(f->hub, lane, sub);
    if (err)
        return err;
    t->switch_since_ms = clock_ms();
    if (is_first)
        voice_place(f, lane);
    return 0;
}

/* Moves on to the lane that is to follow as soon as it joins on to what was sent. */
static void voice_switch(struct feed *f)
{
    struct track *t = &f->voice;
    const struct lane *next = track_next(t);
    if (!next)
        return;
    uint64_t seq;
    bool joins =
        next->config && f->has_voice_pts && ring_start_before(next->ring, f->voice_pts_ms, &seq);
    if (!joins && clock_ms() - t->switch_since_ms < SWITCH_PATIENCE_MS)
        return;
    hub_leave(f->hub, &t->subs[t->at]);
    t->at = 1 - t->at;
    voice_place(f, next);
}

static enum step send_message(struct feed *f, const struct buf *message)
{
    int err = ws_send(f->ws, message);
    if (err == 0) {
        f->blocked_ms = 0;
        link_sent(&f->link, message->len);
        return STEP_SENT;
    }
    return STEP_BLOCKED;
}

static enum step send_config(struct feed *f, struct track *t, const struct lane *lane)
{
    enum step step = send_message(f, lane->config);
    if (step == STEP_SENT)
        t->generation = lane->generation;
    return step;
}

/* The message that comes next. */
static int voice_next(struct feed *f, const struct lane *lane, struct ring_entry *e)
{
    struct track *t = &f->voice;
    if (ring_lag_ms(lane->ring, t->seq) > VIEWER_VOICE_LAG_MS) {
        metric_add_named(METRIC_FRAMES_DROPPED, "voice", 1);
        t->seq = voice_seq_live(lane);
    }
    int err = ring_get(lane->ring, t->seq, e);
    if (err == -ESTALE) {
        t->seq = voice_seq_live(lane);
        err = ring_get(lane->ring, t->seq, e);
    }
    while (!err && is_sent(f, e))
        err = ring_get(lane->ring, ++t->seq, e);
    return err;
}

static enum step voice_step(struct feed *f)
{
    voice_switch(f);
    struct track *t = &f->voice;
    const struct lane *lane = track_lane(t);
    struct ring_entry e;
    if (!lane || !lane->config || voice_next(f, lane, &e) != 0)
        return STEP_IDLE;
    if (t->generation != lane->generation)
        return send_config(f, t, lane);
    enum step step = send_message(f, e.message);
    if (step == STEP_SENT) {
        t->seq++;
        f->voice_pts_ms = e.pts_ms + e.duration_ms;
        f->has_voice_pts = true;
    }
    return step;
}

/* -- video ---------------------------------------------------------------------------------- */

static void video_start_over(struct track *t)
{
    t->needs_start = true;
    t->generation = 0;
}

int feed_set_video(struct feed *f, struct lane *lane, bool at_once)
{
    struct track *t = &f->video;
    if (track_lane(t) == lane) {
        hub_leave(f->hub, &t->subs[1 - t->at]);
        return 0;
    }
    if (!lane || at_once) {
        f->is_gap_due |= track_lane(t) != NULL;
        track_leave(f, t);
    }
    if (!lane || track_next(t) == lane)
        return 0;
    bool is_first = !track_lane(t);
    struct lane_sub *sub = &t->subs[is_first ? t->at : 1 - t->at];
    hub_leave(f->hub, sub);
    int err = hub_join(f->hub, lane, sub);
    if (err)
        return err;
    t->switch_since_ms = clock_ms();
    if (is_first)
        video_start_over(t);
    else
        hub_want_key(f->hub, lane);
    return 0;
}

/* The newest keyframe, if it is fresh enough to begin with. */
static bool fresh_start(const struct lane *lane, uint64_t *seq)
{
    *seq = ring_newest_start(lane->ring);
    return *seq < ring_head(lane->ring) && ring_lag_ms(lane->ring, *seq) <= KEY_FRESH_MS;
}

static void video_switch(struct feed *f)
{
    struct track *t = &f->video;
    const struct lane *next = track_next(t);
    uint64_t seq;
    if (!next)
        return;
    bool is_late = clock_ms() - t->switch_since_ms >= SWITCH_PATIENCE_MS;
    if (!is_late && !(next->config && fresh_start(next, &seq)))
        return;
    hub_leave(f->hub, &t->subs[t->at]);
    t->at = 1 - t->at;
    video_start_over(t);
}

/* Brings `t->seq` to a message that may be sent; false: there is none for now. */
static bool video_seek(struct feed *f, struct track *t, const struct lane *lane)
{
    uint64_t start = ring_newest_start(lane->ring);
    bool is_late = ring_lag_ms(lane->ring, t->seq) > VIEWER_VIDEO_LAG_MS;
    if (!t->needs_start && is_late && start > t->seq && start < ring_head(lane->ring)) {
        metric_add_named(METRIC_FRAMES_DROPPED, "video", (int64_t)(start - t->seq));
        t->seq = start;
    } else if (!t->needs_start && is_late) {
        metric_add_named(METRIC_FRAMES_DROPPED, "video", 1);
        video_start_over(t);
    }
    if (!t->needs_start)
        return true;
    if (!fresh_start(lane, &start)) {
        hub_want_key(f->hub, lane);
        return false;
    }
    t->seq = start;
    t->needs_start = false;
    return true;
}

static enum step video_step(struct feed *f)
{
    video_switch(f);
    struct track *t = &f->video;
    const struct lane *lane = track_lane(t);
    if (!lane || !lane->config || !video_seek(f, t, lane))
        return STEP_IDLE;
    struct ring_entry e;
    int err = ring_get(lane->ring, t->seq, &e);
    if (err == -ESTALE || (!err && t->generation != lane->generation && !e.is_start)) {
        video_start_over(t);
        return STEP_IDLE; /* the next look finds the keyframe or asks for one */
    }
    if (err)
        return STEP_IDLE;
    if (t->generation != lane->generation)
        return send_config(f, t, lane);
    enum step step = send_message(f, e.message);
    if (step == STEP_SENT)
        t->seq++;
    return step;
}

static enum step gap_step(struct feed *f)
{
    struct buf *gap;
    if (!f->is_gap_due)
        return STEP_IDLE;
    if (unit_message(&gap, UNIT_VIDEO, UNIT_GAP, f->voice_pts_ms, NULL, 0, NULL, 0) != 0)
        return STEP_IDLE;
    enum step step = send_message(f, gap);
    buf_unref(&gap);
    f->is_gap_due = step != STEP_SENT;
    return step;
}

/* -- stills --------------------------------------------------------------------------------- */

int feed_set_still(struct feed *f, struct lane *lane)
{
    if (f->still_sub.lane == lane)
        return 0;
    hub_leave(f->hub, &f->still_sub);
    still_unref(&f->still);
    if (!lane)
        return 0;
    int err = hub_join(f->hub, lane, &f->still_sub);
    if (!err && !lane->still)
        hub_want_key(f->hub, lane);
    return err;
}

/* The newest one only: a picture that is out of date is not finished. */
static void still_refresh(struct feed *f, const struct lane *lane)
{
    if (!lane->still || f->still == lane->still || still_id(lane->still) == f->still_done)
        return;
    if (f->still)
        metric_add_named(METRIC_FRAMES_DROPPED, "still", 1);
    still_unref(&f->still);
    f->still = still_ref(lane->still);
    f->still_piece = 0;
    bool is_thin = f->link.is_backlogged || f->link.window_bytes < STILL_WIDE_BYTES ||
                   (f->link.capacity_bps && f->link.capacity_bps < THIN_LINK_BPS);
    f->still_cut = is_thin ? STILL_THIN : STILL_WIDE;
}

static enum step still_step(struct feed *f)
{
    const struct lane *lane = f->still_sub.lane;
    if (!lane)
        return STEP_IDLE;
    still_refresh(f, lane);
    struct buf *piece;
    if (!f->still || still_piece(f->still, f->still_cut, f->still_piece, &piece) != 0)
        return STEP_IDLE;
    enum step step = send_message(f, piece);
    if (step == STEP_SENT && ++f->still_piece == still_pieces(f->still, f->still_cut)) {
        f->still_done = still_id(f->still);
        still_unref(&f->still);
    }
    return step;
}

/* -- all together --------------------------------------------------------------------------- */

static bool has_picture_waiting(const struct feed *f)
{
    const struct lane *video = track_lane(&f->video);
    const struct lane *still = f->still_sub.lane;
    return f->still || (still && still->still && still_id(still->still) != f->still_done) ||
           (video && (f->video.needs_start || f->video.seq < ring_head(video->ring))) ||
           track_next(&f->video);
}

/* The next message in order of worth; what is not voice waits for the window. */
static enum step next_step(struct feed *f)
{
    enum step step = voice_step(f);
    if (step == STEP_IDLE)
        step = gap_step(f);
    if (step != STEP_IDLE || !has_picture_waiting(f))
        return step;
    if (!link_surely_admits(&f->link) && !link_admits(&f->link, ws_queued(f->ws))) {
        f->is_held = true;
        return STEP_IDLE;
    }
    step = still_step(f);
    return step == STEP_IDLE ? video_step(f) : step;
}

void feed_pump(struct feed *f)
{
    if (f->is_pumping)
        return;
    f->is_pumping = true;
    enum step step = STEP_SENT;
    for (int i = 0; i < PUMP_MESSAGES_MAX && step == STEP_SENT; i++)
        step = ws_is_ready(f->ws) ? next_step(f) : STEP_BLOCKED;
    if (step == STEP_BLOCKED && !f->blocked_ms)
        f->blocked_ms = clock_ms();
    else if (step == STEP_IDLE)
        f->blocked_ms = 0;
    if (step != STEP_IDLE) /* blocked, or the turn was used up with more to send */
        ws_want_writable(f->ws);
    f->is_pumping = false;
}

static void on_ready(void *owner)
{
    feed_pump(owner);
}

uint32_t feed_voice_lag_ms(const struct feed *f)
{
    const struct lane *lane = track_lane(&f->voice);
    return lane ? ring_lag_ms(lane->ring, f->voice.seq) : 0;
}

uint32_t feed_picture_lag_ms(const struct feed *f, uint64_t now_ms)
{
    return f->behind_ms ? (uint32_t)(now_ms - f->behind_ms) : 0;
}

/* Video is behind from the look that finds some of it held back until one that finds all of it
 * sent, or nothing to send: a keyframe that does not come is not the link's doing. */
static void mind_video(struct feed *f, uint64_t now_ms)
{
    const struct track *t = &f->video;
    const struct lane *lane = track_lane(t);
    bool is_idle = !lane || (t->needs_start ? !f->is_held : t->seq >= ring_head(lane->ring));
    if (is_idle)
        f->behind_ms = 0;
    else if (!f->behind_ms && !t->needs_start && f->is_held)
        f->behind_ms = now_ms;
}

void feed_look(struct feed *f, uint64_t now_ms)
{
    mind_video(f, now_ms);
    link_look(&f->link, now_ms, ws_queued(f->ws), f->is_held);
    f->is_held = false;
    if (link_wants_measure(&f->link, now_ms)) {
        struct ws_link m;
        ws_measure(f->ws, &m);
        link_measured(&f->link, now_ms, m.rtt_ms, m.min_rtt_ms, m.acked_bytes);
    }
    feed_pump(f);
}
