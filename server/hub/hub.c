#include "server/hub/hub.h"

#include <errno.h>
#include <stdlib.h>

#include "server/base/clock.h"

/* Every rung has at most two voice lanes of its own beside the shared pictures. */
enum { LANES_MAX = WIRE_RENDITIONS_MAX + LADDER_RUNGS_MAX * RUNG_CHOICES_MAX };

struct key_request {
    uint64_t asked_ms; /* clock; 0: never */
    bool is_due;
};

struct hub {
    const struct ladder *ladder;
    const struct hub_events *events;
    struct ink *ink;
    uint32_t wanted;
    struct key_request keys[WIRE_RENDITIONS_MAX];
    size_t n_lanes;
    uint16_t bundle_ms[LANES_MAX];
    struct lane lanes[LANES_MAX];
};

static int add_lane(struct hub *hub, uint8_t rendition, uint16_t bundle_ms)
{
    if (hub_lane(hub, rendition, bundle_ms))
        return 0;
    struct lane *lane = &hub->lanes[hub->n_lanes];
    hub->bundle_ms[hub->n_lanes++] = bundle_ms;
    return lane_init(lane, rendition, &hub->ladder->specs[rendition], bundle_ms);
}

static int add_choice(struct hub *hub, const struct rung_choice *choice, uint16_t bundle_ms)
{
    for (size_t i = 0; i < choice->n; i++) {
        int err = add_lane(hub, choice->rendition[i], bundle_ms);
        if (err)
            return err;
    }
    return 0;
}

static int add_rung(struct hub *hub, const struct rung *rung)
{
    int err = add_choice(hub, &rung->voice, rung->bundle_ms);
    if (!err)
        err = add_choice(hub, &rung->slides, 0);
    if (!err)
        err = add_choice(hub, &rung->camera, 0);
    return err;
}

int hub_new(struct hub **out, const struct ladder *ladder, const struct hub_events *events)
{
    struct hub *hub = calloc(1, sizeof(*hub));
    if (!hub)
        return -ENOMEM;
    hub->ladder = ladder;
    hub->events = events;
    int err = ink_new(&hub->ink);
    for (size_t i = 0; i < ladder->n_rungs && !err; i++)
        err = add_rung(hub, &ladder->rungs[i]);
    if (err) {
        hub_free(&hub);
        return err;
    }
    *out = hub;
    return 0;
}

void hub_free(struct hub **hub)
{
    if (!*hub)
        return;
    for (size_t i = 0; i < (*hub)->n_lanes; i++)
        lane_release(&(*hub)->lanes[i]);
    ink_free(&(*hub)->ink);
    free(*hub);
    *hub = NULL;
}

struct ink *hub_ink(struct hub *hub)
{
    return hub->ink;
}

struct lane *hub_lane(struct hub *hub, uint8_t rendition, uint16_t bundle_ms)
{
    if (!codec_is_voice(hub->ladder->specs[rendition].codec))
        bundle_ms = 0;
    for (size_t i = 0; i < hub->n_lanes; i++) {
        if (hub->lanes[i].rendition == rendition && hub->bundle_ms[i] == bundle_ms)
            return &hub->lanes[i];
    }
    return NULL;
}

static void update_wanted(struct hub *hub)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < hub->n_lanes; i++) {
        if (hub->lanes[i].n_subs > 0)
            mask |= 1u << hub->lanes[i].rendition;
    }
    if (mask == hub->wanted)
        return;
    hub->wanted = mask;
    hub->events->on_want(hub->events->arg, mask);
}

static void clear_rendition(struct hub *hub, uint8_t rendition)
{
    for (size_t i = 0; i < hub->n_lanes; i++) {
        if (hub->lanes[i].rendition == rendition)
            lane_clear(&hub->lanes[i]);
    }
}

int hub_join(struct hub *hub, struct lane *lane, struct lane_sub *sub)
{
    bool is_fresh = !(hub->wanted & 1u << lane->rendition);
    if (is_fresh)
        clear_rendition(hub, lane->rendition);
    if (is_fresh && lane->kind == LANE_VIDEO) /* its encoder begins with a keyframe unasked */
        hub->keys[lane->rendition] = (struct key_request){.asked_ms = clock_ms()};
    int err = lane_subscribe(lane, sub);
    if (!err && lane->n_subs == 1)
        update_wanted(hub);
    return err;
}

void hub_leave(struct hub *hub, struct lane_sub *sub)
{
    const struct lane *lane = sub->lane;
    lane_unsubscribe(sub);
    if (lane && lane->n_subs == 0)
        update_wanted(hub);
}

static void ask_key(struct hub *hub, uint8_t rendition)
{
    hub->keys[rendition] = (struct key_request){.asked_ms = clock_ms()};
    hub->events->on_key(hub->events->arg, rendition);
}

static bool may_ask_key(const struct hub *hub, uint8_t rendition)
{
    uint64_t asked = hub->keys[rendition].asked_ms;
    return !asked || clock_ms() - asked >= HUB_KEY_INTERVAL_MS;
}

void hub_want_key(struct hub *hub, const struct lane *lane)
{
    if (may_ask_key(hub, lane->rendition))
        ask_key(hub, lane->rendition);
    else
        hub->keys[lane->rendition].is_due = true;
}

void hub_tick(struct hub *hub)
{
    for (size_t i = 0; i < WIRE_RENDITIONS_MAX; i++) {
        if (hub->keys[i].is_due && may_ask_key(hub, (uint8_t)i))
            ask_key(hub, (uint8_t)i);
    }
}

uint32_t hub_wanted(const struct hub *hub)
{
    return hub->wanted;
}

/* Media on its way when the last listener left has no use; a config has, since the encoder may live
 * on for a while and would not repeat it. */
static bool is_of_use(const struct hub *hub, const struct wire_msg *m)
{
    return m->kind == WIRE_CONFIG || hub->wanted & 1u << m->rendition;
}

int hub_unit(struct hub *hub, const struct wire_msg *m)
{
    bool is_known = false;
    int first_err = 0;
    for (size_t i = 0; i < hub->n_lanes; i++) {
        if (hub->lanes[i].rendition != m->rendition)
            continue;
        is_known = true;
        int err = is_of_use(hub, m) ? lane_unit(&hub->lanes[i], m) : 0;
        if (!first_err)
            first_err = err;
    }
    if (!is_known)
        return -EPROTO;
    if (m->kind == WIRE_KEYFRAME && !first_err)
        hub->keys[m->rendition].is_due = false;
    return first_err;
}

bool hub_pump(struct hub *hub)
{
    size_t budget = HUB_PUMP_BUDGET;
    bool more = false;
    for (size_t i = 0; i < hub->n_lanes; i++)
        more |= lane_pump(&hub->lanes[i], &budget);
    return more;
}

void hub_flush(struct hub *hub)
{
    for (size_t i = 0; i < hub->n_lanes; i++)
        lane_flush(&hub->lanes[i]);
}

void hub_clear(struct hub *hub)
{
    for (size_t i = 0; i < hub->n_lanes; i++)
        lane_clear(&hub->lanes[i]);
    ink_clear(hub->ink);
}
