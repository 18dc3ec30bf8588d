#include "tests/unit/unit.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libavcodec/avcodec.h>

#include "codec/encoder.h"
#include "codec/scale.h"
#include "codec/timeline.h"
#include "server/base/bytes.h"
#include "tests/unit/codec/worker.h"

enum { UNITS_MAX = 512 };

struct caught {
    enum wire_kind kind;
    uint32_t pts_ms;
    uint8_t *data;
    size_t len;
};

static struct caught caught[UNITS_MAX];
static size_t n_caught;
static int answer;

static int catch_unit(void *arg, const struct unit *u)
{
    (void)arg;
    assert_true(n_caught < UNITS_MAX);
    struct caught *c = &caught[n_caught++];
    *c =
        (struct caught){u->kind, u->pts_ms, malloc(u->head_len + u->len + 1), u->head_len + u->len};
    put_bytes(put_bytes(c->data, u->head, u->head_len), u->data, u->len);
    return answer;
}

static int release(void **state)
{
    (void)state;
    for (size_t i = 0; i < n_caught; i++)
        free(caught[i].data);
    n_caught = 0;
    answer = 0;
    av_log_set_level(AV_LOG_QUIET);
    return 0;
}

static AVFrame *picture_new(int width, int height)
{
    AVFrame *f = av_frame_alloc();
    f->format = AV_PIX_FMT_YUV420P;
    f->width = width;
    f->height = height;
    f->colorspace = AVCOL_SPC_BT709;
    assert_int_equal(av_frame_get_buffer(f, 0), 0);
    return f;
}

static void picture_draw(AVFrame *f, int t)
{
    for (int y = 0; y < f->height; y++)
        for (int x = 0; x < f->width; x++)
            f->data[0][y * f->linesize[0] + x] = (uint8_t)(x / 2 + y + t * 3);
    for (int plane = 1; plane < 3; plane++)
        for (int y = 0; y < f->height / 2; y++)
            memset(f->data[plane] + (ptrdiff_t)y * f->linesize[plane], plane == 1 ? 90 : 160,
                   (size_t)f->width / 2);
}

static void video_starts_with_its_config_and_a_keyframe(void **state)
{
    (void)state;
    struct encoder *e = NULL;
    AVFrame *f = picture_new(640, 360);
    assert_int_equal(encoder_open(&e, &R_SPECS[R_C360P5], f, catch_unit, NULL), 0);
    for (uint32_t i = 0; i < 10; i++) {
        picture_draw(f, (int)i);
        struct picture_order order = {.pts_ms = 7000 + i * 200, .is_key = i == 6};
        assert_int_equal(av_frame_make_writable(f), 0);
        assert_int_equal(e->kind->picture(e, f, &order), 0);
        assert_int_equal(n_caught, i + 2); /* no picture is held back */
    }
    assert_int_equal(caught[0].kind, WIRE_CONFIG);
    assert_int_equal(caught[0].data[0] << 8 | caught[0].data[1], 640);
    assert_int_equal(caught[0].data[4], 1);  /* avcC */
    assert_int_equal(caught[0].data[5], 77); /* Main */
    for (size_t i = 1; i < n_caught; i++) {
        bool is_key = i == 1 || i == 7;
        assert_int_equal(caught[i].kind, is_key ? WIRE_KEYFRAME : WIRE_DELTA);
        assert_int_equal(caught[i].pts_ms, 7000 + (i - 1) * 200);
        assert_int_equal(caught[i].data[4] & 0x1f, is_key ? 5 : 1); /* nothing before the picture */
    }
    encoder_close(&e);
    av_frame_free(&f);
}

static void every_profile_and_rate_opens(void **state)
{
    (void)state;
    AVFrame *f = picture_new(64, 64);
    picture_draw(f, 0);
    for (uint8_t profile = H264_BASELINE; profile <= H264_HIGH; profile++)
        for (uint8_t crf = 0; crf <= 51; crf += 17) {
            struct rendition_spec spec = R_SPECS[R_S720P5];
            spec.profile = profile;
            spec.crf = crf;
            spec.bitrate_bps = 30000;
            struct encoder *e = NULL;
            assert_int_equal(encoder_open(&e, &spec, f, catch_unit, NULL), 0);
            assert_int_equal(e->kind->picture(e, f, &(struct picture_order){0}), 0);
            encoder_close(&e);
        }
    av_frame_free(&f);
}

