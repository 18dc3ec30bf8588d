#ifndef AIRCLASS_SERVER_HUB_STILL_H
#define AIRCLASS_SERVER_HUB_STILL_H

#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/*
 * One still picture and the messages it is sent in, which are made when first asked for and shared
 * by all viewers.
 */
struct still;

/* How large the pieces are. A thin link gets small ones: 500 bytes are 170 ms at 24 kbit/s, the
 * longest that a voice message then waits behind one. */
enum still_cut { STILL_THIN, STILL_WIDE, STILL_CUTS };
enum { STILL_THIN_BYTES = 500, STILL_WIDE_BYTES = 8000, STILL_MAX = 1 << 20 };

/* `format`: enum unit_format. Copies the file. One reference. -EMSGSIZE over STILL_MAX or empty. */
int still_new(struct still **out, uint8_t format, uint32_t pts_ms, const void *file, size_t len);
struct still *still_ref(struct still *still);
void still_unref(struct still **still);

/* Made of the content: the same picture has the same id. Never 0. */
uint32_t still_id(const struct still *still);

uint32_t still_pieces(const struct still *still, enum still_cut cut);

/* The message of piece `index`, borrowed from the still. -ENOMEM. */
int still_piece(struct still *still, enum still_cut cut, uint32_t index, struct buf **out);

#endif
