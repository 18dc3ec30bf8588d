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

/* The next bytes of media, at most `room`; waits for them. Their number, or as link_pump. */
int link_read_media(struct link *link, uint8_t *buf, size_t room);

/* Blocks until the kernel has taken it all. 0 or the sticking error; -EMSGSIZE doesn't stick. */
int link_send(struct link *link, const struct link_out *out);

/* Why nothing can be sent any more, or 0. */
int link_send_error(const struct link *link);

/* What ended the reading if it was not an orderly end, or 0. */
int link_protocol_error(const struct link *link);

/* What the media that has arrived says about the time. */
struct backlog *link_backlog(struct link *link);

#endif
