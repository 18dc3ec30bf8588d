#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "server/ingest/rtmp/handshake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Signs C1 as Flash does, which no mutation would ever find: the way behind it is worth fuzzing. */
static void sign(uint8_t *c1, unsigned offset_at)
{
    static const char key[] = "Genuine Adobe Flash Player 001";
    const uint8_t *p = c1 + offset_at;
    unsigned at = offset_at + 4 + (unsigned)(p[0] + p[1] + p[2] + p[3]) % 728;
    uint8_t rest[HANDSHAKE_PART - HANDSHAKE_DIGEST];
    memcpy(rest, c1, at);
    memcpy(rest + at, c1 + at + HANDSHAKE_DIGEST, sizeof(rest) - at);
    unsigned len;
    HMAC(EVP_sha256(), key, sizeof(key) - 1, rest, sizeof(rest), c1 + at, &len);
}

static void check(const uint8_t *hello, bool is_signed)
{
    uint8_t noise[HANDSHAKE_PART];
    memset(noise, hello[7], sizeof(noise));
    uint8_t *out = malloc(HANDSHAKE_ANSWER);
    bool has_digest = false;
    int err = handshake_answer(out, &has_digest, hello, noise);
    if (err != (hello[0] == 3 ? 0 : -EPROTO))
        abort();
    if (err == 0 && (out[0] != 3 || (is_signed && !has_digest)))
        abort();
    free(out);
}

/* The first byte says whether to sign it, the rest is C0 and C1, with zeros for what is missing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    uint8_t *hello = calloc(1, HANDSHAKE_HELLO);
    size_t n = size - 1 < HANDSHAKE_HELLO ? size - 1 : HANDSHAKE_HELLO;
    memcpy(hello, data + 1, n);
    bool is_signed = data[0] & 1;
    if (is_signed) {
        hello[5] |= 1; /* a version of 0 would say that there is no digest */
        sign(hello + 1, data[0] & 2 ? 772 : 8);
    }
    check(hello, is_signed);
    free(hello);
    return 0;
}
