#ifndef AIRCLASS_SERVER_LADDER_READER_H
#define AIRCLASS_SERVER_LADDER_READER_H

#include <stddef.h>

#include "server/config/ini.h"
#include "server/ladder/ladder.h"

/* Reads a ladder file into `ladder`, which begins zeroed. 0, or -EINVAL with the complaint made;
 * `ladder` is then half-filled. Private to this folder. */
int ladder_read(struct ladder *ladder, const char *text, size_t len, struct complaint *c);

#endif
