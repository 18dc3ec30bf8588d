#include "server/ingest/web/teacher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/access/access.h"
#include "server/base/clock.h"
#include "server/door/door.h"
#include "server/metrics/metrics.h"

static const char *state_name(enum teacher_state state)
{
    switch (state) {
    case TEACHER_GREETING: return "greeting";
    case TEACHER_LOOKING: return "looking";
    case TEACHER_WAITING: return "waiting";
    case TEACHER_BUSY: return "busy";
    case TEACHER_TEACHING: return "teaching";
    case TEACHER_GONE: return "gone";
    }
    return "gone";
}

static void enter(struct teacher *t, enum teacher_state next)
{
    if (t->state == next)
        return;
    log_info(&t->log, "teacher.state", LOG_STR("from", state_name(t->state)),
             LOG_STR("to", state_name(next)));
    metric_add_named(METRIC_TEACHERS, state_name(t->state), -1);
    metric_add_named(METRIC_TEACHERS, state_name(next), 1);
    t->state = next;
}

static const struct web_params *params_of(const struct teacher *t)
{
    return &web_shared(t->web)->params;
}

static const struct ingest_sink *sink_of(const struct teacher *t)
{
    return sessions_sink(params_of(t)->sessions);
}

const struct lesson *teacher_stage(const struct teacher *t)
{
    return lessons_find(params_of(t)->lessons, t->rehearsal[0] ? t->rehearsal : t->lesson);
}

/* -- beginning and end ------------------------------------------------------------------------ */

int teacher_new(struct teacher **out, struct web *web, struct ws *ws)
{
    struct teacher *t = calloc(1, sizeof(*t));
    if (!t)
        return -ENOMEM;
    t->web = web;
    t->ws = ws;
    t->since_ms = t->alive_ms = clock_ms();
    metric_add_named(METRIC_TEACHERS, state_name(t->state), 1);
    ws_set_user(ws, t);
    *out = t;
    return 0;
}

/* Never from inside of on_kick(). */
static void stop_teaching(struct teacher *t, enum source_end why)
{
    if (!t->pub)
        return;
    sink_of(t)->close(t->pub, t->is_kicked ? SOURCE_REFUSED : why);
    t->pub = NULL;
    t->is_kicked = false;
    uplink_reset(&t->uplink);
}

static void leave_rehearsal(struct teacher *t)
{
    if (!t->rehearsal[0])
        return;
    stop_teaching(t, SOURCE_STOPPED);
    web_end_rehearsal(t->web, t->rehearsal);
    t->rehearsal[0] = '\0';
}

void teacher_free(struct teacher **teacher)
{
    struct teacher *t = *teacher;
    *teacher = NULL;
    if (!t)
        return;
    stop_teaching(t, SOURCE_LOST);
    leave_rehearsal(t);
    rotate_forget(t);
    metric_add_named(METRIC_TEACHERS, state_name(t->state), -1);
    uplink_release(&t->uplink);
    free(t);
}

static void say_good_bye(struct teacher *t, enum ws_close_code code, const char *why)
{
    log_info(&t->log, "teacher.dismissed", LOG_NUM("code", code), LOG_STR("why", why));
    tell_bye(t, why);
    ws_close(t->ws, code, why);
    enter(t, TEACHER_GONE);
}

/* Says why, closes, and lets go of everything at once: the socket may take a while to end. */
static void dismiss(struct teacher *t, enum ws_close_code code, const char *why)
{
    if (t->state == TEACHER_GONE)
        return;
    say_good_bye(t, code, why);
    stop_teaching(t, SOURCE_REFUSED);
    leave_rehearsal(t);
}

/* -- what the session asks for ---------------------------------------------------------------- */

static void on_kick(void *source, enum kick_why why)
{
    struct teacher *t = source;
    t->is_kicked = true;
    switch (why) {
    case KICK_VOID: say_good_bye(t, WS_CLOSE_NO_LESSON, "lesson removed"); break;
    case KICK_TAKEN: say_good_bye(t, WS_CLOSE_TAKEN_OVER, "another device took over"); break;
    case KICK_LATE:
        enter(t, TEACHER_BUSY);
        t->telling.due |= DUE_BUSY;
        break;
    }
}

