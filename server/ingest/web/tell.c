#include "server/base/clock.h"
#include "server/ingest/web/teacher.h"

static int say(struct teacher *t, const char *text, int len)
{
    return len > 0 ? ws_send_text(t->ws, text, (size_t)len) : len;
}

static struct session_facts facts_of(const struct teacher *t)
{
    struct session_facts facts;
    const char *id = t->rehearsal[0] ? t->rehearsal : t->lesson;
    sessions_facts(web_shared(t->web)->params.sessions, id, &facts);
    return facts;
}

int tell_welcome(struct teacher *t, const struct lesson *lesson)
{
    char text[TALK_TEXT_MAX];
    const struct web_shared *shared = web_shared(t->web);
    const struct lesson *stage = teacher_stage(t);
    struct session_facts facts = facts_of(t);
    struct talk_welcome w = {.lesson = lesson,
                             .rehearsal = t->rehearsal[0] ? stage : NULL,
                             .facts = &facts,
                             .rtmp_port = shared->rtmp_port,
                             .rtmp_key = t->key[0] ? NULL : lesson->stream_key};
    w.has_voice =
        stage && sessions_voice(shared->params.sessions, stage->id, t->device, &w.voice_ms);
    t->telling.is_status_told = false;
    return say(t, text, talk_write_welcome(text, &w));
}

void tell_bye(struct teacher *t, const char *why)
{
    char text[TALK_TEXT_MAX];
    say(t, text, talk_write_bye(text, why));
}

/* -- what is due ------------------------------------------------------------------------------ */

static int say_rotated(struct teacher *t)
{
    char text[TALK_TEXT_MAX];
    return say(
        t, text,
        talk_write_rotated(text, t->key, web_shared(t->web)->rtmp_port, t->telling.rotated_why));
}

static int say_word(struct teacher *t, const char *word)
{
    char text[TALK_TEXT_MAX];
    return say(t, text, talk_write_word(text, word));
}

static int say_key(struct teacher *t, uint64_t now_ms)
{
    int err = say_word(t, "key");
    if (!err)
        t->telling.key_ms = now_ms;
    return err;
}

/* What is on the board, for a page that was loaded anew. */
static int send_board(struct teacher *t)
{
    struct buf *page =
        t->pub ? sessions_sink(web_shared(t->web)->params.sessions)->board(t->pub) : NULL;
    int err = page ? ws_send(t->ws, page) : 0;
    buf_unref(&page);
    return err;
}

static void say_due(struct teacher *t, uint64_t now_ms)
{
    struct telling *tell = &t->telling;
    if (tell->due & DUE_BUSY && say_word(t, "busy") == 0)
        tell->due &= ~(unsigned)DUE_BUSY;
    if (tell->due & DUE_ROTATED && say_rotated(t) == 0)
        tell->due &= ~(unsigned)DUE_ROTATED;
    if (tell->due & DUE_BOARD && send_board(t) == 0)
        tell->due &= ~(unsigned)DUE_BOARD;
    bool is_time = !tell->key_ms || now_ms - tell->key_ms >= TEACHER_KEY_MS;
    if (tell->due & DUE_KEY && is_time && say_key(t, now_ms) == 0)
        tell->due &= ~(unsigned)DUE_KEY;
}

/* -- what is said again and again ------------------------------------------------------------- */

void tell_ack(struct teacher *t, uint64_t now_ms)
{
    char text[TALK_TEXT_MAX];
    struct telling *tell = &t->telling;
    if (!tell->has_news || now_ms - tell->ack_ms < TEACHER_ACK_MS)
        return;
    if (say(t, text, talk_write_ack(text, &tell->ack)) != 0)
        return;
    tell->has_news = false;
    tell->ack_ms = now_ms;
}

static bool has_changed(const struct session_facts *a, const struct session_facts *b)
{
    return a->state != b->state || a->source != b->source || a->content != b->content ||
           a->width != b->width || a->height != b->height || a->is_muted != b->is_muted ||
           !a->break_ms != !b->break_ms || a->is_over != b->is_over;
}

static void tell_status(struct teacher *t, uint64_t now_ms)
{
    char text[TALK_TEXT_MAX];
    struct telling *tell = &t->telling;
    struct session_facts facts = facts_of(t);
    if (tell->is_status_told && now_ms - tell->status_ms < TEACHER_STATUS_MS &&
        !has_changed(&facts, &tell->told))
        return;
    int len = talk_write_status(text, &facts, web_shared(t->web)->params.ladder);
    if (say(t, text, len) != 0)
        return;
    tell->told = facts;
    tell->is_status_told = true;
    tell->status_ms = now_ms;
}

void tell_look(struct teacher *t, uint64_t now_ms)
{
    say_due(t, now_ms);
    tell_ack(t, now_ms);
    tell_status(t, now_ms);
}