static void stills_hold_a_whole_file_of_their_size(void **state)
{
    (void)state;
    AVFrame *f = picture_new(320, 180);
    picture_draw(f, 0);
    const uint8_t kinds[] = {R_AVIF, R_WEBP};
    for (size_t i = 0; i < 2; i++) {
        struct encoder *e = NULL;
        assert_int_equal(encoder_open(&e, &R_SPECS[kinds[i]], f, catch_unit, NULL), 0);
        struct picture_order order = {.pts_ms = 123, .content = WIRE_CONTENT_SLIDES};
        assert_int_equal(e->kind->picture(e, f, &order), 0);
        assert_int_equal(n_caught, i + 1);
        assert_int_equal(caught[i].kind, WIRE_STILL);
        assert_int_equal(caught[i].pts_ms, 123);
        assert_int_equal(caught[i].data[0] << 8 | caught[i].data[1], 320);
        assert_int_equal(caught[i].data[2] << 8 | caught[i].data[3], 180);
        encoder_close(&e);
    }
    assert_memory_equal(caught[0].data + 8, "ftypavif", 8);
    assert_memory_equal(caught[1].data + 4, "RIFF", 4);
    assert_memory_equal(caught[1].data + 12, "WEBP", 4);
    av_frame_free(&f);
}

static void a_camera_still_has_its_own_quality(void **state)
{
    (void)state;
    AVFrame *f = picture_new(320, 180);
    picture_draw(f, 0);
    struct rendition_spec spec = R_SPECS[R_AVIF];
    spec.quality = 20;
    spec.camera_quality = 60;
    struct encoder *e = NULL;
    assert_int_equal(encoder_open(&e, &spec, f, catch_unit, NULL), 0);
    for (int content = WIRE_CONTENT_SLIDES; content <= WIRE_CONTENT_CAMERA; content++) {
        struct picture_order order = {.content = (enum wire_content)content};
        assert_int_equal(e->kind->picture(e, f, &order), 0);
    }
    assert_true(caught[0].len > caught[1].len);
    encoder_close(&e);
    av_frame_free(&f);
}

/* A second of silence with one click in it. */
enum { CLICK_MS = 500, SAMPLES = 2 * VOICE_RATE };
static int16_t sound[SAMPLES];

static void sound_make(void)
{
    memset(sound, 0, sizeof(sound));
    for (int i = 0; i < 96; i++) /* 2 ms of 1 kHz */
        sound[CLICK_MS * VOICE_PER_MS + i] = (int16_t)(20000 * sin(i * 2 * 3.14159265 / 48));
}

static void encode_sound(uint8_t rendition)
{
    struct encoder *e = NULL;
    sound_make();
    assert_int_equal(encoder_open(&e, &R_SPECS[rendition], NULL, catch_unit, NULL), 0);
    uint32_t pts = 0, step_ms = e->step / VOICE_PER_MS;
    for (uint32_t at = e->delay; at + e->step <= SAMPLES; at += e->step, pts += step_ms)
        assert_int_equal(e->kind->samples(e, sound + at, pts), 0);
    encoder_close(&e);
}

static AVCodecContext *decoder_open(enum AVCodecID id, const uint8_t *config, size_t len)
{
    AVCodecContext *c = avcodec_alloc_context3(avcodec_find_decoder(id));
    c->sample_rate = VOICE_RATE;
    av_channel_layout_default(&c->ch_layout, 1);
    c->extradata = av_mallocz(len + AV_INPUT_BUFFER_PADDING_SIZE);
    memcpy(c->extradata, config, len);
    c->extradata_size = (int)len;
    assert_int_equal(avcodec_open2(c, c->codec, NULL), 0);
    return c;
}

