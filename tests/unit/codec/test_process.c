#include "tests/unit/unit.h"

#include <libgen.h>
#include <time.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>

#include "tests/unit/codec/worker.h"

/* The real program on a socketpair, fed with what the real ffmpeg makes. */

enum { PATIENCE_MS = 20000, UNITS_MAX = 4096, MUTATIONS = 220 };

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
    unsigned pongs, sources;
    char fail[128];
};

static struct seen seen;

static void seen_reset(void)
{
    for (size_t i = 0; i < seen.n; i++)
        free(seen.units[i].payload);
    seen = (struct seen){0};
}

static void keep(const struct wire_msg *m)
{
    if (seen.n == UNITS_MAX)
        return;
    uint8_t *copy = malloc(m->len + 1);
    memcpy(copy, m->payload, m->len);
    seen.units[seen.n++] = (struct kept){m->rendition, m->kind, m->pts_ms, m->len, copy};
}

static void take(const struct wire_msg *m)
{
    switch (m->type) {
    case WIRE_READY: seen.is_ready = true; break;
    case WIRE_UNIT: keep(m); break;
    case WIRE_PONG: seen.pongs++; break;
    case WIRE_SOURCE:
        seen.sources++;
        seen.content = m->payload[0];
        break;
    case WIRE_FAIL:
        seen.is_failed = true;
        snprintf(seen.fail, sizeof(seen.fail), "%.*s", (int)m->len, (const char *)m->payload);
        break;
    default: break;
    }
}

static bool listen_for(struct worker *w, int timeout_ms)
{
    struct wire_msg m;
    bool any = false;
    while (worker_next(w, &m, any ? 0 : timeout_ms)) {
        take(&m);
        any = true;
    }
    return any;
}

static size_t count(uint8_t rendition, uint8_t kind)
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

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Listens until there are `n` units of this kind. */
static bool wait_for(struct worker *w, uint8_t rendition, uint8_t kind, size_t n)
{
    uint64_t end = now_ms() + PATIENCE_MS;
    while (count(rendition, kind) < n && now_ms() < end && !w->is_over)
        listen_for(w, 100);
    return count(rendition, kind) >= n;
}

static bool wait_for_pongs(struct worker *w, unsigned n)
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
static void pour(struct worker *w, struct flv_file *f, uint32_t until_ms)
{
    size_t len;
    for (uint8_t *tag = flv_next(f, &len); tag; tag = flv_next(f, &len)) {
        if (tag != f->data && flv_tag_ms(tag) > until_ms)
            break;
        worker_send(w, WIRE_MEDIA, 0, 0, tag, len);
    }
}

/* Feeds tags up to `until_ms`, never much ahead of the voice that comes back, as a live source
 * would; with no voice wanted it just sends. `from_ms` is added to the file's clock. */
static void feed(struct worker *w, struct flv_file *f, uint32_t until_ms, uint32_t from_ms)
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
        worker_send(w, WIRE_MEDIA, 0, 0, copy, len);
        free(copy);
        listen_for(w, 0);
        while (ms + from_ms > newest_voice_ms() + 600 && listen_for(w, 300))
            ;
    }
}

static int finish(struct worker *w)
{
    shutdown(w->fd, SHUT_WR);
    for (uint64_t end = now_ms() + PATIENCE_MS; !w->is_over && now_ms() < end;)
        listen_for(w, 100);
    return worker_end(w, 2000, NULL);
}

static struct worker begin(uint32_t want)
{
    struct worker w;
    seen_reset();
    assert_true(worker_start(&w, program));
    assert_true(worker_set_up(&w));
    assert_true(worker_want(&w, want));
    return w;
}

static void make_clip(const char *name, const char *what, struct flv_file *out)
{
    char command[2048], path[256];
    snprintf(path, sizeof(path), "%s/%s.flv", folder, name);
    snprintf(command, sizeof(command), "ffmpeg -nostdin -v error -y %s %s </dev/null", what, path);
    if (!why_not && (system(command) != 0 || !flv_load(out, path)))
        why_not = "ffmpeg could not make the test clip";
}

