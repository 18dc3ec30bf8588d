#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libavformat/avformat.h>
#include <libavutil/mem.h>

#include "codec/demux_kind.h"

/* FLV by libavformat, which sees nothing but the stream's bytes: the demuxer is named, probing and
 * nested opening are off, and only H.264 and AAC exist for it. */

enum {
    IO_ROOM = 32 << 10,
    SIGNATURE = 3,
    ERRORS_MAX = 200, /* in a row, without one good packet between them */
};

struct flv {
    struct demux_stream *stream;
    AVFormatContext *format;
    AVIOContext *io;
    int over; /* why no more bytes come, or 0 */
    uint8_t signature[SIGNATURE];
    int given;                 /* bytes of the signature handed on */
    int streams[DEMUX_TRACKS]; /* libavformat's index, -1: none yet */
    unsigned errors;
};

/* At most `room` bytes; their number, or why there are none. */
static int bytes_read(struct flv *d, uint8_t *buf, int room)
{
    const struct demux_input *in = d->stream->input;
    struct wire_msg m;
    int err = d->over ? d->over : in->media(in->arg, &m);
    if (err) {
        d->over = err;
        return err;
    }
    uint32_t n = m.len < (uint32_t)room ? m.len : (uint32_t)room;
    memcpy(buf, m.payload, n);
    in->used(in->arg, n);
    return (int)n;
}

static int on_read(void *opaque, uint8_t *buf, int room)
{
    struct flv *d = opaque;
    if (d->given < SIGNATURE && room > 0) {
        *buf = d->signature[d->given++];
        return 1;
    }
    int n = bytes_read(d, buf, room);
    return n < 0 ? AVERROR_EOF : n;
}

static int io_new(struct flv *d)
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

static int format_open(struct flv *d)
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
static int signature_read(struct flv *d)
{
    for (int have = 0; have < SIGNATURE;) {
        int n = bytes_read(d, d->signature + have, SIGNATURE - have);
        if (n < 0)
            return n;
        have += n;
    }
    return memcmp(d->signature, "FLV", SIGNATURE) ? AVERROR_INVALIDDATA : 0;
}

static void flv_close(void *self)
{
    struct flv *d = self;
    avformat_close_input(&d->format);
    if (d->io)
        av_freep(&d->io->buffer);
    avio_context_free(&d->io);
    free(d);
}

static int flv_open(void **out, struct demux_stream *s)
{
    struct flv *d = calloc(1, sizeof(*d));
    if (!d)
        return -ENOMEM;
    d->stream = s;
    for (int i = 0; i < DEMUX_TRACKS; i++)
        d->streams[i] = -1;
    int err = signature_read(d);
    if (!err)
        err = io_new(d);
    if (!err)
        err = format_open(d);
    if (err) {
        if (d->over)
            err = d->over;
        flv_close(d);
        return err;
    }
    *out = d;
    return 0;
}

static const enum AVCodecID codecs[DEMUX_TRACKS] = {
    [DEMUX_VIDEO] = AV_CODEC_ID_H264, [DEMUX_VOICE] = AV_CODEC_ID_AAC};

/* Which track a stream is, or -1; notes why if it can't be decoded. */
static int track_of(struct flv *d, const AVCodecParameters *par)
{
    bool is_video = par->codec_type == AVMEDIA_TYPE_VIDEO;
    if (!is_video && par->codec_type != AVMEDIA_TYPE_AUDIO)
        return -1;
    enum demux_track track = is_video ? DEMUX_VIDEO : DEMUX_VOICE;
    if (par->codec_id == codecs[track])
        return track;
    const char *name = par->codec_id ? avcodec_get_name(par->codec_id) : "an unknown coding";
    snprintf(d->stream->unsupported, sizeof(d->stream->unsupported), "%s in %s",
             is_video ? "pictures" : "sound", name);
    return -1;
}

static void config_take(struct flv *d, enum demux_track track, const uint8_t *data, size_t len)
{
    const struct demux_config config = {.codec = codecs[track], .data = data, .len = (int)len};
    if (data && len > 0 && len <= DEMUX_CONFIG_MAX)
        demux_configure(d->stream, track, &config);
}

/* The track of a packet, or -1 if it is to be passed over. Streams come when their first tag does
 * and a damaged stream may bring several of a kind. */
static int packet_track(struct flv *d, const AVPacket *packet)
{
    if (packet->stream_index < 0 || (unsigned)packet->stream_index >= d->format->nb_streams)
        return -1;
    const AVCodecParameters *par = d->format->streams[packet->stream_index]->codecpar;
    int track = track_of(d, par);
    if (track < 0)
        return -1;
    if (d->streams[track] != packet->stream_index) {
        d->streams[track] = packet->stream_index;
        demux_forget(d->stream, track);
    }
    if (!demux_is_configured(d->stream, track, codecs[track]))
        config_take(d, track, par->extradata, (size_t)par->extradata_size);
    size_t size = 0;
    const uint8_t *data = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, &size);
    config_take(d, track, data, size);
    bool is_known = demux_is_configured(d->stream, track, codecs[track]);
    bool has_time = packet->dts != AV_NOPTS_VALUE; /* damage can cost it */
    return is_known && packet->size > 0 && has_time ? track : -1;
}

/* 0: go on reading; else the verdict. */
static int on_read_error(struct flv *d, int err)
{
    if (d->over)
        return d->over;
    if (err == AVERROR(ENOMEM))
        return -ENOMEM;
    return ++d->errors >= ERRORS_MAX ? -EPROTO : 0;
}

static int flv_next(void *self, AVPacket *packet, enum demux_track *track)
{
    struct flv *d = self;
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
        if (d->stream->unsupported[0])
            return -ENOTSUP;
    }
}

const struct demux_kind demux_flv = {.open = flv_open, .next = flv_next, .close = flv_close};
