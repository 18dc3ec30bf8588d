#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/ingest/web/uplink.h"

/* Messages of a teacher's page: each led by two bytes that say how long it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a session relies on. */
static void check(const struct uplink_event *ev)
{
    struct media_info info;
    switch (ev->kind) {
    case UPLINK_MEDIA:
        if (ev->tag.len > PACKET_HEAD + UPLINK_FRAME_MAX || media_inspect(&info, &ev->tag) != 0 ||
            info.unsupported || ev->tag.container != MEDIA_PACKETS)
            abort();
        break;
    case UPLINK_INK:
        if (ev->len == 0 || ev->len > UPLINK_INK_MAX)
            abort();
        break;
    case UPLINK_PROBE: break;
    }
}

/* In a block of its own. False: the connection has ended. */
static bool give(struct uplink *u, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    if (!copy)
        return false;
    memcpy(copy, bytes, len);
    struct bytes in = bytes_of(copy, len);
    struct uplink_event ev;
    const char *why = NULL;
    int err;
    while ((err = uplink_next(u, &in, &ev, &why)) == 0)
        check(&ev);
    if ((err == -EPROTO) != (why != NULL) || u->probed > 2 * UPLINK_PROBE_MAX)
        abort();
    if (err == -EAGAIN && u->part.is_open &&
        (u->part.have >= u->part.total || u->part.total > UPLINK_FRAME_MAX))
        abort();
    free(copy);
    return err == -EAGAIN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct uplink u = {0};
    bool goes_on = true;
    while (goes_on && size >= 2) {
        size_t len = (size_t)data[0] << 8 | data[1];
        data += 2;
        size -= 2;
        len = len < size ? len : size;
        goes_on = give(&u, data, len);
        data += len;
        size -= len;
    }
    uplink_release(&u);
    return 0;
}
