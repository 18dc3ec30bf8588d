#include <errno.h>

#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"
#include "server/viewer/viewer.h"

/* Longer than any bundle: so much more voice than a lane has can come from another one. */
enum { VOICE_AHEAD_MS = 2000 };

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

/* Near live, a little back so that the player can begin at once, with enough in hand for a lost
 * packet: the one behind it tells of it a round trip later, and the next one brings it. */
static uint64_t voice_seq_live(const struct feed *f, const struct lane *lane)
{
    uint32_t end_ms;
    if (!voice_end(lane, &end_ms))
        return ring_head(lane->ring);
    uint32_t burst_ms = VIEWER_BURST_MS + 4 * f->link.min_rtt_ms;
    if (burst_ms > VIEWER_BURST_MOST_MS)
        burst_ms = VIEWER_BURST_MOST_MS;
    if (f->has_voice_pts)
        burst_ms += VIEWER_RETURN_MS;
    return voice_seq_at(lane, end_ms - burst_ms);
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
                       : voice_seq_live(f, lane);
}

int feed_set_voice(struct feed *f, struct lane *lane)
{
    bool is_first;
    int err = track_follow(f->hub, &f->voice, lane, &is_first);
    if (!err && is_first)
        voice_place(f, lane);
    return err;
}

/* Moves on to the lane that is to follow as soon as it joins on to what was sent. */
static void voice_switch(struct feed *f)
{
    const struct lane *next = track_next(&f->voice);
    if (!next)
        return;
    uint64_t seq;
    bool joins =
        next->config && f->has_voice_pts && ring_start_before(next->ring, f->voice_pts_ms, &seq);
    if (!joins && !track_is_overdue(&f->voice))
        return;
    track_switch(f->hub, &f->voice);
    voice_place(f, next);
}

/* The message that comes next. */
static int voice_next(struct feed *f, const struct lane *lane, struct ring_entry *e)
{
    struct track *t = &f->voice;
    if (ring_lag_ms(lane->ring, t->seq) > VIEWER_VOICE_LAG_MS) {
        metric_add_named(METRIC_FRAMES_DROPPED, "voice", 1);
        t->seq = voice_seq_live(f, lane);
    }
    int err = ring_get(lane->ring, t->seq, e);
    if (err == -ESTALE) {
        t->seq = voice_seq_live(f, lane);
        err = ring_get(lane->ring, t->seq, e);
    }
    while (!err && is_sent(f, e))
        err = ring_get(lane->ring, ++t->seq, e);
    return err;
}

enum step feed_voice_step(struct feed *f)
{
    voice_switch(f);
    struct track *t = &f->voice;
    const struct lane *lane = track_lane(t);
    struct ring_entry e;
    if (!lane || !lane->config || voice_next(f, lane, &e) != 0)
        return STEP_IDLE;
    if (t->generation != lane->generation)
        return feed_put_config(f, t, lane);
    enum step step = feed_put(f, e.message);
    if (step == STEP_PUT) {
        t->seq++;
        f->voice_pts_ms = e.pts_ms + e.duration_ms;
        f->has_voice_pts = f->has_voice_gone = true;
        f->voice_sent_ms = clock_ms();
    }
    return step;
}
