#include "codec/demux.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/mem.h>

enum {
    IO_ROOM = 32 << 10,
    SIGNATURE = 3,
    CONFIG_MAX = 4096,
    ERRORS_MAX = 200, /* in a row, without one good packet between them */
};

struct track {
    int stream; /* index, -1: none yet */
    unsigned version;
    int len;
    uint8_t config[CONFIG_MAX];
};

struct demux {
    AVFormatContext *format;
    AVIOContext *io;
    demux_read_fn *read;
    void *arg;
    bool is_over; /* the input, not only a tag */
    uint8_t signature[SIGNATURE];
    int given; /* bytes of the signature handed on */
    struct track tracks[DEMUX_TRACKS];
    unsigned errors;
    char unsupported[64];
};

static int on_read(void *opaque, uint8_t *buf, int room)
{
    struct demux *d = opaque;
    if (d->given < SIGNATURE && room > 0) {
        *buf = d->signature[d->given++];
        return 1;
    }
    int n = d->read(d->arg, buf, room);
    if (n > 0)
        return n;
    d->is_over = true;
    return n == -EPIPE || n == 0 ? AVERROR_EOF : n;
}

static int io_new(struct demux *d)
{
    unsigned char *room = av_malloc(IO_ROOM);
    if (!room)
        return -ENOMEM;
    d->io = avio_alloc_context(room, IO_ROOM, 0, d, on_read, NULL, NULL);
    if (!d->io) {
        av_free(room);
        return -ENOMEM;
    }
    d->io->seekable = 0;
    return 0;
}

static int options_set(AVDictionary **o)
{
    const char *const pairs[][2] = {
        {"codec_whitelist",    "h264,aac"},
        {"format_whitelist",   "flv"     },
        {"protocol_whitelist", ""        },
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        int err = av_dict_set(o, pairs[i][0], pairs[i][1], 0);
        if (err < 0)
            return err;
    }
    return 0;
}

static int format_open(struct demux *d)
{
    AVDictionary *options = NULL;
    d->format = avformat_alloc_context();
    int err = d->format ? options_set(&options) : -ENOMEM;
    if (!err) {
        d->format->pb = d->io;
        d->format->flags |=
            AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_NOBUFFER | AVFMT_FLAG_NOFILLIN | AVFMT_FLAG_NOPARSE;
        d->format->max_streams = 8;
        d->format->correct_ts_overflow = 0; /* the server's clock doesn't wrap */
        /* Frees the context when it fails. */
        err = avformat_open_input(&d->format, NULL, av_find_input_format("flv"), &options);
    }
    av_dict_free(&options);
    return err;
}

/* libavformat's demuxer takes it on trust, having been named. */
static int signature_read(struct demux *d)
{
    for (int have = 0; have < SIGNATURE;) {
        int n = d->read(d->arg, d->signature + have, SIGNATURE - have);
        if (n <= 0)
            return n ? n : -EPIPE;
        have += n;
    }
    return memcmp(d->signature, "FLV", SIGNATURE) ? AVERROR_INVALIDDATA : 0;
}

int demux_open(struct demux **out, demux_read_fn *read, void *arg)
{
    struct demux *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->read = read;
    d->arg = arg;
    for (int i = 0; i < DEMUX_TRACKS; i++)
        d->tracks[i].stream = -1;
    int err = signature_read(d);
    if (!err)
        err = io_new(d);
    if (!err)
        err = format_open(d);
    if (err) {
        if (d->is_over)
            err = -EPIPE;
        demux_free(&d);
        return err;
    }
    *out = d;
    return 0;
}

void demux_free(struct demux **demux)
{
    struct demux *d = *demux;
    if (!d)
        return;
    avformat_close_input(&d->format);
    if (d->io)
        av_freep(&d->io->buffer);
    avio_context_free(&d->io);
    free(d);
    *demux = NULL;
}

const char *demux_unsupported(const struct demux *d)
{
    return d->unsupported;
}

struct demux_config demux_config(const struct demux *d, enum demux_track track)
{
    const struct track *t = &d->tracks[track];
    return (struct demux_config){.data = t->config, .len = t->len, .version = t->version};
}

static void config_take(struct track *t, const uint8_t *data, size_t len)
{
    if (!data || len == 0 || len > CONFIG_MAX)
        return;
    if (t->len == (int)len && memcmp(t->config, data, len) == 0)
        return; /* encoders repeat it; the decoder need not start afresh */
    memcpy(t->config, data, len);
    t->len = (int)len;
    t->version++;
}

/* Which track a stream is, or -1; notes why if it can't be decoded. */
static int track_of(struct demux *d, const AVCodecParameters *par)
{
    bool is_video = par->codec_type == AVMEDIA_TYPE_VIDEO;
    if (!is_video && par->codec_type != AVMEDIA_TYPE_AUDIO)
        return -1;
    if (par->codec_id == (is_video ? AV_CODEC_ID_H264 : AV_CODEC_ID_AAC))
        return is_video ? DEMUX_VIDEO : DEMUX_VOICE;
    const char *name = par->codec_id ? avcodec_get_name(par->codec_id) : "an unknown coding";
    snprintf(d->unsupported, sizeof(d->unsupported), "%s in %s", is_video ? "pictures" : "sound",
             name);
    return -1;
}

/* The track of a packet, or -1 if it is to be passed over. Streams come when their first tag does
 * and a damaged stream may bring several of a kind. */
static int packet_track(struct demux *d, const AVPacket *packet)
{
    if (packet->stream_index < 0 || (unsigned)packet->stream_index >= d->format->nb_streams)
        return -1;
    const AVStream *stream = d->format->streams[packet->stream_index];
    int track = track_of(d, stream->codecpar);
    if (track < 0)
        return -1;
    struct track *t = &d->tracks[track];
    if (t->stream != packet->stream_index) {
        t->stream = packet->stream_index;
        t->len = 0;
    }
    if (t->len == 0)
        config_take(t, stream->codecpar->extradata, (size_t)stream->codecpar->extradata_size);
    size_t size = 0;
    const uint8_t *data = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    config_take(t, data, size);
    bool has_time = packet->dts != AV_NOPTS_VALUE; /* damage can cost it */
    return t->len > 0 && packet->size > 0 && has_time ? track : -1;
}

/* 0: go on reading; else the verdict. */
static int on_read_error(struct demux *d, int err)
{
    if (d->is_over)
        return -EPIPE;
    if (err == AVERROR(ENOMEM))
        return -ENOMEM;
    return ++d->errors >= ERRORS_MAX ? -EPROTO : 0;
}

int demux_next(struct demux *d, AVPacket *packet, enum demux_track *track)
{
    for (;;) {
        int err = av_read_frame(d->format, packet);
        if (err < 0) {
            err = on_read_error(d, err);
            if (err)
                return err;
            continue;
        }
        int t = packet_track(d, packet);
        if (t >= 0) {
            d->errors = 0;
            *track = (enum demux_track)t;
            return 0;
        }
        av_packet_unref(packet);
        if (d->unsupported[0])
            return -ENOTSUP;
    }
}
