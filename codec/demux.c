#include "codec/demux.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/demux_kind.h"

static const struct demux_kind *const kinds[] = {
    [WIRE_FLV] = &demux_flv,
    [WIRE_PACKETS] = &demux_packets,
};

struct demux {
    struct demux_input input;
    struct demux_stream stream;
    const struct demux_kind *kind;
    void *self; /* the kind's; NULL: no stream */
};

int demux_new(struct demux **out, const struct demux_input *input)
{
    struct demux *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->input = *input;
    d->stream.input = &d->input;
    *out = d;
    return 0;
}

static void stream_end(struct demux *d)
{
    if (d->self)
        d->kind->close(d->self);
    d->self = NULL;
    d->stream.unsupported[0] = '\0';
    for (int i = 0; i < DEMUX_TRACKS; i++)
        demux_forget(&d->stream, (enum demux_track)i);
}

void demux_free(struct demux **demux)
{
    struct demux *d = *demux;
    if (!d)
        return;
    stream_end(d);
    free(d);
    *demux = NULL;
}

int demux_begin(struct demux *d, enum wire_container container)
{
    stream_end(d);
    d->kind = kinds[container];
    return d->kind->open(&d->self, &d->stream);
}

int demux_next(struct demux *d, AVPacket *packet, enum demux_track *track)
{
    return d->kind->next(d->self, packet, track);
}

const char *demux_unsupported(const struct demux *d)
{
    return d->stream.unsupported;
}

struct demux_config demux_config(const struct demux *d, enum demux_track track)
{
    return d->stream.settings[track].config;
}

static bool is_same(const struct demux_config *a, const struct demux_config *b)
{
    return a->codec == b->codec && a->channels == b->channels && a->size.width == b->size.width &&
           a->size.height == b->size.height && a->len == b->len &&
           (a->len == 0 || memcmp(a->data, b->data, (size_t)a->len) == 0);
}

void demux_configure(struct demux_stream *s, enum demux_track track,
                     const struct demux_config *config)
{
    struct demux_setting *setting = &s->settings[track];
    assert(config->len <= DEMUX_CONFIG_MAX);
    if (is_same(&setting->config, config))
        return; /* encoders repeat it; the decoder need not start afresh */
    unsigned version = setting->config.version + 1;
    if (config->len > 0)
        memcpy(setting->data, config->data, (size_t)config->len);
    setting->config = *config;
    setting->config.data = setting->data;
    setting->config.version = version;
}

void demux_forget(struct demux_stream *s, enum demux_track track)
{
    struct demux_config *c = &s->settings[track].config;
    *c = (struct demux_config){.codec = AV_CODEC_ID_NONE, .version = c->version};
}

bool demux_is_configured(const struct demux_stream *s, enum demux_track track, enum AVCodecID codec)
{
    return s->settings[track].config.codec == codec;
}
