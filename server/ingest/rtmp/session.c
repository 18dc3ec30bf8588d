#include "server/ingest/rtmp/session.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "server/ingest/rtmp/amf0.h"
#include "server/ingest/rtmp/command.h"
#include "server/ingest/rtmp/handshake.h"

enum {
    /* Also what we assume until told; a window of one byte must not make us answer every byte. */
    WINDOW_DEFAULT = 2500000,
    WINDOW_MIN = 16 << 10,
    SCRIPT_MAX = 64 << 10,
    /* Nothing before an accepted publish is larger than a connect command. */
    STRANGER_MESSAGE_MAX = 16 << 10,
    STRANGER_HELD_MAX = 64 << 10,
    EVENT_PING_REQUEST = 6,
    EVENT_PING_ANSWER = 7,
    /* No message is answered with half as much as the room above it. */
    REPLY_ENOUGH = REPLY_ROOM / 2,
};

_Static_assert((int)RTMP_INPUT_LEFT_MAX == (int)HANDSHAKE_HELLO, "C0 and C1 are taken at once");
_Static_assert((int)REPLY_ENOUGH > (int)HANDSHAKE_ANSWER, "the handshake's answer has room");

const char *rtmp_state_name(enum rtmp_state state)
{
    switch (state) {
    case RTMP_STATE_HELLO: return "hello";
    case RTMP_STATE_ECHO: return "echo";
    case RTMP_STATE_GREETED: return "greeted";
    case RTMP_STATE_CONNECTED: return "connected";
    case RTMP_STATE_ASKED: return "asked";
    case RTMP_STATE_PUBLISHING: return "publishing";
    case RTMP_STATE_ENDED: return "ended";
    }
    return "?";
}

void rtmp_session_init(struct rtmp_session *s)
{
    memset(s, 0, sizeof(*s));
    s->window = WINDOW_DEFAULT;
    chunk_reader_init(&s->chunks);
    chunk_reader_limit(&s->chunks, STRANGER_MESSAGE_MAX, STRANGER_HELD_MAX);
    reply_init(&s->out);
}

void rtmp_session_release(struct rtmp_session *s)
{
    explicit_bzero(s->key, sizeof(s->key));
    chunk_reader_release(&s->chunks);
}

void rtmp_session_end(struct rtmp_session *s, enum rtmp_why why, const char *detail)
{
    if (s->state == RTMP_STATE_ENDED)
        return;
    s->state = RTMP_STATE_ENDED;
    s->why = why;
    s->detail = detail;
}

static int take_hello(struct rtmp_session *s, struct bytes *in)
{
    if (bytes_left(in) > 0 && *in->p != 3) { /* don't wait 1536 bytes for an HTTP request */
        rtmp_session_end(s, RTMP_BAD_HANDSHAKE, NULL);
        return 0;
    }
    if (bytes_left(in) < HANDSHAKE_HELLO)
        return -EAGAIN;

    uint8_t noise[HANDSHAKE_PART] = {0};
    if (getrandom(noise, sizeof(noise), GRND_NONBLOCK) < 0)
        noise[0] = 1; /* fixed noise is as good: nobody relies on it */
    uint8_t *answer = reply_reserve(&s->out, HANDSHAKE_ANSWER);
    if (!answer)
        return 0;
    int err = handshake_answer(answer, &s->has_digest, bytes_take(in, HANDSHAKE_HELLO), noise);
    if (err) {
        s->out.len -= HANDSHAKE_ANSWER;
        rtmp_session_end(s, err == -ENOMEM ? RTMP_NO_MEMORY : RTMP_BAD_HANDSHAKE, NULL);
        return 0;
    }
    s->state = RTMP_STATE_ECHO;
    return 0;
}

static int take_echo(struct rtmp_session *s, struct bytes *in)
{
    if (bytes_left(in) < HANDSHAKE_PART)
        return -EAGAIN;
    bytes_take(in, HANDSHAKE_PART);
    s->state = RTMP_STATE_GREETED;
    return 0;
}

static void count_received(struct rtmp_session *s, size_t n)
{
    s->received += (uint32_t)n;
    if (s->received - s->acknowledged < s->window)
        return;
    reply_control(&s->out, RTMP_ACK, s->received);
    s->acknowledged = s->received;
}

