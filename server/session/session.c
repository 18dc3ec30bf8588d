#include "server/session/session.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/metrics/metrics.h"
#include "server/session/impl.h"

/* A source that sends nothing for so long is away, whatever its connection says. */
enum { SOURCE_SILENT_MS = 1500 };

/* An encoder that was sent away tries again by itself, OBS after at most 15 minutes; one that comes
 * after a longer rest was started by somebody. */
enum { ENCODER_RETRY_MS = 20 * 60 * 1000 };

/* Sound that has been alone for so long stays so, until a picture comes: encoders begin both within
 * a group of pictures. */
enum { SOUND_ALONE_MS = 4000 };

const char *session_state_name(enum session_state state)
{
    switch (state) {
    case SESSION_WAITING: return "waiting";
    case SESSION_LIVE: return "live";
    case SESSION_RECONNECTING: return "reconnecting";
    case SESSION_ENDED: return "ended";
    }
    return "ended";
}

bool session_is_on(const struct session *s)
{
    return s->state == SESSION_LIVE || s->state == SESSION_RECONNECTING;
}

void session_enter(struct session *s, enum session_state next)
{
    if (s->state == next)
        return;
    log_info(&s->log, "session.state", LOG_STR("from", session_state_name(s->state)),
             LOG_STR("to", session_state_name(next)), LOG_NUM("viewers", s->seats));
    metric_add_named(METRIC_SESSIONS, session_state_name(s->state), -1);
    metric_add_named(METRIC_SESSIONS, session_state_name(next), 1);
    if (next == SESSION_LIVE && !session_is_on(s))
        s->live_ms = clock_ms();
    s->state = next;
}

/* -- hub ------------------------------------------------------------------------------------ */

static void pump(struct session *s)
{
    s->is_pumping = hub_pump(s->hub);
    if (s->is_pumping)
        sessions_pump_later(s->all);
}

static void on_want(void *arg, uint32_t mask)
{
    struct session *s = arg;
    if (s->worker)
        worker_want(s->worker, mask);
}

static void on_key(void *arg, uint8_t rendition)
{
    struct session *s = arg;
    if (s->worker)
        worker_key(s->worker, rendition);
}

/* -- worker --------------------------------------------------------------------------------- */

static void on_unit(void *arg, const struct wire_msg *m)
{
    struct session *s = arg;
    int err = hub_unit(s->hub, m);
    if (err)
        log_warn(&s->log, "session.unit-refused", LOG_NUM("rendition", m->rendition),
                 LOG_NUM("kind", m->kind), LOG_ERR(err));
}

static void on_batch(void *arg)
{
    pump(arg);
}

static void on_source(void *arg, enum wire_content content, uint16_t width, uint16_t height,
                      uint16_t fps_x100)
{
    struct session *s = arg;
    s->facts.content = content;
    s->facts.width = width;
    s->facts.height = height;
    s->facts.fps_x100 = fps_x100;
    log_info(&s->log, "session.source", LOG_STR("content", wire_content_name(content)),
             LOG_NUM("width", width), LOG_NUM("height", height), LOG_NUM("fps_x100", fps_x100));
}

static void on_want_key(void *arg)
{
    publish_want_key(arg);
}

static void on_no_picture(void *arg)
{
    struct session *s = arg;
    s->has_picture = false;
}

int session_ensure_worker(struct session *s)
{
    if (s->worker)
        return s->is_worker_closing ? -EBUSY : 0;
    const struct sessions_params *p = &s->all->params;
    const struct worker_params params = {
        .loop = p->loop,
        .program = p->codec_program,
        .memory_mb = p->codec_memory_mb,
        .heartbeat_ms = p->heartbeat_ms,
        .crashes = p->crashes,
        .crash_window_s = p->crash_window_s,
        .specs = p->ladder->specs,
        .n_specs = p->ladder->n_specs,
        .log = s->log,
    };
    const struct worker_events events = {.on_unit = on_unit,
                                         .on_batch = on_batch,
                                         .on_source = on_source,
                                         .on_want_key = on_want_key,
                                         .on_no_picture = on_no_picture,
                                         .arg = s};
    int err = worker_new(&s->worker, &params, &events);
    if (err)
        return err;
    s->has_picture = true;
    worker_want(s->worker, hub_wanted(s->hub));
    return 0;
}

/* -- life ----------------------------------------------------------------------------------- */

int session_new(struct sessions *all, const char *id, struct session **out)
{
    struct session *s = calloc(1, sizeof(*s));
    if (!s)
        return -ENOMEM;
    s->all = all;
    s->has_picture = true;
    memcpy(s->id, id, strlen(id) + 1);
    s->log = (struct log){.noun = "lesson", .id = s->id};
    s->hub_events = (struct hub_events){.on_want = on_want, .on_key = on_key, .arg = s};
    int err = hub_new(&s->hub, all->params.ladder, &s->hub_events);
    if (err) {
        free(s);
        return err;
    }
    s->next = all->first;
    all->first = s;
    metric_add_named(METRIC_SESSIONS, session_state_name(s->state), 1);
    *out = s;
    return 0;
}

