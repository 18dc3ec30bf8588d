#include "server/hub/unit.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"

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

static bool is_kept(const struct feed *f, uint32_t id)
{
    for (uint32_t i = 0; i < FEED_STILLS_KEPT && i < f->n_stills; i++) {
        if (f->stills_kept[i] == id)
            return true;
    }
    return false;
}

/* The newest one only: a picture that is out of date is not finished. Of one that the player still
 * has, only the end is sent, which is nothing but its name. */
static void still_refresh(struct feed *f, const struct lane *lane)
{
    if (!lane->still || f->still == lane->still)
        return;
    if (f->still)
        metric_add_named(METRIC_FRAMES_DROPPED, "still", 1);
    still_unref(&f->still);
    if (still_id(lane->still) == f->still_shown) /* back to what the player shows */
        return;
    f->still = still_ref(lane->still);
    f->still_offset = is_kept(f, still_id(f->still)) ? still_len(f->still) : 0;
}

static void still_done(struct feed *f)
{
    f->still_shown = still_id(f->still);
    if (!is_kept(f, f->still_shown))
        f->stills_kept[f->n_stills++ % FEED_STILLS_KEPT] = f->still_shown;
    still_unref(&f->still);
}

enum step feed_still_step(struct feed *f)
{
    const struct lane *lane = f->still_sub.lane;
    if (!lane)
        return STEP_IDLE;
    still_refresh(f, lane);
    if (!f->still)
        return STEP_IDLE;
    uint32_t left = still_len(f->still) - f->still_offset;
    uint32_t most = link_piece_bytes(&f->link);
    uint32_t len = left < most ? left : most;
    uint8_t *p = feed_reserve(f, UNIT_HEADER + UNIT_PIECE_HEADER + len);
    if (!p)
        return STEP_FULL;
    still_write_piece(f->still, f->still_offset, len, p);
    f->still_offset += len;
    if (len == left)
        still_done(f);
    return STEP_PUT;
}

bool feed_has_still_waiting(const struct feed *f)
{
    const struct lane *lane = f->still_sub.lane;
    return f->still || (lane && lane->still && still_id(lane->still) != f->still_shown);
}