static void on_want_key(void *source)
{
    struct teacher *t = source;
    t->telling.due |= DUE_KEY;
}

/* -- hello ------------------------------------------------------------------------------------ */

static void refuse_hello(struct teacher *t, enum ws_close_code code, const char *metric,
                         const char *why)
{
    metric_add_named(METRIC_TEACH_HELLOS, metric, 1);
    dismiss(t, code, why);
}

/* Who they came in as; NULL: nobody any more. */
static const struct caller *caller_of(struct teacher *t)
{
    const struct caller *c = ws_caller(t->ws);
    const struct door *door = params_of(t)->door;
    t->is_signed_out |= door && door_has_ended(door, c->session, &t->ended_seen);
    return t->is_signed_out ? NULL : c;
}

static bool may_teach(struct teacher *t, const char *key, const struct lesson *lesson)
{
    const struct web_params *p = params_of(t);
    const struct access_claim claim = {
        .key = key, .caller = caller_of(t), .directory = p->directory, .plan = p->plan};
    return access_may(&claim, ACCESS_TEACH, lesson);
}

/* The lesson of that id, whose lecturer is signed in; or NULL. No guess: ids are no secrets. */
static const struct lesson *find_own(struct teacher *t, const struct talk *m)
{
    const struct lesson *lesson = lessons_find(params_of(t)->lessons, m->lesson);
    if (lesson && may_teach(t, "", lesson))
        return lesson;
    refuse_hello(t, WS_CLOSE_NOT_ALLOWED, "other", "not allowed");
    return NULL;
}

static const struct lesson *opened_by(struct teacher *t, const char *key)
{
    const struct lesson *lesson = lessons_find_by_stream_key(params_of(t)->lessons, key);
    return lesson && may_teach(t, key, lesson) ? lesson : NULL;
}

/* The lesson that the key opens, or the one which may have taken its place; or NULL. */
static const struct lesson *find_by_key(struct teacher *t, const struct talk *m)
{
    struct guard *guesses = web_shared(t->web)->guesses;
    uint64_t now = clock_ms();
    const struct lesson *lesson = m->next_key[0] ? opened_by(t, m->next_key) : NULL;
    if (lesson)
        return lesson;
    if (!guesses_may(guesses, ws_peer(t->ws), m->key, now)) {
        refuse_hello(t, WS_CLOSE_TOO_MANY, "guessing", "too many wrong keys");
        return NULL;
    }
    lesson = opened_by(t, m->key);
    if (lesson)
        return lesson;
    guesses_wrong(guesses, ws_peer(t->ws), now);
    refuse_hello(t, WS_CLOSE_NOT_ALLOWED, "bad_key", "bad key");
    return NULL;
}

/* NULL: the teacher was sent away. */
static const struct lesson *find_lesson(struct teacher *t, const struct talk *m)
{
    bool has_id = !m->key[0] && m->lesson[0];
    const struct lesson *lesson = has_id ? find_own(t, m) : find_by_key(t, m);
    if (!lesson)
        return NULL;
    if (t->state == TEACHER_GREETING && web_count(t->web, lesson->id) >= TEACHERS_OF_LESSON) {
        refuse_hello(t, WS_CLOSE_TOO_MANY, "full", "too many pages of this lesson");
        return NULL;
    }
    if (t->state != TEACHER_GREETING && strcmp(lesson->id, t->lesson) != 0) {
        refuse_hello(t, WS_CLOSE_BAD_MESSAGE, "other", "another lesson");
        return NULL;
    }
    return lesson;
}

static int begin_rehearsal(struct teacher *t, const struct lesson *of)
{
    const struct lesson *private;
    if (t->rehearsal[0])
        return 0;
    stop_teaching(t, SOURCE_STOPPED);
    struct teacher *older = web_rehearsal_of(t->web, of->id, t->device);
    if (older)
        dismiss(older, WS_CLOSE_TAKEN_OVER, "another connection rehearses");
    int err = lessons_rehearse(params_of(t)->lessons, of, &private);
    if (err)
        return err;
    metric_add(METRIC_REHEARSALS, 0, 1);
    memcpy(t->rehearsal, private->id, sizeof(t->rehearsal));
    t->rehearsal_ms = clock_ms();
    return 0;
}

