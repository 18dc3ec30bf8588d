#ifndef AIRCLASS_CODEC_WIRE_WIRE_H
#define AIRCLASS_CODEC_WIRE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the server and its codec workers say to each other over a stream socket.
 *
 *     u32 length of the payload · u8 type · u8 rendition · u8 kind · u8 flags · u32 pts_ms ·
 * payload
 *
 * Big-endian. `rendition` is an index into the table of WIRE_SETUP. `pts_ms` is the session clock.
 * Both sides treat the other's bytes as foreign: every length is checked.
 */
enum { WIRE_HEADER = 12, WIRE_PAYLOAD_MAX = 4 << 20, WIRE_RENDITIONS_MAX = 24 };

enum wire_type {
    /* server -> worker */
    WIRE_SETUP = 1, /* payload: the rendition table (spec.h). The first message, once. */
    WIRE_MEDIA,     /* `kind`: enum wire_container; `pts_ms`: of the tag or packet in it */
    WIRE_WANT,      /* payload: u32 bit mask of the renditions that somebody watches */
    WIRE_KEY,       /* `rendition`: a keyframe (or the present still) as soon as may be */
    WIRE_RESUME,    /* `pts_ms`: media before it has been delivered already: decode, don't send */
    WIRE_PING,      /* payload: any 4 bytes, sent back in WIRE_PONG */
    WIRE_HINT,      /* payload: u8 enum wire_content, what the source's pictures are, from now on;
                     * UNKNOWN: the worker is to see for itself, as before the first hint */
    /* worker -> server */
    WIRE_READY = 64, /* the sandbox is closed and the set-up understood */
    WIRE_UNIT,       /* one unit of `rendition`: see enum wire_kind */
    WIRE_SOURCE, /* what comes in: u8 enum wire_content · u16 width · u16 height · u16 fps*100 */
    WIRE_PONG,
    WIRE_LOG,      /* `kind`: log level (server/base/log.h); payload: text of at most 500 bytes */
    WIRE_FAIL,     /* payload: why the source can't be decoded, as text; the worker then ends */
    WIRE_NEED_KEY, /* pictures that are watched can't be decoded before the source's next keyframe
                    */
};

/*
 * What WIRE_MEDIA carries. A source's media is a stream; another stream begins when the kind
 * changes and with a message of WIRE_BEGINS, which may be empty. It has its own configurations and
 * goes on on the same clock.
 */
enum wire_container {
    WIRE_FLV,     /* the next bytes of an FLV file: at the stream's begin the header, then tags */
    WIRE_PACKETS, /* a packet (codec/wire/packet.h) */
};

enum { WIRE_BEGINS = 1 }; /* in `flags` */

/* The kinds of WIRE_UNIT, and what the payload is. */
enum wire_kind {
    WIRE_CONFIG = 1, /* opus: u16 samples at 48 kHz in a packet · aac: u16 samples · u32 rate ·
                      * AudioSpecificConfig · h264: u16 width · u16 height · avcC */
    WIRE_KEYFRAME,   /* h264: an AVCC access unit (4-byte lengths) that starts with an IDR */
    WIRE_DELTA,      /* h264: an AVCC access unit */
    WIRE_PACKET,     /* opus, aac: one packet (aac without ADTS) */
    WIRE_STILL,      /* u16 width · u16 height · the whole AVIF or WebP file */
};

enum wire_content {
    WIRE_CONTENT_UNKNOWN,
    WIRE_CONTENT_SLIDES,
    WIRE_CONTENT_CAMERA,
    WIRE_CONTENT_TOO_LARGE, /* in WIRE_SOURCE alone: pictures that are not decoded */
};

struct wire_msg {
    uint8_t type; /* enum wire_type, unchecked: the receiver's switch decides */
    uint8_t rendition;
    uint8_t kind;
    uint8_t flags; /* WIRE_BEGINS or 0 */
    uint32_t pts_ms;
    uint32_t len;
    const uint8_t *payload; /* borrowed from the parsed bytes */
};

/* Writes the header of a message with `m->len` bytes of payload to `out`. */
void wire_write_header(uint8_t out[WIRE_HEADER], const struct wire_msg *m);

/*
 * Reads one whole message from the front of `data`. 0: `*m` is set, borrowing from `data`, and
 * `*used` bytes are done with. -EAGAIN: not whole yet; `*used` is what it needs in all (at least
 * WIRE_HEADER). -EMSGSIZE: announces more than WIRE_PAYLOAD_MAX; the stream is lost.
 */
int wire_parse(struct wire_msg *m, const void *data, size_t len, size_t *used);

const char *wire_content_name(enum wire_content content);

#endif
