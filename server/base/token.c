#include "server/base/token.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

void token_spell(char out[TOKEN_LEN + 1], const uint8_t raw[TOKEN_LEN])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz023456789";
    for (size_t i = 0; i < TOKEN_LEN; i++)
        out[i] = letters[raw[i] & 31];
    out[TOKEN_LEN] = '\0';
}

int token_make(char out[TOKEN_LEN + 1])
{
    uint8_t raw[TOKEN_LEN];
    if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
        return -EIO;
    token_spell(out, raw);
    return 0;
}

bool token_equal(const char *a, const char *b)
{
    if (!a || !b)
        return false;
    size_t len = strlen(a);
    if (len != strlen(b))
        return false;
    uint8_t diff = 0;
    for (size_t i = 0; i < len; i++)
        diff |= (uint8_t)(a[i] ^ b[i]);
    return diff == 0;
}
