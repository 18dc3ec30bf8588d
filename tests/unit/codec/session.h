#ifndef AIRCLASS_TESTS_UNIT_CODEC_SESSION_H
#define AIRCLASS_TESTS_UNIT_CODEC_SESSION_H

#include "tests/unit/unit.h"

#include <libgen.h>
#include <time.h>

#include <libavcodec/avcodec.h>

#include "server/base/log.h"
#include "tests/unit/codec/worker.h"

/*
 * A live session with the real program, for the tests that look at it from outside: clips made by
 * the real ffmpeg, fed as a server would, and everything that came back.
 */

enum { PATIENCE_MS = 20000, UNITS_MAX = 4096 };
enum { CLIP_CAMERA = 1, CLIP_SLIDES = 2, CLIP_SMALL = 4 };

static char program[512];
static char folder[] = "/tmp/airclass-codec-XXXXXX";
static struct flv_file camera, slides, small;
static const char *why_not; /* skipping */

struct kept {
    uint8_t rendition, kind;
    uint32_t pts_ms, len;
    uint8_t *payload;
};

struct seen {
    struct kept units[UNITS_MAX];
    size_t n;
    bool is_ready, is_failed;
    uint8_t content;
    unsigned pongs, sources, width, keys_needed;
    uint32_t awaited_ms;          /* when it was fed this, no voice came for a while */
    char fail[128], warning[128]; /* libav's own remarks are no warnings */
};

static struct seen seen;

static inline void seen_reset(void)
{
    for (size_t i = 0; i < seen.n; i++)
        free(seen.units[i].payload);
    seen = (struct seen){0};
}

static inline void keep(const struct wire_msg *m)
{
    if (seen.n == UNITS_MAX)
        return;
    uint8_t *copy = malloc(m->len + 1);
    memcpy(copy, m->payload, m->len);
    seen.units[seen.n++] = (struct kept){m->rendition, m->kind, m->pts_ms, m->len, copy};
}

static inline void take(const struct wire_msg *m)
{
    switch (m->type) {
    case WIRE_READY: seen.is_ready = true; break;
    case WIRE_UNIT: keep(m); break;
    case WIRE_PONG: seen.pongs++; break;
    case WIRE_NEED_KEY: seen.keys_needed++; break;
    case WIRE_SOURCE:
        seen.sources++;
        seen.content = m->payload[0];
        seen.width = (unsigned)(m->payload[1] << 8 | m->payload[2]);
        break;
    case WIRE_LOG:
        if (m->kind == LOG_WARN)
            snprintf(seen.warning, sizeof(seen.warning), "%.*s", (int)m->len,
                     (const char *)m->payload);
        break;
    case WIRE_FAIL:
        seen.is_failed = true;
        snprintf(seen.fail, sizeof(seen.fail), "%.*s", (int)m->len, (const char *)m->payload);
        break;
    default: break;
    }
}

static inline bool listen_for(struct worker *w, int timeout_ms)
{
    struct wire_msg m;
    bool any = false;
    while (worker_next(w, &m, any ? 0 : timeout_ms)) {
        take(&m);
        any = true;
    }
    return any;
}

static inline size_t count(uint8_t rendition, uint8_t kind)
{
    size_t n = 0;
    for (size_t i = 0; i < seen.n; i++)
        n += seen.units[i].rendition == rendition && seen.units[i].kind == kind;
    return n;
}

static const struct kept *find(uint8_t rendition, uint8_t kind)
{
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].rendition == rendition && seen.units[i].kind == kind)
            return &seen.units[i];
    return NULL;
}

static inline uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Listens until there are `n` units of this kind. */
static inline bool wait_for(struct worker *w, uint8_t rendition, uint8_t kind, size_t n)
{
    uint64_t end = now_ms() + PATIENCE_MS;
    while (count(rendition, kind) < n && now_ms() < end && !w->is_over)
        listen_for(w, 100);
    return count(rendition, kind) >= n;
}

static inline bool wait_for_pongs(struct worker *w, unsigned n)
{
    uint64_t end = now_ms() + PATIENCE_MS;
    while (seen.pongs < n && now_ms() < end && !w->is_over)
        listen_for(w, 100);
    return seen.pongs >= n;
}

