#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libavutil/cpu.h>

#include "codec/encoder.h"

/*
 * One encoding of each kind before the sandbox closes. It is cheaper than to know what each library
 * does the first time, and it also shows at once when one of them is missing.
 */

enum { SIDE = 64, LOUDEST_STEP = 2880 };

static const struct rendition_spec samples[] = {
    {.codec = CODEC_OPUS,  .bitrate_bps = 10000, .frame_ms = 60,    .complexity = 5},
    {.codec = CODEC_AAC,                    .bitrate_bps = 32000                      },
    {.codec = CODEC_H264,
     .bitrate_bps = 40000,
     .fps = 5,
     .profile = H264_HIGH,
     .maxrate_bps = 40000,
     .bufsize_bits = 80000,
     .gop_ms = 4000},
    {.codec = CODEC_AVIF, .quality = 46,                      .camera_quality = 52                                                     },
    {.codec = CODEC_WEBP,  .quality = 5,         .camera_quality = 20                                               },
};

static int drop_unit(void *arg, const struct unit *unit)
{
    (void)arg;
    (void)unit;
    return 0;
}

static int picture_make(AVFrame **out)
{
    AVFrame *f = av_frame_alloc();
    if (!f)
        return -ENOMEM;
    f->format = AV_PIX_FMT_YUV420P;
    f->width = f->height = SIDE;
    int err = av_frame_get_buffer(f, 0);
    if (err) {
        av_frame_free(&f);
        return err;
    }
    for (int plane = 0; plane < 3; plane++)
        memset(f->data[plane], 128, (size_t)f->linesize[plane] * (plane ? SIDE / 2 : SIDE));
    *out = f;
    return 0;
}

static int encode_once(const struct rendition_spec *spec, AVFrame *picture)
{
    static const int16_t silence[LOUDEST_STEP];
    struct encoder *e = NULL;
    int err = encoder_open(&e, spec, picture, drop_unit, NULL);
    if (!err && e->kind->samples)
        err = e->kind->samples(e, silence, 0);
    if (!err && e->kind->picture)
        err = e->kind->picture(e, picture, &(struct picture_order){0});
    encoder_close(&e);
    return err;
}

static int compare_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 1);
}

int encoders_warm_up(void)
{
    av_get_cpu_flags();
    /* glibc's qsort() of more than 1 KiB asks for the size of memory, once. */
    char many[2048] = {0};
    qsort(many, sizeof(many), 1, compare_bytes);

    AVFrame *picture = NULL;
    int err = picture_make(&picture);
    for (size_t i = 0; !err && i < sizeof(samples) / sizeof(samples[0]); i++)
        err = encode_once(&samples[i], picture);
    av_frame_free(&picture);
    return err;
}
