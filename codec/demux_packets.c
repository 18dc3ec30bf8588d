#include <assert.h>
#include <errno.h>
#include <string.h>

#include "codec/demux_kind.h"
#include "codec/wire/packet.h"

/* Packets as browsers encode them: each message is one. */

static const enum AVCodecID codecs[] = {
    [PACKET_OPUS] = AV_CODEC_ID_OPUS, [PACKET_H264] = AV_CODEC_ID_H264,
    [PACKET_VP8] = AV_CODEC_ID_VP8,   [PACKET_VP9] = AV_CODEC_ID_VP9,
    [PACKET_AV1] = AV_CODEC_ID_AV1,
};

static_assert((int)PACKET_DESCRIPTION_MAX <= (int)DEMUX_CONFIG_MAX, "it has room");

static enum demux_track track_of(const struct packet *p)
{
    return packet_is_voice(p->codec) ? DEMUX_VOICE : DEMUX_VIDEO;
}

static void configure(struct demux_stream *s, const struct packet *p)
{
    const struct demux_config config = {
        .codec = codecs[p->codec],
        .data = p->data,
        .len = (int)p->len,
        .channels = p->channels,
        .size = {p->width, p->height},
    };
    demux_configure(s, track_of(p), &config);
}

static int packet_fill(AVPacket *out, const struct packet *p, uint32_t pts_ms)
{
    int err = av_new_packet(out, (int)p->len);
    if (err)
        return err;
    memcpy(out->data, p->data, p->len);
    out->pts = out->dts = pts_ms;
    out->flags = p->kind == PACKET_KEY ? AV_PKT_FLAG_KEY : 0;
    return 0;
}

/* 1: `out` is filled; 0: there was nothing to decode. */
static int take(struct demux_stream *s, const struct wire_msg *m, AVPacket *out,
                enum demux_track *track)
{
    struct packet p;
    if (packet_parse(&p, m->payload, m->len) != 0)
        return 0;
    if (p.kind == PACKET_CONFIG) {
        configure(s, &p);
        return 0;
    }
    *track = track_of(&p);
    if (!demux_is_configured(s, *track, codecs[p.codec]))
        return 0;
    int err = packet_fill(out, &p, m->pts_ms);
    return err ? err : 1;
}

static int packets_open(void **out, struct demux_stream *s)
{
    *out = s;
    return 0;
}

static int packets_next(void *self, AVPacket *packet, enum demux_track *track)
{
    struct demux_stream *s = self;
    for (;;) {
        struct wire_msg m;
        int err = s->input->media(s->input->arg, &m);
        if (err)
            return err;
        int got = take(s, &m, packet, track);
        s->input->used(s->input->arg, m.len);
        if (got)
            return got < 0 ? got : 0;
    }
}

static void packets_close(void *self)
{
    (void)self; /* the stream is not ours */
}

const struct demux_kind demux_packets = {
    .open = packets_open, .next = packets_next, .close = packets_close};
