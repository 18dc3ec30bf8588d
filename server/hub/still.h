#ifndef AIRCLASS_SERVER_HUB_STILL_H
#define AIRCLASS_SERVER_HUB_STILL_H

#include <stddef.h>
#include <stdint.h>

#include "server/base/buf.h"

/* One still picture, shared by all viewers who are being sent it. */
struct still;

enum { STILL_MAX = 1 << 20 };

/* `format`: enum unit_format. Copies the file. One reference. -EMSGSIZE over STILL_MAX or empty. */
int still_new(struct still **out, uint8_t format, uint32_t pts_ms, const void *file, size_t len);
struct still *still_ref(struct still *still);
void still_unref(struct still **still);

/* Made of the content: the same picture has the same id. Never 0. */
uint32_t still_id(const struct still *still);

uint32_t still_len(const struct still *still);

/* Writes the unit that carries `len` bytes from `offset`: UNIT_HEADER + UNIT_PIECE_HEADER + `len`
 * bytes. Returns the place behind it. */
uint8_t *still_write_piece(const struct still *still, uint32_t offset, uint32_t len, uint8_t *out);

#endif