/* Where the click begins in what a player would hear, in ms of the session clock. */
static double click_heard_ms(enum AVCodecID id, const uint8_t *config, size_t config_len)
{
    AVCodecContext *c = decoder_open(id, config, config_len);
    AVFrame *f = av_frame_alloc();
    AVPacket *p = av_packet_alloc();
    double found = -1, loudest = 0;
    double before = 0; /* ms decoded so far */
    for (size_t i = 1; i < n_caught; i++) {
        assert_int_equal(av_new_packet(p, (int)caught[i].len), 0);
        memcpy(p->data, caught[i].data, caught[i].len);
        assert_int_equal(avcodec_send_packet(c, p), 0);
        av_packet_unref(p);
        while (avcodec_receive_frame(c, f) == 0) {
            const float *s = (const float *)f->data[0];
            for (int k = 0; k < f->nb_samples; k++)
                if (fabs(s[k]) > loudest) {
                    loudest = fabs(s[k]);
                    found = before + k * 1000.0 / f->sample_rate;
                }
            before += f->nb_samples * 1000.0 / f->sample_rate;
            av_frame_unref(f);
        }
    }
    av_frame_free(&f);
    av_packet_free(&p);
    avcodec_free_context(&c);
    return found + caught[1].pts_ms;
}

static void opus_is_heard_when_it_was_said(void **state)
{
    (void)state;
    const uint8_t rates[] = {R_OPUS10, R_OPUS24};
    /* No pre-skip: a browser that is given raw packets plays all that comes out. */
    static const uint8_t head[19] = "OpusHead\1\1\0\0\200\273";
    for (size_t i = 0; i < 2; i++) {
        encode_sound(rates[i]);
        assert_int_equal(caught[0].kind, WIRE_CONFIG);
        assert_int_equal(caught[0].data[0] << 8 | caught[0].data[1],
                         R_SPECS[rates[i]].frame_ms * VOICE_PER_MS);
        double heard = click_heard_ms(AV_CODEC_ID_OPUS, head, sizeof(head));
        print_message("%s: said at %d ms, heard at %.1f\n", R_SPECS[rates[i]].name, CLICK_MS,
                      heard);
        assert_true(fabs(heard - CLICK_MS) < 5);
        release(NULL);
    }
}

static void aac_is_heard_when_it_was_said(void **state)
{
    (void)state;
    encode_sound(R_AAC32);
    assert_int_equal(caught[0].kind, WIRE_CONFIG);
    assert_int_equal(caught[0].data[0] << 8 | caught[0].data[1], 1024);
    assert_int_equal(caught[0].data[2] << 24 | caught[0].data[3] << 16 | caught[0].data[4] << 8 |
                         caught[0].data[5],
                     32000);
    for (size_t i = 2; i < n_caught; i++)
        assert_int_equal(caught[i].pts_ms, caught[i - 1].pts_ms + 32);
    double heard = click_heard_ms(AV_CODEC_ID_AAC, caught[0].data + 6, caught[0].len - 6);
    print_message("aac: said at %d ms, heard at %.1f\n", CLICK_MS, heard);
    assert_true(fabs(heard - CLICK_MS) < 5);
}

static void silence_costs_next_to_nothing_with_dtx(void **state)
{
    (void)state;
    struct encoder *e = NULL;
    static const int16_t silence[2880];
    assert_int_equal(encoder_open(&e, &R_SPECS[R_OPUS10], NULL, catch_unit, NULL), 0);
    for (uint32_t i = 0; i < 100; i++)
        assert_int_equal(e->kind->samples(e, silence, i * 60), 0);
    assert_int_equal(n_caught, 101); /* though time goes on packet by packet */
    size_t bytes = 0;
    for (size_t i = 50; i < n_caught; i++)
        bytes += caught[i].len;
    assert_true(bytes < 51 * 4);
    encoder_close(&e);
}

