#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

/*
 * Browsers in which somebody has signed in before: OWASP's device cookies. The text is a pass of
 * its own key (entry/pass.h) whose person is a hash of the login: on a computer that many use,
 * nobody reads from it who they were.
 */
enum { ROLE_KNOWN = 1, DAY_S = 24 * 3600 };

/* Begins with a letter, as no sealed pass does. */
static void hash_login(const struct door *door, const char *login, char out[STORE_HASH_MAX])
{
    char text[STORE_LOGIN_MAX + 8];
    uint8_t hash[BOOK_HASH_SIZE];
    int n = snprintf(text, sizeof(text), "login:%s", login);
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, (size_t)n, door->keys.known,
                       sizeof(door->keys.known));
    door_hash_text(out, hash);
}

void known_make(const struct door *door, const char *login, char out[PASS_TEXT_SIZE])
{
    uint32_t now_s = (uint32_t)(clock_wall_ms() / 1000);
    struct pass pass = {.role = ROLE_KNOWN,
                        .device = PASS_OFFICE,
                        .issued_s = now_s,
                        .expires_s = now_s + DOOR_KNOWN_DAYS * DAY_S};
    char hash[STORE_HASH_MAX];
    hash_login(door, login, hash);
    snprintf(pass.person, sizeof(pass.person), "%s", hash);
    do {
        randombytes_buf(&pass.device_id, sizeof(pass.device_id));
    } while (!pass.device_id);
    if (pass_make(out, &pass, door->keys.known) != 0)
        out[0] = '\0';
}

uint64_t known_read(const struct door *door, const char *login, const char *text)
{
    struct pass pass;
    char hash[STORE_HASH_MAX];
    uint32_t now_s = (uint32_t)(clock_wall_ms() / 1000);
    if (!text || pass_read(&pass, text, strlen(text), door->keys.known, now_s) != 0)
        return 0;
    hash_login(door, login, hash);
    return strcmp(pass.person, hash) == 0 ? pass.device_id : 0;
}
