#ifndef AIRCLASS_TESTS_UNIT_CODEC_WORKER_H
#define AIRCLASS_TESTS_UNIT_CODEC_WORKER_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "codec/wire/spec.h"
#include "codec/wire/wire.h"
#include "server/base/bytes.h"

/*
 * The server's side of a worker, for tests and benchmarks: starts the real program on a socketpair
 * and talks to it. One header, because tests and benchmarks link nothing else in common.
 */
struct worker {
    pid_t pid;
    int fd;
    uint8_t *in;
    size_t from, to, room;
    bool is_over; /* it hung up */
};

static inline bool worker_start(struct worker *w, const char *program)
{
    int pair[2];
    *w = (struct worker){.fd = -1};
    if (access(program, X_OK) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return false;
    w->pid = fork();
    if (w->pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(pair[1], 0);
        dup2(null, 1);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(pair[1]);
    w->fd = pair[0];
    return w->pid > 0;
}

/* Takes in what there is; waits up to `timeout_ms` for it. */
static inline void worker_receive(struct worker *w, int timeout_ms, short events)
{
    struct pollfd p = {.fd = w->fd, .events = events};
    if (w->is_over || poll(&p, 1, timeout_ms) <= 0 || !(p.revents & (POLLIN | POLLHUP | POLLERR)))
        return;
    if (w->from == w->to)
        w->from = w->to = 0;
    if (w->room - w->to < 65536) {
        w->room = w->to + (1 << 20);
        w->in = realloc(w->in, w->room);
    }
    ssize_t n = recv(w->fd, w->in + w->to, w->room - w->to, MSG_DONTWAIT);
    if (n > 0)
        w->to += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        w->is_over = true;
}

/* Goes on receiving meanwhile, so that neither side waits for the other forever. */
static inline bool worker_put(struct worker *w, const void *data, size_t len)
{
    const uint8_t *p = data;
    while (len > 0 && !w->is_over) {
        ssize_t n = send(w->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) {
            p += n;
            len -= (size_t)n;
        } else if (errno != EAGAIN && errno != EINTR) {
            w->is_over = true;
        } else {
            worker_receive(w, 1000, POLLIN | POLLOUT);
        }
    }
    return !w->is_over;
}

static inline bool worker_send(struct worker *w, uint8_t type, uint8_t rendition, uint32_t pts_ms,
                               const void *payload, size_t len)
{
    uint8_t header[WIRE_HEADER];
    wire_write_header(
        header, &(struct wire_msg){
                    .type = type, .rendition = rendition, .pts_ms = pts_ms, .len = (uint32_t)len});
    return worker_put(w, header, sizeof(header)) && worker_put(w, payload, len);
}

static inline bool worker_want(struct worker *w, uint32_t mask)
{
    uint8_t payload[4];
    put_u32(payload, mask);
    return worker_send(w, WIRE_WANT, 0, 0, payload, sizeof(payload));
}

/* The next message, borrowed until the next call of anything. False after `timeout_ms` without
 * news, or at the end. */
static inline bool worker_next(struct worker *w, struct wire_msg *m, int timeout_ms)
{
    for (;;) {
        size_t used;
        if (w->to > w->from && wire_parse(m, w->in + w->from, w->to - w->from, &used) == 0) {
            w->from += used;
            return true;
        }
        size_t before = w->to - w->from;
        worker_receive(w, timeout_ms, POLLIN);
        if (w->to - w->from == before)
            return false;
    }
}

/* Ends it if it does not end by itself within `patience_ms`. Its wait status. */
static inline int worker_end(struct worker *w, int patience_ms, struct rusage *usage)
{
    int status = 0;
    struct rusage unused;
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    for (int waited = 0;; waited += 5) {
        pid_t done = wait4(w->pid, &status, WNOHANG, usage ? usage : &unused);
        if (done != 0)
            break;
        if (waited >= patience_ms)
            kill(w->pid, SIGKILL);
        usleep(5000);
    }
    free(w->in);
    *w = (struct worker){.fd = -1};
    return status;
}

/* An FLV file in memory, cut into tags. */
struct flv_file {
    uint8_t *data;
    size_t len, at;
};

static inline bool flv_load(struct flv_file *f, const char *path)
{
    *f = (struct flv_file){0};
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    fseek(in, 0, SEEK_END);
    f->len = (size_t)ftell(in);
    rewind(in);
    f->data = malloc(f->len);
    bool ok = fread(f->data, 1, f->len, in) == f->len && f->len > 13;
    fclose(in);
    return ok;
}

static inline uint32_t flv_tag_ms(const uint8_t *tag)
{
    return (uint32_t)tag[7] << 24 | (uint32_t)tag[4] << 16 | (uint32_t)tag[5] << 8 | tag[6];
}

static inline void flv_tag_set_ms(uint8_t *tag, uint32_t ms)
{
    tag[4] = (uint8_t)(ms >> 16);
    tag[5] = (uint8_t)(ms >> 8);
    tag[6] = (uint8_t)ms;
    tag[7] = (uint8_t)(ms >> 24);
}

/* The next tag with its trailer, NULL at the end. The file header comes first by itself. */
static inline uint8_t *flv_next(struct flv_file *f, size_t *len)
{
    uint8_t *tag = f->data + f->at;
    if (f->at == 0) {
        *len = 13;
    } else if (f->len - f->at < 15) {
        return NULL;
    } else {
        *len = 15 + ((size_t)tag[1] << 16 | (size_t)tag[2] << 8 | tag[3]);
        if (*len > f->len - f->at)
            return NULL;
    }
    f->at += *len;
    return tag;
}

/* A ladder with one rendition of each sort, in this order. */
enum {
    R_OPUS8,
    R_OPUS10,
    R_OPUS24,
    R_AAC32,
    R_AVIF,
    R_WEBP,
    R_S720P5,
    R_C360P5,
    R_C540P5,
    R_C480P10,
    R_C480P15,
    R_COUNT
};

#define R_VIDEO(n, w, h, f, p, kbps, gop)                                                          \
    {                                                                                              \
        .name = (n), .codec = CODEC_H264, .width = (w), .height = (h), .fps = (f), .profile = (p), \
        .bitrate_bps = (kbps)*1000, .maxrate_bps = (kbps)*1000, .bufsize_bits = (kbps)*2000,       \
        .gop_ms = (gop)                                                                            \
    }

/* clang-format 14 crashes on this table. */
/* clang-format off */
static const struct rendition_spec R_SPECS[R_COUNT] = {
    [R_OPUS8]   = {.name = "opus8",
                   .codec = CODEC_OPUS,
                   .bitrate_bps = 8000,
                   .frame_ms = 60,
                   .complexity = 5,
                   .dtx = true},
    [R_OPUS10]  = {.name = "opus10",
                   .codec = CODEC_OPUS,
                   .bitrate_bps = 10000,
                   .frame_ms = 60,
                   .complexity = 5,
                   .dtx = true},
    [R_OPUS24]  = {.name = "opus24",
                   .codec = CODEC_OPUS,
                   .bitrate_bps = 24000,
                   .frame_ms = 20,
                   .complexity = 5,
                   .dtx = true},
    [R_AAC32]   = {.name = "aac32", .codec = CODEC_AAC, .bitrate_bps = 32000},
    [R_AVIF]    = {.name = "avif",
                   .codec = CODEC_AVIF,
                   .width = 960,
                   .height = 540,
                   .quality = 50,
                   .camera_quality = 52,
                   .beat_ms = 12000,
                   .maxrate_bps = 8000},
    [R_WEBP]    = {.name = "webp",
                   .codec = CODEC_WEBP,
                   .width = 960,
                   .height = 540,
                   .quality = 2,
                   .camera_quality = 5,
                   .beat_ms = 12000},
    [R_S720P5]  = {.name = "s720p5",
                   .codec = CODEC_H264,
                   .width = 1280,
                   .height = 720,
                   .fps = 5,
                   .profile = H264_HIGH,
                   .crf = 24,
                   .maxrate_bps = 30000,
                   .bufsize_bits = 180000,
                   .gop_ms = 60000},
    [R_C360P5]  = R_VIDEO("c360p5", 640, 360, 5, H264_MAIN, 40, 4000),
    [R_C540P5]  = R_VIDEO("c540p5", 960, 540, 5, H264_MAIN, 80, 4000),
    [R_C480P10] = R_VIDEO("c480p10", 854, 480, 10, H264_MAIN, 120, 4000),
    [R_C480P15] = R_VIDEO("c480p15", 854, 480, 15, H264_MAIN, 350, 4000),
};

/* clang-format on */

static inline bool worker_set_up(struct worker *w)
{
    uint8_t payload[SETUP_MAX];
    size_t len = setup_write(payload, R_SPECS, R_COUNT);
    return worker_send(w, WIRE_SETUP, 0, 0, payload, len);
}

#endif
