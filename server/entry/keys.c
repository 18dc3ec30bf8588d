#include "server/entry/keys.h"

#include <assert.h>
#include <errno.h>

#include <sodium.h>

static_assert(ENTRY_KEY_SIZE == crypto_kdf_KEYBYTES, "the secret is a key of the derivation");

/* The numbers are for ever: another one is another key. */
enum { KEY_CODE = 1, KEY_PASS, KEY_GUEST, KEY_TOKEN, KEY_TOTP, KEY_KNOWN };

int entry_keys_make(struct entry_keys *out, const uint8_t secret[ENTRY_KEY_SIZE])
{
    static const char context[crypto_kdf_CONTEXTBYTES] = {'a', 'i', 'r', 'e', 'n', 't', 'r', 'y'};
    if (sodium_init() < 0)
        return -EIO;
    crypto_kdf_derive_from_key(out->code, ENTRY_KEY_SIZE, KEY_CODE, context, secret);
    crypto_kdf_derive_from_key(out->pass, ENTRY_KEY_SIZE, KEY_PASS, context, secret);
    crypto_kdf_derive_from_key(out->guest, ENTRY_KEY_SIZE, KEY_GUEST, context, secret);
    crypto_kdf_derive_from_key(out->token, ENTRY_KEY_SIZE, KEY_TOKEN, context, secret);
    crypto_kdf_derive_from_key(out->totp, ENTRY_KEY_SIZE, KEY_TOTP, context, secret);
    crypto_kdf_derive_from_key(out->known, ENTRY_KEY_SIZE, KEY_KNOWN, context, secret);
    return 0;
}
