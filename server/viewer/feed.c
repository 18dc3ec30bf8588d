#include "server/viewer/feed.h"

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/viewer/feed_impl.h"
#include "server/viewer/viewer.h"

enum {
    PUMP_MESSAGES_MAX = 32, /* in one call: a viewer who catches up must not hold up the others */
    /* Video that comes between two bundles of voice goes with the next one; a voice that is silent
     * for longer is not waited for. */
    VOICE_PATIENCE_MS = 400,
    PEN_PATIENCE_MS = 200, /* ... the pen waits for a bundle, and so much for a late one */
};

static void measure(struct feed *f, uint64_t now_ms)
{
    struct ws_link m;
    ws_measure(f->ws, &m);
    link_measured(&f->link, now_ms, m.rtt_ms, m.min_rtt_ms);
    f->resent_bytes = m.resent_bytes;
}

static void on_ready(void *owner)
{
    feed_pump(owner);
}

void feed_init(struct feed *f, struct ws *ws, struct hub *hub, struct parcel *parcel)
{
    const struct lane_sub sub = {.ready = on_ready, .owner = f, .ahead = ws};
    *f = (struct feed){.ws = ws, .hub = hub, .parcel = parcel, .still_sub = sub};
    f->voice.subs[0] = f->voice.subs[1] = f->video.subs[0] = f->video.subs[1] = sub;
    link_init(&f->link);
    measure(f, clock_ms()); /* the handshake has shown the round trip */
}

void feed_release(struct feed *f)
{
    track_leave(f->hub, &f->voice);
    track_leave(f->hub, &f->video);
    hub_leave(f->hub, &f->still_sub);
    still_unref(&f->still);
    ink_page_unref(&f->ink_page);
}

void feed_resume(struct feed *f, uint32_t pts_ms)
{
    f->voice_pts_ms = pts_ms;
    f->has_voice_pts = true;
}

/* A frame, picture or page that was under way begins anew. */
void feed_rest(struct feed *f, bool is_resting)
{
    f->is_resting = is_resting;
    if (!is_resting)
        return;
    track_leave(f->hub, &f->voice);
    feed_set_video(f, NULL, true);
    feed_set_still(f, NULL);
    ink_page_unref(&f->ink_page);
}

void feed_mark(struct feed *f)
{
    link_mark(&f->link);
}

/* -- the parcel ----------------------------------------------------------------------------- */

/* On a thin link nothing is put behind voice that would hold it up. */
uint8_t *feed_reserve(struct feed *f, uint32_t bytes)
{
    if (f->parcel->len > 0 && f->parcel->len + bytes > link_piece_bytes(&f->link))
        return NULL;
    uint8_t *at = parcel_add(f->parcel, bytes);
    if (at)
        link_sent(&f->link, bytes);
    return at;
}

/* WebSocket's header, which the socket's queue counts (RFC 6455 §5.2). */
static uint32_t header_bytes(uint32_t len)
{
    return len < 126 ? 2 : len < 65536 ? 4 : 10;
}

static void send_parcel(struct feed *f)
{
    if (f->parcel->len > 0) {
        link_sent(&f->link, header_bytes(f->parcel->len));
        f->sent_ms = clock_ms();
    }
    parcel_send(f->parcel, f->ws); /* the socket was asked before; an ending one loses nothing */
}

enum step feed_put(struct feed *f, const struct buf *message)
{
    uint8_t *at = feed_reserve(f, message->len);
    if (at)
        put_bytes(at, message->data, message->len);
    else if (f->parcel->len > 0)
        return STEP_FULL;
    else
        metric_add_named(METRIC_FRAMES_DROPPED, "other", 1);
    return STEP_PUT;
}

enum step feed_put_config(struct feed *f, struct track *t, const struct lane *lane)
{
    enum step step = feed_put(f, lane->config);
    if (step == STEP_PUT)
        t->generation = lane->generation;
    return step;
}

/* -- what comes next ------------------------------------------------------------------------ */

/* Voice and picture of one tick go together: half the messages. */
static bool waits_for_voice(const struct feed *f)
{
    bool is_smooth = !f->video.needs_start && !f->part_offset && !f->behind_ms;
    return is_smooth && !f->has_voice_gone && track_lane(&f->voice) &&
           clock_ms() - f->voice_sent_ms < VOICE_PATIENCE_MS;
}

