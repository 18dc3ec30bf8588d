#ifndef AIRCLASS_SERVER_APP_FILES_H
#define AIRCLASS_SERVER_APP_FILES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Who may hold how many of the process's file descriptors, so that connections meet a limit of
 * ours, which turns them away with a word, before they meet the system's.
 */
struct files {
    uint64_t limit;       /* of the system */
    uint32_t connections; /* HTTP and WebSocket */
    uint32_t encoders;
};

/* As many as the system lets us: each player is one. */
uint64_t files_raise_limit(void);

/* What all of them and the program itself may come to hold. */
uint64_t files_needed(const struct files *f);

/* Makes `connections` and `encoders` fit into `limit`. False when that was less than they asked. */
bool files_fit(struct files *f);

#endif
