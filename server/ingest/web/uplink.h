#ifndef AIRCLASS_SERVER_INGEST_WEB_UPLINK_H
#define AIRCLASS_SERVER_INGEST_WEB_UPLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/wire/packet.h"
#include "server/base/bytes.h"
#include "server/ingest/media.h"

/*
 * What a teacher's page sends as binary messages (docs/protocol.md §2.1), one after the other:
 * units in, packets of voice, whole pictures and ink out. Pure. Voice is handed on as it comes,
 * whatever picture is unfinished; of pictures, one at a time is put together.
 */
enum {
    UPLINK_MESSAGE_MAX = 64 << 10,
    UPLINK_FRAME_MAX = 1 << 20,
    UPLINK_PACKETS_MAX = 64,    /* of one bundle */
    UPLINK_PACKET_MAX = 1275,   /* what the length of a packet in a bundle can say */
    UPLINK_INK_MAX = 4 << 10,   /* docs/protocol.md §1.3 */
    UPLINK_PROBE_MAX = 1 << 20, /* bytes that only measure, from one hello to the next */
};

enum uplink_kind { UPLINK_MEDIA, UPLINK_INK, UPLINK_PROBE };

struct uplink_event {
    enum uplink_kind kind;
    struct media_tag tag; /* MEDIA: a config, a packet of voice or a whole picture; its body is lent
                             until the next call */
    uint32_t pts_ms;      /* INK; the page's clock, as in `tag` */
    const uint8_t *bytes; /* INK: borrowed from the message */
    size_t len;
};

struct uplink {
    bool has_voice; /* its config has come */
    uint8_t video;  /* enum packet_codec; 0: no config has come */
    /* Pictures are left out until a keyframe: what they build on is missing. The owner asks the
     * page for one, and clears `wants_key`. */
    bool needs_key, wants_key;
    struct bytes bundle; /* what is left of it; borrowed from the message */
    uint32_t bundle_ms;
    uint32_t bundle_samples; /* at 48 kHz, from bundle_ms to the next packet */
    uint32_t probed;         /* bytes */
    uint8_t voice[PACKET_HEAD + UPLINK_PACKET_MAX];
    uint8_t *frame; /* PACKET_HEAD and what has come of it */
    size_t room;
    struct {
        bool is_open;
        uint8_t kind;
        uint32_t pts_ms, total, have;
    } part; /* the picture that is being put together */
};

/* Begins zeroed. */
void uplink_release(struct uplink *u);

/* The source begins anew, with its configs. What was probed stays counted. */
void uplink_reset(struct uplink *u);

/* The page said hello, and may measure anew. */
void uplink_greeted(struct uplink *u);

/*
 * The next of the message `in`. 0: `*ev`; -EAGAIN: it is done; -ENOMEM; -EPROTO with a reason for
 * the log and the page in `*why` (static text). After an error there is no going on. A message is
 * taken to its end before the next one.
 */
int uplink_next(struct uplink *u, struct bytes *in, struct uplink_event *ev, const char **why);

#endif
