#include "server/worker/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "server/base/bytes.h"
#include "server/base/clock.h"
#include "server/ingest/flv.h"
#include "server/metrics/metrics.h"
#include "server/worker/backlog.h"
#include "server/worker/crashes.h"
#include "server/worker/proc.h"
#include "server/worker/reached.h"

enum {
    TICK_MS = 250,
    /* From the start to WIRE_READY: loading 135 shared objects takes 60 ms on an idle machine. */
    START_PATIENCE_MS = 5000,
    /* What may wait for a worker that is behind before pictures, and then sound, are left out. */
    QUEUE_PICTURES_MAX = 2 << 20,
    QUEUE_SOUND_MAX = 4 << 20,
    /* More than the limits above and a replay can make together: it does not read at all, however
     * lively it answers. */
    QUEUE_MOST = 16 << 20,
    /* A fresh worker decodes some sound from before the hole, so that its decoder has settled and
     * it knows how loud the teacher speaks. */
    SOUND_LEAD_MS = 1500,
    KEY_AGAIN_MS = 1000,
};

struct worker {
    struct worker_params params;
    struct worker_events events;
    uv_timer_t timer;  /* runs from the first tag on */
    struct proc *proc; /* NULL: none now */
    bool is_ready, is_started;
    uint8_t container; /* enum media_container of the present source */
    bool has_begun;    /* the process knows of the present source */
    bool has_picture;
    bool is_closing;
    const char *end_reason; /* why we killed it; NULL: it ended by itself */
    uint64_t started_ms, heard_ms, start_at_ms, ticked_ms;
    uint32_t want;
    enum wire_content hint;
    bool skips_video; /* left some out: nothing before the next keyframe */
    bool wants_key;
    uint64_t key_asked_ms;
    struct crashes crashes;
    struct backlog backlog;
    struct reached reached;
    void (*closed)(void *arg);
    void *closed_arg;
};

/* -- to the process ------------------------------------------------------------------------- */

static void send_small(struct worker *w, enum wire_type type, uint8_t rendition, uint32_t pts_ms,
                       const void *payload, uint32_t len)
{
    const struct wire_msg m = {.type = (uint8_t)type,
                               .rendition = rendition,
                               .pts_ms = pts_ms,
                               .len = len,
                               .payload = payload};
    if (w->proc)
        proc_send(w->proc, &m, NULL); /* a failure is its end, which on_end hears of */
}

static uint32_t allowed_want(const struct worker *w)
{
    uint32_t mask = 0;
    for (size_t i = 0; i < w->params.n_specs; i++) {
        if (w->has_picture || codec_is_voice(w->params.specs[i].codec))
            mask |= 1u << i;
    }
    return w->want & mask;
}

static void send_want(struct worker *w)
{
    uint8_t mask[4];
    put_u32(mask, allowed_want(w));
    send_small(w, WIRE_WANT, 0, 0, mask, sizeof(mask));
}

static void send_hint(struct worker *w)
{
    uint8_t content = (uint8_t)w->hint;
    send_small(w, WIRE_HINT, 0, 0, &content, sizeof(content));
}

static void send_setup(struct worker *w)
{
    uint8_t table[SETUP_MAX];
    size_t len = setup_write(table, w->params.specs, w->params.n_specs);
    send_small(w, WIRE_SETUP, 0, 0, table, (uint32_t)len);
    send_want(w);
    send_hint(w);
}

/* Tells the process that what follows is of another source, or a source's replay. */
static void begin_stream(struct worker *w, uint32_t dts_ms)
{
    uint8_t head[FLV_FILE_HEADER];
    flv_write_file_header(head);
    const struct wire_msg m = {.type = WIRE_MEDIA,
                               .kind = w->container,
                               .flags = WIRE_BEGINS,
                               .pts_ms = dts_ms,
                               .len = w->container == MEDIA_FLV ? sizeof(head) : 0,
                               .payload = head};
    proc_send(w->proc, &m, NULL);
    w->has_begun = true;
}

