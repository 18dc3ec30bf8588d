#ifndef AIRCLASS_CODEC_DECODE_H
#define AIRCLASS_CODEC_DECODE_H

#include <stdbool.h>

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

#include "codec/demux.h"
#include "codec/fit.h"

/* One decoder, single-threaded, with bounds on what a source may make it allocate. */
struct decoder;

/* -ENOSYS when we have none for the codec; what libavcodec says of a bad configuration; -ENOMEM. */
int decoder_new(struct decoder **out, struct demux_config config);
void decoder_free(struct decoder **decoder);

/* Is given each decoded frame, borrowed until it returns. */
typedef void decoder_frame_fn(void *arg, AVFrame *frame);

/* Decodes a packet. 0, also when the packet was broken (it is dropped); -ENOMEM. */
int decoder_push(struct decoder *decoder, const AVPacket *packet, decoder_frame_fn *fn, void *arg);

/* Gives out what reordering still holds back, then forgets everything: the next packet must be a
 * keyframe. */
void decoder_drain(struct decoder *decoder, decoder_frame_fn *fn, void *arg);

/* Leaves out the deblocking of H.264: a third of the cost of decoding a camera. Errors add up until
 * the next keyframe; scaled down from a source of good quality they are 47 dB below the picture. */
void decoder_set_rough(struct decoder *decoder, bool is_rough);

/* Opens each once, as encoders_warm_up() does. */
int decoders_warm_up(void);

/* The size of pictures that are not decoded because they are, or say that they are, larger than a
 * 4K screen; zeros if there were none. */
struct size decoder_refused(const struct decoder *decoder);

#endif
