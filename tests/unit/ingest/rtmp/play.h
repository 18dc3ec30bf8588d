#ifndef AIRCLASS_TESTS_UNIT_INGEST_RTMP_PLAY_H
#define AIRCLASS_TESTS_UNIT_INGEST_RTMP_PLAY_H

#include "tests/unit/unit.h"

#include <errno.h>

#include "server/ingest/rtmp/session.h"
#include "tests/unit/ingest/rtmp/script.h"

/* Sessions that are played from scripts, without a socket. */

#define KEY "abcdefgh"

enum { TRANSCRIPT_ROOM = 8 << 10, OUT_ROOM = 64 << 10 };

/* What a session made of a script: a word an event, and all that it replied. */
struct run {
    char events[TRANSCRIPT_ROOM];
    size_t len;
    uint8_t out[OUT_ROOM];
    size_t out_len;
    int err;
};

static enum publish_verdict verdict;
static void say(struct run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void say(struct run *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->events + r->len, sizeof(r->events) - r->len, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof(r->events) - r->len);
    r->len += (size_t)n;
}

static inline bool on_event(struct run *r, struct rtmp_session *s, const struct rtmp_event *ev)
{
    switch (ev->kind) {
    case RTMP_EVENT_PUBLISH:
        say(r, "publish:%s ", ev->key);
        rtmp_session_answer(s, strcmp(ev->key, "wrong") ? verdict : PUBLISH_BAD_KEY);
        return true;
    case RTMP_EVENT_TAG:
        say(r, "%u@%u/%u ", ev->tag.type, ev->tag.dts_ms, ev->tag.len);
        return true;
    case RTMP_EVENT_STOP: say(r, "stop "); return true;
    case RTMP_EVENT_REPLY: return true;
    case RTMP_EVENT_END:
        say(r, "end:%s", rtmp_why_name(ev->why));
        if (ev->detail)
            say(r, "(%s)", ev->detail);
        return false;
    }
    return false;
}

static inline void take_out(struct run *r, struct rtmp_session *s)
{
    assert_true(r->out_len + s->out.len <= OUT_ROOM);
    put_bytes(r->out + r->out_len, s->out.bytes, s->out.len);
    r->out_len += s->out.len;
    s->out.len = 0;
}

static inline void play(struct run *r, const struct script *script, size_t piece)
{
    struct rtmp_session *s = malloc(sizeof(*s));
    rtmp_session_init(s);
    *r = (struct run){0};
    bool goes_on = true;
    size_t used = 0;
    size_t end = 0;
    struct rtmp_event ev;
    while (goes_on && end < script->len) {
        end = end + piece < script->len ? end + piece : script->len;
        size_t n = end - used;
        uint8_t *copy = malloc(n);
        struct bytes in = bytes_of(put_bytes(copy, script->bytes + used, n) - n, n);
        while (goes_on && (r->err = rtmp_session_next(s, &in, &ev)) == 0) {
            goes_on = on_event(r, s, &ev);
            take_out(r, s);
        }
        take_out(r, s);
        assert_true(!goes_on || bytes_left(&in) < RTMP_INPUT_LEFT_MAX);
        used = end - bytes_left(&in);
        free(copy);
    }
    rtmp_session_release(s);
    free(s);
}

/* Plays the script in pieces of many sizes: the same must come out each time. */
static inline void assert_plays(const struct script *script, struct run *r, const char *want)
{
    static const size_t pieces[] = {1, 2, 3, 7, 100, 1537, 1 << 20};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        play(r, script, pieces[i]);
        assert_string_equal(r->events, want);
    }
}

/* Whether the replies hold `text`; they are chunked, so only short texts after the opening. */
static inline bool was_told(const struct run *r, const char *text)
{
    return memmem(r->out, r->out_len, text, strlen(text)) != NULL;
}

static inline struct script *greeting(void)
{
    struct script *s = script_new();
    script_plain_hello(s);
    return s;
}

static inline struct script *publishing(void)
{
    struct script *s = greeting();
    script_obs_opening(s, KEY);
    return s;
}

/* Plays and frees the script. */
static inline void check(struct script *s, const char *want, const char *told)
{
    struct run *r = malloc(sizeof(*r));
    assert_plays(s, r, want);
    if (told && !was_told(r, told))
        fail_msg("the encoder was not told \"%s\"", told);
    free(r);
    free(s);
}

#define OPENED  "publish:" KEY " "
#define STARTED "NetStream.Publish.Start"

#endif
