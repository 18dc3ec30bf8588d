#include "server/door/totp.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <sodium.h>

enum { DIGITS = 6, DRIFT = 1, MILLION = 1000000 };

/* RFC 4226 §5.3. */
void totp_code(char out[TOTP_CODE_SIZE], const uint8_t secret[TOTP_SECRET_SIZE], int64_t step)
{
    uint8_t message[8], mac[EVP_MAX_MD_SIZE] = {0};
    for (int i = 0; i < 8; i++)
        message[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    HMAC(EVP_sha1(), secret, TOTP_SECRET_SIZE, message, sizeof(message), mac, NULL);
    const uint8_t *at = &mac[mac[19] & 15];
    uint32_t n =
        (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    snprintf(out, TOTP_CODE_SIZE, "%06u", (unsigned)(n % MILLION));
}

int64_t totp_check(const uint8_t secret[TOTP_SECRET_SIZE], const char *code, int64_t now_s)
{
    int64_t now = now_s / TOTP_STEP_S, found = 0;
    if (strlen(code) != DIGITS || strspn(code, "0123456789") != DIGITS)
        return 0;
    for (int64_t step = now - DRIFT; step <= now + DRIFT; step++) {
        char right[TOTP_CODE_SIZE];
        totp_code(right, secret, step);
        if (sodium_memcmp(right, code, DIGITS) == 0)
            found = step;
    }
    return found;
}

void totp_secret_text(char out[TOTP_SECRET_TEXT_SIZE], const uint8_t secret[TOTP_SECRET_SIZE])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    size_t n = 0;
    for (size_t bit = 0; bit < (size_t)TOTP_SECRET_SIZE * 8; bit += 5) {
        unsigned pair = (unsigned)secret[bit / 8] << 8;
        if (bit / 8 + 1 < TOTP_SECRET_SIZE)
            pair |= secret[bit / 8 + 1];
        out[n++] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    out[n] = '\0';
}

void totp_uri(char out[TOTP_URI_MAX], const char *login, const uint8_t secret[TOTP_SECRET_SIZE])
{
    char text[TOTP_SECRET_TEXT_SIZE], name[64 * 3] = "";
    size_t n = 0;
    totp_secret_text(text, secret);
    for (; *login && n + 4 < sizeof(name); login++) {
        if (isalnum((unsigned char)*login) || strchr("-._", *login))
            name[n++] = *login;
        else
            n += (size_t)snprintf(name + n, 4, "%%%02X", (unsigned char)*login);
    }
    name[n] = '\0';
    snprintf(out, TOTP_URI_MAX, "otpauth://totp/Airclass:%s?secret=%s&issuer=Airclass", name, text);
    sodium_memzero(text, sizeof(text));
}
