#include <assert.h>
#include <stdlib.h>

#include "server/access/access.h"
#include "server/base/clock.h"
#include "server/hub/unit.h"
#include "server/session/impl.h"

/* A source that is silent for so long gives way to another with the same key: a phone that changes
 * networks comes back long before its old connection is known to be dead. */
enum { SOURCE_STALE_MS = 2000 };

static enum publish_verdict admit(struct sessions *all, const struct lesson *lesson,
                                  struct session **out)
{
    if (all->is_closing || sessions_find_or_new(all, lesson->id, out) != 0)
        return PUBLISH_NOT_NOW;
    const struct publisher *source = (*out)->source;
    if (source && clock_ms() - source->heard_ms < SOURCE_STALE_MS)
        return PUBLISH_BUSY;
    return session_ensure_worker(*out) == 0 ? PUBLISH_OK : PUBLISH_NOT_NOW;
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
    *pub = (struct publisher){.session = s, .kick = kick, .source = source, .heard_ms = clock_ms()};
    publish_kick(s); /* a stale one */
    s->source = pub;
    s->publishers++;
    s->has_video = false;
    s->sound_ms = 0;
    source_clock_restart(&s->clock);
    worker_source(s->worker);
    log_info(&s->log, "session.source-open", LOG_STR("peer", peer));
    *out = pub;
    return PUBLISH_OK;
}

static void note_tracks(struct session *s, uint8_t type, uint64_t now_ms)
{
    s->has_video |= type == MEDIA_VIDEO;
    if (type == MEDIA_AUDIO && !s->sound_ms)
        s->sound_ms = now_ms;
}

static void on_tag(struct publisher *pub, const struct media_tag *tag)
{
    struct session *s = pub->session;
    struct media_info info;
    if (pub->is_kicked || !s->worker || s->is_worker_closing || media_inspect(&info, tag) != 0 ||
        info.unsupported)
        return; /* the ingest has refused such a source already */
    uint64_t now = clock_ms();
    if (!s->began_ms)
        s->began_ms = now;
    s->tag_ms = pub->heard_ms = now;
    s->facts.source_bytes += tag->len;
    if (info.is_empty)
        return;
    note_tracks(s, tag->type, now);
    session_enter(s, SESSION_LIVE);
    bool jumped;
    uint32_t dts = source_clock_map(&s->clock, tag->dts_ms, session_pts_ms(s), &jumped);
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

static struct buf *on_page(struct publisher *pub)
{
    static const uint8_t span = 0;
    struct ink *ink = hub_ink(pub->session->hub);
    const struct ink_page *page = ink_shown(ink) == BOARD_HIDDEN ? NULL : ink_page(ink);
    struct buf *out;
    if (!page || unit_message(&out, UNIT_EVENTS, UNIT_KEY, page->pts_ms, &span, sizeof(span),
                              page->events->data, page->events->len) != 0)
        return NULL;
    return out;
}

static void on_unpublish(struct publisher *pub, enum source_end why)
{
    static const char *const reasons[] = {
        [SOURCE_LOST] = "lost", [SOURCE_STOPPED] = "stopped", [SOURCE_REFUSED] = "refused"};
    struct session *s = pub->session;
    log_info(&s->log, "session.source-closed", LOG_STR("why", reasons[why]));
    s->publishers--;
    if (s->source == pub) {
        s->source = NULL;
        session_source_away(s);
    }
    free(pub);
}

const struct ingest_sink publish_sink = {
    .open = on_publish,
    .tag = on_tag,
    .hint = on_hint,
    .event = on_event,
    .page = on_page,
    .close = on_unpublish,
};

void publish_kick(struct session *s)
{
    struct publisher *pub = s->source;
    if (!pub)
        return;
    log_info(&s->log, "session.source-sent-away");
    s->source = NULL;
    session_source_away(s);
    pub->is_kicked = true;
    pub->kick(pub->source);
}
