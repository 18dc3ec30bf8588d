#include "server/viewer/track.h"

#include "server/base/clock.h"

struct lane *track_lane(const struct track *t)
{
    return t->subs[t->at].lane;
}

struct lane *track_next(const struct track *t)
{
    return t->subs[1 - t->at].lane;
}

void track_leave(struct hub *hub, struct track *t)
{
    hub_leave(hub, &t->subs[0]);
    hub_leave(hub, &t->subs[1]);
}

int track_follow(struct hub *hub, struct track *t, struct lane *lane, bool *is_first)
{
    *is_first = false;
    if (track_lane(t) == lane) {
        hub_leave(hub, &t->subs[1 - t->at]);
        return 0;
    }
    if (track_next(t) == lane)
        return 0;
    *is_first = !track_lane(t);
    struct lane_sub *sub = &t->subs[*is_first ? t->at : 1 - t->at];
    hub_leave(hub, sub);
    t->switch_since_ms = clock_ms();
    return hub_join(hub, lane, sub);
}

bool track_is_overdue(const struct track *t)
{
    return clock_ms() - t->switch_since_ms >= TRACK_PATIENCE_MS;
}

void track_switch(struct hub *hub, struct track *t)
{
    hub_leave(hub, &t->subs[t->at]);
    t->at = 1 - t->at;
}
