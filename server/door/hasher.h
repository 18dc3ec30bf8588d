#ifndef AIRCLASS_SERVER_DOOR_HASHER_H
#define AIRCLASS_SERVER_DOOR_HASHER_H

#include <stdbool.h>
#include <stddef.h>

#include "server/base/address.h"
#include "server/store/door.h"

/*
 * Passwords: argon2id with 19 MiB and 2 passes (OWASP's minimum; 21 ms of a core), on libuv's
 * threads, one at a time, or two where there are more than two cores. At most HASHER_MAX wait, and
 * HASHER_OF_ONE from one address: at 47 a second the last one waits 1.4 s. Who comes then is told
 * to come again, at no cost. Who has shown something before (`is_known`) waits in a lane of their
 * own, as many again, which goes first: strangers can't fill it.
 */
struct hasher;
struct uv_loop_s;

enum {
    HASHER_MAX = 64,
    HASHER_OF_ONE = 16,
    HASHER_PASSWORD_MAX = 129, /* bytes, with the NUL */
};

/* Embedded in what waits for it; the hasher's from hasher_ask() until `done`. */
struct hash_job {
    char password[HASHER_PASSWORD_MAX]; /* wiped when it is done */
    /* What it is compared with; "": it is to be hashed, into here; HASHER_NOBODY: with what is
     * nobody's, which takes as long. */
    char hash[STORE_SECRET_MAX];
    struct address from;
    bool is_known;
    void (*done)(struct hash_job *job);
    bool is_right; /* or hashed */
    struct hasher *hasher;
    struct hash_job *next;
};

#define HASHER_NOBODY "-"

/* -ENOMEM; -EIO: the crypto library could not be started. */
int hasher_new(struct hasher **out, struct uv_loop_s *loop);

/* -EAGAIN: too many wait; the job is then still the caller's. */
int hasher_ask(struct hasher *h, struct hash_job *job);

/* What waits is still done and told; then `closed` is called, from the loop. */
void hasher_close(struct hasher *h, void (*closed)(void *arg), void *arg);

#endif
