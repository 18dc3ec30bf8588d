#include "server/session/session.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/access/access.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/lesson/lesson.h"
#include "server/metrics/metrics.h"
#include "server/session/source_clock.h"
#include "server/worker/worker.h"

enum {
    TICK_MS = 250,
    /* A source that sends nothing for so long is away, whatever its connection says. */
    SOURCE_SILENT_MS = 1500,
};

struct publisher {
    struct session *session;
    void (*kick)(void *source);
    void *source;
    bool is_kicked;
};

struct session {
    struct sessions *all;
    struct session *next;
    char id[LESSON_ID_MAX];
    struct log log;
    enum session_state state;
    bool is_void;
    size_t seats;
    struct hub *hub;
    struct hub_events hub_events;
    bool is_pumping; /* listeners of the hub are waiting for another turn */

    struct publisher *source; /* NULL: none */
    struct source_clock clock;
    struct worker *worker; /* from the first source until the session ends */
    bool is_worker_closing;
    uint64_t began_ms; /* when the session clock was 0; 0: not yet */
    uint64_t tag_ms;   /* of the newest tag */
    uint64_t lost_ms;  /* since when the source is away */
    bool has_picture;
    struct session_facts facts;
};

struct sessions {
    struct sessions_params params;
    struct ingest_sink sink;
    struct session *first;
    uv_timer_t timer;
    uv_idle_t pump;
    int open_handles;
    bool is_closing;
    void (*closed)(void *arg);
    void *closed_arg;
};

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

static void enter(struct session *s, enum session_state next)
{
    if (s->state == next)
        return;
    log_info(&s->log, "session.state", LOG_STR("from", session_state_name(s->state)),
             LOG_STR("to", session_state_name(next)), LOG_NUM("viewers", s->seats));
    metric_add_named(METRIC_SESSIONS, session_state_name(s->state), -1);
    metric_add_named(METRIC_SESSIONS, session_state_name(next), 1);
    s->state = next;
}

/* -- hub ------------------------------------------------------------------------------------ */

static void on_pump(uv_idle_t *idle);

static void pump(struct session *s)
{
    s->is_pumping = hub_pump(s->hub);
    if (s->is_pumping)
        uv_idle_start(&s->all->pump, on_pump);
}

