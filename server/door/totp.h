#ifndef AIRCLASS_SERVER_DOOR_TOTP_H
#define AIRCLASS_SERVER_DOOR_TOTP_H

#include <stdint.h>

/*
 * The second factor: six digits that an app on a phone makes of a shared secret and the time (RFC
 * 6238 with SHA-1, 30 s and 6 digits, the only choice that every app knows). Pure.
 *
 * A phone's clock may be off by one step. Who knows which step a code belonged to sees to it that
 * none of that or an earlier step is taken again.
 */
enum {
    TOTP_SECRET_SIZE = 20,
    TOTP_SECRET_TEXT_SIZE = 33, /* base32, with the NUL */
    TOTP_CODE_SIZE = 7,         /* with the NUL */
    TOTP_STEP_S = 30,
    TOTP_URI_MAX = 320,
};

/* What an app shows at that step. */
void totp_code(char out[TOTP_CODE_SIZE], const uint8_t secret[TOTP_SECRET_SIZE], int64_t step);

/* The step that `code`, six digits, is right for at `now_s` since 1970; 0: for none. */
int64_t totp_check(const uint8_t secret[TOTP_SECRET_SIZE], const char *code, int64_t now_s);

/* What somebody types who has no camera. */
void totp_secret_text(char out[TOTP_SECRET_TEXT_SIZE], const uint8_t secret[TOTP_SECRET_SIZE]);

/* What the QR code holds; `login` is percent-encoded into it. */
void totp_uri(char out[TOTP_URI_MAX], const char *login, const uint8_t secret[TOTP_SECRET_SIZE]);

#endif