static void send_media(void *arg, const struct backlog_tag *tag)
{
    struct worker *w = arg;
    const struct wire_msg m = {.type = WIRE_MEDIA, .kind = w->container, .pts_ms = tag->dts_ms};
    if (!w->proc)
        return;
    if (!w->has_begun)
        begin_stream(w, tag->dts_ms);
    proc_send(w->proc, &m, tag->bytes);
}

/* Feeds a fresh process what the dead one had. */
static void replay(struct worker *w)
{
    uint32_t voice_ms = 0;
    uint32_t video_ms = 0;
    bool has_voice = reached_voice(&w->reached, w->want, &voice_ms);
    bool has_video = reached_video(&w->reached, w->want, &video_ms);
    if (has_voice || has_video) {
        bool is_voice = !has_video || (has_voice && (int32_t)(voice_ms - video_ms) < 0);
        send_small(w, WIRE_RESUME, 0, is_voice ? voice_ms : video_ms, NULL, 0);
    }
    backlog_replay(&w->backlog, voice_ms - (has_voice ? SOUND_LEAD_MS : 0), w->has_picture,
                   send_media, w);
}

/* -- from the process ----------------------------------------------------------------------- */

static void end_with(struct worker *w, const char *reason)
{
    if (!w->end_reason)
        w->end_reason = reason;
    if (w->proc)
        proc_kill(w->proc);
}

/* A fresh process may send again what the dead one had sent. When that is its keyframe, the frames
 * behind it are of no use either, and another keyframe is asked for. */
static bool is_news(struct worker *w, const struct wire_msg *m)
{
    switch (reached_take(&w->reached, m)) {
    case REACHED_NEWS: return true;
    case REACHED_KEY_LOST: send_small(w, WIRE_KEY, m->rendition, 0, NULL, 0); break;
    case REACHED_KNOWN: break;
    }
    return false;
}

static void on_source_msg(struct worker *w, const struct wire_msg *m)
{
    struct bytes b = bytes_of(m->payload, m->len);
    uint8_t content = bytes_u8(&b);
    uint16_t width = bytes_u16(&b);
    uint16_t height = bytes_u16(&b);
    uint16_t fps = bytes_u16(&b);
    if (b.bad || content > WIRE_CONTENT_TOO_LARGE)
        end_with(w, "protocol");
    else
        w->events.on_source(w->events.arg, (enum wire_content)content, width, height, fps);
}

static void on_worker_log(struct worker *w, const struct wire_msg *m, const char *event)
{
    enum { TEXT_MAX = 500 };
    char text[TEXT_MAX + 1];
    size_t len = m->len < TEXT_MAX ? m->len : TEXT_MAX;
    memcpy(text, m->payload, len);
    text[len] = '\0';
    /* It may be lying, or under foreign rule: never louder than a warning. */
    if (m->type == WIRE_FAIL || m->kind <= LOG_WARN)
        log_warn(&w->params.log, event, LOG_STR("text", text));
    else
        log_debug(&w->params.log, event, LOG_STR("text", text));
}

static void on_message(void *arg, const struct wire_msg *m)
{
    struct worker *w = arg;
    w->heard_ms = clock_ms();
    switch (m->type) {
    case WIRE_READY:
        w->is_ready = true;
        log_info(&w->params.log, "worker.ready", LOG_NUM("ms", w->heard_ms - w->started_ms),
                 LOG_NUM("pid", proc_pid(w->proc)));
        break;
    case WIRE_UNIT:
        if (m->rendition >= w->params.n_specs)
            end_with(w, "protocol");
        else if (is_news(w, m))
            w->events.on_unit(w->events.arg, m);
        break;
    case WIRE_SOURCE: on_source_msg(w, m); break;
    case WIRE_PONG: break;
    case WIRE_NEED_KEY: w->wants_key = true; break;
    case WIRE_LOG: on_worker_log(w, m, "worker.log"); break;
    case WIRE_FAIL:
        on_worker_log(w, m, "worker.fail");
        w->end_reason = "fail";
        break;
    default: end_with(w, "protocol"); break;
    }
}

static void on_batch(void *arg)
{
    struct worker *w = arg;
    w->events.on_batch(w->events.arg);
}

/* -- life and death ------------------------------------------------------------------------- */

