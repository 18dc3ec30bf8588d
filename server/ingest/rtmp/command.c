#include "server/ingest/rtmp/command.h"

#include <assert.h>
#include <string.h>

#include "server/ingest/rtmp/amf0.h"

enum {
    WINDOW_BYTES = 2500000, /* what nginx-rtmp and Adobe's server announce */
    EVENT_STREAM_BEGIN = 0,
};

struct command {
    double txn; /* 0: wants no answer */
    struct bytes args;
};

struct command_kind {
    const char *name;
    bool (*run)(struct rtmp_session *s, struct command *c, struct rtmp_event *ev);
};

static void bad_message(struct rtmp_session *s, const char *detail)
{
    rtmp_session_end(s, RTMP_BAD_MESSAGE, detail);
}

static void say_error(struct rtmp_session *s, const char *code, const char *description)
{
    reply_status(&s->out, &(struct reply_status){.event = "onStatus",
                                                 .level = "error",
                                                 .code = code,
                                                 .description = description});
}

/* "live", "live/", "live?anything". */
static bool is_live(struct amf0_text app)
{
    const char *query = app.len > 0 ? memchr(app.p, '?', app.len) : NULL;
    if (query)
        app.len = (uint32_t)(query - app.p);
    while (app.len > 0 && app.p[app.len - 1] == '/')
        app.len--;
    return amf0_text_is(app, "live");
}

/* For the log: what the encoder calls itself, made harmless. */
static void note_encoder(struct rtmp_session *s, const struct bytes *object)
{
    struct amf0_text text;
    if (amf0_find_text(object, "flashVer", &text))
        return;
    uint32_t n = text.len < RTMP_ENCODER_MAX ? text.len : RTMP_ENCODER_MAX;
    for (uint32_t i = 0; i < n; i++) {
        bool is_printable = text.p[i] >= ' ' && text.p[i] <= '~';
        memcpy(s->encoder + i, is_printable ? text.p + i : "?", 1);
    }
    s->encoder[n] = 0;
}

static bool on_connect(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)ev;
    struct amf0_text app = {0};
    if (s->state != RTMP_STATE_GREETED || amf0_find_text(&c->args, "app", &app)) {
        bad_message(s, "connect");
        return false;
    }
    note_encoder(s, &c->args);
    if (!is_live(app)) {
        reply_connect_error(&s->out, c->txn,
                            "No such application. The address is rtmp://HOST/live, "
                            "and the stream key goes into its own field.");
        rtmp_session_end(s, RTMP_BAD_APP, NULL);
        return false;
    }
    reply_control(&s->out, RTMP_WINDOW_ACK_SIZE, WINDOW_BYTES);
    reply_peer_bandwidth(&s->out, WINDOW_BYTES);
    reply_chunk_size(&s->out);
    reply_connected(&s->out, c->txn);
    s->state = RTMP_STATE_CONNECTED;
    return false;
}

static bool on_create_stream(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)ev;
    reply_stream_created(&s->out, c->txn);
    return false;
}

static bool on_harmless(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)ev;
    if (c->txn != 0)
        reply_done(&s->out, c->txn);
    return false;
}

static bool on_fc_publish(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    on_harmless(s, c, ev);
    reply_status(&s->out, &(struct reply_status){.event = "onFCPublish",
                                                 .level = "status",
                                                 .code = "NetStream.Publish.Start",
                                                 .description = "Ready."});
    return false;
}

/* The key is the name up to its query string. */
static int read_key(struct rtmp_session *s, struct command *c)
{
    struct amf0_text name;
    if (amf0_skip(&c->args) || amf0_read_text(&c->args, &name))
        return -1;
    const char *query = name.len > 0 ? memchr(name.p, '?', name.len) : NULL;
    if (query)
        name.len = (uint32_t)(query - name.p);
    if (amf0_text_copy(s->key, sizeof(s->key), name))
        s->key[0] = 0; /* no key of ours is that long or has a NUL: wrong like any other */
    return 0;
}

static bool on_publish(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    if (s->state == RTMP_STATE_PUBLISHING) {
        say_error(s, "NetStream.Publish.BadName", "This connection is publishing already.");
        return false;
    }
    if (read_key(s, c)) {
        bad_message(s, "publish");
        return false;
    }
    s->state = RTMP_STATE_ASKED;
    if (s->key[0] == 0) {
        rtmp_session_answer(s, PUBLISH_BAD_KEY);
        return false;
    }
    *ev = (struct rtmp_event){.kind = RTMP_EVENT_PUBLISH, .key = s->key};
    return true;
}

static bool stop(struct rtmp_session *s, struct rtmp_event *ev)
{
    if (s->state != RTMP_STATE_PUBLISHING)
        return false;
    s->state = RTMP_STATE_CONNECTED;
    *ev = (struct rtmp_event){.kind = RTMP_EVENT_STOP};
    return true;
}

