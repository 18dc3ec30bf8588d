#include "server/viewer/impl.h"

#include "server/lesson/lesson.h"

static bool say(struct viewer *v, const char *text, int len)
{
    return len > 0 && ws_send_text(v->ws, text, (size_t)len) == 0;
}

int viewer_tell_welcome(struct viewer *v, const struct lesson *lesson)
{
    char text[CONTROL_TEXT_MAX];
    const struct control_welcome w = {
        .lesson = lesson->id,
        .title = lesson->title,
        .state = session_state_name(session_state(v->session)),
        .is_muted = session_is_muted(v->session),
        .pts_ms = session_pts_ms(v->session),
    };
    int n = control_write_welcome(text, &w);
    v->told_state = session_state(v->session);
    v->told_muted = w.is_muted;
    v->is_state_told = true;
    return n > 0 ? ws_send_text(v->ws, text, (size_t)n) : n;
}

void viewer_tell_rung(struct viewer *v)
{
    if (v->is_rung_told || !v->rung.is_set)
        return;
    char text[CONTROL_TEXT_MAX];
    v->is_rung_told =
        say(v, text,
            control_write_rung(text, viewer_rung(v), viewer_picture(v), rung_why_name(v->why)));
}

static void tell_state(struct viewer *v)
{
    enum session_state state = session_state(v->session);
    bool is_muted = session_is_muted(v->session);
    if (v->is_state_told && v->told_state == state && v->told_muted == is_muted)
        return;
    char text[CONTROL_TEXT_MAX];
    int n = control_write_state(text, session_state_name(state), is_muted,
                                session_muted_ms(v->session));
    v->is_state_told = say(v, text, n);
    v->told_state = state;
    v->told_muted = is_muted;
}

/* A page is not told by its browser what was lost on the way to it, but its pupil pays for it. */
static void tell_resent(struct viewer *v)
{
    uint64_t bytes = v->feed.resent_bytes - v->told_resent_bytes;
    if (bytes < VIEWER_RESENT_BYTES)
        return;
    char text[CONTROL_TEXT_MAX];
    if (say(v, text, control_write_resent(text, bytes)))
        v->told_resent_bytes += bytes;
}

static void tell_plan(struct viewer *v)
{
    uint32_t changes = session_plan_changes(v->session);
    if (v->plan_changes == changes)
        return;
    char text[CONTROL_TEXT_MAX];
    if (say(v, text, control_write_timetable(text)))
        v->plan_changes = changes;
}

/* While it lasts once in a while: a page hears that its link is alive, and keeps time. */
static void tell_break(struct viewer *v, uint64_t now_ms)
{
    enum { AGAIN_MS = 20000 };
    uint64_t until_ms = v->is_resting ? session_break_until_ms(v->session) : 0;
    bool is_known = until_ms == v->told_break_until_ms;
    if (is_known && (!until_ms || now_ms - v->break_told_ms < AGAIN_MS))
        return;
    char text[CONTROL_TEXT_MAX];
    if (!say(v, text, control_write_break(text, until_ms ? until_ms - now_ms : 0)))
        return;
    v->told_break_until_ms = until_ms;
    v->break_told_ms = now_ms;
}

static void tell_day(struct viewer *v)
{
    const struct attendance_day *d = &v->day;
    if (d->level == v->told_level && d->is_voice_only == v->told_voice_only)
        return;
    char text[CONTROL_TEXT_MAX];
    const struct control_day day = {d->group_min, d->voice_min, d->limit_min, d->is_voice_only};
    if (!say(v, text, control_write_day(text, &day)))
        return;
    v->told_level = d->level;
    v->told_voice_only = d->is_voice_only;
}

void viewer_tell(struct viewer *v, uint64_t now_ms)
{
    tell_state(v);
    tell_break(v, now_ms);
    tell_day(v);
    viewer_tell_rung(v);
    tell_resent(v);
    tell_plan(v);
}
