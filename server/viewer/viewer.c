#include "server/viewer/viewer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/lesson/lesson.h"
#include "server/metrics/metrics.h"
#include "server/viewer/impl.h"

int viewer_new(struct viewer **out, struct crowd *crowd, struct ws *ws)
{
    struct viewer *v = calloc(1, sizeof(*v));
    if (!v)
        return -ENOMEM;
    v->crowd = crowd;
    v->ws = ws;
    v->wants_video = true;
    v->since_ms = v->heard_ms = clock_ms();
    ws_set_user(ws, v);
    *out = v;
    return 0;
}

const struct rung *viewer_rung(const struct viewer *v)
{
    return &crowd_params_of(v->crowd)->ladder->rungs[v->rung.rung];
}

struct crowd *viewer_crowd(const struct viewer *v)
{
    return v->crowd;
}

size_t *viewer_place(struct viewer *v)
{
    return &v->place;
}

static const char *rung_name(const struct viewer *v)
{
    return viewer_rung(v)->name;
}

/* `broke`: it did not say good-bye, and may be on its way back. */
static void leave_seat(struct viewer *v, bool broke)
{
    if (!v->session)
        return;
    attendance_leave(&v->attends);
    session_count(v->session, &v->view, &(struct seat_view){.is_set = false});
    if (broke)
        session_viewer_broke(v->session);
    feed_release(&v->feed);
    if (v->rung.is_set)
        metric_add_named(METRIC_VIEWERS, rung_name(v), -1);
    session_unseat(v->session);
    v->session = NULL;
}

void viewer_free(struct viewer **viewer)
{
    if (!*viewer)
        return;
    struct viewer *v = *viewer;
    *viewer = NULL;
    if (v->session)
        log_info(&v->log, "viewer.left", LOG_STR("rung", v->rung.is_set ? rung_name(v) : "none"),
                 LOG_NUM("seconds", (clock_ms() - v->since_ms) / 1000));
    leave_seat(v, !ws_said_bye(v->ws));
    free(v);
}

/* Says why, closes, and lets go of everything at once: the socket may take a while to end. */
static void dismiss(struct viewer *v, enum ws_close_code code, const char *why)
{
    if (v->state == VIEWER_GONE)
        return;
    log_info(&v->log, "viewer.dismissed", LOG_NUM("code", code), LOG_STR("why", why));
    char text[CONTROL_TEXT_MAX];
    int n = control_write_bye(text, why);
    if (n > 0)
        ws_send_text(v->ws, text, (size_t)n);
    ws_close(v->ws, code, why);
    v->state = VIEWER_GONE;
    leave_seat(v, code == WS_CLOSE_TOO_SLOW);
}

/* -- rung ----------------------------------------------------------------------------------- */

static bool can_play(const struct viewer *v, uint8_t codec)
{
    switch ((enum codec_kind)codec) {
    case CODEC_OPUS: return v->can.opus;
    case CODEC_AAC: return v->can.aac;
    case CODEC_H264: return v->can.h264;
    case CODEC_AVIF: return v->can.avif;
    case CODEC_WEBP: return v->can.webp;
    }
    return false;
}

static struct lane *lane_for(const struct viewer *v, const struct rung_choice *choice,
                             uint16_t bundle_ms)
{
    const struct ladder *ladder = crowd_params_of(v->crowd)->ladder;
    for (size_t i = 0; i < choice->n; i++) {
        uint8_t rendition = choice->rendition[i];
        if (can_play(v, ladder->specs[rendition].codec))
            return hub_lane(session_hub(v->session), rendition, bundle_ms);
    }
    return NULL;
}

/* Takes the lanes of the present rung. `at_once`: the old video is too much for the link. */
static void take_rung(struct viewer *v, bool at_once)
{
    const struct rung *rung = viewer_rung(v);
    struct lane *voice = lane_for(v, &rung->voice, rung->bundle_ms);
    struct lane *picture = v->is_covered ? NULL : lane_for(v, rung_picture(rung, v->content), 0);
    bool is_video = picture && picture->kind == LANE_VIDEO;
    int err = voice ? feed_set_voice(&v->feed, voice) : 0;
    if (!err)
        err = feed_set_video(&v->feed, is_video ? picture : NULL, at_once);
    if (!err)
        err = feed_set_still(&v->feed, picture && !is_video ? picture : NULL);
    v->is_rung_taken = !err;
    if (err)
        log_warn(&v->log, "viewer.rung-failed", LOG_STR("rung", rung->name), LOG_ERR(err));
}