static void on_window_size(struct rtmp_session *s, const struct rtmp_message *msg)
{
    struct bytes b = bytes_of(msg->body, msg->len);
    uint32_t window = bytes_u32(&b);
    if (b.bad)
        rtmp_session_end(s, RTMP_BAD_MESSAGE, "window");
    else
        s->window = window < WINDOW_MIN ? WINDOW_MIN : window;
}

static void on_user_control(struct rtmp_session *s, const struct rtmp_message *msg)
{
    struct bytes b = bytes_of(msg->body, msg->len);
    uint16_t event = bytes_u16(&b);
    uint32_t value = bytes_u32(&b);
    if (!b.bad && event == EVENT_PING_REQUEST)
        reply_user_control(&s->out, EVENT_PING_ANSWER, value);
}

static void refuse_codec(struct rtmp_session *s, const char *codec)
{
    char text[160];
    snprintf(text, sizeof(text),
             "%s is not supported: set the encoder to H.264 video and AAC audio.", codec);
    reply_status(&s->out, &(struct reply_status){.event = "onStatus",
                                                 .level = "error",
                                                 .code = "NetStream.Publish.Rejected",
                                                 .description = text});
    rtmp_session_end(s, RTMP_CODEC, codec);
}

/* True: `ev` is the tag. Media before publish is dropped: some encoders don't wait for the answer,
 * and the hello timeout bounds it. */
static bool on_media(struct rtmp_session *s, const struct media_tag *tag, struct rtmp_event *ev)
{
    struct media_info info;
    if (s->state != RTMP_STATE_PUBLISHING)
        return false;
    if (flv_inspect(&info, tag)) {
        rtmp_session_end(s, RTMP_BAD_MEDIA, tag->type == MEDIA_AUDIO ? "audio" : "video");
        return false;
    }
    if (info.unsupported) {
        refuse_codec(s, info.unsupported);
        return false;
    }
    if (info.is_empty)
        return false;
    *ev = (struct rtmp_event){.kind = RTMP_EVENT_TAG, .tag = *tag};
    return true;
}

static bool is_whole_amf0(struct bytes b)
{
    while (bytes_left(&b) > 0)
        if (amf0_skip(&b))
            return false;
    return true;
}

/*
 * Metadata. What is no AMF0 is dropped, not punished: encoders that forget the end of an ECMA array
 * are many, and nothing here depends on it.
 */
static bool on_data(struct rtmp_session *s, struct bytes body, uint32_t timestamp_ms,
                    struct rtmp_event *ev)
{
    struct bytes rest = body;
    struct amf0_text name;
    if (s->state != RTMP_STATE_PUBLISHING || bytes_left(&body) > SCRIPT_MAX)
        return false;
    if (amf0_read_text(&rest, &name) == 0 && amf0_text_is(name, "@setDataFrame"))
        body = rest; /* an instruction to the server; the file format has only what follows */
    if (bytes_left(&body) == 0 || !is_whole_amf0(body))
        return false;
    *ev = (struct rtmp_event){
        .kind = RTMP_EVENT_TAG,
        .tag = {.type = MEDIA_SCRIPT,
                .dts_ms = timestamp_ms,
                .body = body.p,
                .len = (uint32_t)bytes_left(&body)}
    };
    return true;
}

static void begin_aggregate(struct rtmp_session *s, const struct rtmp_message *msg)
{
    s->aggregate = bytes_of(msg->body, msg->len);
    s->aggregate_base_ms = msg->timestamp_ms;
    s->aggregate_began = false;
}

/* The tags inside count from the first one's time; the message says when that is (§7.1.6). */
static uint32_t aggregate_time(struct rtmp_session *s, uint32_t tag_ms)
{
    if (!s->aggregate_began)
        s->aggregate_first_ms = tag_ms;
    s->aggregate_began = true;
    return s->aggregate_base_ms + (tag_ms - s->aggregate_first_ms);
}

