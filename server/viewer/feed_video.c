#include <errno.h>

#include "server/hub/unit.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"
#include "server/viewer/viewer.h"

/* A keyframe older than this is not worth joining at; a new one is asked for. */
enum { KEY_FRESH_MS = 1500 };

static void video_start_over(struct track *t)
{
    t->needs_start = true;
    t->generation = 0;
}

int feed_set_video(struct feed *f, struct lane *lane, bool at_once)
{
    struct track *t = &f->video;
    if (track_lane(t) && track_lane(t) != lane && (!lane || at_once)) {
        f->is_gap_due = true;
        track_leave(f->hub, t);
    }
    if (!lane) {
        track_leave(f->hub, t);
        return 0;
    }
    bool is_first;
    bool is_waiting = track_next(t) == lane;
    int err = track_follow(f->hub, t, lane, &is_first);
    if (err)
        return err;
    if (is_first)
        video_start_over(t);
    else if (!is_waiting && track_next(t) == lane)
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
    const struct lane *next = track_next(&f->video);
    uint64_t seq;
    if (!next || (!track_is_overdue(&f->video) && !(next->config && fresh_start(next, &seq))))
        return;
    track_switch(f->hub, &f->video);
    video_start_over(&f->video);
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

enum step feed_video_step(struct feed *f)
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
        return feed_send_config(f, t, lane);
    enum step step = feed_send(f, e.message);
    if (step == STEP_SENT)
        t->seq++;
    return step;
}

enum step feed_gap_step(struct feed *f)
{
    struct buf *gap;
    if (!f->is_gap_due)
        return STEP_IDLE;
    if (unit_message(&gap, UNIT_VIDEO, UNIT_GAP, f->voice_pts_ms, NULL, 0, NULL, 0) != 0)
        return STEP_IDLE;
    enum step step = feed_send(f, gap);
    buf_unref(&gap);
    f->is_gap_due = step != STEP_SENT;
    return step;
}

bool feed_has_video_waiting(const struct feed *f)
{
    const struct track *t = &f->video;
    const struct lane *lane = track_lane(t);
    return (lane && (t->needs_start || t->seq < ring_head(lane->ring))) || track_next(t);
}

uint32_t feed_picture_lag_ms(const struct feed *f, uint64_t now_ms)
{
    return f->behind_ms ? (uint32_t)(now_ms - f->behind_ms) : 0;
}

/* Video is behind from the look that finds some of it held back until one that finds all of it
 * sent, or nothing to send: a keyframe that does not come is not the link's doing. */
void feed_mind_video(struct feed *f, uint64_t now_ms)
{
    const struct track *t = &f->video;
    const struct lane *lane = track_lane(t);
    bool is_idle = !lane || (t->needs_start ? !f->is_held : t->seq >= ring_head(lane->ring));
    if (is_idle)
        f->behind_ms = 0;
    else if (!f->behind_ms && !t->needs_start && f->is_held)
        f->behind_ms = now_ms;
}