static struct rung_facts facts_of(const struct viewer *v, uint64_t now_ms)
{
    bool has_picture = session_has_picture(v->session);
    struct rung_facts facts = {
        .ladder = crowd_params_of(v->crowd)->ladder,
        .content = session_content(v->session),
        .mode = v->mode,
        .is_hidden = v->is_hidden,
        .is_used_up = v->day.is_voice_only,
        .can_video = v->can.h264 && v->wants_video && has_picture,
        .can_still = (v->can.avif || v->can.webp) && has_picture,
    };
    feed_tell(&v->feed, now_ms, &facts);
    return facts;
}

const char *viewer_picture(const struct viewer *v)
{
    if (v->is_covered)
        return "board";
    if (v->feed.still_sub.lane)
        return "still";
    const struct track *t = &v->feed.video;
    return t->subs[0].lane || t->subs[1].lane ? "video" : "none";
}

/* For whoever teaches. */
static void count_view(struct viewer *v)
{
    const struct seat_view view = {.is_set = true,
                                   .rung = (uint8_t)v->rung.rung,
                                   .has_picture = strcmp(viewer_picture(v), "none") != 0};
    session_count(v->session, &v->view, &view);
}

static void choose_rung(struct viewer *v, uint64_t now_ms)
{
    struct rung_facts facts = facts_of(v, now_ms);
    struct rung_state old = v->rung;
    rung_choose(&v->rung, &facts, &v->why);
    bool is_moved = !old.is_set || old.rung != v->rung.rung;
    bool is_covered = feed_is_covered(&v->feed);
    if (!is_moved && facts.content == v->content && is_covered == v->is_covered && v->is_rung_taken)
        return;
    v->content = facts.content;
    v->is_covered = is_covered;
    if (is_moved) {
        feed_mark(&v->feed);
        if (old.is_set)
            metric_add_named(METRIC_VIEWERS, facts.ladder->rungs[old.rung].name, -1);
        metric_add_named(METRIC_VIEWERS, rung_name(v), 1);
        metric_add_named(METRIC_RUNG_CHANGES, rung_why_name(v->why), 1);
        log_debug(&v->log, "viewer.rung", LOG_STR("rung", rung_name(v)),
                  LOG_STR("why", rung_why_name(v->why)),
                  LOG_NUM("capacity_bps", facts.capacity_bps),
                  LOG_NUM("proven_bps", facts.proven_bps), LOG_NUM("queue_ms", facts.queue_ms),
                  LOG_NUM("picture_lag_ms", facts.picture_lag_ms),
                  LOG_NUM("voice_lag_ms", facts.voice_lag_ms));
    }
    take_rung(v, is_moved && v->why == RUNG_WEAK);
    count_view(v);
    v->is_rung_told = false;
}

/* -- a pupil's minutes ------------------------------------------------------------------------ */

/* Also of a pupil who has a key, too. */
static void attend(struct viewer *v)
{
    struct attendance *attendance = crowd_params_of(v->crowd)->attendance;
    const struct caller *c = ws_caller(v->ws);
    if (!attendance || c->kind != CALLER_PUPIL)
        return;
    int err = attendance_join(attendance, c->person, v->lesson, &v->attends);
    if (err && err != -ENOENT)
        log_warn(&v->log, "viewer.not-counted", LOG_ERR(err));
}

static enum attendance_sight sight_of(const struct viewer *v, uint64_t now_ms)
{
    enum { FLOW_MS = 3000 }; /* longer than from one bundle of voice to the next */
    bool has_flow = v->feed.sent_ms && now_ms - v->feed.sent_ms < FLOW_MS;
    if (!has_flow || v->is_resting || session_state(v->session) != SESSION_LIVE)
        return ATTENDANCE_NOTHING;
    return v->view.has_picture ? ATTENDANCE_PICTURE : ATTENDANCE_VOICE;
}

static void mind_day(struct viewer *v, uint64_t now_ms)
{
    if (v->attends) {
        attendance_see(v->attends, now_ms, sight_of(v, now_ms));
        attendance_seat_day(v->attends, &v->day);
    }
    feed_take_ink(&v->feed, v->can.ink && !v->day.is_voice_only);
}