static int group_setup(void **state)
{
    (void)state;
    char self[512] = {0};
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
        return -1;
    /* build/MODE/tests/unit/codec/test_process -> build/MODE/airclass-codec */
    char *dir = self;
    for (int i = 0; i < 4; i++)
        dir = dirname(dir);
    snprintf(program, sizeof(program), "%.480s/airclass-codec", dir);
    if (access(program, X_OK))
        why_not = "airclass-codec is not built";
    else if (system("command -v ffmpeg >/dev/null 2>&1") != 0)
        why_not = "no ffmpeg";
    if (!mkdtemp(folder))
        return -1;
    const char *coded =
        "-c:v libx264 -preset veryfast -tune zerolatency -threads 1 -c:a aac -b:a 64k -ar 44100";
    char what[1024];
    snprintf(
        what, sizeof(what),
        "-f lavfi -i testsrc2=s=1280x720:r=25,noise=alls=12:allf=t -f lavfi -i sine=f=300:r=44100 "
        "-t 5 -b:v 2M -g 50 %s",
        coded);
    make_clip("camera", what, &camera);
    snprintf(
        what, sizeof(what),
        "-f lavfi -i \"color=white:s=1280x720:r=15,drawgrid=w=120:h=60:t=3:enable='lt(t,4)',"
        "drawgrid=w=80:h=90:t=4:enable='gte(t,4)'\" -f lavfi -i sine=f=300:r=44100 -t 8 -b:v 800k -g 30 %s",
        coded);
    make_clip("slides", what, &slides);
    snprintf(what, sizeof(what),
             "-f lavfi -i testsrc=s=192x108:r=10 -f lavfi -i sine=f=300:r=22050 -t 1.5 -g 5 %s",
             coded);
    make_clip("small", what, &small);
    return 0;
}

static int group_teardown(void **state)
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

static void skip_unless_possible(void)
{
    if (why_not) {
        print_message("skipped: %s\n", why_not);
        skip();
    }
    camera.at = slides.at = small.at = 0;
}

static AVFrame *decoded(enum AVCodecID id, const uint8_t *config, size_t config_len,
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

static void check_video(uint8_t rendition, int width, int height)
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

static void check_still(uint8_t rendition, enum AVCodecID id)
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
static void check_voice(uint8_t rendition, uint32_t step)
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

static void every_kind_of_rendition_arrives_and_decodes(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin((1u << R_COUNT) - 1);
    feed(&w, &camera, UINT32_MAX, 0);
    assert_int_equal(finish(&w), 0);
    assert_true(seen.is_ready);
    assert_false(seen.is_failed);
    assert_int_equal(seen.content, WIRE_CONTENT_CAMERA);
    check_video(R_C360P5, 640, 360);
    check_video(R_C540P5, 960, 540);
    check_video(R_C480P10, 854, 480);
    check_video(R_C480P15, 854, 480);
    check_video(R_S720P5, 1280, 720);
    check_still(R_WEBP, AV_CODEC_ID_WEBP);
    check_still(R_AVIF, AV_CODEC_ID_NONE);
    check_voice(R_OPUS8, 60);
    check_voice(R_OPUS10, 60);
    check_voice(R_OPUS24, 20);
    check_voice(R_AAC32, 32);
    assert_in_range(count(R_OPUS24, WIRE_PACKET), 240, 252);
    assert_in_range(count(R_C480P10, WIRE_DELTA) + count(R_C480P10, WIRE_KEYFRAME), 48, 51);
    const struct kept *packet = find(R_OPUS10, WIRE_PACKET);
    AVFrame *f = decoded(AV_CODEC_ID_OPUS, NULL, 0, packet->payload, packet->len);
    assert_non_null(f);
    av_frame_free(&f);
    const struct kept *asc = find(R_AAC32, WIRE_CONFIG);
    assert_int_equal(asc->payload[0] << 8 | asc->payload[1], 1024);
    packet = find(R_AAC32, WIRE_PACKET);
    f = decoded(AV_CODEC_ID_AAC, asc->payload + 6, asc->len - 6, packet->payload, packet->len);
    assert_non_null(f);
    assert_int_equal(f->sample_rate, 32000);
    av_frame_free(&f);
}

static void only_what_is_wanted_is_encoded(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10);
    feed(&w, &camera, 1500, 0);
    for (size_t i = 0; i < seen.n; i++)
        assert_int_equal(seen.units[i].rendition, R_OPUS10);
    /* A watcher comes: config and keyframe at once, in the middle of a group of pictures. */
    worker_want(&w, 1u << R_OPUS10 | 1u << R_C360P5);
    feed(&w, &camera, 1800, 0);
    assert_true(wait_for(&w, R_C360P5, WIRE_KEYFRAME, 1));
    assert_true(find(R_C360P5, WIRE_KEYFRAME)->pts_ms < 1800);
    /* And goes again. */
    worker_want(&w, 1u << R_OPUS10);
    feed(&w, &camera, 2500, 0);
    size_t then = count(R_C360P5, WIRE_DELTA);
    feed(&w, &camera, 4000, 0);
    assert_int_equal(count(R_C360P5, WIRE_DELTA), then);
    assert_int_equal(finish(&w), 0);
}

