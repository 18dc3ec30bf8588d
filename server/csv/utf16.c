#include "server/csv/utf16.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_LEN = 2, WRONG = 0xff /* in no UTF-8 */ };

bool utf16_is_one(const void *bytes, size_t len)
{
    return len >= MARK_LEN &&
           (memcmp(bytes, "\xff\xfe", MARK_LEN) == 0 || memcmp(bytes, "\xfe\xff", MARK_LEN) == 0);
}

static uint32_t unit_at(const uint8_t *p, bool is_big)
{
    return is_big ? (uint32_t)(p[0] << 8 | p[1]) : (uint32_t)(p[1] << 8 | p[0]);
}

static bool is_in(uint32_t code, uint32_t from, uint32_t to)
{
    return code >= from && code <= to;
}

static uint8_t *put(uint8_t *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (uint8_t)code;
    } else if (code < 0x800) {
        *to++ = (uint8_t)(0xc0 | code >> 6);
        *to++ = (uint8_t)(0x80 | (code & 0x3f));
    } else if (is_in(code, 0xd800, 0xdfff)) {
        *to++ = WRONG;
    } else {
        *to++ = (uint8_t)(code < 0x10000 ? 0xe0 | code >> 12 : 0xf0 | code >> 18);
        if (code >= 0x10000)
            *to++ = (uint8_t)(0x80 | (code >> 12 & 0x3f));
        *to++ = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        *to++ = (uint8_t)(0x80 | (code & 0x3f));
    }
    return to;
}

int utf16_to_utf8(const void *bytes, size_t len, char **out, size_t *out_len)
{
    const uint8_t *p = bytes, *end = p + len;
    uint8_t *text = malloc(len / 2 * 3 + 1); /* three bytes of UTF-8 for two of these, at most */
    uint8_t *to = text;
    if (!text)
        return -ENOMEM;
    bool is_big = p[0] == 0xfe;
    for (p += MARK_LEN; end - p >= 2; p += 2) {
        uint32_t code = unit_at(p, is_big);
        uint32_t next = end - p >= 4 ? unit_at(p + 2, is_big) : 0;
        if (is_in(code, 0xd800, 0xdbff) && is_in(next, 0xdc00, 0xdfff)) {
            code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
            p += 2;
        }
        to = put(to, code);
    }
    if (p < end)
        *to++ = WRONG;
    *out = (char *)text;
    *out_len = (size_t)(to - text);
    return 0;
}
