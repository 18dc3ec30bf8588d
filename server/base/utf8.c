#include "server/base/utf8.h"

#include <string.h>

size_t utf8_next(const void *text, size_t len, uint32_t *code)
{
    static const struct {
        uint8_t lead_min, lead_max, second_min, second_max, len, bits;
    } rows[] = {
        {0x00, 0x7f, 0x00, 0x00, 1, 0x7f},
        {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f},
        {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f},
        {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
        {0xed, 0xed, 0x80, 0x9f, 3, 0x0f},
        {0xee, 0xef, 0x80, 0xbf, 3, 0x0f},
        {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07},
        {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07},
        {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
    };
    const uint8_t *p = text;
    for (size_t i = 0; len > 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (*p < rows[i].lead_min || *p > rows[i].lead_max)
            continue;
        if (rows[i].len > len)
            return 0;
        if (rows[i].len > 1 && (p[1] < rows[i].second_min || p[1] > rows[i].second_max))
            return 0;
        uint32_t value = *p & rows[i].bits;
        for (size_t k = 1; k < rows[i].len; k++) {
            if ((p[k] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (p[k] & 0x3fu);
        }
        if (code)
            *code = value;
        return rows[i].len;
    }
    return 0;
}

bool utf8_is_valid(const void *text, size_t len)
{
    const uint8_t *p = text;
    for (size_t n; len > 0; p += n, len -= n) {
        n = utf8_next(p, len, NULL);
        if (!n)
            return false;
    }
    return true;
}

void utf8_copy(char *out, size_t size, const char *text)
{
    size_t len = 0;
    for (size_t n; text[len]; len += n) {
        n = utf8_next(text + len, strlen(text + len), NULL);
        if (n == 0 || len + n >= size)
            break;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}