static const char *reason_of(const struct worker *w, int signal, bool is_garbled)
{
    if (w->end_reason)
        return w->end_reason;
    if (is_garbled)
        return "protocol";
    if (signal == SIGSYS)
        return "sandbox";
    return signal ? "signal" : "exit";
}

static void give_up_pictures(struct worker *w)
{
    if (!w->has_picture)
        return;
    w->has_picture = false;
    log_error(&w->params.log, "worker.no-picture",
              LOG_STR("text", "crashed too often on this source: voice only from now on"),
              LOG_NUM("crashes", w->params.crashes), LOG_NUM("within_s", w->params.crash_window_s));
    w->events.on_no_picture(w->events.arg);
}

static void on_end(void *arg, int64_t status, int signal, bool is_garbled)
{
    struct worker *w = arg;
    const char *reason = reason_of(w, signal, is_garbled);
    w->proc = NULL;
    metric_add(METRIC_WORKER_RUNNING, 0, -1);
    metric_add_named(METRIC_WORKER_RESTARTS, reason, 1);
    log_warn(&w->params.log, "worker.ended", LOG_STR("why", reason), LOG_NUM("status", status),
             LOG_NUM("signal", signal));
    uint64_t now = clock_ms();
    if (crashes_add(&w->crashes, now))
        give_up_pictures(w);
    w->start_at_ms = now + crashes_delay_ms(&w->crashes, now);
    uv_timer_start(&w->timer, w->timer.timer_cb, w->start_at_ms - now, TICK_MS);
}

static const struct proc_events proc_events = {
    .on_message = on_message, .on_batch = on_batch, .on_end = on_end};

static void start(struct worker *w)
{
    w->is_ready = w->has_begun = w->skips_video = false;
    w->end_reason = NULL;
    w->started_ms = w->heard_ms = clock_ms();
    reached_restart(&w->reached);
    int err = proc_start(&w->proc, w->params.loop, w->params.program, w->params.memory_mb,
                         &proc_events, w);
    if (err) {
        metric_add(METRIC_WORKER_SPAWN_FAILURES, 0, 1);
        log_error(&w->params.log, "worker.spawn-failed", LOG_STR("program", w->params.program),
                  LOG_ERR(err));
        crashes_add(&w->crashes, w->started_ms);
        w->start_at_ms = w->started_ms + crashes_delay_ms(&w->crashes, w->started_ms);
        return;
    }
    metric_add(METRIC_WORKER_RUNNING, 0, 1);
    send_setup(w);
    replay(w);
}

/* Pictures wait for the source's next keyframe. */
static void ask_for_key(struct worker *w, uint64_t now_ms)
{
    if (!w->wants_key || now_ms - w->key_asked_ms < KEY_AGAIN_MS)
        return;
    w->wants_key = false;
    w->key_asked_ms = now_ms;
    w->events.on_want_key(w->events.arg);
}

static void on_tick(uv_timer_t *timer)
{
    struct worker *w = timer->data;
    uint64_t now = clock_ms();
    if (!w->proc) {
        if (now >= w->start_at_ms)
            start(w);
        return;
    }
    /* It was us who slept (a suspended laptop, a stopped process): its answer may lie unread. */
    if (now - w->ticked_ms > (uint64_t)4 * TICK_MS)
        w->heard_ms = now;
    w->ticked_ms = now;
    uint32_t patience = w->is_ready ? w->params.heartbeat_ms : START_PATIENCE_MS;
    if (now - w->heard_ms > patience || proc_queued(w->proc) > QUEUE_MOST) {
        end_with(w, "hang");
        return;
    }
    uint8_t token[4];
    put_u32(token, (uint32_t)now);
    send_small(w, WIRE_PING, 0, 0, token, sizeof(token));
    ask_for_key(w, now); /* last: what follows is the listener's */
}

int worker_new(struct worker **out, const struct worker_params *p,
               const struct worker_events *events)
{
    struct worker *w = calloc(1, sizeof(*w));
    if (!w)
        return -ENOMEM;
    w->params = *p;
    w->events = *events;
    w->has_picture = true;
    reached_init(&w->reached, p->specs, p->n_specs);
    crashes_init(&w->crashes, p->crashes, p->crash_window_s);
    uv_timer_init(p->loop, &w->timer);
    w->timer.data = w;
    *out = w;
    return 0;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct worker *w = handle->data;
    void (*closed)(void *arg) = w->closed;
    void *arg = w->closed_arg;
    backlog_release(&w->backlog);
    free(w);
    closed(arg);
}

