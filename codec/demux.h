#ifndef AIRCLASS_CODEC_DEMUX_H
#define AIRCLASS_CODEC_DEMUX_H

#include <stddef.h>
#include <stdint.h>

#include <libavcodec/codec_id.h>
#include <libavcodec/packet.h>

#include "codec/fit.h"
#include "codec/wire/wire.h"

/* Streams of media in, packets out, whatever container they come in. */
struct demux;

enum demux_track { DEMUX_VIDEO, DEMUX_VOICE, DEMUX_TRACKS };

/* Where the bytes come from, as link_media() and link_media_used() give them. */
struct demux_input {
    int (*media)(void *arg, struct wire_msg *m);
    void (*used)(void *arg, size_t n);
    void *arg;
};

int demux_new(struct demux **out, const struct demux_input *input);
void demux_free(struct demux **demux);

/* A stream begins; the one before is forgotten. 0; -EPIPE or -ENODATA when the input, or the
 * stream, ends at once; AVERROR_INVALIDDATA if it is not what `container` says; -ENOMEM. */
int demux_begin(struct demux *demux, enum wire_container container);

/*
 * The next packet of the stream that can be decoded, timed in milliseconds; the caller unrefs it.
 * Broken ones and those before their decoder's configuration are passed over. -ENODATA at the
 * stream's end, -EPIPE at the input's; -EPROTO when nothing sensible comes any more; -ENOTSUP if
 * the source is coded in a way that we don't take, see demux_unsupported().
 */
int demux_next(struct demux *demux, AVPacket *packet, enum demux_track *track);

/* "sound in MP3", after -ENOTSUP. */
const char *demux_unsupported(const struct demux *demux);

/* What a decoder is to be opened with. */
struct demux_config {
    enum AVCodecID codec;
    const uint8_t *data; /* avcC, AudioSpecificConfig, av1C; borrowed until the next demux_next() */
    int len;             /* 0: there is none */
    int channels;        /* 0: the decoder will find out; so with the size */
    struct size size;
    unsigned version; /* changes with the rest and with the stream; 0 before the first */
};

struct demux_config demux_config(const struct demux *demux, enum demux_track track);

#endif
