#ifndef AIRCLASS_CODEC_DEMUX_KIND_H
#define AIRCLASS_CODEC_DEMUX_KIND_H

#include <stdbool.h>

#include "codec/demux.h"

/* What the kinds of demuxers share with demux.c. */
enum { DEMUX_CONFIG_MAX = 4096 };

struct demux_setting {
    struct demux_config config;
    uint8_t data[DEMUX_CONFIG_MAX];
};

/* What is known of the present stream. */
struct demux_stream {
    const struct demux_input *input;
    struct demux_setting settings[DEMUX_TRACKS];
    char unsupported[64];
};

/* The track's configuration is `config`, which need not be news; its data, at most
 * DEMUX_CONFIG_MAX, is copied. */
void demux_configure(struct demux_stream *s, enum demux_track track,
                     const struct demux_config *config);

/* There is none. */
void demux_forget(struct demux_stream *s, enum demux_track track);

/* Whether packets of the track that are coded so can be decoded. */
bool demux_is_configured(const struct demux_stream *s, enum demux_track track,
                         enum AVCodecID codec);

/* One container: a file demux_x.c and a row in demux.c. What `open` makes is the kind's own. */
struct demux_kind {
    int (*open)(void **out, struct demux_stream *s);                    /* as demux_begin() */
    int (*next)(void *self, AVPacket *packet, enum demux_track *track); /* as demux_next() */
    void (*close)(void *self);
};

extern const struct demux_kind demux_flv, demux_packets;

#endif
