#ifndef AIRCLASS_SERVER_INGEST_INGEST_H
#define AIRCLASS_SERVER_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/wire.h"
#include "server/base/buf.h"
#include "server/ingest/media.h"

/*
 * The seam between the protocols that teachers' encoders speak and the sessions. An ingest asks for
 * a publisher by its stream key, then hands it media, then says that the source is gone.
 */

enum publish_verdict { PUBLISH_OK, PUBLISH_BAD_KEY, PUBLISH_BUSY, PUBLISH_NOT_NOW, PUBLISH_OVER };

/* A source's end, as seen by the ingest. */
enum source_end {
    SOURCE_LOST,    /* the connection broke or fell silent: it may come back */
    SOURCE_STOPPED, /* the encoder said that it stops (FCUnpublish, deleteStream) */
    SOURCE_REFUSED, /* we ended it: see the log */
};

/* Why the session sends a source away. */
enum kick_why {
    KICK_VOID,  /* its key was changed, or the lesson is gone or over */
    KICK_TAKEN, /* another one teaches: its own newer connection, or one that asked for it */
    KICK_LATE,  /* it was silent, and another one began */
};

enum { PUBLISH_DEVICE_MAX = 41 }; /* with its NUL */

/* Who wants to publish. Strings are borrowed for the call. */
struct publish_claim {
    const char *key;    /* a lesson's stream key */
    const char *peer;   /* for the log */
    const char *device; /* a page: the browser that it runs in; NULL: an encoder */
    bool takes;         /* a page: whoever teaches now is to be sent away */
    /* Called at most once and before `close`: no tag comes after that, and `close` follows as
     * SOURCE_REFUSED, from the loop, never from inside of it. */
    void (*kick)(void *source, enum kick_why why);
    void (*want_key)(
        void *source); /* the next picture should be a keyframe; NULL: can't be asked */
    void *source;
};

/* What a source publishes into; owned by the session, handed out by `open`. */
struct publisher;

struct ingest_sink {
    /* On PUBLISH_OK, `*out` is the publisher; give it back with `close`. PUBLISH_BUSY: another one
     * teaches; PUBLISH_NOT_NOW: try again in a moment; PUBLISH_OVER: the teacher has ended the
     * lesson, and an encoder that goes on by itself does not begin it anew. */
    enum publish_verdict (*open)(void *arg, const struct publish_claim *claim,
                                 struct publisher **out);
    /* One whole tag, borrowed for the call. `tag->dts_ms` is the encoder's clock. */
    void (*tag)(struct publisher *pub, const struct media_tag *tag);
    /* What the source's pictures are, if it knows: holds until the next hint or its end. UNKNOWN:
     * the worker is to see for itself, as without a hint. */
    void (*hint)(struct publisher *pub, enum wire_content content);
    /* The teacher is muted, on purpose, or not any more, since `*pts_ms` on the same clock as the
     * tags (NULL: since now): holds until this source says otherwise or another one begins. The
     * silence itself is sent all the same. */
    void (*mute)(struct publisher *pub, bool is_muted, const uint32_t *pts_ms);
    /* One batch of the teacher's ink (docs/protocol.md §1.3), borrowed for the call; `pts_ms` is on
     * the same clock as the tags. One that is not newer than what is there already was said twice,
     * and is left out. 0; -EPROTO: it is no such batch, and the source is to be refused; -ENOSPC:
     * the board is full; -ENOMEM. */
    int (*event)(struct publisher *pub, uint32_t pts_ms, const void *batch, size_t len);
    /* The whole board as one unit of the protocol, the page that is shown last, for a source that
     * came back without it (a reload, another device). The caller's reference; NULL: no memory. */
    struct buf *(*board)(struct publisher *pub);
    void (*close)(struct publisher *pub, enum source_end why);
    void *arg; /* for `open` */
};

#endif
