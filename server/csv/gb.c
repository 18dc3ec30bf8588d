#include "server/csv/gb.h"

#include <errno.h>

int gb_open(iconv_t *out, const char *to, const char *from)
{
    iconv_t converter = iconv_open(to, from);
    if (converter == (iconv_t)-1) // NOLINT(performance-no-int-to-ptr): POSIX says so
        return errno == ENOMEM ? -ENOMEM : -ENOTSUP;
    *out = converter;
    return 0;
}
