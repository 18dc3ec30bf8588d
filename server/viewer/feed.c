#include "server/viewer/feed.h"

#include "server/base/clock.h"
#include "server/viewer/feed_impl.h"

/* Messages in one call: a viewer who catches up must not hold up the others. */
enum { PUMP_MESSAGES_MAX = 32 };

static void on_ready(void *owner)
{
    feed_pump(owner);
}

void feed_init(struct feed *f, struct ws *ws, struct hub *hub)
{
    const struct lane_sub sub = {.ready = on_ready, .owner = f, .ahead = ws};
    *f = (struct feed){.ws = ws, .hub = hub, .still_sub = sub};
    f->voice.subs[0] = f->voice.subs[1] = f->video.subs[0] = f->video.subs[1] = sub;
    link_init(&f->link);
}

void feed_release(struct feed *f)
{
    track_leave(f->hub, &f->voice);
    track_leave(f->hub, &f->video);
    hub_leave(f->hub, &f->still_sub);
    still_unref(&f->still);
}

void feed_resume(struct feed *f, uint32_t pts_ms)
{
    f->voice_pts_ms = pts_ms;
    f->has_voice_pts = true;
}

enum step feed_send(struct feed *f, const struct buf *message)
{
    int err = ws_send(f->ws, message);
    if (err == 0) {
        f->blocked_ms = 0;
        link_sent(&f->link, message->len);
        return STEP_SENT;
    }
    return STEP_BLOCKED;
}

enum step feed_send_config(struct feed *f, struct track *t, const struct lane *lane)
{
    enum step step = feed_send(f, lane->config);
    if (step == STEP_SENT)
        t->generation = lane->generation;
    return step;
}

/* The next message in order of worth; what is not voice waits for the window. */
static enum step next_step(struct feed *f)
{
    enum step step = feed_voice_step(f);
    if (step == STEP_IDLE)
        step = feed_gap_step(f);
    if (step != STEP_IDLE || !(feed_has_still_waiting(f) || feed_has_video_waiting(f)))
        return step;
    if (!link_surely_admits(&f->link) && !link_admits(&f->link, ws_queued(f->ws))) {
        f->is_held = true;
        return STEP_IDLE;
    }
    step = feed_still_step(f);
    return step == STEP_IDLE ? feed_video_step(f) : step;
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
    feed_mind_video(f, now_ms);
    link_look(&f->link, now_ms, ws_queued(f->ws), f->is_held);
    f->is_held = false;
    if (link_wants_measure(&f->link, now_ms)) {
        struct ws_link m;
        ws_measure(f->ws, &m);
        link_measured(&f->link, now_ms, m.rtt_ms, m.min_rtt_ms, m.acked_bytes);
    }
    feed_pump(f);
}
