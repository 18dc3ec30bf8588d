#include "server/hub/packer.h"

#include <errno.h>
#include <stdlib.h>

#include "server/base/bytes.h"
#include "server/hub/unit.h"

enum {
    /* A packet may be this far from where the one before it ended and still follow on: clocks in
     * whole milliseconds round. */
    FOLLOWS_MS = 5,
    ROOM_FIRST = 512,
};

void packer_release(struct packer *p)
{
    free(p->bytes);
    *p = (struct packer){.span_ms = p->span_ms};
}

static int reserve(struct packer *p, size_t more)
{
    size_t need = p->len + more;
    if (need > PACKER_BYTES_MAX)
        return -EMSGSIZE;
    if (need <= p->room)
        return 0;
    size_t room = p->room ? p->room : ROOM_FIRST;
    while (room < need)
        room *= 2;
    uint8_t *bytes = realloc(p->bytes, room);
    if (!bytes)
        return -ENOMEM;
    p->bytes = bytes;
    p->room = room;
    return 0;
}

int packer_flush(struct packer *p, struct packed *out)
{
    *out =
        (struct packed){.pts_ms = p->first_pts_ms, .duration_ms = p->next_pts_ms - p->first_pts_ms};
    if (p->len == 0)
        return 0;
    int err = unit_message(&out->message, UNIT_VOICE, UNIT_BUNDLE, p->first_pts_ms, p->bytes,
                           p->len, NULL, 0);
    p->len = 0;
    return err;
}

static int append(struct packer *p, const void *packet, size_t len)
{
    int err = reserve(p, len + 2);
    if (err)
        return err;
    uint8_t *at = unit_write_packet_len(p->bytes + p->len, (uint32_t)len);
    p->len = (size_t)(put_bytes(at, packet, len) - p->bytes);
    return 0;
}

/* Drops what was collected: half a bundle is worse than none. */
static int give_up(struct packer *p, struct packed out[2], int err)
{
    p->len = 0;
    buf_unref(&out[0].message);
    return err;
}

int packer_add(struct packer *p, uint32_t pts_ms, uint32_t duration_us, const void *packet,
               size_t len, struct packed out[2])
{
    out[0] = out[1] = (struct packed){0};
    if (len > UNIT_PACKET_MAX)
        return -EMSGSIZE;
    int32_t off_ms = (int32_t)(pts_ms - p->next_pts_ms);
    int err = 0;
    if (p->len > 0 && (off_ms > FOLLOWS_MS || off_ms < -FOLLOWS_MS))
        err = packer_flush(p, &out[0]);
    if (p->len == 0)
        p->first_pts_ms = pts_ms;
    if (!err)
        err = append(p, packet, len);
    p->next_pts_ms = pts_ms + (duration_us + 500) / 1000;
    if (!err && p->next_pts_ms - p->first_pts_ms + FOLLOWS_MS >= p->span_ms)
        err = packer_flush(p, &out[1]);
    return err ? give_up(p, out, err) : 0;
}
