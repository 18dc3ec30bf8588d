#ifndef AIRCLASS_SERVER_INGEST_RTMP_HANDSHAKE_H
#define AIRCLASS_SERVER_INGEST_RTMP_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The RTMP handshake from the server's side: the plain one of the specification (§5.2), and the one
 * with HMAC-SHA256 digests that Flash brought and librtmp checks. Pure: bytes in, bytes out.
 */
enum {
    HANDSHAKE_PART = 1536,                     /* C1, C2, S1, S2 */
    HANDSHAKE_HELLO = 1 + HANDSHAKE_PART,      /* C0 C1 */
    HANDSHAKE_ANSWER = 1 + 2 * HANDSHAKE_PART, /* S0 S1 S2 */
    HANDSHAKE_DIGEST = 32,
};

/*
 * Answers the client's C0 and C1. `noise` fills what the protocol calls random; it need not be
 * secret. `*has_digest` says which of the two handshakes it was. 0; -EPROTO when C0 asks for
 * another version of RTMP; -ENOMEM when libcrypto has no memory. What comes next from the client is
 * C2, HANDSHAKE_PART bytes that say nothing of use.
 */
int handshake_answer(uint8_t out[HANDSHAKE_ANSWER], bool *has_digest,
                     const uint8_t hello[HANDSHAKE_HELLO], const uint8_t noise[HANDSHAKE_PART]);

#endif
