#ifndef AIRCLASS_CODEC_DEMUX_H
#define AIRCLASS_CODEC_DEMUX_H

#include <stdint.h>

#include <libavcodec/packet.h>

/*
 * FLV in, packets out. libavformat sees nothing but the bytes that `read` gives it: the demuxer is
 * named, probing and nested opening are off, and only H.264 and AAC exist for it.
 */
struct demux;

enum demux_track { DEMUX_VIDEO, DEMUX_VOICE, DEMUX_TRACKS };

/* At most `room` bytes; their number or a negative errno (-EPIPE: the end). */
typedef int demux_read_fn(void *arg, uint8_t *buf, int room);

/* Reads the file header. 0; -EPIPE when the input ends before; AVERROR_INVALIDDATA if it is no FLV;
 * -ENOMEM. */
int demux_open(struct demux **out, demux_read_fn *read, void *arg);
void demux_free(struct demux **demux);

/*
 * The next packet that can be decoded, timed in milliseconds; the caller unrefs it. Broken tags and
 * packets before their decoder's configuration are passed over. -EPIPE at the end; -EPROTO when
 * nothing sensible comes any more; -ENOTSUP if the source is coded in a way that we don't take, see
 * demux_unsupported().
 */
int demux_next(struct demux *demux, AVPacket *packet, enum demux_track *track);

/* "sound in MP3", after -ENOTSUP. */
const char *demux_unsupported(const struct demux *demux);

/* The decoder's configuration: AVCDecoderConfigurationRecord or AudioSpecificConfig, borrowed until
 * the next demux_next(). `version` changes with it and is 0 before the first. */
struct demux_config {
    const uint8_t *data;
    int len;
    unsigned version;
};
struct demux_config demux_config(const struct demux *demux, enum demux_track track);

#endif
