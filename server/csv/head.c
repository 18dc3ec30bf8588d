#include "server/csv/head.h"

#include <stddef.h>
#include <string.h>

#include "server/base/utf8.h"

void csv_fold(char out[CSV_FOLDED_SIZE], const char *text)
{
    static const char *const brackets[] = {"(", "（", "[", "【", NULL};
    static const char *const signs[] = {" ",  "_",  "-",  "*",  ":", "\n",
                                        "\t", "＊", "：", "　", NULL};
    size_t len = 0;
    for (size_t n; *text; text += n) {
        size_t i = 0, k = 0;
        n = utf8_next(text, strlen(text), NULL);
        while (brackets[i] && strncmp(text, brackets[i], n) != 0)
            i++;
        while (signs[k] && strncmp(text, signs[k], n) != 0)
            k++;
        if (brackets[i] || len + n >= CSV_FOLDED_SIZE)
            break;
        if (signs[k])
            continue;
        memcpy(out + len, text, n);
        if (*text >= 'A' && *text <= 'Z')
            out[len] = (char)(*text - 'A' + 'a');
        len += n;
    }
    out[len] = '\0';
}

bool csv_is_one_of(const char *folded, const char *names)
{
    size_t len = strlen(folded);
    for (const char *p = names; len > 0 && (p = strstr(p, folded)); p += len) {
        bool is_begun = p == names || p[-1] == '|';
        if (is_begun && (p[len] == '|' || p[len] == '\0'))
            return true;
    }
    return false;
}