static void on_hello(struct viewer *v, const struct control *c)
{
    const struct crowd_params *p = crowd_params_of(v->crowd);
    if (v->state != VIEWER_GREETING) {
        dismiss(v, WS_CLOSE_BAD_MESSAGE, "second hello");
        return;
    }
    const struct lesson *lesson = lessons_find(p->lessons, c->lesson);
    if (!lesson) {
        metric_add_named(METRIC_VIEWERS_JOINED, "no_lesson", 1);
        dismiss(v, WS_CLOSE_NO_LESSON, "no such lesson");
        return;
    }
    if (!stay_is_allowed(p, ws_caller(v->ws), c->key, lesson)) {
        metric_add_named(METRIC_VIEWERS_JOINED, "not_allowed", 1);
        dismiss(v, WS_CLOSE_NOT_ALLOWED, "not allowed");
        return;
    }
    if (session_seat(p->sessions, lesson->id, &v->session) != 0) {
        dismiss(v, WS_CLOSE_TOO_MANY, "no room");
        return;
    }
    v->plan_changes = session_plan_changes(v->session);
    stay_begin(&v->stay, p, ws_caller(v->ws), c->key, lesson);
    memcpy(v->lesson, c->lesson, sizeof(v->lesson));
    v->log = (struct log){.noun = "lesson", .id = v->lesson};
    attend(v);
    v->state = VIEWER_SEATED;
    v->can = c->can;
    v->mode = c->mode;
    feed_init(&v->feed, v->ws, session_hub(v->session), crowd_parcel(v->crowd));
    if (c->has_pts) {
        feed_resume(&v->feed, c->pts_ms);
        session_viewer_back(v->session);
    }
    metric_add_named(METRIC_VIEWERS_JOINED, c->has_pts ? "resumed" : "ok", 1);
    log_info(&v->log, "viewer.joined", LOG_STR("mode", rung_mode_name(v->mode)),
             LOG_NUM("resumes", c->has_pts), LOG_NUM("viewers", crowd_size(v->crowd)));
    int err = viewer_tell_welcome(v, lesson);
    if (err)
        dismiss(v, WS_CLOSE_BAD_MESSAGE, "welcome failed");
    else
        viewer_look(v, clock_ms());
}

/* Between the looks: the player may say so twenty times a second, and the link is read four times.
 */
static void choose_anew(struct viewer *v)
{
    if (!v->is_resting)
        choose_rung(v, clock_ms());
    viewer_tell_rung(v);
    feed_pump(&v->feed);
}

static void on_report(struct viewer *v, const struct control *c)
{
    bool is_new = v->is_hidden != c->is_hidden || v->wants_video != c->wants_video;
    v->is_hidden = c->is_hidden;
    v->wants_video = c->wants_video;
    if (is_new)
        choose_anew(v);
}

void viewer_text(struct viewer *v, const char *text, size_t len)
{
    struct control c;
    const char *why;
    if (v->state == VIEWER_GONE)
        return;
    v->heard_ms = clock_ms();
    if (control_parse(&c, text, len, &why) != 0) {
        dismiss(v, WS_CLOSE_BAD_MESSAGE, why);
        return;
    }
    if (c.type != CONTROL_HELLO && v->state != VIEWER_SEATED) {
        dismiss(v, WS_CLOSE_BAD_MESSAGE, "hello first");
        return;
    }
    switch (c.type) {
    case CONTROL_HELLO: on_hello(v, &c); break;
    case CONTROL_REPORT: on_report(v, &c); break;
    case CONTROL_MODE:
        v->mode = c.mode;
        choose_anew(v);
        break;
    }
}

/* Lanes that nobody listens to are not even encoded. */
static void mind_break(struct viewer *v, uint64_t now_ms)
{
    bool is_resting = session_break_until_ms(v->session) > now_ms;
    if (is_resting == v->is_resting)
        return;
    v->is_resting = is_resting;
    feed_rest(&v->feed, is_resting);
    v->is_rung_taken &= is_resting; /* the lanes are to be taken anew */
}

void viewer_writable(struct viewer *v)
{
    if (v->state == VIEWER_SEATED)
        feed_pump(&v->feed);
}

static void look_seated(struct viewer *v, uint64_t now_ms)
{
    const struct crowd_params *p = crowd_params_of(v->crowd);
    if (session_is_void(v->session)) {
        dismiss(v, WS_CLOSE_NO_LESSON, "lesson removed");
        return;
    }
    const struct stay_end *end = stay_look(&v->stay, p, ws_caller(v->ws), v->lesson);
    if (end) {
        dismiss(v, end->code, end->why);
        return;
    }
    if (now_ms - v->heard_ms > VIEWER_SILENT_MS) {
        dismiss(v, WS_CLOSE_TOO_SLOW, "silent");
        return;
    }
    if (v->feed.blocked_ms && now_ms - v->feed.blocked_ms > p->stall_ms) {
        dismiss(v, WS_CLOSE_TOO_SLOW, "takes nothing");
        return;
    }
    mind_break(v, now_ms);
    mind_day(v, now_ms);
    if (!v->is_resting)
        choose_rung(v, now_ms);
    viewer_tell(v, now_ms);
    feed_look(&v->feed, now_ms);
}

void viewer_look(struct viewer *v, uint64_t now_ms)
{
    switch (v->state) {
    case VIEWER_GREETING:
        if (now_ms - v->since_ms > crowd_params_of(v->crowd)->hello_timeout_ms)
            dismiss(v, WS_CLOSE_NO_HELLO, "no hello in time");
        break;
    case VIEWER_SEATED: look_seated(v, now_ms); break;
    case VIEWER_GONE: break;
    }
}