static void a_keyframe_comes_on_demand(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P10);
    feed(&w, &camera, 1000, 0);
    size_t before = count(R_C480P10, WIRE_KEYFRAME);
    worker_send(&w, WIRE_KEY, R_C480P10, 0, NULL, 0);
    feed(&w, &camera, 1400, 0);
    assert_int_equal(finish(&w), 0);
    assert_int_equal(count(R_C480P10, WIRE_KEYFRAME), before + 1);
}

static void slides_become_one_still_per_page(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_WEBP);
    feed(&w, &slides, UINT32_MAX, 0);
    assert_int_equal(finish(&w), 0);
    assert_int_equal(seen.content, WIRE_CONTENT_SLIDES);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 2);
}

static void the_present_still_comes_again_on_demand(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_AVIF);
    feed(&w, &slides, 2000, 0);
    assert_true(wait_for(&w, R_AVIF, WIRE_STILL, 1));
    worker_send(&w, WIRE_KEY, R_AVIF, 0, NULL, 0);
    assert_true(wait_for(&w, R_AVIF, WIRE_STILL, 2)); /* though no media comes */
    const struct kept *a = NULL, *b = NULL;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_STILL) {
            a = b;
            b = &seen.units[i];
        }
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->payload, b->payload, a->len);
    assert_int_equal(finish(&w), 0);
}

static void what_was_delivered_is_not_sent_again(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P10 | 1u << R_WEBP);
    worker_send(&w, WIRE_RESUME, 0, 3000, NULL, 0);
    uint64_t start = now_ms();
    pour(&w, &camera, 3500);
    assert_true(wait_for(&w, R_C480P10, WIRE_KEYFRAME, 1));
    print_message("from start to first new picture: %u ms\n", (unsigned)(now_ms() - start));
    assert_int_equal(finish(&w), 0);
    for (size_t i = 0; i < seen.n; i++)
        assert_true(seen.units[i].pts_ms >= 3000);
    check_voice(R_OPUS10, 60);
    assert_int_equal(find(R_OPUS10, WIRE_PACKET)->pts_ms, 3000);
    assert_true(find(R_C480P10, WIRE_KEYFRAME)->pts_ms < 3100);
}

static void a_ping_is_answered_while_no_media_comes(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(0);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    feed(&w, &small, 500, 0);
    worker_send(&w, WIRE_PING, 0, 0, "efgh", 4);
    assert_true(wait_for_pongs(&w, 2));
    assert_int_equal(finish(&w), 0);
}

static void control_overtakes_a_backlog_of_media(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C480P15 | 1u << R_S720P5);
    pour(&w, &camera, UINT32_MAX);
    worker_send(&w, WIRE_PING, 0, 0, "abcd", 4);
    assert_true(wait_for_pongs(&w, 1));
    assert_true(newest_voice_ms() < 4500);
    assert_int_equal(finish(&w), 0);
    /* Fed faster than life, the picture was thinned out and the voice was not. */
    check_voice(R_OPUS10, 60);
    assert_in_range(count(R_OPUS10, WIRE_PACKET), 80, 84);
    assert_true(count(R_C480P15, WIRE_DELTA) < 60);
}

static void a_new_encoder_with_another_shape_is_followed(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1u << R_OPUS10 | 1u << R_C360P5);
    feed(&w, &camera, 1500, 0);
    small.at = 13;
    feed(&w, &small, UINT32_MAX, 2000);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
    assert_int_equal(count(R_C360P5, WIRE_CONFIG), 2);
    const struct kept *last = NULL;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_CONFIG && seen.units[i].rendition == R_C360P5)
            last = &seen.units[i];
    assert_int_equal(last->payload[0] << 8 | last->payload[1], 192);
    assert_int_equal(last->payload[2] << 8 | last->payload[3], 108);
    assert_true(newest_voice_ms() > 3300);
}

static void what_is_no_flv_is_refused_in_words(void **state)
{
    (void)state;
    skip_unless_possible();
    struct worker w = begin(1);
    worker_send(&w, WIRE_MEDIA, 0, 0, "#EXTM3U\nhttp://127.0.0.1/x.ts\n\n\n", 33);
    for (uint64_t end = now_ms() + PATIENCE_MS; !w.is_over && now_ms() < end;)
        listen_for(&w, 100);
    int status = worker_end(&w, 2000, NULL);
    assert_true(WIFEXITED(status));
    assert_string_equal(seen.fail, "the source is not an FLV stream");
}

