#ifndef AIRCLASS_SERVER_HUB_UNIT_H
#define AIRCLASS_SERVER_HUB_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/* The units of the player's protocol (docs/protocol.md §1.1), as bytes. */
enum unit_track { UNIT_VOICE, UNIT_VIDEO, UNIT_STILL, UNIT_EVENTS };
enum unit_kind { UNIT_CONFIG, UNIT_KEY, UNIT_DELTA, UNIT_BUNDLE, UNIT_PIECE, UNIT_GAP, UNIT_PART };
enum unit_format { UNIT_AVIF = 1, UNIT_WEBP = 2 };

enum {
    UNIT_HEADER = 8,
    UNIT_PAYLOAD_MAX = 0xffffff,
    UNIT_PIECE_HEADER = 11, /* of a still's piece: format, id, total, offset */
    UNIT_PART_HEADER = 7,   /* of a frame's part: kind, total, offset */
};

/* Writes a unit's header; returns the place of its payload. */
uint8_t *unit_write_header(uint8_t *p, enum unit_track track, enum unit_kind kind, uint32_t len,
                           uint32_t pts_ms);

/* A message of one unit whose payload is `a` followed by `b` (each may be empty). -ENOMEM. */
int unit_message(struct buf **out, enum unit_track track, enum unit_kind kind, uint32_t pts_ms,
                 const void *a, size_t a_len, const void *b, size_t b_len);

/* A packet's length inside a bundle: one byte below 252, else two (RFC 6716 §3.2.1). At most
 * UNIT_PACKET_MAX. Returns the place behind it. */
enum { UNIT_PACKET_MAX = 252 + 3 + 255 * 4 };
uint8_t *unit_write_packet_len(uint8_t *p, uint32_t len);

#endif
