#include "server/csv/formula.h"

#include <stddef.h>
#include <string.h>

bool formula_is_one(const char *text)
{
    /* As OWASP lists them; the full-width forms are taken for the others by Excel in Chinese. */
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    text += strspn(text, "'");
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}
