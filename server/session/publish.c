#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/access/access.h"
#include "server/base/clock.h"
#include "server/hub/unit.h"
#include "server/session/impl.h"

enum {
    /* An encoder that is silent for so long gives way to another source with the same key: a phone
     * that changes networks comes back long before its old connection is known to be dead. */
    ENCODER_STALE_MS = 2000,
    /* A page gives way to an encoder. Encoders try again every few seconds, unasked: one that was
     * sent away must not come back with the first hole in the page's uplink. To another page it
     * gives way only when its teacher says so there. */
    PAGE_STALE_MS = 10000,
    /* Voice that is older than this is no repetition, but that of another clock. A page keeps 5 s
     * of what was not acknowledged. */
    VOICE_AGAIN_MS = SOURCE_CLOCK_STEP_MS,
};

static bool is_own_page(const struct session *s, const struct publish_claim *claim)
{
    return claim->device && strcmp(s->page.device, claim->device) == 0;
}

/* Whether another one teaches, who is not to be disturbed. */
static bool is_taken(const struct session *s, const struct publish_claim *claim)
{
    const struct publisher *source = s->source;
    if (claim->takes || is_own_page(s, claim))
        return false;
    if (!source) /* the other page may be on its way back */
        return claim->device && s->page.device[0] && session_is_on(s);
    uint64_t silent_ms = clock_ms() - source->heard_ms;
    if (!source->is_page)
        return silent_ms < ENCODER_STALE_MS;
    return claim->device || silent_ms < PAGE_STALE_MS;
}

/* An encoder that tries to go on with what was ended; each try counts. One that may begin need not
 * do so at once. */
static bool is_kept_out(struct session *s)
{
    uint64_t now = clock_ms();
    s->is_over = session_keeps_out(s, now);
    s->encoder_ms = now;
    return s->is_over;
}

static enum publish_verdict admit(struct sessions *all, const struct publish_claim *claim,
                                  struct session **out)
{
    const struct lesson *lesson = lessons_find_by_stream_key(all->params.lessons, claim->key);
    if (!lesson || !access_may(&(struct access_claim){.key = claim->key}, ACCESS_TEACH, lesson))
        return PUBLISH_BAD_KEY;
    if (all->is_closing || sessions_find_or_new(all, lesson->id, out) != 0)
        return PUBLISH_NOT_NOW;
    if (!claim->device && is_kept_out(*out))
        return PUBLISH_OVER;
    if (is_taken(*out, claim))
        return PUBLISH_BUSY;
    return session_ensure_worker(*out) == 0 ? PUBLISH_OK : PUBLISH_NOT_NOW;
}

/* Whose clock and voice the next tags are. */
static void begin_source(struct session *s, const struct publish_claim *claim)
{
    s->is_over = false;
    if (is_own_page(s, claim)) {
        source_clock_resume(&s->clock);
    } else {
        source_clock_restart(&s->clock);
        s->has_video = s->page.has_voice = false;
        s->sound_ms = 0;
        s->facts.is_muted = false;
        s->facts.muted_ms = 0;
        snprintf(s->page.device, sizeof(s->page.device), "%s", claim->device ? claim->device : "");
    }
    worker_source(s->worker);
}

static enum publish_verdict on_publish(void *arg, const struct publish_claim *claim,
                                       struct publisher **out)
{
    struct session *s;
    enum publish_verdict verdict = admit(arg, claim, &s);
    if (verdict != PUBLISH_OK)
        return verdict;
    struct publisher *pub = calloc(1, sizeof(*pub));
    if (!pub)
        return PUBLISH_NOT_NOW;
    *pub = (struct publisher){.session = s,
                              .kick = claim->kick,
                              .want_key = claim->want_key,
                              .source = claim->source,
                              .is_page = claim->device != NULL,
                              .heard_ms = clock_ms()};
    publish_kick(s, claim->device ? KICK_TAKEN : KICK_LATE);
    s->source = pub;
    s->publishers++;
    begin_source(s, claim);
    log_info(&s->log, "session.source-open",
             LOG_STR("kind", source_kind_name(pub->is_page ? SOURCE_PAGE : SOURCE_ENCODER)),
             LOG_STR("peer", claim->peer));
    *out = pub;
    return PUBLISH_OK;
}

static void note_tracks(struct session *s, uint8_t type, uint64_t now_ms)
{
    s->has_video |= type == MEDIA_VIDEO;
    if (type == MEDIA_AUDIO && !s->sound_ms)
        s->sound_ms = now_ms;
}

/* A page that came back sends what it does not know to have arrived, and it may have. */
static bool is_again(struct session *s, uint32_t dts_ms)
{
    uint32_t back_ms = s->page.voice_ms - dts_ms;
    if (s->page.has_voice && back_ms < VOICE_AGAIN_MS)
        return true;
    s->page.has_voice = true;
    s->page.voice_ms = dts_ms;
    return false;
}