static void a_codec_we_do_not_take_is_named(void **state)
{
    (void)state;
    skip_unless_possible();
    struct flv_file mp3;
    make_clip("mp3", "-f lavfi -i sine=f=300:r=44100 -t 1 -c:a libmp3lame", &mp3);
    struct worker w = begin(1);
    feed(&w, &mp3, UINT32_MAX, 0);
    free(mp3.data);
    int status = finish(&w);
    assert_true(WIFEXITED(status));
    assert_string_equal(seen.fail, "the source sends sound in mp3; H.264 and AAC are needed");
}

/* A clip of its own: what comes of it with these renditions wanted. */
static void run_clip(const char *name, const char *what, uint32_t want)
{
    struct flv_file f = {0};
    make_clip(name, what, &f);
    if (why_not)
        fail_msg("%s: %s", name, why_not);
    struct worker w = begin(want);
    feed(&w, &f, UINT32_MAX, 0);
    free(f.data);
    assert_int_equal(finish(&w), 0);
    assert_false(seen.is_failed);
}

static void pictures_of_any_usual_format_are_taken(void **state)
{
    (void)state;
    skip_unless_possible();
    const char *const formats[] = {"yuvj420p", "yuv422p", "yuv444p", "yuv420p10le"};
    for (size_t i = 0; i < 4; i++) {
        char what[256];
        snprintf(what, sizeof(what),
                 "-f lavfi -i testsrc=s=640x480:r=10 -f lavfi -i sine=r=48000 -t 1 -c:v libx264 "
                 "-preset ultrafast -threads 1 -pix_fmt %s -ac 2 -c:a aac",
                 formats[i]);
        run_clip(formats[i], what, 1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_WEBP);
        check_video(R_C360P5, 480, 360);
        assert_int_equal(count(R_WEBP, WIRE_STILL), 1);
        assert_true(count(R_OPUS10, WIRE_PACKET) > 10);
    }
}

static void b_frames_come_out_in_showing_order(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("bframes",
             "-f lavfi -i testsrc2=s=640x360:r=15 -f lavfi -i sine=r=48000 -t 3 -c:v libx264 -bf 3 "
             "-preset veryfast -threads 1 -g 30 -c:a aac",
             1u << R_OPUS10 | 1u << R_C480P15);
    uint32_t last = 0;
    for (size_t i = 0; i < seen.n; i++) {
        if (seen.units[i].rendition != R_C480P15)
            continue;
        assert_true(seen.units[i].pts_ms >= last);
        last = seen.units[i].pts_ms;
    }
    assert_true(last > 2500);
    assert_true(count(R_C480P15, WIRE_DELTA) > 35);
}

static void a_source_of_one_kind_only_is_enough(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("voice", "-f lavfi -i sine=r=32000 -t 2 -c:a aac", UINT32_MAX >> (32 - R_COUNT));
    assert_in_range(count(R_OPUS10, WIRE_PACKET), 31, 35);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 0);
    run_clip("mute",
             "-f lavfi -i testsrc=s=640x360:r=10 -t 2 -c:v libx264 -preset ultrafast -threads 1",
             1u << R_OPUS10 | 1u << R_C360P5);
    assert_int_equal(count(R_OPUS10, WIRE_PACKET), 0);
    assert_true(count(R_C360P5, WIRE_DELTA) >= 8);
}

static void pictures_too_large_cost_the_picture_not_the_voice(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip("giant",
             "-f lavfi -i color=gray:s=4096x2160:r=25 -f lavfi -i sine=r=48000 -t 3 -c:v libx264 "
             "-preset ultrafast -threads 1 -c:a aac",
             1u << R_OPUS10 | 1u << R_C360P5 | 1u << R_AVIF);
    assert_int_equal(count(R_C360P5, WIRE_KEYFRAME), 0);
    check_voice(R_OPUS10, 60);
    assert_true(count(R_OPUS10, WIRE_PACKET) >= 48);
}

static void a_page_turned_far_from_a_keyframe_is_seen(void **state)
{
    (void)state;
    skip_unless_possible();
    run_clip(
        "sparse",
        "-f lavfi -i \"color=white:s=1280x720:r=15,drawgrid=w=120:h=60:t=3:enable='lt(t,8)',"
        "drawgrid=w=80:h=90:t=4:enable='gte(t,8)'\" -f lavfi -i sine=r=48000 -t 10 "
        "-c:v libx264 -preset veryfast -tune zerolatency -threads 1 -g 53 -sc_threshold 0 -c:a aac",
        1u << R_OPUS10 | 1u << R_WEBP);
    assert_int_equal(count(R_WEBP, WIRE_STILL), 2);
    /* The keyframes are at 7.1 and 10.6 s, the new page at 8. */
    uint32_t at = 0;
    for (size_t i = 0; i < seen.n; i++)
        if (seen.units[i].kind == WIRE_STILL)
            at = seen.units[i].pts_ms;
    assert_in_range(at, 8000, 9200);
}