static void a_receiver_that_refuses_ends_the_encoding(void **state)
{
    (void)state;
    AVFrame *f = picture_new(64, 64);
    picture_draw(f, 0);
    static const int16_t silence[2880];
    answer = -EPIPE;
    for (int i = 0; i < R_COUNT; i++) {
        struct encoder *e = NULL;
        assert_int_equal(encoder_open(&e, &R_SPECS[i], f, catch_unit, NULL), 0);
        int err = 0;
        for (uint32_t k = 0; k < 4 && !err; k++)
            err = e->kind->samples ? e->kind->samples(e, silence, k * 60)
                                   : e->kind->picture(e, f, &(struct picture_order){.pts_ms = k});
        assert_int_equal(err, -EPIPE);
        encoder_close(&e);
    }
    av_frame_free(&f);
}

static int open_scene(void)
{
    static AVFrame *f;
    if (!f)
        f = picture_new(64, 64);
    for (int i = 0; i < R_COUNT; i++) {
        struct encoder *e = NULL;
        int err = encoder_open(&e, &R_SPECS[i], f, catch_unit, NULL);
        encoder_close(&e);
        if (err)
            return err;
    }
    return 0;
}

static void without_memory_no_encoder_opens(void **state)
{
    (void)state;
    AVFrame *f = picture_new(64, 64); /* libraries set themselves up first */
    av_frame_free(&f);
    assert_int_equal(open_scene(), 0);
    assert_true(oom_levels(open_scene) >= R_COUNT);
}

static void one_scaled_picture_serves_all_of_its_size(void **state)
{
    (void)state;
    struct scaler *s = NULL;
    AVFrame *source = picture_new(1280, 720), *a = NULL, *b = NULL, *c = NULL;
    picture_draw(source, 0);
    assert_int_equal(scaler_new(&s), 0);
    scaler_begin(s, source);
    assert_int_equal(scaler_get(s, (struct size){854, 480}, false, &a), 0);
    assert_int_equal(scaler_get(s, (struct size){854, 480}, false, &b), 0);
    assert_ptr_equal(a, b);
    assert_int_equal(a->width, 854);
    assert_int_equal(a->colorspace, AVCOL_SPC_BT709);
    assert_int_equal(scaler_get(s, (struct size){1280, 720}, false, &c), 0);
    assert_ptr_equal(c, source);
    /* From the larger one, with the same look. */
    assert_int_equal(scaler_get(s, (struct size){640, 360}, false, &c), 0);
    int diff = abs(c->data[0][180 * c->linesize[0] + 100] -
                   source->data[0][360 * source->linesize[0] + 200]);
    assert_true(diff <= 3);
    scaler_free(&s);
    assert_null(s);
    av_frame_free(&source);
}

static void odd_formats_become_plain(void **state)
{
    (void)state;
    const enum AVPixelFormat formats[] = {AV_PIX_FMT_YUV420P10, AV_PIX_FMT_RGB24, AV_PIX_FMT_NV12,
                                          AV_PIX_FMT_YUV422P10};
    struct scaler *s = NULL;
    assert_int_equal(scaler_new(&s), 0);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        AVFrame *f = av_frame_alloc(), *plain = NULL;
        f->format = formats[i];
        f->width = 320;
        f->height = 180;
        assert_int_equal(av_frame_get_buffer(f, 0), 0);
        for (int p = 0; p < 4 && f->buf[p]; p++)
            memset(f->buf[p]->data, 0, f->buf[p]->size);
        assert_false(frame_is_plain(f));
        assert_int_equal(scaler_normalise(s, f, &plain), 0);
        assert_true(frame_is_plain(plain));
        assert_int_equal(plain->width, 320);
        av_frame_free(&f);
    }
    scaler_free(&s);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, release, release)
    const struct CMUnitTest tests[] = {
        CASE(video_starts_with_its_config_and_a_keyframe),
        CASE(every_profile_and_rate_opens),
        CASE(stills_hold_a_whole_file_of_their_size),
        CASE(a_camera_still_has_its_own_quality),
        CASE(opus_is_heard_when_it_was_said),
        CASE(aac_is_heard_when_it_was_said),
        CASE(silence_costs_next_to_nothing_with_dtx),
        CASE(a_receiver_that_refuses_ends_the_encoding),
        CASE(without_memory_no_encoder_opens),
        CASE(one_scaled_picture_serves_all_of_its_size),
        CASE(odd_formats_become_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
