#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/wire/packet.h"
#include "server/ingest/media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int is_true)
{
    if (!is_true)
        abort();
}

/* What both sides of the worker's socket make of a packet is the same. */
static void check(const struct media_tag *tag)
{
    struct media_info info;
    struct packet p;
    int err = media_inspect(&info, tag);
    require(err == 0 || err == -EPROTO);
    if (err || tag->container != MEDIA_PACKETS)
        return;
    require(packet_parse(&p, tag->body, tag->len) == 0);
    require(info.is_config == (p.kind == PACKET_CONFIG));
    require(!info.is_empty && !info.unsupported);
    require(p.len == 0 || (p.data > tag->body && p.data + p.len == tag->body + tag->len));
    if (packet_is_voice(p.codec) && !info.is_config) {
        uint32_t samples = packet_opus_samples(p.data, p.len);
        require(samples >= 120 && samples <= 5760 && samples % 120 == 0);
    }
}

/* A byte for the container, one for the type, then the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 2 };
    if (size < HEAD)
        return 0;
    struct media_tag tag = {.container = data[0], .type = data[1], .len = (uint32_t)(size - HEAD)};
    uint8_t *body = malloc(tag.len ? tag.len : 1);
    memcpy(body, data + HEAD, tag.len);
    tag.body = body;
    check(&tag);
    free(body);
    return 0;
}
