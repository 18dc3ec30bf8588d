#ifndef AIRCLASS_SERVER_NET_LINK_H
#define AIRCLASS_SERVER_NET_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "server/net/ws.h"

/* What the kernel does with, and knows of, a TCP connection. */

/*
 * Sets what connections inherit from the listening socket `fd`, for links that are thin, lossy and
 * break, so that accepting one costs no further calls and its buffers are small from the first byte
 * on. What the kernel does not have is left out. -EPROTONOSUPPORT: there is no such congestion
 * control, or not for us; it may be NULL or "".
 */
int link_tune(int fd, uint32_t send_buffer_bytes, const char *congestion);

/* Sent and not acknowledged, or not even sent. 0 when it can't be known. */
uint32_t link_queued(int fd);

void link_measure(int fd, struct ws_link *out);

/* True when the peer has sent something, or its end, and nothing can be sent to it: for a
 * connection that is read only when it has been written to, this is a loop that spins. */
bool link_is_jammed(int fd);

/* Whether the peer has said that it ends, or is gone. */
bool link_is_ended(int fd);

/* Whether the peer is still there (it was not the peer who ended it) and has ever said anything.
 * False when it can't be known. */
bool link_is_deserted(int fd);

#endif