/* So does the pen: its player draws nothing before the voice of that moment. */
static bool has_pen_due(const struct feed *f)
{
    if (!feed_has_ink_waiting(f))
        return false;
    const struct lane *voice = track_lane(&f->voice);
    return f->has_voice_gone || !voice ||
           clock_ms() - f->voice_sent_ms >= voice->packer.span_ms + PEN_PATIENCE_MS;
}

static bool has_more_due(const struct feed *f)
{
    return has_pen_due(f) || feed_has_still_waiting(f) || feed_has_page_waiting(f) ||
           (feed_has_video_waiting(f) && !waits_for_voice(f));
}

static bool is_admitted(const struct feed *f)
{
    return link_surely_admits(&f->link) || link_admits(&f->link, ws_queued(f->ws) + f->parcel->len);
}

/* The next unit in order of worth; what is not voice waits for the window. */
static enum step next_step(struct feed *f)
{
    enum step step = feed_voice_step(f);
    if (step == STEP_IDLE)
        step = feed_gap_step(f);
    if (step != STEP_IDLE || !has_more_due(f))
        return step;
    if (!is_admitted(f)) {
        f->is_held = true;
        return STEP_IDLE;
    }
    step = has_pen_due(f) ? feed_ink_step(f) : STEP_IDLE;
    if (step == STEP_IDLE)
        step = feed_still_step(f);
    if (step == STEP_IDLE)
        step = feed_page_step(f);
    return step == STEP_IDLE ? feed_video_step(f) : step;
}

/* One message. False: there is nothing more to send for now. */
static bool send_next(struct feed *f)
{
    enum step step;
    do
        step = next_step(f);
    while (step == STEP_PUT);
    send_parcel(f);
    return step == STEP_FULL;
}

void feed_pump(struct feed *f)
{
    bool has_more = !f->is_resting;
    if (f->is_pumping)
        return;
    f->is_pumping = true;
    f->has_voice_gone = false;
    if (ws_is_ready(f->ws))
        f->blocked_ms = 0;
    for (int i = 0; i < PUMP_MESSAGES_MAX && has_more && ws_is_ready(f->ws); i++)
        has_more = send_next(f);
    bool is_full = !ws_is_ready(f->ws);
    if (is_full && !f->blocked_ms)
        f->blocked_ms = clock_ms();
    if (is_full || has_more) /* else the turn was used up */
        ws_want_writable(f->ws);
    f->is_pumping = false;
}

/* -- looks ---------------------------------------------------------------------------------- */

/* Nothing waited at the last look, and nothing has been held back since. */
static bool is_calm(const struct feed *f)
{
    return !f->is_held && !f->behind_ms && !f->blocked_ms && f->link.queued_bytes == 0;
}

void feed_look(struct feed *f, uint64_t now_ms)
{
    /* Asking the kernel four times a second is a twentieth of a viewer's cost: half as often will
     * do for those whose link shows no sign of trouble. */
    f->has_looked = !(f->has_looked && is_calm(f));
    if (!f->has_looked)
        return;
    if (link_wants_measure(&f->link, now_ms))
        measure(f, now_ms);
    link_look(&f->link, now_ms, ws_queued(f->ws), f->is_held);
    feed_mind_video(f, now_ms);
    f->was_held = f->is_held;
    f->is_held = false;
    feed_pump(f);
}

static uint32_t voice_lag_ms(const struct feed *f)
{
    const struct lane *lane = track_lane(&f->voice);
    return lane ? ring_lag_ms(lane->ring, f->voice.seq) : 0;
}

void feed_tell(const struct feed *f, uint64_t now_ms, struct rung_facts *facts)
{
    const struct link *l = &f->link;
    facts->is_stuck = l->is_stuck;
    facts->is_pressed = l->is_pressed;
    facts->is_draining = link_is_draining(l);
    facts->is_held = f->was_held;
    facts->capacity_bps = l->capacity_bps;
    facts->proven_bps = l->proven_bps;
    facts->limit_bps = l->limit_bps;
    facts->queue_ms = l->queue_ms;
    facts->rtt_ms = l->min_rtt_ms;
    facts->voice_lag_ms = voice_lag_ms(f);
    facts->picture_lag_ms = f->behind_ms ? (uint32_t)(now_ms - f->behind_ms) : 0;
    facts->now_ms = now_ms;
}