static void welcome(struct teacher *t, enum teacher_state state)
{
    const struct lesson *lesson = lessons_find(params_of(t)->lessons, t->lesson);
    enter(t, state);
    metric_add_named(METRIC_TEACH_HELLOS, state_name(state), 1);
    if (!lesson || tell_welcome(t, lesson) != 0)
        dismiss(t, WS_CLOSE_GOING_AWAY, "welcome failed");
}

static void begin_teaching(struct teacher *t, struct publisher *pub)
{
    struct talk_ack *ack = &t->telling.ack;
    t->pub = pub;
    uplink_reset(&t->uplink);
    *ack = (struct talk_ack){.bytes = ack->bytes};
    ack->has_voice =
        sessions_voice(params_of(t)->sessions, teacher_stage(t)->id, t->device, &ack->voice_ms);
    t->telling.due |= DUE_BOARD;
    welcome(t, TEACHER_TEACHING);
}

static void claim(struct teacher *t)
{
    const struct ingest_sink *sink = sink_of(t);
    const struct lesson *stage = teacher_stage(t);
    struct publisher *pub;
    const struct publish_claim asks = {.key = stage ? stage->stream_key : "",
                                       .peer = ws_peer(t->ws),
                                       .device = t->device,
                                       .takes = t->takes,
                                       .kick = on_kick,
                                       .want_key = on_want_key,
                                       .source = t};
    switch (sink->open(sink->arg, &asks, &pub)) {
    case PUBLISH_OK: begin_teaching(t, pub); break;
    case PUBLISH_BUSY:
        t->telling.due |= DUE_BUSY;
        welcome(t, TEACHER_BUSY);
        break;
    case PUBLISH_OVER: /* an encoder's */
    case PUBLISH_NOT_NOW: enter(t, TEACHER_WAITING); break;
    case PUBLISH_BAD_KEY: dismiss(t, WS_CLOSE_NO_LESSON, "lesson removed"); break;
    }
}

/* A page may say it again: to begin, to take over, to go from the rehearsal to the lesson. */
static void on_hello(struct teacher *t, const struct talk *m)
{
    const struct lesson *lesson = find_lesson(t, m);
    if (!lesson)
        return;
    memcpy(t->lesson, lesson->id, sizeof(t->lesson));
    memcpy(t->key, m->key, sizeof(t->key));
    if (!t->rotation) /* else it is the one that is being written */
        memcpy(t->next_key, m->next_key, sizeof(t->next_key));
    memcpy(t->device, m->device, sizeof(t->device));
    t->log = (struct log){.noun = "lesson", .id = t->lesson};
    uplink_greeted(&t->uplink);
    t->takes = m->takes;
    t->waiting_ms = clock_ms();
    t->telling.due &= ~(unsigned)DUE_BUSY;
    if (!m->rehearses)
        leave_rehearsal(t);
    else if (begin_rehearsal(t, lesson) != 0) {
        refuse_hello(t, WS_CLOSE_TOO_MANY, "full", "too many rehearsals");
        return;
    }
    if (!m->teaches || t->is_kicked)
        stop_teaching(t, SOURCE_STOPPED);
    if (!m->teaches)
        welcome(t, TEACHER_LOOKING);
    else if (t->pub)
        welcome(t, TEACHER_TEACHING);
    else
        claim(t);
}

/* -- the other words -------------------------------------------------------------------------- */

/* Whoever may teach may end the lesson, but for one that a page on another device is teaching. */
static void on_end(struct teacher *t)
{
    const struct lesson *stage = teacher_stage(t);
    stop_teaching(t, SOURCE_STOPPED);
    if (stage && !sessions_end(params_of(t)->sessions, stage->id, t->device)) {
        t->telling.due |= DUE_BUSY;
        return;
    }
    log_info(&t->log, "teacher.end");
    enter(t, TEACHER_LOOKING);
}

