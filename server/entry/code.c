#include "server/entry/code.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>

#include <sodium.h>

#include "server/base/utf8.h"

/* 29 is a prime, which the check letter needs. */
static const char alphabet[] = "0123456789ACDEFGHJKMNPQRTVWXY";

enum { LETTERS = sizeof(alphabet) - 1, RANDOM_LEN = ENTRY_CODE_LEN - 1 };

static int value_of(char letter)
{
    const char *found = memchr(alphabet, letter, LETTERS);
    return found ? (int)(found - alphabet) : -1;
}

/* With the weights 1 to 11 no single letter, and no exchange of two, leaves the sum as it was. */
static char check_letter(const char letters[RANDOM_LEN])
{
    int sum = 0;
    for (int i = 0; i < RANDOM_LEN; i++)
        sum += (i + 1) * value_of(letters[i]);
    return alphabet[sum % LETTERS];
}

int entry_code_make(struct entry_code *out)
{
    struct entry_code code = {.letters = ""};
    size_t n = 0;
    while (n < RANDOM_LEN) {
        uint8_t raw[RANDOM_LEN];
        if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
            return -EIO;
        /* Bytes from 232 on would make the first letters likelier. */
        for (size_t i = 0; i < sizeof(raw) && n < RANDOM_LEN; i++) {
            if (raw[i] < 256 / LETTERS * LETTERS)
                code.letters[n++] = alphabet[raw[i] % LETTERS];
        }
        sodium_memzero(raw, sizeof(raw));
    }
    code.letters[RANDOM_LEN] = check_letter(code.letters);
    *out = code;
    return 0;
}

/* Blanks and hyphens of any kind, which phones put in by themselves. */
static bool is_gap(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == '_' || c == '.' ||
           c == 0xa0 || c == 0xb7 || (c >= 0x2000 && c <= 0x2015) || c == 0x2212 || c == 0x3000 ||
           c == 0x3002 || c == 0x30fc || c == 0xfeff || c == 0xff0d || c == 0xff0e || c == 0xff3f;
}

/* The letter of our alphabet that is meant, or 0. */
static char meant(uint32_t c)
{
    static const char alike[][2] = {"O0", "I1", "L1", "Z2", "S5", "B8", "UV"};
    if (c >= 0xff01 && c <= 0xff5e) /* full-width */
        c -= 0xfee0;
    if (c >= 'a' && c <= 'z')
        c -= 'a' - 'A';
    for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        if (c == (uint32_t)alike[i][0])
            return alike[i][1];
    }
    if (c >= 0x80 || value_of((char)c) < 0)
        return '\0';
    return (char)c;
}

int entry_code_read(struct entry_code *out, const char *typed)
{
    struct entry_code code = {.letters = ""};
    size_t len = strnlen(typed, ENTRY_TYPED_MAX + 1);
    size_t n = 0;
    if (len > ENTRY_TYPED_MAX)
        return -EINVAL;
    for (size_t i = 0, step; i < len; i += step) {
        uint32_t c;
        step = utf8_next(typed + i, len - i, &c);
        if (step == 0)
            return -EINVAL;
        if (is_gap(c))
            continue;
        char letter = meant(c);
        if (!letter || n == ENTRY_CODE_LEN)
            return -EINVAL;
        code.letters[n++] = letter;
    }
    if (n != ENTRY_CODE_LEN)
        return -EINVAL;
    if (code.letters[RANDOM_LEN] != check_letter(code.letters))
        return -EBADMSG;
    *out = code;
    return 0;
}

void entry_code_print(char out[ENTRY_CODE_TEXT_SIZE], const struct entry_code *code)
{
    size_t n = 0;
    for (size_t i = 0; i < ENTRY_CODE_LEN; i++) {
        if (i > 0 && i % 4 == 0)
            out[n++] = '-';
        out[n++] = code->letters[i];
    }
    out[n] = '\0';
}

void entry_code_hash(uint8_t out[ENTRY_HASH_SIZE], const struct entry_code *code,
                     const uint8_t key[ENTRY_KEY_SIZE])
{
    crypto_generichash(out, ENTRY_HASH_SIZE, (const uint8_t *)code->letters, ENTRY_CODE_LEN, key,
                       ENTRY_KEY_SIZE);
}