static void say_unpublished(struct rtmp_session *s, const char *event)
{
    reply_status(&s->out, &(struct reply_status){.event = event,
                                                 .level = "status",
                                                 .code = "NetStream.Unpublish.Success",
                                                 .description = "Stopped."});
}

static bool on_fc_unpublish(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    on_harmless(s, c, ev);
    say_unpublished(s, "onFCUnpublish");
    say_unpublished(s, "onStatus");
    return stop(s, ev);
}

static bool on_close_stream(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)c;
    if (s->state == RTMP_STATE_PUBLISHING)
        say_unpublished(s, "onStatus");
    return stop(s, ev);
}

static bool on_delete_stream(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)c;
    return stop(s, ev); /* has no answer (§7.2.2.3) */
}

static bool on_play(struct rtmp_session *s, struct command *c, struct rtmp_event *ev)
{
    (void)c;
    (void)ev;
    say_error(s, "NetStream.Play.Failed",
              "Lessons are watched in a browser; over RTMP they only come in.");
    rtmp_session_end(s, RTMP_PLAY, NULL);
    return false;
}

static const struct command_kind kinds[] = {
    {"connect",         on_connect      },
    {"releaseStream",   on_harmless     },
    {"FCPublish",       on_fc_publish   },
    {"createStream",    on_create_stream},
    {"publish",         on_publish      },
    {"FCUnpublish",     on_fc_unpublish },
    {"closeStream",     on_close_stream },
    {"deleteStream",    on_delete_stream},
    {"_checkbw",        on_harmless     },
    {"getStreamLength", on_harmless     },
    {"play",            on_play         },
    {"play2",           on_play         },
};

/* Answers to calls are not answered, nor are events. */
static bool wants_answer(struct amf0_text name, const struct command *c)
{
    return c->txn != 0 && !amf0_text_is(name, "_result") && !amf0_text_is(name, "_error");
}

static bool dispatch(struct rtmp_session *s, struct amf0_text name, struct command *c,
                     struct rtmp_event *ev)
{
    if (s->state == RTMP_STATE_GREETED && !amf0_text_is(name, "connect")) {
        bad_message(s, "a command before connect");
        return false;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (amf0_text_is(name, kinds[i].name))
            return kinds[i].run(s, c, ev);
    if (wants_answer(name, c))
        reply_unknown_call(&s->out, c->txn);
    return false;
}

bool rtmp_command(struct rtmp_session *s, struct bytes body, struct rtmp_event *ev)
{
    struct command c = {.args = body};
    struct amf0_text name;
    if (amf0_read_text(&c.args, &name)) {
        bad_message(s, "a command without a name");
        return false;
    }
    /* Some leave it out of commands that want no answer. */
    if (amf0_read_number(&c.args, &c.txn))
        c.txn = 0;
    return dispatch(s, name, &c, ev);
}

static void accept_publish(struct rtmp_session *s)
{
    reply_user_control(&s->out, EVENT_STREAM_BEGIN, REPLY_STREAM_ID);
    reply_status(&s->out, &(struct reply_status){.event = "onStatus",
                                                 .level = "status",
                                                 .code = "NetStream.Publish.Start",
                                                 .description = "Publishing."});
    chunk_reader_limit(&s->chunks, CHUNK_MESSAGE_MAX, CHUNK_HELD_MAX);
    s->state = RTMP_STATE_PUBLISHING;
}

static void refuse_publish(struct rtmp_session *s, enum rtmp_why why, const char *description)
{
    say_error(s, "NetStream.Publish.BadName", description);
    rtmp_session_end(s, why, NULL);
}

void rtmp_session_answer(struct rtmp_session *s, enum publish_verdict verdict)
{
    assert(s->state == RTMP_STATE_ASKED);
    explicit_bzero(s->key, sizeof(s->key));
    switch (verdict) {
    case PUBLISH_OK: accept_publish(s); return;
    case PUBLISH_BAD_KEY: refuse_publish(s, RTMP_BAD_KEY, "The stream key is wrong."); return;
    case PUBLISH_BUSY:
        refuse_publish(s, RTMP_BUSY, "Another encoder is publishing with this stream key.");
        return;
    case PUBLISH_NOT_NOW:
        refuse_publish(s, RTMP_NOT_NOW, "The lesson does not take a stream now.");
        return;
    case PUBLISH_OVER:
        refuse_publish(s, RTMP_OVER, "The teacher has ended the lesson; begin it on the page.");
        return;
    }
}

void rtmp_session_kick(struct rtmp_session *s)
{
    say_error(s, "NetStream.Publish.Rejected", "The server ended this stream.");
    rtmp_session_end(s, RTMP_KICKED, NULL);
}