/* From now on an encoder may begin it again. */
static void on_admit(struct teacher *t)
{
    sessions_admit(params_of(t)->sessions, t->lesson);
    log_info(&t->log, "teacher.admit");
}

static void on_source(struct teacher *t, const struct talk *m)
{
    if (t->state != TEACHER_TEACHING)
        return;
    sink_of(t)->hint(t->pub, m->content);
    sink_of(t)->mute(t->pub, m->is_muted, m->has_pts ? &m->pts_ms : NULL);
}

/* For everybody in the lesson, so from whoever may teach it and from nobody else. */
static void on_break(struct teacher *t, const struct talk *m)
{
    enum { MINUTE_MS = 60000 };
    const struct lesson *stage = teacher_stage(t);
    if (stage)
        sessions_break(params_of(t)->sessions, stage->id, m->break_min * MINUTE_MS);
}

void teacher_text(struct teacher *t, const char *text, size_t len)
{
    struct talk m;
    const char *why;
    if (t->state == TEACHER_GONE)
        return;
    t->alive_ms = clock_ms();
    if (talk_parse(&m, text, len, &why) != 0) {
        dismiss(t, WS_CLOSE_BAD_MESSAGE, why);
        return;
    }
    if (m.type != TALK_HELLO && t->state == TEACHER_GREETING) {
        dismiss(t, WS_CLOSE_BAD_MESSAGE, "hello first");
        return;
    }
    switch (m.type) {
    case TALK_HELLO: on_hello(t, &m); break;
    case TALK_SOURCE: on_source(t, &m); break;
    case TALK_BREAK: on_break(t, &m); break;
    case TALK_END: on_end(t); break;
    case TALK_ADMIT: on_admit(t); break;
    case TALK_ROTATE: rotate_key(t, m.next_key); break;
    }
    if (t->state != TEACHER_GONE && t->state != TEACHER_WAITING)
        tell_look(t, clock_ms());
}

/* -- media ------------------------------------------------------------------------------------ */

/* The newest; one that is far behind is the newest of another clock. */
static void note(bool *has, uint32_t *newest_ms, uint32_t pts_ms)
{
    enum { BACK_MS = 8000 };
    int32_t step_ms = (int32_t)(pts_ms - *newest_ms);
    if (!*has || step_ms > 0 || step_ms < -BACK_MS)
        *newest_ms = pts_ms;
    *has = true;
}

static void on_media(struct teacher *t, const struct media_tag *tag)
{
    struct talk_ack *ack = &t->telling.ack;
    bool is_voice = tag->type == MEDIA_AUDIO;
    metric_add_named(METRIC_TEACH_UNITS, is_voice ? "voice" : "video", 1);
    sink_of(t)->tag(t->pub, tag);
    if (tag->body[1] == PACKET_CONFIG)
        return;
    if (is_voice)
        note(&ack->has_voice, &ack->voice_ms, tag->dts_ms);
    else
        note(&ack->has_frame, &ack->frame_ms, tag->dts_ms);
}

static void on_ink(struct teacher *t, const struct uplink_event *ev)
{
    metric_add_named(METRIC_TEACH_UNITS, "ink", 1);
    int err = sink_of(t)->event(t->pub, ev->pts_ms, ev->bytes, ev->len);
    if (err == -EPROTO)
        dismiss(t, WS_CLOSE_BAD_MESSAGE, "bad ink");
    else if (err)
        metric_add_named(METRIC_TEACH_DROPPED, "ink", 1);
}

static void on_event(struct teacher *t, const struct uplink_event *ev)
{
    if (ev->kind == UPLINK_PROBE)
        metric_add_named(METRIC_TEACH_UNITS, "probe", 1);
    else if (t->state != TEACHER_TEACHING)
        dismiss(t, WS_CLOSE_BAD_MESSAGE, "not teaching");
    else if (ev->kind == UPLINK_MEDIA)
        on_media(t, &ev->tag);
    else
        on_ink(t, ev);
}

