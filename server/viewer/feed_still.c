#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"

/* Below this, stills go in small pieces so that voice waits less behind each. */
enum { THIN_LINK_BPS = 64000 };

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

enum step feed_still_step(struct feed *f)
{
    const struct lane *lane = f->still_sub.lane;
    if (!lane)
        return STEP_IDLE;
    still_refresh(f, lane);
    struct buf *piece;
    if (!f->still || still_piece(f->still, f->still_cut, f->still_piece, &piece) != 0)
        return STEP_IDLE;
    enum step step = feed_send(f, piece);
    if (step == STEP_SENT && ++f->still_piece == still_pieces(f->still, f->still_cut)) {
        f->still_done = still_id(f->still);
        still_unref(&f->still);
    }
    return step;
}

bool feed_has_still_waiting(const struct feed *f)
{
    const struct lane *lane = f->still_sub.lane;
    return f->still || (lane && lane->still && still_id(lane->still) != f->still_done);
}
