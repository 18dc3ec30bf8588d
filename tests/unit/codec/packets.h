#ifndef AIRCLASS_TESTS_UNIT_CODEC_PACKETS_H
#define AIRCLASS_TESTS_UNIT_CODEC_PACKETS_H

#include <libavformat/avformat.h>

#include "codec/wire/packet.h"
#include "tests/unit/codec/session.h"

/* A source as a browser would send it: what the real ffmpeg encodes, taken out of its container. */
enum { PACKETS_MAX = 2048 };

struct clip {
    struct {
        uint8_t *body;
        size_t len;
        uint32_t ms;
        bool is_voice, is_config;
    } packets[PACKETS_MAX];
    size_t n, at;
};

static inline void clip_free(struct clip *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->packets[i].body);
    *c = (struct clip){0};
}

static inline uint8_t *clip_add(struct clip *c, uint32_t ms, uint8_t codec, uint8_t kind,
                                size_t len)
{
    assert_true(c->n < PACKETS_MAX);
    uint8_t *body = malloc(PACKET_HEAD + len);
    packet_write_head(body, codec, kind);
    c->packets[c->n].body = body;
    c->packets[c->n].len = PACKET_HEAD + len;
    c->packets[c->n].ms = ms;
    c->packets[c->n].is_voice = packet_is_voice(codec);
    c->packets[c->n++].is_config = kind == PACKET_CONFIG;
    return body + PACKET_HEAD;
}

static inline uint8_t clip_codec(const AVCodecParameters *par)
{
    switch ((int)par->codec_id) {
    case AV_CODEC_ID_OPUS: return PACKET_OPUS;
    case AV_CODEC_ID_H264: return PACKET_H264;
    case AV_CODEC_ID_VP8: return PACKET_VP8;
    case AV_CODEC_ID_VP9: return PACKET_VP9;
    case AV_CODEC_ID_AV1: return PACKET_AV1;
    default: fail_msg("a clip in %s", avcodec_get_name(par->codec_id)); return 0;
    }
}

static inline void clip_configure(struct clip *c, const AVCodecParameters *par)
{
    uint8_t codec = clip_codec(par);
    if (codec == PACKET_OPUS) {
        uint8_t *p = clip_add(c, 0, codec, PACKET_CONFIG, PACKET_VOICE_CONFIG - PACKET_HEAD);
        packet_write_voice_config(p - PACKET_HEAD, (uint8_t)par->ch_layout.nb_channels, 48000);
        return;
    }
    bool has_description = codec == PACKET_H264 || codec == PACKET_AV1;
    size_t len = has_description ? (size_t)par->extradata_size : 0;
    uint8_t *p = clip_add(c, 0, codec, PACKET_CONFIG, PACKET_VIDEO_CONFIG - PACKET_HEAD + len);
    packet_write_video_config(p - PACKET_HEAD, codec, (uint16_t)par->width, (uint16_t)par->height);
    put_bytes(p - PACKET_HEAD + PACKET_VIDEO_CONFIG, par->extradata, len);
}

static inline void clip_load(struct clip *c, const char *path)
{
    AVFormatContext *format = NULL;
    AVPacket *p = av_packet_alloc();
    *c = (struct clip){0};
    assert_int_equal(avformat_open_input(&format, path, NULL, NULL), 0);
    assert_true(avformat_find_stream_info(format, NULL) >= 0);
    for (unsigned i = 0; i < format->nb_streams; i++)
        clip_configure(c, format->streams[i]->codecpar);
    for (; av_read_frame(format, p) == 0; av_packet_unref(p)) {
        bool is_key = p->flags & AV_PKT_FLAG_KEY;
        uint8_t codec = clip_codec(format->streams[p->stream_index]->codecpar);
        uint32_t ms = p->pts > 0 ? (uint32_t)p->pts : 0;
        uint8_t *to = clip_add(c, ms, codec, is_key ? PACKET_KEY : PACKET_DELTA, (size_t)p->size);
        memcpy(to, p->data, (size_t)p->size);
    }
    av_packet_free(&p);
    avformat_close_input(&format);
}

/* `what`: the arguments of ffmpeg for a Matroska file. */
static inline void clip_make(struct clip *c, const char *name, const char *what)
{
    char command[2048], path[256];
    snprintf(path, sizeof(path), "%s/%s.mkv", folder, name);
    snprintf(command, sizeof(command), "ffmpeg -nostdin -v error -y %s %s </dev/null", what, path);
    assert_int_equal(system(command), 0);
    clip_load(c, path);
}

static inline bool say_packet(struct worker *w, uint8_t flags, uint32_t ms, const void *body,
                              size_t len)
{
    uint8_t header[WIRE_HEADER];
    wire_write_header(header, &(struct wire_msg){.type = WIRE_MEDIA,
                                                 .kind = WIRE_PACKETS,
                                                 .flags = flags,
                                                 .pts_ms = ms,
                                                 .len = (uint32_t)len});
    return worker_put(w, header, sizeof(header)) && worker_put(w, body, len);
}

/* A source begins, for the worker. */
static inline void clip_begin(struct worker *w, struct clip *c)
{
    c->at = 0;
    say_packet(w, WIRE_BEGINS, 0, "", 0);
}

/* Feeds packets up to `until_ms` of the clip, never much ahead of the voice that comes back.
 * `from_ms` is added to the clip's clock. */
static inline void clip_feed(struct worker *w, struct clip *c, uint32_t until_ms, uint32_t from_ms)
{
    for (; c->at < c->n && c->packets[c->at].ms <= until_ms && !w->is_over; c->at++) {
        uint32_t ms = c->packets[c->at].ms + from_ms;
        say_packet(w, 0, ms, c->packets[c->at].body, c->packets[c->at].len);
        listen_for(w, 0);
        keep_pace(w, ms);
    }
}

#endif
