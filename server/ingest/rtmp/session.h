#ifndef AIRCLASS_SERVER_INGEST_RTMP_SESSION_H
#define AIRCLASS_SERVER_INGEST_RTMP_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/base/bytes.h"
#include "server/ingest/flv.h"
#include "server/ingest/ingest.h"
#include "server/ingest/rtmp/chunk.h"
#include "server/ingest/rtmp/reply.h"
#include "server/ingest/rtmp/why.h"

/*
 * The server's side of one RTMP conversation with an encoder. Pure: bytes in; events and reply
 * bytes out. The connection that owns it sends what `out` holds after each call and sets `out.len`
 * to 0.
 *
 *     handshake -> connect -> [releaseStream, FCPublish, createStream] -> publish -> tags -> stop
 */

enum rtmp_state {
    RTMP_STATE_HELLO, /* waiting for C0 and C1 */
    RTMP_STATE_ECHO,  /* waiting for C2 */
    RTMP_STATE_GREETED,
    RTMP_STATE_CONNECTED,
    RTMP_STATE_ASKED, /* rtmp_session_answer() is due */
    RTMP_STATE_PUBLISHING,
    RTMP_STATE_ENDED,
};

enum {
    RTMP_KEY_MAX = 128,
    RTMP_ENCODER_MAX = 64,
    /* rtmp_session_next() leaves less than this of its input. */
    RTMP_INPUT_LEFT_MAX = 1 + 1536,
};

enum rtmp_event_kind {
    RTMP_EVENT_PUBLISH, /* `key` wants to publish: call rtmp_session_answer() before the next */
    RTMP_EVENT_TAG,
    RTMP_EVENT_REPLY, /* `out` fills up: send it, then go on */
    RTMP_EVENT_STOP,  /* the encoder stopped publishing; it may publish again */
    RTMP_EVENT_END,   /* over: send `out`, then close. No event comes after it */
};

struct rtmp_event {
    enum rtmp_event_kind kind;
    const char *key;      /* PUBLISH: a secret; until the answer */
    struct media_tag tag; /* TAG: its body is lent until the next call */
    enum rtmp_why why;    /* END */
    const char *detail;   /* END: NULL, or a word more for the log; static */
};

struct rtmp_session {
    enum rtmp_state state;
    enum rtmp_why why;
    const char *detail;
    struct chunk_reader chunks;
    struct reply_buf out;
    struct bytes aggregate; /* what is left of an aggregate message; lent by `chunks` */
    uint32_t aggregate_base_ms;
    uint32_t aggregate_first_ms;
    bool aggregate_began;
    uint32_t received; /* bytes behind the handshake; wraps, as in its acknowledgement */
    uint32_t acknowledged;
    uint32_t window; /* the encoder wants an acknowledgement every so many bytes */
    bool has_digest;
    char key[RTMP_KEY_MAX + 1];         /* only while asked */
    char encoder[RTMP_ENCODER_MAX + 1]; /* what the encoder calls itself; printable ASCII */
};

void rtmp_session_init(struct rtmp_session *s);
void rtmp_session_release(struct rtmp_session *s);

/*
 * Takes from `in` until something happened. 0: `*ev` says what. -EAGAIN: give what is left of `in`
 * (less than RTMP_INPUT_LEFT_MAX bytes) again with more behind it. Both may leave replies in `out`.
 */
int rtmp_session_next(struct rtmp_session *s, struct bytes *in, struct rtmp_event *ev);

/* The answer to RTMP_EVENT_PUBLISH. Anything but PUBLISH_OK ends the session: the next event is
 * END. */
void rtmp_session_answer(struct rtmp_session *s, enum publish_verdict verdict);

/* The server wants the source gone: tells the encoder. The next event is END, with RTMP_KICKED. */
void rtmp_session_kick(struct rtmp_session *s);

const char *rtmp_state_name(enum rtmp_state state);

#endif
