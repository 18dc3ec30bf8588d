#ifndef AIRCLASS_TESTS_UNIT_WORKER_CHILD_H
#define AIRCLASS_TESTS_UNIT_WORKER_CHILD_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec/wire/packet.h"
#include "codec/wire/wire.h"
#include "server/base/bytes.h"
#include "server/ingest/flv.h"

/*
 * A codec worker as a script: the test's own program under another name (a symbolic link), which
 * says how to behave. It gets nothing else from its parent: no environment, no arguments of ours.
 *
 * - good: the config of an Opus rendition 0, a packet of it for each audio tag, a unit of rendition
 *   1 for each keyframe; WANT, HINT and KEY, and what begins a stream, come back as WIRE_SOURCE
 *   (width: the mask, CHILD_HINT and the hint, or CHILD_BEGINS and the container; height: the
 *   rendition + 1); a KEY makes it need one itself
 * - crash: the same, but ends by SIGSEGV at its CHILD_LIFE-th message of media
 * - exit: ends at once
 * - garbage: says bytes without sense
 * - unknown: an unknown message
 * - alien: a unit of a rendition that is not in the table
 * - giant: announces 5 MB
 * - hang: stops itself when it is ready
 * - deaf: answers, never reads
 * - fail: says why it can't, and ends
 */
enum { CHILD_HINT = 0x8000, CHILD_BEGINS = 0x4000 };
enum { CHILD_LIFE = 150 }; /* a replay has up to 100 */

struct child_tmp {
    char dir[64];
    char path[128];
};

/* The path of a program that behaves as `name`; valid until the next call. */
static inline const char *child_program(struct child_tmp *tmp, const char *name)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    assert_true(n > 0);
    self[n] = '\0';
    if (!tmp->dir[0]) {
        strcpy(tmp->dir, "/tmp/airclass-child-XXXXXX");
        assert_non_null(mkdtemp(tmp->dir));
    }
    snprintf(tmp->path, sizeof(tmp->path), "%s/%s", tmp->dir, name);
    unlink(tmp->path);
    assert_int_equal(symlink(self, tmp->path), 0);
    return tmp->path;
}

static inline void child_clean(struct child_tmp *tmp)
{
    if (tmp->path[0])
        unlink(tmp->path);
    if (tmp->dir[0])
        rmdir(tmp->dir);
    memset(tmp, 0, sizeof(*tmp));
}

/* -- the child's side ----------------------------------------------------------------------- */

static inline void child_read(void *to, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = read(0, (char *)to + at, len - at);
        if (n <= 0)
            _exit(0); /* the server has gone */
        at += (size_t)n;
    }
}

static inline void child_write(const void *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        ssize_t n = write(0, (const char *)bytes + at, len - at);
        if (n <= 0)
            _exit(0);
        at += (size_t)n;
    }
}

static inline void child_say(struct wire_msg m)
{
    uint8_t head[WIRE_HEADER];
    wire_write_header(head, &m);
    child_write(head, sizeof(head));
    if (m.len > 0)
        child_write(m.payload, m.len);
}

static inline void child_source(uint16_t width, uint16_t height)
{
    uint8_t p[7] = {WIRE_CONTENT_CAMERA};
    put_u16(put_u16(p + 1, width), height);
    child_say((struct wire_msg){.type = WIRE_SOURCE, .len = sizeof(p), .payload = p});
}

static inline bool child_tag(struct media_tag *tag, uint8_t container, const uint8_t *p,
                             uint32_t len)
{
    *tag = (struct media_tag){.container = container, .body = p, .len = len};
    if (container == MEDIA_PACKETS && len > 0)
        tag->type = packet_is_voice(p[0]) ? MEDIA_AUDIO : MEDIA_VIDEO;
    if (container == MEDIA_PACKETS)
        return len > 0;
    if (len < FLV_TAG_HEADER || p[0] == 'F')
        return false;
    tag->type = p[0];
    tag->body += FLV_TAG_HEADER;
    tag->len -= FLV_TAG_HEADER + FLV_TAG_TRAILER;
    return true;
}

