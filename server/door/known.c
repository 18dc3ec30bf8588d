#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "server/base/clock.h"
#include "server/door/door_impl.h"

/*
 * Browsers in which somebody has signed in before: OWASP's device cookies. For each login a pass of
 * its own key (entry/pass.h) whose person is a hash of the login, the newest first, with dots
 * between them: on a computer that many use, nobody reads from it who they were.
 */
enum { ROLE_KNOWN = 1, DAY_S = 24 * 3600, LOGIN_HASH_SIZE = 16, LOGIN_TEXT_SIZE = 23 };

#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* Begins with a letter, as no sealed pass does. */
static void hash_login(const struct door *door, const char *login, char out[LOGIN_TEXT_SIZE])
{
    char text[STORE_LOGIN_MAX + 8];
    uint8_t hash[LOGIN_HASH_SIZE];
    int n = snprintf(text, sizeof(text), "login:%s", login);
    crypto_generichash(hash, sizeof(hash), (const uint8_t *)text, (size_t)n, door->keys.known,
                       sizeof(door->keys.known));
    sodium_bin2base64(out, LOGIN_TEXT_SIZE, hash, sizeof(hash), BASE64);
}

static uint32_t time_s(void)
{
    return (uint32_t)(clock_wall_ms() / 1000);
}

/* "" if there can't be one. */
static void make_one(const struct door *door, const char *person, char out[PASS_TEXT_SIZE])
{
    uint32_t now_s = time_s();
    struct pass pass = {.role = ROLE_KNOWN,
                        .device = PASS_OFFICE,
                        .issued_s = now_s,
                        .expires_s = now_s + DOOR_KNOWN_DAYS * DAY_S};
    snprintf(pass.person, sizeof(pass.person), "%s", person);
    do {
        randombytes_buf(&pass.device_id, sizeof(pass.device_id));
    } while (!pass.device_id);
    if (pass_make(out, &pass, door->keys.known) != 0)
        out[0] = '\0';
}

/* One of the list, which begins behind it now; its length. */
static size_t take_one(const char **list, const char **one)
{
    size_t len = strcspn(*list, ".");
    *one = *list;
    *list += len + ((*list)[len] == '.');
    return len;
}

void known_add(const struct door *door, const char *login, char list[DOOR_KNOWN_SIZE])
{
    char before[DOOR_KNOWN_SIZE], one[PASS_TEXT_SIZE], person[LOGIN_TEXT_SIZE];
    struct pass pass;
    const char *at = before, *old;
    snprintf(before, sizeof(before), "%s", list);
    hash_login(door, login, person);
    make_one(door, person, one);
    size_t used = (size_t)snprintf(list, DOOR_KNOWN_SIZE, "%s", one);
    for (int i = 0, n = 1; i < DOOR_KNOWN_LOGINS && n < DOOR_KNOWN_LOGINS; i++) {
        size_t len = take_one(&at, &old);
        if (pass_read(&pass, old, len, door->keys.known, time_s()) != 0 ||
            strcmp(pass.person, person) == 0 || used + 1 + len >= DOOR_KNOWN_SIZE)
            continue;
        used += (size_t)snprintf(list + used, DOOR_KNOWN_SIZE - used, ".%.*s", (int)len, old);
        n++;
    }
}

uint64_t known_read(const struct door *door, const char *login, const char *list)
{
    char person[LOGIN_TEXT_SIZE];
    struct pass pass;
    const char *one;
    hash_login(door, login, person);
    for (int i = 0; list && i < DOOR_KNOWN_LOGINS; i++) {
        size_t len = take_one(&list, &one);
        if (pass_read(&pass, one, len, door->keys.known, time_s()) == 0 &&
            strcmp(pass.person, person) == 0)
            return pass.device_id;
    }
    return 0;
}