static bool next_of_aggregate(struct rtmp_session *s, struct rtmp_event *ev)
{
    struct bytes *b = &s->aggregate;
    struct media_tag tag = {.type = bytes_u8(b)};
    tag.len = bytes_u24(b);
    uint32_t low = bytes_u24(b);
    uint32_t tag_ms = (uint32_t)bytes_u8(b) << 24 | low;
    bytes_u24(b); /* stream id */
    tag.body = bytes_take(b, tag.len);
    if (b->bad) {
        rtmp_session_end(s, RTMP_BAD_MESSAGE, "aggregate");
        return false;
    }
    /* The back pointer of the last tag is left out by some. */
    bytes_take(b, bytes_left(b) < FLV_TAG_TRAILER ? bytes_left(b) : FLV_TAG_TRAILER);

    tag.dts_ms = aggregate_time(s, tag_ms);
    if (tag.type == MEDIA_SCRIPT)
        return on_data(s, bytes_of(tag.body, tag.len), tag.dts_ms, ev);
    return (tag.type == MEDIA_AUDIO || tag.type == MEDIA_VIDEO) && on_media(s, &tag, ev);
}

/* AMF3 messages of encoders are AMF0 behind one byte. */
static struct bytes amf0_body(const struct rtmp_message *msg, enum rtmp_type amf3)
{
    struct bytes b = bytes_of(msg->body, msg->len);
    if (msg->type == amf3 && msg->len > 0 && msg->body[0] == 0)
        bytes_u8(&b);
    return b;
}

static bool on_message(struct rtmp_session *s, const struct rtmp_message *msg,
                       struct rtmp_event *ev)
{
    struct media_tag tag = {
        .type = msg->type, .dts_ms = msg->timestamp_ms, .body = msg->body, .len = msg->len};
    switch (msg->type) {
    case RTMP_WINDOW_ACK_SIZE: on_window_size(s, msg); return false;
    case RTMP_USER_CONTROL: on_user_control(s, msg); return false;
    case RTMP_AUDIO:
    case RTMP_VIDEO: return on_media(s, &tag, ev);
    case RTMP_DATA:
    case RTMP_DATA_AMF3: return on_data(s, amf0_body(msg, RTMP_DATA_AMF3), msg->timestamp_ms, ev);
    case RTMP_COMMAND:
    case RTMP_COMMAND_AMF3: return rtmp_command(s, amf0_body(msg, RTMP_COMMAND_AMF3), ev);
    case RTMP_AGGREGATE: begin_aggregate(s, msg); return false;
    default: return false; /* acknowledgements, bandwidth, shared objects: nothing to us */
    }
}

static enum rtmp_why chunk_why(int err)
{
    if (err == -ENOMEM)
        return RTMP_NO_MEMORY;
    return err == -EPROTO ? RTMP_BAD_CHUNK : RTMP_TOO_BIG;
}

/* 1: `ev` is filled; 0: go on; -EAGAIN. */
static int take_message(struct rtmp_session *s, struct bytes *in, struct rtmp_event *ev)
{
    struct rtmp_message msg;
    size_t before = bytes_left(in);
    int err = chunk_reader_next(&s->chunks, in, &msg);
    count_received(s, before - bytes_left(in));
    if (err == -EAGAIN)
        return err;
    if (err) {
        rtmp_session_end(s, chunk_why(err), NULL);
        return 0;
    }
    return on_message(s, &msg, ev) ? 1 : 0;
}

static int step(struct rtmp_session *s, struct bytes *in, struct rtmp_event *ev)
{
    assert(s->state != RTMP_STATE_ASKED);
    if (s->out.is_full) /* only an owner who never empties it gets here */
        rtmp_session_end(s, RTMP_NOT_READING, NULL);
    if (s->state == RTMP_STATE_ENDED) {
        *ev = (struct rtmp_event){.kind = RTMP_EVENT_END, .why = s->why, .detail = s->detail};
        return 1;
    }
    if (s->out.len > REPLY_ENOUGH) {
        *ev = (struct rtmp_event){.kind = RTMP_EVENT_REPLY};
        return 1;
    }
    if (s->state == RTMP_STATE_HELLO)
        return take_hello(s, in);
    if (s->state == RTMP_STATE_ECHO)
        return take_echo(s, in);
    if (bytes_left(&s->aggregate) > 0)
        return next_of_aggregate(s, ev) ? 1 : 0;
    return take_message(s, in, ev);
}

int rtmp_session_next(struct rtmp_session *s, struct bytes *in, struct rtmp_event *ev)
{
    int got;
    do
        got = step(s, in, ev);
    while (got == 0);
    return got == 1 ? 0 : got;
}