static inline void child_media(const uint8_t head[WIRE_HEADER], const uint8_t *p, uint32_t len)
{
    static uint8_t container = 255; /* of the present stream */
    struct bytes b = bytes_of(head + 8, 4);
    uint32_t dts = bytes_u32(&b);
    if (head[7] & WIRE_BEGINS) {
        container = head[6];
        child_source((uint16_t)(CHILD_BEGINS | container), 0);
    }
    struct media_info info;
    struct media_tag tag;
    if (head[6] != container)
        _exit(9); /* no such stream has begun */
    if (!child_tag(&tag, container, p, len))
        return;
    if (media_inspect(&info, &tag) != 0 || info.is_config)
        return;
    if (tag.type == MEDIA_AUDIO)
        child_say((struct wire_msg){
            .type = WIRE_UNIT, .kind = WIRE_PACKET, .pts_ms = dts, .len = 1, .payload = p});
    else if (info.is_key)
        child_say((struct wire_msg){.type = WIRE_UNIT,
                                    .rendition = 1,
                                    .kind = WIRE_KEYFRAME,
                                    .pts_ms = dts,
                                    .len = 1,
                                    .payload = p});
}

static inline void child_serve(bool crashes)
{
    static uint8_t payload[WIRE_PAYLOAD_MAX];
    for (int tags = 0;;) {
        struct wire_msg m;
        size_t used;
        uint8_t head[WIRE_HEADER];
        child_read(head, sizeof(head));
        if (wire_parse(&m, head, sizeof(head), &used) == -EMSGSIZE)
            _exit(9);
        m.len = (uint32_t)(used - WIRE_HEADER);
        child_read(payload, m.len);
        struct bytes b = bytes_of(payload, m.len);
        switch (head[4]) {
        case WIRE_SETUP:
            child_say((struct wire_msg){.type = WIRE_READY});
            child_say((struct wire_msg){.type = WIRE_UNIT,
                                        .kind = WIRE_CONFIG,
                                        .len = 2,
                                        .payload = (const uint8_t *)"\x0b\x40"});
            break;
        case WIRE_PING:
            child_say((struct wire_msg){.type = WIRE_PONG, .len = m.len, .payload = payload});
            break;
        case WIRE_WANT: child_source((uint16_t)bytes_u32(&b), 0); break;
        case WIRE_KEY:
            child_source(0, head[5] + 1);
            child_say((struct wire_msg){.type = WIRE_NEED_KEY});
            break;
        case WIRE_HINT: child_source((uint16_t)(CHILD_HINT | bytes_u8(&b)), 0); break;
        case WIRE_MEDIA:
            if (crashes && ++tags == CHILD_LIFE)
                raise(SIGSEGV);
            child_media(head, payload, m.len);
            break;
        default: break;
        }
    }
}

static inline void child_behave(const char *name)
{
    static const uint8_t garbage[100] = {0xff, 0xff, 0xff, 0xff, 0xff};
    uint8_t head[WIRE_HEADER];
    signal(SIGSEGV, SIG_DFL);
    if (strcmp(name, "exit") == 0)
        _exit(3);
    if (strcmp(name, "good") == 0 || strcmp(name, "crash") == 0)
        child_serve(name[0] == 'c');
    if (strcmp(name, "garbage") == 0)
        child_write(garbage, sizeof(garbage));
    child_say((struct wire_msg){.type = WIRE_READY});
    if (strcmp(name, "unknown") == 0)
        child_say((struct wire_msg){.type = 99});
    if (strcmp(name, "alien") == 0)
        child_say((struct wire_msg){.type = WIRE_UNIT, .rendition = 200, .kind = WIRE_PACKET});
    if (strcmp(name, "giant") == 0) {
        wire_write_header(head, &(struct wire_msg){.type = WIRE_UNIT, .len = WIRE_PAYLOAD_MAX + 1});
        child_write(head, sizeof(head));
    }
    if (strcmp(name, "fail") == 0) {
        child_say(
            (struct wire_msg){.type = WIRE_FAIL, .len = 7, .payload = (const uint8_t *)"no good"});
        _exit(1);
    }
    if (strcmp(name, "hang") == 0)
        raise(SIGSTOP);
    while (strcmp(name, "deaf") == 0) {
        child_say((struct wire_msg){.type = WIRE_PONG});
        usleep(20000);
    }
    for (;;)
        child_read(head, 1);
}

/* First in main(): does not return in the child. */
static inline void child_main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--memory-mb") == 0) {
        child_behave(basename(argv[0]));
        _exit(0);
    }
}

#endif
