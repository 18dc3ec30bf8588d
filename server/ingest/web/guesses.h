#ifndef AIRCLASS_SERVER_INGEST_WEB_GUESSES_H
#define AIRCLASS_SERVER_INGEST_WEB_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "server/entry/guard.h"

/*
 * Wrong stream keys by address, so that those can't be tried out which people made up (8 letters
 * are enough for a config file). What a whole school shares counts as one address, and so does an
 * IPv6 /64; guard_by_address is meant for that. A key as long as those of this server (130 bits) is
 * looked at in any case: nobody gets it by trying, and no pupil's guesses keep its teacher out.
 */
enum { GUESSES_ADDRESSES = 4096 }; /* slots of the guard: 160 KiB */

/* Whether `key` from this address (as text, without port) is looked at. */
bool guesses_may(const struct guard *g, const char *address, const char *key, uint64_t now_ms);
/* It was wrong. */
void guesses_wrong(struct guard *g, const char *address, uint64_t now_ms);

#endif
