#include "server/lesson/lesson.h"

#include <stdint.h>
#include <string.h>

#include "server/base/token.h"

/* Letters, digits, '-' and '_': what needs no escaping in a URL, in RTMP and in a shell. */
static bool is_word(const char *text, size_t min, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_";
    size_t len = strnlen(text, size);
    return len >= min && len < size && strspn(text, plain) == len;
}

bool lesson_id_is_valid(const char *id)
{
    return is_word(id, 1, LESSON_ID_MAX);
}

bool lesson_key_is_valid(const char *key)
{
    return is_word(key, LESSON_KEY_MIN, LESSON_KEY_MAX);
}

/* The bytes of the UTF-8 character at `p`, which ends in a NUL at the latest; 0 when it is none or
 * a control character. */
static size_t char_length(const uint8_t *p)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (*p < 0x80)
        return *p >= 0x20 && *p != 0x7f ? 1 : 0;
    if (*p < 0xc2 || *p > 0xf4)
        return 0;
    size_t n = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2;
    uint32_t code = *p & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
    }
    bool is_control = code < 0xa0;
    bool is_surrogate = code >= 0xd800 && code < 0xe000;
    return code < least[n] || code > 0x10ffff || is_control || is_surrogate ? 0 : n;
}

bool lesson_title_is_valid(const char *title)
{
    if (strnlen(title, LESSON_TITLE_MAX) == LESSON_TITLE_MAX)
        return false;
    const uint8_t *p = (const uint8_t *)title;
    while (*p) {
        size_t n = char_length(p);
        if (n == 0)
            return false;
        p += n;
    }
    return true;
}

const char *lesson_check(const struct lesson *lesson)
{
    if (!lesson_id_is_valid(lesson->id))
        return "id: expected 1 to 39 letters, digits, '-' or '_'";
    if (!lesson_title_is_valid(lesson->title))
        return "title: expected at most 255 bytes of UTF-8 without control characters";
    if (!lesson_key_is_valid(lesson->stream_key))
        return "stream_key: expected 8 to 39 letters, digits, '-' or '_'";
    if (lesson->watch_key[0] ? !lesson_key_is_valid(lesson->watch_key) : !lesson->is_open)
        return "watch_key: expected 8 to 39 letters, digits, '-' or '_'";
    if (strcmp(lesson->stream_key, lesson->watch_key) == 0)
        return "watch_key: is the stream_key too, so that who watches could teach";
    return NULL;
}

int lesson_complete(struct lesson *lesson)
{
    int err = 0;
    if (!lesson->stream_key[0])
        err = token_make(lesson->stream_key);
    if (!err && !lesson->watch_key[0])
        err = token_make(lesson->watch_key);
    if (!err && !lesson->title[0])
        memcpy(lesson->title, lesson->id, sizeof(lesson->id));
    return err;
}