static void bytes_that_are_not_our_protocol_end_it(void **state)
{
    (void)state;
    skip_unless_possible();
    const uint8_t giant[WIRE_HEADER] = {0xff, 0xff, 0xff, 0xff, WIRE_MEDIA};
    const uint8_t unknown[WIRE_HEADER] = {0, 0, 0, 0, 99};
    const uint8_t *const bad[] = {giant, unknown};
    for (size_t i = 0; i < 2; i++) {
        struct worker w = begin(1);
        worker_put(&w, bad[i], WIRE_HEADER);
        for (uint64_t end = now_ms() + PATIENCE_MS; !w.is_over && now_ms() < end;)
            listen_for(&w, 100);
        assert_true(w.is_over);
        int status = worker_end(&w, 2000, NULL);
        assert_true(WIFEXITED(status));
        assert_int_not_equal(WEXITSTATUS(status), 0);
    }
}

static uint32_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * 1664525 + 1013904223;
    return (dice >> 8) % sides;
}

/* Flips bits, cuts, doubles or overwrites; the kinds take turns. */
static size_t mutate(uint8_t *data, size_t len, unsigned kind)
{
    size_t at = kind % 5 == 4 ? roll(400) : roll((uint32_t)len);
    switch (kind % 5) {
    case 0:
        for (int i = 0; i < 20; i++)
            data[roll((uint32_t)len)] ^= (uint8_t)(1 << roll(8));
        return len;
    case 1: return at + 1;
    case 2:
        for (size_t i = at; i < len && i < at + 64; i++)
            data[i] = (uint8_t)roll(256);
        return len;
    case 3: memmove(data + at / 2, data + at, len - at); return len - (at - at / 2);
    default: data[at] ^= (uint8_t)(1 << roll(8)); return len; /* in headers and configurations */
    }
}

static void damaged_streams_never_break_out_or_hang(void **state)
{
    (void)state;
    skip_unless_possible();
    uint8_t *data = malloc(small.len);
    unsigned failed = 0, worst_ms = 0;
    dice = 1;
    for (unsigned i = 0; i < MUTATIONS; i++) {
        memcpy(data, small.data, small.len);
        size_t len = mutate(data, small.len, i);
        struct worker w = begin(1u << R_OPUS10 | 1u << R_AAC32 | 1u << R_C360P5 | 1u << R_WEBP);
        uint64_t start = now_ms();
        worker_send(&w, WIRE_MEDIA, 0, 0, data, len);
        int status = finish(&w);
        unsigned took = (unsigned)(now_ms() - start);
        if (!WIFEXITED(status))
            fail_msg("mutation %u: signal %d", i, WTERMSIG(status));
        failed += seen.is_failed;
        worst_ms = took > worst_ms ? took : worst_ms;
    }
    print_message("%u mutations: %u refused, slowest %u ms\n", MUTATIONS, failed, worst_ms);
    assert_true(failed < MUTATIONS / 2);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_rendition_arrives_and_decodes),
        cmocka_unit_test(only_what_is_wanted_is_encoded),
        cmocka_unit_test(a_keyframe_comes_on_demand),
        cmocka_unit_test(slides_become_one_still_per_page),
        cmocka_unit_test(the_present_still_comes_again_on_demand),
        cmocka_unit_test(what_was_delivered_is_not_sent_again),
        cmocka_unit_test(a_ping_is_answered_while_no_media_comes),
        cmocka_unit_test(control_overtakes_a_backlog_of_media),
        cmocka_unit_test(a_new_encoder_with_another_shape_is_followed),
        cmocka_unit_test(what_is_no_flv_is_refused_in_words),
        cmocka_unit_test(a_codec_we_do_not_take_is_named),
        cmocka_unit_test(pictures_of_any_usual_format_are_taken),
        cmocka_unit_test(b_frames_come_out_in_showing_order),
        cmocka_unit_test(a_source_of_one_kind_only_is_enough),
        cmocka_unit_test(pictures_too_large_cost_the_picture_not_the_voice),
        cmocka_unit_test(a_page_turned_far_from_a_keyframe_is_seen),
        cmocka_unit_test(bytes_that_are_not_our_protocol_end_it),
        cmocka_unit_test(damaged_streams_never_break_out_or_hang),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
