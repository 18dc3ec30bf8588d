#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "codec/encoder.h"
#include "codec/link.h"
#include "codec/pipeline.h"
#include "codec/report.h"
#include "codec/wire/spec.h"

/*
 * A whole session: the input is what a server says after the set-up (control messages and FLV in
 * WIRE_MEDIA), through the real link, demuxer, decoders and encoders.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 64 << 10 };

/* clang-format 14 crashes on this table. */
/* clang-format off */
static const struct rendition_spec specs[] = {
    {.name = "opus", .codec = CODEC_OPUS, .bitrate_bps = 10000, .frame_ms = 60, .dtx = true},
    {.name = "aac", .codec = CODEC_AAC, .bitrate_bps = 32000},
    {.name = "webp", .codec = CODEC_WEBP, .width = 64, .height = 64, .quality = 5, .beat_ms = 1000},
    {.name = "video",
     .codec = CODEC_H264,
     .width = 64,
     .height = 64,
     .fps = 5,
     .profile = H264_MAIN,
     .bitrate_bps = 40000,
     .maxrate_bps = 40000,
     .bufsize_bits = 80000,
     .gop_ms = 4000},
};
/* clang-format on */

struct talk {
    int fd;
    const uint8_t *data;
    size_t size;
};

static void put(int fd, const uint8_t *data, size_t size)
{
    for (ssize_t n; size > 0; data += n, size -= (size_t)n) {
        n = send(fd, data, size, MSG_NOSIGNAL);
        if (n <= 0)
            return;
    }
}

static void set_up(int fd)
{
    uint8_t payload[SETUP_MAX], header[WIRE_HEADER];
    size_t len = setup_write(payload, specs, sizeof(specs) / sizeof(specs[0]));
    wire_write_header(header, &(struct wire_msg){.type = WIRE_SETUP, .len = (uint32_t)len});
    put(fd, header, sizeof(header));
    put(fd, payload, len);
}

static void *talk(void *arg)
{
    const struct talk *t = arg;
    set_up(t->fd);
    put(t->fd, t->data, t->size);
    shutdown(t->fd, SHUT_WR);
    return NULL;
}

static void *listen_only(void *arg)
{
    const struct talk *t = arg;
    uint8_t buf[4096];
    while (recv(t->fd, buf, sizeof(buf), 0) > 0)
        ;
    return NULL;
}

static void session(int fd)
{
    struct link *link = NULL;
    struct pipeline *pipeline = NULL;
    if (link_new(&link, fd) == 0 && pipeline_new(&pipeline, link) == 0) {
        report_to(link);
        (void)pipeline_run(pipeline);
        report_to(NULL);
    }
    pipeline_free(&pipeline);
    link_free(&link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    pthread_t talker, listener;
    if (size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return 0;
    struct talk t = {pair[1], data, size};
    if (pthread_create(&talker, NULL, talk, &t) || pthread_create(&listener, NULL, listen_only, &t))
        abort();
    session(pair[0]);
    shutdown(pair[0], SHUT_RDWR);
    pthread_join(talker, NULL);
    pthread_join(listener, NULL);
    close(pair[0]);
    close(pair[1]);
    return 0;
}
