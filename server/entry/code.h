#ifndef AIRCLASS_SERVER_ENTRY_CODE_H
#define AIRCLASS_SERVER_ENTRY_CODE_H

#include <stdint.h>

/*
 * A pupil's personal entry code (入班码): printed by the homeroom teacher, typed once on each
 * device or scanned as a QR code, kept by us only as a keyed hash.
 *
 * 29 letters: the digits, and the capitals that are not taken for a digit or for one another. Who
 * types O, I, L, Z, S, B or U gets 0, 1, 1, 2, 5, 8, V. Twelve of them: eleven are random, the last
 * is a check, a weighted sum modulo the prime 29, so that one wrong letter or two exchanged ones
 * are always noticed on the spot, before they count as a guess.
 *
 * Guessing: there are 29^11 = 1.22e16 codes. In a district of 50,000 pupils 10,000 guesses meet one
 * of theirs with a chance of 10,000 * 50,000 / 1.22e16 = 4e-8, one in 24 million; 500 guesses a
 * second for a whole day, if nothing stopped them (guard.h does), 2e-4.
 */
enum {
    ENTRY_CODE_LEN = 12,
    ENTRY_CODE_TEXT_SIZE = 15, /* "K7QX-04PM-WH3R" with the NUL */
    ENTRY_HASH_SIZE = 32,
    ENTRY_KEY_SIZE = 32,
    ENTRY_TYPED_MAX = 256, /* bytes that somebody may type */
};

/* Only those of this alphabet and with a right check letter are ever made. */
struct entry_code {
    char letters[ENTRY_CODE_LEN + 1];
};

/* A new one. -EIO: the kernel gives no randomness. */
int entry_code_make(struct entry_code *out);

/*
 * What somebody typed: capitals or not, full-width or not, with any blanks and hyphens. 0; -EINVAL:
 * not twelve letters of ours; -EBADMSG: its check letter is wrong, somebody mistyped.
 */
int entry_code_read(struct entry_code *out, const char *typed);

/* In three groups of four. */
void entry_code_print(char out[ENTRY_CODE_TEXT_SIZE], const struct entry_code *code);

/* What is stored and looked up: BLAKE2b under the server's key, so that a stolen database alone
 * does not tell the codes. */
void entry_code_hash(uint8_t out[ENTRY_HASH_SIZE], const struct entry_code *code,
                     const uint8_t key[ENTRY_KEY_SIZE]);

#endif
