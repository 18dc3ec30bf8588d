#include <errno.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"
#include "server/viewer/viewer.h"

/* A keyframe older than this is not worth joining at; a new one is asked for. */
enum { KEY_FRESH_MS = 1500 };

static void start_over(struct feed *f)
{
    f->video.needs_start = true;
    f->video.generation = 0;
    f->part_offset = 0;
}

static void go_to(struct feed *f, uint64_t seq)
{
    f->video.seq = seq;
    f->part_offset = 0;
}

int feed_set_video(struct feed *f, struct lane *lane, bool at_once)
{
    struct track *t = &f->video;
    if (track_lane(t) && track_lane(t) != lane && (!lane || at_once)) {
        f->is_gap_due = true;
        f->part_offset = 0;
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
        start_over(f);
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
    start_over(f);
}

/* Brings `t->seq` to a message that may be sent; false: there is none for now. */
static bool video_seek(struct feed *f, struct track *t, const struct lane *lane)
{
    uint64_t start = ring_newest_start(lane->ring);
    bool is_late = !f->part_offset && ring_lag_ms(lane->ring, t->seq) > VIEWER_VIDEO_LAG_MS;
    if (!t->needs_start && is_late && start > t->seq && start < ring_head(lane->ring)) {
        metric_add_named(METRIC_FRAMES_DROPPED, "video", (int64_t)(start - t->seq));
        go_to(f, start);
    } else if (!t->needs_start && is_late) {
        metric_add_named(METRIC_FRAMES_DROPPED, "video", 1);
        start_over(f);
    }
    if (!t->needs_start)
        return true;
    if (!fresh_start(lane, &start)) {
        hub_want_key(f->hub, lane);
        return false;
    }
    go_to(f, start);
    t->needs_start = false;
    return true;
}

/* A part of the frame that begins at its offset 0, so that voice waits for one of them at most and
 * not for a keyframe. */
static enum step put_part(struct feed *f, const struct ring_entry *e, uint32_t most)
{
    const uint8_t *frame = e->message->data + UNIT_HEADER;
    uint32_t total = e->message->len - UNIT_HEADER;
    uint32_t left = total - f->part_offset;
    uint32_t len = left < most ? left : most;
    uint8_t *p = feed_reserve(f, UNIT_HEADER + UNIT_PART_HEADER + len);
    if (!p)
        return STEP_FULL;
    p = unit_write_header(p, UNIT_VIDEO, UNIT_PART, UNIT_PART_HEADER + len, e->pts_ms);
    p = put_u8(p, e->is_start ? UNIT_KEY : UNIT_DELTA);
    p = put_u24(put_u24(p, total), f->part_offset);
    put_bytes(p, frame + f->part_offset, len);
    f->part_offset = len == left ? 0 : f->part_offset + len;
    return STEP_PUT;
}

static enum step put_frame(struct feed *f, const struct ring_entry *e)
{
    uint32_t piece = link_piece_bytes(&f->link);
    bool is_small = !f->part_offset && e->message->len <= 2 * piece;
    enum step step = is_small ? feed_put(f, e->message) : put_part(f, e, piece);
    if (step == STEP_PUT && !f->part_offset)
        f->video.seq++;
    return step;
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
        start_over(f);
        return STEP_IDLE; /* the next look finds the keyframe or asks for one */
    }
    if (err)
        return STEP_IDLE;
    if (t->generation != lane->generation)
        return feed_put_config(f, t, lane);
    return put_frame(f, &e);
}

enum step feed_gap_step(struct feed *f)
{
    if (!f->is_gap_due)
        return STEP_IDLE;
    uint8_t *p = feed_reserve(f, UNIT_HEADER);
    if (!p)
        return STEP_FULL;
    unit_write_header(p, UNIT_VIDEO, UNIT_GAP, 0, f->voice_pts_ms);
    f->is_gap_due = false;
    return STEP_PUT;
}

bool feed_has_video_waiting(const struct feed *f)
{
    const struct track *t = &f->video;
    const struct lane *lane = track_lane(t);
    return (lane && (t->needs_start || t->seq < ring_head(lane->ring))) || track_next(t);
}

/* Video is behind from the look that finds some of it held back until one that finds none: a
 * keyframe that does not come is not the link's doing. While nothing is acknowledged at all, a
 * packet was lost or the link stands still: that is not the rung's doing. */
void feed_mind_video(struct feed *f, uint64_t now_ms)
{
    if (!track_lane(&f->video) || !f->is_held)
        f->behind_ms = 0;
    else if (f->behind_ms ? f->link.is_stuck : !f->video.needs_start)
        f->behind_ms = now_ms;
}
