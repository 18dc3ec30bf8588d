#ifndef AIRCLASS_CODEC_PICTURES_H
#define AIRCLASS_CODEC_PICTURES_H

#include <stdint.h>

#include <libavcodec/packet.h>

#include "codec/backlog.h"
#include "codec/demux.h"
#include "codec/link.h"
#include "codec/wire/spec.h"

/*
 * The way of the pictures: decoded as far as somebody watches, classified, scaled, and encoded for
 * each wanted rendition.
 */
struct pictures;

int pictures_new(struct pictures **out, struct link *link, const struct rendition_spec *specs,
                 size_t n);
void pictures_free(struct pictures **pictures);

/* Bit i: specs[i] is wanted. Bits of voice are ignored. */
void pictures_want(struct pictures *p, uint32_t mask);

/* A keyframe, or the present still, of rendition `i` as soon as may be. */
void pictures_key(struct pictures *p, uint8_t i);

/* What the pictures are, whatever they look like; UNKNOWN: to be seen. */
void pictures_hint(struct pictures *p, enum wire_content content);

/* Pictures before `pts_ms` are not sent. */
void pictures_resume(struct pictures *p, uint32_t pts_ms);

/* -ENOMEM; whatever else goes wrong is reported and passed over. */
int pictures_push(struct pictures *p, const AVPacket *packet, struct demux_config config,
                  enum backlog_state backlog);

#endif