bool sessions_voice(const struct sessions *sessions, const char *lesson_id, const char *device,
                    uint32_t *pts_ms)
{
    const struct session *s = sessions_find(sessions, lesson_id);
    if (!s || !s->page.has_voice || strcmp(s->page.device, device) != 0)
        return false;
    *pts_ms = s->page.voice_ms;
    return true;
}

static void on_tag(struct publisher *pub, const struct media_tag *tag)
{
    struct session *s = pub->session;
    struct media_info info;
    /* An ingest has refused what is malformed already. One that was silent for so long that the
     * session ended begins it anew. */
    if (pub->is_kicked || media_inspect(&info, tag) != 0 || info.unsupported ||
        session_ensure_worker(s) != 0)
        return;
    uint64_t now = clock_ms();
    if (!s->began_ms)
        s->began_ms = now;
    s->tag_ms = pub->heard_ms = now;
    if (!pub->is_page)
        s->encoder_ms = now;
    s->facts.source_bytes += tag->len;
    if (info.is_empty)
        return;
    bool is_voice = tag->type == MEDIA_AUDIO;
    if (pub->is_page && is_voice && !info.is_config && is_again(s, tag->dts_ms))
        return;
    note_tracks(s, tag->type, now);
    session_enter(s, SESSION_LIVE);
    bool jumped;
    uint32_t dts = source_clock_map(&s->clock, is_voice ? SOURCE_VOICE : SOURCE_PICTURE,
                                    tag->dts_ms, session_pts_ms(s), &jumped);
    if (jumped)
        log_warn(&s->log, "session.source-clock-jumped", LOG_NUM("dts_ms", tag->dts_ms));
    worker_tag(s->worker, tag, &info, dts);
}

static void on_hint(struct publisher *pub, enum wire_content content)
{
    struct session *s = pub->session;
    if (!pub->is_kicked && s->worker && !s->is_worker_closing)
        worker_hint(s->worker, content);
}

static void on_mute(struct publisher *pub, bool is_muted, const uint32_t *pts_ms)
{
    struct session *s = pub->session;
    if (pub->is_kicked || s->facts.is_muted == is_muted)
        return;
    s->facts.is_muted = is_muted;
    s->facts.muted_ms = session_pts_ms(s);
    if (pts_ms)
        source_clock_find(&s->clock, *pts_ms, session_pts_ms(s), &s->facts.muted_ms);
}

/* A page that comes back says again what it is not sure of. */
static int on_event(struct publisher *pub, uint32_t pts_ms, const void *batch, size_t len)
{
    struct session *s = pub->session;
    if (pub->is_kicked)
        return 0;
    uint32_t at_ms;
    bool has_time = source_clock_find(&s->clock, pts_ms, session_pts_ms(s), &at_ms);
    if (has_time && s->has_ink && (int32_t)(at_ms - s->ink_ms) <= 0)
        return 0;
    int err = ink_batch(hub_ink(s->hub), at_ms, batch, len);
    if (has_time && !err) {
        s->has_ink = true;
        s->ink_ms = at_ms;
    }
    return err;
}

static struct buf *on_board(struct publisher *pub)
{
    static const uint8_t span = 0;
    const struct session *s = pub->session;
    struct buf *events, *out = NULL;
    if (ink_all(hub_ink(s->hub), &events) != 0)
        return NULL;
    int err = unit_message(&out, UNIT_EVENTS, UNIT_KEY, session_pts_ms(s), &span, sizeof(span),
                           events->data, events->len);
    buf_unref(&events);
    return err ? NULL : out;
}

/* A page that is loaded again is back within a second or so: pupils notice nothing, unless its
 * silence grows long (session_look). */
static void lose_source(struct session *s)
{
    bool is_page = s->source->is_page;
    s->source = NULL;
    if (!is_page)
        session_source_away(s);
}

static void on_unpublish(struct publisher *pub, enum source_end why)
{
    static const char *const reasons[] = {
        [SOURCE_LOST] = "lost", [SOURCE_STOPPED] = "stopped", [SOURCE_REFUSED] = "refused"};
    struct session *s = pub->session;
    log_info(&s->log, "session.source-closed", LOG_STR("why", reasons[why]));
    s->publishers--;
    if (s->source == pub && !pub->is_page && why == SOURCE_STOPPED)
        s->encoder_ms = 0; /* whoever begins it again means to */
    if (s->source == pub)
        lose_source(s);
    free(pub);
}

const struct ingest_sink publish_sink = {
    .open = on_publish,
    .tag = on_tag,
    .hint = on_hint,
    .mute = on_mute,
    .event = on_event,
    .board = on_board,
    .close = on_unpublish,
};

void publish_want_key(struct session *s)
{
    if (s->source && s->source->want_key)
        s->source->want_key(s->source->source);
}

void publish_kick(struct session *s, enum kick_why why)
{
    struct publisher *pub = s->source;
    if (!pub)
        return;
    log_info(&s->log, "session.source-sent-away");
    lose_source(s);
    pub->is_kicked = true;
    pub->kick(pub->source, why);
}