static void take(struct teacher *t, const uint8_t *data, size_t len)
{
    struct bytes in = bytes_of(data, len);
    struct uplink_event ev;
    const char *why = NULL;
    int err = len > 0 ? 0 : -EPROTO;
    while (!err && t->state != TEACHER_GONE) {
        err = uplink_next(&t->uplink, &in, &ev, &why);
        if (!err)
            on_event(t, &ev);
    }
    if (err == -EPROTO)
        dismiss(t, WS_CLOSE_BAD_MESSAGE, why ? why : "empty message");
    else if (err == -ENOMEM)
        dismiss(t, WS_CLOSE_GOING_AWAY, "no memory");
    if (t->uplink.wants_key) {
        metric_add_named(METRIC_TEACH_DROPPED, "no_key", 1);
        t->uplink.wants_key = false;
        t->telling.due |= DUE_KEY;
    }
}

void teacher_binary(struct teacher *t, const uint8_t *data, size_t len)
{
    if (t->state == TEACHER_GONE)
        return;
    t->alive_ms = clock_ms();
    t->telling.ack.bytes += len;
    t->telling.has_news = true;
    switch (t->state) {
    case TEACHER_GONE: return;
    case TEACHER_GREETING: dismiss(t, WS_CLOSE_BAD_MESSAGE, "hello first"); return;
    case TEACHER_LOOKING:
    case TEACHER_TEACHING: take(t, data, len); break;
    case TEACHER_WAITING:
    case TEACHER_BUSY: /* it may not have heard of it yet */
        metric_add_named(METRIC_TEACH_DROPPED, "busy", 1);
        break;
    }
    if (t->state != TEACHER_GONE)
        tell_ack(t, t->alive_ms);
}

/* -- time ------------------------------------------------------------------------------------- */

/* By what was shown, or is to take its place: that may have become true meanwhile. */
static bool may_stay(struct teacher *t, const struct lesson *lesson)
{
    if (may_teach(t, t->key, lesson))
        return true;
    if (!t->next_key[0] || !may_teach(t, t->next_key, lesson))
        return false;
    memcpy(t->key, t->next_key, sizeof(t->key));
    return true;
}

/* NULL; or why it has no business here any more. */
static const char *verdict_on(struct teacher *t, uint64_t now_ms, enum ws_close_code *code)
{
    const struct lesson *lesson = lessons_find(params_of(t)->lessons, t->lesson);
    if (ws_queued(t->ws) == 0)
        t->alive_ms = now_ms;
    *code = WS_CLOSE_NO_LESSON;
    if (!lesson)
        return "lesson removed";
    if (t->rehearsal[0] && now_ms - t->rehearsal_ms > REHEARSAL_MS)
        return "rehearsal over";
    *code = WS_CLOSE_NOT_ALLOWED;
    if (!may_stay(t, lesson))
        return t->key[0] ? "key changed" : "not allowed any more";
    *code = WS_CLOSE_TOO_SLOW;
    if (now_ms - t->alive_ms > TEACHER_STALL_MS)
        return "takes nothing";
    *code = WS_CLOSE_GOING_AWAY;
    if (t->state == TEACHER_WAITING && now_ms - t->waiting_ms > TEACHER_PATIENCE_MS)
        return "not now";
    return NULL;
}

static void look_greeted(struct teacher *t, uint64_t now_ms)
{
    enum ws_close_code code;
    const char *why = verdict_on(t, now_ms, &code);
    if (why) {
        dismiss(t, code, why);
        return;
    }
    if (t->is_kicked)
        stop_teaching(t, SOURCE_REFUSED);
    if (t->state == TEACHER_WAITING)
        claim(t);
    if (t->state != TEACHER_WAITING && t->state != TEACHER_GONE)
        tell_look(t, now_ms);
}

void teacher_look(struct teacher *t, uint64_t now_ms)
{
    switch (t->state) {
    case TEACHER_GREETING:
        if (now_ms - t->since_ms > params_of(t)->hello_timeout_ms)
            dismiss(t, WS_CLOSE_NO_HELLO, "no hello in time");
        break;
    case TEACHER_LOOKING:
    case TEACHER_WAITING:
    case TEACHER_BUSY:
    case TEACHER_TEACHING: look_greeted(t, now_ms); break;
    case TEACHER_GONE: break;
    }
}
