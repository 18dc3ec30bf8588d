#ifndef AIRCLASS_CODEC_LINK_H
#define AIRCLASS_CODEC_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/backlog.h"
#include "codec/wire/wire.h"

/*
 * The worker's end of the socket. Messages are read ahead of the media that is being worked on, so
 * that a control message behind a backlog of media is acted on between two pictures, not after all
 * of them. Uses recv() and send() on one descriptor and nothing else of the kernel.
 */
struct link;

/* Acts on one message that is not WIRE_MEDIA. A negative errno ends the link. */
typedef int link_control_fn(void *arg, const struct wire_msg *m);

/* One thing to send: `head` and `data`, one behind the other, are the payload. Both may be empty.
 */
struct link_out {
    uint8_t type, rendition, kind;
    uint32_t pts_ms;
    const void *head;
    size_t head_len;
    const void *data;
    size_t len;
};

int link_new(struct link **out, int fd);
void link_free(struct link **link);
void link_on_control(struct link *link, link_control_fn *fn, void *arg);

/*
 * Takes what has arrived and hands on the control messages in it; `wait`: blocks until at least one
 * message has come. 0, or why the link is over: -EPIPE (orderly end), -EPROTO (not our protocol),
 * what the control function or recv() said. That sticks. Must not be called from the control
 * function.
 */
int link_pump(struct link *link, bool wait);

/* Waits for another stream of media to begin, passing over what is left of the present one, and
 * says which container it has. 0, or as link_pump. */
int link_stream(struct link *link, uint8_t *container);

/*
 * What is left of the stream's message in hand, or its next; waits for it. 0: `*m` is set, its
 * payload borrowed until the next call for this link. -ENODATA: the stream has ended and another
 * begins. Else as link_pump.
 */
int link_media(struct link *link, struct wire_msg *m);

/* `n` bytes of what link_media() has shown are done with. */
void link_media_used(struct link *link, size_t n);

/* Blocks until the kernel has taken it all. 0 or the sticking error; -EMSGSIZE doesn't stick. */
int link_send(struct link *link, const struct link_out *out);

/* Why nothing can be sent any more, or 0. */
int link_send_error(const struct link *link);

/* What ended the reading if it was not an orderly end, or 0. */
int link_protocol_error(const struct link *link);

/* What the media that has arrived says about the time. */
struct backlog *link_backlog(struct link *link);

#endif
