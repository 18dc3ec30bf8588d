#include "server/ingest/avc.h"

#include <errno.h>

#include "server/base/bytes.h"

enum { CONFIG_MIN = 7 };

/* `n` parameter sets, each led by its length; none may be empty. */
static void skip_parameter_sets(struct bytes *b, unsigned n)
{
    for (unsigned i = 0; i < n && !b->bad; i++) {
        uint16_t len = bytes_u16(b);
        if (len == 0)
            b->bad = true;
        bytes_take(b, len);
    }
}

/* High profiles may append more. */
int avc_config_check(const void *bytes, size_t len)
{
    struct bytes b = bytes_of(bytes, len);
    if (len < CONFIG_MIN || bytes_u8(&b) != 1)
        return -EPROTO;
    bytes_take(&b, 3);
    if ((bytes_u8(&b) & 3) == 2) /* lengths of 3 bytes do not exist */
        return -EPROTO;

    unsigned sps = bytes_u8(&b) & 31;
    skip_parameter_sets(&b, sps);
    skip_parameter_sets(&b, bytes_u8(&b));
    return b.bad || sps == 0 ? -EPROTO : 0;
}