void session_free(struct session *s)
{
    assert(!s->worker && s->publishers == 0 && s->seats == 0);
    struct session **at = &s->all->first;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    metric_add_named(METRIC_SESSIONS, session_state_name(s->state), -1);
    hub_free(&s->hub);
    free(s);
}

static void on_worker_closed(void *arg)
{
    struct session *s = arg;
    struct sessions *all = s->all;
    s->worker = NULL;
    s->is_worker_closing = false;
    if (all->is_closing)
        session_free(s);
    sessions_maybe_closed(all);
}

static void drop_worker(struct session *s)
{
    if (!s->worker || s->is_worker_closing)
        return;
    s->is_worker_closing = true;
    worker_close(s->worker, on_worker_closed, s);
}

void session_end(struct session *s)
{
    session_enter(s, SESSION_ENDED);
    hub_clear(s->hub);
    s->has_ink = false;
    s->break_until_ms = 0;
    s->facts = (struct session_facts){0};
    drop_worker(s);
}

bool session_keeps_out(const struct session *s, uint64_t now_ms)
{
    return s->is_over && s->encoder_ms && now_ms - s->encoder_ms < ENCODER_RETRY_MS;
}

void session_source_away(struct session *s)
{
    if (s->state != SESSION_LIVE)
        return;
    s->lost_ms = clock_ms();
    session_enter(s, SESSION_RECONNECTING);
    hub_flush(s->hub);
    pump(s);
}

void session_look(struct session *s, uint64_t now_ms)
{
    hub_tick(s->hub);
    if (s->state == SESSION_LIVE && now_ms - s->tag_ms > SOURCE_SILENT_MS)
        session_source_away(s);
    uint64_t linger_ms = (uint64_t)s->all->params.linger_s * 1000;
    if (s->state == SESSION_RECONNECTING && now_ms - s->lost_ms > linger_ms)
        session_end(s);
    /* A source came and went without any media: what was made ready for it is not needed. */
    if (!s->source && (s->state == SESSION_WAITING || s->state == SESSION_ENDED))
        drop_worker(s);
}

bool session_is_needed(struct session *s)
{
    uint64_t now = clock_ms();
    bool is_awaited = away_count(&s->away, now) > 0;
    return is_awaited || session_keeps_out(s, now) || s->seats > 0 || s->publishers > 0 ||
           s->worker || s->state == SESSION_RECONNECTING;
}

/* -- for viewers ---------------------------------------------------------------------------- */

void session_unseat(struct session *session)
{
    assert(session->seats > 0);
    session->seats--;
}

static void count(struct session *s, const struct seat_view *view, int sign)
{
    if (!view->is_set)
        return;
    s->of_rung[view->rung] += (uint32_t)sign;
    if (!view->has_picture)
        s->voice_only += (size_t)sign;
}

void session_count(struct session *session, struct seat_view *view, const struct seat_view *next)
{
    count(session, view, -1);
    count(session, next, 1);
    *view = *next;
}

void session_viewer_broke(struct session *session)
{
    away_broke(&session->away, clock_ms());
}

void session_viewer_back(struct session *session)
{
    away_back(&session->away, clock_ms());
}

const char *source_kind_name(enum source_kind kind)
{
    switch (kind) {
    case SOURCE_NONE: return "none";
    case SOURCE_ENCODER: return "rtmp";
    case SOURCE_PAGE: return "browser";
    }
    return "none";
}

static enum source_kind source_of(const struct session *s)
{
    if (!s->source)
        return SOURCE_NONE;
    return s->source->is_page ? SOURCE_PAGE : SOURCE_ENCODER;
}

void session_tell(struct session *s, struct session_facts *out)
{
    uint64_t now = clock_ms();
    *out = s->facts;
    out->state = s->state;
    out->source = source_of(s);
    out->has_worker = s->worker && worker_is_running(s->worker);
    out->has_picture = s->has_picture;
    out->is_over = session_keeps_out(s, now);
    out->live_ms = session_is_on(s) ? now - s->live_ms : 0;
    out->break_ms = s->break_until_ms > now ? s->break_until_ms - now : 0;
    out->viewers = s->seats;
    out->voice_only = s->voice_only;
    out->away = away_count(&s->away, now);
    memcpy(out->of_rung, s->of_rung, sizeof(out->of_rung));
}

enum session_state session_state(const struct session *session)
{
    return session->state;
}

bool session_is_void(const struct session *session)
{
    return session->is_void;
}

enum wire_content session_content(const struct session *session)
{
    return session->facts.content;
}

bool session_is_muted(const struct session *session)
{
    return session->facts.is_muted;
}

uint32_t session_muted_ms(const struct session *session)
{
    return session->facts.muted_ms;
}

bool session_has_picture(const struct session *s)
{
    bool is_sound_alone = !s->has_video && s->sound_ms && clock_ms() - s->sound_ms > SOUND_ALONE_MS;
    return s->has_picture && !is_sound_alone && s->facts.content != WIRE_CONTENT_TOO_LARGE;
}

uint64_t session_break_until_ms(const struct session *session)
{
    return session->break_until_ms;
}

struct hub *session_hub(struct session *session)
{
    return session->hub;
}

uint32_t session_pts_ms(const struct session *session)
{
    return session->began_ms ? (uint32_t)(clock_ms() - session->began_ms) : 0;
}
