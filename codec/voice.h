#ifndef AIRCLASS_CODEC_VOICE_H
#define AIRCLASS_CODEC_VOICE_H

#include <stdint.h>

#include <libavcodec/packet.h>

#include "codec/demux.h"
#include "codec/link.h"
#include "codec/wire/spec.h"

/*
 * The way of the sound: decoded once, brought to 48 kHz mono and one loudness on an unbroken
 * timeline, cut into packets for each wanted rendition. Packets begin at multiples of their length
 * on the session clock, so that those of two renditions, or of a worker and its successor, fit
 * seamlessly.
 */
struct voice;

int voice_new(struct voice **out, struct link *link, const struct rendition_spec *specs, size_t n);
void voice_free(struct voice **voice);

/* Bit i: specs[i] is wanted. Bits of pictures are ignored. */
void voice_want(struct voice *voice, uint32_t mask);

/* Packets before `pts_ms` are not sent. */
void voice_resume(struct voice *voice, uint32_t pts_ms);

/* -ENOMEM; whatever else goes wrong is reported and passed over. */
int voice_push(struct voice *voice, const AVPacket *packet, struct demux_config config);

#endif
