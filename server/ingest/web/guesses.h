#ifndef AIRCLASS_SERVER_INGEST_WEB_GUESSES_H
#define AIRCLASS_SERVER_INGEST_WEB_GUESSES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Wrong stream keys by address, so that keys can't be tried out: GUESSES_MOST at once, then one
 * every GUESSES_EVERY_MS. The keys that this server makes up (130 bits) need no such thing; those
 * of a config file may have 8 letters. One IPv4 address or IPv6 /64 counts as one. Pure. Begins
 * zeroed.
 */
enum { GUESSES_MOST = 10, GUESSES_EVERY_MS = 6000, GUESSES_ADDRESSES = 256 };

struct guesses {
    struct {
        uint8_t address[9]; /* 8 bytes, and whether it is IPv6 */
        uint32_t level_ms;  /* of wrong keys, each counts GUESSES_EVERY_MS; seeps away with time */
        uint64_t at_ms;     /* when it was that much */
    } of[GUESSES_ADDRESSES];
};

/* Whether a key from this address (as text, without port) is looked at. */
bool guesses_may(struct guesses *g, const char *address, uint64_t now_ms);
/* It was wrong. */
void guesses_wrong(struct guesses *g, const char *address, uint64_t now_ms);

#endif
