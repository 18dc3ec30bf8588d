#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/session/impl.h"

enum { TICK_MS = 250 };

struct session *sessions_find(const struct sessions *all, const char *id)
{
    for (struct session *s = all->first; s; s = s->next) {
        if (strcmp(s->id, id) == 0 && !s->is_void)
            return s;
    }
    return NULL;
}

int sessions_find_or_new(struct sessions *all, const char *id, struct session **out)
{
    *out = sessions_find(all, id);
    return *out ? 0 : session_new(all, id, out);
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

void sessions_pump_later(struct sessions *all)
{
    uv_idle_start(&all->pump, on_pump);
}

static void on_tick(uv_timer_t *timer)
{
    struct sessions *all = timer->data;
    uint64_t now = clock_ms();
    struct session *next;
    for (struct session *s = all->first; s; s = next) {
        next = s->next;
        session_look(s, now);
        if (!session_is_needed(s))
            session_free(s);
    }
}

const struct ingest_sink *sessions_sink(struct sessions *sessions)
{
    return &sessions->sink;
}

int sessions_new(struct sessions **out, const struct sessions_params *p)
{
    struct sessions *all = calloc(1, sizeof(*all));
    if (!all)
        return -ENOMEM;
    all->params = *p;
    all->sink = publish_sink;
    all->sink.arg = all;
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

void sessions_maybe_closed(struct sessions *all)
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
            session_end(s);
        else
            session_free(s);
    }
    sessions_maybe_closed(sessions);
}

void sessions_kick(struct sessions *sessions, const char *lesson_id)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (s && s->source && !s->source->is_page)
        publish_kick(s, KICK_VOID);
}

bool sessions_end(struct sessions *sessions, const char *lesson_id, const char *device)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (!s)
        return true;
    if (s->source && s->source->is_page && strcmp(s->page.device, device) != 0)
        return false;
    publish_kick(s, KICK_TAKEN);
    if (s->state != SESSION_WAITING)
        session_end(s);
    s->is_over = true;
    return true;
}

void sessions_admit(struct sessions *sessions, const char *lesson_id)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (s)
        s->is_over = false;
}

void sessions_break(struct sessions *sessions, const char *lesson_id, uint32_t ms)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (!s || !session_is_on(s))
        return;
    s->break_until_ms = ms ? clock_ms() + ms : 0;
    log_info(&s->log, "session.break", LOG_NUM("ms", ms), LOG_NUM("viewers", s->seats));
}

void sessions_void(struct sessions *sessions, const char *lesson_id)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (!s)
        return;
    publish_kick(s, KICK_VOID);
    session_end(s);
    s->is_void = true;
}

void sessions_plan_changed(struct sessions *sessions, const char *lesson_id)
{
    struct session *s = sessions_find(sessions, lesson_id);
    if (s)
        s->plan_changes++;
}

uint32_t session_plan_changes(const struct session *session)
{
    return session->plan_changes;
}

int session_seat(struct sessions *sessions, const char *lesson_id, struct session **out)
{
    if (sessions->is_closing)
        return -ESHUTDOWN;
    int err = sessions_find_or_new(sessions, lesson_id, out);
    if (!err)
        (*out)->seats++;
    return err;
}

bool sessions_facts(struct sessions *sessions, const char *lesson_id, struct session_facts *out)
{
    struct session *s = sessions_find(sessions, lesson_id);
    *out = (struct session_facts){.state = SESSION_WAITING, .has_picture = true};
    if (s)
        session_tell(s, out);
    return s != NULL;
}

void sessions_each(struct sessions *sessions, session_facts_fn *each, void *arg)
{
    struct session_facts facts;
    for (struct session *s = sessions->first; s; s = s->next) {
        facts = (struct session_facts){.state = SESSION_WAITING, .has_picture = true};
        session_tell(s, &facts);
        if (!s->is_void)
            each(arg, s->id, &facts);
    }
}
