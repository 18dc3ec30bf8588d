#ifndef AIRCLASS_CODEC_WATCH_H
#define AIRCLASS_CODEC_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <libavcodec/packet.h>
#include <libavutil/frame.h>

#include "codec/demux.h"
#include "codec/fit.h"

/*
 * Decodes as much of the source's pictures as is needed: nothing, keyframes only, or all. Going up
 * catches up at once with what was left out.
 */
struct watch;

enum watch_mode { WATCH_NOTHING, WATCH_KEYFRAMES, WATCH_ALL };

/* Gets each frame that is worth showing, borrowed; its time is in frame->pts, milliseconds. Must
 * not call back into the watch. */
typedef void watch_frame_fn(void *arg, AVFrame *frame);

int watch_new(struct watch **out, watch_frame_fn *fn, void *arg);
void watch_free(struct watch **watch);

/* Keyframes that are more than 4 s apart make WATCH_KEYFRAMES the same as WATCH_ALL: a teacher's
 * page would spend more of its uplink on keyframes than decoding takes of a core
 * (docs/measurements.md).
 */
void watch_set_mode(struct watch *watch, enum watch_mode mode);

/* All pictures are of a camera and much smaller than the source: they may be decoded roughly, where
 * the source's quality and its keyframes bear it. */
void watch_allow_rough(struct watch *watch, bool is_allowed);

/* The next packet in the stream's order. `may_skip`: put decoding off, we are too late already. */
int watch_push(struct watch *watch, const AVPacket *packet, struct demux_config config,
               bool may_skip);

/* Pictures per second of the source times 100; 0 while unknown. */
uint16_t watch_fps100(const struct watch *watch);

/* Whether the last packet was so much larger than those before that the picture must have changed
 * a lot, though it is no keyframe. */
bool watch_saw_spike(const struct watch *watch);

/* Whether pictures are being left out because the keyframe they build on is missing. */
bool watch_lacks_key(const struct watch *watch);

/* True once for each size that is too large to be decoded, which goes to `out`, and again when
 * there were pictures in between. */
bool watch_is_too_large(struct watch *watch, struct size *out);

/* True once for each configuration, when its pictures turn out not to be decodable for another
 * reason. */
bool watch_is_hopeless(struct watch *watch);

#endif
