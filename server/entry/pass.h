#ifndef AIRCLASS_SERVER_ENTRY_PASS_H
#define AIRCLASS_SERVER_ENTRY_PASS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/entry/code.h"

/*
 * What a device shows after its owner has been let in once: who they are, sealed by the server. To
 * join a lesson costs the check of this seal (keyed BLAKE2b; 1.4 us with the base64 around it),
 * no hashing of passwords and no SQL.
 *
 * One fixed binary form, no choice of algorithms in it:
 *
 *     u8 form (1)  u8 role  u8 device  u32 version  u32 issued_s  u32 expires_s  u64 device_id
 *     u8 length, school  u8 length, person  32 bytes of seal over all of it
 *
 * as base64url without padding. It belongs in a cookie or the first message, never in an address.
 */
enum {
    PASS_ID_SIZE = 64, /* of a school's code, of a person's id; with the NUL */
    PASS_TEXT_SIZE = 248,
    PASS_EARLY_S = 300, /* so far in the future a clock that was put right may have issued one */
};

enum pass_device { PASS_PHONE = 1, PASS_TV, PASS_OFFICE };

struct pass {
    uint8_t role;      /* what the number means is its maker's affair; not 0 */
    uint8_t device;    /* enum pass_device: one of each kind by default, the newest wins */
    uint32_t version;  /* of its owner's codes: a reset raises it, and older passes are void */
    uint32_t issued_s; /* since 1970 */
    uint32_t expires_s;
    uint64_t device_id;        /* random, made when the device was let in */
    char school[PASS_ID_SIZE]; /* may be "": the district */
    char person[PASS_ID_SIZE];
};

/* 0; -EINVAL: no person, no role, no such device, or it expires before it is issued. */
int pass_make(char out[PASS_TEXT_SIZE], const struct pass *pass, const uint8_t key[ENTRY_KEY_SIZE]);

/*
 * 0; -EBADMSG: not made with this key, or altered; -ETIME: expired, or issued in the future. `out`
 * is set on success only. Then the asker compares `version` with that of the person.
 */
int pass_read(struct pass *out, const char *text, size_t len, const uint8_t key[ENTRY_KEY_SIZE],
              uint32_t now_s);

#endif