static void on_proc_closed(void *arg)
{
    struct worker *w = arg;
    uv_close((uv_handle_t *)&w->timer, on_timer_closed);
}

void worker_close(struct worker *w, void (*closed)(void *arg), void *arg)
{
    w->closed = closed;
    w->closed_arg = arg;
    uv_timer_stop(&w->timer); /* it would find no process, and start one */
    if (!w->proc) {
        on_proc_closed(w);
        return;
    }
    metric_add(METRIC_WORKER_RUNNING, 0, -1);
    proc_close(w->proc, on_proc_closed, w);
    w->proc = NULL;
}

/* -- media ---------------------------------------------------------------------------------- */

/* As WIRE_MEDIA carries it. */
static int tag_bytes(struct buf **out, const struct media_tag *tag, uint32_t dts_ms)
{
    if (tag->container == MEDIA_PACKETS)
        return buf_copy(out, tag->body, tag->len);
    int err = buf_new(out, FLV_TAG_HEADER + (size_t)tag->len + FLV_TAG_TRAILER);
    if (err)
        return err;
    uint8_t *p = (*out)->data;
    flv_write_tag_header(p, tag, dts_ms);
    p = put_bytes(p + FLV_TAG_HEADER, tag->body, tag->len);
    flv_write_tag_trailer(p, tag);
    return 0;
}

/* Whether the tag has to be left out because the process is behind. Pictures go first, and then
 * until the next keyframe, since what lies between can't be decoded. */
static bool is_too_much(struct worker *w, const struct media_tag *tag,
                        const struct media_info *info)
{
    size_t queued = proc_queued(w->proc);
    if (info->is_config)
        return queued > QUEUE_SOUND_MAX + MEDIA_BODY_MAX;
    if (tag->type == MEDIA_AUDIO)
        return queued > QUEUE_SOUND_MAX;
    if (queued > QUEUE_PICTURES_MAX)
        w->skips_video = true;
    else if (info->is_key)
        w->skips_video = w->wants_key = false;
    else
        w->wants_key |= w->skips_video;
    return w->skips_video;
}

static void forget(struct worker *w)
{
    backlog_clear(&w->backlog);
    w->has_begun = w->wants_key = false;
}

void worker_tag(struct worker *w, const struct media_tag *tag, const struct media_info *info,
                uint32_t dts_ms)
{
    if (info->is_empty || (tag->type != MEDIA_AUDIO && tag->type != MEDIA_VIDEO))
        return;
    if (tag->container != w->container)
        forget(w); /* what was said of the source stays: a worker is new at the first tag */
    w->container = tag->container;
    struct backlog_tag kept = {.dts_ms = dts_ms};
    if (tag_bytes(&kept.bytes, tag, dts_ms) != 0)
        return;
    backlog_add(&w->backlog, tag, info, kept.bytes, dts_ms);
    if (!w->is_started) {
        w->is_started = true;
        uv_timer_start(&w->timer, on_tick, 0, TICK_MS); /* the replay sends this tag */
    } else if (w->proc && (w->has_picture || tag->type == MEDIA_AUDIO) &&
               !is_too_much(w, tag, info)) {
        send_media(w, &kept);
    }
    buf_unref(&kept.bytes);
}

void worker_source(struct worker *w)
{
    forget(w);
    worker_hint(w, WIRE_CONTENT_UNKNOWN);
}

void worker_hint(struct worker *w, enum wire_content content)
{
    if (content == w->hint)
        return;
    w->hint = content;
    send_hint(w);
}

void worker_want(struct worker *w, uint32_t mask)
{
    w->want = mask;
    send_want(w);
}

void worker_key(struct worker *w, uint8_t rendition)
{
    send_small(w, WIRE_KEY, rendition, 0, NULL, 0);
}

bool worker_is_running(const struct worker *w)
{
    return w->proc && w->is_ready;
}