/* Goes on, 500 listeners a turn, with those that the last turn did not come to. */
static void on_pump(uv_idle_t *idle)
{
    struct sessions *all = idle->data;
    bool more = false;
    for (struct session *s = all->first; s; s = s->next) {
        if (s->is_pumping)
            s->is_pumping = hub_pump(s->hub);
        more |= s->is_pumping;
    }
    if (!more)
        uv_idle_stop(idle);
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

static void on_no_picture(void *arg)
{
    struct session *s = arg;
    s->has_picture = false;
}

static int ensure_worker(struct session *s)
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

static struct session *find(const struct sessions *all, const char *id)
{
    for (struct session *s = all->first; s; s = s->next) {
        if (strcmp(s->id, id) == 0 && !s->is_void)
            return s;
    }
    return NULL;
}

static int session_new(struct sessions *all, const char *id, struct session **out)
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

static void session_free(struct session *s)
{
    assert(!s->worker && !s->source && s->seats == 0);
    struct session **at = &s->all->first;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    metric_add_named(METRIC_SESSIONS, session_state_name(s->state), -1);
    hub_free(&s->hub);
    free(s);
}

static int find_or_new(struct sessions *all, const char *id, struct session **out)
{
    *out = find(all, id);
    return *out ? 0 : session_new(all, id, out);
}

static void maybe_closed(struct sessions *all);

static void on_worker_closed(void *arg)
{
    struct session *s = arg;
    struct sessions *all = s->all;
    s->worker = NULL;
    s->is_worker_closing = false;
    if (all->is_closing)
        session_free(s);
    maybe_closed(all);
}

static void drop_worker(struct session *s)
{
    if (!s->worker || s->is_worker_closing)
        return;
    s->is_worker_closing = true;
    worker_close(s->worker, on_worker_closed, s);
}

static void end(struct session *s)
{
    enter(s, SESSION_ENDED);
    hub_clear(s->hub);
    s->facts = (struct session_facts){0};
    drop_worker(s);
}

/* -- publishers ----------------------------------------------------------------------------- */

static enum publish_verdict admit(struct sessions *all, const struct lesson *lesson,
                                  struct session **out)
{
    if (all->is_closing || find_or_new(all, lesson->id, out) != 0)
        return PUBLISH_NOT_NOW;
    if ((*out)->source)
        return PUBLISH_BUSY;
    return ensure_worker(*out) == 0 ? PUBLISH_OK : PUBLISH_NOT_NOW;
}

static enum publish_verdict on_publish(void *arg, const char *key, const char *peer,
                                       void (*kick)(void *source), void *source,
                                       struct publisher **out)
{
    struct sessions *all = arg;
    const struct lesson *lesson = lessons_find_by_stream_key(all->params.lessons, key);
    if (!lesson || !access_may(&(struct access_claim){.key = key}, ACCESS_TEACH, lesson))
        return PUBLISH_BAD_KEY;
    struct session *s;
    enum publish_verdict verdict = admit(all, lesson, &s);
    if (verdict != PUBLISH_OK)
        return verdict;
    struct publisher *pub = calloc(1, sizeof(*pub));
    if (!pub)
        return PUBLISH_NOT_NOW;
    *pub = (struct publisher){.session = s, .kick = kick, .source = source};
    s->source = pub;
    source_clock_restart(&s->clock);
    worker_source(s->worker);
    log_info(&s->log, "session.source-open", LOG_STR("peer", peer));
    *out = pub;
    return PUBLISH_OK;
}

static void on_tag(struct publisher *pub, const struct flv_tag *tag)
{
    struct session *s = pub->session;
    struct flv_info info;
    if (pub->is_kicked || !s->worker || s->is_worker_closing || flv_inspect(&info, tag) != 0 ||
        info.unsupported)
        return; /* the ingest has refused such a source already */
    uint64_t now = clock_ms();
    if (!s->began_ms)
        s->began_ms = now;
    s->tag_ms = now;
    s->facts.source_bytes += tag->len;
    if (info.is_empty)
        return;
    enter(s, SESSION_LIVE);
    bool jumped;
    uint32_t dts = source_clock_map(&s->clock, tag->dts_ms, session_pts_ms(s), &jumped);
    if (jumped)
        log_warn(&s->log, "session.source-clock-jumped", LOG_NUM("dts_ms", tag->dts_ms));
    worker_tag(s->worker, tag, &info, dts);
}

static void source_away(struct session *s)
{
    if (s->state != SESSION_LIVE)
        return;
    s->lost_ms = clock_ms();
    enter(s, SESSION_RECONNECTING);
    hub_flush(s->hub);
    pump(s);
}

static void on_unpublish(struct publisher *pub, enum source_end why)
{
    static const char *const reasons[] = {
        [SOURCE_LOST] = "lost", [SOURCE_STOPPED] = "stopped", [SOURCE_REFUSED] = "refused"};
    struct session *s = pub->session;
    log_info(&s->log, "session.source-closed", LOG_STR("why", reasons[why]));
    s->source = NULL;
    free(pub);
    source_away(s);
}

const struct ingest_sink *sessions_sink(struct sessions *sessions)
{
    return &sessions->sink;
}

/* -- time ----------------------------------------------------------------------------------- */

static void look(struct session *s, uint64_t now)
{
    hub_tick(s->hub);
    if (s->state == SESSION_LIVE && now - s->tag_ms > SOURCE_SILENT_MS)
        source_away(s);
    uint64_t linger_ms = (uint64_t)s->all->params.linger_s * 1000;
    if (s->state == SESSION_RECONNECTING && !s->source && now - s->lost_ms > linger_ms)
        end(s);
    /* A source came and went without any media: what was made ready for it is not needed. */
    if (!s->source && (s->state == SESSION_WAITING || s->state == SESSION_ENDED))
        drop_worker(s);
}

static bool is_needed(const struct session *s)
{
    return s->seats > 0 || s->source || s->worker || s->state == SESSION_RECONNECTING;
}

static void on_tick(uv_timer_t *timer)
{
    struct sessions *all = timer->data;
    uint64_t now = clock_ms();
    struct session *next;
    for (struct session *s = all->first; s; s = next) {
        next = s->next;
        look(s, now);
        if (!is_needed(s))
            session_free(s);
    }
}

/* -- all of them ---------------------------------------------------------------------------- */

int sessions_new(struct sessions **out, const struct sessions_params *p)
{
    struct sessions *all = calloc(1, sizeof(*all));
    if (!all)
        return -ENOMEM;
    all->params = *p;
    all->sink =
        (struct ingest_sink){.open = on_publish, .tag = on_tag, .close = on_unpublish, .arg = all};
    uv_timer_init(p->loop, &all->timer);
    uv_idle_init(p->loop, &all->pump);
    all->timer.data = all->pump.data = all;
    all->open_handles = 2;
    uv_timer_start(&all->timer, on_tick, TICK_MS, TICK_MS);
    *out = all;
    return 0;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct sessions *all = handle->data;
    if (--all->open_handles > 0)
        return;
    void (*closed)(void *arg) = all->closed;
    void *arg = all->closed_arg;
    free(all);
    closed(arg);
}

static void maybe_closed(struct sessions *all)
{
    if (!all->is_closing || all->first || uv_is_closing((uv_handle_t *)&all->timer))
        return;
    uv_close((uv_handle_t *)&all->timer, on_handle_closed);
    uv_close((uv_handle_t *)&all->pump, on_handle_closed);
}

void sessions_close(struct sessions *sessions, void (*closed)(void *arg), void *arg)
{
    sessions->is_closing = true;
    sessions->closed = closed;
    sessions->closed_arg = arg;
    struct session *next;
    for (struct session *s = sessions->first; s; s = next) {
        next = s->next;
        if (s->worker)
            end(s);
        else
            session_free(s);
    }
    maybe_closed(sessions);
}

void sessions_kick(struct sessions *sessions, const char *lesson_id)
{
    const struct session *s = find(sessions, lesson_id);
    if (!s || !s->source || s->source->is_kicked)
        return;
    s->source->is_kicked = true;
    s->source->kick(s->source->source);
}

void sessions_void(struct sessions *sessions, const char *lesson_id)
{
    sessions_kick(sessions, lesson_id);
    struct session *s = find(sessions, lesson_id);
    if (!s)
        return;
    end(s);
    s->is_void = true;
}

/* -- for viewers and the API ---------------------------------------------------------------- */

int session_seat(struct sessions *sessions, const char *lesson_id, struct session **out)
{
    if (sessions->is_closing)
        return -ESHUTDOWN;
    int err = find_or_new(sessions, lesson_id, out);
    if (!err)
        (*out)->seats++;
    return err;
}

void session_unseat(struct session *session)
{
    assert(session->seats > 0);
    session->seats--;
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

bool session_has_picture(const struct session *session)
{
    return session->has_picture;
}

struct hub *session_hub(struct session *session)
{
    return session->hub;
}

uint32_t session_pts_ms(const struct session *session)
{
    return session->began_ms ? (uint32_t)(clock_ms() - session->began_ms) : 0;
}

bool sessions_facts(const struct sessions *sessions, const char *lesson_id,
                    struct session_facts *out)
{
    const struct session *s = find(sessions, lesson_id);
    if (!s)
        return false;
    *out = s->facts;
    out->state = s->state;
    out->has_source = s->source != NULL;
    out->has_worker = s->worker && worker_is_running(s->worker);
    out->has_picture = s->has_picture;
    out->viewers = s->seats;
    return true;
}
