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

int packer_flush(struct packer *p, bool voice, struct packed *out)
{
    *out = (struct packed){.pts_ms = p->first_pts_ms, .is_start = p->is_start};
    if (p->len == 0)
        return 0;
    out->duration_ms = voice ? p->next_pts_ms - p->first_pts_ms : 0;
    int err = voice ? unit_message(&out->message, UNIT_VOICE, UNIT_BUNDLE, p->first_pts_ms,
                                   p->bytes, p->len, NULL, 0)
                    : buf_copy(&out->message, p->bytes, p->len);
    p->len = 0;
    return err;
}

static void begin(struct packer *p, uint32_t pts_ms, bool is_start)
{
    if (p->len == 0) {
        p->first_pts_ms = pts_ms;
        p->is_start = is_start;
    }
}

static int append_packet(struct packer *p, const void *packet, size_t len)
{
    int err = reserve(p, len + 2);
    if (err)
        return err;
    uint8_t *at = unit_write_packet_len(p->bytes + p->len, (uint32_t)len);
    p->len = (size_t)(put_bytes(at, packet, len) - p->bytes);
    return 0;
}

static int append_frame(struct packer *p, uint32_t pts_ms, bool is_key, const void *unit,
                        size_t len)
{
    int err = reserve(p, UNIT_HEADER + len);
    if (err)
        return err;
    uint8_t *at = unit_write_header(p->bytes + p->len, UNIT_VIDEO, is_key ? UNIT_KEY : UNIT_DELTA,
                                    (uint32_t)len, pts_ms);
    p->len = (size_t)(put_bytes(at, unit, len) - p->bytes);
    return 0;
}

/* Drops what was collected: half a message is worse than none. */
static int give_up(struct packer *p, struct packed out[2], int err)
{
    p->len = 0;
    buf_unref(&out[0].message);
    return err;
}

int packer_voice(struct packer *p, uint32_t pts_ms, uint32_t duration_us, const void *packet,
                 size_t len, struct packed out[2])
{
    out[0] = out[1] = (struct packed){0};
    if (len > UNIT_PACKET_MAX)
        return -EMSGSIZE;
    int32_t off_ms = (int32_t)(pts_ms - p->next_pts_ms);
    int err = 0;
    if (p->len > 0 && (off_ms > FOLLOWS_MS || off_ms < -FOLLOWS_MS))
        err = packer_flush(p, true, &out[0]);
    begin(p, pts_ms, true);
    if (!err)
        err = append_packet(p, packet, len);
    p->next_pts_ms = pts_ms + (duration_us + 500) / 1000;
    if (!err && p->next_pts_ms - p->first_pts_ms + FOLLOWS_MS >= p->span_ms)
        err = packer_flush(p, true, &out[1]);
    return err ? give_up(p, out, err) : 0;
}

int packer_video(struct packer *p, uint32_t pts_ms, bool is_key, const void *unit, size_t len,
                 struct packed out[2])
{
    out[0] = out[1] = (struct packed){0};
    if (len > UNIT_PAYLOAD_MAX)
        return -EMSGSIZE;
    int err = 0;
    if (p->len > 0 && (is_key || pts_ms - p->first_pts_ms > 2 * p->span_ms))
        err = packer_flush(p, false, &out[0]);
    begin(p, pts_ms, is_key);
    if (!err)
        err = append_frame(p, pts_ms, is_key, unit, len);
    if (!err && pts_ms - p->first_pts_ms >= p->span_ms)
        err = packer_flush(p, false, &out[1]);
    return err ? give_up(p, out, err) : 0;
}
