#ifndef AIRCLASS_TESTS_BENCH_CLIENT_RECORD_H
#define AIRCLASS_TESTS_BENCH_CLIENT_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What one viewer got and when, in a file: u64 microseconds, u32 length, the message; in the
 * machine's byte order, for a replay on the same machine. */

void record_write(FILE *file, uint64_t at_us, const void *message, size_t len);

/* One recorded message, framed for a WebSocket. */
struct record {
    uint64_t at_us; /* since recording began; 0: a config from before */
    size_t len;
    uint8_t *frame;
};

/* Reads a whole file. A negative errno; -ENODATA when nothing is in it. */
int record_load(struct record **out, size_t *n, const char *path);
void record_free(struct record **records, size_t n);

#endif
