#ifndef AIRCLASS_CODEC_DECODE_H
#define AIRCLASS_CODEC_DECODE_H

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

#include "codec/demux.h"

/* One decoder, single-threaded, with bounds on what a source may make it allocate. */
struct decoder;

int decoder_new(struct decoder **out, enum demux_track track, struct demux_config config);
void decoder_free(struct decoder **decoder);

/* Is given each decoded frame, borrowed until it returns. */
typedef void decoder_frame_fn(void *arg, AVFrame *frame);

/* Decodes a packet. 0, also when the packet was broken (it is dropped); -ENOMEM. */
int decoder_push(struct decoder *decoder, const AVPacket *packet, decoder_frame_fn *fn, void *arg);

/* Gives out what reordering still holds back, then forgets everything: the next packet must be a
 * keyframe. */
void decoder_drain(struct decoder *decoder, decoder_frame_fn *fn, void *arg);

/* Broken packets since the start. */
unsigned decoder_errors(const struct decoder *decoder);

#endif
