#include "server/ingest/media.h"

#include <errno.h>

#include "codec/wire/packet.h"
#include "server/ingest/avc.h"
#include "server/ingest/flv.h"

static int packet_check(const struct packet *p)
{
    if (packet_is_voice(p->codec) && p->kind != PACKET_CONFIG)
        return packet_opus_samples(p->data, p->len) ? 0 : -EPROTO;
    if (p->codec == PACKET_H264 && p->kind == PACKET_CONFIG)
        return avc_config_check(p->data, p->len);
    return 0;
}

static int packets_inspect(struct media_info *info, const struct media_tag *tag)
{
    struct packet p;
    *info = (struct media_info){0};
    int err = tag->len > MEDIA_BODY_MAX ? -EPROTO : packet_parse(&p, tag->body, tag->len);
    if (err)
        return err;
    uint8_t type = packet_is_voice(p.codec) ? MEDIA_AUDIO : MEDIA_VIDEO;
    if (tag->type != type)
        return -EPROTO;
    info->is_config = p.kind == PACKET_CONFIG;
    info->is_key = type == MEDIA_VIDEO && p.kind != PACKET_DELTA;
    return packet_check(&p);
}

int media_inspect(struct media_info *info, const struct media_tag *tag)
{
    switch ((enum media_container)tag->container) {
    case MEDIA_FLV: return flv_inspect(info, tag);
    case MEDIA_PACKETS: return packets_inspect(info, tag);
    }
    return -EPROTO;
}
