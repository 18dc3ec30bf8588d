#ifndef AIRCLASS_SERVER_ENTRY_KEYS_H
#define AIRCLASS_SERVER_ENTRY_KEYS_H

#include "server/entry/code.h"

/* One key for each use, made from the server's secret, so that no hash of one kind serves as
 * another. Wiped by its owner (sodium_memzero). */
struct entry_keys {
    uint8_t code[ENTRY_KEY_SIZE];
    uint8_t pass[ENTRY_KEY_SIZE];
    uint8_t guest[ENTRY_KEY_SIZE]; /* codes of day passes */
    uint8_t token[ENTRY_KEY_SIZE]; /* sessions, invitations */
    uint8_t totp[ENTRY_KEY_SIZE];  /* seals the secrets of second factors */
    uint8_t known[ENTRY_KEY_SIZE]; /* browsers in which somebody signed in before */
};

/* 0; -EIO: the crypto library could not be started. */
int entry_keys_make(struct entry_keys *out, const uint8_t secret[ENTRY_KEY_SIZE]);

#endif
