#include "codec/backlog.h"

#include "server/base/bytes.h"

enum { FILE_HEADER = 13, TAG_TRAILER = 4, TAG_AUDIO = 8, TAG_VIDEO = 9 };

/* With hysteresis, so that the picture does not flicker between the two. */
enum { BEHIND_MS = 1000, CAUGHT_UP_MS = 400, FAR_MS = 4000 };

void backlog_arrived(struct backlog *b, const uint8_t *flv, size_t len)
{
    struct bytes in = bytes_of(flv, len);
    if (len >= 3 && memcmp(flv, "FLV", 3) == 0)
        bytes_take(&in, FILE_HEADER);
    while (bytes_left(&in) && !in.bad) {
        uint8_t type = bytes_u8(&in);
        uint32_t size = bytes_u24(&in);
        uint32_t dts = bytes_u24(&in);
        dts |= (uint32_t)bytes_u8(&in) << 24;
        bytes_u24(&in); /* the stream id, always 0 */
        bytes_take(&in, (size_t)size + TAG_TRAILER);
        if (in.bad || (type != TAG_AUDIO && type != TAG_VIDEO))
            continue;
        b->newest_ms = dts;
        b->has_newest = true;
    }
}

enum backlog_state backlog_update(struct backlog *b, int64_t dts_ms)
{
    int64_t behind = b->has_newest ? (int64_t)b->newest_ms - dts_ms : 0;
    if (behind >= FAR_MS)
        b->state = BACKLOG_FAR;
    else if (behind >= BEHIND_MS && b->state != BACKLOG_FAR)
        b->state = BACKLOG_BEHIND;
    else if (behind <= CAUGHT_UP_MS)
        b->state = BACKLOG_NONE;
    return b->state;
}