static uint32_t newest_voice_ms(void)
{
    uint32_t ms = 0;
    for (size_t i = 0; i < seen.n; i++)
        if (codec_is_voice(R_SPECS[seen.units[i].rendition].codec) && seen.units[i].pts_ms > ms)
            ms = seen.units[i].pts_ms;
    return ms;
}

/* Feeds tags up to `until_ms` as fast as they are taken. */
static inline void pour(struct worker *w, struct flv_file *f, uint32_t until_ms)
{
    size_t len;
    for (uint8_t *tag = flv_next(f, &len); tag; tag = flv_next(f, &len)) {
        if (tag != f->data && flv_tag_ms(tag) > until_ms)
            break;
        worker_send(w, WIRE_MEDIA, 0, tag == f->data ? 0 : flv_tag_ms(tag), tag, len);
    }
}

/* Waits until what was fed up to `ms` is not much ahead of the voice that comes back. While none
 * comes (in a hole of the voice, or where none is wanted) it goes on five times as slowly as a live
 * source: a busy machine's worker is not yet behind. */
static inline void keep_pace(struct worker *w, uint32_t ms)
{
    enum { AHEAD_MS = 600, STEP_MS = 60, WAIT_MS = 5 * STEP_MS };
    while (ms > newest_voice_ms() + AHEAD_MS && ms > seen.awaited_ms + STEP_MS)
        if (!listen_for(w, WAIT_MS))
            seen.awaited_ms = ms;
}

/* Feeds tags up to `until_ms` as a live source would: see keep_pace(). `from_ms` is added to the
 * file's clock. */
static inline void feed(struct worker *w, struct flv_file *f, uint32_t until_ms, uint32_t from_ms)
{
    size_t len;
    while (!w->is_over) {
        size_t at = f->at;
        uint8_t *tag = flv_next(f, &len);
        if (!tag)
            break;
        uint32_t ms = tag == f->data ? 0 : flv_tag_ms(tag);
        if (ms > until_ms) {
            f->at = at;
            break;
        }
        uint8_t *copy = malloc(len);
        memcpy(copy, tag, len);
        if (tag != f->data)
            flv_tag_set_ms(copy, ms + from_ms);
        worker_send(w, WIRE_MEDIA, 0, ms + from_ms, copy, len);
        free(copy);
        listen_for(w, 0);
        keep_pace(w, ms + from_ms);
    }
}

static inline int finish(struct worker *w)
{
    shutdown(w->fd, SHUT_WR);
    for (uint64_t end = now_ms() + PATIENCE_MS; !w->is_over && now_ms() < end;)
        listen_for(w, 100);
    return worker_end(w, 2000, NULL);
}

static inline struct worker begin(uint32_t want)
{
    struct worker w;
    seen_reset();
    assert_true(worker_start(&w, program));
    assert_true(worker_set_up(&w));
    assert_true(worker_want(&w, want));
    return w;
}

static inline void make_clip(const char *name, const char *what, struct flv_file *out)
{
    char command[2048], path[256];
    snprintf(path, sizeof(path), "%s/%s.flv", folder, name);
    snprintf(command, sizeof(command), "ffmpeg -nostdin -v error -y %s %s </dev/null", what, path);
    if (!why_not && (system(command) != 0 || !flv_load(out, path)))
        why_not = "ffmpeg could not make the test clip";
}

static inline void skip_unless_possible(void)
{
    if (why_not) {
        print_message("skipped: %s\n", why_not);
        skip();
    }
    camera.at = slides.at = small.at = 0;
}

static inline AVFrame *decoded(enum AVCodecID id, const uint8_t *config, size_t config_len,
                               const uint8_t *data, size_t len)
{
    AVCodecContext *c = avcodec_alloc_context3(avcodec_find_decoder(id));
    AVFrame *frame = av_frame_alloc();
    AVPacket *packet = av_packet_alloc();
    c->thread_count = 1;
    c->sample_rate = 48000;
    av_channel_layout_default(&c->ch_layout, 1);
    if (config_len) {
        c->extradata = av_mallocz(config_len + AV_INPUT_BUFFER_PADDING_SIZE);
        memcpy(c->extradata, config, config_len);
        c->extradata_size = (int)config_len;
    }
    assert_int_equal(avcodec_open2(c, c->codec, NULL), 0);
    assert_int_equal(av_new_packet(packet, (int)len), 0);
    memcpy(packet->data, data, len);
    assert_int_equal(avcodec_send_packet(c, packet), 0);
    avcodec_send_packet(c, NULL);
    int err = avcodec_receive_frame(c, frame);
    av_packet_free(&packet);
    avcodec_free_context(&c);
    if (err)
        av_frame_free(&frame);
    return frame;
}

