#include "server/ingest/rtmp/handshake.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "server/base/bytes.h"

enum {
    RTMP_VERSION = 3,
    VERSION_AT = 4, /* behind the time */
    KEY_CLIENT_LEN = 30,
    KEY_SERVER_LEN = 36, /* of the key below; S2 is keyed with all of it */
    SIGNED_LEN = HANDSHAKE_PART - HANDSHAKE_DIGEST,
};

/* These keys are public: they prove that a peer knows the protocol, not who it is. */
static const uint8_t key_client[KEY_CLIENT_LEN] = {
    'G', 'e', 'n', 'u', 'i', 'n', 'e', ' ', 'A', 'd', 'o', 'b', 'e', ' ', 'F',
    'l', 'a', 's', 'h', ' ', 'P', 'l', 'a', 'y', 'e', 'r', ' ', '0', '0', '1'};
static const uint8_t key_server[KEY_SERVER_LEN + 32] = {
    'G',  'e',  'n',  'u',  'i',  'n',  'e',  ' ',  'A',  'd',  'o',  'b',  'e',  ' ',
    'F',  'l',  'a',  's',  'h',  ' ',  'M',  'e',  'd',  'i',  'a',  ' ',  'S',  'e',
    'r',  'v',  'e',  'r',  ' ',  '0',  '0',  '1',  0xf0, 0xee, 0xc2, 0x4a, 0x80, 0x68,
    0xbe, 0xe8, 0x2e, 0x00, 0xd0, 0xd1, 0x02, 0x9e, 0x7e, 0x57, 0x6e, 0xec, 0x5d, 0x2d,
    0x29, 0x80, 0x6f, 0xab, 0x93, 0xb8, 0xe6, 0x36, 0xcf, 0xeb, 0x31, 0xae};

/* Where the four bytes lie whose sum says where the digest lies; the two schemas in use. */
static const unsigned offsets_at[] = {8, 772};

static unsigned digest_at(const uint8_t part[HANDSHAKE_PART], unsigned offset_at)
{
    const uint8_t *p = part + offset_at;
    return offset_at + 4 + (unsigned)(p[0] + p[1] + p[2] + p[3]) % 728;
}

static int hmac(uint8_t out[HANDSHAKE_DIGEST], const uint8_t *key, int key_len, const uint8_t *data,
                size_t len)
{
    unsigned out_len = 0;
    return HMAC(EVP_sha256(), key, key_len, data, len, out, &out_len) ? 0 : -ENOMEM;
}

/* The digest over a part without the digest's own place. */
static int sign_part(uint8_t out[HANDSHAKE_DIGEST], const uint8_t part[HANDSHAKE_PART], unsigned at,
                     const uint8_t *key, int key_len)
{
    uint8_t rest[SIGNED_LEN];
    uint8_t *p = put_bytes(rest, part, at);
    put_bytes(p, part + at + HANDSHAKE_DIGEST, SIGNED_LEN - at);
    return hmac(out, key, key_len, rest, sizeof(rest));
}

/* 1: C1 carries the digest of schema `*offset_at`; 0: it has none; -ENOMEM. */
static int find_digest(const uint8_t c1[HANDSHAKE_PART], unsigned *offset_at)
{
    static const uint8_t plain[4];
    if (memcmp(c1 + VERSION_AT, plain, sizeof(plain)) == 0)
        return 0;

    for (size_t i = 0; i < sizeof(offsets_at) / sizeof(offsets_at[0]); i++) {
        uint8_t digest[HANDSHAKE_DIGEST];
        unsigned at = digest_at(c1, offsets_at[i]);
        int err = sign_part(digest, c1, at, key_client, sizeof(key_client));
        if (err)
            return err;
        if (CRYPTO_memcmp(digest, c1 + at, sizeof(digest)) == 0) {
            *offset_at = offsets_at[i];
            return 1;
        }
    }
    return 0;
}

static void answer_plain(uint8_t *s1, const uint8_t *c1, const uint8_t *noise)
{
    uint8_t *p = put_u32(s1, 0);
    p = put_u32(p, 0);
    p = put_bytes(p, noise, HANDSHAKE_PART - 8);
    put_bytes(p, c1, HANDSHAKE_PART); /* S2 is an echo */
}

static int answer_digest(uint8_t *s1, const uint8_t *c1, const uint8_t *noise, unsigned offset_at)
{
    /* librtmp takes a server of version 0 for one without digests. */
    static const uint8_t version[4] = {4, 5, 0, 1};
    put_bytes(s1, noise, HANDSHAKE_PART);
    put_u32(s1, 0);
    put_bytes(s1 + VERSION_AT, version, sizeof(version));
    unsigned at = digest_at(s1, offset_at);
    int err = sign_part(s1 + at, s1, at, key_server, KEY_SERVER_LEN);
    if (err)
        return err;

    uint8_t *s2 = s1 + HANDSHAKE_PART;
    put_bytes(s2, noise, SIGNED_LEN);
    uint8_t key[HANDSHAKE_DIGEST];
    err = hmac(key, key_server, sizeof(key_server), c1 + digest_at(c1, offset_at), sizeof(key));
    return err ? err : hmac(s2 + SIGNED_LEN, key, sizeof(key), s2, SIGNED_LEN);
}

int handshake_answer(uint8_t out[HANDSHAKE_ANSWER], bool *has_digest,
                     const uint8_t hello[HANDSHAKE_HELLO], const uint8_t noise[HANDSHAKE_PART])
{
    if (hello[0] != RTMP_VERSION)
        return -EPROTO;

    const uint8_t *c1 = hello + 1;
    unsigned offset_at = 0;
    int found = find_digest(c1, &offset_at);
    if (found < 0)
        return found;
    out[0] = RTMP_VERSION;
    *has_digest = found == 1;
    if (found)
        return answer_digest(out + 1, c1, noise, offset_at);
    answer_plain(out + 1, c1, noise);
    return 0;
}
