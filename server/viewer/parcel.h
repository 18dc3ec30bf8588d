#ifndef AIRCLASS_SERVER_VIEWER_PARCEL_H
#define AIRCLASS_SERVER_VIEWER_PARCEL_H

#include <stdbool.h>
#include <stdint.h>

#include "server/base/buf.h"
#include "server/net/ws.h"

/*
 * A message in the making: the units that go to one viewer at one time, voice and picture together.
 * A message costs the server about 10 µs and the link 56 bytes whatever its size, and to copy a few
 * kilobytes a tenth of a microsecond. One serves all viewers, one after the other.
 */
struct parcel {
    struct buf *message; /* PARCEL_BYTES of room */
    uint32_t len;
};

enum { PARCEL_BYTES = 64 << 10 }; /* more than any bundle, piece or config */

/* -ENOMEM. */
int parcel_init(struct parcel *p);
void parcel_release(struct parcel *p);

/* Room for `bytes` more, to be filled at once; NULL when it does not fit. */
uint8_t *parcel_add(struct parcel *p, uint32_t bytes);

/* Sends what is there, if anything, and is empty again. As ws_send(). */
int parcel_send(struct parcel *p, struct ws *ws);

#endif
