#include "codec/pipeline.h"

#include <errno.h>
#include <stdlib.h>

#include <libavutil/error.h>

#include "codec/demux.h"
#include "codec/pictures.h"
#include "codec/report.h"
#include "codec/sandbox.h"
#include "codec/voice.h"
#include "codec/wire/spec.h"
#include "server/base/bytes.h"

enum { PING_MAX = 64 };

struct pipeline {
    struct link *link;
    struct demux *demux;
    struct voice *voice;
    struct pictures *pictures;
    AVPacket *packet;
    struct rendition_spec specs[WIRE_RENDITIONS_MAX];
    size_t n;
    uint32_t resume_ms;
    bool is_set_up;
};

static int on_set_up(struct pipeline *p, const struct wire_msg *m)
{
    if (p->is_set_up)
        return -EPROTO;
    int err = setup_parse(p->specs, &p->n, m->payload, m->len);
    if (!err)
        err = voice_new(&p->voice, p->link, p->specs, p->n);
    if (!err)
        err = pictures_new(&p->pictures, p->link, p->specs, p->n);
    p->is_set_up = !err;
    return err;
}

static int on_want(struct pipeline *p, const struct wire_msg *m)
{
    struct bytes b = bytes_of(m->payload, m->len);
    uint32_t mask = bytes_u32(&b);
    if (b.bad || bytes_left(&b))
        return -EPROTO;
    voice_want(p->voice, mask);
    pictures_want(p->pictures, mask);
    return 0;
}

static int on_key(struct pipeline *p, const struct wire_msg *m)
{
    if (m->rendition >= p->n)
        return -EPROTO;
    pictures_key(p->pictures, m->rendition);
    return 0;
}

static int on_hint(struct pipeline *p, const struct wire_msg *m)
{
    struct bytes b = bytes_of(m->payload, m->len);
    uint8_t content = bytes_u8(&b);
    if (b.bad || bytes_left(&b) || content > WIRE_CONTENT_CAMERA)
        return -EPROTO;
    pictures_hint(p->pictures, (enum wire_content)content);
    return 0;
}

static int on_resume(struct pipeline *p, const struct wire_msg *m)
{
    p->resume_ms = m->pts_ms;
    voice_resume(p->voice, m->pts_ms);
    pictures_resume(p->pictures, m->pts_ms);
    return 0;
}

static int on_ping(struct pipeline *p, const struct wire_msg *m)
{
    if (m->len > PING_MAX)
        return -EPROTO;
    (void)link_send(p->link,
                    &(struct link_out){.type = WIRE_PONG, .data = m->payload, .len = m->len});
    return 0;
}

static int on_control(void *arg, const struct wire_msg *m)
{
    struct pipeline *p = arg;
    if (!p->is_set_up && m->type != WIRE_SETUP)
        return -EPROTO;
    switch (m->type) {
    case WIRE_SETUP: return on_set_up(p, m);
    case WIRE_WANT: return on_want(p, m);
    case WIRE_KEY: return on_key(p, m);
    case WIRE_RESUME: return on_resume(p, m);
    case WIRE_PING: return on_ping(p, m);
    case WIRE_HINT: return on_hint(p, m);
    default: return -EPROTO;
    }
}

static int media_show(void *arg, struct wire_msg *m)
{
    return link_media(arg, m);
}

static void media_use(void *arg, size_t n)
{
    link_media_used(arg, n);
}

int pipeline_new(struct pipeline **out, struct link *link)
{
    struct pipeline *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->link = link;
    const struct demux_input input = {.media = media_show, .used = media_use, .arg = link};
    int err = demux_new(&p->demux, &input);
    if (!err && !(p->packet = av_packet_alloc()))
        err = -ENOMEM;
    if (err) {
        pipeline_free(&p);
        return err;
    }
    link_on_control(link, on_control, p);
    *out = p;
    return 0;
}

void pipeline_free(struct pipeline **pipeline)
{
    struct pipeline *p = *pipeline;
    if (!p)
        return;
    link_on_control(p->link, NULL, NULL);
    demux_free(&p->demux);
    voice_free(&p->voice);
    pictures_free(&p->pictures);
    av_packet_free(&p->packet);
    free(p);
    *pipeline = NULL;
}

static int wait_for_set_up(struct pipeline *p)
{
    int err = 0;
    while (!err && !p->is_set_up)
        err = link_pump(p->link, true);
    /* What came with the set-up may have ended the link already; the work in hand is still done. */
    return p->is_set_up ? 0 : err;
}

static int get_ready(struct pipeline *p)
{
    if (!sandbox_is_complete())
        report(LOG_WARN, "built with a sanitizer: no system call filter");
    return link_send(p->link, &(struct link_out){.type = WIRE_READY});
}

/* What is decoded again after a crash comes all at once and is not late. */
static enum backlog_state backlog_now(struct pipeline *p)
{
    if (p->packet->dts < p->resume_ms)
        return BACKLOG_NONE;
    return backlog_update(link_backlog(p->link), p->packet->dts);
}

static int packet_work(struct pipeline *p, enum demux_track track)
{
    struct demux_config config = demux_config(p->demux, track);
    enum backlog_state backlog = backlog_now(p);
    int err = track == DEMUX_VIDEO ? pictures_push(p->pictures, p->packet, config, backlog)
                                   : voice_push(p->voice, p->packet, config);
    av_packet_unref(p->packet);
    return err;
}

/* Packets one by one, and between them whatever else the server has to say. */
static int stream_work(struct pipeline *p)
{
    for (;;) {
        enum demux_track track;
        int err = demux_next(p->demux, p->packet, &track);
        if (!err)
            err = packet_work(p, track);
        if (!err)
            err = link_send_error(p->link);
        if (err)
            return err;
        /* An end of the link shows when the media that came before it is used up. */
        (void)link_pump(p->link, false);
    }
}

/* Sources one after the other. */
static int work(struct pipeline *p)
{
    for (;;) {
        uint8_t container;
        int err = link_stream(p->link, &container);
        if (!err)
            err = demux_begin(p->demux, (enum wire_container)container);
        if (!err)
            err = stream_work(p);
        if (err != -ENODATA)
            return err;
    }
}

static int say_why(struct pipeline *p, int err)
{
    switch (err) {
    case 0:
    case -EPIPE: return link_protocol_error(p->link);
    case -ENOTSUP:
        report_fail("the source sends %s; H.264 and AAC are needed", demux_unsupported(p->demux));
        return err;
    case AVERROR_INVALIDDATA: report_fail("the source is not an FLV stream"); return err;
    case -EPROTO: report_fail("the source's stream is too damaged to be read"); return err;
    case -ENOMEM: report_fail("not enough memory for this source"); return err;
    default: report_fail("the worker gave up: %s", err_text(err)); return err;
    }
}

int pipeline_run(struct pipeline *p)
{
    int err = wait_for_set_up(p);
    if (err)
        return err == -EPIPE ? 0 : err;
    err = get_ready(p);
    if (!err)
        err = work(p);
    return say_why(p, err);
}