static inline void check_video(uint8_t rendition, int width, int height)
{
    const struct kept *config = find(rendition, WIRE_CONFIG), *key = find(rendition, WIRE_KEYFRAME);
    assert_non_null(config);
    assert_non_null(key);
    assert_true(config < key);
    assert_int_equal(config->payload[0] << 8 | config->payload[1], width);
    assert_int_equal(config->payload[2] << 8 | config->payload[3], height);
    AVFrame *f =
        decoded(AV_CODEC_ID_H264, config->payload + 4, config->len - 4, key->payload, key->len);
    assert_non_null(f);
    assert_int_equal(f->width, width);
    assert_int_equal(f->height, height);
    av_frame_free(&f);
}

static inline void check_still(uint8_t rendition, enum AVCodecID id)
{
    const struct kept *still = find(rendition, WIRE_STILL);
    assert_non_null(still);
    assert_int_equal(still->payload[0] << 8 | still->payload[1], 960);
    assert_int_equal(still->payload[2] << 8 | still->payload[3], 540);
    if (id == AV_CODEC_ID_NONE) { /* libavcodec 59 has no decoder for AVIF as such */
        assert_memory_equal(still->payload + 8, "ftypavif", 8);
        return;
    }
    AVFrame *f = decoded(id, NULL, 0, still->payload + 4, still->len - 4);
    assert_non_null(f);
    assert_int_equal(f->width, 960);
    av_frame_free(&f);
}

/* Voice comes without a hole: each packet `step` ms after the last. */
static inline void check_voice(uint8_t rendition, uint32_t step)
{
    uint32_t next = 0;
    size_t n = 0;
    for (size_t i = 0; i < seen.n; i++) {
        const struct kept *u = &seen.units[i];
        if (u->rendition != rendition || u->kind != WIRE_PACKET)
            continue;
        if (n++ > 0)
            assert_int_equal(u->pts_ms, next);
        assert_int_equal(u->pts_ms % step, 0);
        next = u->pts_ms + step;
    }
    assert_true(n > 0);
}

static inline bool find_program(void)
{
    char self[512] = {0};
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return false;
    /* build/MODE/tests/unit/codec/test_x -> build/MODE/airclass-codec */
    char *dir = self;
    for (int i = 0; i < 4; i++)
        dir = dirname(dir);
    snprintf(program, sizeof(program), "%.480s/airclass-codec", dir);
    return access(program, X_OK) == 0;
}

#define CLIP_CODED                                                                                 \
    " -c:v libx264 -preset veryfast -tune zerolatency -threads 1 -c:a aac -b:a 64k -ar 44100"

/* For a group: finds the program and makes the clips that are asked for. */
static inline int session_setup(unsigned clips)
{
    if (!find_program())
        why_not = "airclass-codec is not built";
    else if (system("command -v ffmpeg >/dev/null 2>&1") != 0)
        why_not = "no ffmpeg";
    if (!mkdtemp(folder))
        return -1;
    if (clips & CLIP_CAMERA)
        make_clip("camera",
                  "-f lavfi -i testsrc2=s=1280x720:r=25,noise=alls=12:allf=t "
                  "-f lavfi -i sine=f=300:r=44100 -t 5 -b:v 2M -g 50" CLIP_CODED,
                  &camera);
    if (clips & CLIP_SLIDES)
        make_clip("slides",
                  "-f lavfi -i \"color=white:s=1280x720:r=15,"
                  "drawgrid=w=120:h=60:t=3:enable='lt(t,4)',"
                  "drawgrid=w=80:h=90:t=4:enable='gte(t,4)'\" "
                  "-f lavfi -i sine=f=300:r=44100 -t 8 -b:v 800k -g 30" CLIP_CODED,
                  &slides);
    if (clips & CLIP_SMALL)
        make_clip("small",
                  "-f lavfi -i testsrc=s=192x108:r=10 -f lavfi -i sine=f=300:r=22050 "
                  "-t 1.5 -g 5" CLIP_CODED,
                  &small);
    return 0;
}

static inline int session_teardown(void **state)
{
    (void)state;
    char command[128];
    seen_reset();
    free(camera.data);
    free(slides.data);
    free(small.data);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

#endif
